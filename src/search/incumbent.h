/* The best lower bound so far: an exact value of |f-g| (of f-g in a signed query), or with a formula a proven
 * lower bound of |f-u|, at a rational point of the box. */
#ifndef SUPCERT_SEARCH_INCUMBENT_H
#define SUPCERT_SEARCH_INCUMBENT_H

#include <gmp.h>
#include <stdbool.h>

#include "kernel/target.h"
#include "search/maximise.h"

typedef struct incumbent {
    const query *q; /* borrowed */
    mpq_t value;
    bool found;         /* there is a point; false only of a formula, with value -1 */
    double approximate; /* of value */
    size_t output;
    int sign;
    mpq_t *point;
    mpq_t *try_point, *f, *g;   /* work space */
    const proof_target *target; /* the query's formula as a target, borrowed; NULL: none */
} incumbent;

/* Starts at the box's lower corner; with a formula that is not defined there, the value is -1. */
void incumbent_init(incumbent *best, const query *q, const proof_target *target);
void incumbent_clear(incumbent *best);

/* Evaluates |f-g| exactly, or |f-u| to about 60 bits and rounded down, at the point (clamped to the box) and
 * keeps it if it is better; returns whether it is. */
bool incumbent_try(incumbent *best, mpq_t *point);
bool incumbent_try_doubles(incumbent *best, const double *point);

/* x becomes the nearest number from lower to upper. */
void incumbent_clamp(mpq_t x, const mpq_t lower, const mpq_t upper);

/* Takes over the other's value and point if they are better. */
void incumbent_adopt(incumbent *best, const incumbent *other);

#endif
