/* How many samples a method needs for an error of at most ε on every u of a class: lower bounds from bumps
 * that read n inputs, with κ, H, h of height.h. The samples are points of the cube; what is said about them
 * holds for their projections to the n inputs.
 *
 * Twins. If the open ball ‖x - p‖_1 < r holds no sample of a deterministic method that has been fed zeros,
 * then it takes the same samples for the bump u_+ and for u_- = -u_+, and gives the same answer A as for 0,
 * whether or not it chooses its points adaptively. ‖A - u_+‖ + ‖A - u_-‖ >= ‖u_+ - u_-‖ = 2 ‖u_+‖: for one of
 * them the error is at least ‖u_+‖.
 *
 * hole (uniform error). The norm is h(r) for any p in [0,1]^n and r <= 1. If m (2r)^n/n! < 1, the m balls of
 * radius r about the samples do not cover the cube, and any point left is a centre p. So for each r <= 1 with
 * h(r) > ε, m >= n!/(2r)^n. If κ > ε and H > ε, these are all r > ε/κ up to 1, and in the limit
 *
 *     m >= n! (κ/(2ε))^n.
 *
 * (At κ = ε no r <= 1 is left and nothing is claimed.)
 *
 * inner-hole, empty-cell (L^p norm). N(r) is the norm of a bump inside the cube, 2r <= 1; it grows strictly
 * with r, let N(r*) = ε, D = 2r*, D < 1. For r* < r < 1/2 the bumps with centres in [r, 1-r]^n lie inside the
 * cube; the balls about the samples do not cover that smaller cube if m (2r)^n/n! < (1-2r)^n. In the limit r
 * → r*
 *
 *     m >= n! (1/D - 1)^n          (inner-hole).
 *
 * And for whole k < 1/D, the bump of a cell of side 1/k has 2r = 1/k > D, hence a norm above ε: each of the
 * k^n cells must hold a sample. With the largest such k,
 *
 *     m >= (⌈1/D⌉ - 1)^n           (empty-cell).
 *
 * By height.h, D is the larger one of (2ε/κ)^(p/(p+n)) R^(1/(p+n)) and (ε/H)^(p/n) R^(1/n), R =
 * Γ(p+n+1)/Γ(p+1).
 *
 * random-cell (any error, methods that may use chance, m samples at most, expected error at most ε). Put a
 * bump with a random sign into a random one of k^n cells; N is its norm. For every fixed outcome of the
 * method's own chance, its samples for the zero function meet at most m cells. With probability >= 1 - m/k^n
 * the bump is in another cell, then the method gives the same answer for both signs, and its error is at
 * least N on average over the sign. So the expected error, on average over the bumps, is at least (1 - m/k^n)
 * N, and hence for one of them. If N > ε,
 *
 *     m >= k^n (1 - ε/N)           for every whole k >= 1. */
#ifndef SUPCERT_FOOL_NEED_H
#define SUPCERT_FOOL_NEED_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

#include "fool/claim.h"
#include "fool/height.h"

/* Each sets x, of the precision of h, to a lower bound of m, and *why; false if it says nothing. */
bool need_hole(mpfr_t x, claim *why, const height *h, const mpq_t tolerance);
bool need_inner(mpfr_t x, claim *why, const height *h, const mpq_t tolerance);
bool need_random(mpfr_t x, claim *why, const height *h, const mpq_t tolerance);

#endif
