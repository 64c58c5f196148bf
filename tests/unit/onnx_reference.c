/* Direct interpreter of ONNX graphs: see onnx_reference.h. */
#include "onnx_reference.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/vector.h"

enum { MOST_DIMENSIONS = 8, MOST_INPUTS = 16 };

typedef struct array {
    const char *name;
    size_t rank, dim[MOST_DIMENSIONS], count;
    mpq_t *at;
} array;

typedef struct machine {
    array *value;
    size_t values, capacity;
} machine;

static array array_new(size_t rank, const size_t *dim)
{
    array a = {.rank = rank, .count = 1};
    for (size_t i = 0; i < rank; i++) {
        a.dim[i] = dim[i];
        a.count *= dim[i];
    }
    a.at = vector_new(a.count);
    return a;
}

static void define(machine *m, const char *name, array a)
{
    m->value = mem_grow(m->value, &m->capacity, m->values + 1, sizeof *m->value);
    a.name = name;
    m->value[m->values++] = a;
}

static const array *look_up(const machine *m, const char *name)
{
    for (size_t i = 0; i < m->values; i++) {
        if (strcmp(m->value[i].name, name) == 0)
            return &m->value[i];
    }
    if (name[0] == '\0')
        return NULL;
    fprintf(stderr, "reference: no value '%s'\n", name);
    abort();
}

static const Onnx__AttributeProto *attribute(const Onnx__NodeProto *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++) {
        if (strcmp(node->attribute[i]->name, name) == 0)
            return node->attribute[i];
    }
    return NULL;
}

static int64_t integer(const Onnx__NodeProto *node, const char *name, int64_t otherwise)
{
    const Onnx__AttributeProto *a = attribute(node, name);
    return a == NULL ? otherwise : a->i;
}

static double number(const Onnx__NodeProto *node, const char *name, float otherwise)
{
    const Onnx__AttributeProto *a = attribute(node, name);
    return (double)(a == NULL ? otherwise : a->f);
}

static bool is(const Onnx__NodeProto *node, const char *type)
{
    return strcmp(node->op_type, type) == 0;
}

static array array_of_tensor(const Onnx__TensorProto *t)
{
    size_t dim[MOST_DIMENSIONS];
    for (size_t i = 0; i < t->n_dims; i++)
        dim[i] = (size_t)t->dims[i];
    array a = array_new(t->n_dims, dim);
    for (size_t i = 0; i < a.count; i++) {
        double d = 0;
        float f = 0;
        int64_t n = 0;
        bool raw = t->has_raw_data;
        if (t->data_type == 1) {
            memcpy(&f, raw ? (const void *)(t->raw_data.data + 4 * i) : (const void *)&t->float_data[i], 4);
            mpq_set_d(a.at[i], (double)f);
        } else if (t->data_type == 11) {
            memcpy(&d, raw ? (const void *)(t->raw_data.data + 8 * i) : (const void *)&t->double_data[i], 8);
            mpq_set_d(a.at[i], d);
        } else if (t->data_type == 7) {
            memcpy(&n, raw ? (const void *)(t->raw_data.data + 8 * i) : (const void *)&t->int64_data[i], 8);
            mpq_set_si(a.at[i], n, 1);
        } else {
            mpq_set_si(a.at[i], raw ? t->raw_data.data[i] : t->int32_data[i], 1);
        }
    }
    return a;
}

/* Element of `a` at a position of a larger shape into which it broadcasts. */
static mpq_srcptr broadcast_at(const array *a, size_t rank, const size_t *position)
{
    size_t index = 0;
    for (size_t i = 0; i < a->rank; i++)
        index = index * a->dim[i] + (a->dim[i] == 1 ? 0 : position[rank - a->rank + i]);
    return a->at[index];
}

/* Position of element `index` in a shape. */
static void unravel(const array *a, size_t index, size_t *position)
{
    for (size_t i = a->rank; i-- > 0;) {
        position[i] = index % a->dim[i];
        index /= a->dim[i];
    }
}

