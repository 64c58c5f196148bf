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
#include "formula_reference.h"
#include "formula_trial.h"
#include "number/rational.h"
#include "random.h"
#include "random_formula.h"

static uint64_t seed;

enum { MOST_INPUTS = 3, EXACT_BITS = 4000 };

/* --- true values ---------------------------------------------------------------------------------------- */

/* low <= u(x) <= high. */
typedef struct truth {
    mpq_t low, high;
} truth;

static void truth_init(truth *v)
{
    mpq_inits(v->low, v->high, NULL);
}

static void truth_clear(truth *v)
{
    mpq_clears(v->low, v->high, NULL);
}

static bool is_rational_at(truth *v, const trial *t, mpq_t *x)
{
    formula_kind kind = formula_exact(v->low, &t->u, t->u.output[0], x);
    expect(t, kind != FORMULA_UNDEFINED, "not defined where an enclosure says it is");
    mpq_set(v->high, v->low);
    return kind == FORMULA_RATIONAL;
}

/* False where the value is not known well enough; also where it is not rational, and MPFR has few exponents.
 */
static bool truth_at(truth *v, const trial *t, mpq_t *x)
{
    if (is_rational_at(v, t, x))
        return true;
    if (mpfr_get_emax() < REFERENCE_PRECISION)
        return false;
    bool tame;
    mpq_t slack;
    mpfr_t value;
    mpq_init(slack);
    mpfr_init2(value, REFERENCE_PRECISION);
    bool known = formula_reference(value, &t->u, t->u.output[0], x, &tame) && tame;
    if (known) {
        mpq_set_ui(slack, 1, 1);
        mpq_div_2exp(slack, slack, REFERENCE_SLACK);
        mpfr_get_q(v->low, value);
        mpq_add(v->high, v->low, slack);
        mpq_sub(v->low, v->low, slack);
    }
    mpfr_clear(value);
    mpq_clear(slack);
    return known;
}

/* Whether the interval meets the value. */
static bool meets(mpfi_srcptr interval, const truth *v)
{
    return mpfr_cmp_q(&interval->left, v->high) <= 0 && mpfr_cmp_q(&interval->right, v->low) >= 0;
}

/* --- boxes and points ----------------------------------------------------------------------------------- */

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

/* A share of an interval: an end, the middle, or any; often very near to an end. */
static void random_share(mpq_t share, rng *r)
{
    unsigned long places[] = {0, 1024, 512, (unsigned long)rng_below(r, 1025)};
    mpq_set_ui(share, places[rng_below(r, 4)], 1024);
    mpq_canonicalize(share);
    if (rng_chance(r, 20))
        mpq_div_2exp(share, share, (mp_bitcnt_t)rng_below(r, 80));
}

static void random_coordinate(mpq_t x, rng *r, const mpq_t lower, const mpq_t upper)
{
    const char *kink = random_kink(r);
    assert_null(rational_parse(x, kink, strlen(kink)));
    if (rng_chance(r, 15) && mpq_cmp(x, lower) >= 0 && mpq_cmp(x, upper) <= 0)
        return;
    mpq_t share;
    mpq_init(share);
    random_share(share, r);
    mpq_sub(x, upper, lower);
    mpq_mul(x, x, share);
    mpq_add(x, x, lower);
    mpq_clear(share);
}

static void random_point(trial *t, rng *r, mpq_t *x)
{
    for (size_t i = 0; i < t->d; i++)
        random_coordinate(x[i], r, t->lower[i], t->upper[i]);
}

/* --- the statements of doc/enclosures.md ---------------------------------------------------------------- */

static void check_value(trial *t, rng *r)
{
    truth v;
    truth_init(&v);
    random_point(t, r, t->x);
    if (truth_at(&v, t, t->x))
        expect(t, meets(enclosure_value(&t->m), &v), "the value is not enclosed");
    truth_clear(&v);
}

