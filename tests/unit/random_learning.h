/* Random problems of learning, for tests. */
#ifndef SUPCERT_TESTS_RANDOM_LEARNING_H
#define SUPCERT_TESTS_RANDOM_LEARNING_H

#include <gmp.h>
#include <stdbool.h>

#include "fool/learning.h"
#include "random.h"

/* Initialises *t: q of 1, 3/2, 2, 3, infinity or another one, c below and above 1, widths of all remainders.
 */
void random_learning(learning *t, rng *r, size_t dimensions);

/* Initialises *to as a copy. */
void learning_copy(learning *to, const learning *from);

/* Sets an initialised tolerance of the size of the bumps of the class, up to 10^5 times smaller, so that all
 * cases occur. */
void random_tolerance(mpq_t tolerance, const learning *t, rng *r);

/* In words, for messages; the caller frees it. */
char *learning_words(const learning *t);

#endif
