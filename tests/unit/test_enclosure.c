/* Enclosures of formulas against values that plain MPFR calculates at 1000 bits: on random formulas and
 * boxes, at the edges of domains, for huge and tiny numbers. The statements about derivatives are tested as
 * they are meant, on quotients of differences between far points of a box; no derivative is calculated a
 * second way. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arrays.h"
#include "base/memory.h"
#include "formula_reference.h"
#include "formula_trial.h"
#include "number/rational.h"
#include "random.h"
#include "random_formula.h"
#include "target/dyadic.h"
#include "target/estimate.h"
#include "target/tangent.h"

static uint64_t seed;

enum { MOST_INPUTS = 3 };

static domain trial_box(trial *t, int order)
{
    return enclosure_box(&t->m, 0, t->lower, t->upper, order, 64);
}

/* --- comparing ------------------------------------------------------------------------------------------ */

/* Whether the interval contains the number, which is right to REFERENCE_SLACK bits. */
static bool contains(mpfi_srcptr interval, const mpfr_t number)
{
    mpfr_t slack, end;
    mpfr_init2(slack, 64);
    mpfr_init2(end, REFERENCE_PRECISION);
    mpfr_set_ui_2exp(slack, 1, -REFERENCE_SLACK, MPFR_RNDU);
    mpfr_add(end, number, slack, MPFR_RNDU);
    bool good = mpfr_lessequal_p(&interval->left, end) != 0;
    mpfr_sub(end, number, slack, MPFR_RNDD);
    good = good && mpfr_greaterequal_p(&interval->right, end);
    mpfr_clear(slack);
    mpfr_clear(end);
    return good;
}

/* A point of the box, often on its edges, with short coordinates. */
static void random_point(trial *t, rng *r, mpq_t *x)
{
    mpq_t share;
    mpq_init(share);
    for (size_t i = 0; i < t->d; i++) {
        long place = rng_chance(r, 30) ? (rng_chance(r, 50) ? 0 : 1 << 20) : rng_between(r, 0, 1 << 20);
        mpq_set_si(share, place, 1 << 20);
        mpq_canonicalize(share);
        mpq_sub(x[i], t->upper[i], t->lower[i]);
        mpq_mul(x[i], x[i], share);
        mpq_add(x[i], x[i], t->lower[i]);
    }
    mpq_clear(share);
}

/* A random number of 60 bits between 0 and 2^-6, or 0. */
static void random_shift(mpq_t shift, rng *r)
{
    mpq_set_ui(shift, 0, 1);
    if (rng_chance(r, 30))
        rng_integer(mpq_numref(shift), r, 54);
    mpq_div_2exp(shift, shift, 60);
}

/* A box of numbers with few bits or with 60: a point, tiny, small or large. */
static void random_box(trial *t, rng *r)
{
    mpq_t shift;
    mpq_init(shift);
    long bits = rng_chance(r, 25) ? -1 : rng_chance(r, 40) ? rng_between(r, 0, 2) : rng_between(r, 3, 30);
    for (size_t i = 0; i < t->d; i++) {
        mpq_set_si(t->lower[i], rng_between(r, -12288, 12288), 1 << 12);
        if (rng_chance(r, 10))
            mpq_set_si(t->lower[i], rng_between(r, -1, 1), 1);
        mpq_canonicalize(t->lower[i]);
        mpq_set_si(t->upper[i], bits < 0 || rng_chance(r, 10) ? 0 : rng_between(r, 1, 24), 8);
        mpq_canonicalize(t->upper[i]);
        mpq_div_2exp(t->upper[i], t->upper[i], bits < 0 ? 0 : (mp_bitcnt_t)bits);
        random_shift(shift, r);
        mpq_add(t->lower[i], t->lower[i], shift);
        mpq_add(t->upper[i], t->upper[i], t->lower[i]);
    }
    mpq_clear(shift);
}

static bool value_at(mpfr_t value, const trial *t, mpq_t *x, bool *tame)
{
    return formula_reference(value, &t->u, t->u.output[0], x, tame);
}

static void check_value(trial *t, rng *r)
{
    bool tame = true;
    mpfr_t v;
    mpfr_init2(v, REFERENCE_PRECISION);
    random_point(t, r, t->x);
    expect(t, value_at(v, t, t->x, &tame) || !tame, "not defined where the enclosure says it is");
    expect(t, !tame || contains(enclosure_value(&t->m), v), "the value is not enclosed");
    mpfr_clear(v);
}

/* difference = u(..) - u(..), over the distance of the points in direction i. */
static void divide_by_distance(mpfr_t difference, const mpq_t from, const mpq_t to)
{
    mpq_t distance;
    mpq_init(distance);
    mpq_sub(distance, to, from);
    mpfr_div_q(difference, difference, distance, MPFR_RNDN);
    mpq_clear(distance);
}

