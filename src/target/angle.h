/* Sine, cosine and tangent of intervals by MPFI, which must not see arguments of astronomic size. */
#ifndef SUPCERT_TARGET_ANGLE_H
#define SUPCERT_TARGET_ANGLE_H

#include <mpfr.h>

#include <mpfi.h>

/* v contains the function's values on `a`, which is bounded. angle_tan gives an unbounded interval where
 * there is, or may be, a pole. v may not be a. */
void angle_sin(mpfi_ptr v, mpfi_srcptr a);
void angle_cos(mpfi_ptr v, mpfi_srcptr a);
void angle_tan(mpfi_ptr v, mpfi_srcptr a);

#endif
