/* Element by element arithmetic, with broadcasting, and BatchNormalization. Sums and multiples of affine
 * forms are affine forms; operations among constants give constants by the same code. */
#include "import/onnx_operators.h"

#include <stdlib.h>

#include "import/onnx_broadcast.h"

/* One element of the result; NULL with the error set. */
typedef affine *(*binary)(onnx_call *call, affine *a, affine *b);

static tensor *apply_binary(onnx_call *call, binary combine)
{
    tensor *result = broadcast_output(call);
    if (result == NULL)
        return NULL;
    affine **a = broadcast_input(call, 0, result), **b = broadcast_input(call, 1, result);
    bool good = true;
    for (size_t i = 0; i < result->count && good; i++) {
        result->element[i] = combine(call, a[i], b[i]);
        good = result->element[i] != NULL;
    }
    free(a);
    free(b);
    if (good)
        return result;
    tensor_free(&call->build->space, result);
    return NULL;
}

static bool is_zero(const affine *form)
{
    return affine_is_constant(form) && mpq_sgn(form->constant) == 0;
}

static affine *add_forms(onnx_call *call, affine *a, affine *b)
{
    if (is_zero(a))
        return affine_retain(b);
    if (is_zero(b))
        return affine_retain(a);
    return affine_combine(&call->build->space, a, NULL, b, NULL);
}

static affine *subtract_forms(onnx_call *call, affine *a, affine *b)
{
    if (is_zero(b))
        return affine_retain(a);
    affine_sum_add(&call->build->space, a, NULL);
    affine_sum_subtract(&call->build->space, b);
    return affine_sum_take(&call->build->space);
}

static affine *multiply_forms(onnx_call *call, affine *a, affine *b)
{
    if (!affine_is_constant(a) && !affine_is_constant(b))
        return call_fail(call,
                         "multiplies two values that both depend on the input (one side must be constant)");
    affine *factor = affine_is_constant(b) ? b : a;
    affine *form = factor == b ? a : b;
    if (mpq_cmp_ui(factor->constant, 1, 1) == 0)
        return affine_retain(form);
    return affine_combine(&call->build->space, form, factor->constant, NULL, NULL);
}

/* Integers divide with truncation towards zero. */
static affine *divide_integers(onnx_call *call, const affine *a, const affine *b)
{
    mpq_t quotient;
    mpq_init(quotient);
    mpz_tdiv_q(mpq_numref(quotient), mpq_numref(a->constant), mpq_numref(b->constant));
    affine *result = affine_constant(&call->build->space, quotient);
    mpq_clear(quotient);
    return result;
}

static affine *divide_forms(onnx_call *call, affine *a, affine *b)
{
    if (!affine_is_constant(b))
        return call_fail(call, "divides by a value that depends on the input (the divisor must be constant)");
    if (mpq_sgn(b->constant) == 0)
        return call_fail(call, "divides by zero");
    if (!tensor_is_float(call->input[0]))
        return divide_integers(call, a, b);
    mpq_t inverse;
    mpq_init(inverse);
    mpq_inv(inverse, b->constant);
    affine *result = affine_combine(&call->build->space, a, inverse, NULL, NULL);
    mpq_clear(inverse);
    return result;
}

tensor *onnx_add(onnx_call *call)
{
    return apply_binary(call, add_forms);
}

tensor *onnx_sub(onnx_call *call)
{
    return apply_binary(call, subtract_forms);
}

tensor *onnx_mul(onnx_call *call)
{
    return apply_binary(call, multiply_forms);
}

tensor *onnx_div(onnx_call *call)
{
    return apply_binary(call, divide_forms);
}

tensor *onnx_neg(onnx_call *call)
{
    tensor *result = broadcast_output(call);
    for (size_t i = 0; result != NULL && i < result->count; i++)
        result->element[i] = subtract_forms(call, call->build->space.zero, call->input[0]->element[i]);
    return result;
}

/* --- BatchNormalization ------------------------------------------------------------------------------------
 */

