/* Results in words: see report.h. */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "proof/relative.h"

#define SHORT_FRACTION  40 /* characters of a fraction that is shown whole */
#define SHOWN_DIGITS    8  /* at the front of a number that is not */
#define SHOWN_INTERVALS 4
#define SHOWN_INPUTS    12
#define SHOWN_FORMULA   120 /* characters */

/* A whole number, abbreviated if it is long. */
static char *short_integer(const mpz_t value)
{
    char *text = mpz_get_str(NULL, 10, value);
    size_t sign = text[0] == '-', digits = strlen(text) - sign;
    char *result = digits <= 2 * SHOWN_DIGITS
                       ? mem_copy_string(text)
                       : mem_printf("%.*s...(%zu digits)", (int)(SHOWN_DIGITS + sign), text, digits);
    free(text);
    return result;
}

char *report_fraction(const mpq_t value)
{
    char *text = rational_text(value);
    if (strlen(text) <= SHORT_FRACTION)
        return text;
    free(text);
    char *above = short_integer(mpq_numref(value));
    if (mpz_cmp_ui(mpq_denref(value), 1) == 0)
        return above;
    char *below = short_integer(mpq_denref(value));
    char *result = mem_printf("%s/%s", above, below);
    free(above);
    free(below);
    return result;
}

static bool is_short(const mpq_t value)
{
    char *text = rational_text(value);
    bool result = strlen(text) <= SHORT_FRACTION;
    free(text);
    return result;
}

char *report_number(const mpq_t value)
{
    bool exact;
    char *decimal = rational_decimal(value, REPORT_DIGITS, &exact);
    char *fraction = report_fraction(value);
    char *result;
    if (strcmp(fraction, decimal) == 0)
        result = mem_printf("%s (exact)", decimal);
    else if (exact)
        result = mem_printf("%s = %s (exact)", fraction, decimal);
    else if (is_short(value))
        result = mem_printf("%s, about %s (rounded)", fraction, decimal);
    else
        result = mem_printf("%s (rounded; exactly %s)", decimal, fraction);
    free(decimal);
    free(fraction);
    return result;
}

static bool is_cube(size_t inputs, mpq_t *lower, mpq_t *upper)
{
    for (size_t i = 1; i < inputs; i++)
        if (!mpq_equal(lower[i], lower[0]) || !mpq_equal(upper[i], upper[0]))
            return false;
    return true;
}

static char *interval_text(const mpq_t lower, const mpq_t upper)
{
    char *a = report_fraction(lower), *b = report_fraction(upper);
    char *result = mem_printf("[%s, %s]", a, b);
    free(a);
    free(b);
    return result;
}

char *report_box(size_t inputs, mpq_t *lower, mpq_t *upper)
{
    char *text = interval_text(lower[0], upper[0]);
    if (inputs > 1 && is_cube(inputs, lower, upper)) {
        char *cube = mem_printf("%s^%zu", text, inputs);
        free(text);
        return cube;
    }
    for (size_t i = 1; i < inputs; i++) {
        bool shown = i < SHOWN_INTERVALS || inputs == SHOWN_INTERVALS + 1;
        char *next = shown ? interval_text(lower[i], upper[i]) : mem_printf("... (%zu more)", inputs - i);
        char *longer = mem_printf("%s x %s", text, next);
        free(text);
        free(next);
        text = longer;
        if (!shown)
            break;
    }
    return text;
}

bool report_ratio(mpq_t ratio, mpq_srcptr above, mpq_srcptr below)
{
    if (above == NULL || below == NULL || mpq_sgn(below) <= 0)
        return false;
    mpq_div(ratio, above, below);
    return true;
}

void report_ratios(mpq_srcptr *least, mpq_srcptr *most, mpq_t lower, mpq_t upper, const relative_bounds *b)
{
    *least = report_ratio(lower, b->difference_lower, b->reference_upper) ? lower : NULL;
    *most = report_ratio(upper, b->difference_upper, b->reference_lower) ? upper : NULL;
}

static bool is_exact(const statement *s)
{
    return s->upper != NULL && mpq_equal(s->lower, s->upper);
}

