/* Errors as values: see error.h. */
#include "base/error.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x80 && !isprint(byte))
            *text = '?';
    }
}

bool error_set(error *e, const char *file, long line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = mem_vprintf(format, arguments);
    va_end(arguments);
    make_printable(message);
    char *name = file == NULL ? NULL : mem_copy_string(file);
    error_clear(e);
    e->file = name;
    e->line = line;
    e->message = message;
    return false;
}

void error_clear(error *e)
{
    free(e->file);
    free(e->message);
    *e = (error)ERROR_NONE;
}

void error_move(error *to, error *from)
{
    error_clear(to);
    *to = *from;
    *from = (error)ERROR_NONE;
}

void error_print(FILE *out, const error *e)
{
    const char *message = e->message == NULL ? "unknown error" : e->message;
    if (e->file == NULL)
        fprintf(out, "supcert: %s\n", message);
    else if (e->line > 0)
        fprintf(out, "%s:%ld: %s\n", e->file, e->line, message);
    else
        fprintf(out, "%s: %s\n", e->file, message);
}
