/* Tables of queries: see query_table.h. */
#include "cli/query_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/memory.h"
#include "cli/option.h"

const char *const query_column[QUERY_COLUMNS] = {"name",   "f",   "g",   "box",  "box_file",
                                                 "output", "tol", "gap", "time", "relative"};

/* The fields of a line. */
typedef struct fields {
    char **text; /* owned */
    size_t count, capacity;
} fields;

static void fields_clear(fields *f)
{
    for (size_t k = 0; k < f->count; k++)
        free(f->text[k]);
    free(f->text);
    *f = (fields){0};
}

static void add_field(fields *f, const char *begin, const char *end)
{
    while (begin < end && *begin == ' ')
        begin++;
    while (begin < end && end[-1] == ' ')
        end--;
    bool quoted = end - begin >= 2 && *begin == '"' && end[-1] == '"';
    char *to = mem_alloc((size_t)(end - begin) + 1, 1), *next = to;
    for (const char *from = begin + quoted; from < end - quoted; from++) {
        *next++ = *from;
        from += quoted && from[0] == '"' && from + 1 < end - 1 && from[1] == '"';
    }
    f->text = mem_grow(f->text, &f->capacity, f->count + 1, sizeof *f->text);
    f->text[f->count++] = to;
}

/* Splits the line at separators outside quotes. */
static void split(fields *f, const char *line, const char *end, char separator)
{
    bool quoted = false;
    for (const char *at = line; at <= end; at++) {
        quoted ^= at < end && *at == '"';
        if (at < end && (*at != separator || quoted))
            continue;
        add_field(f, line, at);
        line = at + 1;
    }
}

/* Which column each field of the first line names. */
static bool read_header(size_t *column, const fields *header, const char *path, error *e)
{
    bool seen[QUERY_COLUMNS] = {false};
    for (size_t k = 0; k < header->count; k++) {
        size_t c = 0;
        while (c < QUERY_COLUMNS && strcmp(header->text[k], query_column[c]) != 0)
            c++;
        if (c == QUERY_COLUMNS)
            return error_set(e, path, 1, "unknown column %.40s (did you mean %s?)", header->text[k],
                             query_column[nearest_word(header->text[k], query_column, QUERY_COLUMNS)]);
        if (seen[c])
            return error_set(e, path, 1, "column %s appears twice", query_column[c]);
        seen[c] = true;
        column[k] = c;
    }
    return (seen[QUERY_F] && seen[QUERY_G]) ||
           error_set(e, path, 1,
                     "columns f and g expected in the first line (the files of the two networks)");
}

static void add_row(query_table *t, const size_t *column, size_t columns, fields *f, long line)
{
    t->row = mem_grow(t->row, &t->capacity, t->rows + 1, sizeof *t->row);
    query_row *row = &t->row[t->rows++];
    *row = (query_row){.line = line};
    if (f->count != columns)
        row->wrong = mem_printf("%zu fields instead of %zu", f->count, columns);
    for (size_t k = 0; k < f->count && k < columns; k++) {
        if (f->text[k][0] == '\0')
            continue;
        row->field[column[k]] = f->text[k];
        f->text[k] = NULL;
    }
}

static bool read_lines(query_table *t, const char *text, const char *end, const char *path, error *e)
{
    size_t *column = NULL, columns = 0;
    bool works = true;
    char separator = memchr(text, '\t', (size_t)(end - text)) != NULL ? '\t' : ',';
    for (long line = 1; works && text < end; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const char *last = stop == NULL ? end : stop;
        const char *next = stop == NULL ? end : stop + 1;
        last -= last > text && last[-1] == '\r';
        fields f = {0};
        if (last > text)
            split(&f, text, last, separator);
        if (f.count > 0 && column == NULL) {
            column = mem_alloc(columns = f.count, sizeof *column);
            works = read_header(column, &f, path, e);
        } else if (f.count > 0) {
            add_row(t, column, columns, &f, line);
        }
        fields_clear(&f);
        text = next;
    }
    if (works && column == NULL)
        works =
            error_set(e, path, 0, "holds no table (the first line names the columns, f and g among them)");
    if (works && t->rows == 0)
        works = error_set(e, path, 0, "holds no queries (write one a line, below the names of the columns)");
    free(column);
    return works;
}

bool query_table_read(query_table *t, const char *path, error *e)
{
    file_bytes bytes;
    *t = (query_table){0};
    if (!text_read(&bytes, path, e))
        return false;
    const char *text = (const char *)bytes.data;
    bool works = read_lines(t, text, text + bytes.size, path, e);
    file_bytes_clear(&bytes);
    return works;
}

void query_table_clear(query_table *t)
{
    for (size_t k = 0; k < t->rows; k++) {
        for (size_t c = 0; c < QUERY_COLUMNS; c++)
            free(t->row[k].field[c]);
        free(t->row[k].wrong);
    }
    free(t->row);
    *t = (query_table){0};
}
