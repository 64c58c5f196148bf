/* Broadcasting: see onnx_broadcast.h. */
#include "import/onnx_broadcast.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Dimension k, counted from the last, of a shape; 1 beyond its rank. */
static size_t dim_from_end(size_t rank, const size_t *dim, size_t k)
{
    return k < rank ? dim[rank - 1 - k] : 1;
}

bool broadcast_shape(size_t a_rank, const size_t *a, size_t b_rank, const size_t *b, size_t **dim,
                     size_t *rank)
{
    *rank = a_rank > b_rank ? a_rank : b_rank;
    *dim = mem_alloc(*rank, sizeof **dim);
    for (size_t k = 0; k < *rank; k++) {
        size_t x = dim_from_end(a_rank, a, k), y = dim_from_end(b_rank, b, k);
        if (x != y && x != 1 && y != 1) {
            free(*dim);
            *dim = NULL;
            return false;
        }
        (*dim)[*rank - 1 - k] = x == 1 ? y : x;
    }
    return true;
}

/* Counts through the shape like an odometer, the last dimension fastest, and keeps the source's index in
 * step. */
size_t *broadcast_index(size_t rank, const size_t *dim, size_t count, size_t from_rank, const size_t *from)
{
    size_t *index = mem_alloc(count, sizeof *index);
    size_t *stride = mem_alloc(rank, sizeof *stride);
    size_t *position = mem_alloc(rank, sizeof *position);
    size_t step = 1;
    for (size_t k = 0; k < rank; k++) {
        size_t own = dim_from_end(from_rank, from, k);
        stride[rank - 1 - k] = own == 1 ? 0 : step;
        step *= own;
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        index[i] = at;
        for (size_t k = rank; k-- > 0;) {
            at += stride[k];
            if (++position[k] < dim[k])
                break;
            at -= stride[k] * dim[k];
            position[k] = 0;
        }
    }
    free(position);
    free(stride);
    return index;
}

static tensor *shapes_do_not_fit(const onnx_call *call, size_t rank, size_t *dim, const tensor *other)
{
    tensor joined = {.rank = rank, .dim = dim};
    char *a = tensor_shape_text(&joined), *b = tensor_shape_text(other);
    call_fail(call, "shapes %s and %s do not broadcast", a, b);
    free(a);
    free(b);
    return NULL;
}

tensor *broadcast_output(onnx_call *call)
{
    const tensor *first = call->input[0];
    size_t rank = first->rank;
    size_t *dim = mem_alloc(rank, sizeof *dim);
    memcpy(dim, first->dim, rank * sizeof *dim);
    bool fits = call_same_types(call);
    for (size_t i = 1; i < call->inputs && fits; i++) {
        const tensor *t = call->input[i];
        size_t *joined, joined_rank;
        fits = broadcast_shape(rank, dim, t->rank, t->dim, &joined, &joined_rank);
        if (!fits) {
            shapes_do_not_fit(call, rank, dim, t);
        } else {
            free(dim);
            dim = joined;
            rank = joined_rank;
        }
    }
    tensor *result = fits ? tensor_new(&call->build->space, first->type, rank, dim) : NULL;
    free(dim);
    return result;
}

affine **broadcast_input(const onnx_call *call, size_t i, const tensor *output)
{
    const tensor *t = call->input[i];
    size_t *index = broadcast_index(output->rank, output->dim, output->count, t->rank, t->dim);
    affine **form = mem_alloc(output->count, sizeof(affine *));
    for (size_t k = 0; k < output->count; k++)
        form[k] = t->element[index[k]];
    free(index);
    return form;
}
