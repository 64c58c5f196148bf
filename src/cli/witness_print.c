/* Witnesses for people and programs: see witness_print.h. */
#include "cli/witness_print.h"

#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/report.h"
#include "number/rational.h"

#define SHOWN_INPUTS  12
#define SHOWN_OUTPUTS 12

/* The outputs in question are first, …, last - 1. */
static size_t first_output(const witness *w)
{
    return w->all_outputs ? 0 : w->output;
}

static size_t last_output(const witness *w)
{
    return w->all_outputs ? w->outputs : w->output + 1;
}

const char *witness_side(witness_order order)
{
    static const char *const word[] = {[WITNESS_BELOW] = "f < g",
                                       [WITNESS_EQUAL] = "f = g",
                                       [WITNESS_ABOVE] = "f > g",
                                       [WITNESS_NOT_DECIDED] = "the order of f and g is not decided"};
    return word[order];
}

json_t *witness_sign_json(witness_order order)
{
    static const int sign[] = {[WITNESS_BELOW] = -1, [WITNESS_EQUAL] = 0, [WITNESS_ABOVE] = 1};
    return order == WITNESS_NOT_DECIDED ? json_null() : json_integer(sign[order]);
}

/* --- words
 * ------------------------------------------------------------------------------------------------------ */

static void print_number(FILE *out, const char *label, const char *what, const mpq_t value)
{
    char *text = report_number(value);
    fprintf(out, "  %-12s %s %s\n", label, what, text);
    free(text);
}

/* A number, or one that is known to lie between two. */
static void print_enclosed(FILE *out, const char *what, const mpq_t lower, mpq_srcptr upper)
{
    if (upper == NULL || mpq_equal(lower, upper)) {
        char *text = report_number(lower);
        fprintf(out, "  %-12s %s = %s\n", "", what, text);
        free(text);
        return;
    }
    char *below = rational_decimal(lower, REPORT_DIGITS, NULL),
         *above = rational_decimal(upper, REPORT_DIGITS, NULL);
    if (strcmp(below, above) == 0)
        fprintf(out, "  %-12s %s = %s (rounded)\n", "", what, below);
    else
        fprintf(out, "  %-12s %s from %s to %s (rounded)\n", "", what, below, above);
    free(below);
    free(above);
}

static void print_coordinates(FILE *out, const witness *w)
{
    char what[64];
    for (size_t i = 0; i < w->inputs && i < SHOWN_INPUTS; i++) {
        snprintf(what, sizeof what, "input %zu:", i);
        print_number(out, i == 0 ? "at" : "", what, w->point[WITNESS_EXACT].x[i]);
    }
    if (w->inputs > SHOWN_INPUTS)
        fprintf(out, "  %-12s ... and %zu more inputs\n", "", w->inputs - SHOWN_INPUTS);
}

static void print_outputs(FILE *out, const witness *w)
{
    const witness_point *p = &w->point[WITNESS_EXACT];
    size_t shown = 0;
    char label[64];
    for (size_t j = first_output(w); j < last_output(w); j++, shown++) {
        if (shown == SHOWN_OUTPUTS) {
            fprintf(out, "  %-12s %zu more outputs (JSON and CSV have them all)\n", "...",
                    last_output(w) - j);
            return;
        }
        snprintf(label, sizeof label, "output %zu", j);
        print_number(out, label, "f(x)    =", p->f[j]);
        print_enclosed(out, "g(x)   ", p->g[j], w->has_formula ? p->g_upper[j] : NULL);
        print_enclosed(out, "|f - g|", p->error[j], w->has_formula ? p->error_upper[j] : NULL);
    }
}

static void print_outsiders(FILE *out, const witness *w, witness_form form)
{
    const witness_point *p = &w->point[form];
    size_t shown = 0;
    fprintf(out, "  %-12s outside the box: no %s lies between the ends of input", "",
            witness_form_name(form));
    for (size_t i = 0; i < w->inputs && shown < SHOWN_INPUTS; i++)
        if (p->outside[i])
            fprintf(out, "%s %zu", shown++ == 0 ? "" : ",", i);
    if (p->outsiders > shown)
        fprintf(out, ", ... (%zu more)", p->outsiders - shown);
    fputc('\n', out);
}

void witness_print_rounded(FILE *out, const witness *w)
{
    for (witness_form form = WITNESS_FLOAT64; form < WITNESS_FORMS; form++) {
        const witness_point *p = &w->point[form];
        if (p->undefined) {
            fprintf(out, "  %-12s the formula is not shown to be defined at the nearest point\n",
                    witness_form_name(form));
            continue;
        }
        bool exact;
        char *value = rational_decimal(witness_error(p), REPORT_DIGITS, &exact);
        fprintf(out, "  %-12s |f - g| is %s (%s) at ", witness_form_name(form), value,
                exact && !w->has_formula ? "exact" : "rounded");
        free(value);
        for (size_t i = 0; i < w->inputs && i < SHOWN_INPUTS; i++) {
            char *text = rational_decimal(p->x[i], REPORT_DIGITS, NULL);
            fprintf(out, "%s%s", i == 0 ? "" : ", ", text);
            free(text);
        }
        if (w->inputs > SHOWN_INPUTS)
            fprintf(out, ", ... (%zu more)", w->inputs - SHOWN_INPUTS);
        fputc('\n', out);
        if (p->outsiders > 0)
            print_outsiders(out, w, form);
    }
}

