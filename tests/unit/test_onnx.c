/* Every ONNX operator on its own: what is imported is compared with a direct interpreter at random rational
 * points, for both float types, raw and typed data; and the number of neurons and layers is what it should
 * be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "import/import.h"
#include "onnx_compare.h"

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;

/* One model under test. */
typedef struct trial {
    onnx_builder b;
    onnx_style style;
    network net;
} trial;

/* Builds the graph between "x" (1×4, or what it declares itself) and "y". */
typedef void (*build)(trial *t);

static void finish(trial *t, size_t relus, size_t layers)
{
    onnx_builder_output(&t->b, "y", t->style.type);
    onnx_compare(&t->b, t->style.random, &t->net);
    if (relus != SIZE_MAX)
        assert_int_equal(network_relus(&t->net), relus);
    if (layers != SIZE_MAX)
        assert_int_equal(t->net.layers, layers);
    network_clear(&t->net);
    onnx_builder_clear(&t->b);
}

/* Runs the builder with one float type, raw and typed; checks neurons and layers unless they are SIZE_MAX. */
static void try_type(int type, build make, size_t rank, const int64_t *dim, size_t relus, size_t layers)
{
    for (int form = 0; form < 2; form++) {
        trial t = {.style = {type, form == 0, &randomness}};
        onnx_builder_init(&t.b);
        onnx_builder_reshaped_input(&t.b, "x", t.style.type, rank, dim);
        make(&t);
        finish(&t, relus, layers);
    }
}

/* The same with float32 and float64. */
static void try_each(build make, size_t rank, const int64_t *dim, size_t relus, size_t layers)
{
    try_type(ONNX_FLOAT, make, rank, dim, relus, layers);
    try_type(ONNX_DOUBLE, make, rank, dim, relus, layers);
}

static Onnx__NodeProto *node(trial *t, const char *type, const char *inputs, const char *output)
{
    return onnx_builder_node(&t->b, type, inputs, output);
}

/* --- Gemm and MatMul ---------------------------------------------------------------------------------------
 */

static void gemm_plain(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(4, 3));
    onnx_weights(&t->b, &t->style, "c", 1, DIM(3));
    node(t, "Gemm", "x,w,c", "y");
}

static void gemm_scaled(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(3, 4));
    onnx_weights(&t->b, &t->style, "c", 2, DIM(1, 1));
    Onnx__NodeProto *n = node(t, "Gemm", "x,w,c", "y");
    onnx_builder_integer(&t->b, n, "transB", 1);
    onnx_builder_float(&t->b, n, "alpha", 0.3f);
    onnx_builder_float(&t->b, n, "beta", -1.7f);
}

static void gemm_left(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(1, 5));
    Onnx__NodeProto *n = node(t, "Gemm", "w,x", "y");
    onnx_builder_integer(&t->b, n, "transA", 1);
}

static void gemm_both_transposed(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(4, 2));
    Onnx__NodeProto *n = node(t, "Gemm", "w,x,", "y");
    onnx_builder_integer(&t->b, n, "transA", 1);
    onnx_builder_integer(&t->b, n, "transB", 1);
}

static void gemm_input_as_bias(trial *t)
{
    onnx_weights(&t->b, &t->style, "v", 2, DIM(3, 2));
    onnx_weights(&t->b, &t->style, "w", 2, DIM(2, 4));
    onnx_builder_float(&t->b, node(t, "Gemm", "v,w,x", "y"), "beta", 0.1f);
}

static void test_gemm(void **state)
{
    (void)state;
    try_each(gemm_plain, 2, DIM(1, 4), 0, 1);
    try_each(gemm_plain, 2, DIM(-1, 4), 0, 1);
    try_each(gemm_scaled, 2, DIM(1, 4), 0, 1);
    try_each(gemm_left, 2, DIM(1, 4), 0, 1);
    try_each(gemm_both_transposed, 2, DIM(1, 4), 0, 1);
    try_each(gemm_input_as_bias, 2, DIM(1, 4), 0, 1);
}

static void matmul_right(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(4, 3));
    node(t, "MatMul", "x,w", "y");
}