/* (u(y) - u(x)) / (y_i - x_i), for points that differ in x_i only, lies in the i-th interval of the gradient.
 */
static void check_gradient(trial *t, rng *r)
{
    bool tame = true, also = true;
    size_t i = (size_t)rng_below(r, t->d);
    mpfr_t u, v;
    mpfr_init2(u, REFERENCE_PRECISION);
    mpfr_init2(v, REFERENCE_PRECISION);
    random_point(t, r, t->x);
    random_point(t, r, t->y);
    for (size_t k = 0; k < t->d; k++) {
        if (k != i)
            mpq_set(t->y[k], t->x[k]);
    }
    if (!mpq_equal(t->x[i], t->y[i]) && value_at(u, t, t->x, &tame) && value_at(v, t, t->y, &also) && tame &&
        also) {
        mpfr_sub(v, v, u, MPFR_RNDN);
        divide_by_distance(v, t->x[i], t->y[i]);
        expect(t, contains(enclosure_gradient(&t->m, i), v), "a slope is not enclosed by the gradient");
    }
    mpfr_clear(u);
    mpfr_clear(v);
}

/* Second differences: over x, x + a, x + b, x + a + b, with a and b in directions i and j, divided by both
 * distances. They lie in the interval of the Hessian by the mean value theorem, if u is twice continuously
 * differentiable. */
static void check_hessian(trial *t, rng *r)
{
    bool tame = true, all = true;
    size_t i = (size_t)rng_below(r, t->d), j = (size_t)rng_below(r, t->d);
    mpq_t *p = rationals_new(t->d);
    mpfr_t v, sum;
    mpfr_init2(v, REFERENCE_PRECISION);
    mpfr_init2(sum, REFERENCE_PRECISION);
    mpfr_set_zero(sum, 1);
    random_point(t, r, t->x);
    random_point(t, r, t->y);
    if (i == j) { /* x + a + a must be in the box */
        mpq_add(t->y[i], t->y[i], t->x[i]);
        mpq_div_2exp(t->y[i], t->y[i], 1);
    }
    for (int corner = 0; corner < 4; corner++) {
        for (size_t k = 0; k < t->d; k++)
            mpq_set(p[k], t->x[k]);
        for (int side = 0; side < 2; side++) {
            size_t k = side == 0 ? i : j;
            if (corner >> side & 1) {
                mpq_add(p[k], p[k], t->y[k]);
                mpq_sub(p[k], p[k], t->x[k]);
            }
        }
        all = value_at(v, t, p, &tame) && tame && all;
        if (corner == 0 || corner == 3)
            mpfr_add(sum, sum, v, MPFR_RNDN);
        else
            mpfr_sub(sum, sum, v, MPFR_RNDN);
    }
    if (all && !mpq_equal(t->x[i], t->y[i]) && !mpq_equal(t->x[j], t->y[j])) {
        divide_by_distance(sum, t->x[i], t->y[i]);
        divide_by_distance(sum, t->x[j], t->y[j]);
        expect(t, contains(enclosure_hessian(&t->m, i, j), sum),
               "a second difference is not enclosed by the Hessian");
    }
    mpfr_clear(v);
    mpfr_clear(sum);
    rationals_free(p, t->d);
}

/* |u(x) - value - slope·(x - centre)| <= error */
static void check_tangent(trial *t, rng *r)
{
    bool tame = true;
    const tangent *f = &t->form;
    mpq_t sum, term;
    mpfr_t v;
    mpq_inits(sum, term, NULL);
    mpfr_init2(v, REFERENCE_PRECISION);
    random_point(t, r, t->x);
    mpq_set(sum, f->value);
    for (size_t i = 0; i < t->d; i++) {
        mpq_sub(term, t->x[i], f->centre[i]);
        mpq_mul(term, term, f->slope[i]);
        mpq_add(sum, sum, term);
    }
    expect(t, value_at(v, t, t->x, &tame) || !tame, "not defined where the linear enclosure says it is");
    mpfr_sub_q(v, v, sum, MPFR_RNDN);
    mpfr_abs(v, v, MPFR_RNDN);
    mpq_set_ui(term, 1, 1);
    mpq_div_2exp(term, term, REFERENCE_SLACK);
    mpq_add(term, term, f->error);
    bool far = mpq_get_d(f->error) > 1e100; /* from what 1000 bits can tell */
    expect(t, !tame || far || mpfr_cmp_q(v, term) <= 0, "a value is not in the linear enclosure");
    mpq_clears(sum, term, NULL);
    mpfr_clear(v);
}

