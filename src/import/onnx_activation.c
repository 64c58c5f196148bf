/* Piecewise linear functions of single elements and maxima, written with as few ReLU neurons as they need.
 * Each call gathers the pre-activations of the whole tensor, so that it becomes one layer (Max and Min: one
 * per round of a tournament). Constants need no neurons: the layer builder folds them, and so the formulas
 * hold for them as they stand. */
#include "import/onnx_operators.h"

#include <float.h>
#include <stdlib.h>

#include "base/memory.h"
#include "import/onnx_broadcast.h"

static void release_all(affine_space *space, affine **form, size_t count)
{
    for (size_t i = 0; i < count; i++)
        affine_release(space, form[i]);
    free(form);
}

/* max(form, 0) of `count` forms, as forms the caller owns. */
static affine **relu_all(onnx_call *call, affine *const *form, size_t count, layers_constants constants)
{
    affine **result = mem_alloc(count, sizeof(affine *));
    layers_relu(call->build, count, form, constants, result);
    return result;
}

tensor *onnx_relu(onnx_call *call)
{
    tensor *x = call->input[0], *result = tensor_new(&call->build->space, x->type, x->rank, x->dim);
    if (result != NULL)
        layers_relu(call->build, x->count, x->element, LAYERS_KEEP_CONSTANTS, result->element);
    return result;
}

/* --- leaky activations: slope·z + (1 - slope)·relu(z) ------------------------------------------------------
 */

/* Sets result[i] to the leaky form of z[i]; `slope` holds one slope per element. Elements of slope 1 stay
 * what they are. */
static void leaky(onnx_call *call, size_t count, affine *const *z, affine *const *slope, affine **result)
{
    affine_space *space = &call->build->space;
    affine **bent = mem_alloc(count, sizeof(affine *));
    for (size_t i = 0; i < count; i++)
        bent[i] = mpq_cmp_ui(slope[i]->constant, 1, 1) == 0 ? NULL : z[i];
    affine **relu = relu_all(call, bent, count, LAYERS_KEEP_CONSTANTS);
    mpq_t rest;
    mpq_init(rest);
    for (size_t i = 0; i < count; i++) {
        mpq_set_ui(rest, 1, 1);
        mpq_sub(rest, rest, slope[i]->constant);
        result[i] = affine_combine(space, z[i], slope[i]->constant, relu[i], rest);
    }
    mpq_clear(rest);
    release_all(space, relu, count);
    free(bent);
}

/* One slope for all elements. */
static tensor *leaky_tensor(onnx_call *call, const mpq_t slope)
{
    const tensor *x = call->input[0];
    affine_space *space = &call->build->space;
    tensor *result = tensor_new(space, x->type, x->rank, x->dim);
    if (result == NULL)
        return NULL;
    affine *one = affine_constant(space, slope);
    affine **slopes = mem_alloc(x->count, sizeof(affine *));
    for (size_t i = 0; i < x->count; i++)
        slopes[i] = one;
    leaky(call, x->count, x->element, slopes, result->element);
    free(slopes);
    affine_release(space, one);
    return result;
}

tensor *onnx_leaky_relu(onnx_call *call)
{
    mpq_t slope;
    mpq_init(slope);
    mpq_set_d(slope, (double)0.01f);
    tensor *result = call_float(call, "alpha", slope) ? leaky_tensor(call, slope) : NULL;
    mpq_clear(slope);
    return result;
}

/* |z| is the leaky activation of slope -1. */
tensor *onnx_abs(onnx_call *call)
{
    mpq_t slope;
    mpq_init(slope);
    mpq_set_si(slope, -1, 1);
    tensor *result = leaky_tensor(call, slope);
    mpq_clear(slope);
    return result;
}

static bool same_shape(const tensor *a, const tensor *b)
{
    bool same = a->rank == b->rank;
    for (size_t i = 0; same && i < a->rank; i++)
        same = a->dim[i] == b->dim[i];
    return same;
}

tensor *onnx_prelu(onnx_call *call)
{
    const tensor *x = call->input[0];
    if (!tensor_is_constant(call->input[1]))
        return call_fail(call, "its slope must be constant");
    tensor *result = broadcast_output(call);
    if (result == NULL)
        return NULL;
    if (!same_shape(result, x)) {
        tensor_free(&call->build->space, result);
        return call_fail(call, "its slope does not broadcast to the shape of its input");
    }
    affine **slope = broadcast_input(call, 1, result);
    leaky(call, x->count, x->element, slope, result->element);
    free(slope);
    return result;
}

/* --- Clip --------------------------------------------------------------------------------------------------
 */

/* The ends of the interval; NULL where there is none. */
typedef struct interval {
    affine *low, *high;
} interval;

