/* supcert check: the certificate checker, with JSON and JUnit reports. */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "cli/check_core.h"
#include "cli/command.h"
#include "cli/fooling_json.h"
#include "cli/json.h"
#include "cli/junit.h"
#include "cli/output.h"

static const usage check_usage = {.program = "supcert check",
                                  .operands = check_operands,
                                  .least = 3,
                                  .most = SIZE_MAX,
                                  .purpose = check_purpose,
                                  .notes = check_notes,
                                  .option = check_options,
                                  .options = CHECK_ALL_OPTIONS};

static void add_claim(json_t *object, const claim *c)
{
    json_object_set_new(object, "lower", json_of_rational(c->lower));
    json_object_set_new(object, "upper", c->unbounded ? json_null() : json_of_rational(c->upper));
    json_object_set_new(object, "decimal", json_of_decimal(c->lower));
    json_object_set_new(object, "all_outputs", json_boolean(c->all_outputs));
    json_object_set_new(object, "output", json_of_size(c->output));
    json_object_set_new(object, "point", json_of_rationals(c->inputs, c->point));
    json_object_set_new(object, "box", json_of_box(c->inputs, c->box_lower, c->box_upper));
    json_object_set_new(object, "nodes", json_of_size(c->nodes));
    json_object_set_new(object, "leaves", json_of_size(c->leaves));
}

static void print_json(const check_outcome *o, const arguments *a, const error *e)
{
    json_t *object = json_object();
    const char *verdict = !o->verified  ? "rejected"
                          : !o->implied ? "not implied"
                          : o->in_parts ? "verified shard"
                                        : "verified";
    json_object_set_new(object, "command", json_string("check"));
    json_object_set_new(object, "verdict", json_string(verdict));
    json_object_set_new(object, "reason", json_of_text(e->message));
    json_object_set_new(object, "line", e->line > 0 ? json_integer(e->line) : json_null());
    if (o->verified && o->fooling)
        fooling_add_json(object, &o->fooled, o->model.path != NULL);
    else if (o->verified)
        add_claim(object, &o->claim);
    json_object_set_new(object, "shards",
                        o->in_parts || o->combined ? json_of_size(o->part.shards) : json_null());
    json_object_set_new(object, "shard", o->in_parts ? json_of_size(o->part.shard) : json_null());
    json_object_set_new(object, "certificate", json_of_text(a->operand[0]));
    json_object_set_new(object, "networks", json_of_pair(&o->pair));
    json_print(object);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What check_core_print prints; the caller frees it. */
static char *outcome_text(const check_outcome *o, const arguments *a)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    check_core_print(stream, o, a);
    fclose(stream);
    return text;
}

/* Refuses to overwrite what is being read. */
static bool is_new_file(const char *path, const arguments *a, error *e)
{
    static const size_t files[] = {PAIR_BOX_FILE, CHECK_SAMPLES, CHECK_MODEL};
    bool input = false;
    for (size_t k = 0; k < a->operands; k++)
        input = input || output_is_input(path, a->operand[k]);
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        input = input || (arguments_given(a, files[k]) && output_is_input(path, arguments_text(a, files[k])));
    return !input || error_set(e, path, 0, "is a file that is being read (write to another one)");
}

/* Writes the report, if one is asked for, about the error that the check has left. Returns the exit status.
 */
static int report_junit(const check_outcome *o, const arguments *a, int status, double seconds, error *e)
{
    const char *path = arguments_text(a, CHECK_JUNIT);
    if (path == NULL)
        return status;
    junit report;
    error unwritten = ERROR_NONE;
    char *text = status == STATUS_BAD ? NULL : outcome_text(o, a), *message = junit_message(e);
    junit_init(&report, a->usage->program);
    junit_add(&report, &(junit_case){.name = a->operand[0],
                                     .seconds = seconds,
                                     .outcome = status == STATUS_GOOD      ? JUNIT_PASSED
                                                : status == STATUS_REFUTED ? JUNIT_FAILURE
                                                                           : JUNIT_ERROR,
                                     .message = message,
                                     .output = text});
    bool written = junit_write(&report, path, &unwritten);
    junit_clear(&report);
    free(text);
    free(message);
    if (written)
        return status;
    error_clear(e);
    *e = unwritten;
    return STATUS_BAD;
}

static int check_run(const arguments *a, error *e)
{
    check_outcome outcome;
    const char *report = arguments_text(a, CHECK_JUNIT);
    if (report != NULL && !is_new_file(report, a, e))
        return STATUS_BAD;
    double start = now();
    int status = check_core_run(&outcome, a, e);
    double seconds = now() - start;
    if (status != STATUS_BAD) {
        if (arguments_given(a, CHECK_JSON))
            print_json(&outcome, a, e);
        else
            check_core_print(stdout, &outcome, a);
    }
    status = report_junit(&outcome, a, status, seconds, e);
    check_outcome_clear(&outcome);
    return status;
}

const command command_check = {.name = "check", .usage = &check_usage, .run = check_run};
