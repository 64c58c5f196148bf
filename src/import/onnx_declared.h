/* What an ONNX file declares about its values: the shape of the input, which is taken from there, and types
 * and shapes of outputs and values between, which must be those that the graph gives them. */
#ifndef SUPCERT_IMPORT_ONNX_DECLARED_H
#define SUPCERT_IMPORT_ONNX_DECLARED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "import/onnx_tensor.h"

/* The network's input. Fails unless it is a tensor of floats with a shape of numbers, in which only the first
 * dimension may be open; that is the batch, taken as 1. *dim is allocated (the caller frees it), on failure
 * too. */
bool declared_input(const Onnx__ValueInfoProto *input, int *type, size_t *rank, size_t **dim,
                    const char *file, error *e);

/* Whether the value `name`, which is t, is what is declared about it. What is left open is not compared;
 * `type` may be NULL. */
bool declared_fits(const Onnx__TypeProto *type, const tensor *t, const char *name, const char *file,
                   error *e);

#endif
