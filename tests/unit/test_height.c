/* Heights of bumps: against the constraints solved one by one, for every number of copies and of neurons;
 * against the network itself, evaluated at random points with norms taken; and its L^p norm against
 * quadrature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <mpfr.h>

#include "fool/height.h"
#include "random.h"
#include "random_learning.h"

enum { BITS = 240, MOST_WIDTH = 30, MOST_INPUTS = 4 };

static uint64_t seed;

/* --- the constraints, solved naively -----------------------------------------------------------------------
 */

/* y = x^e, x^(1/q) or the like; q infinite: x^0. */
static void power(mpfr_t y, const mpfr_t x, const learning *t, long sign)
{
    mpfr_t e;
    mpfr_init2(e, BITS);
    if (t->largest) {
        mpfr_set_ui(y, 1, MPFR_RNDN);
    } else {
        mpfr_set_q(e, t->q, MPFR_RNDN);
        mpfr_si_div(e, sign, e, MPFR_RNDN);
        mpfr_pow(y, x, e, MPFR_RNDN);
    }
    mpfr_clear(e);
}

static void power_ui(mpfr_t y, unsigned long x, const learning *t, long sign)
{
    mpfr_t number;
    mpfr_init2(number, BITS);
    mpfr_set_ui(number, x, MPFR_RNDN);
    power(y, number, t, sign);
    mpfr_clear(number);
}

/* y = the norm of (1, 1, 2). */
static void triple_norm(mpfr_t y, const learning *t)
{
    mpfr_t q;
    if (t->largest) {
        mpfr_set_ui(y, 2, MPFR_RNDN);
        return;
    }
    mpfr_init2(q, BITS);
    mpfr_set_q(q, t->q, MPFR_RNDN);
    mpfr_exp2(y, q, MPFR_RNDN);
    mpfr_add_ui(y, y, 2, MPFR_RNDN);
    power(y, y, t, 1);
    mpfr_clear(q);
}

/* Height of a bump of radius r in n inputs, with k copies and w neurons. */
static void naive_height(mpfr_t height_, const learning *t, size_t n, const mpfr_t r, size_t k, size_t w)
{
    mpfr_t a, s, limit, gain, last, x;
    mpfr_inits2(BITS, a, s, limit, gain, last, x, (mpfr_ptr)NULL);
    power_ui(x, 3 * n * k, t, -1); /* a = c / (3nk)^(1/q) */
    mpfr_mul_q(a, x, t->c, MPFR_RNDN);
    triple_norm(s, t); /* s = c / (wkn (2+2^q))^(1/q) */
    mpfr_ui_div(s, 1, s, MPFR_RNDN);
    power_ui(x, w * k * n, t, -1);
    mpfr_mul(s, s, x, MPFR_RNDN);
    mpfr_mul_q(s, s, t->c, MPFR_RNDN);
    if (n > 1) { /* s <= c / (a k (n-1) r w^(1/q)) */
        power_ui(limit, w, t, -1);
        mpfr_mul_q(limit, limit, t->c, MPFR_RNDN);
        mpfr_div(limit, limit, a, MPFR_RNDN);
        mpfr_div(limit, limit, r, MPFR_RNDN);
        mpfr_div_ui(limit, limit, k * (n - 1), MPFR_RNDN);
        mpfr_min(s, s, limit, MPFR_RNDN);
    }
    power_ui(last, w, t, -1); /* t' w, t' = c w^(-1/q) */
    mpfr_mul_q(last, last, t->c, MPFR_RNDN);
    mpfr_mul_ui(last, last, w, MPFR_RNDN);
    power_ui(gain, w, t, -2); /* t w, t = c w^(-2/q) */
    mpfr_mul_q(gain, gain, t->c, MPFR_RNDN);
    mpfr_mul_ui(gain, gain, w, MPFR_RNDN);
    mpfr_mul(height_, s, a, MPFR_RNDN);
    mpfr_mul_ui(height_, height_, k, MPFR_RNDN);
    mpfr_mul(height_, height_, r, MPFR_RNDN);
    for (size_t l = 3; l < t->layers; l++)
        mpfr_mul(height_, height_, gain, MPFR_RNDN);
    mpfr_mul(height_, height_, last, MPFR_RNDN);
    mpfr_clears(a, s, limit, gain, last, x, (mpfr_ptr)NULL);
}

/* The largest over k and w. */
static void naive_best(mpfr_t best, const learning *t, size_t n, const mpfr_t r)
{
    mpfr_t x;
    mpfr_init2(x, BITS);
    mpfr_set_zero(best, 1);
    for (size_t k = 1; 3 * n * k <= t->width; k++)
        for (size_t w = 1; w <= t->width; w += w + 7 < t->width ? 7 : 1) {
            naive_height(x, t, n, r, k, w);
            mpfr_max(best, best, x, MPFR_RNDN);
        }
    mpfr_clear(x);
}

