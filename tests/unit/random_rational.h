/* Random rationals for tests of their reading and rounding, and slow ways to calculate with them. */
#ifndef SUPCERT_TESTS_RANDOM_RATIONAL_H
#define SUPCERT_TESTS_RANDOM_RATIONAL_H

#include <gmp.h>
#include <stddef.h>

#include "random.h"

typedef const char *(*rational_parser)(mpq_t value, const char *text, size_t length);

/* What the parser returns for the text, given in a block that ends with it, so that reading past it is
 * noticed. */
const char *parse_text(rational_parser parser, mpq_t value, const char *text);

/* Lengths around those where the code changes its way: words, a buffer on the stack, long numbers. */
size_t random_length(rng *r);

/* Numerator and denominator of random lengths; sometimes a power of two or ten below. */
void random_rational(mpq_t value, rng *r);

/* value × base^exponent, one factor after the other. */
void scale_slowly(mpq_t value, unsigned base, long exponent);

#endif
