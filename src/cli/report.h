/* Results in words. Numbers come as a fraction where that is short, always with a decimal of 17 significant
 * digits that is correctly rounded and says whether it is exact. */
#ifndef SUPCERT_CLI_REPORT_H
#define SUPCERT_CLI_REPORT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define REPORT_DIGITS 17

/* "3/8 = 0.375 (exact)", "1/3, about 0.33333333333333333 (rounded)", "0.0112... (rounded; exactly
 * 1234567.../7654321..., 80 and 82 digits)". The caller frees the text, as also below. */
char *report_number(const mpq_t value);

/* The fraction, abbreviated in the middle where it is long: "123456...(80 digits)/765432...(82 digits)". */
char *report_fraction(const mpq_t value);

/* The box as "[-1/2, 1/2]^3" where all intervals are equal, else as their product, the first few of them. */
char *report_box(size_t inputs, mpq_t *lower, mpq_t *upper);

typedef struct relative_bounds relative_bounds; /* proof/relative.h */

/* What is known about the largest |f - g|. All is borrowed. */
typedef struct statement {
    mpq_srcptr lower, upper; /* upper may be NULL: nothing is known */
    bool all_outputs;
    size_t outputs;   /* of each network */
    size_t output;    /* of the lower bound */
    const char *side; /* which network is above there, in words; NULL: not known */
    size_t inputs;
    mpq_t *box_lower, *box_upper, *point;
    const char *box_note;            /* follows the box; NULL: nothing */
    const relative_bounds *relative; /* to compare max |f - g| with max |g|; NULL: that is not the question */
} statement;

/* ratio = above / below, where both are known (not NULL) and `below` is positive; else false. */
bool report_ratio(mpq_t ratio, mpq_srcptr above, mpq_srcptr below);
/* The least and the greatest that max |f - g| / max |g| can be; NULL where nothing is known, or max |g| may
 * be 0. The two numbers are initialised and hold what is known. */
void report_ratios(mpq_srcptr *least, mpq_srcptr *most, mpq_t lower, mpq_t upper, const relative_bounds *b);

/* Prints a line about the formula that is the reference: its canonical text, shortened where it is long. */
void report_formula(FILE *out, const char *text);

/* Prints the statement, a few lines: value, box, outputs, point. `verdict` is the first word. */
void report_statement(FILE *out, const char *verdict, const statement *s);

#endif
