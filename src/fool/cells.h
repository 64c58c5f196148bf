/* Bumps in cells: the cube [0,1]^n, cut into k^n cells of side 1/k, each with room for a bump of diameter 2r
 * = 1/k about its centre, since ‖x - p‖_∞ <= ‖x - p‖_1 < r. The supports are open and disjoint.
 *
 * Statements about cells hold for every whole k >= 1. What is here chooses a good k, the best one up to
 * rounding, and nobody has to trust the choice. By height.h the norm of such a bump is min(C_1 k^(-α_1), C_0
 * k^(-α_0)), where index 1 belongs to the slope κ and 0 to the cap H:
 *
 *     C_1 = κ/2 · R,  C_0 = H · R,  R = (Γ(p+1)/Γ(p+n+1))^(1/p),  α_1 = 1 + n/p,  α_0 = n/p
 *
 * (uniform error: R = 1, α_1 = 1, α_0 = 0). A function of k that is made of either alone, and has one peak,
 * has its peaks for the minimum at the two single peaks or where both are equal, k = κ/(2H). */
#ifndef SUPCERT_FOOL_CELLS_H
#define SUPCERT_FOOL_CELLS_H

#include <mpfr.h>
#include <stdbool.h>

#include "fool/height.h"

typedef struct cells {
    const height *height;
    /* Lower bound of the quantity for k^n cells, k whole; false: nothing is known for this k. */
    bool (*value)(mpfr_t value, const struct cells *s, const mpfr_t k);
    /* The peak for the norm C k^(-α) alone, α > 0, about; k is not whole. */
    void (*peak)(mpfr_t k, const struct cells *s, const mpfr_t constant, const mpq_t alpha);
    mpq_srcptr tolerance; /* what `value` and `peak` work with: one or the other */
    mpz_srcptr samples;
} cells;

/* best = the largest `value` found; false if there is none. */
bool cells_best(mpfr_t best, const cells *s);

/* result <= the norm of the bump of a cell, k >= 1. */
void cells_norm(mpfr_t result, const height *h, const mpfr_t k);

#endif
