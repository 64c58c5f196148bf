/* Random problems of learning, for tests. */
#ifndef SUPCERT_TESTS_RANDOM_LEARNING_H
#define SUPCERT_TESTS_RANDOM_LEARNING_H

#include <stdbool.h>

#include "fool/learning.h"
#include "random.h"

/* Initialises *t: q of 1, 3/2, 2, 3, infinity or another one, c below and above 1, widths of all remainders.
 */
void random_learning(learning *t, rng *r, size_t dimensions);

/* Initialises *to as a copy. */
void learning_copy(learning *to, const learning *from);

/* In words, for messages; the caller frees it. */
char *learning_words(const learning *t);

#endif
