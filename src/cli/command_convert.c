/* supcert convert: any network to native text or ONNX. */
#include <string.h>
#include <strings.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/pair.h"
#include "network/native.h"

enum { CONVERT_OUTPUT, CONVERT_TO, CONVERT_NNET, CONVERT_JSON, CONVERT_OPTIONS };

static const option convert_options[CONVERT_OPTIONS] = {
    [CONVERT_OUTPUT] = {.name = "out",
                        .letter = 'o',
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .fallback = "standard output",
                        .help = "write to FILE"},
    [CONVERT_TO] = {.name = "to",
                    .kind = OPTION_TEXT,
                    .value = "FORMAT",
                    .fallback = "onnx if FILE ends in .onnx, else native",
                    .help = "native or onnx"},
    [CONVERT_NNET] = NNET_OPTION_ROW,
    [CONVERT_JSON] = {.name = "json",
                      .kind = OPTION_SWITCH,
                      .help = "print one JSON object about both files; needs --out"},
};

static const usage convert_usage = {
    .program = "supcert convert",
    .operands = "NET",
    .least = 1,
    .most = 1,
    .purpose = "Converts a network, exactly, to native text or to ONNX.",
    .notes = "ONNX is written in double precision: a weight that is not exactly a double is an error.\n"
             "\nexit status: 0 done; 2 bad usage or input, or a network that the format cannot hold\n",
    .option = convert_options,
    .options = CONVERT_OPTIONS};

/* Whether the result is to be ONNX, by --to or by the name of the output. */
static bool choose_format(bool *onnx, const arguments *a, error *e)
{
    const char *format = arguments_text(a, CONVERT_TO), *path = arguments_text(a, CONVERT_OUTPUT);
    size_t length = path == NULL ? 0 : strlen(path);
    *onnx = format != NULL ? strcmp(format, "onnx") == 0
                           : length >= 5 && strcasecmp(path + length - 5, ".onnx") == 0;
    if (format == NULL || *onnx || strcmp(format, "native") == 0)
        return true;
    return error_set(e, NULL, 0, "--to: unknown format %.40s (native or onnx)", format);
}

static bool write_network(FILE *stream, const import_model *model, bool onnx, error *e)
{
    if (onnx)
        return onnx_write(stream, &model->net, model->path, e);
    native_write(stream, &model->net);
    return true;
}

/* Prints what has been read and what has been written, which is read again for that; false with *e set where
 * it cannot be. */
static bool print_json(const import_model *model, const char *path, bool onnx, error *e)
{
    import_model result;
    bool written =
        e->message == NULL && import_model_read(&result, path, &(import_options){.nnet_normalise = false}, e);
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("convert"));
    json_object_set_new(object, "format", json_string(onnx ? "onnx" : "native"));
    json_object_set_new(object, "network", json_of_model(model));
    json_object_set_new(object, "result", written ? json_of_model(&result) : json_null());
    json_object_set_new(object, "unwritten", json_of_error(e));
    json_print(object);
    if (written)
        import_model_clear(&result);
    return written;
}

static int convert_run(const arguments *a, error *e)
{
    bool onnx;
    import_model model;
    const char *path = arguments_text(a, CONVERT_OUTPUT);
    import_options options = {.nnet_normalise = arguments_given(a, CONVERT_NNET)};
    if (arguments_given(a, CONVERT_JSON) && path == NULL) {
        error_set(e, NULL, 0, "--json and the network would both go to standard output (add -o FILE)");
        return STATUS_BAD;
    }
    if (!choose_format(&onnx, a, e) || !pair_read_network(&model, a->operand[0], &options, e))
        return STATUS_BAD;
    file_output out = {.stream = NULL};
    bool good = path == NULL ? write_network(stdout, &model, onnx, e)
                             : output_open(&out, path, model.path, NULL, e) &&
                                   write_network(out.stream, &model, onnx, e);
    if (good && path != NULL) {
        good = file_output_commit(&out, e);
        if (arguments_given(a, CONVERT_JSON))
            good = print_json(&model, path, onnx, e);
    }
    file_output_discard(&out);
    import_model_clear(&model);
    return good ? STATUS_GOOD : STATUS_BAD;
}

const command command_convert = {.name = "convert", .usage = &convert_usage, .run = convert_run};
