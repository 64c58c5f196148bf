/* Random ONNX graphs of all operators, with their nodes shuffled, against the direct interpreter; and writing
 * what was read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "number/vector.h"
#include "onnx_compare.h"

enum { MOST_VALUES = 40 };

/* A value of the graph that depends on the input: a matrix. */
typedef struct value {
    const char *name;
    int64_t rows, columns;
} value;

typedef struct maker {
    onnx_builder b;
    onnx_style style;
    value value[MOST_VALUES];
    size_t values;
} maker;

static const char *joined(maker *m, const char *a, const char *b)
{
    char *text = mem_printf("%s,%s", a, b);
    const char *kept = onnx_builder_text(&m->b, text);
    free(text);
    return kept;
}

static const char *weights(maker *m, int64_t rows, int64_t columns)
{
    return onnx_weights(&m->b, &m->style, onnx_builder_name(&m->b), 2, (const int64_t[]){rows, columns});
}

/* A constant that broadcasts to the shape of v. */
static const char *broadcast_weights(maker *m, const value *v)
{
    rng *r = m->style.random;
    if (rng_chance(r, 30))
        return onnx_weights(&m->b, &m->style, onnx_builder_name(&m->b), 1, &v->columns);
    return weights(m, rng_chance(r, 50) ? 1 : v->rows, rng_chance(r, 50) ? 1 : v->columns);
}

static Onnx__NodeProto *add(maker *m, const char *type, const char *inputs, int64_t rows, int64_t columns)
{
    value *v = &m->value[m->values++];
    *v = (value){onnx_builder_name(&m->b), rows, columns};
    return onnx_builder_node(&m->b, type, inputs, v->name);
}

/* Another value of the same shape, or v itself. */
static const value *partner(maker *m, const value *v)
{
    const value *w = &m->value[rng_below(m->style.random, m->values)];
    return w->rows == v->rows && w->columns == v->columns ? w : v;
}

static void add_product(maker *m, const value *v)
{
    rng *r = m->style.random;
    int64_t n = rng_between(r, 1, 5);
    if (rng_chance(r, 30)) {
        add(m, "MatMul", joined(m, v->name, weights(m, v->columns, n)), v->rows, n);
    } else if (rng_chance(r, 30)) {
        add(m, "MatMul", joined(m, weights(m, n, v->rows), v->name), n, v->columns);
    } else {
        bool transpose = rng_chance(r, 50);
        const char *w = transpose ? weights(m, n, v->columns) : weights(m, v->columns, n);
        Onnx__NodeProto *node =
            add(m, "Gemm", joined(m, v->name, joined(m, w, weights(m, 1, n))), v->rows, n);
        onnx_builder_integer(&m->b, node, "transB", transpose);
        onnx_builder_float(&m->b, node, "alpha", (float)rng_between(r, -3, 3) / 4);
    }
}

static void add_arithmetic(maker *m, const value *v)
{
    static const char *const linear[] = {"Add", "Sub", "Max", "Min"};
    rng *r = m->style.random;
    const char *type = linear[rng_below(r, 4)], *w = broadcast_weights(m, v);
    double divisor = (double)rng_between(r, 1, 50) / 8;
    if (rng_chance(r, 50))
        add(m, type, joined(m, v->name, partner(m, v)->name), v->rows, v->columns);
    else if (rng_chance(r, 50))
        add(m, type, joined(m, w, v->name), v->rows, v->columns);
    else if (rng_chance(r, 50))
        add(m, "Mul", joined(m, v->name, w), v->rows, v->columns);
    else
        add(m, "Div",
            joined(m, v->name, onnx_values(&m->b, &m->style, onnx_builder_name(&m->b), 0, NULL, &divisor)),
            v->rows, v->columns);
}

static void add_activation(maker *m, const value *v)
{
    rng *r = m->style.random;
    switch (rng_below(r, 5)) {
    case 0:
        add(m, rng_chance(r, 50) ? "Abs" : "Neg", v->name, v->rows, v->columns);
        break;
    case 1:
        onnx_builder_float(&m->b, add(m, "LeakyRelu", v->name, v->rows, v->columns), "alpha",
                           (float)rng_between(r, -2, 2) / 2);
        break;
    case 2:
        add(m, "PRelu", joined(m, v->name, broadcast_weights(m, v)), v->rows, v->columns);
        break;
    case 3: {
        double low = (double)rng_between(r, -4, 4), high = low + (double)rng_between(r, 0, 4);
        const char *a = onnx_values(&m->b, &m->style, onnx_builder_name(&m->b), 0, NULL, &low);
        const char *b = onnx_values(&m->b, &m->style, onnx_builder_name(&m->b), 0, NULL, &high);
        add(m, "Clip", joined(m, v->name, joined(m, rng_chance(r, 70) ? a : "", b)), v->rows, v->columns);
        break;
    }
    default:
        add(m, "Relu", v->name, v->rows, v->columns);
        break;
    }
}

