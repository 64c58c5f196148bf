/* Answers of a batch: see batch_output.h. */
#include "cli/batch_output.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/junit_report.h"

void batch_output_begin(batch_output *o, FILE *out, bool json, const char *suite)
{
    *o = (batch_output){.table = json ? NULL : out, .list = json ? json_array() : NULL};
    junit_init(&o->report, suite);
    if (!json)
        fputs("name\tline\tverdict\tlower_decimal\tupper_decimal\tlower\tupper\tseconds\tcertificate\t"
              "message\trelative_lower_decimal\trelative_upper_decimal\n",
              out);
}

/* Members of the object that are texts, a field each, which is empty where there is none. */
static void put_fields(FILE *out, const json_t *object, size_t count, const char *const *key)
{
    for (size_t k = 0; k < count; k++) {
        const char *text = json_string_value(json_object_get(object, key[k]));
        fprintf(out, "\t%s", text == NULL ? "" : text);
    }
}

static void add_line(batch_output *o, const batch_answer *a)
{
    static const char *const bounds[] = {"decimal", "upper_decimal", "lower", "upper"};
    fprintf(o->table, "%s\t%ld\t%s", a->name, a->line, a->verdict);
    put_fields(o->table, a->answer, 4, bounds);
    const char *certificate = json_string_value(json_object_get(a->answer, "certificate"));
    fprintf(o->table, "\t%.3f\t%s\t%s", json_number_value(json_object_get(a->answer, "seconds")),
            certificate == NULL ? "" : certificate, a->message);
    put_fields(o->table, json_object_get(a->answer, "relative"), 2, bounds);
    fputc('\n', o->table);
    fflush(o->table);
}

static void add_object(batch_output *o, const batch_answer *a)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", json_of_text(a->name));
    json_object_set_new(object, "line", json_integer(a->line));
    json_object_set_new(object, "verdict", json_string(a->verdict));
    json_object_set_new(object, "message", json_of_text(a->message[0] == '\0' ? NULL : a->message));
    json_object_set_new(object, "answer", a->answer == NULL ? json_null() : json_deep_copy(a->answer));
    json_array_append_new(o->list, object);
}

/* The case of the row; what its command printed is its output. */
static void add_case(batch_output *o, const batch_answer *a)
{
    char *text = a->answer == NULL ? NULL : json_dumps(a->answer, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    bool has_message = a->answer == NULL || a->message[0] != '\0';
    char *message = has_message ? mem_copy_string(a->message) : answer_message(a->answer);
    junit_add(&o->report, &(junit_case){.name = a->name,
                                        .seconds = a->seconds,
                                        .outcome = junit_outcome_of(a->status),
                                        .message = message,
                                        .output = text});
    free(text);
    free(message);
}

void batch_output_add(batch_output *o, const batch_answer *a)
{
    o->rows++;
    o->errors += a->status == STATUS_BAD;
    o->missed += a->status == STATUS_REFUTED;
    o->undecided += a->status == STATUS_UNDECIDED;
    if (o->table != NULL)
        add_line(o, a);
    else
        add_object(o, a);
    add_case(o, a);
}

int batch_output_status(const batch_output *o)
{
    return o->errors > 0      ? STATUS_BAD
           : o->missed > 0    ? STATUS_REFUTED
           : o->undecided > 0 ? STATUS_UNDECIDED
                              : STATUS_GOOD;
}

void batch_output_end(batch_output *o, FILE *out)
{
    static const char *const verdict[] = {[STATUS_GOOD] = "good",
                                          [STATUS_REFUTED] = "missed",
                                          [STATUS_BAD] = "error",
                                          [STATUS_UNDECIDED] = "undecided"};
    if (o->list == NULL)
        return;
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("batch"));
    json_object_set_new(object, "verdict", json_string(verdict[batch_output_status(o)]));
    json_object_set_new(object, "errors", json_of_size(o->errors));
    json_object_set_new(object, "missed", json_of_size(o->missed));
    json_object_set_new(object, "undecided", json_of_size(o->undecided));
    json_object_set(object, "rows", o->list);
    json_write(out, object);
}

void batch_output_clear(batch_output *o)
{
    json_decref(o->list);
    junit_clear(&o->report);
}
