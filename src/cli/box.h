/* The box on which networks are compared, as the command line states it. */
#ifndef SUPCERT_CLI_BOX_H
#define SUPCERT_CLI_BOX_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct box {
    size_t inputs;
    mpq_t *lower, *upper; /* `inputs` each, owned; lower[i] <= upper[i] */
} box;

/* Initialises *b with `inputs` intervals: from `ends` ("L,U", for every input alike), or from the file `path`
 * (a line "lower upper" per input; blank lines and # comments are skipped), or the unit cube if both are
 * NULL. Both at once are an error. On failure *b is cleared. */
bool box_read(box *b, size_t inputs, const char *ends, const char *path, error *e);
void box_clear(box *b);

#endif