static void check_undefined(trial *t, rng *r)
{
    mpfr_t v;
    mpfr_init2(v, REFERENCE_PRECISION);
    random_point(t, r, t->x);
    bool tame;
    expect(t, !value_at(v, t, t->x, &tame) || !tame, "defined where the enclosure says it is not");
    mpfr_clear(v);
}

static void check_complaint(trial *t)
{
    error e = ERROR_NONE;
    assert_false(enclosure_complain(&t->m, "f", &e));
    expect(t, strcmp(e.file, "f") == 0 && e.line == 1 && strncmp(e.message, "column ", 7) == 0, e.message);
    error_clear(&e);
}

/* --- random formulas ------------------------------------------------------------------------------------ */

typedef struct tally {
    size_t inside, perhaps, outside, smooth, second;
} tally;

static bool is_smooth(const trial *t)
{
    for (size_t i = 0; i < t->d; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (!mpfi_bounded_p(enclosure_hessian(&t->m, i, j)))
                return false;
        }
    }
    return true;
}

static void look_at_box(trial *t, rng *r, tally *n)
{
    static const int orders[] = {2, 2, 1, 0};
    int order = orders[rng_below(r, 4)];
    domain d = trial_box(t, order);
    n->inside += d == DOMAIN_INSIDE;
    n->perhaps += d == DOMAIN_PERHAPS;
    n->outside += d == DOMAIN_OUTSIDE;
    if (d != DOMAIN_INSIDE) {
        check_complaint(t);
        if (d == DOMAIN_OUTSIDE)
            check_undefined(t, r);
        return;
    }
    bool smooth = order == 2 && is_smooth(t);
    n->smooth += smooth;
    for (int k = 0; k < 4; k++) {
        check_value(t, r);
        if (order >= 1)
            check_gradient(t, r);
        if (smooth)
            check_hessian(t, r);
    }
    if (tangent_enclose(&t->form, &t->m, 0, t->lower, t->upper, order, 1e-12) != DOMAIN_INSIDE)
        return;
    n->second += t->form.order == 2;
    for (int k = 0; k < 4; k++)
        check_tangent(t, r);
}

/* Many of the formulas have one or two operations, and many of the boxes are points: there, the interval is a
 * few last bits wide, and an end that is rounded the wrong way shows. */
static void test_random_formulas(void **state)
{
    (void)state;
    tally n = {0};
    size_t cases = random_effort(6000);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        size_t d = 1 + (size_t)rng_below(&r, MOST_INPUTS);
        char *text = random_formula(&r, d, 1 + (size_t)rng_below(&r, rng_chance(&r, 50) ? 2 : 8));
        trial t;
        if (trial_init(&t, text, d)) {
            t.seed = seed + k;
            random_box(&t, &r);
            look_at_box(&t, &r, &n);
            trial_clear(&t);
        }
        free(text);
    }
    assert_true(n.inside > cases / 4 && n.outside > cases / 50 && n.perhaps > cases / 100);
    assert_true(n.smooth > cases / 16 && n.second > cases / 50);
}

/* The distance of a number to an interval, relative to the latter's ends; infinite or NaN if the number is.
 */
static double distance(double number, mpfi_srcptr interval)
{
    double left = mpfr_get_d(&interval->left, MPFR_RNDD), right = mpfr_get_d(&interval->right, MPFR_RNDU);
    double scale = 1 + fmax(fabs(left), fabs(right));
    return number < left    ? (left - number) / scale
           : number > right ? (number - right) / scale
                            : number - number;
}

/* Estimates at the lower corner of the box: undefined if that is certain; whether they agree with the
 * enclosures is counted. */
static void look_at_estimate(trial *t, size_t *compared, size_t *agreed)
{
    estimate s;
    estimate_init(&s, &t->u);
    double x[2] = {mpq_get_d(t->lower[0]), mpq_get_d(t->lower[1])}, gradient[2];
    double v = estimate_at(&s, 0, x, gradient);
    domain d = enclosure_box(&t->m, 0, t->lower, t->lower, 1, 64);
    expect(t, d != DOMAIN_OUTSIDE || isnan(v), "an estimate of what is not defined");
    expect(t, isfinite(v) || isnan(v), "an infinite estimate");
    if (d == DOMAIN_INSIDE && mpfi_bounded_p(enclosure_gradient(&t->m, 0)) && isfinite(v) && fabs(v) < 1e6) {
        ++*compared;
        *agreed += distance(v, enclosure_value(&t->m)) < 1e-6 &&
                   (!isfinite(gradient[0]) || distance(gradient[0], enclosure_gradient(&t->m, 0)) < 1e-4);
    }
    estimate_clear(&s);
}

/* Nothing is promised about estimates; but with few exceptions, where rounding is amplified, they are good.
 */
