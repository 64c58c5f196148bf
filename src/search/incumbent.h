/* The best lower bound so far: an exact value of |f-g| at a rational point of the box. */
#ifndef SUPCERT_SEARCH_INCUMBENT_H
#define SUPCERT_SEARCH_INCUMBENT_H

#include <gmp.h>
#include <stdbool.h>

#include "search/maximise.h"

typedef struct incumbent {
    const query *q; /* borrowed */
    mpq_t value;
    double approximate; /* of value */
    size_t output;
    int sign;
    mpq_t *point;
    mpq_t *try_point, *f, *g; /* work space */
} incumbent;

/* Starts at the box's lower corner. */
void incumbent_init(incumbent *best, const query *q);
void incumbent_clear(incumbent *best);

/* Evaluates |f-g| exactly at the point (clamped to the box) and keeps it if it is better; returns whether it
 * is. */
bool incumbent_try(incumbent *best, mpq_t *point);
bool incumbent_try_doubles(incumbent *best, const double *point);

/* Takes over the other's value and point if they are better. */
void incumbent_adopt(incumbent *best, const incumbent *other);

#endif
