/* Operators that only move elements or change shapes, and Constant. Elements are shared, not copied. */
#include "import/onnx_operators.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

tensor *onnx_identity(onnx_call *call)
{
    const tensor *x = call->input[0];
    return tensor_reshaped(&call->build->space, x, x->rank, x->dim);
}

/* Whether the ratio, an input of Dropout, is what runtimes demand even where it does not matter. */
static bool is_ratio(const tensor *t)
{
    if (t->rank != 0 || !tensor_is_float(t) || !tensor_is_constant(t))
        return false;
    mpq_srcptr ratio = t->element[0]->constant;
    return mpq_sgn(ratio) >= 0 && mpq_cmp_ui(ratio, 1, 1) < 0;
}

/* At inference time dropout is the identity. */
tensor *onnx_dropout(onnx_call *call)
{
    const tensor *ratio = call_input(call, 1), *training = call_input(call, 2);
    if (training != NULL) {
        bool known = training->rank == 0 && training->type == ONNX_BOOL && tensor_is_constant(training);
        if (!known || mpq_sgn(training->element[0]->constant) != 0)
            return call_fail(call,
                             "is in training mode, where it is random (export the model for inference)");
    }
    if (ratio != NULL && !is_ratio(ratio))
        return call_fail(call,
                         "its ratio must be one constant number without dimensions, at least 0 and below 1");
    return onnx_identity(call);
}

/* --- shapes ------------------------------------------------------------------------------------------------
 */

tensor *onnx_flatten(onnx_call *call)
{
    const tensor *x = call->input[0];
    int64_t axis = 1, rank = (int64_t)x->rank;
    if (!call_integer(call, "axis", &axis))
        return NULL;
    size_t dim[2] = {1, 1}, split = x->rank;
    if (axis != rank &&
        !call_axis(call, axis, x->rank, &split)) /* unlike elsewhere, the rank itself is an axis */
        return NULL;
    for (size_t i = 0; i < x->rank; i++)
        dim[i >= split] *= x->dim[i];
    return tensor_reshaped(&call->build->space, x, 2, dim);
}

/* What a Reshape asks for, turned into a shape: 0 copies a dimension, -1 stands for what is left. */
static bool resolve_shape(onnx_call *call, const int64_t *wanted, size_t rank, bool allow_zero, size_t *dim)
{
    const tensor *x = call->input[0];
    size_t known = 1, unknown = rank;
    for (size_t i = 0; i < rank; i++) {
        if (wanted[i] < -1 || (wanted[i] == -1 && unknown < rank) ||
            (wanted[i] == 0 && !allow_zero && i >= x->rank))
            return call_fail(call, "entry %zu of its shape, %lld, has no meaning here", i,
                             (long long)wanted[i]) != NULL;
        if (wanted[i] == -1) {
            unknown = i;
            continue;
        }
        dim[i] = wanted[i] == 0 && !allow_zero ? x->dim[i] : (size_t)wanted[i];
        if (__builtin_mul_overflow(known, dim[i], &known))
            return call_fail(call, "its shape is too large") != NULL;
    }
    if (unknown < rank && known == 0)
        return call_fail(call, "its shape has -1 beside a dimension of 0, which can be anything") != NULL;
    if (unknown < rank) {
        dim[unknown] = x->count / known; /* rounded down; then the product differs */
        known *= dim[unknown];
    }
    if (known != x->count)
        return call_fail(call, "its shape asks for another number of elements than the %zu there are",
                         x->count) != NULL;
    return true;
}

tensor *onnx_reshape(onnx_call *call)
{
    int64_t *wanted;
    size_t rank;
    bool given, allow_zero = false;
    tensor *result = NULL;
    if (call_integers(call, 1, "", &wanted, &rank, &given) && call_switch(call, "allowzero", &allow_zero) &&
        (call->input[1]->rank == 1 || call_fail(call, "its shape must be a list"))) {
        size_t *dim = mem_alloc(rank, sizeof *dim);
        if (resolve_shape(call, wanted, rank, allow_zero, dim))
            result = tensor_reshaped(&call->build->space, call->input[0], rank, dim);
        free(dim);
    }
    free(wanted);
    return result;
}

/* Marks the axes that the call names, in a shape of `rank` dimensions: *marked is allocated (the caller frees
 * it, on failure too), NULL where no axes are given. */
static bool mark_axes(onnx_call *call, const int64_t *axes, size_t count, size_t rank, bool **marked)
{
    *marked = mem_alloc(rank, sizeof **marked);
    for (size_t i = 0; i < count; i++) {
        size_t axis;
        if (!call_axis(call, axes[i], rank, &axis))
            return false;
        if ((*marked)[axis])
            return call_fail(call, "axis %lld is named twice", (long long)axes[i]) != NULL;
        (*marked)[axis] = true;
    }
    return true;
}

