/* Sample complexity: cases by hand, and counts against a naive calculation from the formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mpfr.h>

#include "fool/complexity.h"
#include "number/rational.h"
#include "random.h"
#include "random_learning.h"

enum { BITS = 600, MOST_INPUTS = 5, MOST_CELLS = 500 };

static uint64_t seed;

/* --- by hand -----------------------------------------------------------------------------------------------
 */

typedef enum asked { NEEDED, CHANCE, ENOUGH } asked;

static void count(sample_count *m, const learning *t, const mpq_t tolerance, asked what)
{
    if (what == ENOUGH)
        complexity_enough(m, t, tolerance);
    else
        complexity_needed(m, t, tolerance, what == CHANCE);
}

static void set_text(mpq_t value, const char *text)
{
    assert_null(rational_parse(value, text, strlen(text)));
}

/* `error` is "uniform" or p. */
static void set_class(learning *t, const char *q, const char *c, size_t width, size_t layers,
                      size_t dimension, const char *error)
{
    learning_init(t);
    t->largest = strcmp(q, "inf") == 0;
    if (!t->largest)
        set_text(t->q, q);
    set_text(t->c, c);
    t->width = width;
    t->layers = layers;
    t->dimension = dimension;
    t->uniform = strcmp(error, "uniform") == 0;
    if (!t->uniform)
        set_text(t->p, error);
}

static void test_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *q, *c;
        size_t width, layers, dimension;
        const char *error, *tolerance, *needed, *chance, *enough;
    } cases[] = {
        /* κ = 3 · 1/2, Λ = 3². With chance: the largest k (1 - 2k/15) is 28/15, at k = 4. */
        {"inf", "1", 3, 3, 1, "uniform", "1/10", "8", "2", "45"},
        /* κ/(2ε) and Λ/(2ε) are whole: 5 and 30, 2 and 12. */
        {"inf", "1", 3, 3, 1, "uniform", "3/20", "5", "2", "30"},
        {"inf", "1", 3, 3, 1, "uniform", "3/8", "2", "1", "12"},
        /* At ε = κ nothing is claimed, a little below it something. A bump in a cell has half the height. */
        {"inf", "1", 3, 3, 1, "uniform", "3/2", "0", "0", "3"},
        {"inf", "1", 3, 3, 1, "uniform", "149/100", "1", "0", "4"},
        /* a = 4, s = 3, t' = 12, Λ = 12³. */
        {"1", "12", 3, 3, 1, "uniform", "1", "72", "18", "864"},
        /* κ² = 1/72 for two inputs: 2 κ²/(4ε²) = 69.4…; Λ/(2ε) = 70.7…. With chance: 25 (1 - 10 ε/κ) = 3.78…
         */
        {"2", "1", 6, 3, 2, "uniform", "1/100", "70", "6", "5041"},
        /* The same width, more inputs: two of them are read. */
        {"2", "1", 8, 3, 3, "uniform", "1/100", "70", "6", "658503"},
        /* Λ = 8^(2/3) · 8^(2/3) = 16 is whole although its factors are not rational: 16^8. */
        {"3", "1", 8, 3, 8, "uniform", "1/2", "1", "0", "4294967296"},
        /* The L^1 norm of a bump in one input is κ r² = 3/2 · 1/100 for 2r = 1/5: 1/D - 1 = 4. */
        {"inf", "1", 3, 3, 1, "1", "3/200", "4", "2", "300"},
        /* No bumps. */
        {"inf", "5", 100, 2, 3, "uniform", "1/1000", "0", "0", "52734375000000000000"},
        {"inf", "5", 2, 9, 1, "uniform", "1", "0", "0", "250000000"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *expected[] = {cases[k].needed, cases[k].chance, cases[k].enough};
        learning t;
        mpq_t tolerance;
        mpq_init(tolerance);
        set_text(tolerance, cases[k].tolerance);
        set_class(&t, cases[k].q, cases[k].c, cases[k].width, cases[k].layers, cases[k].dimension,
                  cases[k].error);
        for (asked what = NEEDED; what <= ENOUGH; what++) {
            sample_count m;
            count(&m, &t, tolerance, what);
            char *text = sample_count_text(&m);
            if (strcmp(text, expected[what]) != 0)
                fail_msg("case %zu: %s instead of %s", k, text, expected[what]);
            assert_true((m.why == CLAIM_NOTHING) == (strcmp(text, "0") == 0));
            free(text);
            sample_count_clear(&m);
        }
        mpq_clear(tolerance);
        learning_clear(&t);
    }
}

