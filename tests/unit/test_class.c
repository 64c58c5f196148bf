/* Classes of networks: norms against MPFR at 200 bits by another route (roots of sums), equality to the last
 * digit, and the architecture. */
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
#include "number/rational.h"
#include "number/vector.h"
#include "proof/class.h"
#include "random.h"

static const char *const powers[] = {"1",   "3/2", "2",  "3",      "inf",
                                     "7/5", "64",  "65", "1000/3", "100001/100000"};
#define POWERS (sizeof powers / sizeof *powers)

static void set_power(net_class *h, const char *q)
{
    h->largest = strcmp(q, "inf") == 0;
    assert_null(rational_parse(h->q, h->largest ? "1" : q, strlen(h->largest ? "1" : q)));
}

static void make_class(net_class *h, const char *q, const char *c, size_t width, size_t layers)
{
    class_init(h);
    set_power(h, q);
    assert_null(rational_parse(h->c, c, strlen(c)));
    h->width = width;
    h->layers = layers;
}

/* (Σ |n_k / denominator|^q)^(1/q) at 200 bits, to nearest. */
static void norm_nearest(mpfr_t norm, const net_class *h, size_t count, mpz_t *numerator,
                         const mpz_t denominator)
{
    mpfr_t term, sum;
    mpfr_inits2(200, term, sum, (mpfr_ptr)NULL);
    mpfr_set_zero(sum, 1);
    for (size_t k = 0; k < count; k++) {
        mpfr_set_z(term, numerator[k], MPFR_RNDN);
        mpfr_div_z(term, term, denominator, MPFR_RNDN);
        mpfr_abs(term, term, MPFR_RNDN);
        if (h->largest) {
            mpfr_max(sum, sum, term, MPFR_RNDN);
        } else if (!mpfr_zero_p(term)) {
            mpfr_log(term, term, MPFR_RNDN);
            mpfr_mul_q(term, term, h->q, MPFR_RNDN);
            mpfr_exp(term, term, MPFR_RNDN);
            mpfr_add(sum, sum, term, MPFR_RNDN);
        }
    }
    mpfr_set(norm, sum, MPFR_RNDN);
    if (!h->largest && !mpfr_zero_p(sum)) {
        mpfr_log(norm, sum, MPFR_RNDN);
        mpfr_div_q(norm, norm, h->q, MPFR_RNDN);
        mpfr_exp(norm, norm, MPFR_RNDN);
    }
    mpfr_clears(term, sum, (mpfr_ptr)NULL);
}

/* The answer about a bound `share` near the norm: beyond 2^-120 of the bound it must be right. */
static void compare(const net_class *h, size_t count, mpz_t *numerator, const mpz_t denominator,
                    const mpq_t share)
{
    mpfr_t norm, gap;
    mpfr_inits2(200, norm, gap, (mpfr_ptr)NULL);
    norm_nearest(norm, h, count, numerator, denominator);
    mpfr_sub_q(gap, norm, share, MPFR_RNDN);
    bool within = class_norm_within(h, count, numerator, denominator, share);
    mpfr_abs(norm, norm, MPFR_RNDN);
    mpfr_div_2ui(norm, norm, 120, MPFR_RNDN);
    if (mpfr_cmpabs(gap, norm) > 0)
        assert_int_equal(within, mpfr_sgn(gap) < 0);
    mpfr_clears(norm, gap, (mpfr_ptr)NULL);
}

