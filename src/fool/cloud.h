/* The samples as the search for holes sees them: exact, and beside that in doubles relative to the box, with
 * a proven bound on the error of every distance; distinct ones only; and in every coordinate the sorted exact
 * values ("cuts") at which boxes are cut, so that where a box ends is a pair of ranks and never rounded. */
#ifndef SUPCERT_FOOL_CLOUD_H
#define SUPCERT_FOOL_CLOUD_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cloud {
    size_t d, count;        /* count: distinct samples */
    mpq_t *samples;         /* all samples, row-major; borrowed */
    mpq_t *lower, *upper;   /* the box; borrowed */
    mpq_t scale;            /* the longest side of the box, or 1 if it is a point: the unit of the doubles */
    uint32_t *origin;       /* row of distinct sample i among `samples` */
    double *at;             /* (x_ij - lower_j) / scale, in 0 … 1, off by at most 2^-52; count × d */
    uint32_t *rank;         /* x_ij is cut number rank[i*d+j] of coordinate j */
    uint32_t *cuts;         /* number of cuts of coordinate j: both ends of the box and all samples */
    double **cut;           /* as `at`, increasing */
    mpq_srcptr **cut_exact; /* strictly increasing; borrowed from samples, lower and upper */
    double slack;           /* see cloud_slack */
} cloud;

/* The samples lie inside the box; count >= 1, d >= 1, count at most CLOUD_SAMPLES. */
#define CLOUD_SAMPLES (UINT32_MAX - 8)
void cloud_init(cloud *c, mpq_t *samples, size_t count, size_t d, mpq_t *lower, mpq_t *upper);
void cloud_clear(cloud *c);

/* A bound on the error of any l1 distance, or weighted mean of at most d+1 of them, that is calculated from
 * the doubles.
 *
 * Let u = 2^-53. Numbers in `at` and `cut` are in 0 … 1 and off by at most 2u (truncation of the exact
 * quotient). So |a - b| of two of them is off by at most 4u + u (a difference of at most 1, rounded). A
 * weighted sum of at most d+1 of these, its sum over d coordinates, and the division by the sum of the
 * weights take at most 3d+6 roundings on the way of each positive term, each of relative size u, and the
 * result is at most d. Together at most d·(5 + 3d + 6)·u plus terms of second order; cloud_slack returns
 * d·(3d + 16)·2u. */
double cloud_slack(size_t d);

const mpq_t *cloud_sample(const cloud *c, size_t i);

/* The distance that the doubles give. */
double cloud_distance(const cloud *c, const double *point, size_t i);

/* Exact minimum over all samples of their l1 distances to a point of the box; *nearest is the first that
 * attains it. */
void cloud_radius(mpq_t radius, uint32_t *nearest, const cloud *c, mpq_t *point);

/* A value of coordinate j in the unit of the doubles. */
double cloud_relative(const cloud *c, size_t j, const mpq_t value);

#endif
