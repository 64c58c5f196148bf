/* What the ONNX reader refuses, with its messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "onnx_compare.h"

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;
static const onnx_style style = {ONNX_DOUBLE, true, &randomness};

/* Changes the model, which starts as an input "x" of shape 1×4 and no output. */
typedef void (*breaker)(onnx_builder *b);

/* The model must be refused with a message that contains `reason`, and that names the file. */
static void refuse(breaker damage, const char *reason)
{
    onnx_builder b;
    network net;
    error e = ERROR_NONE;
    onnx_builder_init(&b);
    onnx_builder_input(&b, "x", ONNX_DOUBLE, 2, DIM(1, 4));
    damage(&b);
    if (b.graph.n_output == 0)
        onnx_builder_output(&b, "y", ONNX_DOUBLE);
    file_bytes bytes = onnx_builder_bytes(&b);
    bool good = onnx_read(&net, NULL, "broken.onnx", &bytes, &e);
    if (!good && strstr(e.message, reason) == NULL)
        print_error("expected \"%s\", got \"%s\"\n", reason, e.message);
    assert_false(good);
    assert_non_null(strstr(e.message, reason));
    assert_string_equal(e.file, "broken.onnx");
    assert_null(strchr(e.message, '\n'));
    error_clear(&e);
    free(bytes.data);
    onnx_builder_clear(&b);
}

/* --- the graph ---------------------------------------------------------------------------------------------
 */

static void no_graph(onnx_builder *b)
{
    b->model.graph = NULL;
}

static void no_operator_set(onnx_builder *b)
{
    b->model.n_opset_import = 0;
}

static void old_operator_set(onnx_builder *b)
{
    b->set.version = 6;
}

static void two_inputs(onnx_builder *b)
{
    onnx_builder_input(b, "x2", ONNX_DOUBLE, 2, DIM(1, 4));
    onnx_builder_node(b, "Add", "x,x2", "y");
}

static void no_input(onnx_builder *b)
{
    b->graph.n_input = 0;
    onnx_weights(b, &style, "y", 1, DIM(3));
}

static void two_outputs(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    onnx_builder_output(b, "x", ONNX_DOUBLE);
    onnx_builder_output(b, "y", ONNX_DOUBLE);
}

static void output_missing(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "z");
}

static void value_missing(onnx_builder *b)
{
    onnx_builder_node(b, "Add", "x,nowhere", "y")->name = onnx_builder_text(b, "sum");
}

static void defined_twice(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    onnx_builder_node(b, "Neg", "x", "y");
}

static void cycle(onnx_builder *b)
{
    onnx_builder_node(b, "Add", "x,c", "a");
    onnx_builder_node(b, "Relu", "a", "b");
    onnx_builder_node(b, "Neg", "b", "c");
    onnx_builder_node(b, "Relu", "c", "y");
}

static void own_input(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "y", "y");
}

/* Nothing reads the cycle, but a file with one is wrong all the same. */
static void unused_cycle(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    onnx_builder_node(b, "Relu", "q", "p");
    onnx_builder_node(b, "Relu", "p", "q");
}