/* Whether the decimal of the error after `samples` is `expected`. */
static void check_left(const learning *t, unsigned long samples, asked what, const char *expected)
{
    error_bound e;
    mpz_t m;
    mpz_init_set_ui(m, samples);
    if (what == ENOUGH)
        complexity_reached(&e, t, m);
    else
        complexity_remaining(&e, t, m, what == CHANCE);
    char *text = what == ENOUGH ? complexity_reached_text(&e, t, m, 6) : error_bound_text(&e, 6, false);
    assert_string_equal(text, expected);
    free(text);
    error_bound_clear(&e);
    mpz_clear(m);
}

static void test_errors_by_hand(void **state)
{
    (void)state;
    learning t;
    set_class(&t, "inf", "1", 3, 3, 1, "uniform"); /* κ = 3/2, Λ = 9 */
    check_left(&t, 0, NEEDED, "1.5");
    check_left(&t, 1, NEEDED, "0.75");
    check_left(&t, 4, NEEDED, "0.1875");
    check_left(&t, 1, CHANCE, "0.1875"); /* k = 2 */
    check_left(&t, 0, ENOUGH, "inf");
    check_left(&t, 1, ENOUGH, "4.5");
    check_left(&t, 45, ENOUGH, "0.1");
    check_left(&t, 7, ENOUGH, "0.642858");
    t.dimension = 2; /* Λ = 18, ⌊√45⌋ = 6 */
    check_left(&t, 45, ENOUGH, "1.5");
    learning_clear(&t);
    set_class(&t, "inf", "1", 2, 3, 1, "uniform");
    check_left(&t, 1, NEEDED, "0");
    check_left(&t, 1, CHANCE, "0");
    learning_clear(&t);
}

/* Powers of ten: whole numbers below 10^300 only, and the bounds stay on their sides. */
static void test_powers_of_ten(void **state)
{
    (void)state;
    static const struct {
        const char *tolerance, *needed, *enough;
    } cases[] = {
        {"75e-300", NULL, NULL}, /* κ/(2ε) = 10^298, whole; Λ/(2ε) = 6·10^298 */
        {"75e-302", "10^300", "10^301"},
        {"74e-302", "10^300", "10^301"},
        {"74e-100002", "10^100000", "10^100001"},
        {"8e-100002", "10^100000", "10^100002"},
    };
    learning t;
    mpq_t tolerance;
    mpq_init(tolerance);
    set_class(&t, "inf", "1", 3, 3, 1, "uniform"); /* κ = 3/2, Λ = 9 */
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        sample_count needed, enough;
        set_text(tolerance, cases[k].tolerance);
        complexity_needed(&needed, &t, tolerance, false);
        complexity_enough(&enough, &t, tolerance);
        char *a = sample_count_text(&needed), *b = sample_count_text(&enough);
        if (cases[k].needed == NULL) {
            assert_true(needed.whole && enough.whole && strlen(a) == 299 && strspn(a + 1, "0") == 298 &&
                        *a == '1' && strlen(b) == 299 && strspn(b + 1, "0") == 298 && *b == '6');
        } else {
            assert_string_equal(a, cases[k].needed);
            assert_string_equal(b, cases[k].enough);
        }
        free(a);
        free(b);
        sample_count_clear(&needed);
        sample_count_clear(&enough);
    }
    mpq_clear(tolerance);
    learning_clear(&t);
}

/* --- naively
 * ------------------------------------------------------------------------------------------------ */

/* y = x^(numerator/denominator). */
static void root(mpfr_t y, const mpfr_t x, const mpq_t e)
{
    mpfr_t exponent;
    mpfr_init2(exponent, BITS);
    mpfr_set_q(exponent, e, MPFR_RNDN);
    mpfr_pow(y, x, exponent, MPFR_RNDN);
    mpfr_clear(exponent);
}

/* y *= x^(s/q); infinite q: 1. */
static void times_power(mpfr_t y, double x, const learning *t, long s)
{
    mpfr_t factor;
    mpq_t e;
    if (t->largest)
        return;
    mpfr_init2(factor, BITS);
    mpq_init(e);
    mpq_set_si(e, s, 1);
    mpq_div(e, e, t->q);
    mpfr_set_d(factor, x, MPFR_RNDN);
    root(factor, factor, e);
    mpfr_mul(y, y, factor, MPFR_RNDN);
    mpq_clear(e);
    mpfr_clear(factor);
}

