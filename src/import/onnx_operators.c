/* The table of operators: see onnx_operators.h. */
#include "import/onnx_operators.h"

#include <stdint.h>
#include <string.h>

#include "import/import.h"
#include "import/onnx_model.h"

/* --- the table ---------------------------------------------------------------------------------------------
 */

#define NEWEST     ONNX_NEWEST_OPERATORS
#define ANY_NUMBER SIZE_MAX
#define FLOAT(name)                                                                                          \
    {                                                                                                        \
        name, ATTRIBUTE_FLOAT                                                                                \
    }
#define INT(name)                                                                                            \
    {                                                                                                        \
        name, ATTRIBUTE_INT                                                                                  \
    }
#define INTS(name)                                                                                           \
    {                                                                                                        \
        name, ATTRIBUTE_INTS                                                                                 \
    }

/* Name, versions of the operator set, inputs at least and at most, outputs, elements, attributes, function.
 * One row for each form that an operator has had; from one row of an operator to the next there are no gaps.
 * What is missing here on purpose: outputs that only training has (of BatchNormalization), and elements whose
 * arithmetic nobody needs in a shape. */
/* clang-format off */
static const onnx_operator operators[] = {
    {"Abs",                7, NEWEST, 1, 1,          1, NUMBERS, {{0}}, onnx_abs},
    {"Add",                7, NEWEST, 2, 2,          1, NUMBERS, {{0}}, onnx_add},
    {"BatchNormalization", 7, 8,      5, 5,          1, FLOATS,  {FLOAT("epsilon"), FLOAT("momentum"), INT("spatial")}, onnx_batch_normalization},
    {"BatchNormalization", 9, 13,     5, 5,          1, FLOATS,  {FLOAT("epsilon"), FLOAT("momentum")}, onnx_batch_normalization},
    {"BatchNormalization", 14, NEWEST, 5, 5,         1, FLOATS,  {FLOAT("epsilon"), FLOAT("momentum"), INT("training_mode")}, onnx_batch_normalization},
    {"Clip",               7, 10,     1, 1,          1, FLOATS,  {FLOAT("min"), FLOAT("max")}, onnx_clip},
    {"Clip",               11, NEWEST, 1, 3,         1, FLOATS,  {{0}}, onnx_clip},
    {"Concat",             7, NEWEST, 1, ANY_NUMBER, 1, ALL,     {INT("axis")}, onnx_concat},
    {"Constant",           7, 11,     0, 0,          1, ALL,     {{"value", ATTRIBUTE_TENSOR}}, onnx_constant},
    {"Constant",           12, NEWEST, 0, 0,         1, ALL,     {{"value", ATTRIBUTE_TENSOR}, FLOAT("value_float"), {"value_floats", ATTRIBUTE_FLOATS}, INT("value_int"), INTS("value_ints")}, onnx_constant},
    {"Div",                7, NEWEST, 2, 2,          1, NUMBERS, {{0}}, onnx_div},
    {"Dropout",            7, 11,     1, 1,          2, FLOATS,  {FLOAT("ratio")}, onnx_dropout},
    {"Dropout",            12, NEWEST, 1, 3,         2, FLOATS,  {INT("seed")}, onnx_dropout},
    {"Flatten",            7, NEWEST, 1, 1,          1, ALL,     {INT("axis")}, onnx_flatten},
    {"Gemm",               7, 10,     3, 3,          1, FLOATS,  {FLOAT("alpha"), FLOAT("beta"), INT("transA"), INT("transB")}, onnx_gemm},
    {"Gemm",               11, NEWEST, 2, 3,         1, FLOATS,  {FLOAT("alpha"), FLOAT("beta"), INT("transA"), INT("transB")}, onnx_gemm},
    {"Identity",           7, NEWEST, 1, 1,          1, ALL,     {{0}}, onnx_identity},
    {"LeakyRelu",          7, NEWEST, 1, 1,          1, FLOATS,  {FLOAT("alpha")}, onnx_leaky_relu},
    {"MatMul",             7, NEWEST, 2, 2,          1, NUMBERS, {{0}}, onnx_matmul},
    {"Max",                7, 11,     1, ANY_NUMBER, 1, FLOATS,  {{0}}, onnx_max},
    {"Max",                12, NEWEST, 1, ANY_NUMBER, 1, NUMBERS, {{0}}, onnx_max},
    {"Min",                7, 11,     1, ANY_NUMBER, 1, FLOATS,  {{0}}, onnx_min},
    {"Min",                12, NEWEST, 1, ANY_NUMBER, 1, NUMBERS, {{0}}, onnx_min},
    {"Mul",                7, NEWEST, 2, 2,          1, NUMBERS, {{0}}, onnx_mul},
    {"Neg",                7, NEWEST, 1, 1,          1, NUMBERS, {{0}}, onnx_neg},
    {"PRelu",              7, NEWEST, 2, 2,          1, FLOATS,  {{0}}, onnx_prelu},
    {"Relu",               7, NEWEST, 1, 1,          1, FLOATS,  {{0}}, onnx_relu},
    {"Reshape",            7, 13,     2, 2,          1, ALL,     {{0}}, onnx_reshape},
    {"Reshape",            14, NEWEST, 2, 2,         1, ALL,     {INT("allowzero")}, onnx_reshape},
    {"Squeeze",            7, 12,     1, 1,          1, ALL,     {INTS("axes")}, onnx_squeeze},
    {"Squeeze",            13, NEWEST, 1, 2,         1, ALL,     {{0}}, onnx_squeeze},
    {"Sub",                7, NEWEST, 2, 2,          1, NUMBERS, {{0}}, onnx_sub},
    {"Transpose",          7, NEWEST, 1, 1,          1, ALL,     {INTS("perm")}, onnx_transpose},
    {"Unsqueeze",          7, 12,     1, 1,          1, ALL,     {INTS("axes")}, onnx_unsqueeze},
    {"Unsqueeze",          13, NEWEST, 1, 2,         1, ALL,     {{0}}, onnx_unsqueeze},
};
/* clang-format on */