static tensor *squeeze(onnx_call *call, const int64_t *axes, size_t count, bool all)
{
    const tensor *x = call->input[0];
    bool *marked;
    size_t *dim = mem_alloc(x->rank, sizeof *dim), rank = 0;
    bool good = mark_axes(call, axes, count, x->rank, &marked);
    for (size_t i = 0; i < x->rank && good; i++) {
        if (marked[i] && x->dim[i] != 1)
            good =
                call_fail(call, "axis %zu has size %zu (only axes of size 1 can go)", i, x->dim[i]) != NULL;
        else if (!marked[i] && !(all && x->dim[i] == 1))
            dim[rank++] = x->dim[i];
    }
    tensor *result = good ? tensor_reshaped(&call->build->space, x, rank, dim) : NULL;
    free(marked);
    free(dim);
    return result;
}

tensor *onnx_squeeze(onnx_call *call)
{
    int64_t *axes;
    size_t count;
    bool given;
    tensor *result = NULL;
    bool good = call_integers(call, 1, "axes", &axes, &count, &given);
    if (good && given && count == 0)
        call_fail(call, "its list of axes is empty, which runtimes read as none or as all (leave it out)");
    else if (good)
        result = squeeze(call, axes, count, !given);
    free(axes);
    return result;
}

static tensor *unsqueeze(onnx_call *call, const int64_t *axes, size_t count)
{
    const tensor *x = call->input[0];
    size_t rank = mem_sum(x->rank, count), old = 0;
    bool *marked;
    size_t *dim = mem_alloc(rank, sizeof *dim);
    bool good = mark_axes(call, axes, count, rank, &marked);
    for (size_t i = 0; i < rank && good; i++)
        dim[i] = marked[i] ? 1 : x->dim[old++];
    tensor *result = good ? tensor_reshaped(&call->build->space, x, rank, dim) : NULL;
    free(marked);
    free(dim);
    return result;
}

tensor *onnx_unsqueeze(onnx_call *call)
{
    int64_t *axes;
    size_t count;
    bool given;
    tensor *result = NULL;
    if (call_integers(call, 1, "axes", &axes, &count, &given)) {
        if (given)
            result = unsqueeze(call, axes, count);
        else
            call_fail(call, "names no axes");
    }
    free(axes);
    return result;
}

/* --- Transpose ---------------------------------------------------------------------------------------------
 */

/* perm[i]: which old dimension becomes dimension i. Without the attribute, the order is reversed. */
static bool read_permutation(onnx_call *call, size_t rank, size_t *perm)
{
    int64_t *wanted;
    size_t count;
    bool given, *marked = NULL;
    bool good = call_integers(call, 1, "perm", &wanted, &count, &given);
    if (good && given && count != rank)
        good = call_fail(call, "its perm has %zu entries for %zu dimensions", count, rank) != NULL;
    for (size_t i = 0; i < count && good; i++) {
        if (wanted[i] < 0)
            good = call_fail(call, "its perm holds %lld (dimensions count from 0)", (long long)wanted[i]) !=
                   NULL;
    }
    good = good && mark_axes(call, wanted, count, rank, &marked);
    for (size_t i = 0; i < rank && good; i++)
        perm[i] = given ? (size_t)wanted[i] : rank - 1 - i;
    free(marked);
    free(wanted);
    return good;
}

/* Walks through the new tensor in order, with the old index kept in step. */
static void permute(const tensor *x, const size_t *perm, tensor *result)
{
    size_t rank = x->rank, at = 0, step = 1;
    size_t *stride = mem_alloc(rank, sizeof *stride), *position = mem_alloc(rank, sizeof *position);
    size_t *old = mem_alloc(rank, sizeof *old);
    for (size_t k = rank; k-- > 0;) {
        old[k] = step;
        step *= x->dim[k];
    }
    for (size_t k = 0; k < rank; k++)
        stride[k] = old[perm[k]];
    for (size_t i = 0; i < result->count; i++) {
        result->element[i] = affine_retain(x->element[at]);
        for (size_t k = rank; k-- > 0;) {
            at += stride[k];
            if (++position[k] < result->dim[k])
                break;
            at -= stride[k] * result->dim[k];
            position[k] = 0;
        }
    }
    free(old);
    free(position);
    free(stride);
}

tensor *onnx_transpose(onnx_call *call)
{
    const tensor *x = call->input[0];
    size_t *perm = mem_alloc(x->rank, sizeof *perm), *dim = mem_alloc(x->rank, sizeof *dim);
    tensor *result = NULL;
    if (read_permutation(call, x->rank, perm)) {
        for (size_t i = 0; i < x->rank; i++)
            dim[i] = x->dim[perm[i]];
        result = tensor_new(&call->build->space, x->type, x->rank, dim);
    }
    if (result != NULL)
        permute(x, perm, result);
    free(dim);
    free(perm);
    return result;
}

