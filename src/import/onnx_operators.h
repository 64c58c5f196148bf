/* The ONNX operators that can be read, by a table: who implements them and what they accept. */
#ifndef SUPCERT_IMPORT_ONNX_OPERATORS_H
#define SUPCERT_IMPORT_ONNX_OPERATORS_H

#include <stdbool.h>
#include <stddef.h>

#include "import/onnx_call.h"

/* Which elements an operator takes: floats; floats and integers; booleans, too. */
typedef enum onnx_elements { FLOATS, NUMBERS, ALL } onnx_elements;

typedef struct onnx_attribute {
    const char *name; /* NULL behind the last one */
    int type;
} onnx_attribute;

enum { ONNX_MOST_ATTRIBUTES = 6 };

/* One form of an operator. */
typedef struct onnx_operator {
    const char *name;
    int first, last;    /* versions of the operator set that have this form */
    size_t least, most; /* inputs */
    size_t outputs;     /* at most; only the first can be used */
    onnx_elements elements;
    onnx_attribute attribute[ONNX_MOST_ATTRIBUTES];
    tensor *(*apply)(onnx_call *call); /* the output, owned by the caller; NULL with the error set or the
                                          budget exceeded */
} onnx_operator;

/* The node's operator, in the form that the call's version of the operator set has, or NULL with the error
 * set; also checks its domain, its numbers of inputs and outputs and its attributes, all of which need no
 * values. call->input is not looked at. */
const onnx_operator *onnx_operator_find(const onnx_call *call);

/* The output, owned by the caller; NULL with the error set or the budget exceeded. Integers that leave the
 * range of their type are an error. */
tensor *onnx_operator_apply(const onnx_operator *op, onnx_call *call);

/* Arithmetic: onnx_arithmetic.c and onnx_product.c */
tensor *onnx_add(onnx_call *call);
tensor *onnx_sub(onnx_call *call);
tensor *onnx_mul(onnx_call *call);
tensor *onnx_div(onnx_call *call);
tensor *onnx_neg(onnx_call *call);
tensor *onnx_batch_normalization(onnx_call *call);
tensor *onnx_gemm(onnx_call *call);
tensor *onnx_matmul(onnx_call *call);

/* Piecewise linear functions: onnx_activation.c */
tensor *onnx_relu(onnx_call *call);
tensor *onnx_leaky_relu(onnx_call *call);
tensor *onnx_prelu(onnx_call *call);
tensor *onnx_abs(onnx_call *call);
tensor *onnx_clip(onnx_call *call);
tensor *onnx_max(onnx_call *call);
tensor *onnx_min(onnx_call *call);

/* Moving elements: onnx_layout.c */
tensor *onnx_flatten(onnx_call *call);
tensor *onnx_reshape(onnx_call *call);
tensor *onnx_squeeze(onnx_call *call);
tensor *onnx_unsqueeze(onnx_call *call);
tensor *onnx_transpose(onnx_call *call);
tensor *onnx_identity(onnx_call *call);
tensor *onnx_dropout(onnx_call *call);
tensor *onnx_concat(onnx_call *call);
tensor *onnx_constant(onnx_call *call);

#endif