static void test_estimates(void **state)
{
    (void)state;
    size_t compared = 0, agreed = 0, cases = random_effort(1500);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        char *text = random_formula(&r, 2, 1 + (size_t)rng_below(&r, 6));
        trial t;
        if (trial_init(&t, text, 2)) {
            t.seed = seed + k;
            random_box(&t, &r);
            look_at_estimate(&t, &compared, &agreed);
            trial_clear(&t);
        }
        free(text);
    }
    assert_true(compared > cases / 4);
    assert_true(agreed >= compared - compared / 100);
}

/* Ends of ranges that are powers of the box's ends, which must not be rounded inward. */
static void test_ends_of_powers(void **state)
{
    (void)state;
    static const char *const texts[] = {"x1^2",     "x1^4",      "x1^3", "x1^-2", "x1^-3",
                                        "x1^(1/3)", "x1^(-1/3)", "x1^0", "x1*x1"};
    for (size_t k = 0; k < random_effort(2000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        trial_start(&t, texts[k % (sizeof texts / sizeof *texts)], 1, "0", "0");
        t.seed = seed + k;
        for (int end = 0; end < 2; end++) {
            mpq_t *x = end == 0 ? t.lower : t.upper;
            rng_integer(mpq_numref(x[0]), &r, 60);
            if (rng_chance(&r, 50))
                mpq_neg(x[0], x[0]);
            mpq_div_2exp(x[0], x[0], 59);
        }
        if (mpq_cmp(t.lower[0], t.upper[0]) > 0)
            mpq_swap(t.lower[0], t.upper[0]);
        for (int m = 0; m < 4 && trial_box(&t, 0) == DOMAIN_INSIDE; m++)
            check_value(&t, &r);
        trial_clear(&t);
    }
}

/* --- domains -------------------------------------------------------------------------------------------- */

static void test_every_domain(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lower, *upper;
        domain expected;
        const char *message; /* NULL: inside */
    } cases[] = {
        {"log(x1)", "0", "1", DOMAIN_PERHAPS,
         "column 1: the argument of 'log' is in [0, 1], but must be positive"},
        {"log(x1)", "-1", "0", DOMAIN_OUTSIDE,
         "column 1: the argument of 'log' is in [-1, 0], but must be positive"},
        {"1+log(x1-1/3)", "0", "1", DOMAIN_PERHAPS,
         "column 3: the argument of 'log' is in [-0.333334, 0.666667], but"},
        {"log(x1)", "1/3", "1", DOMAIN_INSIDE, NULL},
        {"sqrt(x1)", "-1", "1", DOMAIN_PERHAPS,
         "column 1: the argument of 'sqrt' is in [-1, 1], but must not be negative"},
        {"sqrt(x1)", "-2", "-1", DOMAIN_OUTSIDE, "column 1: the argument of 'sqrt' is in [-2, -1]"},
        {"sqrt(x1)", "-1", "0", DOMAIN_PERHAPS, "column 1: the argument of 'sqrt' is in [-1, 0]"},
        {"sqrt(x1)", "0", "1", DOMAIN_INSIDE, NULL},
        {"sqrt(x1-1/3)", "1/3", "1", DOMAIN_INSIDE, NULL},
        {"sqrt(3*x1-x2*2-1/3)", "1/3", "1/3", DOMAIN_INSIDE, NULL},
        {"sqrt(0.1+0.2-x1)", "0.3", "0.3", DOMAIN_INSIDE, NULL},
        {"asin(x1)", "-1", "1", DOMAIN_INSIDE, NULL},
        {"acos(3*x1)", "-1/3", "1/3", DOMAIN_INSIDE, NULL},
        {"asin(x1)", "-2", "1/2", DOMAIN_PERHAPS,
         "column 1: the argument of 'asin' is in [-2, 0.5], but must be between -1 and 1"},
        {"acos(x1)", "-2", "2", DOMAIN_PERHAPS,
         "column 1: the argument of 'acos' is in [-2, 2], but must be between -1 and 1"},
        {"asin(x1)", "0", "2", DOMAIN_PERHAPS,
         "column 1: the argument of 'asin' is in [0, 2], but must be between -1 and 1"},
        {"acos(x1)", "2", "3", DOMAIN_OUTSIDE, "column 1: the argument of 'acos' is in [2, 3]"},
        {"acos(x1)", "-3", "-2", DOMAIN_OUTSIDE, "column 1: the argument of 'acos' is in [-3, -2]"},
        {"2/x1", "-1", "2", DOMAIN_PERHAPS, "column 2: the divisor of '/' is in [-1, 2], but must not be 0"},
        {"2/x1", "0", "0", DOMAIN_OUTSIDE, "column 2: the divisor of '/' is in [0, 0], but must not be 0"},
        {"2/(x1-x1)", "0", "1", DOMAIN_OUTSIDE, "column 2: the divisor of '/' is in [0, 0]"},
        {"2/x1", "1", "2", DOMAIN_INSIDE, NULL},
        {"x1^-2", "-1", "1", DOMAIN_PERHAPS,
         "column 3: the argument of '^' is in [-1, 1], but must not be 0"},
        {"x1^-2", "0", "0", DOMAIN_OUTSIDE, "column 3: the argument of '^' is in [0, 0], but must not be 0"},
        {"x1^-3", "-2", "-1", DOMAIN_INSIDE, NULL},
        {"x1^(1/3)", "-1", "1", DOMAIN_PERHAPS,
         "column 3: the argument of '^' is in [-1, 1], but must not be negative"},
        {"x1^(1/3)", "-2", "-1", DOMAIN_OUTSIDE, "column 3: the argument of '^' is in [-2, -1]"},
        {"x1^(1/3)", "0", "1", DOMAIN_INSIDE, NULL},
        {"x1^(-1/3)", "0", "1", DOMAIN_PERHAPS,
         "column 3: the argument of '^' is in [0, 1], but must be positive"},
        {"x1^(-1/3)", "0", "0", DOMAIN_OUTSIDE,
         "column 3: the argument of '^' is in [0, 0], but must be positive"},
        {"tan(x1)", "1", "2", DOMAIN_PERHAPS, "column 1: 'tan' is too large or has a pole here: [1, 2]"},
        {"tan(pi/2)", "1", "2", DOMAIN_PERHAPS, "column 1: 'tan'"},
        {"tan(x1)", "-1.5", "1.5", DOMAIN_INSIDE, NULL},
        {"exp(exp(x1))", "0", "100", DOMAIN_PERHAPS, "column 1: 'exp' is too large"},
        {"exp(x1)*exp(x1)", "1e8", "7e8", DOMAIN_PERHAPS, "column 8: '*' is too large"},
        {"log(-1)", "0", "1", DOMAIN_OUTSIDE, "column 1: the argument of 'log' is in [-1, -1]"},
        {"abs(x1)+relu(x1)+min(x1,0)", "-1", "1", DOMAIN_INSIDE, NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        error e = ERROR_NONE;
        trial_start(&t, cases[k].text, 2, cases[k].lower, cases[k].upper);
        for (int order = 0; order <= 2; order++)
            expect(&t, trial_box(&t, order) == cases[k].expected, "another domain was expected");
        if (cases[k].message != NULL) {
            enclosure_complain(&t.m, "f", &e);
            expect(&t, strncmp(e.message, cases[k].message, strlen(cases[k].message)) == 0, e.message);
        }
        domain form = tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-12);
        expect(&t, form == cases[k].expected, "another domain of the linear enclosure was expected");
        error_clear(&e);
        trial_clear(&t);
    }
}

