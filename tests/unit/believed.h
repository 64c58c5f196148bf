/* Points of a box with what is true there, evaluated exactly from the networks themselves, and what a kernel
 * believes compared with it. */
#ifndef SUPCERT_TESTS_BELIEVED_H
#define SUPCERT_TESTS_BELIEVED_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"
#include "network/network.h"
#include "target/expression.h"

/* A point of the root's box, and what is true there. */
typedef struct place {
    mpq_t *x;
    mpq_t *z;       /* pre-activations, by neuron of the system, in real units */
    mpq_t *least;   /* by output: f_j − g_j, or a number at most f_j − u_j, and */
    mpq_t *most;    /* one that is at least that */
    bool *is_known; /* by output; false: nothing is known */
} place;

/* Initialises *at for the point x, which is copied. u: the formula in place of g, or NULL. False where
 * neurons of different values are one in the system. */
bool place_init(place *at, const pair_system *system, const network *f, const network *g, const expression *u,
                mpq_t *x);
void place_clear(const pair_system *system, place *at);

/* Each says what is wrong in a node in which the point lies, or NULL. Bounds of pre-activations and of
 * differences, the box in both forms, whether the node is empty: */
const char *believed_bounds(const prover *p, const place *at);
/* Proved objectives, and the bounds at which they were proved. *looked counts them. */
const char *believed_proofs(const prover *p, const place *at, size_t *looked);
/* The bound that the last attempt to prove objective k has found. */
const char *believed_attempt(const prover *p, const place *at, size_t k);
/* Every row of the current frame, and every objective's, in both arithmetics. */
const char *believed_frame(const prover *p, const place *at, bool has_formula);

#endif