/* κ and H by their formulas; H is 0 for infinity. */
static void formulas(mpfr_t slope, mpfr_t cap, const learning *t, size_t n)
{
    mpfr_t entries;
    size_t k = t->width / (3 * n), w = t->width;
    if (!t->largest && mpq_cmp_ui(t->q, 2, 1) <= 0)
        k = w = 1;
    mpfr_init2(entries, BITS);
    mpfr_set_q(cap, t->c, MPFR_RNDN);
    mpfr_pow_ui(cap, cap, t->layers - 1, MPFR_RNDN);
    for (size_t l = 2; l < t->layers; l++) {
        mpfr_mul_ui(cap, cap, w, MPFR_RNDN);
        times_power(cap, (double)w, t, -2);
    }
    mpfr_mul_q(slope, cap, t->c, MPFR_RNDN);
    mpfr_mul_ui(slope, slope, k, MPFR_RNDN);
    times_power(slope, (double)k, t, -2);
    times_power(slope, (double)n, t, -2);
    mpfr_set_ui(entries, 2, MPFR_RNDN);
    if (!t->largest) {
        mpfr_set_q(entries, t->q, MPFR_RNDN);
        mpfr_exp2(entries, entries, MPFR_RNDN);
        mpfr_add_ui(entries, entries, 2, MPFR_RNDN);
        mpfr_mul_ui(entries, entries, 3, MPFR_RNDN);
        mpq_t e;
        mpq_init(e);
        mpq_inv(e, t->q);
        root(entries, entries, e);
        mpq_clear(e);
    }
    mpfr_div(slope, slope, entries, MPFR_RNDN);
    if (n > 1)
        mpfr_div_ui(cap, cap, n - 1, MPFR_RNDN);
    else
        mpfr_set_zero(cap, 1);
    mpfr_clear(entries);
}

/* The norm of a bump of diameter d, with the Gamma function. */
static void naive_norm(mpfr_t norm, const learning *t, size_t n, const mpfr_t slope, const mpfr_t cap,
                       const mpfr_t d)
{
    mpfr_t x, y;
    mpq_t e;
    mpfr_inits2(BITS, x, y, (mpfr_ptr)NULL);
    mpq_init(e);
    mpfr_mul(norm, slope, d, MPFR_RNDN);
    mpfr_div_ui(norm, norm, 2, MPFR_RNDN);
    if (!mpfr_zero_p(cap))
        mpfr_min(norm, norm, cap, MPFR_RNDN);
    if (!t->uniform) {
        mpfr_set_q(x, t->p, MPFR_RNDN);
        mpfr_add_ui(x, x, 1, MPFR_RNDN);
        mpfr_add_ui(y, x, n, MPFR_RNDN);
        mpfr_gamma(x, x, MPFR_RNDN);
        mpfr_gamma(y, y, MPFR_RNDN);
        mpfr_div(x, x, y, MPFR_RNDN);
        mpfr_pow_ui(y, d, n, MPFR_RNDN);
        mpfr_mul(x, x, y, MPFR_RNDN);
        mpq_inv(e, t->p);
        root(x, x, e);
        mpfr_mul(norm, norm, x, MPFR_RNDN);
    }
    mpq_clear(e);
    mpfr_clears(x, y, (mpfr_ptr)NULL);
}

/* The diameter of norm ε by bisection, up to `most`; false if it is not smaller. */
static bool naive_diameter(mpfr_t d, const learning *t, size_t n, const mpfr_t slope, const mpfr_t cap,
                           const mpq_t tolerance, unsigned long most)
{
    mpfr_t low, high, norm;
    mpfr_inits2(BITS, low, high, norm, (mpfr_ptr)NULL);
    mpfr_set_zero(low, 1);
    mpfr_set_ui(high, most, MPFR_RNDN);
    naive_norm(norm, t, n, slope, cap, high);
    bool smaller = mpfr_cmp_q(norm, tolerance) > 0;
    for (int step = 0; smaller && step < 300; step++) {
        mpfr_add(d, low, high, MPFR_RNDN);
        mpfr_div_ui(d, d, 2, MPFR_RNDN);
        naive_norm(norm, t, n, slope, cap, d);
        mpfr_set(mpfr_cmp_q(norm, tolerance) > 0 ? high : low, d, MPFR_RNDN);
    }
    mpfr_clears(low, high, norm, (mpfr_ptr)NULL);
    return smaller;
}

/* A number of samples that is needed, for deterministic methods, not rounded up. */
static bool naive_needed(mpfr_t x, const learning *t, size_t n, const mpfr_t slope, const mpfr_t cap,
                         const mpq_t tolerance)
{
    mpfr_t d, y;
    mpfr_inits2(BITS, d, y, (mpfr_ptr)NULL);
    bool known = naive_diameter(d, t, n, slope, cap, tolerance, t->uniform ? 2 : 1);
    if (known) {
        mpfr_ui_div(y, 1, d, MPFR_RNDN);
        mpfr_sub_ui(x, y, !t->uniform, MPFR_RNDN);
        mpfr_pow_ui(x, x, n, MPFR_RNDN);
        mpfr_fac_ui(d, n, MPFR_RNDN);
        mpfr_mul(x, x, d, MPFR_RNDN);
        mpfr_ceil(y, y);
        mpfr_sub_ui(y, y, 1, MPFR_RNDN);
        mpfr_pow_ui(y, y, n, MPFR_RNDN);
        if (!t->uniform)
            mpfr_max(x, x, y, MPFR_RNDN);
    }
    mpfr_clears(d, y, (mpfr_ptr)NULL);
    return known;
}