static void test_norms(void **state)
{
    (void)state;
    uint64_t seed = random_seed("class");
    for (size_t k = 0; k < random_effort(400); k++) {
        rng r;
        net_class h;
        rng_seed(&r, seed + k);
        make_class(&h, powers[k % POWERS], "1", 1, 1);
        size_t count = 1 + rng_below(&r, 30);
        mpz_t *numerator = integers_new(count), denominator;
        mpfr_t norm;
        mpq_t share;
        mpq_init(share);
        mpfr_init2(norm, 200);
        mpz_init(denominator);
        rng_integer(denominator, &r, 1 + (unsigned)rng_below(&r, 40));
        mpz_add_ui(denominator, denominator, 1);
        for (size_t i = 0; i < count; i++) {
            rng_integer(numerator[i], &r, (unsigned)rng_below(&r, 60));
            if (rng_chance(&r, 50))
                mpz_neg(numerator[i], numerator[i]);
        }
        norm_nearest(norm, &h, count, numerator, denominator);
        for (unsigned shift = 4; shift < 120; shift += 23) {
            mpfr_get_q(share, norm);
            mpq_t step;
            mpq_init(step);
            mpq_div_2exp(step, share, shift);
            mpq_add(share, share, step);
            compare(&h, count, numerator, denominator, share);
            mpq_sub(share, share, step);
            mpq_sub(share, share, step);
            compare(&h, count, numerator, denominator, share);
            mpq_clear(step);
        }
        mpq_clear(share);
        mpfr_clear(norm);
        mpz_clear(denominator);
        integers_free(numerator, count);
        class_clear(&h);
    }
}

/* 3-4-5 and its like: equality is within, one unit more is not. */
static void check_equal(const char *q, size_t count, const long *value, const char *share)
{
    net_class h;
    make_class(&h, q, "1", 1, 1);
    mpz_t *numerator = integers_new(count), denominator;
    mpq_t bound;
    mpq_init(bound);
    mpz_init_set_str(denominator, "1000000000000000000000000000000", 10);
    assert_null(rational_parse(bound, share, strlen(share)));
    for (size_t k = 0; k < count; k++) {
        mpz_mul_si(numerator[k], denominator, value[k]);
    }
    mpq_t unit;
    mpq_init(unit);
    mpz_set(mpq_denref(unit), denominator);
    mpz_set_ui(mpq_numref(unit), 1);
    assert_true(class_norm_within(&h, count, numerator, denominator, bound));
    mpz_add_ui(numerator[0], numerator[0], 1);
    assert_false(class_norm_within(&h, count, numerator, denominator, bound));
    mpz_sub_ui(numerator[0], numerator[0], 1);
    mpq_sub(bound, bound, unit);
    assert_false(class_norm_within(&h, count, numerator, denominator, bound));
    mpq_clears(bound, unit, NULL);
    mpz_clear(denominator);
    integers_free(numerator, count);
    class_clear(&h);
}

static void test_equality(void **state)
{
    (void)state;
    check_equal("1", 3, (long[]){1, 2, -3}, "6");
    check_equal("2", 2, (long[]){3, -4}, "5");
    check_equal("3", 3, (long[]){3, 4, 5}, "6");
    check_equal("inf", 3, (long[]){7, -6, 2}, "7");
    check_equal("3/2", 1, (long[]){2}, "2");
    check_equal("3/2", 8, (long[]){1, 1, 1, 1, 1, 1, 1, 1}, "4");
    check_equal("64", 1, (long[]){5}, "5");
}

static void test_zero(void **state)
{
    (void)state;
    for (size_t k = 0; k < POWERS; k++) {
        net_class h;
        make_class(&h, powers[k], "1", 1, 1);
        mpz_t *zero = integers_new(3), one;
        mpq_t share;
        mpq_init(share);
        mpz_init_set_ui(one, 1);
        assert_true(class_norm_within(&h, 3, zero, one, share));
        mpz_set_si(zero[2], -1);
        assert_false(class_norm_within(&h, 3, zero, one, share));
        integers_free(zero, 3);
        mpz_clear(one);
        mpq_clear(share);
        class_clear(&h);
    }
}

/* Whether `count` entries of the size (a + b·2^-c)·2^-d have a sum of q-th powers of at most 1, for q = 1 +
 * m·2^-n. */
static bool power_sum_within(size_t count, long a, long b, mp_bitcnt_t c, mp_bitcnt_t d, long m,
                             mp_bitcnt_t n)
{
    net_class h;
    make_class(&h, "1", "1", 1, 1);
    mpq_t step, one;
    mpq_inits(step, one, NULL);
    mpq_set_si(step, m, 1);
    mpq_div_2exp(step, step, n);
    mpq_add(h.q, h.q, step);
    mpq_set_ui(one, 1, 1);
    mpz_t *numerator = integers_new(count), denominator;
    mpz_init(denominator);
    mpz_setbit(denominator, c + d);
    for (size_t k = 0; k < count; k++) {
        mpz_set_si(numerator[k], a);
        mpz_mul_2exp(numerator[k], numerator[k], c);
        if (b < 0)
            mpz_sub_ui(numerator[k], numerator[k], (unsigned long)-b);
        else
            mpz_add_ui(numerator[k], numerator[k], (unsigned long)b);
    }
    bool within = class_norm_within(&h, count, numerator, denominator, one);
    mpz_clear(denominator);
    mpq_clears(step, one, NULL);
    integers_free(numerator, count);
    class_clear(&h);
    return within;
}

