/* From MPFR's numbers, whose exponents may be astronomic, to rationals of bounded length. */
#ifndef SUPCERT_TARGET_DYADIC_H
#define SUPCERT_TARGET_DYADIC_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

/* Rationals made here are below 2^DYADIC_EXPONENT in size, and 0 or at least 2^-DYADIC_EXPONENT. */
#define DYADIC_EXPONENT 65536

/* The number itself; or, if it is smaller than that, 0 or ±2^-DYADIC_EXPONENT, as the rounding asks
 * (MPFR_RNDN: 0). False if it is larger, or not a number. */
bool dyadic_set(mpq_t value, mpfr_srcptr number, mpfr_rnd_t rounding);

#endif
