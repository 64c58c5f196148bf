/* Enclosures of what is too small or too large: for the rationals that are made of them, and for the numbers
 * that they are calculated with. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "enclosure_check.h"

static uint64_t seed;

/* 0, or ±2^e */
static void power_of_two(mpq_t value, const char *text)
{
    const char *exponent = strchr(text, '^');
    long e = exponent == NULL ? 0 : strtol(exponent + 1, NULL, 10);
    mpq_set_si(value, exponent == NULL ? 0 : *text == '-' ? -1 : 1, 1);
    if (e < 0)
        mpq_div_2exp(value, value, (mp_bitcnt_t)-e);
    else
        mpq_mul_2exp(value, value, (mp_bitcnt_t)e);
}

/* Values that are too small for the rationals that are made here are between 0 and the least of these, on
 * either side; which does not make them 0. */
static void test_tiny_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lower, *upper;
    } cases[] = {{"x1^300", "0", "2^-300"},
                 {"x1^301", "-2^-300", "0"},
                 {"-x1^300", "-2^-300", "0"},
                 {"x1^301", "-2^-300", "2^-300"},
                 {"x1^300", "2^-301", "2^-300"},
                 {"-x1^300", "2^-301", "2^-300"},
                 {"x1^300-x1^299", "0", "2^-300"},
                 {"relu(x1)^400", "-2^-200", "2^-200"},
                 {"x1^300+x2^300", "-2^-300", "2^-300"},
                 {"1/x1^300", "2^250", "2^251"}};
    rng r;
    rng_seed(&r, seed);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        trial_start(&t, cases[k].text, 2, "0", "0");
        for (size_t i = 0; i < 2; i++) {
            power_of_two(t.lower[i], cases[k].lower);
            power_of_two(t.upper[i], cases[k].upper);
        }
        for (int order = 0; order <= 2; order++) {
            domain d = tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, order, 1e-12);
            assert_int_equal(d, DOMAIN_INSIDE);
            for (int n = 0; n < 20; n++)
                enclosure_check_tangent(&t, &r);
        }
        for (int n = 0; n < 20; n++)
            enclosure_check_point(&t, &r);
        trial_clear(&t);
    }
}

/* Whether a number that double holds, and MPFR may not, is in the interval; 0 times infinity stands for 0. */
static bool holds(mpfi_srcptr r, double number)
{
    double x = isnan(number) ? 0 : number;
    return mpfr_cmp_d(&r->left, x) <= 0 && mpfr_cmp_d(&r->right, x) >= 0;
}

/* Slopes that are too large, or too small, for the rationals that are made here, of values that are not. */
static void test_slopes_out_of_reach(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long width;
    } cases[] = {{"2^65000*(2^65000*(x1+x1^2))", -100000},
                 {"2^65000*(2^65000*(x1+abs(x1)))", -100000},
                 {"2^-65000*(2^-65000*(x1+x1^2*2^-64900))", 64800},
                 {"2^-65000*(2^-65000*(2*x1+abs(x1)))", 64800}};
    rng r;
    rng_seed(&r, seed);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        trial_start(&t, cases[k].text, 1, "0", "1");
        if (cases[k].width < 0)
            mpq_div_2exp(t.upper[0], t.upper[0], (mp_bitcnt_t)-cases[k].width);
        else
            mpq_mul_2exp(t.upper[0], t.upper[0], (mp_bitcnt_t)cases[k].width);
        for (int order = 0; order <= 2; order++) {
            domain d = tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, order, 1e-12);
            assert_int_equal(d, DOMAIN_INSIDE);
            for (int n = 0; n < 20; n++)
                enclosure_check_tangent(&t, &r);
        }
        trial_clear(&t);
    }
}

/* Intervals of derivatives, with ends that are infinite once they are added or multiplied. */
static void test_arithmetic_of_slopes(void **state)
{
    (void)state;
    static const double ends[][2] = {{0, 0},
                                     {-0.0, 0},
                                     {1, 2},
                                     {-4, -1},
                                     {-1, 2},
                                     {0, 5},
                                     {-5, 0},
                                     {4, 4},
                                     {0x1p49, 0x1p49},
                                     {-0x1p49, 1},
                                     {1, 0x1p49},
                                     {-HUGE_VAL, HUGE_VAL},
                                     {-0x1p-49, 0x1p-50},
                                     {0, 0x1p-49}};
    enum { COUNT = sizeof ends / sizeof *ends };
    mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
    mpfi_t a, b, r;
    mpfi_init2(a, 64);
    mpfi_init2(b, 64);
    mpfi_init2(r, 64);
    mpfr_set_emin(-50);
    mpfr_set_emax(50);
    for (size_t k = 0; k < COUNT * COUNT; k++) {
        const double *p = ends[k / COUNT], *q = ends[k % COUNT];
        mpfi_interv_d(a, p[0], p[1]);
        mpfi_interv_d(b, q[0], q[1]);
        slope_add(r, a, b);
        assert_true(enclosure_is_settled(r) && holds(r, p[0] + q[0]) && holds(r, p[1] + q[1]));
        slope_sub(r, a, b);
        assert_true(enclosure_is_settled(r) && holds(r, p[0] - q[1]) && holds(r, p[1] - q[0]));
        slope_mul(r, a, b);
        for (int corner = 0; corner < 4; corner++)
            assert_true(enclosure_is_settled(r) && holds(r, p[corner / 2] * q[corner % 2]));
        slope_hull(r, a, b);
        assert_true(enclosure_is_settled(r) && holds(r, p[0]) && holds(r, p[1]) && holds(r, q[0]) &&
                    holds(r, q[1]));
        slope_square(r, a);
        assert_true(enclosure_is_settled(r) && holds(r, p[0] * p[0]) && holds(r, p[1] * p[1]));
        if (q[0] > 0 || q[1] < 0) {
            slope_div(r, a, b);
            for (int corner = 0; corner < 4; corner++)
                assert_true(enclosure_is_settled(r) && holds(r, p[corner / 2] / q[corner % 2]));
        }
    }
    mpfr_set_emin(least);
    mpfr_set_emax(most);
    mpfi_clear(a);
    mpfi_clear(b);
    mpfi_clear(r);
}

static int free_caches(void **state)
{
    (void)state;
    mpfr_free_cache();
    return 0;
}

int main(void)
{
    seed = random_seed("enclosure_sizes");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiny_values),
        cmocka_unit_test(test_slopes_out_of_reach),
        cmocka_unit_test(test_arithmetic_of_slopes),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
