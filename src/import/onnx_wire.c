/* The encoding of an ONNX file: see onnx_wire.h. What a message may hold comes from the decoder's own
 * descriptors, so that a field which is added to onnx.proto is checked at once. */
#include "import/onnx_wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* How values are encoded, by the number in the lowest three bits of a tag. */
enum { WIRE_VARINT = 0, WIRE_64_BITS = 1, WIRE_BYTES = 2, WIRE_32_BITS = 5 };

/* The file, and what is left of the message at hand. */
typedef struct wire {
    const uint8_t *start, *at, *end;
    const char *file;
    error *e;
} wire;

static bool damaged(const wire *w)
{
    return error_set(w->e, w->file, 0, "is no ONNX model, or is damaged (its encoding is not valid)");
}

/* Sets the error "Message.field at byte N reason". */
static bool fail(const wire *w, const ProtobufCMessageDescriptor *kind, const char *field, const char *reason)
{
    return error_set(w->e, w->file, 0, "%s.%s at byte %zu %s", kind->short_name, field,
                     (size_t)(w->at - w->start), reason);
}

/* Seven bits a byte, the lowest first; at most ten bytes, which hold 64 bits. */
static bool read_varint(wire *w, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70 && w->at < w->end; shift += 7) {
        uint64_t byte = *w->at++;
        if (shift == 63 && byte > 1)
            break;
        *value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return damaged(w);
}

/* --- text --------------------------------------------------------------------------------------------------
 */

/* The bytes of the character at `text`, or 0 if it is not UTF-8: too long a form, a surrogate, beyond
 * U+10FFFF. */
static size_t character(const uint8_t *text, size_t left)
{
    uint8_t first = text[0];
    size_t length = first < 0x80   ? 1
                    : first < 0xc2 ? 0
                    : first < 0xe0 ? 2
                    : first < 0xf0 ? 3
                    : first < 0xf5 ? 4
                                   : 0;
    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    bool wrong = (first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
                 (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f);
    return wrong ? 0 : length;
}

static bool text_fail(const wire *w, const ProtobufCMessageDescriptor *kind,
                      const ProtobufCFieldDescriptor *field, const uint8_t *text, size_t size,
                      const char *what)
{
    char *shown = mem_alloc(size + 1, 1);
    memcpy(shown, text, size);
    for (size_t i = 0; i < size; i++)
        shown[i] = shown[i] == '\0' ? '?' : shown[i];
    error_set(w->e, w->file, 0, "%s.%s at byte %zu, '%.60s', %s", kind->short_name, field->name,
              (size_t)(text - w->start), shown, what);
    free(shown);
    return false;
}

/* Names are counted, and a runtime tells "a" from "a\0b"; decoded into C strings they would be the same. */
static bool check_text(const wire *w, const ProtobufCMessageDescriptor *kind,
                       const ProtobufCFieldDescriptor *field, const uint8_t *text, size_t size)
{
    if (memchr(text, '\0', size) != NULL)
        return text_fail(w, kind, field, text, size, "holds a byte 0 (the file is damaged or forged)");
    for (size_t i = 0, length; i < size; i += length) {
        length = character(text + i, size - i);
        if (length == 0)
            return text_fail(w, kind, field, text, size, "is not UTF-8 (the file is damaged)");
    }
    return true;
}

/* --- values ------------------------------------------------------------------------------------------------
 */

/* The encoding of a value; 8 for types that onnx.proto does not use. */
static unsigned encoding_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return WIRE_VARINT;
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_32_BITS;
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_64_BITS;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_BYTES;
    default:
        return 8;
    }
}

static bool check_message(wire *w, const ProtobufCMessageDescriptor *kind);

static bool check_number(wire *w, const ProtobufCMessageDescriptor *kind,
                         const ProtobufCFieldDescriptor *field)
{
    uint64_t value;
    if (!read_varint(w, &value))
        return false;
    /* a negative number of 32 bits is written with its sign extended to 64 */
    if (field->type == PROTOBUF_C_TYPE_INT32 && value > INT32_MAX && value < (uint64_t)INT32_MIN)
        return fail(w, kind, field->name, "does not fit in 32 bits (the file is damaged)");
    return true;
}

