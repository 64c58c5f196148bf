/* Forms of operators by version of the operator set: what a version takes is read, what only another version
 * takes is refused; and the arithmetic of integers, which stays within their type or is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/import.h"
#include "onnx_compare.h"
#include "onnx_judge.h"

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;
static const onnx_style style = {ONNX_DOUBLE, true, &randomness};

/* --- one operator, by version ------------------------------------------------------------------------------
 */

/* One node on x (1×4) and the constants below, which is read from version `first` to `last` and refused in
 * all others, with `reason`. */
typedef struct form {
    int first, last;
    const char *type, *inputs;
    const char *attribute; /* "name=number", with an integer or a float; "name:list"; or NULL */
    const char *reason;
} form;

static const form *tried;
static int64_t version;

static void add_attribute(onnx_builder *b, Onnx__NodeProto *node)
{
    if (tried->attribute == NULL)
        return;
    char *name = onnx_builder_text(b, tried->attribute), *end = strpbrk(name, "=:");
    bool list = *end == ':';
    *end++ = '\0';
    int64_t values[4];
    size_t count = 0;
    for (char *at = strtok(end, ","); list && at != NULL; at = strtok(NULL, ","))
        values[count++] = atoll(at);
    if (list)
        onnx_builder_integers(b, node, name, count, values);
    else if (strchr(end, '.') != NULL)
        onnx_builder_float(b, node, name, (float)atof(end));
    else
        onnx_builder_integer(b, node, name, atoll(end));
}

static void add_bool(onnx_builder *b, const char *name, double value)
{
    onnx_builder_initializer(b, onnx_builder_tensor(b, name, ONNX_BOOL, true, 0, NULL, &value));
}

static void constants(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_weights(b, &style, "one", 2, DIM(1, 1));
    onnx_values(b, &style, "v", 1, DIM(4), (const double[]){1, 1, 1, 1});
    onnx_values(b, &style, "quarters", 1, DIM(4), (const double[]){0.25, 0.25, 0.25, 0.25});
    onnx_values(b, &style, "low", 0, NULL, (const double[]){-1});
    onnx_values(b, &style, "high", 0, NULL, (const double[]){2});
    onnx_values(b, &style, "half", 0, NULL, (const double[]){0.5});
    onnx_values(b, &style, "list", 1, DIM(1), (const double[]){0.5});
    onnx_list(b, "axes", 1, DIM(0));
    onnx_list(b, "back", 1, DIM(-2));
    onnx_list(b, "none", 0, NULL);
    onnx_list(b, "two", 2, DIM(2, 2));
    onnx_list(b, "zero", 2, DIM(0, -1));
    onnx_list(b, "zeros", 2, DIM(0, 4));
    onnx_builder_initializer(b,
                             onnx_builder_tensor(b, "four", ONNX_INT64, true, 0, NULL, (const double[]){4}));
    onnx_builder_initializer(
        b, onnx_builder_tensor(b, "short", ONNX_INT32, true, 1, DIM(2), (const double[]){2, 2}));
    add_bool(b, "yes", 1);
    add_bool(b, "no", 0);
}

static void one_node(onnx_builder *b)
{
    b->set.version = version;
    constants(b);
    add_attribute(b, onnx_builder_node(b, tried->type, tried->inputs, "y"));
}

