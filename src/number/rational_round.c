/* Rounding rationals to decimals and to doubles: see rational.h. Integer arithmetic decides every rounding.
 */
#include "number/rational.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* --- decimals ------------------------------------------------------------------------------------------ */

/* quotient + remainder/divisor = |value| × 10^power. */
static void scaled_division(mpz_t quotient, mpz_t remainder, mpz_t divisor, const mpq_t value, long power)
{
    mpz_t factor, numerator;
    mpz_init(factor);
    mpz_init(numerator);
    mpz_ui_pow_ui(factor, 10, (unsigned long)labs(power));
    mpz_abs(numerator, mpq_numref(value));
    mpz_set(divisor, mpq_denref(value));
    if (power >= 0)
        mpz_mul(numerator, numerator, factor);
    else
        mpz_mul(divisor, divisor, factor);
    mpz_tdiv_qr(quotient, remainder, numerator, divisor);
    mpz_clear(factor);
    mpz_clear(numerator);
}

/* floor(log10 |value|) within one, from the lengths in bits; value is not 0. */
static long guess_exponent(const mpq_t value)
{
    long bits = (long)mpz_sizeinbase(mpq_numref(value), 2) - (long)mpz_sizeinbase(mpq_denref(value), 2);
    return (long)((double)bits * 0.30102999566398119521);
}

/* Rounds |value| to `digits` digits: significand × 10^(exponent - digits + 1), where the significand has
 * exactly `digits` digits. value is not 0. */
static void round_decimal(mpz_t significand, long *exponent, bool *exact, const mpq_t value, int digits)
{
    mpz_t remainder, divisor, limit;
    mpz_init(remainder);
    mpz_init(divisor);
    mpz_init(limit);
    mpz_ui_pow_ui(limit, 10, (unsigned long)digits);
    *exponent = guess_exponent(value) + 1; /* not too small: the quotient has at most `digits` digits */
    for (;;) {
        scaled_division(significand, remainder, divisor, value, digits - 1 - *exponent);
        mpz_mul_ui(significand, significand, 10);
        if (mpz_cmp(significand, limit) >= 0)
            break;
        --*exponent;
    }
    mpz_divexact_ui(significand, significand, 10);
    *exact = mpz_sgn(remainder) == 0;
    mpz_mul_2exp(remainder, remainder, 1);
    int half = mpz_cmp(remainder, divisor);
    if (half > 0 || (half == 0 && mpz_odd_p(significand)))
        mpz_add_ui(significand, significand, 1);
    if (mpz_cmp(significand, limit) == 0) {
        mpz_divexact_ui(significand, significand, 10);
        ++*exponent;
    }
    mpz_clear(remainder);
    mpz_clear(divisor);
    mpz_clear(limit);
}

/* Puts the point into a string of digits whose first has the weight 10^exponent. */
static char *place_point(const char *sign, const char *digits, int count, long exponent)
{
    int kept = count;
    while (kept > 1 && digits[kept - 1] == '0')
        kept--;
    if (exponent < -6 || exponent >= count)
        return mem_printf("%s%c%s%.*se%ld", sign, digits[0], kept > 1 ? "." : "", kept - 1, digits + 1,
                          exponent);
    if (exponent < 0)
        return mem_printf("%s0.%.*s%.*s", sign, (int)(-exponent - 1), "00000", kept, digits);
    int whole = (int)exponent + 1;
    if (kept <= whole)
        return mem_printf("%s%.*s", sign, whole, digits);
    return mem_printf("%s%.*s.%.*s", sign, whole, digits, kept - whole, digits + whole);
}

char *rational_decimal(const mpq_t value, int digits, bool *exact)
{
    long exponent;
    bool equal = true;
    char *result;
    if (mpq_sgn(value) == 0)
        result = mem_copy_string("0");
    else {
        mpz_t significand;
        mpz_init(significand);
        round_decimal(significand, &exponent, &equal, value, digits);
        char *text = mpz_get_str(mem_alloc((size_t)digits + 2, 1), 10, significand);
        result = place_point(mpq_sgn(value) < 0 ? "-" : "", text, digits, exponent);
        free(text);
        mpz_clear(significand);
    }
    if (exact != NULL)
        *exact = equal;
    return result;
}

/* --- doubles ------------------------------------------------------------------------------------------- */

/* The format's numbers are the integers below 2^53 times 2^unit; below the smallest unit there are none. */
enum { SMALLEST_UNIT = -1074, LARGEST_UNIT = 971 };

static double double_of_bits(uint64_t bits)
{
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* significand × 2^unit <= |value| as tightly as 54 bits allow; whether it is equal. */
static bool significand_of(uint64_t *significand, long *unit, const mpq_t value)
{
    mpz_t p, q;
    mpz_init(p);
    mpz_init(q);
    mpz_abs(p, mpq_numref(value));
    mpz_set(q, mpq_denref(value));
    *unit = (long)mpz_sizeinbase(p, 2) - (long)mpz_sizeinbase(q, 2) - 53;
    if (*unit < SMALLEST_UNIT)
        *unit = SMALLEST_UNIT;
    if (*unit < 0)
        mpz_mul_2exp(p, p, (mp_bitcnt_t) - *unit);
    else
        mpz_mul_2exp(q, q, (mp_bitcnt_t)*unit);
    mpz_tdiv_qr(p, q, p, q);
    *significand = mpz_get_ui(p);
    bool exact = mpz_sgn(q) == 0;
    mpz_clear(p);
    mpz_clear(q);
    return exact;
}

/* |value| rounded away from zero or towards it. */
static double magnitude(const mpq_t value, bool away)
{
    static const uint64_t infinity = (uint64_t)0x7ff << 52;
    uint64_t significand;
    long unit;
    bool exact = significand_of(&significand, &unit, value);
    if (exact && significand == 0)
        return 0;
    if (significand >> 53 != 0) {
        exact = exact && (significand & 1) == 0;
        significand >>= 1;
        unit++;
    }
    if (unit > LARGEST_UNIT)
        return double_of_bits(away ? infinity : infinity - 1);
    /* The leading bit of a normal significand adds the 1 that its biased exponent lacks; one more unit
     * carries into the exponent where it has to, up to infinity. */
    uint64_t bits = ((uint64_t)(unit - SMALLEST_UNIT) << 52) + significand;
    return double_of_bits(bits + (away && !exact));
}

double rational_double_down(const mpq_t value)
{
    return mpq_sgn(value) < 0 ? -magnitude(value, true) : magnitude(value, false);
}

double rational_double_up(const mpq_t value)
{
    return mpq_sgn(value) < 0 ? -magnitude(value, false) : magnitude(value, true);
}