/* What is known about a number that is at least `lower` and at most `upper`, either of which may be NULL. */
static void print_value(FILE *out, const char *verdict, const char *what, mpq_srcptr lower, mpq_srcptr upper)
{
    char *least = lower == NULL ? NULL : report_number(lower),
         *most = upper == NULL ? NULL : report_number(upper);
    if (lower == NULL && upper == NULL)
        fprintf(out, "%s: no bounds of %s are known\n", verdict, what);
    else if (upper == NULL)
        fprintf(out, "%s: %s is at least %s\n", verdict, what, least);
    else if (lower == NULL)
        fprintf(out, "%s: %s is at most %s\n", verdict, what, most);
    else if (mpq_equal(lower, upper))
        fprintf(out, "%s: %s is %s\n", verdict, what, least);
    else
        fprintf(out, "%s: %s lies between two bounds\n  %-12s %s\n  %-12s %s\n", verdict, what, "at least",
                least, "at most", most);
    free(least);
    free(most);
}

/* One of two numbers that are compared. */
static void print_part(FILE *out, const char *what, mpq_srcptr lower, mpq_srcptr upper)
{
    char *least = report_number(lower), *most = upper == NULL ? NULL : report_number(upper);
    if (upper == NULL)
        fprintf(out, "  %-12s at least %s\n", what, least);
    else if (mpq_equal(lower, upper))
        fprintf(out, "  %-12s %s\n", what, least);
    else
        fprintf(out, "  %-12s at least %s\n  %-12s at most %s\n", what, least, "", most);
    free(least);
    free(most);
}

static void print_ratio(FILE *out, const char *verdict, const relative_bounds *b)
{
    mpq_t lower, upper;
    mpq_srcptr least, most;
    mpq_inits(lower, upper, NULL);
    report_ratios(&least, &most, lower, upper, b);
    if (b->reference_upper != NULL && mpq_sgn(b->reference_upper) == 0)
        fprintf(out, "%s: max |g| is 0\n", verdict);
    else
        print_value(out, verdict, "max |f - g| / max |g|", least, most);
    mpq_clears(lower, upper, NULL);
    print_part(out, "max |f - g|", b->difference_lower, b->difference_upper);
    print_part(out, "max |g|", b->reference_lower, b->reference_upper);
}

static void print_point(FILE *out, const statement *s)
{
    for (size_t i = 0; i < s->inputs && i < SHOWN_INPUTS; i++) {
        char *text = report_number(s->point[i]);
        fprintf(out, "  %-12s input %zu: %s\n",
                i > 0         ? ""
                : is_exact(s) ? "attained at"
                              : "lower at",
                i, text);
        free(text);
    }
    if (s->inputs > SHOWN_INPUTS)
        fprintf(out, "  %-12s ... and %zu more inputs\n", "", s->inputs - SHOWN_INPUTS);
}

static void print_outputs(FILE *out, const statement *s)
{
    if (s->outputs == 1)
        fprintf(out, "  %-12s the only one, 0", "output");
    else if (s->all_outputs)
        fprintf(out, "  %-12s all, 0 to %zu; the largest is output %zu", "outputs", s->outputs - 1,
                s->output);
    else
        fprintf(out, "  %-12s %zu alone, of 0 to %zu", "output", s->output, s->outputs - 1);
    fprintf(out, "%s%s\n", s->side == NULL ? "" : "; at the point ", s->side == NULL ? "" : s->side);
}

void report_formula(FILE *out, const char *text)
{
    bool whole = strlen(text) <= SHOWN_FORMULA;
    fprintf(out, "  %-12s formula %.*s%s\n", "g", SHOWN_FORMULA, text, whole ? "" : "...");
}

void report_statement(FILE *out, const char *verdict, const statement *s)
{
    char *box = report_box(s->inputs, s->box_lower, s->box_upper);
    if (s->relative != NULL)
        print_ratio(out, verdict, s->relative);
    else
        print_value(out, verdict, "max |f - g|", s->lower, s->upper);
    fprintf(out, "  %-12s %s%s\n", "on the box", box, s->box_note == NULL ? "" : s->box_note);
    print_outputs(out, s);
    print_point(out, s);
    free(box);
}