/* One end, from input i or from attribute `name`; *end (may stay NULL) is owned by the caller. */
static bool clip_end(onnx_call *call, size_t i, const char *name, affine **end)
{
    const tensor *t = call_input(call, i);
    *end = NULL;
    if (t != NULL) {
        if (t->rank != 0 || t->type != call->input[0]->type || !tensor_is_constant(t))
            return call_fail(call,
                             "its %s must be one constant number of the input's type, without dimensions",
                             name) != NULL;
        *end = affine_retain(t->element[0]);
        return true;
    }
    mpq_t value;
    mpq_init(value);
    bool good = call_float(call, name, value), given = call_attribute(call, name) != NULL;
    /* As attributes the ends are, by default, those of float32: no float32 lies beyond, but doubles do. */
    if (!given && call->version < 11 && call->input[0]->type == ONNX_DOUBLE)
        mpq_set_d(value, i == 1 ? -(double)FLT_MAX : (double)FLT_MAX);
    if (good && (given || mpq_sgn(value) != 0))
        *end = affine_constant(&call->build->space, value);
    mpq_clear(value);
    return good;
}

/* Pre-activations z - low and z - high, or high - z where there is no low: `parts` of them per element. */
static affine **clip_rows(onnx_call *call, const interval *ends, size_t parts)
{
    const tensor *x = call->input[0];
    affine_space *space = &call->build->space;
    affine **row = mem_alloc(mem_product(parts, x->count), sizeof(affine *));
    for (size_t i = 0; i < x->count; i++) {
        affine *z = x->element[i];
        if (ends->low != NULL) {
            affine_sum_add(space, z, NULL);
            affine_sum_subtract(space, ends->low);
        } else {
            affine_sum_add(space, ends->high, NULL);
            affine_sum_subtract(space, z);
        }
        row[parts * i] = affine_sum_take(space);
        if (parts == 2) {
            affine_sum_add(space, z, NULL);
            affine_sum_subtract(space, ends->high);
            row[2 * i + 1] = affine_sum_take(space);
        }
    }
    return row;
}

/* low + relu(z - low) - relu(z - high), high - relu(high - z), or low + relu(z - low). */
static tensor *clip_between(onnx_call *call, const interval *ends)
{
    const tensor *x = call->input[0];
    affine_space *space = &call->build->space;
    size_t parts = ends->low != NULL && ends->high != NULL ? 2 : 1;
    tensor *result = tensor_new(space, x->type, x->rank, x->dim);
    if (result == NULL)
        return NULL;
    affine **row = clip_rows(call, ends, parts),
           **relu = relu_all(call, row, parts * x->count, LAYERS_FOLD_CONSTANTS);
    for (size_t i = 0; i < x->count; i++) {
        affine_sum_add(space, ends->low != NULL ? ends->low : ends->high, NULL);
        if (ends->low != NULL)
            affine_sum_add(space, relu[parts * i], NULL);
        if (ends->high != NULL)
            affine_sum_subtract(space, relu[parts * i + parts - 1]);
        result->element[i] = affine_sum_take(space);
    }
    release_all(space, relu, parts * x->count);
    release_all(space, row, parts * x->count);
    return result;
}

static tensor *clip(onnx_call *call, const interval *ends)
{
    tensor *x = call->input[0];
    affine_space *space = &call->build->space;
    if (ends->low == NULL && ends->high == NULL)
        return tensor_reshaped(space, x, x->rank, x->dim);
    int order =
        ends->low == NULL || ends->high == NULL ? -1 : mpq_cmp(ends->low->constant, ends->high->constant);
    if (order < 0)
        return clip_between(call, ends);
    if (order > 0 && call->version < 11)
        return call_fail(call, "its min is greater than its max (this has a meaning since version 11 only)");
    /* min(max(z, low), high) with low >= high */
    tensor *result = tensor_new(space, x->type, x->rank, x->dim);
    for (size_t i = 0; result != NULL && i < x->count; i++)
        result->element[i] = affine_retain(ends->high);
    return result;
}

tensor *onnx_clip(onnx_call *call)
{
    interval ends = {NULL, NULL};
    tensor *result = NULL;
    if (clip_end(call, 1, "min", &ends.low) && clip_end(call, 2, "max", &ends.high))
        result = clip(call, &ends);
    affine_release(&call->build->space, ends.low);
    affine_release(&call->build->space, ends.high);
    return result;
}

/* --- Max and Min -------------------------------------------------------------------------------------------
 */

/* What is left of one element's arguments: `players` of them, which the tournament reduces to one. */
typedef struct match {
    affine **player;
    size_t players;
} match;

