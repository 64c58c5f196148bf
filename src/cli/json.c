/* JSON of results: see json.h. */
#include "cli/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/report.h"
#include "number/rational.h"

json_t *json_of_rational(const mpq_t value)
{
    char *text = rational_text(value);
    json_t *result = json_string(text);
    free(text);
    return result;
}

json_t *json_of_rationals(size_t count, mpq_t *values)
{
    json_t *list = json_array();
    for (size_t k = 0; k < count; k++)
        json_array_append_new(list, json_of_rational(values[k]));
    return list;
}

json_t *json_of_box(size_t inputs, mpq_t *lower, mpq_t *upper)
{
    json_t *list = json_array();
    for (size_t i = 0; i < inputs; i++) {
        json_t *interval = json_array();
        json_array_append_new(interval, json_of_rational(lower[i]));
        json_array_append_new(interval, json_of_rational(upper[i]));
        json_array_append_new(list, interval);
    }
    return list;
}

json_t *json_of_decimal(const mpq_t value)
{
    char *text = rational_decimal(value, REPORT_DIGITS, NULL);
    json_t *result = json_string(text);
    free(text);
    return result;
}

json_t *json_of_size(size_t value)
{
    return json_integer((json_int_t)value);
}

json_t *json_of_text(const char *text)
{
    if (text == NULL)
        return json_null();
    json_t *result = json_string(text);
    if (result != NULL)
        return result;
    char *copy = mem_copy_string(text);
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    result = json_string(copy);
    free(copy);
    return result;
}

json_t *json_of_error(const error *e)
{
    mem_text line;
    if (e->message == NULL)
        return json_null();
    error_print(mem_text_begin(&line), e);
    char *text = mem_text_end(&line);
    text[strcspn(text, "\n")] = '\0';
    json_t *result = json_of_text(text);
    free(text);
    return result;
}

json_t *json_of_model(const import_model *model)
{
    json_t *object = json_object();
    json_object_set_new(object, "file", json_of_text(model->path));
    json_object_set_new(object, "sha256", json_string(model->digest));
    json_object_set_new(object, "inputs", json_of_size(model->net.inputs));
    json_object_set_new(object, "outputs", json_of_size(network_outputs(&model->net)));
    json_object_set_new(object, "neurons", json_of_size(network_neurons(&model->net)));
    return object;
}

static json_t *json_of_formula(const model_pair *p)
{
    json_t *object = json_object();
    json_object_set_new(object, "formula", json_string(p->formula_text));
    json_object_set_new(object, "sha256", json_string(p->g.digest));
    json_object_set_new(object, "inputs", json_of_size(p->formula.inputs));
    json_object_set_new(object, "outputs", json_of_size(p->formula.outputs));
    return object;
}

json_t *json_of_pair(const model_pair *p)
{
    json_t *list = json_array();
    json_array_append_new(list, json_of_model(&p->f));
    json_array_append_new(list, p->has_formula ? json_of_formula(p) : json_of_model(&p->g));
    return list;
}

void json_write(FILE *out, json_t *object)
{
    json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    fputc('\n', out);
    json_decref(object);
}

void json_print(json_t *object)
{
    json_write(stdout, object);
}
