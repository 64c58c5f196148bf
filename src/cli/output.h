/* Output files of commands, and whether they would overwrite something. */
#ifndef SUPCERT_CLI_OUTPUT_H
#define SUPCERT_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/option.h"

/* Opens `path` for writing, as file_output_open does, unless that would overwrite one of the files `input`
 * and `other` that are being read (`other` may be NULL). */
bool output_open(file_output *out, const char *path, const char *input, const char *other, error *e);

/* Whether both names lead to one file that is there, or both to one that is not there yet. */
bool output_is_input(const char *path, const char *other);

/* An option that names a file, and what its command does with that. */
typedef enum file_role {
    FILE_READ,
    FILE_NAMED, /* read, from behind the '=' of NAME=FILE; may be given many times */
    FILE_WRITTEN,
    FILE_RESUMED, /* read, before one that is a FILE_CHECKPOINT may replace it */
    FILE_CHECKPOINT
} file_role;

typedef struct file_option {
    size_t option;
    file_role role;
} file_option;

/* Whether no file that these options have written is an operand's, whose name may follow an '@', or that of
 * another of the options. */
bool output_files_apart(const arguments *a, const file_option *files, size_t count, error *e);

#endif