static void matmul_left(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 2, DIM(3, 4));
    node(t, "MatMul", "w,x", "y");
}

static void matmul_list(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 1, DIM(4));
    node(t, "MatMul", "x,w", "y");
}

static void matmul_list_left(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 1, DIM(2));
    node(t, "MatMul", "w,x", "y");
}

static void matmul_stack(trial *t)
{
    onnx_weights(&t->b, &t->style, "w", 4, DIM(3, 1, 2, 2));
    node(t, "MatMul", "x,w", "y");
}

static void test_matmul(void **state)
{
    (void)state;
    try_each(matmul_right, 2, DIM(1, 4), 0, 1);
    try_each(matmul_right, 1, DIM(4), 0, 1);
    try_each(matmul_left, 2, DIM(4, 1), 0, 1);
    try_each(matmul_left, 1, DIM(4), 0, 1);
    try_each(matmul_list, 2, DIM(1, 4), 0, 1);
    try_each(matmul_list, 1, DIM(4), 0, 1);
    try_each(matmul_list_left, 3, DIM(2, 2, 3), 0, 1);
    try_each(matmul_stack, 3, DIM(2, 2, 2), 0, 1);
}

/* --- arithmetic --------------------------------------------------------------------------------------------
 */

static void chain_of_constants(trial *t)
{
    onnx_weights(&t->b, &t->style, "a", 1, DIM(4));
    onnx_weights(&t->b, &t->style, "b", 2, DIM(3, 1));
    onnx_values(&t->b, &t->style, "d", 1, DIM(1), (const double[]){0.1});
    node(t, "Sub", "x,a", "s");
    node(t, "Div", "s,d", "q");
    node(t, "Mul", "b,q", "m");
    node(t, "Add", "m,x", "n");
    node(t, "Sub", "a,n", "k");
    node(t, "Neg", "k", "y");
}

/* Operations among constants only, whose results are used. */
static void folded_constants(trial *t)
{
    onnx_weights(&t->b, &t->style, "a", 2, DIM(3, 4));
    onnx_values(&t->b, &t->style, "d", 0, NULL, (const double[]){3});
    node(t, "Abs", "a", "a1");
    node(t, "Neg", "a1", "a2");
    node(t, "Div", "a2,d", "a3");
    node(t, "Relu", "a", "a4");
    node(t, "Add", "a3,a4", "a5");
    node(t, "Transpose", "a5", "a6");
    node(t, "MatMul", "a,a6", "a7");
    node(t, "LeakyRelu", "a7", "a8");
    node(t, "Max", "a8,d", "a9");
    node(t, "Gemm", "x,a6", "z");
    node(t, "MatMul", "z,a9", "y");
}

/* Only where variance plus epsilon is the square of a fraction is its root rational. */
static void normalization(trial *t)
{
    onnx_weights(&t->b, &t->style, "scale", 1, DIM(4));
    onnx_weights(&t->b, &t->style, "bias", 1, DIM(4));
    onnx_weights(&t->b, &t->style, "mean", 1, DIM(4));
    onnx_values(&t->b, &t->style, "var", 1, DIM(4), (const double[]){0, 2, 6, 12});
    Onnx__NodeProto *n = node(t, "BatchNormalization", "x,scale,bias,mean,var", "y");
    onnx_builder_float(&t->b, n, "epsilon", 0.25f);
    onnx_builder_float(&t->b, n, "momentum", 0.9f);
}

static void test_arithmetic(void **state)
{
    (void)state;
    try_each(chain_of_constants, 2, DIM(1, 4), 0, 1);
    try_each(folded_constants, 2, DIM(1, 4), 0, 1);
    try_each(normalization, 2, DIM(1, 4), 0, 1);
    try_each(normalization, 3, DIM(2, 4, 2), 0, 1);
}

/* --- activations -------------------------------------------------------------------------------------------
 */

static void relu(trial *t)
{
    node(t, "Relu", "x", "y");
}

