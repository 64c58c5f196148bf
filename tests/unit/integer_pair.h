/* Two networks as one list of values with integer weights, for the enumeration of their linear regions. */
#ifndef SUPCERT_TESTS_INTEGER_PAIR_H
#define SUPCERT_TESTS_INTEGER_PAIR_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "network/network.h"

/* Values in order: the inputs, the neurons of f, the neurons of g. Each is kept times a positive integer, its
 * scale, such that scale_v · z_v = Σ_u weight[v][u] · (scale_u · y_u) + bias[v] over earlier values u. Inputs
 * have the scale 1. */
typedef struct integer_pair {
    size_t inputs, outputs, values;
    bool *relu;
    mpz_t *scale;
    mpz_t *weight; /* values × values */
    mpz_t *bias;
    size_t *f_output, *g_output; /* the values that are the outputs */
} integer_pair;

void integer_pair_init(integer_pair *pair, const network *f, const network *g);
void integer_pair_clear(integer_pair *pair);

#endif
