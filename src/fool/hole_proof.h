/* Upper bounds on the distance from the samples within a box. All that the search for holes claims to have
 * proved rests on the one inequality below: evaluated in doubles or exactly here, for weights that may come
 * from anywhere, or at its best weights by the exact linear program of hole_finish.h.
 *
 *   Let B = Π [l_j, u_j], x_i samples, w_i >= 0 with W = Σ w_i > 0. For every p in B
 *
 *     min_i ‖p - x_i‖_1  <=  (1/W) Σ_i w_i ‖p - x_i‖_1  =  (1/W) Σ_j h_j(p_j),   h_j(s) = Σ_i w_i |s - x_ij|,
 *
 *   and h_j is convex, so on [l_j, u_j] it is at most max(h_j(l_j), h_j(u_j)). Hence
 *
 *     max_{p in B} min_i ‖p - x_i‖_1  <=  (1/W) Σ_j max(h_j(l_j), h_j(u_j)).
 *
 * The best weights are the multipliers of the linear program in which each distance is replaced by its chord
 * on B (the affine function that agrees with Σ_j |p_j - x_ij| at the ends of every coordinate, and lies above
 * it between them); where no sample's coordinate lies inside a side of B the chords are the distances, and
 * the bound is exact. */
#ifndef SUPCERT_FOOL_HOLE_PROOF_H
#define SUPCERT_FOOL_HOLE_PROOF_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fool/cloud.h"

typedef struct weighing {
    size_t count;     /* at most d+1 */
    uint32_t *sample; /* distinct samples of the cloud */
    double *weight;   /* > 0 */
} weighing;

/* The right side in doubles, plus the cloud's slack: a proven upper bound, in units of the cloud's scale, of
 * the distance anywhere between the cuts lower[j] and upper[j] of every coordinate. Infinite for no weights.
 */
double proof_bound(const cloud *c, const uint32_t *lower, const uint32_t *upper, const weighing *w);

/* Whether the inequality, in exact arithmetic and with integer weights close to the given ones, proves that
 * the distance is at most `radius`. Small denominators are tried first: the multipliers of programs whose
 * slopes are ±1 have them. */
bool proof_at_most(const cloud *c, const uint32_t *lower, const uint32_t *upper, const weighing *w,
                   const mpq_t radius);

#endif
