/* Errors are values. A function that can fail for reasons outside the program returns false (or NULL) and
 * fills in an `error`; whoever called it decides, and one place in the command line prints it. */
#ifndef SUPCERT_BASE_ERROR_H
#define SUPCERT_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct error {
    char *file;    /* owned; NULL where no file is at fault */
    long line;     /* from 1; 0 where the file has no lines or the place is unknown */
    char *message; /* owned; one line: what is wrong (what to do); NULL while there is no error */
} error;

#define ERROR_NONE                                                                                           \
    {                                                                                                        \
        NULL, 0, NULL                                                                                        \
    }

/* Fills in *e, replacing what it held. `file` may be NULL, `line` 0. Bytes of the message that are not
 * printable become '?', so that hostile input cannot write to a terminal. Always returns false, for `return
 * error_set(…)`. */
bool error_set(error *e, const char *file, long line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Frees what *e holds and leaves it empty. */
void error_clear(error *e);

/* *to = *from, which is empty then. */
void error_move(error *to, error *from);

/* Prints "file:line: message\n", "file: message\n" or "supcert: message\n" to `out`. */
void error_print(FILE *out, const error *e);

#endif
