/* The oracle for one-sided maxima: of f - g, by way of enumerate.h. */
#ifndef SUPCERT_TESTS_ENUMERATE_SIGNED_H
#define SUPCERT_TESTS_ENUMERATE_SIGNED_H

#include "enumerate.h"

/* Adds a constant to every output, in a layer of its own. */
void add_constant(network *net, const mpq_t constant);

/* Sets `most` to the maximum of f_j - g_j over the box and all outputs. False if that takes too many linear
 * programs, see enumerate_maximum. */
bool enumerate_signed(mpq_t most, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                      size_t limit);

#endif