/* The same with chance: the best of k = 1, 2, … as long as the bump is high enough; *complete tells whether
 * these were few. */
static bool naive_chance(mpfr_t x, const learning *t, size_t n, const mpfr_t slope, const mpfr_t cap,
                         const mpq_t tolerance, bool *complete)
{
    mpfr_t y, side;
    bool known = false;
    mpfr_inits2(BITS, y, side, (mpfr_ptr)NULL);
    mpfr_set_zero(x, 1);
    unsigned long k = 1;
    for (; k <= MOST_CELLS; k++) {
        mpfr_set_ui(side, k, MPFR_RNDN);
        mpfr_ui_div(side, 1, side, MPFR_RNDN);
        naive_norm(y, t, n, slope, cap, side);
        if (mpfr_cmp_q(y, tolerance) <= 0)
            break;
        known = true;
        mpfr_ui_div(y, 1, y, MPFR_RNDN);
        mpfr_mul_q(y, y, tolerance, MPFR_RNDN);
        mpfr_ui_sub(y, 1, y, MPFR_RNDN);
        mpfr_ui_div(side, 1, side, MPFR_RNDN);
        mpfr_pow_ui(side, side, n, MPFR_RNDN);
        mpfr_mul(y, y, side, MPFR_RNDN);
        mpfr_max(x, x, y, MPFR_RNDN);
    }
    *complete = *complete && k <= MOST_CELLS;
    mpfr_clears(y, side, (mpfr_ptr)NULL);
    return known;
}

/* The integer that x > 0 stands for as a lower bound; false if x is too close to an integer to tell. */
static bool round_up(mpz_t m, const mpfr_t x)
{
    mpfr_t off;
    mpfr_init2(off, BITS);
    mpfr_rint(off, x, MPFR_RNDN);
    mpfr_sub(off, x, off, MPFR_RNDN);
    mpfr_abs(off, off, MPFR_RNDN);
    bool clear = mpfr_cmp_d(off, 1e-60) > 0;
    mpfr_clear(off);
    mpfr_get_z(m, x, MPFR_RNDU);
    return clear;
}

static void check_naively(const learning *t, const mpq_t tolerance, asked what)
{
    mpfr_t slope, cap, x;
    mpz_t expected, m;
    sample_count result;
    bool clear = true, complete = true;
    mpfr_inits2(BITS, slope, cap, x, (mpfr_ptr)NULL);
    mpz_inits(expected, m, NULL);
    for (size_t n = 1; t->layers >= 3 && n <= t->dimension && 3 * n <= t->width; n++) {
        formulas(slope, cap, t, n);
        if (!(what == CHANCE ? naive_chance(x, t, n, slope, cap, tolerance, &complete)
                             : naive_needed(x, t, n, slope, cap, tolerance)))
            continue;
        clear = round_up(m, x) && clear;
        if (mpz_cmp(m, expected) > 0)
            mpz_set(expected, m);
    }
    count(&result, t, tolerance, what);
    assert_true(result.whole);
    mpz_sub(m, result.number, expected);
    if (complete && (clear ? mpz_sgn(m) != 0 : mpz_cmpabs_ui(m, 1) > 0)) {
        char *words = learning_words(t);
        gmp_printf("%s, tolerance %Qd: %Zd instead of %Zd\n", words, tolerance, result.number, expected);
        fail();
    }
    sample_count_clear(&result);
    mpz_clears(expected, m, NULL);
    mpfr_clears(slope, cap, x, (mpfr_ptr)NULL);
}

static void test_naively(void **state)
{
    (void)state;
    mpq_t tolerance;
    mpq_init(tolerance);
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        learning t;
        rng_seed(&r, seed + k);
        random_learning(&t, &r, MOST_INPUTS);
        random_tolerance(tolerance, &t, &r);
        check_naively(&t, tolerance, NEEDED);
        check_naively(&t, tolerance, CHANCE);
        learning_clear(&t);
    }
    mpq_clear(tolerance);
}

int main(void)
{
    seed = random_seed("complexity");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_errors_by_hand),
        cmocka_unit_test(test_powers_of_ten),
        cmocka_unit_test(test_naively),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
