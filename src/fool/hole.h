/* Holes that samples leave: the point of a box that is farthest, in the l1 norm, from all of them. A bump of
 * that radius vanishes on every sample. */
#ifndef SUPCERT_FOOL_HOLE_H
#define SUPCERT_FOOL_HOLE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct hole {
    mpq_t *centre; /* d coordinates inside the box, owned */
    size_t d;
    mpq_t radius;        /* exact: min_i ‖centre - x_i‖_1 */
    mpq_t upper;         /* proven: no point of the box is farther than this from all samples; >= radius */
    bool proven_largest; /* radius == upper */
} hole;

typedef struct hole_limits {
    double seconds;     /* 0: none */
    volatile int *stop; /* may be NULL; the search ends soon after it becomes nonzero */
    unsigned threads;   /* 0: all cores */
} hole_limits;

/* Searches for the largest hole of `count` samples (row-major, `count` × d, inside the box) until it is
 * proven largest or a limit is met; either way every field of *h is as stated above. The limits count from
 * the call; reading the samples (one sort per coordinate) is not interrupted. Without a limit of time the
 * result, the centre included, is the same for any number of threads. Fails, with *h cleared, if d or count
 * is 0, count exceeds 2^32 - 9, lower > upper or a sample lies outside the box; the error then names the
 * sample, from 1. */
bool hole_find(hole *h, mpq_t *samples, size_t count, size_t d, mpq_t *box_lower, mpq_t *box_upper,
               const hole_limits *limits, error *e);
/* Harmless on a zeroed structure. */
void hole_clear(hole *h);

/* Exact min_i ‖centre - x_i‖_1 in one pass; count >= 1. */
void hole_radius(mpq_t radius, mpq_t *samples, size_t count, size_t d, mpq_t *centre);

/* A proven lower bound on the largest radius that `count` samples, wherever they are, leave in the box; count
 * >= 1.
 *
 * Choose k coordinates with sides w_1 … w_k > 0 and fix the others: a k-dimensional slice of the box, of
 * volume Π w. An l1-ball of radius r meets it in a subset of a k-dimensional l1-ball of radius r, of volume
 * at most (2r)^k / k! (the balls around samples also lose what lies outside the box, which only helps). While
 * m (2r)^k / k! < Π w the slice is not covered, so a point of it is at least r away from all samples; hence
 * the largest radius is at least ½ (k! Π w / m)^{1/k}. For every k the longest sides are best. The value is a
 * double times the longest side, for which (2r)^k m <= k! Π w is verified in rationals; 0 for a box that is a
 * point. */
void hole_volume_bound(mpq_t bound, mpq_t *box_lower, mpq_t *box_upper, size_t d, size_t count);

#endif