/* Whether low <= value, and no further below it than a relative 2^-200. */
static bool is_close_below(const mpfr_t low, const mpfr_t value)
{
    mpfr_t ratio;
    mpfr_init2(ratio, BITS);
    mpfr_div(ratio, low, value, MPFR_RNDN);
    mpfr_sub_ui(ratio, ratio, 1, MPFR_RNDN);
    bool close = mpfr_zero_p(ratio) || mpfr_get_exp(ratio) < -200;
    mpfr_clear(ratio);
    return close;
}

static void check_heights(const learning *t, rng *r)
{
    height h;
    mpfr_t diameter, radius, expected, norm;
    mpfr_inits2(BITS, diameter, radius, expected, norm, (mpfr_ptr)NULL);
    height_init(&h, t, BITS);
    size_t count = 0;
    while (height_next(&h)) {
        assert_int_equal(h.n, ++count);
        mpfr_set_ui_2exp(diameter, 1 + rng_below(r, 2048), rng_chance(r, 50) ? -10 : -30, MPFR_RNDN);
        mpfr_div_2ui(radius, diameter, 1, MPFR_RNDN);
        naive_best(expected, t, h.n, radius);
        height_norm(norm, &h, diameter);
        if (!is_close_below(norm, expected))
            fail_msg("%s, n %zu: %g instead of %g", learning_words(t), h.n, mpfr_get_d(norm, MPFR_RNDN),
                     mpfr_get_d(expected, MPFR_RNDN));
    }
    assert_int_equal(count, t->layers < 3 ? 0 : t->dimension < t->width / 3 ? t->dimension : t->width / 3);
    height_clear(&h);
    mpfr_clears(diameter, radius, expected, norm, (mpfr_ptr)NULL);
}

static void test_heights(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(150); k++) {
        rng r;
        learning t;
        rng_seed(&r, seed + k);
        random_learning(&t, &r, MOST_INPUTS);
        t.uniform = true;
        t.width = 1 + rng_below(&r, MOST_WIDTH);
        check_heights(&t, &r);
        learning_clear(&t);
    }
}

/* --- the network itself, in doubles ------------------------------------------------------------------------
 */

typedef struct plain {
    double q, c, r; /* q may be infinite */
    size_t n, k, w, layers;
    double p[MOST_INPUTS], a, s, t, last;
} plain;

static double norm_add(double sum, double q, double entry, double times)
{
    return isinf(q) ? fmax(sum, fabs(entry)) : sum + times * pow(fabs(entry), q);
}

static double norm_of(double sum, double q)
{
    return isinf(q) ? sum : pow(sum, 1 / q);
}

static bool is_left_out(const plain *b, size_t i, int side)
{
    return side > 0 && b->p[i] + b->r >= 1;
}

/* The value at x, layer by layer. */
static double plain_value(const plain *b, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < b->n; i++)
        for (int side = -1; side <= 1; side++)
            if (!is_left_out(b, i, side))
                sum += (side == 0 ? -2 : 1) * fmax(0, b->a * x[i] - b->a * (b->p[i] + side * b->r));
    double y = fmax(0, b->s * (double)b->k * sum - b->s * b->a * (double)(b->k * (b->n - 1)) * b->r);
    for (size_t l = 3; l < b->layers; l++)
        y *= b->t * (double)b->w;
    return y * b->last * (double)b->w;
}

/* The norms of all layers. */
static void check_norms(const plain *b)
{
    double most = b->c * (1 + 1e-9), weights = 0, biases = 0, second = 0, copies = (double)b->k,
           w = (double)b->w;
    for (size_t i = 0; i < b->n; i++)
        for (int side = -1; side <= 1; side++) {
            bool out = is_left_out(b, i, side);
            weights = norm_add(weights, b->q, out ? 0 : b->a, copies);
            biases = norm_add(biases, b->q, out ? 0 : b->a * (b->p[i] + side * b->r), copies);
            second = norm_add(second, b->q, side == 0 ? 2 * b->s : b->s, copies * w);
        }
    assert_true(norm_of(weights, b->q) <= most);
    assert_true(norm_of(biases, b->q) <= most);
    assert_true(norm_of(second, b->q) <= most);
    double bias = b->s * b->a * (double)(b->k * (b->n - 1)) * b->r;
    assert_true(norm_of(norm_add(0, b->q, bias, w), b->q) <= most);
    assert_true(norm_of(norm_add(0, b->q, b->t, w * w), b->q) <= most);
    assert_true(norm_of(norm_add(0, b->q, b->last, w), b->q) <= most);
}