static void sparse(onnx_builder *b)
{
    static ProtobufCBinaryData none = {0, NULL};
    b->graph.n_sparse_initializer = 1;
    b->graph.sparse_initializer = &none;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void integer_input(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->elem_type = ONNX_INT64;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void open_dimension(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->shape->dim[1]->has_dim_value = false;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void empty_dimension(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->shape->dim[0]->dim_value = 0;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void huge_input(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->shape->dim[0]->dim_value = INT64_MAX;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void shapeless_input(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->shape = NULL;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void typeless_input(onnx_builder *b)
{
    b->graph.input[0]->type = NULL;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void integer_output(onnx_builder *b)
{
    onnx_list(b, "y", 2, DIM(1, 2));
    onnx_builder_output(b, "y", ONNX_INT64);
}

static void test_graph_errors(void **state)
{
    (void)state;
    refuse(no_graph, "contains no graph");
    refuse(no_operator_set, "does not say which version");
    refuse(old_operator_set, "version 6 of the ONNX operators");
    refuse(two_inputs, "several inputs, 'x' and 'x2'");
    refuse(no_input, "no input that is not a constant");
    refuse(two_outputs, "2 outputs");
    refuse(output_missing, "output 'y' is not defined");
    refuse(value_missing, "node 'sum' (Add): input 'nowhere' is not defined");
    refuse(defined_twice, "value 'y' is defined twice");
    refuse(cycle, "the graph has a cycle");
    refuse(own_input, "node 0 (Relu, output 'y'): depends on its own result");
    refuse(unused_cycle, "the graph has a cycle");
    refuse(sparse, "sparse initialisers");
    refuse(integer_input, "element type int64");
    refuse(open_dimension, "dimension 1 is not a fixed number");
    refuse(empty_dimension, "dimension 0 is 0");
    refuse(huge_input, "too large");
    refuse(shapeless_input, "has no shape");
    refuse(typeless_input, "is not a tensor");
    refuse(integer_output, "must hold at least one number of type float32 or float64");
}

/* --- constants ---------------------------------------------------------------------------------------------
 */

/* Adds an initialiser "w" of shape 4 and a node that reads it. */
static Onnx__TensorProto *weight(onnx_builder *b, double last)
{
    const double value[] = {1, 2, 3, last};
    onnx_builder_initializer(b, onnx_builder_tensor(b, "w", ONNX_DOUBLE, true, 1, DIM(4), value));
    onnx_builder_node(b, "Add", "x,w", "y");
    return b->graph.initializer[b->graph.n_initializer - 1];
}

static void not_a_number(onnx_builder *b)
{
    weight(b, (double)NAN);
}

static void infinite(onnx_builder *b)
{
    weight(b, -(double)INFINITY);
}

static void half_floats(onnx_builder *b)
{
    weight(b, 4)->data_type = 10;
}

static void unknown_type(onnx_builder *b)
{
    weight(b, 4)->data_type = -7;
}

static void short_data(onnx_builder *b)
{
    weight(b, 4)->raw_data.len = 31;
}

static void huge_dimensions(onnx_builder *b)
{
    Onnx__TensorProto *w = weight(b, 4);
    static int64_t dim[] = {INT64_MAX, INT64_MAX};
    w->n_dims = 2;
    w->dims = dim;
}

static void negative_dimension(onnx_builder *b)
{
    static int64_t dim[] = {-4};
    weight(b, 4)->dims = dim;
}

static void external(onnx_builder *b)
{
    Onnx__TensorProto *w = weight(b, 4);
    w->has_data_location = true;
    w->data_location = 1;
}

static void segmented(onnx_builder *b)
{
    weight(b, 4)->has_segment = true;
}

static void twice_stored(onnx_builder *b)
{
    static double value[] = {1, 2, 3, 4};
    Onnx__TensorProto *w = weight(b, 4);
    w->n_double_data = 4;
    w->double_data = value;
}

static void wrong_field(onnx_builder *b)
{
    static float value[] = {1, 2, 3, 4};
    Onnx__TensorProto *w = weight(b, 4);
    w->has_raw_data = false;
    w->n_float_data = 4;
    w->float_data = value;
}

static void infinite_constant(onnx_builder *b)
{
    onnx_builder_float(b, onnx_builder_node(b, "Constant", "", "c"), "value_float", INFINITY);
    onnx_builder_node(b, "Add", "x,c", "y");
}

static void mixed_types(onnx_builder *b)
{
    onnx_builder_initializer(b,
                             onnx_builder_tensor(b, "w", ONNX_FLOAT, true, 1, DIM(1), (const double[]){1}));
    onnx_builder_node(b, "Add", "x,w", "y");
}

static void test_constant_errors(void **state)
{
    (void)state;
    refuse(not_a_number, "initialiser 'w': element 3 is not a finite number");
    refuse(infinite, "initialiser 'w': element 3 is not a finite number");
    refuse(half_floats, "initialiser 'w': element type float16 (10) is not supported");
    refuse(unknown_type, "element type unknown (-7) is not supported");
    refuse(short_data, "initialiser 'w': its dimensions do not fit");
    refuse(huge_dimensions, "initialiser 'w': its dimensions do not fit");
    refuse(negative_dimension, "initialiser 'w': dimension 0 is -4");
    refuse(external, "initialiser 'w': its data is in another file");
    refuse(segmented, "split into segments");
    refuse(twice_stored, "stored as another type, or twice");
    refuse(wrong_field, "stored as another type, or twice");
    refuse(infinite_constant, "node 0 (Constant, output 'c'): element 0 is not a finite number");
    refuse(mixed_types, "different element types, float64 and float32");
}

/* --- operators ---------------------------------------------------------------------------------------------
 */

/* One node on x (1×4), a constant w (4×3), v (4), s (a number), and i (a list of integers). */
typedef struct bad_node {
    const char *type, *inputs, *reason;
    const char *attribute; /* "name=number" with an integer or, with a point, a float; or NULL */
    int version;           /* of the operators, where it is not 13 */
} bad_node;

static const bad_node *bad;

static void one_node(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_weights(b, &style, "v", 1, DIM(4));
    onnx_values(b, &style, "zeros", 1, DIM(4), (const double[]){1, 0, 2, 3});
    onnx_values(b, &style, "s", 0, NULL, (const double[]){2});
    onnx_list(b, "i", 2, DIM(2, 3));
    onnx_list(b, "twice", 2, DIM(-1, -1));
    onnx_list(b, "far", 1, DIM(7));
    onnx_builder_node(b, "Relu", "x", "r");
    Onnx__NodeProto *node = onnx_builder_node(b, bad->type, bad->inputs, "y");
    b->set.version = bad->version == 0 ? 13 : bad->version;
    if (bad->attribute == NULL)
        return;
    char *name = onnx_builder_text(b, bad->attribute), *value = strchr(name, '=');
    *value++ = '\0';
    if (strchr(value, '.') != NULL)
        onnx_builder_float(b, node, name, (float)atof(value));
    else
        onnx_builder_integer(b, node, name, atoll(value));
}

static void test_operator_errors(void **state)
{
    (void)state;
    static const bad_node nodes[] = {
        {"Softmax", "x", "node 1 (Softmax, output 'y'): this operator is not supported", NULL, 0},
        {"", "x", "this operator is not supported", NULL, 0},
        {"Relu", "x,x", "(Relu, output 'y'): has 2 inputs (takes at most 1)", NULL, 0},
        {"Relu", "", "(needs at least 1)", NULL, 0},
        {"Max", "x,,s", "input 1 is missing", NULL, 0},
        {"Relu", "x", "attribute 'alpha' is not supported", "alpha=1.0", 0},
        {"LeakyRelu", "x", "attribute 'alpha' must be a float", "alpha=1", 0},
        {"LeakyRelu", "x", "attribute 'alpha' is not a finite number", "alpha=1.0e99", 0},
        {"Mul", "x,r", "multiplies two values that both depend on the input", NULL, 0},
        {"Div", "s,x", "the divisor must be constant", NULL, 0},
        {"Div", "x,zeros", "divides by zero", NULL, 0},
        {"Add", "x,w", "shapes [1,4] and [4,3] do not broadcast", NULL, 0},
        {"Gemm", "x,x", "cannot multiply a 1×4 matrix with a 1×4 matrix", NULL, 0},
        {"Gemm", "r,x", "both depend on the input", "transA=1", 0},
        {"Gemm", "x,v", "needs two matrices", NULL, 0},
        {"Gemm", "x,w,x", "third input does not broadcast to 1×3", NULL, 0},
        {"Gemm", "x,w", "attribute 'transA' is 2", "transA=2", 0},
        {"MatMul", "w,x", "cannot multiply shapes [4,3] and [1,4]", NULL, 0},
        {"MatMul", "x,s", "number without dimensions", NULL, 0},
        {"PRelu", "x,r", "its slope must be constant", NULL, 0},
        {"PRelu", "s,v", "does not broadcast to the shape of its input", NULL, 0},
        {"Clip", "x,v", "its min must be one constant number", NULL, 0},
        {"Clip", "x,,i", "its max must be one constant number", NULL, 0},
        {"Flatten", "x", "axis 3 is out of range", "axis=3", 0},
        {"Reshape", "x,i", "another number of elements than the 4", NULL, 0},
        {"Reshape", "x,twice", "entry 1 of its shape, -1, has no meaning", NULL, 0},
        {"Reshape", "x,v", "must be a list of constant integers", NULL, 0},
        {"Reshape", "x,x", "must be a list of constant integers", NULL, 0},
        {"Squeeze", "x,far", "axis 7 is out of range", NULL, 0},
        {"Unsqueeze", "x,twice", "axis -1 is named twice", NULL, 0},
        {"Unsqueeze", "x", "names no axes", NULL, 0},
        {"Transpose", "x", "attribute 'perm' must be integers", "perm=1", 0},
        {"Concat", "x,w", "the shape of input 1 does not fit", "axis=1", 0},
        {"Concat", "x,x", "has no axis", NULL, 0},
        {"Concat", "x,x", "axis 2 is out of range", "axis=2", 0},
        {"Constant", "", "must have exactly one attribute", NULL, 0},
        {"Constant", "", "attribute 'value' must be a tensor", "value=1", 0},
        {"Dropout", "x,s,s", "training mode", NULL, 0},
        {"BatchNormalization", "x,v,v,v,v", "only the inference form", "training_mode=1", 14},
        {"BatchNormalization", "x,v,v,v,w", "its variance must be a constant list of 4", NULL, 0},
        {"BatchNormalization", "s,v,v,v,v", "needs an input with a batch", NULL, 0},
    };
    for (size_t k = 0; k < sizeof nodes / sizeof nodes[0]; k++) {
        bad = &nodes[k];
        refuse(one_node, bad->reason);
    }
}

static void foreign_domain(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y")->domain = onnx_builder_text(b, "com.example");
}

static void irrational(onnx_builder *b)
{
    onnx_values(b, &style, "one", 1, DIM(4), (const double[]){1, 1, 1, 1});
    onnx_builder_node(b, "BatchNormalization", "x,one,one,one,one", "y");
}

static void second_output(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", "a,mask");
    onnx_builder_node(b, "Identity", "mask", "y");
}

static void attribute_twice(onnx_builder *b)
{
    Onnx__NodeProto *node = onnx_builder_node(b, "Flatten", "x", "y");
    onnx_builder_integer(b, node, "axis", 1);
    onnx_builder_integer(b, node, "axis", 0);
}

/* 2^60 elements out of a few bytes. */
static void explosion(onnx_builder *b)
{
    onnx_builder_integer(b, onnx_builder_node(b, "Concat", "x,x", "c0"), "axis", 1);
    for (int i = 0; i < 60; i++) {
        char *in = mem_printf("c%d,c%d", i, i), *out = mem_printf("c%d", i + 1);
        onnx_builder_integer(b, onnx_builder_node(b, "Concat", in, out), "axis", 1);
        free(in);
        free(out);
    }
    onnx_builder_node(b, "Identity", "c60", "y");
}

/* A number whose length doubles in each of 60 nodes. */
static void squares(onnx_builder *b)
{
    onnx_values(b, &style, "c0", 0, NULL, (const double[]){1.1});
    for (int i = 0; i < 60; i++) {
        char *in = mem_printf("c%d,c%d", i, i), *out = mem_printf("c%d", i + 1);
        onnx_builder_node(b, "Mul", in, out);
        free(in);
        free(out);
    }
    onnx_builder_node(b, "Mul", "x,c60", "y");
}

/* One neuron for each of a million inputs would need a million million weights. */
static void wide_relu(onnx_builder *b)
{
    b->graph.input[0]->type->tensor_type->shape->dim[1]->dim_value = 1000000;
    onnx_builder_node(b, "Relu", "x", "y");
}

static void test_other_errors(void **state)
{
    (void)state;
    refuse(foreign_domain, "operator of domain 'com.example'");
    refuse(irrational, "the square root of variance plus epsilon of channel 0 is irrational");
    refuse(second_output, "second output");
    refuse(attribute_twice, "attribute 'axis' is given twice");
    refuse(explosion, "far more memory");
    refuse(squares, "far more memory");
    refuse(wide_relu, "far more memory");
}

int main(void)
{
    rng_seed(&randomness, random_seed("onnx errors"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graph_errors),
        cmocka_unit_test(test_constant_errors),
        cmocka_unit_test(test_operator_errors),
        cmocka_unit_test(test_other_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
