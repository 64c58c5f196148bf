/* Files of numbers: see table.h. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

void table_init(table_reader *t, const char *name, const file_bytes *bytes)
{
    const char *text = (const char *)bytes->data;
    *t = (table_reader){.name = name, .next = text, .end = text + bytes->size};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

bool table_next(table_reader *t)
{
    while (t->next < t->end) {
        const char *newline = memchr(t->next, '\n', (size_t)(t->end - t->next));
        t->row = t->next;
        t->row_end = newline == NULL ? t->end : newline;
        t->next = newline == NULL ? t->end : newline + 1;
        t->line++;
        const char *comment = memchr(t->row, '#', (size_t)(t->row_end - t->row));
        if (comment != NULL)
            t->row_end = comment;
        if (skip_blanks(t->row, t->row_end) < t->row_end)
            return true;
    }
    return false;
}

/* Reads the number at *at and moves behind the separator that follows it. */
static const char *read_value(mpq_t value, const char **at, const char *end)
{
    const char *start = *at;
    while (*at < end && !is_blank(**at) && **at != ',')
        (*at)++;
    const char *reason = rational_parse(value, start, (size_t)(*at - start));
    *at = skip_blanks(*at, end);
    if (reason == NULL && *at < end && **at == ',') {
        *at = skip_blanks(*at + 1, end);
        if (*at == end)
            return "nothing follows the last comma";
    }
    return reason;
}

bool table_read_values(mpq_t *values, size_t count, const char *text, const char *end, const char *name,
                       long line, const char *advice, error *e)
{
    const char *at = skip_blanks(text, end);
    size_t read = 0;
    for (; read < count && at < end; read++) {
        const char *reason = read_value(values[read], &at, end);
        if (reason != NULL)
            return error_set(e, name, line, "value %zu: %s (%s)", read + 1, reason, advice);
    }
    if (at < end)
        return error_set(e, name, line, "more than %zu values (%s)", count, advice);
    return read == count || error_set(e, name, line, "%zu of %zu values (%s)", read, count, advice);
}

bool table_row(const table_reader *t, mpq_t *values, size_t count, const char *advice, error *e)
{
    return table_read_values(values, count, t->row, t->row_end, t->name, t->line, advice, e);
}

char *table_point_advice(size_t count)
{
    return mem_printf("write %zu number%s, one for each input", count, count == 1 ? "" : "s");
}

bool table_read_point(mpq_t *point, size_t count, const char *name, const char *text, error *e)
{
    error inner = ERROR_NONE;
    char *advice = table_point_advice(count);
    bool good = table_read_values(point, count, text, text + strlen(text), NULL, 0, advice, &inner);
    if (!good)
        error_set(e, NULL, 0, "--%s: %s", name, inner.message);
    error_clear(&inner);
    free(advice);
    return good;
}