static void add_layout(maker *m, const value *v)
{
    rng *r = m->style.random;
    const value *w = partner(m, v);
    switch (rng_below(r, 4)) {
    case 0:
        add(m, "Transpose", v->name, v->columns, v->rows);
        break;
    case 1:
        onnx_builder_integer(&m->b, add(m, "Flatten", v->name, 1, v->rows * v->columns), "axis", 0);
        break;
    case 2:
        if (v->columns * 2 <= 8)
            onnx_builder_integer(
                &m->b, add(m, "Concat", joined(m, v->name, w->name), v->rows, v->columns + w->columns),
                "axis", 1);
        break;
    default:
        add(m, "Reshape",
            joined(m, v->name, onnx_list(&m->b, onnx_builder_name(&m->b), 2, (const int64_t[]){-1, v->rows})),
            v->columns, v->rows);
        break;
    }
}

/* The interpreter wants the nodes in order, the reader must not. */
static void shuffle(maker *m)
{
    Onnx__GraphProto *g = &m->b.graph;
    for (size_t i = g->n_node; i > 1; i--) {
        size_t j = rng_below(m->style.random, i);
        Onnx__NodeProto *swapped = g->node[i - 1];
        g->node[i - 1] = g->node[j];
        g->node[j] = swapped;
    }
}

/* Starts a random graph; the output is its last value. */
static void make(maker *m, rng *r, size_t steps)
{
    *m = (maker){.style = {rng_chance(r, 50) ? ONNX_FLOAT : ONNX_DOUBLE, rng_chance(r, 50), r}};
    onnx_builder_init(&m->b);
    value x = {"x", rng_chance(r, 70) ? 1 : 2, rng_between(r, 1, 4)};
    onnx_builder_reshaped_input(&m->b, "x", m->style.type, 2,
                                (const int64_t[]){x.rows == 1 ? -1 : x.rows, x.columns});
    m->value[m->values++] = x;
    void (*const add_one[])(maker *, const value *) = {add_product, add_product, add_arithmetic,
                                                       add_activation, add_layout};
    for (size_t i = 0; i < steps; i++) {
        const value v = m->value[rng_chance(r, 80) ? m->values - 1 : rng_below(r, m->values)];
        add_one[rng_below(r, 5)](m, &v);
    }
    onnx_builder_output(&m->b, m->value[m->values - 1].name, m->style.type);
}

/* --- reading -----------------------------------------------------------------------------------------------
 */

static void test_random_graphs(void **state)
{
    (void)state;
    uint64_t seed = random_seed("onnx graphs");
    size_t cases = random_effort(300);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        maker m;
        network net;
        make(&m, &r, (size_t)rng_between(&r, 1, 14));
        onnx_compare(&m.b, &r, &net);
        network_clear(&net);
        onnx_builder_clear(&m.b);
    }
}

static file_bytes written(const network *net, error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool good = onnx_write(out, net, "net", e);
    fclose(out);
    if (good)
        return (file_bytes){(unsigned char *)text, size};
    free(text);
    return (file_bytes){NULL, 0};
}

static void assert_same_function(const network *a, const network *b, rng *r)
{
    assert_int_equal(a->inputs, b->inputs);
    size_t outputs = network_outputs(a);
    assert_int_equal(outputs, network_outputs(b));
    mpq_t *x = vector_new(a->inputs), *y = vector_new(outputs), *z = vector_new(outputs);
    for (int point = 0; point < 6; point++) {
        for (size_t i = 0; i < a->inputs; i++) {
            mpq_set_si(x[i], rng_between(r, -60, 60), (unsigned long)rng_between(r, 1, 24));
            mpq_canonicalize(x[i]);
        }
        network_eval(y, a, x);
        network_eval(z, b, x);
        for (size_t j = 0; j < outputs; j++)
            assert_true(mpq_equal(y[j], z[j]));
    }
    vector_free(x, a->inputs);
    vector_free(y, outputs);
    vector_free(z, outputs);
}

