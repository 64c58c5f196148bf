/* How large a hole must be, by volume alone. */
#ifndef SUPCERT_FOOL_VOLUME_H
#define SUPCERT_FOOL_VOLUME_H

#include <gmp.h>
#include <stddef.h>

/* A lower bound of the radius of the largest hole that `count` >= 1 samples leave in a box of volume V in d
 * dimensions: the l1 balls of radius r about the samples cover at most count·(2r)^d / d!, so some point is at
 * least ½ (d!·V/count)^(1/d) away from all of them. Rounded down to 24 bits. */
void volume_bound(mpq_t radius, size_t count, size_t d, mpq_t *lower, mpq_t *upper);

#endif
