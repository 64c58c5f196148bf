/* Tables of sample complexity: see samples_table.h. */
#include "cli/samples_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/json.h"
#include "cli/report.h"
#include "number/rational.h"

#define TABLE_DIGITS 6

/* One row: what is needed, needed with chance, and enough; for the inverse question the errors. */
typedef struct row {
    samples_table *table;
    mpq_srcptr given;
    sample_count count[3];
    error_bound error[3];
} row;

enum { NEEDED, CHANCE, ENOUGH, COLUMNS };

/* --- rows --------------------------------------------------------------------------------------------------
 */

static void row_fill(row *r)
{
    const learning *t = &r->table->problem;
    if (r->table->inverse) {
        mpz_srcptr samples = mpq_numref(r->given);
        complexity_remaining(&r->error[NEEDED], t, samples, false);
        complexity_remaining(&r->error[CHANCE], t, samples, true);
        complexity_reached(&r->error[ENOUGH], t, samples);
    } else {
        complexity_needed(&r->count[NEEDED], t, r->given, false);
        complexity_needed(&r->count[CHANCE], t, r->given, true);
        complexity_enough(&r->count[ENOUGH], t, r->given);
    }
}

static void row_clear(row *r)
{
    for (int column = 0; column < COLUMNS; column++)
        if (r->table->inverse)
            error_bound_clear(&r->error[column]);
        else
            sample_count_clear(&r->count[column]);
}

typedef void row_printer(const row *r, void *context);

/* Calls `print` for every row. */
static void for_rows(samples_table *s, row_printer *print, void *context)
{
    for (size_t d = 0; d < s->dimension.count; d++)
        for (size_t l = 0; l < s->layers.count; l++)
            for (size_t k = 0; k < s->given.count; k++) {
                row r = {.table = s, .given = s->given.number[k]};
                s->problem.dimension = mpz_get_ui(mpq_numref(s->dimension.number[d]));
                s->problem.layers = mpz_get_ui(mpq_numref(s->layers.number[l]));
                row_fill(&r);
                print(&r, context);
                row_clear(&r);
            }
}

static claim column_claim(const row *r, int column)
{
    return r->table->inverse ? r->error[column].why : r->count[column].why;
}

static size_t column_inputs(const row *r, int column)
{
    return r->table->inverse ? r->error[column].inputs : r->count[column].inputs;
}

/* The number of a column, rounded to its safe side; "-" for an upper bound that is not known. */
static char *column_text(const row *r, int column, int digits)
{
    if (column == ENOUGH && column_claim(r, column) == CLAIM_NOTHING)
        return mem_copy_string("-");
    if (r->table->inverse && column == ENOUGH)
        return complexity_reached_text(&r->error[column], &r->table->problem, mpq_numref(r->given), digits);
    if (r->table->inverse)
        return error_bound_text(&r->error[column], digits, false);
    return sample_count_text(&r->count[column]);
}

/* --- tables ------------------------------------------------------------------------------------------------
 */

static void print_cells(const row *r, void *context)
{
    (void)context;
    char *given = rational_text(r->given);
    printf("%zu\t%zu\t%s", r->table->problem.dimension, r->table->problem.layers, given);
    for (int column = 0; column < COLUMNS; column++) {
        char *text = column_text(r, column, TABLE_DIGITS);
        claim why = column_claim(r, column);
        if (column == ENOUGH || why == CLAIM_NOTHING)
            printf("\t%s\t%s", text, claim_name(why));
        else
            printf("\t%s\t%s:%zu", text, claim_name(why), column_inputs(r, column));
        free(text);
    }
    putchar('\n');
    free(given);
}

void samples_print_table(samples_table *s)
{
    if (s->inverse)
        puts("d\tL\tsamples\tleft\tby\tleft-chance\tby\treached\tby");
    else
        puts("d\tL\ttolerance\tneeded\tby\tneeded-chance\tby\tenough\tby");
    for_rows(s, print_cells, NULL);
}

/* --- JSON --------------------------------------------------------------------------------------------------
 */

static json_t *column_json(const row *r, int column)
{
    json_t *object = json_object();
    char *text = column_text(r, column, REPORT_DIGITS);
    claim why = column_claim(r, column);
    const char *side = column == ENOUGH ? "at_most" : "at_least";
    json_object_set_new(object, "statement", json_string(claim_name(why)));
    json_object_set_new(object, "inputs", json_of_size(column_inputs(r, column)));
    if (column == ENOUGH && why == CLAIM_NOTHING)
        json_object_set_new(object, side, json_null());
    else
        json_object_set_new(object, side, json_string(text));
    free(text);
    return object;
}