static array joined_shape(size_t count, const array **in)
{
    size_t rank = 0, dim[MOST_DIMENSIONS];
    for (size_t k = 0; k < count; k++)
        rank = in[k]->rank > rank ? in[k]->rank : rank;
    for (size_t i = 0; i < rank; i++) {
        dim[i] = 1;
        for (size_t k = 0; k < count; k++) {
            size_t skip = rank - in[k]->rank;
            if (i >= skip && in[k]->dim[i - skip] != 1)
                dim[i] = in[k]->dim[i - skip];
        }
    }
    return array_new(rank, dim);
}

static void combine(const Onnx__NodeProto *node, mpq_t result, mpq_srcptr next)
{
    if (is(node, "Add"))
        mpq_add(result, result, next);
    else if (is(node, "Sub"))
        mpq_sub(result, result, next);
    else if (is(node, "Mul"))
        mpq_mul(result, result, next);
    else if (is(node, "Div"))
        mpq_div(result, result, next);
    else if (is(node, "PRelu") && mpq_sgn(result) < 0)
        mpq_mul(result, result, next);
    else if ((is(node, "Max") && mpq_cmp(result, next) < 0) || (is(node, "Min") && mpq_cmp(result, next) > 0))
        mpq_set(result, next);
}

static array elementwise(const Onnx__NodeProto *node, size_t count, const array **in)
{
    array out = joined_shape(count, in);
    size_t position[MOST_DIMENSIONS];
    for (size_t i = 0; i < out.count; i++) {
        unravel(&out, i, position);
        mpq_set(out.at[i], broadcast_at(in[0], out.rank, position));
        for (size_t k = 1; k < count; k++)
            combine(node, out.at[i], broadcast_at(in[k], out.rank, position));
    }
    return out;
}

static void clip(const Onnx__NodeProto *node, size_t count, const array **in, mpq_t value)
{
    mpq_t end;
    mpq_init(end);
    bool low = (count > 1 && in[1] != NULL) || attribute(node, "min") != NULL;
    bool high = (count > 2 && in[2] != NULL) || attribute(node, "max") != NULL;
    mpq_set_d(end, number(node, "min", 0));
    if (count > 1 && in[1] != NULL)
        mpq_set(end, in[1]->at[0]);
    if (low && mpq_cmp(value, end) < 0)
        mpq_set(value, end);
    mpq_set_d(end, number(node, "max", 0));
    if (count > 2 && in[2] != NULL)
        mpq_set(end, in[2]->at[0]);
    if (high && mpq_cmp(value, end) > 0)
        mpq_set(value, end);
    mpq_clear(end);
}

static array unary(const Onnx__NodeProto *node, size_t count, const array **in)
{
    array out = array_new(in[0]->rank, in[0]->dim);
    mpq_t slope;
    mpq_init(slope);
    mpq_set_d(slope, number(node, "alpha", 0.01f));
    for (size_t i = 0; i < out.count; i++) {
        mpq_set(out.at[i], in[0]->at[i]);
        if (is(node, "Neg"))
            mpq_neg(out.at[i], out.at[i]);
        else if (is(node, "Abs"))
            mpq_abs(out.at[i], out.at[i]);
        else if (is(node, "Clip"))
            clip(node, count, in, out.at[i]);
        else if (is(node, "Relu") && mpq_sgn(out.at[i]) < 0)
            mpq_set_ui(out.at[i], 0, 1);
        else if (is(node, "LeakyRelu") && mpq_sgn(out.at[i]) < 0)
            mpq_mul(out.at[i], out.at[i], slope);
    }
    mpq_clear(slope);
    return out;
}

