/* Comparing the ONNX reader with the direct interpreter, and small helpers for building the models to
 * compare. */
#ifndef TESTS_ONNX_COMPARE_H
#define TESTS_ONNX_COMPARE_H

#include "network/network.h"
#include "onnx_builder.h"
#include "random.h"

/* What the models of one test are made of. */
typedef struct onnx_style {
    int type; /* ONNX_FLOAT or ONNX_DOUBLE */
    bool raw; /* weights in raw_data */
    rng *random;
} onnx_style;

/* A small random number that every float type holds exactly; sometimes 0, ±1 or a longer fraction. */
double onnx_random_weight(rng *r);

/* Initialisers with random or given elements, floats of the style's type; both return `name`. */
const char *onnx_weights(onnx_builder *b, const onnx_style *style, const char *name, size_t rank,
                         const int64_t *dim);
const char *onnx_values(onnx_builder *b, const onnx_style *style, const char *name, size_t rank,
                        const int64_t *dim, const double *value);
/* An int64 list. */
const char *onnx_list(onnx_builder *b, const char *name, size_t count, const int64_t *value);

/* Reads the model into *net (which must succeed) and compares it with the interpreter at random points. The
 * caller clears *net. */
void onnx_compare(const onnx_builder *b, rng *r, network *net);

#endif