static void relu_twice(trial *t)
{
    node(t, "Relu", "x", "a");
    node(t, "Relu", "a", "b");
    node(t, "Abs", "b", "y");
}

static void leaky(trial *t)
{
    onnx_builder_float(&t->b, node(t, "LeakyRelu", "x", "a"), "alpha", 0.2f);
    node(t, "LeakyRelu", "a", "b");
    onnx_builder_float(&t->b, node(t, "LeakyRelu", "b", "c"), "alpha", 1);
    onnx_builder_float(&t->b, node(t, "LeakyRelu", "c", "y"), "alpha", -2);
}

static void prelu(trial *t)
{
    onnx_values(&t->b, &t->style, "s", 1, DIM(4), (const double[]){-0.5, 0, 1, 2.5});
    node(t, "PRelu", "x,s", "a");
    onnx_weights(&t->b, &t->style, "r", 1, DIM(1));
    node(t, "PRelu", "a,r", "y");
}

static void absolute(trial *t)
{
    node(t, "Abs", "x", "y");
}

/* An end that is left out is that of float32, beyond which only doubles lie. */
static void clip_attributes(trial *t)
{
    t->b.set.version = 10;
    Onnx__NodeProto *n = node(t, "Clip", "x", "a");
    onnx_builder_float(&t->b, n, "min", -0.3f);
    onnx_builder_float(&t->b, n, "max", 0.7f);
    onnx_builder_float(&t->b, node(t, "Clip", "a", "b"), "min", 0.1f);
    onnx_builder_float(&t->b, node(t, "Clip", "b", "c"), "max", 0.5f);
    node(t, "Clip", "c", "y");
}

static void clip_inputs(trial *t)
{
    onnx_values(&t->b, &t->style, "low", 0, NULL, (const double[]){-1});
    onnx_values(&t->b, &t->style, "high", 0, NULL, (const double[]){0.5});
    node(t, "Clip", "x,low,high", "a");
    node(t, "Clip", "a,,high", "b");
    node(t, "Clip", "b,low", "c");
    node(t, "Clip", "x,high,low", "d"); /* ends in the wrong order */
    node(t, "Add", "c,d", "y");
}

/* An upper end on what is a ReLU neuron already takes one neuron more, not two. */
static void clip_six(trial *t)
{
    onnx_values(&t->b, &t->style, "zero", 0, NULL, (const double[]){0});
    onnx_values(&t->b, &t->style, "six", 0, NULL, (const double[]){6});
    node(t, "Relu", "x", "a");
    node(t, "Clip", "a,zero,six", "y");
}

static void mixing_matrix(trial *t)
{
    onnx_values(&t->b, &t->style, "w", 2, DIM(4, 4),
                (const double[]){1, 2, 3, 4, 5, -6, 7, 8, 9, 1, -2, 3, 4, 5, 6, -7});
}

static void maxima(trial *t)
{
    mixing_matrix(t);
    onnx_values(&t->b, &t->style, "c", 1, DIM(4), (const double[]){1, -2, 3, 0});
    onnx_values(&t->b, &t->style, "d", 2, DIM(1, 1), (const double[]){0.75});
    node(t, "MatMul", "x,w", "u");
    node(t, "Max", "x,c,u,d", "y"); /* two values, and one constant of the two: 2 neurons each */
}

static void minima(trial *t)
{
    mixing_matrix(t);
    node(t, "MatMul", "x,w", "u");
    node(t, "Neg", "u", "v");
    node(t, "Min", "x,u,v,x", "y");
}

static void single_maximum(trial *t)
{
    node(t, "Max", "x", "a");
    node(t, "Min", "a", "y");
}