static array gemm(const Onnx__NodeProto *node, size_t count, const array **in)
{
    const array *a = in[0], *b = in[1];
    bool ta = integer(node, "transA", 0) != 0, tb = integer(node, "transB", 0) != 0;
    size_t dim[2] = {a->dim[ta ? 1 : 0], b->dim[tb ? 0 : 1]}, inner = a->dim[ta ? 0 : 1];
    array out = array_new(2, dim);
    mpq_t alpha, beta, part;
    mpq_inits(alpha, beta, part, NULL);
    mpq_set_d(alpha, number(node, "alpha", 1));
    mpq_set_d(beta, number(node, "beta", 1));
    for (size_t i = 0; i < out.count; i++) {
        size_t position[2] = {i / dim[1], i % dim[1]};
        for (size_t k = 0; k < inner; k++) {
            mpq_mul(part, a->at[ta ? k * a->dim[1] + position[0] : position[0] * a->dim[1] + k],
                    b->at[tb ? position[1] * b->dim[1] + k : k * b->dim[1] + position[1]]);
            mpq_add(out.at[i], out.at[i], part);
        }
        mpq_mul(out.at[i], out.at[i], alpha);
        if (count > 2 && in[2] != NULL) {
            mpq_mul(part, beta, broadcast_at(in[2], 2, position));
            mpq_add(out.at[i], out.at[i], part);
        }
    }
    mpq_clears(alpha, beta, part, NULL);
    return out;
}

/* A copy of `a` with `front` dimensions of size 1 before and `back` after its own. */
static array padded(const array *a, size_t front, size_t back)
{
    size_t dim[MOST_DIMENSIONS];
    for (size_t i = 0; i < front + a->rank + back; i++)
        dim[i] = i >= front && i < front + a->rank ? a->dim[i - front] : 1;
    array p = array_new(front + a->rank + back, dim);
    vector_copy(p.at, a->at, a->count);
    return p;
}

static void multiply_into(array *out, const array *a, const array *b)
{
    size_t inner = a->dim[a->rank - 1], position[MOST_DIMENSIONS];
    mpq_t part;
    mpq_init(part);
    for (size_t i = 0; i < out->count; i++) {
        for (size_t k = 0; k < inner; k++) {
            unravel(out, i, position);
            size_t column = position[out->rank - 1];
            position[out->rank - 1] = k;
            mpq_set(part, broadcast_at(a, out->rank, position));
            position[out->rank - 2] = k;
            position[out->rank - 1] = column;
            mpq_mul(part, part, broadcast_at(b, out->rank, position));
            mpq_add(out->at[i], out->at[i], part);
        }
    }
    mpq_clear(part);
}

static array matmul(const array **in)
{
    array a = padded(in[0], in[0]->rank == 1, 0), b = padded(in[1], 0, in[1]->rank == 1);
    array stack_a = a, stack_b = b;
    stack_a.rank -= 2;
    stack_b.rank -= 2;
    const array *stacks[2] = {&stack_a, &stack_b};
    array leading = joined_shape(2, stacks);
    size_t rank = leading.rank, dim[MOST_DIMENSIONS];
    memcpy(dim, leading.dim, sizeof dim);
    vector_free(leading.at, leading.count);
    dim[rank] = a.dim[a.rank - 2];
    dim[rank + 1] = b.dim[b.rank - 1];
    array out = array_new(rank + 2, dim);
    multiply_into(&out, &a, &b);
    vector_free(a.at, a.count);
    vector_free(b.at, b.count);
    if (in[1]->rank == 1)
        out.rank--;
    if (in[0]->rank == 1) {
        out.dim[out.rank - 2 + (in[1]->rank == 1)] = out.dim[out.rank - 1 + (in[1]->rank == 1)];
        out.rank--;
    }
    return out;
}

/* Axes from the second input or the attribute, as marks; all false if there are none. */
static bool axes(const Onnx__NodeProto *node, size_t count, const array **in, size_t rank, bool *marked)
{
    const Onnx__AttributeProto *a = attribute(node, "axes");
    size_t given = count > 1 ? in[1]->count : a != NULL ? a->n_ints : 0;
    memset(marked, 0, MOST_DIMENSIONS * sizeof *marked);
    for (size_t i = 0; i < given; i++) {
        int64_t axis = count > 1 ? mpz_get_si(mpq_numref(in[1]->at[i])) : a->ints[i];
        marked[axis < 0 ? axis + (int64_t)rank : axis] = true;
    }
    return count > 1 || a != NULL;
}

