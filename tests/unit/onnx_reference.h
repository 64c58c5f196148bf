/* A direct interpreter of ONNX graphs in rational arithmetic, for tests: it evaluates node after node at one
 * point, as the operators' definitions say, and shares nothing with the reader under test. It expects
 * well-formed models whose nodes are in order. */
#ifndef TESTS_ONNX_REFERENCE_H
#define TESTS_ONNX_REFERENCE_H

#include <gmp.h>
#include <stddef.h>

#include "import/onnx.pb-c.h"

/* The output vector at x: allocated with vector_new(*count); the caller frees it. */
mpq_t *onnx_reference_eval(const Onnx__ModelProto *model, mpq_t *x, size_t *count);

#endif