static void add_json(const row *r, void *context)
{
    static const char *const names[2][COLUMNS] = {{"needed", "needed_with_chance", "enough"},
                                                  {"left", "left_with_chance", "reached"}};
    json_t *object = json_object();
    json_object_set_new(object, "dimension", json_of_size(r->table->problem.dimension));
    json_object_set_new(object, "layers", json_of_size(r->table->problem.layers));
    json_object_set_new(object, r->table->inverse ? "samples" : "tolerance", json_of_rational(r->given));
    for (int column = 0; column < COLUMNS; column++)
        json_object_set_new(object, names[r->table->inverse][column], column_json(r, column));
    json_array_append_new(context, object);
}

void samples_print_json(samples_table *s)
{
    const learning *t = &s->problem;
    json_t *object = json_object(), *rows = json_array();
    for_rows(s, add_json, rows);
    json_object_set_new(object, "command", json_string("samples"));
    json_object_set_new(object, "q", t->largest ? json_string("inf") : json_of_rational(t->q));
    json_object_set_new(object, "c", json_of_rational(t->c));
    json_object_set_new(object, "width", json_of_size(t->width));
    json_object_set_new(object, "error", t->uniform ? json_string("uniform") : json_of_rational(t->p));
    json_object_set_new(object, "rows", rows);
    json_print(object);
}

/* --- words -------------------------------------------------------------------------------------------------
 */

static void print_class(const learning *t)
{
    char *q = t->largest ? mem_copy_string("inf") : report_fraction(t->q), *c = report_fraction(t->c);
    printf("  class    d = %zu, q = %s, c = %s, B = %zu, L = %zu\n", t->dimension, q, c, t->width, t->layers);
    free(q);
    free(c);
}

static void print_error(const learning *t)
{
    if (t->uniform) {
        printf("  error    largest |difference| on [0, 1]^%zu\n", t->dimension);
        return;
    }
    char *p = report_fraction(t->p);
    printf("  error    L^p norm of the difference on [0, 1]^%zu, p = %s\n", t->dimension, p);
    free(p);
}

/* Why nothing is claimed. */
static const char *reason(const row *r)
{
    if (r->table->problem.layers < 3)
        return "there are bumps for L >= 3 only";
    if (r->table->problem.width < 3)
        return "there are bumps for B >= 3 only";
    return "no bump is known that exceeds the tolerance";
}

/* "[hole, bumps in 3 inputs]". */
static void print_claim(const row *r, int column)
{
    claim why = column_claim(r, column);
    printf("  [%s", claim_name(why));
    if (column != ENOUGH && why != CLAIM_NOTHING)
        printf(", bumps in %zu input%s", column_inputs(r, column), column_inputs(r, column) == 1 ? "" : "s");
    puts("]");
}

static void print_column(const row *r, int column, const char *name, const char *before, const char *after)
{
    printf("  %-8s ", name);
    if (column_claim(r, column) == CLAIM_NOTHING && column == ENOUGH)
        printf("nothing is known");
    else if (column_claim(r, column) == CLAIM_NOTHING)
        printf("nothing is claimed%s: %s", column == CHANCE ? " for methods with chance" : "", reason(r));
    else {
        char *text = column_text(r, column, REPORT_DIGITS);
        printf("%s %s%s", before, text, after);
        free(text);
    }
    print_claim(r, column);
}

static void print_words(const row *r, void *context)
{
    (void)context;
    char *given = report_number(r->given);
    if (r->table->inverse)
        printf("the error after %s samples\n", given);
    else
        printf("samples for an error of at most %s\n", given);
    free(given);
    print_class(&r->table->problem);
    print_error(&r->table->problem);
    if (r->table->inverse) {
        print_column(r, NEEDED, "left", "at least", " (rounded down), whatever the deterministic method");
        print_column(r, CHANCE, "", "at least", " (rounded down) expected, whatever the method with chance");
        print_column(r, ENOUGH, "reached", "at most", " (rounded up), by the nearest of midpoints of cells");
    } else {
        print_column(r, NEEDED, "needed", "at least", ", whatever the deterministic method");
        print_column(r, CHANCE, "", "at least", ", whatever the method with chance, for the expected error");
        print_column(r, ENOUGH, "enough", "at most", ", by the nearest of midpoints of cells");
    }
}

void samples_print_words(samples_table *s)
{
    for_rows(s, print_words, NULL);
}
