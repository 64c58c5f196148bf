/* How many samples suffice: upper bounds. Every member f of the class satisfies |f(x) - f(y)| <= Λ ‖x - y‖_∞
 * on the cube,
 *
 *     Λ = c^L d^(1-1/q) B^((L-1) max(0, 1-2/q)).
 *
 * For with 1/q + 1/q' = 1, Hölder's inequality in every row gives ‖A z‖_q <= ‖A‖_q ‖z‖_q' for the entrywise
 * norm of A; for the first layer ‖z‖_q' <= d^(1/q') ‖z‖_∞, for the L-1 others, which read at most B numbers,
 * ‖z‖_q' <= B^max(0, 1/q' - 1/q) ‖z‖_q = B^max(0, 1-2/q) ‖z‖_q; and |ρ(s) - ρ(t)| <= |s - t|.
 *
 * midpoints     Cut the cube into k^d cells, sample their midpoints, and answer with the nearest sample's
 * value. The error is at most Λ/(2k) everywhere, hence also in every L^p norm. So ⌈Λ/(2ε)⌉^d samples suffice
 * for an error of at most ε, and after m >= 1 samples Λ/(2k) with k = ⌊m^(1/d)⌋ is reached. */
#ifndef SUPCERT_FOOL_MIDPOINTS_H
#define SUPCERT_FOOL_MIDPOINTS_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

#include "fool/learning.h"

/* y >= Λ. */
void midpoints_lipschitz(mpfr_t y, const learning *t);

/* x = k^d, a whole number with k >= Λ/(2ε), rounded up where x has no room for it. k is the least one where
 * the exact comparison takes less than some million bits, or where Λ/(2ε) is not a whole number. */
void midpoints_enough(mpfr_t x, const learning *t, const mpq_t tolerance);

/* x >= Λ/(2k), k = ⌊m^(1/d)⌋; infinite for m = 0. */
void midpoints_error(mpfr_t x, const learning *t, const mpz_t samples);

/* Whether Λ/(2k) <= error, k = ⌊m^(1/d)⌋, m >= 1, error > 0: decided exactly; false also where that would
 * take too long. */
bool midpoints_reach(const learning *t, const mpz_t samples, const mpq_t error);

#endif
