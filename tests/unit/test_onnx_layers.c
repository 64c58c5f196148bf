/* How deep ONNX graphs become layers: old neurons must not be carried along from layer to layer, and each
 * activation costs its neurons once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "onnx_compare.h"

enum { DEPTH = 12, WIDTH = 6 };

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;
static const onnx_style style = {ONNX_DOUBLE, true, &randomness};

/* The value that step `step` works on; the last step's result is the output. */
static const char *value(onnx_builder *b, const char *kind, int step)
{
    char name[32];
    snprintf(name, sizeof name, "%s%d", kind, step);
    return onnx_builder_text(b, step == DEPTH ? "y" : name);
}

static const char *pair(onnx_builder *b, const char *left, const char *right)
{
    char names[80];
    snprintf(names, sizeof names, "%s,%s", left, right);
    return onnx_builder_text(b, names);
}

/* A full matrix without zeros, so that sizes do not depend on chance. */
static const char *matrix(onnx_builder *b, int64_t rows, int64_t columns)
{
    double weight[WIDTH * WIDTH];
    for (int64_t i = 0; i < rows * columns; i++)
        weight[i] = (double)(rng_between(&randomness, 1, 15) - (rng_chance(&randomness, 50) ? 16 : 0)) / 8;
    return onnx_values(b, &style, onnx_builder_name(b), 2, DIM(rows, columns), weight);
}

static void start(onnx_builder *b)
{
    onnx_builder_init(b);
    onnx_builder_input(b, "x", ONNX_DOUBLE, 2, DIM(-1, WIDTH));
    onnx_builder_node(b, "Identity", "x", "h0");
    onnx_builder_output(b, "y", ONNX_DOUBLE);
}

static size_t most_blocks(const network *net)
{
    size_t most = 0;
    for (size_t k = 0; k < net->layers; k++) {
        if (net->layer[k].blocks > most)
            most = net->layer[k].blocks;
    }
    return most;
}

static void finish(onnx_builder *b, size_t relus)
{
    network net;
    onnx_compare(b, &randomness, &net);
    assert_int_equal(network_relus(&net), relus);
    assert_true(most_blocks(&net) <= 3);
    assert_true(net.layers <= 2 * DEPTH);
    network_clear(&net);
    onnx_builder_clear(b);
}

static void test_leaky(void **state)
{
    (void)state;
    onnx_builder b;
    start(&b);
    for (int step = 0; step < DEPTH; step++) {
        const char *z = onnx_builder_name(&b);
        onnx_builder_node(&b, "MatMul", pair(&b, value(&b, "h", step), matrix(&b, WIDTH, WIDTH)), z);
        onnx_builder_node(&b, "LeakyRelu", z, value(&b, "h", step + 1));
    }
    finish(&b, DEPTH * WIDTH);
}

static void test_residual(void **state)
{
    (void)state;
    onnx_builder b;
    start(&b);
    for (int step = 0; step < DEPTH; step++) {
        const char *z = onnx_builder_name(&b), *r = onnx_builder_name(&b), *h = value(&b, "h", step);
        onnx_builder_node(&b, "MatMul", pair(&b, h, matrix(&b, WIDTH, WIDTH)), z);
        onnx_builder_node(&b, "Relu", z, r);
        onnx_builder_node(&b, "Add", pair(&b, h, r), value(&b, "h", step + 1));
    }
    finish(&b, DEPTH * WIDTH);
}

/* A row of zeros, as pruning leaves it, keeps its neuron; a layer of constants does not. */
static void test_pruned(void **state)
{
    (void)state;
    onnx_builder b;
    network net;
    start(&b);
    onnx_values(&b, &style, "w", 2, DIM(WIDTH, 2), (const double[]){1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0});
    onnx_values(&b, &style, "zero", 2, DIM(WIDTH, 2), (const double[2 * WIDTH]){0});
    onnx_builder_node(&b, "MatMul", "h0,w", "a");
    onnx_builder_node(&b, "Relu", "a", "b");
    onnx_builder_node(&b, "MatMul", "h0,zero", "c");
    onnx_builder_node(&b, "Relu", "c", "d");
    onnx_builder_node(&b, "Add", "b,d", "y");
    onnx_compare(&b, &randomness, &net);
    assert_int_equal(net.layers, 1);
    assert_int_equal(network_relus(&net), 2);
    network_clear(&net);
    onnx_builder_clear(&b);
}

int main(void)
{
    rng_seed(&randomness, random_seed("onnx layers"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaky),
        cmocka_unit_test(test_residual),
        cmocka_unit_test(test_pruned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
