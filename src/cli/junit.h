/* JUnit reports: the XML in which tools of continuous integration read results. One suite, a test case for
 * each thing that was checked. */
#ifndef SUPCERT_CLI_JUNIT_H
#define SUPCERT_CLI_JUNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

typedef enum junit_outcome {
    JUNIT_PASSED,
    JUNIT_FAILURE, /* what was asked does not hold */
    JUNIT_ERROR    /* no answer: bad input, or a limit */
} junit_outcome;

typedef struct junit_case {
    const char *name;
    double seconds; /* at least 0 */
    junit_outcome outcome;
    const char *message; /* of a failure or an error, one line; NULL: none */
    const char *output;  /* what was printed about it; NULL: nothing */
} junit_case;

typedef struct junit {
    char *suite; /* owned, as are the texts of the cases */
    junit_case *list;
    size_t count, capacity;
} junit;

/* `suite`: what the cases are named under, such as "supcert check". Texts are copied; any bytes are allowed.
 */
void junit_init(junit *j, const char *suite);
void junit_add(junit *j, const junit_case *c);
void junit_clear(junit *j);

/* The message of an error with its place, as it is printed, without the end of the line; NULL for no error.
 * The caller frees it. */
char *junit_message(const error *e);

/* Writes XML 1.0 in UTF-8. Bytes of the texts that are not UTF-8, and characters that XML does not allow,
 * become '?'. */
void junit_print(FILE *out, const junit *j);

/* The same to a file, written aside and renamed. */
bool junit_write(const junit *j, const char *path, error *e);

/* Whether there is such a report: a regular file that begins as they do. */
bool junit_is_report(const char *path);

#endif