static size_t new_shape(const Onnx__NodeProto *node, size_t count, const array **in, size_t *dim)
{
    const array *x = in[0];
    bool marked[MOST_DIMENSIONS];
    size_t rank = 0;
    if (is(node, "Flatten")) {
        int64_t axis = integer(node, "axis", 1);
        dim[0] = dim[1] = 1;
        for (size_t i = 0; i < x->rank; i++)
            dim[(int64_t)i >= (axis < 0 ? axis + (int64_t)x->rank : axis)] *= x->dim[i];
        return 2;
    }
    if (is(node, "Reshape")) {
        size_t known = 1;
        for (size_t i = 0; i < in[1]->count; i++) {
            long wanted = mpz_get_si(mpq_numref(in[1]->at[i]));
            dim[i] = wanted == 0 ? x->dim[i] : (size_t)wanted;
            known *= wanted == -1 ? 1 : dim[i];
        }
        for (size_t i = 0; i < in[1]->count; i++)
            dim[i] = mpq_cmp_si(in[1]->at[i], -1, 1) == 0 ? x->count / known : dim[i];
        return in[1]->count;
    }
    if (is(node, "Squeeze")) {
        bool given = axes(node, count, in, x->rank, marked);
        for (size_t i = 0; i < x->rank; i++) {
            if (given ? !marked[i] : x->dim[i] != 1)
                dim[rank++] = x->dim[i];
        }
        return rank;
    }
    if (is(node, "Unsqueeze")) {
        const Onnx__AttributeProto *a = attribute(node, "axes");
        size_t old = 0, full = x->rank + (count > 1 ? in[1]->count : a->n_ints);
        axes(node, count, in, full, marked);
        for (size_t i = 0; i < full; i++)
            dim[i] = marked[i] ? 1 : x->dim[old++];
        return full;
    }
    memcpy(dim, x->dim, sizeof x->dim);
    return x->rank;
}

static array reshaped(const Onnx__NodeProto *node, size_t count, const array **in)
{
    size_t dim[MOST_DIMENSIONS];
    size_t rank = new_shape(node, count, in, dim);
    array out = array_new(rank, dim);
    vector_copy(out.at, in[0]->at, out.count);
    return out;
}

static array transpose(const Onnx__NodeProto *node, const array *x)
{
    const Onnx__AttributeProto *a = attribute(node, "perm");
    size_t perm[MOST_DIMENSIONS], dim[MOST_DIMENSIONS], to[MOST_DIMENSIONS], from[MOST_DIMENSIONS];
    for (size_t i = 0; i < x->rank; i++) {
        perm[i] = a == NULL ? x->rank - 1 - i : (size_t)a->ints[i];
        dim[i] = x->dim[perm[i]];
    }
    array out = array_new(x->rank, dim);
    for (size_t i = 0; i < out.count; i++) {
        unravel(&out, i, to);
        for (size_t k = 0; k < x->rank; k++)
            from[perm[k]] = to[k];
        mpq_set(out.at[i], broadcast_at(x, x->rank, from));
    }
    return out;
}

static array concat(const Onnx__NodeProto *node, size_t count, const array **in)
{
    int64_t wanted = integer(node, "axis", 0);
    size_t axis = (size_t)(wanted < 0 ? wanted + (int64_t)in[0]->rank : wanted), dim[MOST_DIMENSIONS];
    size_t position[MOST_DIMENSIONS];
    memcpy(dim, in[0]->dim, sizeof dim);
    for (size_t k = 1; k < count; k++)
        dim[axis] += in[k]->dim[axis];
    array out = array_new(in[0]->rank, dim);
    for (size_t i = 0; i < out.count; i++) {
        unravel(&out, i, position);
        size_t k = 0;
        while (position[axis] >= in[k]->dim[axis])
            position[axis] -= in[k++]->dim[axis];
        mpq_set(out.at[i], broadcast_at(in[k], out.rank, position));
    }
    return out;
}

static array constant(const Onnx__NodeProto *node)
{
    const Onnx__AttributeProto *a = node->attribute[0];
    if (a->t != NULL)
        return array_of_tensor(a->t);
    bool ints = strncmp(a->name, "value_int", 9) == 0;
    size_t count = a->n_ints + a->n_floats, dim[1] = {count == 0 ? 1 : count};
    array out = array_new(count == 0 ? 0 : 1, dim);
    for (size_t i = 0; i < out.count; i++) {
        if (ints)
            mpq_set_si(out.at[i], count == 0 ? a->i : a->ints[i], 1);
        else
            mpq_set_d(out.at[i], (double)(count == 0 ? a->f : a->floats[i]));
    }
    return out;
}

