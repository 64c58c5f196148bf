/* Bumps: the built networks against the formula, at the centre, inside and outside, exactly; their class; the
 * same grafted onto random networks and beside members of a class. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gmp.h>
#include <mpfr.h>

#include <cmocka.h>

#include "arrays.h"
#include "fool/bump.h"
#include "fool/graft.h"
#include "fool/power.h"
#include "number/rational.h"
#include "number/vector.h"
#include "plain.h"
#include "random.h"

static const char *const powers[] = {"1", "3/2", "2", "3", "inf", "9/4"};
#define POWERS (sizeof powers / sizeof *powers)
static const char *const bounds[] = {"1", "1/3", "3", "12/7", "40"};
#define BOUNDS (sizeof bounds / sizeof *bounds)

static void set_number(mpq_t value, const char *text)
{
    assert_null(rational_parse(value, text, strlen(text)));
}

/* Initialises *h; B is often no multiple of 3d. */
static void random_class(net_class *h, rng *r, size_t inputs, size_t k)
{
    const char *q = powers[k % POWERS];
    class_init(h);
    h->largest = strcmp(q, "inf") == 0;
    set_number(h->q, h->largest ? "1" : q);
    set_number(h->c, bounds[rng_below(r, BOUNDS)]);
    h->width = 3 * inputs + rng_below(r, 8);
    h->layers = 3 + rng_below(r, 6);
}

/* Multiples of 1/8 are likely: corners and faces of the unit cube among them. */
static void random_coordinate(mpq_t x, rng *r)
{
    if (rng_chance(r, 60))
        mpq_set_si(x, rng_between(r, 0, 8), 8);
    else
        mpq_set_si(x, rng_between(r, -1000, 2000), 1 + rng_below(r, 1000));
    mpq_canonicalize(x);
}

static void random_vector(mpq_t *x, size_t count, rng *r)
{
    for (size_t i = 0; i < count; i++)
        random_coordinate(x[i], r);
}

/* Radii up to 1, 1, and larger ones. */
static void random_radius(mpq_t radius, rng *r)
{
    if (rng_chance(r, 20))
        mpq_set_ui(radius, 1 + rng_below(r, 3), 1);
    else
        mpq_set_si(radius, rng_between(r, 1, 1000), 1000);
    mpq_canonicalize(radius);
}

/* h·max(0, r - ‖x-p‖)/r, by the definition. */
static void expected_value(mpq_t value, const bump *b, mpq_t *x)
{
    rationals_l1_distance(value, b->inputs, x, b->centre);
    mpq_sub(value, b->radius, value);
    if (mpq_sgn(value) < 0)
        mpq_set_ui(value, 0, 1);
    mpq_div(value, value, b->radius);
    mpq_mul(value, value, b->height);
}

/* A point near the centre, at distance about the radius, or anywhere. */
static void test_point(mpq_t *x, const bump *b, rng *r, size_t k)
{
    vector_copy(x, b->centre, b->inputs);
    if (k == 0)
        return;
    if (k == 1) { /* on the boundary of the support */
        mpq_add(x[0], x[0], b->radius);
        return;
    }
    if (k % 2 == 0) {
        random_vector(x, b->inputs, r);
        return;
    }
    mpq_t step;
    mpq_init(step);
    for (size_t i = 0; i < b->inputs; i++) {
        mpq_set_si(step, rng_between(r, -16, 16), 16);
        mpq_canonicalize(step);
        mpq_mul(step, step, b->radius);
        mpq_add(x[i], x[i], step);
    }
    mpq_clear(step);
}

static void check_values(const network *net, const bump *b, int sign, rng *r)
{
    mpq_t *x = vector_new(b->inputs), y, wanted, distance;
    mpq_inits(y, wanted, distance, NULL);
    for (size_t k = 0; k < 12; k++) {
        test_point(x, b, r, k);
        expected_value(wanted, b, x);
        rationals_l1_distance(distance, b->inputs, x, b->centre);
        bump_value(y, b, distance);
        assert_true(mpq_equal(y, wanted));
        network_eval(&y, net, x);
        if (sign < 0)
            mpq_neg(y, y);
        assert_true(mpq_equal(y, wanted));
        if (k == 0)
            assert_true(mpq_equal(y, b->height));
    }
    mpq_clears(y, wanted, distance, NULL);
    vector_free(x, b->inputs);
}