/* y = scale·x + shift for one channel. */
typedef struct channel {
    mpq_t scale, shift;
} channel;

/* root = sqrt(square), if that is rational. */
static bool rational_root(mpq_t root, const mpq_t square)
{
    if (!mpz_perfect_square_p(mpq_numref(square)) || !mpz_perfect_square_p(mpq_denref(square)))
        return false;
    mpz_sqrt(mpq_numref(root), mpq_numref(square));
    mpz_sqrt(mpq_denref(root), mpq_denref(square));
    return true;
}

/* The factor scale / sqrt(variance + epsilon). It is irrational unless the sum is the square of a fraction;
 * rounding it would make the result a statement about another network than the one in the file, so it is
 * refused. */
static bool set_factor(onnx_call *call, mpq_t factor, size_t index, const mpq_t epsilon)
{
    mpq_t sum;
    mpq_init(sum);
    mpq_add(sum, call->input[4]->element[index]->constant, epsilon);
    mpq_srcptr scale = call->input[1]->element[index]->constant;
    bool good = false;
    if (mpq_sgn(sum) <= 0) {
        call_fail(call, "variance plus epsilon of channel %zu is not positive", index);
    } else if (mpq_sgn(scale) == 0) {
        mpq_set_ui(factor, 0, 1);
        good = true;
    } else if (!rational_root(factor, sum)) {
        call_fail(call,
                  "the square root of variance plus epsilon of channel %zu is irrational, so the layer is "
                  "not exactly "
                  "rational (fold the normalisation into the weights before export)",
                  index);
    } else {
        mpq_div(factor, scale, factor);
        good = true;
    }
    mpq_clear(sum);
    return good;
}

static bool check_normalization(onnx_call *call, size_t channels, mpq_t epsilon)
{
    bool training = false, spatial = true;
    mpq_set_d(epsilon, (double)1e-5f);
    if (!call_switch(call, "training_mode", &training) || !call_switch(call, "spatial", &spatial) ||
        !call_float(call, "epsilon", epsilon))
        return false;
    if (training || !spatial)
        return call_fail(call, "only the inference form with one mean per channel is supported") != NULL;
    static const char *const name[] = {"", "scale", "bias", "mean", "variance"};
    for (size_t i = 1; i < 5; i++) {
        const tensor *t = call->input[i];
        if (!tensor_is_constant(t) || t->rank != 1 || t->count != channels)
            return call_fail(call, "its %s must be a constant list of %zu numbers, one per channel", name[i],
                             channels) != NULL;
    }
    return true;
}

/* (x - mean)·factor + bias */
static affine *normalize(onnx_call *call, const affine *x, size_t index, const mpq_t factor)
{
    affine_space *space = &call->build->space;
    affine_sum_add(space, x, NULL);
    affine_sum_subtract(space, call->input[3]->element[index]);
    affine_sum_scale(space, factor);
    affine_sum_add(space, call->input[2]->element[index], NULL);
    return affine_sum_take(space);
}

tensor *onnx_batch_normalization(onnx_call *call)
{
    const tensor *x = call->input[0];
    if (x->rank < 2)
        return call_fail(call, "needs an input with a batch and a channel dimension");
    size_t channels = x->dim[1], inner = 1;
    mpq_t epsilon, factor;
    mpq_inits(epsilon, factor, NULL);
    tensor *result = NULL;
    if (call_same_types(call) && check_normalization(call, channels, epsilon))
        result = tensor_new(&call->build->space, x->type, x->rank, x->dim);
    for (size_t k = 2; k < x->rank; k++)
        inner *= x->dim[k];
    bool good = result != NULL;
    for (size_t i = 0; good && i < x->count; i += inner) {
        size_t c = i / inner % channels;
        good = set_factor(call, factor, c, epsilon);
        for (size_t k = 0; good && k < inner; k++)
            result->element[i + k] = normalize(call, x->element[i + k], c, factor);
    }
    mpq_clears(epsilon, factor, NULL);
    if (good)
        return result;
    tensor_free(&call->build->space, result);
    return NULL;
}
