/* One application of an operator: see onnx_call.h. */
#include "import/onnx_call.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

char *call_node_name(const Onnx__NodeProto *node, size_t index)
{
    const char *type = node->op_type == NULL ? "" : node->op_type;
    if (node->name != NULL && node->name[0] != '\0')
        return mem_printf("node '%s' (%s)", node->name, type);
    if (node->n_output > 0 && node->output[0][0] != '\0')
        return mem_printf("node %zu (%s, output '%s')", index, type, node->output[0]);
    return mem_printf("node %zu (%s)", index, type);
}

void *call_fail(const onnx_call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *reason = mem_vprintf(format, arguments);
    va_end(arguments);
    char *name = call_node_name(call->node, call->index);
    error_set(call->e, call->file, 0, "%s: %s", name, reason);
    free(name);
    free(reason);
    return NULL;
}

tensor *call_input(const onnx_call *call, size_t i)
{
    return i < call->inputs ? call->input[i] : NULL;
}

/* --- attributes --------------------------------------------------------------------------------------------
 */

const Onnx__AttributeProto *call_attribute(const onnx_call *call, const char *name)
{
    for (size_t i = 0; i < call->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = call->node->attribute[i];
        if (a->name != NULL && strcmp(a->name, name) == 0)
            return a;
    }
    return NULL;
}

/* How many of an attribute's fields hold a value. Numbers that are 0 may be left out, as may empty lists. */
static int values_of(const Onnx__AttributeProto *a)
{
    return (a->has_f != 0) + (a->has_i != 0) + (a->has_s != 0) + (a->t != NULL) + (a->has_g != 0) +
           (a->n_floats > 0) + (a->n_ints > 0) + (a->n_strings > 0) + (a->n_tensors > 0) + (a->n_graphs > 0) +
           (a->has_tp != 0) + (a->n_type_protos > 0) + (a->has_sparse_tensor != 0) +
           (a->n_sparse_tensors > 0);
}

static int values_of_type(const Onnx__AttributeProto *a, int type)
{
    switch (type) {
    case ATTRIBUTE_FLOAT:
        return a->has_f != 0;
    case ATTRIBUTE_INT:
        return a->has_i != 0;
    case ATTRIBUTE_TENSOR:
        return a->t != NULL;
    case ATTRIBUTE_FLOATS:
        return a->n_floats > 0;
    default:
        return a->n_ints > 0;
    }
}

bool call_attribute_has_type(const onnx_call *call, const Onnx__AttributeProto *a, int type)
{
    static const char *const name[] = {"", "a float", "an integer", "", "a tensor", "", "floats", "integers"};
    if (a->type != type || (type == ATTRIBUTE_TENSOR && a->t == NULL))
        return call_fail(call, "attribute '%s' must be %s", a->name, name[type]) != NULL;
    if (values_of(a) != values_of_type(a, type))
        return call_fail(call, "attribute '%s' has a value of another type, too (%s is expected)", a->name,
                         name[type]) != NULL;
    return true;
}

bool call_float(const onnx_call *call, const char *name, mpq_t value)
{
    const Onnx__AttributeProto *a = call_attribute(call, name);
    if (a == NULL)
        return true;
    if (!call_attribute_has_type(call, a, ATTRIBUTE_FLOAT))
        return false;
    if (!rational_from_float64(value, (double)a->f)) {
        call_fail(call, "attribute '%s' is not a finite number (NaN and infinity are refused)", name);
        return false;
    }
    return true;
}

bool call_integer(const onnx_call *call, const char *name, int64_t *value)
{
    const Onnx__AttributeProto *a = call_attribute(call, name);
    if (a == NULL)
        return true;
    if (!call_attribute_has_type(call, a, ATTRIBUTE_INT))
        return false;
    *value = a->i;
    return true;
}

bool call_switch(const onnx_call *call, const char *name, bool *value)
{
    int64_t number = *value;
    if (!call_integer(call, name, &number))
        return false;
    if (number != 0 && number != 1) {
        call_fail(call, "attribute '%s' is %lld (must be 0 or 1)", name, (long long)number);
        return false;
    }
    *value = number == 1;
    return true;
}

/* --- integers, axes, types ---------------------------------------------------------------------------------
 */

static bool integers_of_tensor(const onnx_call *call, size_t i, const tensor *t, int64_t *values)
{
    if (t->type != ONNX_INT64 || t->rank > 1 || !tensor_is_constant(t))
        return call_fail(call, "input %zu must be a list of constant integers of 64 bits", i) != NULL;
    for (size_t k = 0; k < t->count; k++)
        values[k] = mpz_get_si(mpq_numref(t->element[k]->constant)); /* fits: see onnx_operator_apply */
    return true;
}

bool call_integers(const onnx_call *call, size_t i, const char *name, int64_t **values, size_t *count,
                   bool *given)
{
    const tensor *t = call_input(call, i);
    const Onnx__AttributeProto *a = call_attribute(call, name);
    *values = NULL;
    *count = 0;
    *given = t != NULL || a != NULL;
    if (t != NULL) {
        *values = mem_alloc(t->count, sizeof **values);
        *count = t->count;
        return integers_of_tensor(call, i, t, *values);
    }
    if (a == NULL)
        return true;
    if (!call_attribute_has_type(call, a, ATTRIBUTE_INTS))
        return false;
    *values = mem_alloc(a->n_ints, sizeof **values);
    *count = a->n_ints;
    if (a->n_ints > 0)
        memcpy(*values, a->ints, a->n_ints * sizeof **values);
    return true;
}

bool call_axis(const onnx_call *call, int64_t axis, size_t rank, size_t *result)
{
    int64_t axes = (int64_t)rank;
    if (axis < -axes || axis >= axes)
        return call_fail(call, "axis %lld is out of range for a tensor with %zu dimensions", (long long)axis,
                         rank) != NULL;
    if (axis < 0 && call->version < 11)
        return call_fail(call,
                         "axis %lld is negative, which has no meaning before version 11 of the operators",
                         (long long)axis) != NULL;
    *result = (size_t)(axis < 0 ? axis + axes : axis);
    return true;
}

bool call_same_types(const onnx_call *call)
{
    const tensor *first = NULL;
    for (size_t i = 0; i < call->inputs; i++) {
        const tensor *t = call->input[i];
        if (t == NULL)
            continue;
        if (first == NULL)
            first = t;
        if (t->type != first->type) {
            call_fail(call, "its inputs have different element types, %s and %s",
                      tensor_type_name(first->type), tensor_type_name(t->type));
            return false;
        }
    }
    return true;
}
