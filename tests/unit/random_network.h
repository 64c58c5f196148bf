/* Random small networks, pairs of them and boxes, biased to what goes wrong: ties, kinks through corners,
 * dead and doubled neurons, flat boxes, numbers of all lengths. */
#ifndef SUPCERT_TESTS_RANDOM_NETWORK_H
#define SUPCERT_TESTS_RANDOM_NETWORK_H

#include <stddef.h>
#include <stdio.h>
#include <gmp.h> /* after stdio.h, which it looks for */

#include "draft.h"
#include "network/network.h"
#include "random.h"
#include "random_box.h"

/* Two networks of equal numbers of inputs and outputs, and a box. */
typedef struct problem {
    network f, g;
    box box;
    const char *pair; /* how g came about: for messages */
} problem;

/* 1-4 inputs, 1-3 outputs, 0-4 hidden layers of 1-8 neurons. Most are small enough for enumerate_maximum,
 * some are not. */
void random_problem(problem *p, rng *r);
/* The same with a given number of inputs. */
void random_problem_of(problem *p, rng *r, size_t inputs);
/* The same with weights from 2^-100 to 2^100 side by side: 1e-30 next to 1e30. */
void random_problem_extreme(problem *p, rng *r);
void problem_clear(problem *p);

/* Moves some weights by one or two in their numerators: most neurons become partners of those of a copy that
 * stays as it was. */
void random_perturb(network *net, rng *r);

/* Initialises *d: a network of b->inputs inputs, many of whose neurons have kinks that cross the box, often
 * in common points. */
void random_draft(draft *d, rng *r, const box *b, size_t outputs);

/* Everything about the problem, to repeat it: both networks as text, and the box. */
void problem_print(FILE *out, const problem *p);

#endif