static void test_class(void **state)
{
    (void)state;
    uint64_t seed = random_seed("bumps of a class");
    for (size_t k = 0; k < random_effort(120); k++) {
        rng r;
        bump b;
        room all;
        net_class h;
        network net;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        size_t inputs = 1 + rng_below(&r, 4);
        mpq_t *centre = vector_new(inputs), radius;
        mpq_init(radius);
        random_class(&h, &r, inputs, k);
        random_vector(centre, inputs, &r);
        random_radius(radius, &r);
        assert_true(room_init(&all, &h, NULL, "", &e));
        bump_init(&b, inputs, h.layers, centre, radius);
        assert_true(bump_fit(&b, &all, rng_chance(&r, 30) ? BUMP_BINARY : BUMP_SHORT, &e));
        int sign = rng_chance(&r, 50) ? 1 : -1;
        bump_network(&net, &b, sign);
        assert_true(class_contains(&h, &net, "the bump", &e));
        check_values(&net, &b, sign, &r);
        network_clear(&net);
        bump_clear(&b);
        room_clear(&all);
        class_clear(&h);
        vector_free(centre, inputs);
        mpq_clear(radius);
    }
}

/* The height that the formulas of theory.md allow, at 200 bits, the best over all k and w; independent of the
 * code: it tries all k and w. */
static void best_height(mpfr_t best, const net_class *h, size_t d, mpq_t *centre, const mpq_t radius)
{
    mpfr_t q, c, sum, a, s, other, height, root;
    mpfr_inits2(200, q, c, sum, a, s, other, height, root, (mpfr_ptr)NULL);
    mpfr_set_q(q, h->q, MPFR_RNDN);
    mpfr_set_q(c, h->c, MPFR_RNDN);
    mpfr_set_zero(sum, 1);
    mpfr_set_zero(best, 1);
    for (size_t i = 0; i < d; i++)
        for (int side = -1; side <= 1; side++) {
            mpfr_set_q(a, radius, MPFR_RNDN);
            mpfr_mul_si(a, a, side, MPFR_RNDN);
            mpfr_add_q(a, a, centre[i], MPFR_RNDN);
            mpfr_abs(a, a, MPFR_RNDN);
            if (!mpfr_zero_p(a))
                mpfr_pow(a, a, q, MPFR_RNDN);
            mpfr_add(sum, sum, a, MPFR_RNDN);
        }
    for (size_t k = 1; k <= h->width / (3 * d); k++)
        for (size_t w = 1; w <= h->width; w++) {
            mpfr_ui_div(root, 1, q, MPFR_RNDN);
            mpfr_set_ui(a, 3 * d, MPFR_RNDN); /* a = c / (k max(3d, S))^(1/q) */
            mpfr_max(a, a, sum, MPFR_RNDN);
            mpfr_mul_ui(a, a, k, MPFR_RNDN);
            mpfr_pow(a, a, root, MPFR_RNDN);
            mpfr_div(a, c, a, MPFR_RNDN);
            mpfr_ui_pow(s, 2, q, MPFR_RNDN); /* s = c / (w k d (2 + 2^q))^(1/q) */
            mpfr_add_ui(s, s, 2, MPFR_RNDN);
            mpfr_mul_ui(s, s, w * k * d, MPFR_RNDN);
            mpfr_pow(s, s, root, MPFR_RNDN);
            mpfr_div(s, c, s, MPFR_RNDN);
            if (d > 1) { /* s = c / (a k (d-1) r w^(1/q)) */
                mpfr_set_ui(other, w, MPFR_RNDN);
                mpfr_pow(other, other, root, MPFR_RNDN);
                mpfr_mul(other, other, a, MPFR_RNDN);
                mpfr_mul_ui(other, other, k * (d - 1), MPFR_RNDN);
                mpfr_mul_q(other, other, radius, MPFR_RNDN);
                mpfr_div(other, c, other, MPFR_RNDN);
                mpfr_min(s, s, other, MPFR_RNDN);
            }
            mpfr_mul(height, s, a, MPFR_RNDN);
            mpfr_mul_ui(height, height, k, MPFR_RNDN);
            mpfr_mul_q(height, height, radius, MPFR_RNDN);
            for (size_t l = 3; l <= h->layers; l++) { /* t w = c w^(1-2/q); at last c w^(1-1/q) */
                mpfr_set_si(other, l == h->layers ? -1 : -2, MPFR_RNDN);
                mpfr_div(other, other, q, MPFR_RNDN);
                mpfr_add_ui(other, other, 1, MPFR_RNDN);
                mpfr_set_ui(root, w, MPFR_RNDN);
                mpfr_pow(root, root, other, MPFR_RNDN);
                mpfr_mul(height, height, root, MPFR_RNDN);
                mpfr_mul(height, height, c, MPFR_RNDN);
            }
            mpfr_max(best, best, height, MPFR_RNDN);
        }
    mpfr_clears(q, c, sum, a, s, other, height, root, (mpfr_ptr)NULL);
}

