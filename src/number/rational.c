/* Rational numbers as text: see rational.h. Numbers of up to 19 digits, which fit a machine word, take a
 * short way; weights are read by the hundred thousand. */
#include "number/rational.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

_Static_assert(sizeof(unsigned long) == 8, "numbers of 19 digits are read through unsigned long");

enum { WORD_DIGITS = 19, STACK_DIGITS = 256 };

static const char not_a_number[] = "not a number";
static const char not_canonical[] = "not a number in canonical form";
static const char not_lowest[] = "fraction not in lowest terms";
static const char zero_denominator[] = "zero denominator";
static const char exponent_too_large[] = "exponent beyond 1000000";
_Static_assert(RATIONAL_EXPONENT_LIMIT == 1000000, "as the message says");

/* --- digits -------------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hexadecimal_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Bytes from `text` on that are digits of the base. */
static size_t count_digits(const char *text, const char *end, int base)
{
    const char *p = text;
    while (p < end && (base == 16 ? is_hexadecimal_digit(*p) : is_digit(*p)))
        p++;
    return (size_t)(p - text);
}

/* The value of `a` digits at `first` followed by `b` digits at `second`; no digits are 0. */
static void set_joined(mpz_t value, const char *first, size_t a, const char *second, size_t b, int base)
{
    char stack[STACK_DIGITS + 1];
    size_t length = a + b;
    if (length == 0) {
        mpz_set_ui(value, 0);
        return;
    }
    char *digits = length <= STACK_DIGITS ? stack : mem_alloc(mem_sum(length, 1), 1);
    memcpy(digits, first, a);
    memcpy(digits + a, second, b);
    digits[length] = '\0';
    mpz_set_str(value, digits, base); /* cannot fail: there are digits only */
    if (digits != stack)
        free(digits);
}

static void set_digits(mpz_t value, const char *digits, size_t length)
{
    if (length > WORD_DIGITS) {
        set_joined(value, digits, length, digits, 0, 10);
        return;
    }
    unsigned long word = 0;
    for (size_t k = 0; k < length; k++)
        word = 10 * word + (unsigned long)(digits[k] - '0');
    mpz_set_ui(value, word);
}

static bool in_lowest_terms(const mpq_t value)
{
    mpz_srcptr p = mpq_numref(value), q = mpq_denref(value);
    if (mpz_fits_ulong_p(q))
        return mpz_gcd_ui(NULL, p, mpz_get_ui(q)) == 1;
    mpz_t divisor;
    mpz_init(divisor);
    mpz_gcd(divisor, p, q);
    bool lowest = mpz_cmp_ui(divisor, 1) == 0;
    mpz_clear(divisor);
    return lowest;
}

/* --- reading ------------------------------------------------------------------------------------------- */

static const char *parse_failed(mpq_t value, const char *reason)
{
    mpq_set_ui(value, 0, 1);
    return reason;
}

const char *rational_parse_canonical(mpq_t value, const char *text, size_t length)
{
    const char *end = text + length;
    bool negative = length > 0 && *text == '-';
    const char *p = text + negative;
    size_t n = count_digits(p, end, 10);
    if (n == 0 || (*p == '0' && (n > 1 || negative || p + n != end)))
        return parse_failed(value, not_canonical);
    set_digits(mpq_numref(value), p, n);
    mpz_set_ui(mpq_denref(value), 1);
    p += n;
    if (p < end) {
        size_t m = *p == '/' ? count_digits(p + 1, end, 10) : 0;
        if (m == 0 || p + 1 + m != end || p[1] == '0' || (m == 1 && p[1] == '1'))
            return parse_failed(value, not_canonical);
        set_digits(mpq_denref(value), p + 1, m);
        if (!in_lowest_terms(value))
            return parse_failed(value, not_lowest);
    }
    if (negative)
        mpq_neg(value, value);
    return NULL;
}

/* Reads what stands after 'e' or 'p': an optional sign and digits, up to the end. */
static const char *parse_exponent(long *exponent, const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || p + count_digits(p, end, 10) != end)
        return not_a_number;
    long size = 0;
    for (; p < end; p++) {
        size = 10 * size + (*p - '0');
        if (size > RATIONAL_EXPONENT_LIMIT)
            return exponent_too_large;
    }
    *exponent = negative ? -size : size;
    return NULL;
}

static void divide_by_power_of_two(mpq_t value, mp_bitcnt_t bits)
{
    mpz_set_ui(mpq_denref(value), 1);
    mpq_div_2exp(value, value, bits);
}

/* value = numerator / 10^places in lowest terms, without a division of long numbers: only 2 and 5 can cancel.
 */