/* Values are fine where derivatives are not bounded. */
static void test_unbounded_derivatives(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lower, *upper;
        bool first, second; /* bounded? */
    } cases[] = {
        {"sqrt(x1)", "0", "1", false, false},          {"x1^(1/3)", "0", "1", false, false},
        {"x1^(3/2)", "0", "1", true, false},           {"x1^(5/2)", "0", "1", true, true},
        {"asin(x1)", "0", "1", false, false},          {"acos(x1)", "-1", "0", false, false},
        {"abs(x1)", "-1", "1", true, false},           {"abs(x1)", "0", "1", true, true},
        {"relu(x1)", "-1", "0", true, true},           {"relu(x1)", "-1", "1", true, false},
        {"max(x1,x1^2)", "0", "2", true, false},       {"max(x1,x1^2)", "2", "3", true, true},
        {"min(x1,1/2)", "-1", "0.4", true, true},      {"sqrt(relu(x1))", "-2", "-1", true, true},
        {"x1^1+x1^0", "-1", "1", true, true},          {"1/x1", "1/1000", "1", true, true},
        {"sqrt(x1)-sqrt(x1)", "0", "1", false, false},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        trial_start(&t, cases[k].text, 1, cases[k].lower, cases[k].upper);
        expect(&t, trial_box(&t, 2) == DOMAIN_INSIDE, "not inside");
        mpfi_srcptr first = enclosure_gradient(&t.m, 0), second = enclosure_hessian(&t.m, 0, 0);
        expect(&t, mpfi_bounded_p(enclosure_value(&t.m)), "the value is not bounded");
        expect(&t, mpfi_bounded_p(first) == cases[k].first, "the gradient");
        expect(&t, mpfi_bounded_p(second) == cases[k].second, "the Hessian");
        expect(&t, !mpfi_nan_p(first) && !mpfi_nan_p(second), "not a number");
        expect(&t, tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-12) == DOMAIN_INSIDE,
               "no linear enclosure");
        expect(&t, t.form.order == 0 || cases[k].first, "a linear enclosure from an unbounded gradient");
        trial_clear(&t);
    }
}

