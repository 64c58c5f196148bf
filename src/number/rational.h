/* Rational numbers as text: strict reading and printing. Values are GMP's mpq_t, always canonical (lowest terms,
 * denominator positive). The caller owns and initialises every mpq_t. */
#ifndef SUPCERT_NUMBER_RATIONAL_H
#define SUPCERT_NUMBER_RATIONAL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* Largest magnitude of a decimal or binary exponent that is read; beyond it the number is refused, because its
 * exact value would need that many digits. */
#define RATIONAL_EXPONENT_LIMIT 1000000

/* Strict form, used by certificates and canonical networks: -?digits(/digits)? ; no leading zeros but "0" itself, no "-0",
 * denominator at least 2 and in lowest terms. Reads exactly the `length` bytes at `text`. Returns NULL, or a constant
 * string that says what is wrong (the value is then unspecified but valid). */
const char *rational_parse_canonical(mpq_t value, const char *text, size_t length);

/* Liberal form, used on command lines and in hand-written files: optional sign, then an integer, a fraction a/b (not
 * necessarily in lowest terms, b positive), a decimal with optional exponent (1.5e-3, .5, 2.), or a hexadecimal float (0x1.8p-3).
 * Everything is read exactly; nothing else ("nan", "inf", blanks, a second sign) is a number. Returns as above. */
const char *rational_parse(mpq_t value, const char *text, size_t length);

/* Exact value of an IEEE double or float given as bits; false for NaN and infinities. */
bool rational_from_float64(mpq_t value, double number);

/* The canonical text of value; owned by the caller (free). */
char *rational_text(const mpq_t value);

/* Decimal with `digits` significant digits (1 or more), rounded to nearest, ties to even; form like "0.00072105599869923948",
 * "-1.5", "1.25e-40" (exponent form when the decimal exponent is below -6 or at least `digits`); trailing zeros of the fraction are
 * dropped. Owned by the caller (free). *exact (may be NULL) says whether the decimal equals the value. */
char *rational_decimal(const mpq_t value, int digits, bool *exact);

/* Nearest doubles at or below / at or above the value (±DBL_MAX or infinity where out of range), for searching only. */
double rational_double_down(const mpq_t value);
double rational_double_up(const mpq_t value);

#endif
