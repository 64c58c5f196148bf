/* Tensors while an ONNX model is read: a shape and one affine form per element, row-major. Constants
 * (weights, shapes, axes) are tensors whose forms have no terms. */
#ifndef SUPCERT_IMPORT_ONNX_TENSOR_H
#define SUPCERT_IMPORT_ONNX_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "import/affine.h"
#include "import/onnx.pb-c.h"

/* Element types, by their number in the file format. */
enum {
    ONNX_FLOAT = 1,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_BOOL = 9,
    ONNX_DOUBLE = 11,
};

typedef struct tensor {
    int type;
    size_t rank;
    size_t *dim;
    size_t count;     /* product of dim; 1 for rank 0 */
    affine **element; /* each held by the tensor */
} tensor;

/* A tensor whose elements are still NULL; NULL with the budget exceeded if it would be too large. Of every
 * tensor, the product of all dimensions that are not 0 fits in 63 bits, so that products of some of them do.
 */
tensor *tensor_new(affine_space *space, int type, size_t rank, const size_t *dim);
void tensor_free(affine_space *space, tensor *t); /* t may be NULL */

/* Another shape for the same elements in the same order; the product of `dim` is that of the old shape. */
tensor *tensor_reshaped(affine_space *space, const tensor *t, size_t rank, const size_t *dim);

bool tensor_is_constant(const tensor *t);
bool tensor_is_float(const tensor *t);

/* Whether all elements are what the type can hold: integers of 32 or 64 bits, 0 or 1. Floats hold every
 * number: arithmetic is that of the real numbers. */
bool tensor_fits_type(const tensor *t);

/* A shape as text, like "[1,5]", abbreviated where it is long; a dimension of -1 is shown as "?". Owned by
 * the caller (free). */
char *shape_text(size_t rank, const int64_t *dim);
char *tensor_shape_text(const tensor *t);

/* "float64", "float16", …; "type 99" has no name and gives "unknown". */
const char *tensor_type_name(int type);

/* Reads a constant, exactly. NULL on failure; then either *e is set, with "what: " in front of the reason, or
 * the budget is exceeded. */
tensor *tensor_read(affine_space *space, const Onnx__TensorProto *proto, const char *file, const char *what,
                    error *e);

#endif
