/* Broadcasting as numpy defines it: shapes are aligned at their last dimensions, and dimensions of size 1 (or
 * missing ones) are repeated. */
#ifndef SUPCERT_IMPORT_ONNX_BROADCAST_H
#define SUPCERT_IMPORT_ONNX_BROADCAST_H

#include <stdbool.h>
#include <stddef.h>

#include "import/onnx_call.h"

/* Shape into which two shapes broadcast: *dim is allocated (the caller frees it); false if they do not fit.
 */
bool broadcast_shape(size_t a_rank, const size_t *a, size_t b_rank, const size_t *b, size_t **dim,
                     size_t *rank);

/* For every element of a tensor of shape `dim`, the index of the element that a tensor of shape `from` has in
 * its place: allocated (the caller frees it). `count` is the product of `dim`; `from` broadcasts into `dim`.
 */
size_t *broadcast_index(size_t rank, const size_t *dim, size_t count, size_t from_rank, const size_t *from);

/* An empty tensor of the shape into which all inputs of the call broadcast; NULL with the error set or the
 * budget exceeded. */
tensor *broadcast_output(onnx_call *call);

/* The forms of input i in the order of the output's elements: allocated (the caller frees the array, not the
 * forms). */
affine **broadcast_input(const onnx_call *call, size_t i, const tensor *output);

#endif