/* The generalised derivative at a kink is the hull of both sides, no more. */
static void test_kinks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double left, right;
    } cases[] = {
        {"abs(x1)", -1, 1}, {"relu(x1)", 0, 1}, {"max(2*x1,-3*x1)", -3, 2}, {"min(2*x1,-3*x1)", -3, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        trial_start(&t, cases[k].text, 1, "-1", "1");
        expect(&t, trial_box(&t, 1) == DOMAIN_INSIDE, "not inside");
        mpfi_srcptr g = enclosure_gradient(&t.m, 0);
        expect(&t, mpfr_cmp_d(&g->left, cases[k].left) == 0 && mpfr_cmp_d(&g->right, cases[k].right) == 0,
               "the hull");
        trial_clear(&t);
    }
}

/* --- numbers of all sizes ------------------------------------------------------------------------------- */

/* At a point: narrow as asked, and right. */
static void test_points(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"sin(1e30*x1)", "0.7"},
        {"sin(1e250*x1)+cos(1e-300*x1)", "-3/7"},
        {"tan(10^200*x1)", "1/3"},
        {"exp(1e-300*x1)-1", "1"},
        {"1e300*x1-1e300*(x1+1e-300)+1", "1/3"},
        {"(x1+1e20)-1e20", "1/7"},
        {"log(1e-300*x1)", "2"},
        {"exp(-1e5*x1)", "1"},
        {"log(exp(1e4*x1))", "1/3"},
        {"x1^1000000", "1.0001"},
        {"x1^(-1000000)", "-1.0001"},
        {"x1^(1/1000000)", "1e300"},
        {"sqrt(x1)^2-x1", "1/3"},
        {"sinh(x1)-cosh(x1)", "50"},
        {"1-tanh(x1)", "60"},
        {"acos(1-x1)", "1e-30"},
        {"asin(x1)", "1"},
        {"pi-e*x1", "1"},
        {"atan(x1)-pi/2", "1e40"},
        {"sqrt(x1-1/3)", "1/3"},
        {"2^-60000*x1*2^60000-x1", "1/7"},
        {"2^4094*x1*2^-4094", "1/7"},
        {"2^4095*x1*2^-4095", "1/7"},
        {"2^4096*x1*2^-4096", "1/7"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        bool narrow;
        mpq_t width, low, high;
        mpfr_t v;
        mpq_inits(width, low, high, NULL);
        mpfr_init2(v, REFERENCE_PRECISION);
        mpq_set_ui(width, 1, 1);
        mpq_div_2exp(width, width, 100);
        trial_start(&t, cases[k][0], 1, cases[k][1], cases[k][1]);
        domain d = enclosure_point(&t.m, 0, t.lower, width, low, high, &narrow);
        expect(&t, d == DOMAIN_INSIDE && narrow, "not enclosed narrowly");
        mpq_sub(width, high, low);
        expect(&t, mpq_sgn(width) >= 0 && mpq_get_d(width) <= 0x1p-100, "too wide");
        expect(&t, value_at(v, &t, t.lower, NULL), "not defined");
        mpq_set_ui(width, 1, 1);
        mpq_div_2exp(width, width, 110);
        mpq_sub(low, low, width);
        mpq_add(high, high, width);
        expect(&t, mpfr_cmp_q(v, low) >= 0 && mpfr_cmp_q(v, high) <= 0, "the value is not enclosed");
        mpq_clears(width, low, high, NULL);
        mpfr_clear(v);
        trial_clear(&t);
    }
}

/* What cannot be narrow is not said to be; what is too large for a rational is an error. */
static void test_points_out_of_reach(void **state)
{
    (void)state;
    static const struct {
        const char *text, *x;
        domain expected;
        bool narrow;
    } cases[] = {
        {"sin(2^65535*x1)*2^60000", "1/3", DOMAIN_INSIDE, false},
        {"exp(x1)", "50000", DOMAIN_PERHAPS, false},
        {"exp(-x1)", "50000", DOMAIN_INSIDE, true},
        {"log(sin(x1)^2+cos(x1)^2-1)", "1", DOMAIN_PERHAPS, false},
        {"log(x1)", "0", DOMAIN_OUTSIDE, false},
        {"exp(exp(x1))", "1e9", DOMAIN_PERHAPS, false},
        {"exp(-exp(x1))", "40", DOMAIN_INSIDE, true},
        {"sin(exp(x1))", "10000", DOMAIN_INSIDE, true},
        {"sin(exp(x1))+cos(-exp(x1))", "1e8", DOMAIN_INSIDE, false},
        {"tan(exp(x1))", "1e8", DOMAIN_PERHAPS, false},
    };
    mpq_t width, low, high;
    mpq_inits(width, low, high, NULL);
    mpq_set_ui(width, 1, 1000000);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        trial t;
        bool narrow;
        trial_start(&t, cases[k].text, 1, cases[k].x, cases[k].x);
        domain d = enclosure_point(&t.m, 0, t.lower, width, low, high, &narrow);
        expect(&t, d == cases[k].expected && narrow == cases[k].narrow, "another result was expected");
        if (d != DOMAIN_INSIDE)
            check_complaint(&t);
        trial_clear(&t);
    }
    mpq_clears(width, low, high, NULL);
}

