/* What an ONNX model says about itself, before its graph is looked at: the version of the format, the version
 * of the operators, and the operators of its own that it brings along. */
#ifndef SUPCERT_IMPORT_ONNX_MODEL_H
#define SUPCERT_IMPORT_ONNX_MODEL_H

#include <stdbool.h>

#include "base/error.h"
#include "import/onnx.pb-c.h"

/* Whether a domain, which may be NULL, is that of ONNX's own operators: "" or, the same by another name,
 * "ai.onnx". */
bool onnx_domain_is_standard(const char *domain);

/* Sets *version to that of ONNX's own operators. Fails on versions that are not known, on two of them, and on
 * functions of the model that one of its nodes would call. */
bool onnx_model_check(const Onnx__ModelProto *model, int *version, const char *file, error *e);

#endif
