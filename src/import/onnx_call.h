/* One application of an operator while an ONNX graph is read: its inputs, its attributes, and the ways in
 * which it can fail. */
#ifndef SUPCERT_IMPORT_ONNX_CALL_H
#define SUPCERT_IMPORT_ONNX_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "import/layers.h"
#include "import/onnx_tensor.h"

typedef struct onnx_call {
    const char *file; /* for messages */
    const Onnx__NodeProto *node;
    size_t index; /* of the node, from 0 */
    int version;  /* of the operators */
    layers *build;
    size_t inputs;
    tensor **input;     /* NULL where left out; borrowed */
    const size_t *uses; /* how often each input will still be read, this call included; at least 1 */
    error *e;
} onnx_call;

/* Sets the error "node 'name' (operator): …" and returns NULL, for `return call_fail(…)`. */
void *call_fail(const onnx_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The node as it is named in messages; owned by the caller (free). */
char *call_node_name(const Onnx__NodeProto *node, size_t index);

/* Input i, or NULL where it is left out. */
tensor *call_input(const onnx_call *call, size_t i);

/* Attributes. Each returns false with the error set if the attribute has another type or is not finite; an
 * attribute that is missing leaves the value as it is. */
bool call_float(const onnx_call *call, const char *name, mpq_t value);
bool call_integer(const onnx_call *call, const char *name, int64_t *value);
/* 0 or 1 only. */
bool call_switch(const onnx_call *call, const char *name, bool *value);
const Onnx__AttributeProto *call_attribute(const onnx_call *call, const char *name);

/* Whether the attribute says that it has the type and has no value of another one. */
bool call_attribute_has_type(const onnx_call *call, const Onnx__AttributeProto *attribute, int type);

/* Attribute types, by their number in the file format. */
enum {
    ATTRIBUTE_FLOAT = 1,
    ATTRIBUTE_INT = 2,
    ATTRIBUTE_TENSOR = 4,
    ATTRIBUTE_FLOATS = 6,
    ATTRIBUTE_INTS = 7
};

/* Integers from input i or, where the call has no such input, from attribute `name`: *values is allocated
 * (the caller frees it). *given is false where there is neither. False with the error set if they are not
 * constant integers of 64 bits in a tensor of rank at most 1. */
bool call_integers(const onnx_call *call, size_t i, const char *name, int64_t **values, size_t *count,
                   bool *given);

/* Brings an axis into 0 … rank-1. Negative ones count from the end, in version 11 of the operators and later.
 */
bool call_axis(const onnx_call *call, int64_t axis, size_t rank, size_t *result);

/* Checks that all inputs that are given have the same element type. */
bool call_same_types(const onnx_call *call);

#endif
