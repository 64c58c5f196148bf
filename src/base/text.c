/* Text files: see text.h. */
#include "base/text.h"

static bool is_control(unsigned char byte)
{
    return byte == 0x7f || (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r');
}

bool text_check(const char *name, long line, const char *text, size_t size, error *e)
{
    for (size_t k = 0; k < size; k++) {
        unsigned char byte = (unsigned char)text[k];
        if (byte >= ' ' && byte != 0x7f)
            continue;
        if (is_control(byte))
            return error_set(e, name, line, "a control character, byte %u (this is no text; remove it)", byte);
        if (byte == '\r' && (k + 1 == size || text[k + 1] != '\n'))
            return error_set(e, name, line,
                             "a carriage return that ends no line (end lines with LF, or with CR LF)");
        line += byte == '\n';
    }
    return true;
}

bool text_read(file_bytes *bytes, const char *path, error *e)
{
    if (!file_read(bytes, path, e))
        return false;
    bool good = text_check(path, 1, (const char *)bytes->data, bytes->size, e);
    if (!good)
        file_bytes_clear(bytes);
    return good;
}