/* --- linear enclosures ---------------------------------------------------------------------------------- */

static double error_on(trial *t, const char *centre, double half, int order)
{
    for (size_t i = 0; i < t->d; i++) {
        mpq_t q;
        mpq_init(q);
        mpq_set_d(q, half);
        assert_null(rational_parse(t->lower[i], centre, strlen(centre)));
        mpq_add(t->upper[i], t->lower[i], q);
        mpq_sub(t->lower[i], t->lower[i], q);
        mpq_clear(q);
    }
    assert_int_equal(tangent_enclose(&t->form, &t->m, 0, t->lower, t->upper, order, 1e-30), DOMAIN_INSIDE);
    return mpq_get_d(t->form.error);
}

/* Halving the box quarters the error of orders 1 and 2 and halves that of order 0; down to boxes that need
 * more than 64 bits. */
static void test_errors_shrink(void **state)
{
    (void)state;
    static const char *const texts[] = {"log(sin(50*x1)+2)+sin(5*x1)", "sin(3*x1)*cos(2*x2)+x1*x2",
                                        "exp(x1*x2)/(1+x2^2)", "sqrt(x1)+x2^(1/3)", "sin(1e6*x1)+1e6*x2"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        trial t;
        trial_start(&t, texts[k], 2, "0", "1");
        for (double half = 0x1p-30; half > 0x1p-60; half /= 2) {
            for (int order = 0; order <= 2; order++) {
                double wide = error_on(&t, "0.3", half, order), narrow = error_on(&t, "0.3", half / 2, order);
                double ratio = wide / narrow, ideal = order == 0 ? 2 : 4;
                expect(&t, ratio > 0.8 * ideal && ratio < 1.25 * ideal,
                       "the error does not shrink as it should");
            }
        }
        expect(&t, error_on(&t, "0.3", 0x1p-25, 2) < 0.6 * error_on(&t, "0.3", 0x1p-25, 1),
               "order 2 is not better");
        trial_clear(&t);
    }
}

/* Affine formulas are enclosed without error, whatever the box, up to rounding. */
static void test_affine_is_exact(void **state)
{
    (void)state;
    trial t;
    trial_start(&t, "(x1-x2)/3 - 2*(x1-1/7) + x1", 2, "-1e10", "1e10");
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-20), DOMAIN_INSIDE);
    expect(&t, mpq_get_d(t.form.error) < 1e-5, "an error beyond that of the slopes' 53 bits");
    expect(&t, fabs(mpq_get_d(t.form.slope[0]) + 2.0 / 3) < 1e-15, "the slope");
    assert_int_equal(enclosure_box(&t.m, 0, t.lower, t.upper, 0, 64), DOMAIN_INSIDE);
    trial_clear(&t);
}

/* A box that is flat in every direction is a point; the tolerance ends the raising of the precision. */
static void test_flat_boxes(void **state)
{
    (void)state;
    trial t;
    trial_start(&t, "sqrt(x1)+x2*abs(x1)", 2, "0", "0");
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-40), DOMAIN_INSIDE);
    assert_int_equal(mpq_sgn(t.form.error), 0);
    trial_clear(&t);
    trial_start(&t, "sin(x1)+x2*sqrt(x1)", 2, "1/3", "1/3");
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-40), DOMAIN_INSIDE);
    assert_true(mpq_get_d(t.form.error) <= 1e-40);
    mpq_set_ui(t.upper[1], 1, 1);
    assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-40), DOMAIN_INSIDE);
    assert_true(mpq_get_d(t.form.error) <= 1e-16);
    trial_clear(&t);
}

