/* supcert supports: what VNN-LIB's standard lets tools be asked, one item a line. */
#include <stdlib.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/json.h"
#include "import/import.h"

enum {
    SUPPORTS_OPERATORS,
    SUPPORTS_TYPES,
    SUPPORTS_OPSETS,
    SUPPORTS_VERSIONS,
    SUPPORTS_JSON,
    SUPPORTS_OPTIONS
};

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
    [SUPPORTS_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

static const usage supports_usage = {.program = "supcert supports",
                                     .operands = "",
                                     .least = 0,
                                     .most = 0,
                                     .purpose = "Lists what is supported, one item a line.",
                                     .notes = "\nexit status: 0 done; 2 bad usage\n",
                                     .option = supports_options,
                                     .options = SUPPORTS_OPTIONS};

/* Item k of the answer to a question, or NULL behind the last; the caller frees it. */
static char *item(size_t question, size_t k)
{
    static const char *const versions[] = {"1.0", "2.0"};
    switch (question) {
    case SUPPORTS_OPERATORS:
        return onnx_operator_name(k) == NULL ? NULL : mem_copy_string(onnx_operator_name(k));
    case SUPPORTS_TYPES:
        return k == 0 ? mem_copy_string("real") : NULL;
    case SUPPORTS_OPSETS:
        return k > ONNX_NEWEST_OPERATORS - ONNX_OLDEST_OPERATORS
                   ? NULL
                   : mem_printf("%zu", ONNX_OLDEST_OPERATORS + k);
    default:
        return k < sizeof versions / sizeof *versions ? mem_copy_string(versions[k]) : NULL;
    }
}

static void print_items(size_t question, bool as_json)
{
    json_t *object = json_object(), *list = json_array();
    char *text;
    for (size_t k = 0; (text = item(question, k)) != NULL; k++) {
        if (as_json)
            json_array_append_new(list, json_of_text(text));
        else
            printf("%s\n", text);
        free(text);
    }
    json_object_set_new(object, "command", json_string("supports"));
    json_object_set_new(object, "question", json_of_text(supports_options[question].name));
    json_object_set_new(object, "items", list);
    if (as_json)
        json_print(object);
    else
        json_decref(object);
}

static int supports_run(const arguments *a, error *e)
{
    size_t asked = 0, question = 0;
    for (size_t k = 0; k < SUPPORTS_JSON; k++)
        if (arguments_given(a, k)) {
            asked++;
            question = k;
        }
    if (asked != 1) {
        error_set(e, NULL, 0, "one question is expected (such as --onnx-operators; see --help)");
        return STATUS_BAD;
    }
    print_items(question, arguments_given(a, SUPPORTS_JSON));
    return STATUS_GOOD;
}

const command command_supports = {.name = "supports", .usage = &supports_usage, .run = supports_run};