static void test_versions(void **state)
{
    (void)state;
    static const form forms[] = {
        {7, 10, "Clip", "x", "min=-1.0", "attribute 'min' is not supported"},
        {7, 10, "Clip", "x", "max=1.0", "attribute 'max' is not supported"},
        {11, 22, "Clip", "x,low,high", NULL, "has 3 inputs (takes at most 1)"},
        {11, 22, "Clip", "x,,high", NULL, "has 3 inputs (takes at most 1)"},
        {11, 22, "Clip", "x,high,low", NULL, "has 3 inputs (takes at most 1)"},
        {7, 22, "Clip", "x", NULL, ""},
        {11, 22, "Concat", "x,x", "axis=-1", "axis -1 is negative, which has no meaning before version 11"},
        {7, 22, "Concat", "x,x", "axis=1", ""},
        {11, 22, "Flatten", "x", "axis=-1", "axis -1 is negative, which has no meaning before version 11"},
        {7, 22, "Flatten", "x", "axis=2", ""},
        {11, 22, "Gemm", "x,w", NULL, "has 2 inputs (needs at least 3)"},
        {11, 22, "Gemm", "x,w,", NULL, "input 2 is missing"},
        {7, 22, "Gemm", "x,w,one", NULL, ""},
        {8, 22, "Max", "x,one", NULL,
         "its inputs have different shapes, which has no meaning before version 8"},
        {8, 22, "Min", "x,v", NULL,
         "its inputs have different shapes, which has no meaning before version 8"},
        {7, 22, "Max", "x,x,x", NULL, ""},
        {7, 11, "Dropout", "x", "ratio=0.5", "attribute 'ratio' is not supported"},
        {12, 22, "Dropout", "x", "seed=3", "attribute 'seed' is not supported"},
        {12, 22, "Dropout", "x,half", NULL, "has 2 inputs (takes at most 1)"},
        {12, 22, "Dropout", "x,half,no", NULL, "has 3 inputs (takes at most 1)"},
        {7, 12, "Squeeze", "x", "axes:0", "attribute 'axes' is not supported"},
        {13, 22, "Squeeze", "x,axes", NULL, "has 2 inputs (takes at most 1)"},
        {11, 12, "Squeeze", "x", "axes:-2", ""},
        {13, 22, "Squeeze", "x,back", NULL, "has 2 inputs (takes at most 1)"},
        {7, 22, "Squeeze", "x", NULL, ""},
        {7, 12, "Unsqueeze", "x", "axes:0", "attribute 'axes' is not supported"},
        {11, 12, "Unsqueeze", "x", "axes:-1", ""},
        {13, 22, "Unsqueeze", "x,axes", NULL, "has 2 inputs (takes at most 1)"},
        {14, 22, "Reshape", "x,two", "allowzero=1", "attribute 'allowzero' is not supported"},
        {14, 22, "Reshape", "x,zero", "allowzero=0", "attribute 'allowzero' is not supported"},
        {7, 22, "Reshape", "x,zero", NULL, ""},
        {7, 22, "Transpose", "x", "perm:1,0", ""},
        {7, 8, "BatchNormalization", "x,v,v,v,quarters", "spatial=1", "attribute 'spatial' is not supported"},
        {14, 22, "BatchNormalization", "x,v,v,v,quarters", "training_mode=0",
         "attribute 'training_mode' is not supported"},
    };
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        tried = &forms[k];
        /* with the default epsilon the root is irrational, which is found last */
        bool normalisation = strcmp(tried->type, "BatchNormalization") == 0;
        for (version = 7; version <= 22; version++) {
            bool right = tried->first <= version && version <= tried->last;
            onnx_judge(onnx_judge_file(one_node),
                       right ? normalisation ? "is irrational" : NULL : tried->reason);
        }
    }
}

/* --- what no version takes ---------------------------------------------------------------------------------
 */

static void test_refused(void **state)
{
    (void)state;
    static const form forms[] = {
        {13, 13, "Clip", "x,list", NULL,
         "its min must be one constant number of the input's type, without dimensions"},
        {10, 10, "Clip", "x", "min=1", "attribute 'min' must be a float"},
        {13, 13, "Dropout", "x,half,yes", NULL, "is in training mode"},
        {13, 13, "Dropout", "x,half,four", NULL, "is in training mode"},
        {13, 13, "Dropout", "x,high", NULL,
         "its ratio must be one constant number without dimensions, at least 0 and below 1"},
        {13, 13, "Dropout", "x,low", NULL, "its ratio must be"},
        {13, 13, "Dropout", "x,list", NULL, "its ratio must be"},
        {13, 13, "Dropout", "x,four", NULL, "its ratio must be"},
        {13, 13, "Dropout", "x", "seed=1.5", "attribute 'seed' must be an integer"},
        {7, 7, "Dropout", "x", "ratio=1", "attribute 'ratio' must be a float"},
        {13, 13, "Squeeze", "x,none", NULL, "its list of axes is empty"},
        {11, 11, "Squeeze", "x", "axes:", "its list of axes is empty"},
        {7, 7, "Squeeze", "x", "axes:-2", "axis -2 is negative"},
        {13, 13, "Squeeze", "x,short", NULL, "must be a list of constant integers of 64 bits"},
        {13, 13, "Reshape", "x,four", NULL, "its shape must be a list"},
        {13, 13, "Reshape", "x,short", NULL, "must be a list of constant integers of 64 bits"},
        {14, 14, "Reshape", "x,zero", "allowzero=1", "its shape has -1 beside a dimension of 0"},
        {14, 14, "Reshape", "x,zeros", "allowzero=1", "another number of elements than the 4"},
        {13, 13, "Transpose", "x", "perm:-1,0", "its perm holds -1"},
        {13, 13, "Transpose", "x", "perm:", "its perm has 0 entries for 2 dimensions"},
        {13, 13, "Relu", "four", NULL, "is applied to elements of type int64"},
        {13, 13, "Gemm", "two,two", NULL, "is applied to elements of type int64"},
        {13, 13, "Add", "yes,yes", NULL, "is applied to elements of type bool"},
        {13, 13, "Neg", "no", NULL, "is applied to elements of type bool"},
        {11, 11, "Max", "four,four", NULL, "is applied to elements of type int64"},
        {9, 9, "BatchNormalization", "x,v,v,v,v", "momentum=1", "attribute 'momentum' must be a float"},
        {7, 7, "BatchNormalization", "x,v,v,v,v", "spatial=0", "only the inference form"},
        {14, 14, "BatchNormalization", "x,v,v,v,v", "training_mode=1", "only the inference form"},
    };
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        tried = &forms[k];
        version = tried->first;
        onnx_judge(onnx_judge_file(one_node), tried->reason);
    }
}

