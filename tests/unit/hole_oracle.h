/* Samples for tests of the largest hole, and slow ways to its radius. */
#ifndef SUPCERT_TESTS_HOLE_ORACLE_H
#define SUPCERT_TESTS_HOLE_ORACLE_H

#include <gmp.h>
#include <stddef.h>

#include "random.h"
#include "random_box.h"

typedef struct sampling {
    size_t count, d;
    mpq_t *x; /* count × d, inside the box */
    box box;
    const char *kind; /* for messages */
} sampling;

/* Initialises *s: a random box and up to `most` samples of one of many kinds: doubles, decimals, thirds and
 * sevenths of the sides, corners, coarse grids, coarse grids off by 2^-90, clusters, large denominators; some
 * are repeated. */
void random_sampling(sampling *s, rng *r, size_t d, size_t most);
/* The unit cube and all points of the grid with `side` >= 2 points a side. */
void grid_sampling(sampling *s, size_t d, size_t side);
void sampling_clear(sampling *s);
void sampling_print(const sampling *s);

/* Largest gap, for d = 1, by sorting. */
void largest_gap(mpq_t radius, const sampling *s);

/* The maximum over every cell between neighbouring coordinates of samples, where all distances are affine:
 * one exact linear program a cell. */
void largest_of_cells(mpq_t radius, const sampling *s);

/* Best of a grid with `side` points a side, in doubles relative to the longest side of the box; and by how
 * much the maximum can exceed it, as the distance changes by at most the l1 distance of two points. */
double largest_of_grid(const sampling *s, size_t side, double *more);

#endif