void witness_print(FILE *out, const witness *w)
{
    const witness_point *p = &w->point[WITNESS_EXACT];
    char *value = w->has_formula ? rational_decimal(witness_error(p), REPORT_DIGITS, NULL)
                                 : report_number(witness_error(p));
    fprintf(out, "witness: |f - g| is %s%s\n", value, w->has_formula ? " (rounded)" : "");
    free(value);
    if (w->outputs == 1)
        fprintf(out, "  %-12s the only one, 0", "output");
    else if (w->all_outputs)
        fprintf(out, "  %-12s all, 0 to %zu; the largest error is at output %zu", "outputs", w->outputs - 1,
                p->output);
    else
        fprintf(out, "  %-12s %zu alone, of 0 to %zu", "output", p->output, w->outputs - 1);
    fprintf(out, "; at the point %s\n", witness_side(p->order));
    print_coordinates(out, w);
    print_outputs(out, w);
    witness_print_rounded(out, w);
}

/* --- JSON
 * ------------------------------------------------------------------------------------------------------- */

static json_t *outside_json(const witness_point *p, size_t inputs)
{
    json_t *list = json_array();
    for (size_t i = 0; i < inputs; i++)
        if (p->outside[i])
            json_array_append_new(list, json_of_size(i));
    return list;
}

static json_t *decimals_json(size_t count, mpq_t *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_of_decimal(values[i]));
    return list;
}

static json_t *point_json(const witness *w, witness_form form)
{
    const witness_point *p = &w->point[form];
    size_t first = first_output(w), count = last_output(w) - first;
    json_t *object = json_object();
    json_object_set_new(object, "form", json_string(witness_form_name(form)));
    json_object_set_new(object, "inside", json_boolean(p->outsiders == 0));
    json_object_set_new(object, "outside_inputs", outside_json(p, w->inputs));
    json_object_set_new(object, "point", json_of_rationals(w->inputs, p->x));
    json_object_set_new(object, "decimals", decimals_json(w->inputs, p->x));
    json_object_set_new(object, "first_output", json_of_size(first));
    if (p->undefined) {
        json_object_set_new(object, "error", json_null());
        return object;
    }
    json_object_set_new(object, "f", json_of_rationals(count, p->f + first));
    json_object_set_new(object, "g", json_of_rationals(count, p->g + first));
    json_object_set_new(object, "errors", json_of_rationals(count, p->error + first));
    if (w->has_formula) {
        json_object_set_new(object, "g_upper", json_of_rationals(count, p->g_upper + first));
        json_object_set_new(object, "errors_upper", json_of_rationals(count, p->error_upper + first));
    }
    json_object_set_new(object, "output", json_of_size(p->output));
    json_object_set_new(object, "sign", witness_sign_json(p->order));
    json_object_set_new(object, "error", json_of_rational(witness_error(p)));
    json_object_set_new(object, "decimal", json_of_decimal(witness_error(p)));
    return object;
}

json_t *witness_json(const witness *w)
{
    json_t *list = json_array();
    for (witness_form form = WITNESS_EXACT; form < WITNESS_FORMS; form++)
        json_array_append_new(list, point_json(w, form));
    return list;
}

json_t *witness_object(const witness *w, const witness_context *c)
{
    const witness_point *p = &w->point[WITNESS_EXACT];
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string(c->command));
    json_object_set_new(object, "output", json_of_size(p->output));
    json_object_set_new(object, "sign", witness_sign_json(p->order));
    json_object_set_new(object, "error", json_of_rational(witness_error(p)));
    json_object_set_new(object, "decimal", json_of_decimal(witness_error(p)));
    json_object_set_new(object, "witnesses", witness_json(w));
    json_object_set_new(object, "certificate", json_of_text(c->certificate));
    json_object_set_new(object, "unwritten", json_of_error(c->unwritten));
    json_object_set_new(object, "networks", json_of_pair(c->pair));
    return object;
}

/* --- CSV
 * -------------------------------------------------------------------------------------------------------- */

static void csv_line(FILE *out, witness_form form, const char *quantity, size_t index, bool inside,
                     const mpq_t value)
{
    char *decimal = rational_decimal(value, REPORT_DIGITS, NULL), *fraction = rational_text(value);
    fprintf(out, "%s,%s,%zu,%s,%s,%s\n", witness_form_name(form), quantity, index, inside ? "yes" : "no",
            decimal, fraction);
    free(decimal);
    free(fraction);
}

static void csv_outputs(FILE *out, const witness *w, witness_form form, const char *quantity, mpq_t *values)
{
    for (size_t j = first_output(w); j < last_output(w); j++)
        csv_line(out, form, quantity, j, w->point[form].outsiders == 0, values[j]);
}

void witness_print_csv(FILE *out, const witness *w)
{
    fprintf(out, "form,quantity,index,inside,decimal,fraction\n");
    for (witness_form form = WITNESS_EXACT; form < WITNESS_FORMS; form++) {
        const witness_point *p = &w->point[form];
        for (size_t i = 0; i < w->inputs; i++)
            csv_line(out, form, "x", i, !p->outside[i], p->x[i]);
        if (p->undefined)
            continue;
        csv_outputs(out, w, form, "f", p->f);
        csv_outputs(out, w, form, "g", p->g);
        csv_outputs(out, w, form, "error", p->error);
        if (w->has_formula) {
            csv_outputs(out, w, form, "g_upper", p->g_upper);
            csv_outputs(out, w, form, "error_upper", p->error_upper);
        }
        csv_line(out, form, "largest", p->output, p->outsiders == 0, witness_error(p));
    }
}

/* --- files
 * ------------------------------------------------------------------------------------------------------ */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

void witness_write(const file_output *out, const witness *w, const witness_context *c)
{
    if (ends_with(out->path, ".json"))
        json_write(out->stream, witness_object(w, c));
    else if (ends_with(out->path, ".csv"))
        witness_print_csv(out->stream, w);
    else
        witness_print(out->stream, w);
}
