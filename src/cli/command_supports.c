/* supcert supports: what VNN-LIB's standard lets tools be asked, one item a line. */
#include "cli/command.h"
#include "import/import.h"

enum { SUPPORTS_OPERATORS, SUPPORTS_TYPES, SUPPORTS_OPSETS, SUPPORTS_VERSIONS, SUPPORTS_OPTIONS };

static const option supports_options[SUPPORTS_OPTIONS] = {
    [SUPPORTS_OPERATORS] = {.name = "onnx-operators",
                            .kind = OPTION_SWITCH,
                            .help = "the ONNX operators that are read"},
    [SUPPORTS_TYPES] = {.name = "onnx-element-types",
                        .kind = OPTION_SWITCH,
                        .help = "the element types that are sound: real; others need --as-real"},
    [SUPPORTS_OPSETS] = {.name = "onnx-opset-versions",
                         .kind = OPTION_SWITCH,
                         .help = "the versions of the ONNX operator set"},
    [SUPPORTS_VERSIONS] = {.name = "vnnlib-versions",
                           .kind = OPTION_SWITCH,
                           .help = "the versions of VNN-LIB"},
};

static const usage supports_usage = {.program = "supcert supports",
                                     .operands = "",
                                     .least = 0,
                                     .most = 0,
                                     .purpose = "Lists what is supported, one item a line.",
                                     .notes = "\nexit status: 0 done; 2 bad usage\n",
                                     .option = supports_options,
                                     .options = SUPPORTS_OPTIONS};

/* The newest operator set whose definitions of these operators have been looked at. */
#define NEWEST_OPERATORS 22

static int supports_run(const arguments *a, error *e)
{
    size_t asked = 0;
    for (size_t k = 0; k < SUPPORTS_OPTIONS; k++)
        asked += arguments_given(a, k);
    if (asked != 1) {
        error_set(e, NULL, 0, "one question is expected (such as --onnx-operators; see --help)");
        return STATUS_BAD;
    }
    for (size_t k = 0; arguments_given(a, SUPPORTS_OPERATORS) && onnx_operator_name(k) != NULL; k++)
        printf("%s\n", onnx_operator_name(k));
    if (arguments_given(a, SUPPORTS_TYPES))
        printf("real\n");
    for (int v = ONNX_OLDEST_OPERATORS; arguments_given(a, SUPPORTS_OPSETS) && v <= NEWEST_OPERATORS; v++)
        printf("%d\n", v);
    if (arguments_given(a, SUPPORTS_VERSIONS))
        printf("1.0\n2.0\n");
    return STATUS_GOOD;
}

const command command_supports = {.name = "supports", .usage = &supports_usage, .run = supports_run};