/* --- Concat ------------------------------------------------------------------------------------------------
 */

static bool concat_shape(onnx_call *call, size_t axis, size_t *dim)
{
    const tensor *first = call->input[0];
    memcpy(dim, first->dim, first->rank * sizeof *dim);
    for (size_t i = 1; i < call->inputs; i++) {
        const tensor *t = call->input[i];
        bool fits = t->rank == first->rank;
        for (size_t k = 0; fits && k < t->rank; k++)
            fits = k == axis || t->dim[k] == first->dim[k];
        if (!fits)
            return call_fail(call, "the shape of input %zu does not fit the first one", i) != NULL;
        if (__builtin_add_overflow(dim[axis], t->dim[axis], &dim[axis]))
            return call_fail(call, "its result is too large") != NULL;
    }
    return true;
}

/* Every input contributes, in turn, what it has beyond the axis. */
static void concat_elements(const onnx_call *call, size_t axis, tensor *result)
{
    size_t outer = 1, next = 0;
    for (size_t k = 0; k < axis; k++)
        outer *= result->dim[k];
    for (size_t o = 0; o < outer && result->count > 0; o++) {
        for (size_t i = 0; i < call->inputs; i++) {
            const tensor *t = call->input[i];
            size_t part = t->count / outer;
            for (size_t k = 0; k < part; k++)
                result->element[next++] = affine_retain(t->element[o * part + k]);
        }
    }
}

tensor *onnx_concat(onnx_call *call)
{
    const tensor *first = call->input[0];
    const Onnx__AttributeProto *a = call_attribute(call, "axis");
    size_t axis;
    if (!call_same_types(call))
        return NULL;
    if (a == NULL)
        return call_fail(call, "has no axis");
    if (!call_attribute_has_type(call, a, ATTRIBUTE_INT) || !call_axis(call, a->i, first->rank, &axis))
        return NULL;
    size_t *dim = mem_alloc(first->rank, sizeof *dim);
    tensor *result = NULL;
    if (concat_shape(call, axis, dim))
        result = tensor_new(&call->build->space, first->type, first->rank, dim);
    if (result != NULL)
        concat_elements(call, axis, result);
    free(dim);
    return result;
}

/* --- Constant ----------------------------------------------------------------------------------------------
 */

/* A list (rank 1) or a single number (rank 0) given as attribute; floats where `ints` is NULL. */
static tensor *constant_list(onnx_call *call, size_t rank, size_t count, const float *floats,
                             const int64_t *ints)
{
    affine_space *space = &call->build->space;
    tensor *result = tensor_new(space, ints == NULL ? ONNX_FLOAT : ONNX_INT64, rank, &count);
    mpq_t value;
    mpq_init(value);
    bool good = result != NULL;
    for (size_t i = 0; good && i < count; i++) {
        if (ints != NULL)
            mpq_set_si(value, ints[i], 1);
        else if (!rational_from_float64(value, (double)floats[i]))
            good = call_fail(call, "element %zu is not a finite number (NaN and infinity are refused)", i) !=
                   NULL;
        if (good)
            result->element[i] = affine_constant(space, value);
    }
    mpq_clear(value);
    if (good)
        return result;
    tensor_free(space, result);
    return NULL;
}

static tensor *constant_tensor(onnx_call *call, const Onnx__AttributeProto *a)
{
    char *name = call_node_name(call->node, call->index);
    tensor *result = tensor_read(&call->build->space, a->t, call->file, name, call->e);
    free(name);
    return result;
}

tensor *onnx_constant(onnx_call *call)
{
    if (call->node->n_attribute != 1)
        return call_fail(call, "must have exactly one attribute");
    const Onnx__AttributeProto *a = call->node->attribute[0];
    static const struct {
        const char *name;
        int type;
    } form[] = {{"value", ATTRIBUTE_TENSOR},
                {"value_float", ATTRIBUTE_FLOAT},
                {"value_floats", ATTRIBUTE_FLOATS},
                {"value_int", ATTRIBUTE_INT},
                {"value_ints", ATTRIBUTE_INTS}};
    size_t kind = 0;
    while (strcmp(a->name, form[kind].name) != 0) /* the operator table admits no other names */
        kind++;
    if (!call_attribute_has_type(call, a, form[kind].type))
        return NULL;
    switch (form[kind].type) {
    case ATTRIBUTE_TENSOR:
        return constant_tensor(call, a);
    case ATTRIBUTE_FLOAT:
        return constant_list(call, 0, 1, &a->f, NULL);
    case ATTRIBUTE_FLOATS:
        return constant_list(call, 1, a->n_floats, a->floats, NULL);
    case ATTRIBUTE_INT:
        return constant_list(call, 0, 1, NULL, &a->i);
    default:
        return constant_list(call, 1, a->n_ints, NULL, a->n_ints > 0 ? a->ints : &a->i);
    }
}
