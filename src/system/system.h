/* The pair of networks as one system of neurons in topological order, exact and in integers. Neurons of g
 * that equal neurons of f (same kind, same weights, same sources) are one neuron, so a common prefix is
 * shared and equal networks cancel. Trusted. */
#ifndef SUPCERT_SYSTEM_SYSTEM_H
#define SUPCERT_SYSTEM_SYSTEM_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "network/network.h"

/* An affine functional of the inputs x and of the scaled values Y_n = scale_n · y_n of earlier neurons:
 * scale · (functional) = Σ weight_t · value(source_t) + bias, in integers. Sources: i < inputs is x_i, inputs
 * + n is Y_n. */
typedef struct system_row {
    size_t terms;
    size_t *source; /* strictly increasing; weights are nonzero */
    mpz_t *weight;
    mpz_t bias;
    mpz_t scale; /* > 0 */
} system_row;

typedef struct pair_system {
    size_t inputs, neurons, outputs;
    size_t shared;         /* neurons 0 … shared-1 are read by both networks */
    size_t f_end;          /* shared … f_end-1 belong to f alone, f_end … neurons-1 to g alone */
    bool *relu;            /* else linear */
    system_row *row;       /* the pre-activation of each neuron */
    system_row *objective; /* f_j - g_j for each output j */
    size_t names;    /* certificates name neurons by position in the list of f's neurons, then g's, from 1 */
    size_t *by_name; /* neuron of name k at [k-1]; SYSTEM_NO_NEURON for linear neurons of a last layer, which
                        are no neurons here */
    size_t *name;    /* the least name of each neuron */
    size_t *partner; /* of neurons of f alone, where f and g have the same shape: g's neuron in the same
                        place, if both are ReLUs and their scales differ by a power of two; increasing;
                        SYSTEM_NO_NEURON for all others */
} pair_system;

#define SYSTEM_NO_NEURON ((size_t)-1)

/* Builds the system; f and g have the same numbers of inputs and outputs and may be cleared afterwards. */
void system_init(pair_system *system, const network *f, const network *g);
void system_clear(pair_system *system);

#endif