static void divide_by_power_of_ten(mpq_t value, size_t places)
{
    mpz_ptr p = mpq_numref(value), q = mpq_denref(value);
    mpz_t five, power;
    mpz_init_set_ui(five, 5);
    mpz_init(power);
    size_t fives = mpz_remove(power, p, five);
    if (fives <= places) {
        mpz_swap(p, power);
        mpz_ui_pow_ui(q, 5, places - fives);
    } else {
        mpz_ui_pow_ui(q, 5, places);
        mpz_divexact(p, p, q);
        mpz_set_ui(q, 1);
    }
    size_t twos = mpz_scan1(p, 0);
    size_t common = twos < places ? twos : places;
    mpz_tdiv_q_2exp(p, p, common);
    mpz_mul_2exp(q, q, places - common);
    mpz_clear(five);
    mpz_clear(power);
}

/* value = numerator × base^exponent / base'^places, where a hexadecimal place is worth four of its exponent.
 */
static void scale(mpq_t value, int base, long exponent, size_t places)
{
    size_t down = base == 16 ? 4 * places : places;
    size_t up = 0;
    mpz_set_ui(mpq_denref(value), 1);
    if (mpz_sgn(mpq_numref(value)) == 0)
        return;
    if (exponent < 0)
        down += (size_t)-exponent;
    else if ((size_t)exponent <= down)
        down -= (size_t)exponent;
    else {
        up = (size_t)exponent - down;
        down = 0;
    }
    if (base == 16) {
        mpq_mul_2exp(value, value, up);
        divide_by_power_of_two(value, down);
    } else if (up > 0) {
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 10, up);
        mpz_mul(mpq_numref(value), mpq_numref(value), power);
        mpz_clear(power);
    } else if (down > 0)
        divide_by_power_of_ten(value, down);
}

/* Digits with an optional point and exponent, from p to the end. */
static const char *parse_float(mpq_t value, const char *p, const char *end, int base)
{
    const char *whole = p;
    size_t n = count_digits(p, end, base), places = 0;
    p += n;
    const char *fraction = p;
    if (p < end && *p == '.') {
        fraction = p + 1;
        places = count_digits(fraction, end, base);
        p = fraction + places;
    }
    if (n + places == 0)
        return not_a_number;
    long exponent = 0;
    if (p < end) {
        char letter = base == 16 ? 'p' : 'e';
        if ((*p | 0x20) != letter)
            return not_a_number;
        const char *wrong = parse_exponent(&exponent, p + 1, end);
        if (wrong != NULL)
            return wrong;
    }
    set_joined(mpq_numref(value), whole, n, fraction, places, base);
    scale(value, base, exponent, places);
    return NULL;
}

static const char *parse_unsigned(mpq_t value, const char *p, const char *end)
{
    if (end - p >= 2 && p[0] == '0' && (p[1] | 0x20) == 'x')
        return parse_float(value, p + 2, end, 16);
    size_t n = count_digits(p, end, 10);
    bool fraction = n > 0 && p + n < end && p[n] == '/';
    if (!fraction && (n == 0 || p + n < end))
        return parse_float(value, p, end, 10);
    set_digits(mpq_numref(value), p, n);
    mpz_set_ui(mpq_denref(value), 1);
    if (!fraction)
        return NULL;
    const char *below = p + n + 1;
    size_t m = count_digits(below, end, 10);
    if (m == 0 || below + m != end)
        return not_a_number;
    set_digits(mpq_denref(value), below, m);
    if (mpz_sgn(mpq_denref(value)) == 0)
        return zero_denominator;
    if (!in_lowest_terms(value))
        mpq_canonicalize(value);
    return NULL;
}

const char *rational_parse(mpq_t value, const char *text, size_t length)
{
    bool sign = length > 0 && (*text == '-' || *text == '+');
    const char *wrong = parse_unsigned(value, text + sign, text + length);
    if (wrong != NULL)
        return parse_failed(value, wrong);
    if (sign && *text == '-')
        mpq_neg(value, value);
    return NULL;
}

bool rational_from_float64(mpq_t value, double number)
{
    if (!__builtin_isfinite(number))
        return false;
    mpq_set_d(value, number);
    return true;
}

/* --- printing ------------------------------------------------------------------------------------------ */

char *rational_text(const mpq_t value)
{
    size_t digits = mem_sum(mpz_sizeinbase(mpq_numref(value), 10), mpz_sizeinbase(mpq_denref(value), 10));
    return mpq_get_str(mem_alloc(mem_sum(digits, 3), 1), 10, value);
}

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
