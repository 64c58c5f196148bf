/* The distance from a point to the nearest sample, in the l1 norm. */
#ifndef SUPCERT_FOOL_NEAREST_H
#define SUPCERT_FOOL_NEAREST_H

#include <gmp.h>
#include <stddef.h>

/* Exact: min_i ‖point - x_i‖_1 over row-major count × d samples, count >= 1. */
void nearest_distance(mpq_t distance, mpq_t *point, mpq_t *samples, size_t count, size_t d);

#endif