static bool beats(const affine *a, const affine *b, int sign)
{
    return sign * mpq_cmp(a->constant, b->constant) > 0;
}

/* All arguments of element i, with the constants among them reduced to the best one, which comes last. */
static void gather(onnx_call *call, affine **const *form, size_t i, int sign, match *m)
{
    affine *best = NULL;
    m->player = mem_alloc(call->inputs, sizeof(affine *));
    m->players = 0;
    for (size_t k = 0; k < call->inputs; k++) {
        affine *a = form[k][i];
        if (!affine_is_constant(a))
            m->player[m->players++] = affine_retain(a);
        else if (best == NULL || beats(a, best, sign))
            best = a;
    }
    if (best != NULL)
        m->player[m->players++] = affine_retain(best);
}

/* max(a, b) = b + relu(a - b), min(a, b) = b - relu(b - a), b being the one with fewer terms. */
static void order_pair(match *m, size_t pair)
{
    affine **p = &m->player[2 * pair];
    if (p[0]->terms < p[1]->terms) {
        affine *swapped = p[0];
        p[0] = p[1];
        p[1] = swapped;
    }
}

static affine *difference(affine_space *space, const affine *a, const affine *b, int sign)
{
    affine_sum_add(space, sign > 0 ? a : b, NULL);
    affine_sum_subtract(space, sign > 0 ? b : a);
    return affine_sum_take(space);
}

/* Puts the winners of all pairs in front, and after them the player without a partner. */
static void settle(affine_space *space, match *m, affine *const *relu, int sign)
{
    size_t pairs = m->players / 2;
    for (size_t pair = 0; pair < pairs; pair++) {
        affine *a = m->player[2 * pair], *b = m->player[2 * pair + 1];
        affine_sum_add(space, b, NULL);
        if (sign > 0)
            affine_sum_add(space, relu[pair], NULL);
        else
            affine_sum_subtract(space, relu[pair]);
        affine_release(space, a);
        affine_release(space, b);
        m->player[pair] = affine_sum_take(space);
    }
    if (m->players % 2 == 1)
        m->player[pairs] = m->player[m->players - 1];
    m->players -= pairs;
}

/* One round for all elements: one layer. Returns whether there was anything to settle. */
static bool play_round(onnx_call *call, match *all, size_t count, int sign)
{
    affine_space *space = &call->build->space;
    size_t rows = 0, next = 0;
    for (size_t i = 0; i < count; i++)
        rows = mem_sum(rows, all[i].players / 2);
    if (rows == 0)
        return false;
    affine **row = mem_alloc(rows, sizeof(affine *));
    for (size_t i = 0; i < count; i++) {
        for (size_t pair = 0; pair < all[i].players / 2; pair++) {
            order_pair(&all[i], pair);
            row[next++] = difference(space, all[i].player[2 * pair], all[i].player[2 * pair + 1], sign);
        }
    }
    affine **relu = relu_all(call, row, rows, LAYERS_FOLD_CONSTANTS);
    next = 0;
    for (size_t i = 0; i < count; i++) {
        size_t pairs = all[i].players / 2;
        settle(space, &all[i], relu + next, sign);
        next += pairs;
    }
    release_all(space, relu, rows);
    release_all(space, row, rows);
    return true;
}

/* Broadcasting came with version 8. */
static bool check_shapes(const onnx_call *call)
{
    for (size_t k = 1; k < call->inputs && call->version < 8; k++) {
        if (!same_shape(call->input[0], call->input[k]))
            return call_fail(call, "its inputs have different shapes, which has no meaning before version 8 "
                                   "of the operators") != NULL;
    }
    return true;
}

/* sign +1: the maximum of all inputs, -1: the minimum. */
static tensor *extremum(onnx_call *call, int sign)
{
    tensor *result = check_shapes(call) ? broadcast_output(call) : NULL;
    if (result == NULL)
        return NULL;
    affine ***form = mem_alloc(call->inputs, sizeof(affine **));
    for (size_t k = 0; k < call->inputs; k++)
        form[k] = broadcast_input(call, k, result);
    match *all = mem_alloc(result->count, sizeof *all);
    for (size_t i = 0; i < result->count; i++)
        gather(call, form, i, sign, &all[i]);
    while (play_round(call, all, result->count, sign))
        continue;
    for (size_t i = 0; i < result->count; i++) {
        result->element[i] = all[i].player[0];
        free(all[i].player);
    }
    for (size_t k = 0; k < call->inputs; k++)
        free(form[k]);
    free(form);
    free(all);
    return result;
}

tensor *onnx_max(onnx_call *call)
{
    return extremum(call, 1);
}

tensor *onnx_min(onnx_call *call)
{
    return extremum(call, -1);
}
