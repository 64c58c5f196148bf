/* Entrywise norms of a layer's weights and biases. */
#ifndef SUPCERT_CLI_NORM_H
#define SUPCERT_CLI_NORM_H

#include <gmp.h>

#include "network/network.h"

typedef struct norms {
    mpq_t l1, largest; /* exact */
    char *l2[2];       /* decimals of 17 significant digits, at or below and at or above the l2 norm; owned */
} norms;

/* Both initialise *n; norms_clear releases it. */
void norms_of_weights(norms *n, const net_layer *layer);
void norms_of_biases(norms *n, const net_layer *layer);
void norms_clear(norms *n);

#endif
