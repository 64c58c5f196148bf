/* Random boxes and points in them. */
#ifndef SUPCERT_TESTS_RANDOM_BOX_H
#define SUPCERT_TESTS_RANDOM_BOX_H

#include <gmp.h>
#include <stddef.h>

#include "random.h"

typedef struct box {
    size_t inputs;
    mpq_t *lower, *upper;
    const char *kind; /* for messages */
} box;

/* Initialises *b: the unit cube, symmetric, integer or long ends, tiny, or with some or all coordinates
 * fixed. */
void random_box(box *b, rng *r, size_t inputs);
void box_clear(box *b);

/* A random point of the box, its corners, middle and eighths being likely; x: `inputs` initialised values. */
void random_point(mpq_t *x, rng *r, const box *b);

#endif
