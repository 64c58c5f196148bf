/* The oracle of the tests: the exact maximum of |f - g| over a box by routes that share nothing with the
 * search and the proof system. Only networks of a few neurons and inputs are within reach. */
#ifndef SUPCERT_TESTS_ENUMERATE_H
#define SUPCERT_TESTS_ENUMERATE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "network/network.h"

/* In place of an output: the maximum over all of them. */
#define EVERY_OUTPUT SIZE_MAX

typedef struct enumeration {
    mpq_t maximum;
    size_t inputs;
    mpq_t *point;    /* where it is attained, inside the box */
    size_t output;   /* by which output, from 0 */
    int sign;        /* +1: f - g attains it, -1: g - f */
    size_t regions;  /* linear regions of the pair that were visited */
    size_t programs; /* linear programs that were solved */
} enumeration;

/* Starts with the maximum -1, which every point of the box improves on. */
void enumeration_init(enumeration *result, size_t inputs);
void enumeration_clear(enumeration *result);

/* Visits every linear region of the pair on the box: the neurons' signs are fixed one by one, each partial
 * pattern being a polyhedron with a vertex at hand, and the difference is maximised over each region by exact
 * linear programs. Regions are closed and cover the box, so nothing is lost where they touch or where the box
 * is flat. Initialises *result. Returns false if that would take more than `limit` linear programs; *result
 * then holds a value that is attained but may not be the maximum, or -1. */
bool enumerate_maximum(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                       size_t output, size_t limit);

/* The same for one input, by cutting the interval at every kink of every neuron, in order. */
void enumerate_sweep(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                     size_t output);

/* The greatest |f - g| on the grid of (steps + 1)^inputs points, ends included: a lower bound. */
void enumerate_grid(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                    size_t output, size_t steps);

#endif