/* The height is the best one up to the rounding of entries: at most 8 times 2^-31. */
static void test_best(void **state)
{
    (void)state;
    uint64_t seed = random_seed("best heights");
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        bump b;
        room all;
        net_class h;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        size_t inputs = 1 + rng_below(&r, 3);
        mpq_t *centre = vector_new(inputs), radius;
        mpfr_t best, ratio;
        mpq_init(radius);
        mpfr_inits2(200, best, ratio, (mpfr_ptr)NULL);
        random_class(&h, &r, inputs, k);
        if (h.largest) { /* close enough to infinity for this comparison */
            h.largest = false;
            mpq_set_ui(h.q, 3, 1);
        }
        random_vector(centre, inputs, &r);
        random_radius(radius, &r);
        assert_true(room_init(&all, &h, NULL, "", &e));
        bump_init(&b, inputs, h.layers, centre, radius);
        assert_true(bump_fit(&b, &all, BUMP_SHORT, &e));
        best_height(best, &h, inputs, centre, radius);
        mpfr_set_q(ratio, b.height, MPFR_RNDN);
        mpfr_div(ratio, ratio, best, MPFR_RNDN);
        mpfr_ui_sub(ratio, 1, ratio, MPFR_RNDN);
        assert_true(mpfr_get_d(ratio, MPFR_RNDN) > -1e-40);
        assert_true(mpfr_get_d(ratio, MPFR_RNDN) < 8 * 0x1p-31);
        mpfr_clears(best, ratio, (mpfr_ptr)NULL);
        bump_clear(&b);
        room_clear(&all);
        class_clear(&h);
        vector_free(centre, inputs);
        mpq_clear(radius);
    }
}

/* Infinite q, by hand: d = 2, B = 13, L = 4, c = 3/2, p = (0, 1/2), r = 1/2. a = 3/2, k = 2, w = 13;
 * s <= 3/4 and s·(3/2)·2·(1/2) <= 3/2, so s = 3/4; h = 3/4·3/2·2·1/2·(3/2·13)^2. */
static void test_infinite(void **state)
{
    (void)state;
    net_class h;
    room all;
    bump b;
    error e = ERROR_NONE;
    mpq_t *centre = vector_new(2), radius, wanted;
    mpq_inits(radius, wanted, NULL);
    class_init(&h);
    h.largest = true;
    h.width = 13;
    h.layers = 4;
    set_number(h.c, "3/2");
    set_number(centre[1], "1/2");
    set_number(radius, "1/2");
    assert_true(room_init(&all, &h, NULL, "", &e));
    bump_init(&b, 2, 4, centre, radius);
    assert_true(bump_fit(&b, &all, BUMP_SHORT, &e));
    set_number(wanted, "13689/32");
    assert_true(mpq_equal(b.height, wanted));
    bump_clear(&b);
    room_clear(&all);
    h.width = 5;
    assert_true(room_init(&all, &h, NULL, "", &e));
    bump_init(&b, 2, 4, centre, radius);
    assert_false(bump_fit(&b, &all, BUMP_SHORT, &e));
    assert_non_null(strstr(e.message, "needed are 6"));
    error_clear(&e);
    bump_clear(&b);
    room_clear(&all);
    class_clear(&h);
    vector_free(centre, 2);
    mpq_clears(radius, wanted, NULL);
}

/* Grafts differ from the network by the bump, at one output. */
static void check_graft(const network *graft, const plain *p, const bump *b, size_t output, int sign, rng *r)
{
    size_t outputs = network_outputs(graft);
    mpq_t *x = vector_new(b->inputs), *y = vector_new(outputs), *z = vector_new(outputs), value;
    mpq_init(value);
    for (size_t k = 0; k < 8; k++) {
        test_point(x, b, r, k);
        network_eval(y, graft, x);
        plain_eval(z, p, x);
        expected_value(value, b, x);
        if (sign < 0)
            mpq_neg(value, value);
        mpq_add(z[output], z[output], value);
        for (size_t j = 0; j < outputs; j++)
            assert_true(mpq_equal(y[j], z[j]));
    }
    mpq_clear(value);
    vector_free(x, b->inputs);
    vector_free(y, outputs);
    vector_free(z, outputs);
}

