/* supcert eval: the exact value of a network at rational points. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/pair.h"
#include "cli/report.h"
#include "cli/table.h"
#include "number/vector.h"

enum { EVAL_AT, EVAL_POINTS, EVAL_NNET, EVAL_JSON, EVAL_OPTIONS };

static const option eval_options[EVAL_OPTIONS] = {
    [EVAL_AT] = {.name = "at",
                 .kind = OPTION_TEXT,
                 .value = "X,Y,...",
                 .many = true,
                 .help = "a point, one number for each input; may be given several times"},
    [EVAL_POINTS] = {.name = "points",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help =
                         "points from a file: one a line, separated by commas or blanks, # starts a comment"},
    [EVAL_NNET] = NNET_OPTION_ROW,
    [EVAL_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

static const usage eval_usage = {.program = "supcert eval",
                                 .operands = "NET",
                                 .least = 1,
                                 .most = 1,
                                 .purpose = "Evaluates a network exactly at rational points.",
                                 .notes = PAIR_NOTES
                                 "A point may lie anywhere. Inputs and outputs are counted from 0.\n"
                                 "\nexit status: 0 done; 2 bad usage or input\n",
                                 .option = eval_options,
                                 .options = EVAL_OPTIONS};

typedef struct eval_job {
    import_model model;
    size_t points, capacity;
    mpq_t **point; /* `inputs` coordinates each */
} eval_job;

static mpq_t *add_point(eval_job *job)
{
    job->point = mem_grow(job->point, &job->capacity, job->points + 1, sizeof *job->point);
    return job->point[job->points++] = vector_new(job->model.net.inputs);
}

static bool read_option_points(eval_job *job, const option_value *v, error *e)
{
    for (size_t k = 0; k < v->count; k++)
        if (!table_read_point(add_point(job), job->model.net.inputs, "at", v->text[k], e))
            return false;
    return true;
}

static bool read_file_points(eval_job *job, const char *path, error *e)
{
    file_bytes bytes;
    table_reader t;
    if (!text_read(&bytes, path, e))
        return false;
    table_init(&t, path, &bytes);
    char *advice = table_point_advice(job->model.net.inputs);
    size_t before = job->points;
    bool good = true;
    while (good && table_next(&t))
        good = table_row(&t, add_point(job), job->model.net.inputs, advice, e);
    free(advice);
    file_bytes_clear(&bytes);
    if (good && job->points == before)
        return error_set(e, path, 0, "holds no points (write one a line)");
    return good;
}

static bool read_points(eval_job *job, const arguments *a, error *e)
{
    const char *path = arguments_text(a, EVAL_POINTS);
    if (path == NULL && !arguments_given(a, EVAL_AT))
        return error_set(e, NULL, 0, "no point is given (write --at X,Y,... or --points FILE)");
    return read_option_points(job, &a->value[EVAL_AT], e) && (path == NULL || read_file_points(job, path, e));
}

/* --- results
 * ---------------------------------------------------------------------------------------------------- */

static void print_point(const eval_job *job, size_t k)
{
    printf("%spoint %zu:", k == 0 ? "" : "\n", k + 1);
    for (size_t i = 0; i < job->model.net.inputs; i++) {
        char *text = report_fraction(job->point[k][i]);
        printf("%s %s", i == 0 ? "" : ",", text);
        free(text);
    }
    putchar('\n');
}

static void print_words(const eval_job *job)
{
    size_t outputs = network_outputs(&job->model.net);
    mpq_t *y = vector_new(outputs);
    for (size_t k = 0; k < job->points; k++) {
        if (job->points > 1)
            print_point(job, k);
        network_eval(y, &job->model.net, job->point[k]);
        for (size_t j = 0; j < outputs; j++) {
            char *text = report_number(y[j]);
            printf("output %zu: %s\n", j, text);
            free(text);
        }
    }
    vector_free(y, outputs);
}

static json_t *point_json(const eval_job *job, size_t k)
{
    size_t outputs = network_outputs(&job->model.net);
    json_t *object = json_object(), *decimals = json_array();
    mpq_t *y = vector_new(outputs);
    network_eval(y, &job->model.net, job->point[k]);
    for (size_t j = 0; j < outputs; j++)
        json_array_append_new(decimals, json_of_decimal(y[j]));
    json_object_set_new(object, "point", json_of_rationals(job->model.net.inputs, job->point[k]));
    json_object_set_new(object, "outputs", json_of_rationals(outputs, y));
    json_object_set_new(object, "decimals", decimals);
    vector_free(y, outputs);
    return object;
}

static void print_json(const eval_job *job)
{
    json_t *object = json_object(), *list = json_array();
    for (size_t k = 0; k < job->points; k++)
        json_array_append_new(list, point_json(job, k));
    json_object_set_new(object, "command", json_string("eval"));
    json_object_set_new(object, "network", json_of_model(&job->model));
    json_object_set_new(object, "points", list);
    json_print(object);
}

static void eval_clear(eval_job *job)
{
    for (size_t k = 0; k < job->points; k++)
        vector_free(job->point[k], job->model.net.inputs);
    free(job->point);
    import_model_clear(&job->model);
}

static int eval_run(const arguments *a, error *e)
{
    eval_job job = {.points = 0};
    import_options options = {.nnet_normalise = arguments_given(a, EVAL_NNET)};
    if (!pair_read_network(&job.model, a->operand[0], &options, e))
        return STATUS_BAD;
    bool good = read_points(&job, a, e);
    if (good && arguments_given(a, EVAL_JSON))
        print_json(&job);
    else if (good)
        print_words(&job);
    eval_clear(&job);
    return good ? STATUS_GOOD : STATUS_BAD;
}

const command command_eval = {.name = "eval", .usage = &eval_usage, .run = eval_run};
