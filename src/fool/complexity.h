/* How many samples a problem of learning needs and how many suffice, and what error remains after so many:
 * the statements of need.h, remain.h and midpoints.h, each for its best number n of inputs. Numbers that are
 * claimed to be needed are rounded down, numbers claimed to suffice are rounded up. */
#ifndef SUPCERT_FOOL_COMPLEXITY_H
#define SUPCERT_FOOL_COMPLEXITY_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

#include "fool/claim.h"
#include "fool/learning.h"

/* Numbers of samples from 10^COMPLEXITY_DIGITS on are given as powers of ten. */
#define COMPLEXITY_DIGITS 300

typedef struct sample_count {
    claim why;
    size_t inputs; /* that the bumps read; for midpoints the dimension; 0 for CLAIM_NOTHING */
    bool whole;
    mpz_t
        number; /* the number of samples; 0 for CLAIM_NOTHING (needed: at least 0; enough: none is known);
                 * where not `whole`, 10 to the power of `number`, which holds as a lower or an upper bound */
} sample_count;

typedef struct error_bound {
    claim why;
    size_t inputs;
    mpfr_t value; /* CLAIM_NOTHING: 0 for a lower bound, infinite for an upper bound */
} error_bound;

/* The four functions initialise their result. tolerance > 0, samples >= 0. By `chance`, methods that may use
 * it and whose expected error counts; else deterministic methods. Methods may choose samples adaptively. */
void complexity_needed(sample_count *m, const learning *t, const mpq_t tolerance, bool chance);
void complexity_remaining(error_bound *e, const learning *t, const mpz_t samples, bool chance);

/* For both kinds of methods. */
void complexity_enough(sample_count *m, const learning *t, const mpq_t tolerance);
void complexity_reached(error_bound *e, const learning *t, const mpz_t samples);

void sample_count_clear(sample_count *m);
void error_bound_clear(error_bound *e);

/* By size; counts that are powers of ten are larger than all whole ones. */
int sample_count_compare(const sample_count *a, const sample_count *b);

/* "1234" or "10^1234"; "0" for CLAIM_NOTHING. The caller frees it. */
char *sample_count_text(const sample_count *m);

/* A decimal of `digits` significant digits at or below (up: at or above) the value; "inf" for infinity. The
 * caller frees it. */
char *error_bound_text(const error_bound *e, int digits, bool up);

/* The same for the result of complexity_reached, at or above the value; the decimal at or below is given
 * where the bound is equal to it, which the value, being rounded, cannot tell. */
char *complexity_reached_text(const error_bound *e, const learning *t, const mpz_t samples, int digits);

#endif
