/* Enclosures against exact values: formulas that are rational at rational points, on boxes with kinks and
 * ties in the middle and at the ends, of widths from 2^-300 to 2^60. No slack is given, so that an end that
 * is rounded the wrong way shows. Formulas with other operations are compared with MPFR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arrays.h"
#include "enclosure_check.h"
#include "number/rational.h"
#include "random.h"
#include "random_formula.h"

static uint64_t seed;

/* --- boxes ---------------------------------------------------------------------------------------------- */

/* (1 … 15 or a third of it) · 2^e */
static void random_width(mpq_t h, rng *r, bool extreme)
{
    long e = extreme && rng_chance(r, 60) ? rng_between(r, -300, 60) : rng_between(r, -6, 2);
    mpq_set_si(h, rng_between(r, 1, 15), rng_chance(r, 30) ? 3 : 1);
    mpq_canonicalize(h);
    if (e < 0)
        mpq_div_2exp(h, h, (mp_bitcnt_t)-e);
    else
        mpq_mul_2exp(h, h, (mp_bitcnt_t)e);
}

/* A kink in the middle of each side, or at one end of it; some sides are flat. */
static void random_box(trial *t, rng *r, bool extreme)
{
    mpq_t h;
    mpq_init(h);
    for (size_t i = 0; i < t->d; i++) {
        const char *kink = random_kink(r);
        assert_null(rational_parse(t->lower[i], kink, strlen(kink)));
        mpq_set(t->upper[i], t->lower[i]);
        random_width(h, r, extreme);
        uint64_t kind = rng_below(r, 10);
        if (kind != 0 && kind != 1)
            mpq_add(t->upper[i], t->upper[i], h);
        if (kind != 0 && kind != 2)
            mpq_sub(t->lower[i], t->lower[i], h);
    }
    mpq_clear(h);
}

/* --- random formulas ------------------------------------------------------------------------------------ */

typedef struct tally {
    size_t inside, smooth, forms[3];
} tally;

/* The middle, as tangent.c takes it, or any other point. */
static void look_at_middle(trial *t, rng *r, const second_order *s)
{
    mpq_t *middle = rationals_new(t->d);
    for (size_t i = 0; i < t->d; i++) {
        mpq_add(middle[i], t->lower[i], t->upper[i]);
        mpq_div_2exp(middle[i], middle[i], 1);
    }
    if (rng_chance(r, 20))
        trial_point(t, r, middle);
    if (enclosure_middle(&t->m, middle, 1) == DOMAIN_INSIDE) {
        for (int k = 0; k < 4; k++)
            enclosure_check_taylor(t, r, s, middle);
    }
    rationals_free(middle, t->d);
}

static void look_at_box(trial *t, rng *r, tally *n)
{
    static const double tolerances[] = {1, 1e-12, 1e-300};
    int order = 2 - (int)rng_below(r, 3);
    double tolerance = tolerances[rng_below(r, 3)];
    if (enclosure_box(&t->m, 0, t->lower, t->upper, 2, 64) != DOMAIN_INSIDE)
        return;
    n->inside++;
    enclosure_check_settled(t);
    for (int k = 0; k < 3; k++) {
        enclosure_check_value(t, r);
        enclosure_check_slope(t, r);
    }
    second_order s;
    second_order_init(&s, t);
    n->smooth += s.smooth;
    if (s.smooth)
        look_at_middle(t, r, &s);
    second_order_clear(&s, t);
    enclosure_check_point(t, r);
    if (tangent_enclose(&t->form, &t->m, 0, t->lower, t->upper, order, tolerance) != DOMAIN_INSIDE)
        return;
    n->forms[t->form.order]++;
    for (int k = 0; k < 4; k++)
        enclosure_check_tangent(t, r);
}

static void look_at_formulas(size_t cases, bool smooth, tally *n)
{
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        size_t d = 1 + (size_t)rng_below(&r, MOST_INPUTS), size = 1 + (size_t)rng_below(&r, 5);
        char *text = random_kinked_formula(&r, d, size, smooth || rng_chance(&r, 50) ? 0 : 300, smooth);
        trial t;
        if (trial_init(&t, text, d)) {
            t.seed = seed + k;
            for (int box = 0; box < 2; box++) {
                random_box(&t, &r, !smooth);
                look_at_box(&t, &r, n);
            }
            trial_clear(&t);
        }
        free(text);
    }
    print_message("%zu inside, %zu smooth, linear enclosures of order 0, 1, 2: %zu, %zu, %zu\n", n->inside,
                  n->smooth, n->forms[0], n->forms[1], n->forms[2]);
}

static void test_rational_formulas(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(2500);
    look_at_formulas(cases, false, &n);
    assert_true(n.inside > cases && n.smooth > cases / 2);
    assert_true(n.forms[0] > cases / 10 && n.forms[1] > cases / 10 && n.forms[2] > cases / 10);
}

static void test_other_formulas(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(600);
    look_at_formulas(cases, true, &n);
    assert_true(n.inside > cases && n.smooth > cases / 4 && n.forms[2] > cases / 10);
}

