/* Tables of queries for `supcert batch`: lines of tab-separated or comma-separated fields (with "quotes" and
 * "" inside them); the first line names the columns. Blank lines are skipped. */
#ifndef SUPCERT_CLI_QUERY_TABLE_H
#define SUPCERT_CLI_QUERY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The columns that a table may have, in this order here. */
enum {
    QUERY_NAME,
    QUERY_F,
    QUERY_G,
    QUERY_BOX,
    QUERY_BOX_FILE,
    QUERY_OUTPUT,
    QUERY_TOLERANCE,
    QUERY_GAP,
    QUERY_TIME,
    QUERY_RELATIVE,
    QUERY_COLUMNS
};
extern const char *const query_column[QUERY_COLUMNS];

typedef struct query_row {
    long line;
    char *field[QUERY_COLUMNS]; /* owned; NULL where the table has no such column or the field is empty */
    char *wrong;                /* owned; what is wrong with the line itself, NULL: nothing */
} query_row;

typedef struct query_table {
    query_row *row;
    size_t rows, capacity;
} query_table;

/* Reads the table. A row with the wrong number of fields is kept, with `wrong` set; false where the file
 * cannot be read or its first line is no list of known columns with f and g among them. *t is initialised in
 * every case. */
bool query_table_read(query_table *t, const char *path, error *e);
void query_table_clear(query_table *t);

#endif
