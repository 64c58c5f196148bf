/* Files of numbers, a row a line: boxes and points. Values are separated by blanks or a comma; blank lines
 * are skipped, and so is everything from # to the end of a line. */
#ifndef SUPCERT_CLI_TABLE_H
#define SUPCERT_CLI_TABLE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"

typedef struct table_reader {
    const char *name; /* for messages, borrowed */
    const char *next, *end;
    const char *row, *row_end; /* the row at hand, without its comment */
    long line;                 /* of the row at hand; after the last row, the number of lines */
} table_reader;

/* The bytes are borrowed. */
void table_init(table_reader *t, const char *name, const file_bytes *bytes);

/* Moves on to the next row that holds anything; false at the end. */
bool table_next(table_reader *t);

/* Reads the row as exactly `count` numbers into initialised values; `advice` tells in messages what to write.
 */
bool table_row(const table_reader *t, mpq_t *values, size_t count, const char *advice, error *e);

/* The same for any text, such as the value of an option; `line` is 0 where there are no lines, `name` may be
 * NULL. */
bool table_read_values(mpq_t *values, size_t count, const char *text, const char *end, const char *name,
                       long line, const char *advice, error *e);

/* What to write for a point of `count` inputs: the advice of its messages. The caller frees it. */
char *table_point_advice(size_t count);
/* Reads a point, one number for each of `count` inputs, from the value of option --name. */
bool table_read_point(mpq_t *point, size_t count, const char *name, const char *text, error *e);

#endif
