/* Random nodes of random pairs, each with a point of the node: what is attained at the point, no bound that
 * the kernel proves there may be below. */
#ifndef SUPCERT_TESTS_ATTAINED_H
#define SUPCERT_TESTS_ATTAINED_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"
#include "random_network.h"

#define ATTAINED_MULTIPLIERS 4

typedef struct attained {
    problem pair;
    pair_system system;
    prover p;
    mpq_t *x;                              /* a point of the root's box */
    mpq_t *z;                              /* all pre-activations there, then all objectives */
    multiplier list[ATTAINED_MULTIPLIERS]; /* work space */
} attained;

/* A random pair, some with weights of very different magnitudes, and its kernel at the root. */
void attained_init(attained *t, rng *r);
void attained_clear(attained *t);

/* A random step of the kernel, perhaps to a node that the point is not in. */
void attained_step(attained *t, rng *r);
/* Whether the point is in the node: in its box and on the right side of every split. */
bool attained_in_node(const attained *t);

/* The ranges of all neurons and of differences of partners contain the values at the point, and bounds of
 * every objective, in both arithmetics, with the same random multipliers, are not below the objective. */
void attained_check(attained *t, rng *r);

/* Random multipliers for rows of the frame, in t->list; returns how many. */
size_t attained_multipliers(attained *t, rng *r);

#endif