/* Sums of powers that are above 1 by less than a unit u = 2^-256 or two of the 256 bits: rounding the wrong
 * way, or to the nearest, at any one of the four places would make them 1. Powers of two are exact, so a sum
 * of 2^k equal terms is at most 1 exactly where a term, as it is rounded, is at most 2^-k. */
static void test_directions(void **state)
{
    (void)state;
    /* The ratio: 1 + 2^-300. */
    assert_false(power_sum_within(1, 1, 1, 300, 0, 1, 1));
    assert_true(power_sum_within(1, 1, 0, 300, 0, 1, 1));
    /* The power: q = 1 + 2u and ratios (1 + 2u)/2, whose power is (1 + 0.61 u)/2. */
    assert_false(power_sum_within(2, 1, 1, 255, 1, 1, 255));
    assert_true(power_sum_within(2, 1, 0, 255, 1, 1, 255));
    /* The exponent: q = 1 + 1.5u, nearer to 1 + 2u than to 1; 1024 ratios (1 + 10.5u)/1024, whose powers are
     * (1 + 0.1u)/1024, and would be less than 1/1024 with the exponent 1 + 2u. */
    assert_false(power_sum_within(1024, 1, 21, 257, 10, 3, 257));
    assert_true(power_sum_within(1024, 1, 0, 257, 10, 3, 257));
}

/* The sum: 1 + 2^-600, where the first term is 1. */
static void test_direction_of_sum(void **state)
{
    (void)state;
    net_class h;
    make_class(&h, "3/2", "1", 1, 1);
    mpz_t *numerator = integers_new(2), denominator;
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    mpz_init(denominator);
    mpz_setbit(denominator, 400);
    mpz_set(numerator[0], denominator);
    mpz_set_ui(numerator[1], 1);
    assert_false(class_norm_within(&h, 2, numerator, denominator, one));
    mpz_swap(numerator[0], numerator[1]);
    assert_false(class_norm_within(&h, 2, numerator, denominator, one));
    mpz_set_ui(numerator[0], 0);
    assert_true(class_norm_within(&h, 2, numerator, denominator, one));
    mpz_clear(denominator);
    mpq_clear(one);
    integers_free(numerator, 2);
    class_clear(&h);
}

/* A class lies in another if each of its numbers says so, and not if one does not. */
static void test_within(void **state)
{
    (void)state;
    static const struct {
        const char *q, *c;
        size_t width, layers;
        bool within; /* the class with q = 2, c = 3, B = 4, L = 5 */
    } others[] = {{"2", "3", 4, 5, true},    {"5/2", "3", 4, 5, true}, {"inf", "3", 4, 5, true},
                  {"2", "10/3", 4, 5, true}, {"2", "3", 5, 5, true},   {"3/2", "3", 4, 5, false},
                  {"2", "8/3", 4, 5, false}, {"2", "3", 3, 5, false},  {"2", "3", 4, 6, false},
                  {"2", "3", 4, 4, false}};
    net_class h, other, largest;
    make_class(&h, "2", "3", 4, 5);
    make_class(&largest, "inf", "3", 4, 5);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        make_class(&other, others[k].q, others[k].c, others[k].width, others[k].layers);
        assert_int_equal(class_within(&h, &other), others[k].within);
        assert_int_equal(class_within(&largest, &other), others[k].within && strcmp(others[k].q, "inf") == 0);
        class_clear(&other);
    }
    assert_true(class_within(&largest, &largest));
    class_clear(&h);
    class_clear(&largest);
}

