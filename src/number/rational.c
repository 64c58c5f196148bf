/* Rational numbers as text: see rational.h. Numbers of up to 19 digits, which fit a machine word, take a
 * short way; weights are read by the hundred thousand. */
#include "number/rational.h"

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