/* With so few exponents numbers are often too large or too small for MPFR. Each of the ends that are then
 * infinite, 0 or the least number must still be on its side. */
static void test_few_exponents(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(1500);
    mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
    mpfr_set_emin(-50);
    mpfr_set_emax(50);
    look_at_formulas(cases, false, &n);
    mpfr_set_emin(least);
    mpfr_set_emax(most);
    assert_true(n.inside > cases / 2);
}

/* What is affine has an exact range, which may be too large as well. */
static void test_affine_and_too_large(void **state)
{
    (void)state;
    mpfr_exp_t most = mpfr_get_emax();
    trial t;
    error e = ERROR_NONE;
    trial_start(&t, "0*x9+2*x8-1", 9, "0", "1e30");
    mpfr_set_emax(80);
    assert_int_equal(enclosure_box(&t.m, 0, t.lower, t.upper, 2, 64), DOMAIN_PERHAPS);
    enclosure_complain(&t.m, "f", &e);
    expect(&t, strstr(e.message, "'-' is too large") != NULL, e.message);
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1), DOMAIN_PERHAPS);
    mpfr_set_emax(most);
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1), DOMAIN_INSIDE);
    error_clear(&e);
    trial_clear(&t);
}

/* --- by hand -------------------------------------------------------------------------------------------- */

/* The gradient at 0 is that of the branch on [-1, 1], whichever operand comes first; where there is none, it
 * is the hull. On the box [0, 0] itself, it may be anything. */
static void test_branches_are_kept(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double left, right;
    } cases[] = {{"relu(-abs(x1))", 0, 0},
                 {"max(0,-abs(x1))", 0, 0},
                 {"max(-abs(x1),0)", 0, 0},
                 {"min(0,abs(x1))", 0, 0},
                 {"min(abs(x1),0)", 0, 0},
                 {"x1*relu(-abs(x1))", 0, 0},
                 {"max(-abs(x1),x1^2)", 0, 0},
                 {"max(x1^2,-abs(x1))", 0, 0},
                 {"min(abs(x1),-x1^2)", 0, 0},
                 {"min(-x1^2,abs(x1))", 0, 0},
                 {"abs(-1-abs(x1))", -1, 1},
                 {"abs(x1)", -1, 1},
                 {"relu(x1)", 0, 1},
                 {"relu(-x1)", -1, 0},
                 {"max(2*x1,-3*x1)", -3, 2},
                 {"sqrt(relu(-abs(x1)))", 0, 0},
                 {"relu(-sqrt(abs(x1)))", 0, 0},
                 {"x1+relu(x1-1)+relu(-1-x1)", 1, 1},
                 {"relu(-abs(x1))/(2+x1)", 0, 0},
                 {"x1/(2+relu(-abs(x1)))", .5, .5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        trial_start(&t, cases[k].text, 1, "-1", "1");
        expect(&t, enclosure_box(&t.m, 0, t.lower, t.upper, 1, 64) == DOMAIN_INSIDE, "not inside");
        expect(&t, enclosure_middle(&t.m, t.x, 1) == DOMAIN_INSIDE, "not inside at 0");
        mpfi_srcptr g = enclosure_gradient(&t.m, 0);
        expect(&t, mpfr_cmp_d(&g->left, cases[k].left) == 0 && mpfr_cmp_d(&g->right, cases[k].right) == 0,
               "another gradient was expected");
        trial_clear(&t);
    }
}

/* No gradient at a point without one on a box. */
static void test_no_middle_without_a_box(void **state)
{
    (void)state;
    trial t;
    trial_start(&t, "log(x1)", 1, "1", "2");
    mpq_set_ui(t.x[0], 3, 2);
    assert_int_equal(enclosure_box(&t.m, 0, t.lower, t.upper, 0, 64), DOMAIN_INSIDE);
    assert_int_equal(enclosure_middle(&t.m, t.x, 1), DOMAIN_PERHAPS);
    assert_int_equal(enclosure_middle(&t.m, t.x, 0), DOMAIN_INSIDE);
    assert_int_equal(enclosure_box(&t.m, 0, t.lower, t.upper, 1, 64), DOMAIN_INSIDE);
    assert_int_equal(enclosure_middle(&t.m, t.x, 1), DOMAIN_INSIDE);
    mpq_set_si(t.lower[0], -1, 1);
    assert_int_equal(enclosure_box(&t.m, 0, t.lower, t.upper, 1, 64), DOMAIN_PERHAPS);
    assert_int_equal(enclosure_middle(&t.m, t.x, 0), DOMAIN_PERHAPS);
    trial_clear(&t);
}

static int free_caches(void **state)
{
    (void)state;
    mpfr_free_cache();
    return 0;
}

int main(void)
{
    seed = random_seed("enclosure_kinks");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rational_formulas), cmocka_unit_test(test_other_formulas),
        cmocka_unit_test(test_few_exponents),     cmocka_unit_test(test_affine_and_too_large),
        cmocka_unit_test(test_branches_are_kept), cmocka_unit_test(test_no_middle_without_a_box),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