/* A chain of the given widths with all weights and biases 1/4. */
static void make_chain(network *net, size_t inputs, size_t layers, const size_t *width, unsigned char last)
{
    network_init(net, inputs);
    for (size_t k = 0; k < layers; k++) {
        size_t columns = network_source_size(net, k);
        mpq_t *weight = vector_new(width[k] * columns), *bias = vector_new(width[k]);
        unsigned char kind[8];
        for (size_t i = 0; i < width[k] * columns; i++)
            mpq_set_ui(weight[i], 1, 4);
        for (size_t i = 0; i < width[k]; i++) {
            mpq_set_ui(bias[i], 1, 4);
            kind[i] = k + 1 < layers ? NEURON_RELU : last;
        }
        network_append(net, width[k], kind, 1, &k, weight, bias);
        vector_free(weight, width[k] * columns);
        vector_free(bias, width[k]);
    }
}

static void expect(bool wanted, const network *net, const char *q, const char *c, size_t width, size_t layers,
                   const char *message)
{
    net_class h;
    error e = ERROR_NONE;
    make_class(&h, q, c, width, layers);
    assert_int_equal(class_contains(&h, net, "the network", &e), wanted);
    if (!wanted)
        assert_non_null(strstr(e.message, message));
    error_clear(&e);
    class_clear(&h);
}

static void test_networks(void **state)
{
    (void)state;
    network net;
    make_chain(&net, 2, 3, (size_t[]){4, 3, 1}, NEURON_LINEAR);
    expect(true, &net, "1", "3", 4, 3, NULL);
    expect(true, &net, "1", "3", 100, 3, NULL);
    expect(false, &net, "1", "299/100", 4, 3, "the matrix of layer 2");
    expect(true, &net, "inf", "1/4", 4, 3, NULL);
    expect(false, &net, "inf", "6/25", 4, 3, "the matrix of layer 1");
    expect(false, &net, "1", "3", 3, 3, "layer 1 has 4 neurons, allowed are 3");
    expect(false, &net, "1", "3", 4, 4, "it has 3 layers, not 4");
    expect(true, &net, "2", "866025403784438647/1000000000000000000", 4, 3, NULL);
    expect(false, &net, "2", "866025403784438646/1000000000000000000", 4, 3, "the matrix of layer 2");
    mpz_set_ui(net.layer[1].bias[0], 13);
    expect(false, &net, "1", "3", 4, 3, "the bias of layer 2");
    network_clear(&net);
    make_chain(&net, 2, 2, (size_t[]){3, 1}, NEURON_RELU);
    expect(false, &net, "1", "3", 4, 2, "layer 2 has a neuron that is no linear output");
    network_clear(&net);
    make_chain(&net, 2, 2, (size_t[]){3, 2}, NEURON_LINEAR);
    expect(false, &net, "1", "3", 4, 2, "layer 2 has 2 neurons, allowed are 1");
    net.layer[0].kind[1] = NEURON_LINEAR;
    expect(false, &net, "1", "3", 4, 2, "layer 1 has a neuron that is no ReLU");
    network_clear(&net);
}

/* A layer that reads the inputs again is no layer of the class, not even with zero weights. */
static void test_shortcut(void **state)
{
    (void)state;
    network net;
    mpq_t *zero = vector_new(4);
    unsigned char kind[1] = {NEURON_RELU};
    network_init(&net, 1);
    network_append(&net, 1, kind, 1, (size_t[]){0}, zero, zero);
    network_append(&net, 1, kind, 2, (size_t[]){0, 1}, zero, zero);
    kind[0] = NEURON_LINEAR;
    network_append(&net, 1, kind, 1, (size_t[]){1}, zero, zero);
    expect(false, &net, "1", "3", 4, 3, "layer 2 reads something else");
    network_clear(&net);
    network_init(&net, 1);
    network_append(&net, 1, kind, 0, NULL, zero, zero);
    expect(false, &net, "1", "3", 4, 1, "layer 1 reads");
    network_clear(&net);
    vector_free(zero, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norms),      cmocka_unit_test(test_equality),
        cmocka_unit_test(test_zero),       cmocka_unit_test(test_networks),
        cmocka_unit_test(test_directions), cmocka_unit_test(test_direction_of_sum),
        cmocka_unit_test(test_within),     cmocka_unit_test(test_shortcut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