enum { ROWS = sizeof operators / sizeof operators[0] };

const char *onnx_operator_name(size_t k)
{
    for (size_t row = 0; row < ROWS; row++) {
        bool again = row > 0 && strcmp(operators[row].name, operators[row - 1].name) == 0;
        if (!again && k-- == 0)
            return operators[row].name;
    }
    return NULL;
}

/* --- what a node says before values are known --------------------------------------------------------------
 */

static const onnx_attribute *find_attribute(const onnx_operator *op, const char *name)
{
    for (size_t i = 0; i < ONNX_MOST_ATTRIBUTES && op->attribute[i].name != NULL; i++) {
        if (strcmp(op->attribute[i].name, name) == 0)
            return &op->attribute[i];
    }
    return NULL;
}

static bool check_attributes(const onnx_call *call, const onnx_operator *op)
{
    for (size_t i = 0; i < call->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = call->node->attribute[i];
        const char *name = a->name == NULL ? "" : a->name;
        const onnx_attribute *known = find_attribute(op, name);
        if (known == NULL)
            return call_fail(call, "attribute '%s' is not supported (in version %d of the operators)", name,
                             call->version) != NULL;
        if (a->ref_attr_name != NULL && a->ref_attr_name[0] != '\0')
            return call_fail(call, "attribute '%s' refers to a function's attribute, which is not supported",
                             name) != NULL;
        if (call_attribute(call, name) != a)
            return call_fail(call, "attribute '%s' is given twice", name) != NULL;
        if (!call_attribute_has_type(call, a, known->type))
            return false;
    }
    return true;
}

/* The inputs that the operator requires must be there, and where it takes any number of inputs, all of them.
 */
static bool check_inputs(const onnx_call *call, const onnx_operator *op)
{
    const Onnx__NodeProto *node = call->node;
    if (node->n_input < op->least || node->n_input > op->most)
        return call_fail(call, "has %zu inputs (%s %zu)", node->n_input,
                         node->n_input < op->least ? "needs at least" : "takes at most",
                         node->n_input < op->least ? op->least : op->most) != NULL;
    size_t required = op->most == SIZE_MAX ? node->n_input : op->least;
    for (size_t i = 0; i < required; i++) {
        if (node->input[i][0] == '\0')
            return call_fail(call, "input %zu is missing", i) != NULL;
    }
    return true;
}

static bool check_outputs(const onnx_call *call, const onnx_operator *op)
{
    const Onnx__NodeProto *node = call->node;
    if (node->n_output == 0 || node->n_output > op->outputs)
        return call_fail(call, "has %zu outputs (1 is expected)", node->n_output) != NULL;
    return true;
}

/* The row of the operator's form in the version, or NULL. */
static const onnx_operator *find(const char *name, int version)
{
    for (size_t i = 0; i < ROWS; i++) {
        const onnx_operator *op = &operators[i];
        if (op->first <= version && version <= op->last && strcmp(op->name, name) == 0)
            return op;
    }
    return NULL;
}

const onnx_operator *onnx_operator_find(const onnx_call *call)
{
    const Onnx__NodeProto *node = call->node;
    if (!onnx_domain_is_standard(node->domain))
        return call_fail(call, "is an operator of domain '%s' (only standard ONNX operators are supported)",
                         node->domain);
    if (node->overload != NULL && node->overload[0] != '\0')
        return call_fail(call, "calls a function, '%s' (only standard ONNX operators are supported)",
                         node->overload);
    const onnx_operator *op = find(node->op_type == NULL ? "" : node->op_type, call->version);
    if (op == NULL)
        return call_fail(call, "this operator is not supported (see the README for those that are)");
    bool good = check_inputs(call, op) && check_outputs(call, op) && check_attributes(call, op);
    return good ? op : NULL;
}

/* --- application -------------------------------------------------------------------------------------------
 */

/* The first input stands for all: operators that want others of the same type compare them. */
static bool check_elements(const onnx_operator *op, const onnx_call *call)
{
    const tensor *x = call_input(call, 0);
    if (x == NULL || op->elements == ALL || tensor_is_float(x) ||
        (op->elements == NUMBERS && x->type != ONNX_BOOL))
        return true;
    return call_fail(call, "is applied to elements of type %s, which is not supported",
                     tensor_type_name(x->type)) != NULL;
}

/* Runtimes wrap integers around; a shape computed that way is another one than that of exact arithmetic. */
static bool check_range(const onnx_call *call, const tensor *t)
{
    return tensor_fits_type(t) ||
           call_fail(call, "its result leaves the range of %s, in which it is computed",
                     tensor_type_name(t->type)) != NULL;
}

tensor *onnx_operator_apply(const onnx_operator *op, onnx_call *call)
{
    if (!check_elements(op, call))
        return NULL;
    tensor *result = op->apply(call);
    if (result == NULL || call->build->budget.exceeded || check_range(call, result))
        return result;
    tensor_free(&call->build->space, result);
    return NULL;
}
