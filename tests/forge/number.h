/* How forgers move numbers: by one unit, or by powers of two over hundreds of binary digits. */
#ifndef SUPCERT_TESTS_FORGE_NUMBER_H
#define SUPCERT_TESTS_FORGE_NUMBER_H

#include <gmp.h>

#include "random.h"

/* Sizes are independent of each other over 2^±NUMBER_SPAN. */
#define NUMBER_SPAN 200

/* 0 mostly, else anywhere in ±NUMBER_SPAN. */
long number_exponent(rng *r);
/* value · 2^exponent. */
void number_scale(mpq_t value, long exponent);
/* Any number. */
void number_random(mpq_t value, rng *r);
/* Another number: near, or of another size or sign. */
void number_move(mpq_t value, rng *r);
/* A number below: by one part in 2^1 … 2^250, by an absolute power of two, or of another size altogether. */
void number_lower(mpq_t value, rng *r);

#endif