static bool skip(wire *w, size_t size)
{
    if (size > (size_t)(w->end - w->at))
        return damaged(w);
    w->at += size;
    return true;
}

/* Numbers of one list, without tags between them. */
static bool check_packed(wire *inside, const ProtobufCMessageDescriptor *kind,
                         const ProtobufCFieldDescriptor *field)
{
    size_t width = field->type == PROTOBUF_C_TYPE_FLOAT ? 4 : field->type == PROTOBUF_C_TYPE_DOUBLE ? 8 : 0;
    if (width > 0)
        return (size_t)(inside->end - inside->at) % width == 0 || damaged(inside);
    while (inside->at < inside->end) {
        if (!check_number(inside, kind, field))
            return false;
    }
    return true;
}

/* A length and as many bytes. */
static bool check_bytes(wire *w, const ProtobufCMessageDescriptor *kind,
                        const ProtobufCFieldDescriptor *field)
{
    uint64_t size;
    if (!read_varint(w, &size))
        return false;
    wire inside = *w;
    if (size > (uint64_t)(w->end - w->at) || !skip(w, (size_t)size))
        return damaged(w);
    inside.end = w->at;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return check_text(w, kind, field, inside.at, (size_t)size);
    case PROTOBUF_C_TYPE_BYTES:
        return true;
    case PROTOBUF_C_TYPE_MESSAGE:
        return check_message(&inside, field->descriptor);
    default:
        return check_packed(&inside, kind, field);
    }
}

static bool check_value(wire *w, const ProtobufCMessageDescriptor *kind,
                        const ProtobufCFieldDescriptor *field, unsigned encoding)
{
    unsigned own = encoding_of(field->type);
    bool packed = encoding == WIRE_BYTES && own != WIRE_BYTES && field->label == PROTOBUF_C_LABEL_REPEATED;
    if (encoding != own && !packed)
        return error_set(w->e, w->file, 0,
                         "is no ONNX model, or is damaged (%s.%s at byte %zu is encoded as another type)",
                         kind->short_name, field->name, (size_t)(w->at - w->start));
    switch (encoding) {
    case WIRE_VARINT:
        return check_number(w, kind, field);
    case WIRE_32_BITS:
        return skip(w, 4);
    case WIRE_64_BITS:
        return skip(w, 8);
    case WIRE_BYTES:
        return check_bytes(w, kind, field);
    default:
        return damaged(w);
    }
}

/* --- messages ----------------------------------------------------------------------------------------------
 */

static bool unknown(const wire *w, const ProtobufCMessageDescriptor *kind, uint64_t number)
{
    return error_set(
        w->e, w->file, 0,
        "is no ONNX model, or says what is not known here: field %llu of %s at byte %zu has no meaning",
        (unsigned long long)number, kind->short_name, (size_t)(w->at - w->start));
}

/* Of a field that is not repeated the last value counts, and messages are merged; neither is what a writer of
 * ONNX does. */
static bool check_message(wire *w, const ProtobufCMessageDescriptor *kind)
{
    uint64_t seen = 0, tag;
    while (w->at < w->end) {
        if (!read_varint(w, &tag))
            return false;
        uint64_t number = tag >> 3;
        if (number == 0 || tag > UINT32_MAX)
            return damaged(w);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(kind, (unsigned)number);
        if (field == NULL || number >= 64)
            return unknown(w, kind, number);
        uint64_t bit = (uint64_t)1 << number;
        if (field->label != PROTOBUF_C_LABEL_REPEATED && (seen & bit) != 0)
            return fail(w, kind, field->name, "is given twice (the file is damaged)");
        seen |= bit;
        if (!check_value(w, kind, field, (unsigned)(tag & 7)))
            return false;
    }
    return true;
}

bool onnx_wire_check(const ProtobufCMessageDescriptor *kind, const uint8_t *data, size_t size,
                     const char *file, error *e)
{
    wire w = {data, data, data + size, file, e};
    return check_message(&w, kind);
}
