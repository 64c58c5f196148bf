/* Building ONNX models in memory for tests. Everything a builder makes is freed with it. */
#ifndef TESTS_ONNX_BUILDER_H
#define TESTS_ONNX_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "import/onnx_tensor.h"

typedef struct onnx_builder {
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    Onnx__OperatorSetIdProto set;
    size_t names; /* for names made up */
    void **owned;
    size_t owned_count, owned_capacity;
} onnx_builder;

/* A model of operator set 13 with an empty graph. The builder must stay where it is. */
void onnx_builder_init(onnx_builder *b);
void onnx_builder_clear(onnx_builder *b);

/* Adds an input or output of element type `type`. A dimension of -1 is left open. */
void onnx_builder_input(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim);
void onnx_builder_output(onnx_builder *b, const char *name, int type);
/* The same with a shape, for an output or for a value between. */
void onnx_builder_shaped_output(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim);
void onnx_builder_declare(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim);

/* An input again, for a value that starts with any dimension: what it declares starts with 1, and is reshaped
 * to `name`. Models whose input and output start with the same number beyond 1 are refused as batches. */
void onnx_builder_reshaped_input(onnx_builder *b, const char *name, int type, size_t rank,
                                 const int64_t *dim);

/* Adds a node; `inputs` and `outputs` are names separated by single commas. */
Onnx__NodeProto *onnx_builder_node(onnx_builder *b, const char *type, const char *inputs,
                                   const char *outputs);

void onnx_builder_integer(onnx_builder *b, Onnx__NodeProto *node, const char *name, int64_t value);
void onnx_builder_float(onnx_builder *b, Onnx__NodeProto *node, const char *name, float value);
void onnx_builder_integers(onnx_builder *b, Onnx__NodeProto *node, const char *name, size_t count,
                           const int64_t *value);
void onnx_builder_floats(onnx_builder *b, Onnx__NodeProto *node, const char *name, size_t count,
                         const float *value);
void onnx_builder_tensor_attribute(onnx_builder *b, Onnx__NodeProto *node, const char *name,
                                   Onnx__TensorProto *t);

/* A tensor of floats or integers, in raw bytes or in the typed field; `value` holds as many numbers as the
 * product of `dim`. */
Onnx__TensorProto *onnx_builder_tensor(onnx_builder *b, const char *name, int type, bool raw, size_t rank,
                                       const int64_t *dim, const double *value);
void onnx_builder_initializer(onnx_builder *b, Onnx__TensorProto *t);

/* A new name "v0", "v1", …, and a copy of any text, both owned by the builder. */
char *onnx_builder_name(onnx_builder *b);
char *onnx_builder_text(onnx_builder *b, const char *text);

/* The model as a file. */
file_bytes onnx_builder_bytes(const onnx_builder *b);

#endif