/* The entries as large as the constraints allow; the centre likes to be at the border. */
static void plain_fill(plain *b, const learning *t, const height *h, rng *r)
{
    *b = (plain){.q = t->largest ? (double)INFINITY : mpq_get_d(t->q),
                 .c = mpq_get_d(t->c),
                 .r = (double)(1 + rng_below(r, 64)) / 64,
                 .n = h->n,
                 .layers = t->layers};
    bool many = t->largest || b->q > 2;
    b->k = many ? t->width / (3 * b->n) : 1;
    b->w = many ? t->width : 1;
    for (size_t i = 0; i < b->n; i++)
        b->p[i] = rng_chance(r, 30) ? 0 : rng_chance(r, 40) ? 1 : (double)rng_below(r, 65) / 64;
    double n = (double)b->n, k = (double)b->k, w = (double)b->w,
           entries = isinf(b->q) ? 2 : pow(2 + pow(2, b->q), 1 / b->q);
    b->a = b->c / pow(3 * n * k, 1 / b->q);
    b->s = b->c / entries / pow(w * k * n, 1 / b->q);
    if (b->n > 1)
        b->s = fmin(b->s, b->c / (b->a * k * (n - 1) * b->r * pow(w, 1 / b->q)));
    b->t = b->c / pow(w, 2 / b->q);
    b->last = b->c / pow(w, 1 / b->q);
}

static void check_network(const learning *t, const height *h, rng *r)
{
    plain b;
    mpfr_t diameter;
    double x[MOST_INPUTS];
    plain_fill(&b, t, h, r);
    check_norms(&b);
    mpfr_init2(diameter, BITS);
    mpfr_set_d(diameter, 2 * b.r, MPFR_RNDN);
    height_norm(diameter, h, diameter);
    double top = mpfr_get_d(diameter, MPFR_RNDN);
    mpfr_clear(diameter);
    assert_true(fabs(plain_value(&b, b.p) - top) <= 1e-9 * top);
    for (int points = 0; points < 20; points++) {
        double distance = 0;
        for (size_t i = 0; i < b.n; i++) {
            x[i] = rng_chance(r, 50) ? (double)rng_below(r, 65) / 64
                                     : fmin(1, fmax(0, b.p[i] + (double)rng_between(r, -9, 9) / 64));
            distance += fabs(x[i] - b.p[i]);
        }
        assert_true(fabs(plain_value(&b, x) - top * fmax(0, 1 - distance / b.r)) <= 1e-9 * top);
    }
}

/* The bump of that height is a network of the class, wherever its centre. */
static void test_networks(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(300); k++) {
        rng r;
        learning t;
        height h;
        rng_seed(&r, seed + k);
        random_learning(&t, &r, MOST_INPUTS);
        t.uniform = true;
        height_init(&h, &t, BITS);
        while (height_next(&h))
            check_network(&t, &h, &r);
        height_clear(&h);
        learning_clear(&t);
    }
}

/* --- the L^p norm ------------------------------------------------------------------------------------------
 */

/* ∫ max(0, 1 - ‖x‖_1)^p over R^n, n = 1, 2, 3, by midpoints in one orthant. */
static double quadrature(size_t n, double p)
{
    size_t steps = n == 1 ? 20000 : n == 2 ? 800 : 120, cells = (size_t)pow((double)steps, (double)n);
    double sum = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        double rest = 1;
        for (size_t i = 0, c = cell; i < n; i++, c /= steps)
            rest -= ((double)(c % steps) + 0.5) / (double)steps;
        if (rest > 0)
            sum += pow(rest, p);
    }
    return sum * pow(2 / (double)steps, (double)n);
}

static void test_norms(void **state)
{
    (void)state;
    for (unsigned long quarters = 4; quarters <= 20; quarters += 5) {
        learning t;
        height h;
        mpfr_t diameter, top, norm;
        learning_init(&t);
        t.layers = t.dimension = 3;
        t.width = 9;
        mpfr_inits2(BITS, diameter, top, norm, (mpfr_ptr)NULL);
        mpfr_set_ui_2exp(diameter, 3, -2, MPFR_RNDN);
        mpq_set_ui(t.p, quarters, 4);
        mpq_canonicalize(t.p);
        t.uniform = false;
        height_init(&h, &t, BITS);
        while (height_next(&h)) {
            double p = mpq_get_d(t.p);
            height_norm(norm, &h, diameter);
            t.uniform = true;
            height_norm(top, &h, diameter);
            t.uniform = false;
            double ratio = mpfr_get_d(norm, MPFR_RNDN) / mpfr_get_d(top, MPFR_RNDN);
            double expected = pow(quadrature(h.n, p) * pow(0.375, (double)h.n), 1 / p);
            assert_true(fabs(ratio / expected - 1) < 2e-3);
        }
        height_clear(&h);
        learning_clear(&t);
        mpfr_clears(diameter, top, norm, (mpfr_ptr)NULL);
    }
}

int main(void)
{
    seed = random_seed("height");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heights),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_norms),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
