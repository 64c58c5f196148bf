/* The one internal form of networks: layers whose neurons read the inputs or any earlier layers, each neuron
 * ReLU or linear, all weights rational. A layer holds integers over one common denominator (theory.md,
 * section 2: "scale once"). */
#ifndef SUPCERT_NETWORK_NETWORK_H
#define SUPCERT_NETWORK_NETWORK_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef enum neuron_kind { NEURON_LINEAR, NEURON_RELU } neuron_kind;

/* The weights with which a layer reads one source. */
typedef struct net_block {
    size_t source;  /* 0: the inputs; k >= 1: layer[k-1] */
    size_t columns; /* size of that source */
    mpz_t *weight;  /* neurons × columns numerators, row-major */
} net_block;

typedef struct net_layer {
    size_t neurons;      /* at least 1 */
    unsigned char *kind; /* neuron_kind of every neuron */
    size_t blocks;       /* may be 0 (a constant layer); sources strictly increasing */
    net_block *block;
    mpz_t *bias;       /* neurons numerators */
    mpz_t denominator; /* > 0, common to all weights and biases of the layer, the least such */
} net_layer;

/* The outputs are the neurons of the last layer, in order. */
typedef struct network {
    size_t inputs; /* at least 1 */
    size_t layers; /* at least 1 when complete */
    net_layer *layer;
} network;

void network_init(network *net, size_t inputs);
void network_clear(network *net);

/* Appends a layer. `sources` (strictly increasing, each at most net->layers) are the blocks; `weight` holds
 * neurons × (sum of the source sizes) rationals, row-major, blocks side by side in order of `sources`; `bias`
 * holds `neurons` rationals. All are copied. A programming error (sizes that do not fit) is the caller's: the
 * arguments are trusted. */
void network_append(network *net, size_t neurons, const unsigned char *kind, size_t blocks,
                    const size_t *sources, mpq_t *weight, mpq_t *bias);

/* Initialises *net as a network of one layer whose outputs are 0 everywhere. */
void network_init_zero(network *net, size_t inputs, size_t outputs);

/* Number of values that source k (0 inputs, k>=1 layer k-1) provides. */
size_t network_source_size(const network *net, size_t source);
size_t network_outputs(const network *net);
/* ReLU neurons in all layers. */
size_t network_relus(const network *net);
/* All neurons in all layers. */
size_t network_neurons(const network *net);

/* y = network(x), exactly. x: `inputs` values; y: `outputs` initialised values. */
void network_eval(mpq_t *y, const network *net, mpq_t *x);

/* difference = f_output(x) - g_output(x), exactly; f and g have the same numbers of inputs and outputs. */
void network_difference(mpq_t difference, const network *f, const network *g, size_t output, mpq_t *x);
/* Its absolute value. */
void network_distance(mpq_t distance, const network *f, const network *g, size_t output, mpq_t *x);

#endif