static void test_grafts(void **state)
{
    (void)state;
    uint64_t seed = random_seed("grafts");
    for (size_t k = 0; k < random_effort(100); k++) {
        rng r;
        plain p;
        bump b;
        network g, graft;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        plain_network(&g, &p);
        size_t output = rng_below(&r, network_outputs(&g));
        int sign = rng_chance(&r, 50) ? 1 : -1;
        mpq_t *centre = vector_new(g.inputs), radius, height;
        mpq_inits(radius, height, NULL);
        random_vector(centre, g.inputs, &r);
        random_radius(radius, &r);
        bump_init(&b, g.inputs, 3 + rng_below(&r, 3), centre, radius);
        mpq_set_ui(height, 1 + rng_below(&r, 50), 7);
        mpq_canonicalize(height);
        bump_raise(&b, height);
        assert_true(mpq_equal(b.height, height));
        graft_onto(&graft, &g, &b, output, sign);
        check_graft(&graft, &p, &b, output, sign, &r);
        network_clear(&graft);
        vector_free(centre, g.inputs);
        network_clear(&g);
        plain_clear(&p);
        bump_clear(&b);
        mpq_clears(radius, height, NULL);
    }
}

/* A chain with small random weights, a member of the class; its values by network_eval, which has tests of
 * its own. */
static void random_member(network *net, rng *r, size_t inputs, size_t layers)
{
    network_init(net, inputs);
    for (size_t l = 1; l <= layers; l++) {
        size_t rows = l == layers ? 1 : 1 + rng_below(r, 4), columns = network_source_size(net, l - 1);
        size_t source = l - 1;
        unsigned char kind[4];
        memset(kind, l == layers ? NEURON_LINEAR : NEURON_RELU, sizeof kind);
        mpq_t *weight = vector_new(rows * columns), *bias = vector_new(rows);
        for (size_t n = 0; n < rows * columns; n++) {
            mpq_set_si(weight[n], rng_between(r, -20, 20), 97);
            mpq_canonicalize(weight[n]);
        }
        for (size_t n = 0; n < rows; n++) {
            mpq_set_si(bias[n], rng_between(r, -20, 20), 64);
            mpq_canonicalize(bias[n]);
        }
        network_append(net, rows, kind, 1, &source, weight, bias);
        vector_free(weight, rows * columns);
        vector_free(bias, rows);
    }
}

static void check_member(const net_class *h, const network *g, const bump *b, int sign, rng *r)
{
    network graft;
    error e = ERROR_NONE;
    mpq_t *x = vector_new(b->inputs), y, z, value;
    mpq_inits(y, z, value, NULL);
    graft_beside(&graft, g, b, sign);
    assert_true(class_contains(h, &graft, "the graft", &e));
    for (size_t k = 0; k < 8; k++) {
        test_point(x, b, r, k);
        network_eval(&y, &graft, x);
        network_eval(&z, g, x);
        expected_value(value, b, x);
        mpq_sub(y, y, z);
        if (sign < 0)
            mpq_neg(y, y);
        assert_true(mpq_equal(y, value));
    }
    mpq_clears(y, z, value, NULL);
    vector_free(x, b->inputs);
    network_clear(&graft);
}

static void test_members(void **state)
{
    (void)state;
    uint64_t seed = random_seed("members of a class");
    for (size_t k = 0; k < random_effort(80); k++) {
        rng r;
        bump b;
        room left;
        net_class h;
        network g;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        size_t inputs = 1 + rng_below(&r, 3);
        mpq_t *centre = vector_new(inputs), radius;
        mpq_init(radius);
        random_class(&h, &r, inputs, k);
        set_number(h.c, "6"); /* 4·5·20/97 < 6 */
        h.width += 4;
        random_member(&g, &r, inputs, h.layers);
        random_vector(centre, inputs, &r);
        random_radius(radius, &r);
        assert_true(room_init(&left, &h, &g, "g", &e));
        bump_init(&b, inputs, h.layers, centre, radius);
        assert_true(bump_fit(&b, &left, BUMP_SHORT, &e));
        check_member(&h, &g, &b, rng_chance(&r, 50) ? 1 : -1, &r);
        room_clear(&left);
        set_number(h.c, "1/1000");
        if (!room_init(&left, &h, &g, "g", &e))
            assert_non_null(strstr(e.message, "g is not in the class"));
        room_clear(&left);
        error_clear(&e);
        bump_clear(&b);
        network_clear(&g);
        class_clear(&h);
        vector_free(centre, inputs);
        mpq_clear(radius);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_class), cmocka_unit_test(test_best),
                                       cmocka_unit_test(test_infinite), cmocka_unit_test(test_grafts),
                                       cmocka_unit_test(test_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
