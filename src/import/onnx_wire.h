/* The encoding of an ONNX file, checked byte by byte before it is decoded. Decoding alone is lenient: text
 * ends at a byte 0, the last of two values wins, fields without a meaning are skipped. So a file could say
 * one thing here and another to a runtime. */
#ifndef SUPCERT_IMPORT_ONNX_WIRE_H
#define SUPCERT_IMPORT_ONNX_WIRE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Whether the bytes are one message of the kind, in which every field is known, is encoded as its type wants,
 * fits that type and, unless it is repeated, stands once; in which text is UTF-8 without a byte 0; and
 * nothing is left over. False with the error set. */
bool onnx_wire_check(const ProtobufCMessageDescriptor *kind, const uint8_t *data, size_t size,
                     const char *file, error *e);

#endif
