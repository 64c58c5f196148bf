/* Output files of commands. */
#ifndef SUPCERT_CLI_OUTPUT_H
#define SUPCERT_CLI_OUTPUT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"

/* Opens `path` for writing, as file_output_open does, unless that would overwrite one of the files `input`
 * and `other` that are being read (`other` may be NULL). */
bool output_open(file_output *out, const char *path, const char *input, const char *other, error *e);

/* Whether both names lead to one file that is there. */
bool output_is_input(const char *path, const char *other);

#endif
