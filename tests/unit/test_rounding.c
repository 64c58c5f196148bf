/* Roundings of rationals. Doubles are compared with what the C library prints and with MPFR, decimals with
 * their definition and with MPFR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mpfr.h>

#include "base/memory.h"
#include "number/rational.h"
#include "random.h"
#include "random_rational.h"

static uint64_t seed;

/* --- doubles ---------------------------------------------------------------------------------------------
 */

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Finite doubles of all sizes; subnormal and extreme ones are likely. */
static double random_double(rng *r)
{
    static const uint64_t exponents[] = {0, 0, 1, 2, 0x3fe, 0x3ff, 0x400, 0x434, 0x7fd, 0x7fe};
    uint64_t exponent = rng_chance(r, 50) ? exponents[rng_below(r, 10)] : rng_below(r, 0x7ff);
    uint64_t fraction = rng_next(r) >> 12;
    if (rng_chance(r, 30))
        fraction = rng_chance(r, 50) ? 0 : ((uint64_t)1 << 52) - 1;
    return double_of(rng_below(r, 2) << 63 | exponent << 52 | fraction);
}

/* The C library prints doubles exactly, in both bases; reading that must be the same as taking the double. */
static void test_float64_exactly(void **state)
{
    (void)state;
    mpq_t value, text_value;
    mpq_inits(value, text_value, NULL);
    for (size_t k = 0; k < random_effort(1000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        double number = random_double(&r);
        char *hexadecimal = mem_printf("%a", number), *decimal = mem_printf("%.1100e", number);
        assert_true(rational_from_float64(value, number));
        assert_null(parse_text(rational_parse, text_value, hexadecimal));
        assert_true(mpq_equal(value, text_value));
        assert_null(parse_text(rational_parse, text_value, decimal));
        assert_true(mpq_equal(value, text_value));
        assert_true(rational_double_down(value) == number && rational_double_up(value) == number);
        free(hexadecimal);
        free(decimal);
    }
    assert_false(rational_from_float64(value, (double)NAN));
    assert_false(rational_from_float64(value, (double)INFINITY));
    assert_false(rational_from_float64(value, -(double)INFINITY));
    assert_true(rational_from_float64(value, -0.0) && mpq_sgn(value) == 0);
    mpq_clears(value, text_value, NULL);
}

/* A double, or a point very close to one or half-way to the next, or far outside the range. */
static void random_near_double(mpq_t value, rng *r)
{
    mpq_t step;
    mpq_init(step);
    rational_from_float64(value, random_double(r));
    mpq_set_ui(step, 1 + rng_below(r, 3), 1);
    mpq_div_2exp(step, step, rng_chance(r, 50) ? rng_below(r, 2400) : rng_below(r, 60));
    if (rng_chance(r, 60))
        mpq_mul(step, step, value);
    if (rng_chance(r, 30))
        mpq_mul_2exp(value, value, rng_below(r, 80));
    if (rng_chance(r, 50))
        mpq_neg(step, step);
    mpq_add(value, value, step);
    mpq_clear(step);
}

/* Whether number <= value (side -1) or value <= number (side 1), infinities included. */
static bool is_bound(double number, const mpq_t value, int side)
{
    if (isinf(number))
        return (number < 0) == (side < 0);
    mpq_t q;
    mpq_init(q);
    mpq_set_d(q, number);
    int order = mpq_cmp(q, value);
    mpq_clear(q);
    return side < 0 ? order <= 0 : order >= 0;
}

/* The two are bounds, and no double lies between them: that determines them. */
static void test_double_bounds(void **state)
{
    (void)state;
    mpq_t value;
    mpq_init(value);
    for (size_t k = 0; k < random_effort(20000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        if (rng_chance(&r, 30))
            random_rational(value, &r);
        else
            random_near_double(value, &r);
        double down = rational_double_down(value), up = rational_double_up(value);
        if (!is_bound(down, value, -1) || !is_bound(up, value, 1) ||
            (down != up && nextafter(down, (double)INFINITY) != up) || (down == up && isinf(up)))
            fail_msg("seed %ju: bounds %a and %a", (uintmax_t)(seed + k), down, up);
    }
    mpq_set_ui(value, 0, 1);
    assert_true(rational_double_down(value) == 0 && rational_double_up(value) == 0);
    mpq_clear(value);
}

/* MPFR rounds a quotient to 53 bits in one step; within the range of normal doubles that is the same. */
static void test_doubles_against_mpfr(void **state)
{
    (void)state;
    mpq_t value;
    mpfr_t rounded;
    mpq_init(value);
    mpfr_init2(rounded, 53);
    for (size_t k = 0; k < random_effort(5000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        rng_integer(mpq_numref(value), &r, 1 + (unsigned)rng_below(&r, 500));
        rng_integer(mpq_denref(value), &r, 1 + (unsigned)rng_below(&r, 500));
        mpz_add_ui(mpq_denref(value), mpq_denref(value), 1);
        if (rng_chance(&r, 50))
            mpz_neg(mpq_numref(value), mpq_numref(value));
        mpq_canonicalize(value);
        mpfr_set_q(rounded, value, MPFR_RNDD);
        assert_true(rational_double_down(value) == mpfr_get_d(rounded, MPFR_RNDD));
        mpfr_set_q(rounded, value, MPFR_RNDU);
        assert_true(rational_double_up(value) == mpfr_get_d(rounded, MPFR_RNDU));
    }
    mpfr_clear(rounded);
    mpq_clear(value);
}

/* --- decimals --------------------------------------------------------------------------------------------
 */

static void test_decimal_forms(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int digits;
        const char *text;
        bool exact;
    } cases[] = {
        {"0", 5, "0", true},
        {"-3/2", 17, "-1.5", true},
        {"1/3", 5, "0.33333", false},
        {"-2/3", 5, "-0.66667", false},
        {"1/1000", 3, "0.001", true},
        {"1e-6", 3, "0.000001", true},
        {"1.25e-7", 3, "1.25e-7", true},
        {"9.996e-7", 3, "0.000001", false},
        {"1.25e-40", 17, "1.25e-40", true},
        {"-1e-40", 17, "-1e-40", true},
        {"100", 3, "100", true},
        {"100", 2, "1e2", true},
        {"12300", 5, "12300", true},
        {"12300", 4, "1.23e4", true},
        {"12345", 4, "1.234e4", false},
        {"12355", 4, "1.236e4", false},
        {"123450", 6, "123450", true},
        {"1234.5", 5, "1234.5", true},
        {"1234.50", 7, "1234.5", true},
        {"10.01", 3, "10", false},
        {"999.5", 3, "1e3", false},
        {"99.95", 3, "100", false},
        {"0.5", 1, "0.5", true},
        {"25", 1, "2e1", false},
        {"35", 1, "4e1", false},
        {"95", 1, "1e2", false},
        {"9", 1, "9", true},
        {"1e1000000", 3, "1e1000000", true},
        {"0x1p-1000000", 3, "1.01e-301030", false},
    };
    mpq_t value;
    mpq_init(value);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        bool exact = !cases[k].exact;
        assert_null(rational_parse(value, cases[k].value, strlen(cases[k].value)));
        char *text = rational_decimal(value, cases[k].digits, &exact);
        assert_string_equal(text, cases[k].text);
        assert_int_equal(exact, cases[k].exact);
        free(text);
    }
    mpq_clear(value);
}

/* Values whose decimals are short, and values half-way between such, besides others. */
static void random_decimal_case(mpq_t value, rng *r)
{
    if (rng_chance(r, 40)) {
        random_rational(value, r);
        return;
    }
    mpq_set_ui(value, rng_chance(r, 30) ? 9 : 1 + rng_below(r, 9), 1);
    for (uint64_t digits = rng_below(r, 12); digits > 0; digits--) {
        uint64_t digit = rng_chance(r, 50) ? rng_below(r, 10) : rng_chance(r, 50) ? 9 : 0;
        mpz_mul_ui(mpq_numref(value), mpq_numref(value), 10);
        mpz_add_ui(mpq_numref(value), mpq_numref(value), digits == 1 && rng_chance(r, 50) ? 5 : digit);
    }
    scale_slowly(value, 10, rng_between(r, -25, 12));
    if (rng_chance(r, 50))
        mpq_neg(value, value);
}

/* The exponent of the leading digit of |value|, by trial. */
static long leading_exponent(const mpq_t value)
{
    mpq_t a, ten;
    mpq_inits(a, ten, NULL);
    mpq_abs(a, value);
    mpq_set_ui(ten, 10, 1);
    long exponent = 0;
    for (; mpq_cmp_ui(a, 10, 1) >= 0; exponent++)
        mpq_div(a, a, ten);
    for (; mpq_cmp_ui(a, 1, 1) < 0; exponent--)
        mpq_mul(a, a, ten);
    mpq_clears(a, ten, NULL);
    return exponent;
}

/* By definition: the decimal is a multiple of the unit, at most half a unit off, and even when it is exactly
 * half. */
static void check_nearest(const mpq_t value, const mpq_t decimal, int digits)
{
    mpq_t unit, off;
    mpq_inits(unit, off, NULL);
    mpq_set_ui(unit, 1, 1);
    scale_slowly(unit, 10, leading_exponent(value) - digits + 1);
    mpq_sub(off, value, decimal);
    mpq_div(off, off, unit);
    mpq_abs(off, off);
    int order = mpq_cmp_ui(off, 1, 2);
    assert_true(order <= 0);
    mpq_div(off, decimal, unit);
    assert_true(mpz_cmp_ui(mpq_denref(off), 1) == 0);
    assert_true(order < 0 || mpz_even_p(mpq_numref(off)));
    mpq_clears(unit, off, NULL);
}

/* The form: where the point stands, when there is an exponent, and no zeros that say nothing. */
static void check_form(const char *text, const mpq_t decimal, int digits)
{
    long exponent = leading_exponent(decimal);
    const char *e = strchr(text, 'e'), *point = strchr(text, '.');
    const char *last = e == NULL ? text + strlen(text) - 1 : e - 1;
    assert_int_equal(e != NULL, exponent < -6 || exponent >= digits);
    assert_true(point == NULL || (*last != '0' && *last != '.'));
    assert_true(e == NULL || strtol(e + 1, NULL, 10) == exponent);
    assert_true(e == NULL || point == NULL || point == text + (*text == '-') + 1);
    assert_true(text[*text == '-'] != '0' || exponent < 0);
}

static void test_decimal_by_definition(void **state)
{
    (void)state;
    mpq_t value, decimal;
    mpq_inits(value, decimal, NULL);
    for (size_t k = 0; k < random_effort(5000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        random_decimal_case(value, &r);
        if (mpq_sgn(value) == 0)
            continue;
        int digits = (int)rng_between(&r, 1, rng_chance(&r, 90) ? 20 : 200);
        bool exact;
        char *text = rational_decimal(value, digits, &exact);
        assert_null(parse_text(rational_parse, decimal, text));
        assert_int_equal(exact, mpq_equal(decimal, value) != 0);
        check_nearest(value, decimal, digits);
        check_form(text, decimal, digits);
        free(text);
    }
    mpq_clears(value, decimal, NULL);
}

/* The decimal as MPFR prints it, if it is the same from both ends of a narrow enclosure. */
static bool mpfr_decimal(mpq_t decimal, const mpq_t value, int digits)
{
    mpfr_t down, up;
    mpfr_inits2(4000, down, up, NULL);
    mpfr_set_q(down, value, MPFR_RNDD);
    mpfr_set_q(up, value, MPFR_RNDU);
    char *a = NULL, *b = NULL;
    mpfr_asprintf(&a, "%.*RNe", digits - 1, down);
    mpfr_asprintf(&b, "%.*RNe", digits - 1, up);
    bool same = strcmp(a, b) == 0;
    assert_null(parse_text(rational_parse, decimal, a));
    mpfr_free_str(a);
    mpfr_free_str(b);
    mpfr_clears(down, up, NULL);
    return same;
}

static void test_decimal_against_mpfr(void **state)
{
    (void)state;
    mpq_t value, decimal, expected;
    mpq_inits(value, decimal, expected, NULL);
    size_t compared = 0, cases = random_effort(2000);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        random_decimal_case(value, &r);
        int digits = (int)rng_between(&r, 1, 40);
        if (!mpfr_decimal(expected, value, digits))
            continue;
        char *text = rational_decimal(value, digits, NULL);
        assert_null(parse_text(rational_parse, decimal, text));
        if (!mpq_equal(decimal, expected))
            fail_msg("seed %ju: %s", (uintmax_t)(seed + k), text);
        free(text);
        compared++;
    }
    assert_true(compared > cases / 2);
    mpq_clears(value, decimal, expected, NULL);
    mpfr_free_cache();
}

int main(void)
{
    seed = random_seed("rounding");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float64_exactly),       cmocka_unit_test(test_double_bounds),
        cmocka_unit_test(test_doubles_against_mpfr),  cmocka_unit_test(test_decimal_forms),
        cmocka_unit_test(test_decimal_by_definition), cmocka_unit_test(test_decimal_against_mpfr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
