/* A network while a test makes or changes it: one dense rational matrix over all inputs and neurons, in which
 * neurons are easily copied, moved and rescaled. */
#ifndef SUPCERT_TESTS_DRAFT_H
#define SUPCERT_TESTS_DRAFT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "network/network.h"
#include "random.h"

typedef struct draft {
    size_t inputs, layers;
    size_t values; /* the inputs, then the neurons in layer order */
    size_t *layer; /* of every value: 0 for inputs, 1 … layers for neurons, never decreasing */
    unsigned char *kind;
    mpq_t *weight; /* values × values: row v reads column u; zero unless u is in an earlier layer */
    mpq_t *bias;
} draft;

/* All weights and biases zero, all neurons linear; widths[k] neurons in layer k+1. */
void draft_init(draft *d, size_t inputs, size_t layers, const size_t *widths);
void draft_clear(draft *d);
void draft_copy(draft *to, const draft *from);

mpq_t *draft_weight(const draft *d, size_t reader, size_t read);

/* The pre-activation of neuron v at x (`inputs` values). */
void draft_eval(mpq_t z, const draft *d, size_t v, mpq_t *x);

/* Initialises *net as the network that d describes. Sources that no neuron of a layer uses are left out; `r`
 * decides about some that then have zero weights only. */
void draft_network(network *net, const draft *d, rng *r);

/* Changes that leave the function as it is. Each returns false, with the draft unchanged, if there is no
 * neuron it could apply to. */
bool draft_permute_layer(draft *d, rng *r);  /* the neurons of a hidden layer in another order */
bool draft_rescale_neuron(draft *d, rng *r); /* a hidden neuron times s, its readers' weights by s */
bool draft_split_linear(draft *d, rng *r);   /* a hidden linear neuron as relu(z) - relu(-z) */
bool draft_share_neuron(draft *d,
                        rng *r); /* a hidden neuron twice, readers' weights divided between the two */
bool draft_cancel_pair(draft *d, rng *r); /* two more equal neurons with opposite readers' weights */
bool draft_deepen(draft *d, rng *r);      /* the output layer becomes hidden, followed by the identity */

#endif
