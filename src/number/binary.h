/* Powers of two, and integers of 128 bits as GMP's and back. Trusted. */
#ifndef SUPCERT_NUMBER_BINARY_H
#define SUPCERT_NUMBER_BINARY_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* r = value · 2^exponent; they may be the same number. */
void binary_scale(mpq_t r, const mpq_t value, long exponent);

/* *result = number, if |number| < 2^bits, where bits <= 126; false otherwise, and *result is as it was. */
bool binary_wide(__int128 *result, const mpz_t number, size_t bits);
void binary_integer(mpz_t r, __int128 number);

#endif