static void test_activations(void **state)
{
    (void)state;
    try_each(relu, 2, DIM(1, 4), 4, 1);
    try_each(relu_twice, 2, DIM(1, 4), 4, 1);
    try_each(leaky, 2, DIM(1, 4), 12, 4);
    try_each(prelu, 2, DIM(1, 4), SIZE_MAX, SIZE_MAX);
    try_each(absolute, 2, DIM(1, 4), 4, 2);
    try_type(ONNX_FLOAT, clip_attributes, 2, DIM(1, 4), 16, SIZE_MAX);
    try_type(ONNX_DOUBLE, clip_attributes, 2, DIM(1, 4), 32, SIZE_MAX);
    try_each(clip_inputs, 2, DIM(1, 4), 16, SIZE_MAX);
    try_each(clip_six, 2, DIM(1, 4), 8, 3);
    try_each(maxima, 2, DIM(1, 4), 8, 3);
    try_each(minima, 2, DIM(1, 4), 12, 3);
    try_each(single_maximum, 2, DIM(1, 4), 0, 1);
}

/* --- layout ------------------------------------------------------------------------------------------------
 */

static void layout(trial *t)
{
    onnx_list(&t->b, "s1", 3, DIM(0, -1, 3));
    onnx_list(&t->b, "s2", 2, DIM(3, 4));
    onnx_list(&t->b, "ax", 2, DIM(0, -1));
    onnx_list(&t->b, "one", 1, DIM(-1));
    onnx_weights(&t->b, &t->style, "w", 2, DIM(4, 2));
    node(t, "Reshape", "x,s1", "a"); /* 1×4×3 */
    onnx_builder_integers(&t->b, node(t, "Transpose", "a", "b"), "perm", 3, DIM(2, 0, 1));
    node(t, "Unsqueeze", "b,ax", "c");
    node(t, "Squeeze", "c,one", "d");
    node(t, "Squeeze", "d", "e"); /* 3×4 */
    node(t, "Relu", "e", "f");
    node(t, "MatMul", "f,w", "g");                                            /* 3×2 */
    onnx_builder_integer(&t->b, node(t, "Concat", "g,e,g", "h"), "axis", -1); /* 3×8 */
    onnx_builder_integer(&t->b, node(t, "Flatten", "h", "i"), "axis", 0);
    node(t, "Dropout", "i", "j");
    node(t, "Identity", "j", "y");
}

static void old_layout(trial *t)
{
    t->b.set.version = 11;
    onnx_builder_integers(&t->b, node(t, "Unsqueeze", "x", "a"), "axes", 2, DIM(0, 3));
    onnx_builder_integers(&t->b, node(t, "Squeeze", "a", "b"), "axes", 1, DIM(0));
    node(t, "Transpose", "b", "c");
    onnx_builder_float(&t->b, node(t, "Dropout", "c", "d,mask"), "ratio", 0.5f);
    onnx_builder_integer(&t->b, node(t, "Concat", "d,d,c", "e"), "axis", 1);
    onnx_builder_integer(&t->b, node(t, "Flatten", "e", "y"), "axis", -1);
}

static void dropout_inputs(trial *t)
{
    double no = 0;
    onnx_values(&t->b, &t->style, "ratio", 0, NULL, (const double[]){0.5});
    onnx_builder_initializer(&t->b,
                             onnx_builder_tensor(&t->b, "train", ONNX_BOOL, t->style.raw, 0, NULL, &no));
    node(t, "Dropout", "x,ratio,train", "y");
}

/* All ways of writing a constant; float32 only where the form has no other type. */
static void constants(trial *t)
{
    Onnx__TensorProto *w = onnx_builder_tensor(&t->b, "", t->style.type, t->style.raw, 2, DIM(2, 2),
                                               (const double[]){1, 0.1, -3, 4});
    onnx_builder_tensor_attribute(&t->b, node(t, "Constant", "", "w"), "value", w);
    onnx_builder_integers(&t->b, node(t, "Constant", "", "s"), "value_ints", 2, DIM(-1, 2));
    node(t, "Reshape", "x,s", "a");
    node(t, "MatMul", "a,w", "b");
    onnx_builder_integer(&t->b, node(t, "Constant", "", "i"), "value_int", 0);
    node(t, "Unsqueeze", "b,i", t->style.type == ONNX_FLOAT ? "c" : "y");
    if (t->style.type != ONNX_FLOAT)
        return;
    onnx_builder_float(&t->b, node(t, "Constant", "", "f"), "value_float", 0.1f);
    onnx_builder_floats(&t->b, node(t, "Constant", "", "fs"), "value_floats", 2, (const float[]){0.1f, -7});
    node(t, "Mul", "c,fs", "d");
    node(t, "Add", "f,d", "y");
}

