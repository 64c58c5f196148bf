/* Small linear programs in doubles: the greatest minimum of affine functions on the unit cube, by the dual
 * simplex method. It only proposes: its multipliers become proofs in hole_proof.h. */
#ifndef SUPCERT_FOOL_MAXIMIN_H
#define SUPCERT_FOOL_MAXIMIN_H

#include <stddef.h>

#include "fool/deadline.h"

/* maximise t subject to t <= base_i + Σ_j slope_ij θ_j for every row i, and 0 <= θ <= 1. */
typedef struct maximin {
    size_t d, rows, capacity;
    double *base, *slope; /* rows, and rows × d */
    size_t *basis;   /* d+1 constraints: k < d is θ_k <= 1, d <= k < 2d is θ_(k-d) >= 0, then the rows */
    double *vertex;  /* where they meet: θ, then t, an upper bound of the maximum up to rounding */
    double *dual;    /* their multipliers, >= 0 up to rounding */
    double *inverse; /* of their matrix: column k begins at k(d+1) */
    double *product; /* scratch */
} maximin;

void maximin_init(maximin *m, size_t d);
void maximin_clear(maximin *m);

/* Makes room for `rows` rows; the caller fills base and slope. */
void maximin_resize(maximin *m, size_t rows);

/* Pivots until the vertex is the maximum, or t <= enough, or `pivots` are done, or the deadline is over
 * (large programs ask). At least one row. The multipliers are a bound whenever it ends. */
void maximin_solve(maximin *m, double enough, size_t pivots, deadline *limit);

#endif
