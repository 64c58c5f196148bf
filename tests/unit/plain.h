/* A network as plain rational matrices, for tests of the network room: random ones, their value by the
 * definition, and their text in the many spellings that the native format allows. */
#ifndef SUPCERT_TESTS_PLAIN_H
#define SUPCERT_TESTS_PLAIN_H

#include <gmp.h>
#include <stddef.h>

#include "network/network.h"
#include "random.h"

typedef struct plain_layer {
    size_t neurons, columns; /* columns: of all sources together */
    unsigned char *kind;
    size_t sources, *source;
    mpq_t *weight, *bias; /* weight: neurons × columns */
} plain_layer;

typedef struct plain {
    size_t inputs, layers;
    plain_layer *layer;
} plain;

/* 1-5 inputs, 1-6 layers of 1-6 neurons that read any earlier layers; numbers of very different lengths. */
void plain_random(plain *p, rng *r);
void plain_clear(plain *p);

size_t plain_source_size(const plain *p, size_t source);

/* Initialises *net through network_append. */
void plain_network(network *net, const plain *p);

/* y: initialised values of the last layer, one rational operation after the other. */
void plain_eval(mpq_t *y, const plain *p, mpq_t *x);

/* Native text; owned by the caller (free). The canonical text, or one with random spellings, blanks and
 * comments. */
char *plain_canonical_text(const plain *p);
char *plain_random_text(const plain *p, rng *r);

#endif
