/* Text files. What an editor shows as the end of a line, or does not show at all, must not be taken for a part
 * of a line: a comment could hide what comes after it. So readers of text ask here first. Trusted. */
#ifndef SUPCERT_BASE_TEXT_H
#define SUPCERT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"

/* Whether `size` bytes at `text`, from line `line` of the file `name` on, hold no control characters but tabs
 * and ends of lines, LF or CR LF; otherwise *e says where. Bytes above 127 are not looked at. */
bool text_check(const char *name, long line, const char *text, size_t size, error *e);

/* Reads all of the file, as file_read does, and checks it. */
bool text_read(file_bytes *bytes, const char *path, error *e);

#endif
