/* Intervals to rational powers, which MPFI does not have, from the powers of their ends by MPFR. */
#ifndef SUPCERT_TARGET_POWER_H
#define SUPCERT_TARGET_POWER_H

#include <mpfr.h>

#include <mpfi.h>
#include <stdbool.h>

bool power_is_integral(const mpq_t exponent);

/* v contains t^exponent for all t in `a`, which is bounded: and does not contain 0 if the exponent is a
 * negative integer, has no negative numbers if it is no integer. If that one is negative and `a` contains 0,
 * v is unbounded. v may be a. */
void power_of(mpfi_ptr v, mpfi_srcptr a, const mpq_t exponent);

#endif
