/* The table of operators: see onnx_operators.h. */
#include "import/onnx_operators.h"

#include <stdint.h>
#include <string.h>

static const onnx_operator operators[] = {
    {"Abs", 1, 1, 1, "", onnx_abs},
    {"Add", 2, 2, 1, "", onnx_add},
    {"BatchNormalization", 5, 5, 5, " epsilon momentum spatial training_mode ", onnx_batch_normalization},
    {"Clip", 1, 3, 1, " min max ", onnx_clip},
    {"Concat", 1, SIZE_MAX, 1, " axis ", onnx_concat},
    {"Constant", 0, 0, 1, " value value_float value_floats value_int value_ints ", onnx_constant},
    {"Div", 2, 2, 1, "", onnx_div},
    {"Dropout", 1, 3, 2, " ratio seed ", onnx_dropout},
    {"Flatten", 1, 1, 1, " axis ", onnx_flatten},
    {"Gemm", 2, 3, 1, " alpha beta transA transB ", onnx_gemm},
    {"Identity", 1, 1, 1, "", onnx_identity},
    {"LeakyRelu", 1, 1, 1, " alpha ", onnx_leaky_relu},
    {"MatMul", 2, 2, 1, "", onnx_matmul},
    {"Max", 1, SIZE_MAX, 1, "", onnx_max},
    {"Min", 1, SIZE_MAX, 1, "", onnx_min},
    {"Mul", 2, 2, 1, "", onnx_mul},
    {"Neg", 1, 1, 1, "", onnx_neg},
    {"PRelu", 2, 2, 1, "", onnx_prelu},
    {"Relu", 1, 1, 1, "", onnx_relu},
    {"Reshape", 2, 2, 1, " allowzero ", onnx_reshape},
    {"Squeeze", 1, 2, 1, " axes ", onnx_squeeze},
    {"Sub", 2, 2, 1, "", onnx_sub},
    {"Transpose", 1, 1, 1, " perm ", onnx_transpose},
    {"Unsqueeze", 1, 2, 1, " axes ", onnx_unsqueeze},
};

const char *onnx_operator_name(size_t k)
{
    return k < sizeof operators / sizeof operators[0] ? operators[k].name : NULL;
}

/* Whether `name` is among the names of a list in which each stands between blanks. */
static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; length > 0 && (at = strstr(at, name)) != NULL; at++) {
        if (at > list && at[-1] == ' ' && at[length] == ' ' && strchr(name, ' ') == NULL)
            return true;
    }
    return false;
}

static bool check_attributes(const onnx_call *call, const onnx_operator *op)
{
    for (size_t i = 0; i < call->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = call->node->attribute[i];
        const char *name = a->name == NULL ? "" : a->name;
        if (!listed(op->attributes, name))
            return call_fail(call, "attribute '%s' is not supported", name) != NULL;
        if (a->ref_attr_name != NULL && a->ref_attr_name[0] != '\0')
            return call_fail(call, "attribute '%s' refers to a function's attribute, which is not supported",
                             name) != NULL;
        if (call_attribute(call, name) != a)
            return call_fail(call, "attribute '%s' is given twice", name) != NULL;
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

static const onnx_operator *find(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (strcmp(operators[i].name, name) == 0)
            return &operators[i];
    }
    return NULL;
}

const onnx_operator *onnx_operator_find(const onnx_call *call)
{
    const Onnx__NodeProto *node = call->node;
    if (node->domain != NULL && node->domain[0] != '\0' && strcmp(node->domain, "ai.onnx") != 0)
        return call_fail(call, "is an operator of domain '%s' (only standard ONNX operators are supported)",
                         node->domain);
    const onnx_operator *op = find(node->op_type == NULL ? "" : node->op_type);
    if (op == NULL)
        return call_fail(call, "this operator is not supported (see the README for those that are)");
    bool good = check_inputs(call, op) && check_outputs(call, op) && check_attributes(call, op);
    return good ? op : NULL;
}