static void test_layout(void **state)
{
    (void)state;
    try_each(layout, 2, DIM(-1, 12), 12, 2);
    try_each(old_layout, 2, DIM(2, 3), 0, 1);
    try_each(dropout_inputs, 2, DIM(1, 4), 0, 1);
    try_each(constants, 2, DIM(1, 4), 0, 1);
}

/* --- shapes of networks ------------------------------------------------------------------------------------
 */

/* A trained network as it is usually exported: normalisation, then Gemm and Relu. */
static void perceptron(trial *t)
{
    onnx_weights(&t->b, &t->style, "mean", 1, DIM(4));
    onnx_values(&t->b, &t->style, "std", 1, DIM(4), (const double[]){0.1, 3, 7, 0.29});
    onnx_values(&t->b, &t->style, "w1", 2, DIM(4, 2), (const double[]){1, 2, 3, 4, 5, 6, 7, 8});
    onnx_weights(&t->b, &t->style, "b1", 1, DIM(2));
    onnx_values(&t->b, &t->style, "w2", 2, DIM(2, 3), (const double[]){1, 2, 3, 4, 5, -6});
    onnx_weights(&t->b, &t->style, "b2", 1, DIM(3));
    onnx_weights(&t->b, &t->style, "w3", 2, DIM(3, 2));
    onnx_weights(&t->b, &t->style, "b3", 1, DIM(2));
    node(t, "Sub", "x,mean", "c");
    node(t, "Div", "c,std", "n");
    node(t, "Gemm", "n,w1,b1", "z1");
    node(t, "Relu", "z1", "h1");
    node(t, "Gemm", "h1,w2,b2", "z2");
    node(t, "Relu", "z2", "h2");
    node(t, "Gemm", "h2,w3,b3", "y");
}

static void residual(trial *t)
{
    onnx_weights(&t->b, &t->style, "w1", 2, DIM(4, 4));
    onnx_weights(&t->b, &t->style, "w2", 2, DIM(4, 4));
    node(t, "MatMul", "x,w1", "a");
    node(t, "Relu", "a", "b");
    node(t, "Add", "b,x", "c");
    node(t, "MatMul", "c,w2", "d");
    node(t, "Relu", "d", "e");
    node(t, "Add", "e,c", "y");
}

/* Two dense maps with a narrow value between them: a linear layer is cheaper than their product. */
static void bottleneck(trial *t)
{
    onnx_weights(&t->b, &t->style, "w1", 2, DIM(40, 2));
    onnx_weights(&t->b, &t->style, "w2", 2, DIM(2, 40));
    node(t, "MatMul", "x,w1", "a");
    node(t, "MatMul", "a,w2", "y");
}

static void wide_middle(trial *t)
{
    onnx_weights(&t->b, &t->style, "w1", 2, DIM(4, 40));
    onnx_weights(&t->b, &t->style, "w2", 2, DIM(40, 3));
    node(t, "MatMul", "x,w1", "a");
    node(t, "MatMul", "a,w2", "y");
}

/* An output that does not depend on the input, and one that is the input. */
static void constant_output(trial *t)
{
    onnx_weights(&t->b, &t->style, "y", 2, DIM(1, 3));
}

static void test_shapes(void **state)
{
    (void)state;
    try_each(perceptron, 2, DIM(-1, 4), 5, 3);
    try_each(residual, 2, DIM(1, 4), SIZE_MAX, 3);
    try_each(bottleneck, 2, DIM(1, 40), 0, 2);
    try_each(wide_middle, 2, DIM(1, 4), 0, 1);
    try_each(constant_output, 2, DIM(1, 4), 0, 1);
}

int main(void)
{
    rng_seed(&randomness, random_seed("onnx"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm),        cmocka_unit_test(test_matmul), cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_activations), cmocka_unit_test(test_layout), cmocka_unit_test(test_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
