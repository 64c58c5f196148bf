/* Powers with rational exponents, rounded in a stated direction, and the widest range of exponents.
 *
 * A bound is a chain of MPFR's operations, each rounded so that the last result is on the safe side. Since
 * every operation is correctly rounded, such a chain is also monotone wherever each of its steps is: larger
 * arguments never give a smaller bound by accident of rounding. */
#ifndef SUPCERT_FOOL_DIRECTED_H
#define SUPCERT_FOOL_DIRECTED_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

/* y <= x^e (round MPFR_RNDD) or y >= x^e (MPFR_RNDU), for 0 < x < infinity; y may be x. */
void directed_power(mpfr_t y, const mpfr_t x, const mpq_t e, mpfr_rnd_t round);

/* y <= n^e or y >= n^e, n >= 1. */
void directed_power_ui(mpfr_t y, unsigned long n, const mpq_t e, mpfr_rnd_t round);

/* The range of exponents of MPFR is a setting of the thread. Both bounds of a range are remembered, and the
 * widest one is set, in which numbers up to 10^(10^18) have their place. What overflows nevertheless is
 * rounded like everything else. */
typedef struct directed_range {
    mpfr_exp_t least, most;
} directed_range;

directed_range directed_range_widen(void);
void directed_range_restore(directed_range old);

#endif