/* --- integers ----------------------------------------------------------------------------------------------
 */

/* One operation on constants, whose result is made into part of a shape: 4 where the result is `result`. */
static struct {
    const char *type;
    int element;
    int64_t a, b;
    bool unary;
} sum;

/* Integers of 64 bits are no doubles: they are written as their bits. */
static void integer(onnx_builder *b, const char *name, int64_t value)
{
    Onnx__TensorProto *t = onnx_builder_tensor(b, name, sum.element, true, 1, DIM(1), (const double[]){0});
    for (size_t i = 0; i < t->raw_data.len; i++)
        t->raw_data.data[i] = (unsigned char)((uint64_t)value >> (8 * i));
    onnx_builder_initializer(b, t);
}

/* The result r is used as r - r, so that any value will do; int32 cannot be used, and is an output of its
 * own. */
static void integer_arithmetic(onnx_builder *b)
{
    integer(b, "a", sum.a);
    integer(b, "b", sum.b);
    onnx_list(b, "back", 1, DIM(-1));
    onnx_builder_node(b, sum.type, sum.unary ? "a" : "a,b", "r");
    onnx_builder_node(b, "Sub", "r,r", "n");
    if (sum.element == ONNX_INT32) {
        onnx_builder_output(b, "n", ONNX_INT32);
        return;
    }
    onnx_builder_node(b, "Add", "n,back", "shape");
    onnx_builder_node(b, "Reshape", "x,shape", "y");
}

static void compute(int element, const char *type, int64_t a, int64_t b, bool fits)
{
    sum.element = element;
    sum.type = type;
    sum.a = a;
    sum.b = b;
    sum.unary = strcmp(type, "Neg") == 0 || strcmp(type, "Abs") == 0;
    const char *read =
        element == ONNX_INT32 ? "must hold at least one number of type float32 or float64" : NULL;
    onnx_judge(onnx_judge_file(integer_arithmetic), fits ? read : "its result leaves the range of int");
}

/* Both sides of both ends, for every operator that computes with integers. */
static void test_integers(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        int element = k == 0 ? ONNX_INT64 : ONNX_INT32;
        int64_t low = k == 0 ? INT64_MIN : INT32_MIN, high = k == 0 ? INT64_MAX : INT32_MAX;
        compute(element, "Add", high, 0, true);
        compute(element, "Add", high, 1, false);
        compute(element, "Add", low, 0, true);
        compute(element, "Add", low, -1, false);
        compute(element, "Sub", low, 0, true);
        compute(element, "Sub", low, 1, false);
        compute(element, "Sub", -1, low, true);
        compute(element, "Sub", 0, low, false);
        compute(element, "Mul", high, -1, true);
        compute(element, "Mul", low, -1, false);
        compute(element, "Mul", high / 2 + 1, 2, false);
        compute(element, "Mul", low / 2, 2, true);
        compute(element, "Div", low, 1, true);
        compute(element, "Div", low, -1, false);
        compute(element, "Neg", high, 0, true);
        compute(element, "Neg", low, 0, false);
        compute(element, "Abs", high, 0, true);
        compute(element, "Abs", low, 0, false);
        compute(element, "Max", low, high, true);
        compute(element, "Min", low, high, true);
        compute(element, "MatMul", high, 1, true);
        compute(element, "MatMul", high, 2, false);
    }
}

int main(void)
{
    rng_seed(&randomness, random_seed("forms in onnx"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
