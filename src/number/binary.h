/* Powers of two, and integers of 128 bits as GMP's and back. Trusted. */
#ifndef SUPCERT_NUMBER_BINARY_H
#define SUPCERT_NUMBER_BINARY_H

#include <gmp.h>

/* r = value · 2^exponent; they may be the same number. */
void binary_scale(mpq_t r, const mpq_t value, long exponent);

/* The number, kept within ±2^126. */
__int128 binary_wide(const mpz_t number);
void binary_integer(mpz_t r, __int128 number);

#endif
