/* Powers and roots of rationals for the norms of a class, rounded in a stated direction. q is that of the
 * class: rational, at least 1, not infinite. */
#ifndef SUPCERT_FOOL_POWER_H
#define SUPCERT_FOOL_POWER_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* base >= 0; result <= base^q (up: result >= base^q), equal for whole q up to CLASS_EXACT_POWER and else
 * within a relative 2^-200. */
void power_rounded(mpq_t result, const mpq_t base, const mpq_t q, bool up);

/* result <= base^(1/q), base >= 0; equal for q = 1. Where norms are not compared exactly, result^q is
 * below base by a relative 2^-100, so that a comparison with rounding succeeds, too. */
void power_root(mpq_t result, const mpq_t base, const mpq_t q);

/* The largest number of at most `bits` significant bits at or below value >= 0. */
void power_shorten(mpq_t value, unsigned bits);

/* Whether numerator and denominator have at most `bits` bits each. */
bool power_is_short(const mpq_t value, unsigned bits);

#endif
