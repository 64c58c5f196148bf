/* Exact linear programs over a box, in few variables: the dual simplex method in rationals. Rows are handed
 * in when they are needed. It finds exact duals; what they prove is for the kernel to say. */
#ifndef SUPCERT_SEARCH_EXACT_LP_H
#define SUPCERT_SEARCH_EXACT_LP_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* maximise gradient · x subject to a_r · x <= b_r (rows added so far) and lower <= x <= upper. */
typedef struct exact_lp {
    size_t d;
    mpq_t *gradient, *lower, *upper; /* borrowed */
    size_t rows, capacity;
    mpq_t *a, *b;   /* owned copies, d coefficients a row */
    size_t *basis;  /* d constraints: k < d is x_k <= upper, d <= k < 2d is x_(k-d) >= lower, then the rows */
    mpq_t *inverse; /* of the matrix of the basis' constraints, d × d */
    mpq_t *point;   /* the basis' vertex */
    mpq_t *dual;    /* of the basis' constraints, all >= 0 */
    mpq_t *ray;     /* after infeasibility: multipliers of the basis' constraints for the violated row */
    size_t violated; /* after infeasibility: that constraint */
    mpq_t value;     /* gradient · point: an upper bound of the maximum at all times */
    size_t pivots;
} exact_lp;

/* Starts at the box vertex that maximises the gradient. */
void exact_lp_init(exact_lp *lp, size_t d, mpq_t *gradient, mpq_t *lower, mpq_t *upper);
void exact_lp_clear(exact_lp *lp);

/* Adds a row and returns its index among the rows. */
size_t exact_lp_add(exact_lp *lp, mpq_t *a, const mpq_t b);

typedef enum exact_lp_status { EXACT_LP_OPTIMAL, EXACT_LP_INFEASIBLE } exact_lp_status;

/* Pivots until the vertex satisfies every constraint added so far, or there is no feasible point. */
exact_lp_status exact_lp_solve(exact_lp *lp);

/* The multiplier of row r: its dual, or after infeasibility dual + scale · ray. */
void exact_lp_multiplier(mpq_t value, const exact_lp *lp, size_t r, const mpq_t scale, bool infeasible);

/* After infeasibility: the amount by which one unit of the ray lowers the bound (> 0). */
void exact_lp_ray_gain(mpq_t gain, const exact_lp *lp);

#endif