/* Sums of very many inputs: derivatives as far as there is room, and values in any case. */
static void test_many_inputs(void **state)
{
    (void)state;
    static const struct {
        size_t inputs;
        int order;
    } cases[] = {{20, 2}, {300, 1}, {2000, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        size_t d = cases[k].inputs, length = 0;
        char *text = mem_alloc(d, 32);
        for (size_t i = 1; i <= d; i++)
            length += (size_t)sprintf(text + length, "%ssin(x%zu)", i == 1 ? "" : "+", i);
        trial t;
        trial_start(&t, text, d, "0", "0.001");
        assert_int_equal(enclosure_order_most(&t.m), cases[k].order);
        assert_int_equal(tangent_enclose(&t.form, &t.m, 0, t.lower, t.upper, 2, 1e-12), DOMAIN_INSIDE);
        assert_int_equal(t.form.order, cases[k].order);
        double value = mpq_get_d(t.form.value), middle = (double)d * sin(0.0005);
        assert_true(fabs(value - middle) <= mpq_get_d(t.form.error) * 1.0001);
        trial_clear(&t);
        free(text);
    }
}

/* Several outputs and changing precisions share registers: nothing is left over from the call before. */
static void test_outputs_and_precisions(void **state)
{
    (void)state;
    trial t;
    trial_start(&t, "let a = sin(pi*x1); a; log(a); a*x2; pi", 2, "1/4", "1/3");
    static const double values[] = {0.70710678118654752, -0.34657359027997264, 0.17677669529663688,
                                    3.14159265358979312};
    rng r;
    rng_seed(&r, seed);
    for (int k = 0; k < 200; k++) {
        size_t output = (size_t)rng_below(&r, 4);
        mpfr_prec_t precision = 64 << rng_below(&r, 3);
        domain d = enclosure_box(&t.m, output, t.lower, t.lower, (int)rng_below(&r, 3), precision);
        assert_int_equal(d, DOMAIN_INSIDE);
        mpfr_t width;
        mpfr_init2(width, 64);
        mpfi_diam_abs(width, enclosure_value(&t.m));
        assert_true(fabs(mpfi_get_d(enclosure_value(&t.m)) - values[output]) < 1e-15);
        assert_true(mpfr_get_exp(width) < 6 - precision && mpfr_get_exp(width) > -10 - precision);
        mpfr_clear(width);
    }
    trial_clear(&t);
}

static void test_dyadic(void **state)
{
    (void)state;
    static const struct {
        long exponent;
        mpfr_rnd_t rounding;
        int sign, result; /* of the number; of the rational, 2: refused */
    } cases[] = {{-DYADIC_EXPONENT, MPFR_RNDU, 1, 1},       {-DYADIC_EXPONENT - 1, MPFR_RNDU, 1, 1},
                 {-DYADIC_EXPONENT - 1, MPFR_RNDD, 1, 0},   {-DYADIC_EXPONENT - 1, MPFR_RNDN, 1, 0},
                 {-DYADIC_EXPONENT - 1, MPFR_RNDD, -1, -1}, {-DYADIC_EXPONENT - 1, MPFR_RNDU, -1, 0},
                 {DYADIC_EXPONENT - 1, MPFR_RNDU, -1, -1},  {DYADIC_EXPONENT, MPFR_RNDU, 1, 2},
                 {DYADIC_EXPONENT, MPFR_RNDD, -1, 2}};
    mpq_t q;
    mpfr_t v;
    mpq_init(q);
    mpfr_init2(v, 64);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        mpfr_set_si_2exp(v, cases[k].sign, cases[k].exponent, MPFR_RNDN);
        bool good = dyadic_set(q, v, cases[k].rounding);
        assert_int_equal(good ? mpq_sgn(q) : 2, cases[k].result);
        if (good && cases[k].rounding == MPFR_RNDU)
            assert_true(mpfr_cmp_q(v, q) <= 0);
        if (good && cases[k].rounding == MPFR_RNDD)
            assert_true(mpfr_cmp_q(v, q) >= 0);
    }
    mpfr_set_nan(v);
    assert_false(dyadic_set(q, v, MPFR_RNDU));
    mpfr_set_inf(v, 1);
    assert_false(dyadic_set(q, v, MPFR_RNDU));
    mpq_clear(q);
    mpfr_clear(v);
}

static int free_caches(void **state)
{
    (void)state;
    mpfr_free_cache();
    return 0;
}

int main(void)
{
    seed = random_seed("enclosure");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_formulas),
        cmocka_unit_test(test_ends_of_powers),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_every_domain),
        cmocka_unit_test(test_unbounded_derivatives),
        cmocka_unit_test(test_kinks),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_points_out_of_reach),
        cmocka_unit_test(test_errors_shrink),
        cmocka_unit_test(test_affine_is_exact),
        cmocka_unit_test(test_flat_boxes),
        cmocka_unit_test(test_many_inputs),
        cmocka_unit_test(test_outputs_and_precisions),
        cmocka_unit_test(test_dyadic),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