/* (x - mean) / sqrt(variance + epsilon) · scale + bias, where the root is rational. */
static array normalization(const Onnx__NodeProto *node, const array **in)
{
    array out = array_new(in[0]->rank, in[0]->dim);
    size_t position[MOST_DIMENSIONS];
    mpq_t root;
    mpq_init(root);
    for (size_t i = 0; i < out.count; i++) {
        unravel(&out, i, position);
        size_t c = position[1];
        mpq_set_d(root, number(node, "epsilon", 1e-5f));
        mpq_add(root, root, in[4]->at[c]);
        mpz_sqrt(mpq_numref(root), mpq_numref(root));
        mpz_sqrt(mpq_denref(root), mpq_denref(root));
        mpq_sub(out.at[i], in[0]->at[i], in[3]->at[c]);
        mpq_div(out.at[i], out.at[i], root);
        mpq_mul(out.at[i], out.at[i], in[1]->at[c]);
        mpq_add(out.at[i], out.at[i], in[2]->at[c]);
    }
    mpq_clear(root);
    return out;
}

static array run_node(const Onnx__NodeProto *node, size_t count, const array **in)
{
    static const char *const unaries[] = {"Neg", "Abs", "Clip", "Relu", "LeakyRelu"};
    static const char *const elementwises[] = {"Add", "Sub", "Mul", "Div", "PRelu", "Max", "Min"};
    for (size_t i = 0; i < sizeof unaries / sizeof unaries[0]; i++) {
        if (is(node, unaries[i]))
            return unary(node, count, in);
    }
    for (size_t i = 0; i < sizeof elementwises / sizeof elementwises[0]; i++) {
        if (is(node, elementwises[i]))
            return elementwise(node, count, in);
    }
    if (is(node, "Gemm"))
        return gemm(node, count, in);
    if (is(node, "MatMul"))
        return matmul(in);
    if (is(node, "Transpose"))
        return transpose(node, in[0]);
    if (is(node, "Concat"))
        return concat(node, count, in);
    if (is(node, "Constant"))
        return constant(node);
    if (is(node, "BatchNormalization"))
        return normalization(node, in);
    return reshaped(node, count, in);
}

static void load(machine *m, const Onnx__GraphProto *graph, mpq_t *x)
{
    for (size_t i = 0; i < graph->n_initializer; i++)
        define(m, graph->initializer[i]->name, array_of_tensor(graph->initializer[i]));
    const Onnx__TensorShapeProto *shape = graph->input[0]->type->tensor_type->shape;
    size_t dim[MOST_DIMENSIONS];
    for (size_t i = 0; i < shape->n_dim; i++)
        dim[i] = shape->dim[i]->has_dim_value ? (size_t)shape->dim[i]->dim_value : 1;
    array input = array_new(shape->n_dim, dim);
    vector_copy(input.at, x, input.count);
    define(m, graph->input[0]->name, input);
}

mpq_t *onnx_reference_eval(const Onnx__ModelProto *model, mpq_t *x, size_t *count)
{
    machine m = {0};
    load(&m, model->graph, x);
    for (size_t n = 0; n < model->graph->n_node; n++) {
        const Onnx__NodeProto *node = model->graph->node[n];
        const array *in[MOST_INPUTS];
        for (size_t i = 0; i < node->n_input; i++)
            in[i] = look_up(&m, node->input[i]);
        define(&m, node->output[0], run_node(node, node->n_input, in));
    }
    const array *out = look_up(&m, model->graph->output[0]->name);
    mpq_t *y = vector_new(out->count);
    vector_copy(y, out->at, out->count);
    *count = out->count;
    for (size_t i = 0; i < m.values; i++)
        vector_free(m.value[i].at, m.value[i].count);
    free(m.value);
    return y;
}
