/* Whether the ONNX reader takes a model, and what it says if it does not. */
#ifndef TESTS_ONNX_JUDGE_H
#define TESTS_ONNX_JUDGE_H

#include "onnx_builder.h"

/* Builds onto a model that starts as an input "x" of doubles, of shape 1×4, and no output. */
typedef void (*onnx_making)(onnx_builder *b);

/* The model as a file, with "y" as its output unless there is one. */
file_bytes onnx_judge_file(onnx_making make);

/* Fails the test unless the message contains `reason` or, where that is NULL, the file is read. Frees the
 * bytes. */
void onnx_judge(file_bytes bytes, const char *reason);

void onnx_judge_refused(onnx_making make, const char *reason);
void onnx_judge_read(onnx_making make);

#endif