/* Section 2, for two points that differ in one coordinate. */
static void check_slope(trial *t, rng *r)
{
    truth v, w;
    mpq_t distance;
    size_t i = (size_t)rng_below(r, t->d);
    truth_init(&v);
    truth_init(&w);
    mpq_init(distance);
    random_point(t, r, t->x);
    for (size_t k = 0; k < t->d; k++)
        mpq_set(t->y[k], t->x[k]);
    random_coordinate(t->y[i], r, t->lower[i], t->upper[i]);
    mpq_sub(distance, t->y[i], t->x[i]);
    if (mpq_sgn(distance) != 0 && is_rational_at(&v, t, t->x) && is_rational_at(&w, t, t->y)) {
        mpq_sub(v.low, w.low, v.low);
        mpq_div(v.low, v.low, distance);
        mpq_set(v.high, v.low);
        expect(t, meets(enclosure_gradient(&t->m, i), &v), "a slope is not enclosed");
    }
    mpq_clear(distance);
    truth_clear(&v);
    truth_clear(&w);
}

/* What is known about second derivatives on the box: the registers are used again for the middle. */
typedef struct second {
    mpfi_t hessian[MOST_INPUTS][MOST_INPUTS];
    bool smooth; /* bounded in all directions that are not flat */
} second;

static bool is_flat(const trial *t, size_t i)
{
    return mpq_equal(t->lower[i], t->upper[i]) != 0;
}

static void second_init(second *s, const trial *t)
{
    s->smooth = true;
    for (size_t i = 0; i < t->d; i++) {
        for (size_t j = 0; j < t->d; j++) {
            mpfi_srcptr h = enclosure_hessian(&t->m, i, j);
            mpfi_init2(s->hessian[i][j], mpfi_get_prec(h));
            mpfi_set(s->hessian[i][j], h);
            if (!mpfi_bounded_p(h) && !is_flat(t, i) && !is_flat(t, j))
                s->smooth = false;
        }
    }
}

static void second_clear(second *s, const trial *t)
{
    for (size_t i = 0; i < t->d; i++) {
        for (size_t j = 0; j < t->d; j++)
            mpfi_clear(s->hessian[i][j]);
    }
}

/* sum += factor · a · b, as if exactly */
static void add_term(mpfi_ptr sum, mpfi_srcptr factor, const mpq_t a, const mpq_t b)
{
    mpfi_t term;
    mpfi_init2(term, EXACT_BITS);
    mpfi_mul_q(term, factor, a);
    mpfi_mul_q(term, term, b);
    mpfi_add(sum, sum, term);
    mpfi_clear(term);
}

/* Section 3: u(x) lies in v + Σ g_i t_i + 1/2 Σ H_ij t_i t_j; the enclosure has v and g. */
static void check_taylor(trial *t, rng *r, const second *s, mpq_t *middle)
{
    truth v;
    mpfi_t sum;
    mpq_t one, half;
    truth_init(&v);
    mpfi_init2(sum, EXACT_BITS);
    mpfi_set(sum, enclosure_value(&t->m));
    mpq_inits(one, half, NULL);
    mpq_set_ui(one, 1, 1);
    mpq_set_ui(half, 1, 2);
    random_point(t, r, t->x);
    for (size_t i = 0; i < t->d; i++)
        mpq_sub(t->y[i], t->x[i], middle[i]);
    for (size_t i = 0; i < t->d; i++) {
        if (is_flat(t, i))
            continue;
        add_term(sum, enclosure_gradient(&t->m, i), t->y[i], one);
        for (size_t j = 0; j < t->d; j++) {
            mpq_mul(v.low, t->y[i], half);
            if (!is_flat(t, j))
                add_term(sum, s->hessian[i][j], v.low, t->y[j]);
        }
    }
    if (truth_at(&v, t, t->x))
        expect(t, meets(sum, &v), "a value is not in Taylor's formula");
    mpq_clears(one, half, NULL);
    mpfi_clear(sum);
    truth_clear(&v);
}

