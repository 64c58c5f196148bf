/* Networks: what network_append stores, and network_eval against one rational operation after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "network/network.h"
#include "number/vector.h"
#include "plain.h"
#include "random.h"

static uint64_t seed;

/* numerator / denominator = value */
static void check_number(const mpz_t numerator, const mpz_t denominator, const mpq_t value)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_num(q, numerator);
    mpq_set_den(q, denominator);
    mpq_canonicalize(q);
    assert_true(mpq_equal(q, value));
    mpq_clear(q);
}

/* The least common denominator, by the definition: one of all numbers, and no smaller one would do. */
static void check_denominator(const net_layer *layer, const plain_layer *expected)
{
    mpz_t least;
    mpz_init_set_ui(least, 1);
    for (size_t k = 0; k < expected->neurons * expected->columns; k++)
        mpz_lcm(least, least, mpq_denref(expected->weight[k]));
    for (size_t k = 0; k < expected->neurons; k++)
        mpz_lcm(least, least, mpq_denref(expected->bias[k]));
    assert_true(mpz_cmp(layer->denominator, least) == 0);
    mpz_clear(least);
}

static void check_layer(const net_layer *layer, const plain *p, const plain_layer *expected)
{
    assert_int_equal(layer->neurons, expected->neurons);
    assert_int_equal(layer->blocks, expected->sources);
    check_denominator(layer, expected);
    for (size_t row = 0; row < layer->neurons; row++) {
        mpq_t *weight = expected->weight + row * expected->columns;
        assert_int_equal(layer->kind[row], expected->kind[row]);
        check_number(layer->bias[row], layer->denominator, expected->bias[row]);
        for (size_t b = 0; b < layer->blocks; b++) {
            const net_block *block = &layer->block[b];
            assert_int_equal(block->source, expected->source[b]);
            assert_int_equal(block->columns, plain_source_size(p, block->source));
            for (size_t c = 0; c < block->columns; c++)
                check_number(block->weight[row * block->columns + c], layer->denominator, *weight++);
        }
    }
}

static void check_counts(const network *net, const plain *p)
{
    size_t neurons = 0, relus = 0;
    for (size_t k = 0; k < p->layers; k++) {
        neurons += p->layer[k].neurons;
        for (size_t row = 0; row < p->layer[k].neurons; row++)
            relus += p->layer[k].kind[row] == NEURON_RELU;
    }
    assert_int_equal(net->inputs, p->inputs);
    assert_int_equal(net->layers, p->layers);
    assert_int_equal(network_neurons(net), neurons);
    assert_int_equal(network_relus(net), relus);
    assert_int_equal(network_outputs(net), p->layer[p->layers - 1].neurons);
    for (size_t s = 0; s <= p->layers; s++)
        assert_int_equal(network_source_size(net, s), plain_source_size(p, s));
}

static void test_append(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(500); k++) {
        rng r;
        plain p;
        network net;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        plain_network(&net, &p);
        check_counts(&net, &p);
        for (size_t i = 0; i < p.layers; i++)
            check_layer(&net.layer[i], &p, &p.layer[i]);
        network_clear(&net);
        plain_clear(&p);
    }
}

static void random_x(mpq_t *x, size_t count, rng *r)
{
    for (size_t i = 0; i < count; i++) {
        mpq_set_si(x[i], rng_between(r, -1000, 1000), rng_chance(r, 50) ? 1 : 1 + rng_below(r, 1000));
        if (rng_chance(r, 20))
            mpq_div_2exp(x[i], x[i], rng_below(r, 200));
        mpq_canonicalize(x[i]);
    }
}

static bool is_canonical(const mpq_t q)
{
    mpq_t copy;
    mpq_init(copy);
    mpq_set(copy, q);
    mpq_canonicalize(copy);
    bool same =
        mpz_cmp(mpq_numref(copy), mpq_numref(q)) == 0 && mpz_cmp(mpq_denref(copy), mpq_denref(q)) == 0;
    mpq_clear(copy);
    return same;
}

static void compare_at_random_points(const network *net, const plain *p, rng *r)
{
    size_t outputs = network_outputs(net);
    mpq_t *x = vector_new(p->inputs), *y = vector_new(outputs), *expected = vector_new(outputs);
    for (int k = 0; k < 3; k++) {
        random_x(x, p->inputs, r);
        network_eval(y, net, x);
        plain_eval(expected, p, x);
        for (size_t j = 0; j < outputs; j++) {
            assert_true(is_canonical(y[j]));
            assert_true(mpq_equal(y[j], expected[j]));
        }
    }
    vector_free(x, p->inputs);
    vector_free(y, outputs);
    vector_free(expected, outputs);
}

static void test_eval(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(1000); k++) {
        rng r;
        plain p;
        network net;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        plain_network(&net, &p);
        compare_at_random_points(&net, &p, &r);
        network_clear(&net);
        plain_clear(&p);
    }
}

/* y_k = max(y_(k-1)/2 + x, 0), so that layer k holds x (2 - 2^(1-k)) for x > 0; every layer reads the inputs
 * too. */
static void append_halving(network *net)
{
    size_t sources[] = {0, net->layers};
    unsigned char kind = NEURON_RELU;
    mpq_t *weight = vector_new(2), *bias = vector_new(1);
    mpq_set_ui(weight[0], 1, 1);
    mpq_set_ui(weight[1], 1, 2);
    network_append(net, 1, &kind, net->layers == 0 ? 1 : 2, sources, weight, bias);
    vector_free(weight, 2);
    vector_free(bias, 1);
}

static void test_many_layers(void **state)
{
    (void)state;
    enum { LAYERS = 3000 };
    network net;
    network_init(&net, 1);
    for (int k = 0; k < LAYERS; k++)
        append_halving(&net);
    mpq_t *x = vector_new(1), *y = vector_new(1), *expected = vector_new(1);
    mpq_set_ui(x[0], 3, 7);
    network_eval(y, &net, x);
    mpq_set_si(expected[0], -1, 1);
    mpq_div_2exp(expected[0], expected[0], LAYERS - 1);
    mpz_addmul_ui(mpq_numref(expected[0]), mpq_denref(expected[0]), 2);
    mpq_mul(expected[0], expected[0], x[0]);
    assert_true(mpq_equal(y[0], expected[0]));
    mpq_neg(x[0], x[0]);
    network_eval(y, &net, x);
    assert_int_equal(mpq_sgn(y[0]), 0);
    vector_free(x, 1);
    vector_free(y, 1);
    vector_free(expected, 1);
    network_clear(&net);
}

/* Clearing twice, and clearing a network without layers. */
static void test_clear(void **state)
{
    (void)state;
    network net;
    network_init(&net, 4);
    assert_int_equal(network_source_size(&net, 0), 4);
    assert_int_equal(network_neurons(&net), 0);
    network_clear(&net);
    network_clear(&net);
    assert_null(net.layer);
}

int main(void)
{
    seed = random_seed("network");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_eval),
        cmocka_unit_test(test_many_layers),
        cmocka_unit_test(test_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