/* Reads shuffled graphs; nodes in the order of the file or not must make no difference. */
static void test_shuffled_graphs(void **state)
{
    (void)state;
    uint64_t seed = random_seed("shuffled onnx graphs");
    for (size_t k = 0; k < random_effort(100); k++) {
        rng r;
        rng_seed(&r, seed + k);
        maker m;
        network net, shuffled;
        error e = ERROR_NONE;
        make(&m, &r, (size_t)rng_between(&r, 5, 20));
        onnx_compare(&m.b, &r, &net);
        shuffle(&m);
        file_bytes bytes = onnx_builder_bytes(&m.b);
        assert_true(onnx_read(&shuffled, NULL, "shuffled.onnx", &bytes, &e));
        assert_same_function(&net, &shuffled, &r);
        free(bytes.data);
        network_clear(&net);
        network_clear(&shuffled);
        onnx_builder_clear(&m.b);
    }
}

/* --- writing -----------------------------------------------------------------------------------------------
 */

/* A random network that float64 can hold: layers read any earlier ones, kinds are mixed, some layers are
 * constant. */
static void random_dyadic_network(network *net, rng *r)
{
    network_init(net, (size_t)rng_between(r, 1, 3));
    size_t layers = (size_t)rng_between(r, 1, 4);
    for (size_t k = 0; k < layers; k++) {
        size_t neurons = (size_t)rng_between(r, 1, 4), blocks = 0, columns = 0, sources[8];
        unsigned char kind[4];
        for (size_t s = 0; s <= k; s++) {
            if (rng_chance(r, s == k ? 90 : 40)) {
                sources[blocks++] = s;
                columns += network_source_size(net, s);
            }
        }
        mpq_t *weight = vector_new(neurons * columns), *bias = vector_new(neurons);
        for (size_t i = 0; i < neurons * columns; i++)
            mpq_set_d(weight[i], onnx_random_weight(r));
        for (size_t i = 0; i < neurons; i++) {
            mpq_set_d(bias[i], onnx_random_weight(r));
            kind[i] = rng_chance(r, 60) ? NEURON_RELU : NEURON_LINEAR;
        }
        network_append(net, neurons, kind, blocks, sources, weight, bias);
        vector_free(weight, neurons * columns);
        vector_free(bias, neurons);
    }
}

static void test_write_and_read(void **state)
{
    (void)state;
    uint64_t seed = random_seed("onnx write");
    for (size_t k = 0; k < random_effort(400); k++) {
        rng r;
        rng_seed(&r, seed + k);
        error e = ERROR_NONE;
        network net, back;
        random_dyadic_network(&net, &r);
        file_bytes bytes = written(&net, &e);
        assert_non_null(bytes.data);
        bool good = onnx_read(&back, NULL, "written.onnx", &bytes, &e);
        if (!good)
            error_print(stderr, &e);
        assert_true(good);
        assert_same_function(&net, &back, &r);
        free(bytes.data);
        network_clear(&net);
        network_clear(&back);
    }
}

/* One linear neuron with the given weight and bias 1. */
static void single_neuron(network *net, const char *weight)
{
    unsigned char kind = NEURON_LINEAR;
    size_t source = 0;
    mpq_t *w = vector_new(1), *bias = vector_new(1);
    mpq_set_ui(bias[0], 1, 1);
    mpq_set_str(w[0], weight, 10);
    mpq_canonicalize(w[0]);
    network_init(net, 1);
    network_append(net, 1, &kind, 1, &source, w, bias);
    vector_free(w, 1);
    vector_free(bias, 1);
}

static void test_write_limits(void **state)
{
    (void)state;
    mpz_t huge;
    mpz_init(huge);
    mpz_ui_pow_ui(huge, 2, 1074);
    char *power = mpz_get_str(NULL, 10, huge);
    char *least = mem_printf("1/%s", power), *less = mem_printf("3/%s", power);
    less[strlen(less) - 1] = '6'; /* 2^1074 ends in 4: no power of two any more */
    const struct {
        const char *weight;
        bool good;
    } cases[] = {{"1/3", false},
                 {"9007199254740993", false},
                 {"9007199254740992", true},
                 {power, false},
                 {least, true},
                 {less, false},
                 {"-7/1024", true},
                 {"0", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error e = ERROR_NONE;
        network net;
        single_neuron(&net, cases[i].weight);
        file_bytes bytes = written(&net, &e);
        assert_int_equal(bytes.data != NULL, cases[i].good);
        if (!cases[i].good)
            assert_non_null(strstr(e.message, "layer 1, neuron 1: a weight is not exactly a float64"));
        error_clear(&e);
        free(bytes.data);
        network_clear(&net);
    }
    free(power);
    free(least);
    free(less);
    mpz_clear(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_shuffled_graphs),
        cmocka_unit_test(test_write_and_read),
        cmocka_unit_test(test_write_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