/* Section 4. */
static void check_tangent(trial *t, rng *r)
{
    const tangent *f = &t->form;
    truth v;
    mpq_t sum, term;
    truth_init(&v);
    mpq_inits(sum, term, NULL);
    random_point(t, r, t->x);
    mpq_set(sum, f->value);
    for (size_t i = 0; i < t->d; i++) {
        mpq_sub(term, t->x[i], f->centre[i]);
        mpq_mul(term, term, f->slope[i]);
        mpq_add(sum, sum, term);
    }
    if (truth_at(&v, t, t->x)) {
        mpq_sub(term, sum, f->error);
        expect(t, mpq_cmp(v.high, term) >= 0, "a value is below the linear enclosure");
        mpq_add(term, sum, f->error);
        expect(t, mpq_cmp(v.low, term) <= 0, "a value is above the linear enclosure");
    }
    mpq_clears(sum, term, NULL);
    truth_clear(&v);
}

/* An enclosure at a point, by the way in which witnesses are evaluated. */
static void check_point(trial *t, rng *r)
{
    truth v;
    mpq_t width, low, high;
    bool narrow;
    truth_init(&v);
    mpq_inits(width, low, high, NULL);
    mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, (mp_bitcnt_t)rng_below(r, 120));
    random_point(t, r, t->x);
    if (enclosure_point(&t->m, 0, t->x, width, low, high, &narrow) == DOMAIN_INSIDE &&
        truth_at(&v, t, t->x)) {
        expect(t, mpq_cmp(low, v.high) <= 0 && mpq_cmp(high, v.low) >= 0, "a value at a point");
        mpq_sub(high, high, low);
        expect(t, narrow == (mpq_cmp(high, width) <= 0), "whether it is narrow");
    }
    mpq_clears(width, low, high, NULL);
    truth_clear(&v);
}

/* --- random formulas ------------------------------------------------------------------------------------ */

typedef struct tally {
    size_t inside, smooth, forms[3];
} tally;

/* The middle, as tangent.c takes it, or any other point. */
static void look_at_middle(trial *t, rng *r, const second *s)
{
    mpq_t *middle = rationals_new(t->d);
    for (size_t i = 0; i < t->d; i++) {
        mpq_add(middle[i], t->lower[i], t->upper[i]);
        mpq_div_2exp(middle[i], middle[i], 1);
    }
    if (rng_chance(r, 20))
        random_point(t, r, middle);
    if (enclosure_middle(&t->m, middle, 1) == DOMAIN_INSIDE) {
        for (int k = 0; k < 4; k++)
            check_taylor(t, r, s, middle);
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
    for (int k = 0; k < 3; k++) {
        check_value(t, r);
        check_slope(t, r);
    }
    second s;
    second_init(&s, t);
    n->smooth += s.smooth;
    if (s.smooth)
        look_at_middle(t, r, &s);
    second_clear(&s, t);
    check_point(t, r);
    if (tangent_enclose(&t->form, &t->m, 0, t->lower, t->upper, order, tolerance) != DOMAIN_INSIDE)
        return;
    n->forms[t->form.order]++;
    for (int k = 0; k < 4; k++)
        check_tangent(t, r);
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
    size_t cases = random_effort(3000);
    look_at_formulas(cases, false, &n);
    assert_true(n.inside > cases && n.smooth > cases / 2);
    assert_true(n.forms[0] > cases / 10 && n.forms[1] > cases / 10 && n.forms[2] > cases / 10);
}

static void test_other_formulas(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(800);
    look_at_formulas(cases, true, &n);
    assert_true(n.inside > cases && n.smooth > cases / 4 && n.forms[2] > cases / 10);
}

/* With so few exponents numbers are often too large or too small for MPFR. Each of the ends that are then
 * infinite, 0 or the least number must still be on its side. */
static void test_few_exponents(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(2000);
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
                check_tangent(&t, &r);
        }
        for (int n = 0; n < 20; n++)
            check_point(&t, &r);
        trial_clear(&t);
    }
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
        cmocka_unit_test(test_tiny_values),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
