/* The statements of doc/enclosures.md about the last enclosure of a trial, each at a random point of its box:
 * compared with exact values where the formula is rational, otherwise with MPFR. A failure ends the test. */
#ifndef SUPCERT_TESTS_ENCLOSURE_CHECK_H
#define SUPCERT_TESTS_ENCLOSURE_CHECK_H

#include "formula_trial.h"
#include "random.h"

/* Inputs of a trial with a second_order. */
enum { MOST_INPUTS = 3 };

/* A point of the box: ends, the middle, kinks, and what is very near to the lower end are frequent. */
void trial_point(trial *t, rng *r, mpq_t *x);

/* Bounded, or the whole line; and whether all results are, and the value is bounded. */
bool enclosure_is_settled(mpfi_srcptr a);
void enclosure_check_settled(trial *t);

void enclosure_check_value(trial *t, rng *r);
/* Section 2, for two points that differ in one coordinate. */
void enclosure_check_slope(trial *t, rng *r);

/* What is known about second derivatives on the box: the registers are used again for the middle. */
typedef struct second_order {
    mpfi_t hessian[MOST_INPUTS][MOST_INPUTS];
    bool smooth; /* bounded in all directions that are not flat */
} second_order;

void second_order_init(second_order *s, const trial *t);
void second_order_clear(second_order *s, const trial *t);
/* Section 3: u(x) lies in v + Σ g_i t_i + 1/2 Σ H_ij t_i t_j; the enclosure has v and g, *s what was on the
 * box.
 */
void enclosure_check_taylor(trial *t, rng *r, const second_order *s, mpq_t *middle);

/* Section 4, of the trial's form. */
void enclosure_check_tangent(trial *t, rng *r);

/* An enclosure at a point, by the way in which witnesses are evaluated. */
void enclosure_check_point(trial *t, rng *r);

#endif
