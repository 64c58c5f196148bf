/* Certificates as lines: see script.h. */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static char *own(script *s, char *text)
{
    s->owned = mem_grow(s->owned, &s->owned_capacity, s->owned_count + 1, sizeof *s->owned);
    return s->owned[s->owned_count++] = text;
}

void script_init(script *s, const char *text)
{
    *s = (script){.count = 0};
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1)
        script_insert(s, s->count, mem_printf("%.*s", (int)(end - text), text));
}

void script_copy(script *s, const script *from)
{
    *s = (script){.count = from->count, .capacity = from->count};
    s->line = mem_alloc(from->count, sizeof *s->line);
    memcpy(s->line, from->line, from->count * sizeof *s->line);
}

void script_clear(script *s)
{
    for (size_t k = 0; k < s->owned_count; k++)
        free(s->owned[k]);
    free(s->owned);
    free(s->line);
    *s = (script){.count = 0};
}

char *script_text(const script *s, size_t *length)
{
    size_t size = 0, at = 0;
    for (size_t k = 0; k < s->count; k++)
        size += strlen(s->line[k]) + 1;
    char *text = mem_alloc(size + 1, 1);
    for (size_t k = 0; k < s->count; k++) {
        size_t part = strlen(s->line[k]);
        memcpy(text + at, s->line[k], part);
        text[at + part] = '\n';
        at += part + 1;
    }
    *length = size;
    return text;
}

void script_set(script *s, size_t at, char *text)
{
    s->line[at] = own(s, text);
}

/* Makes room for lines. */
static void open_gap(script *s, size_t at, size_t lines)
{
    s->line = mem_grow(s->line, &s->capacity, s->count + lines, sizeof *s->line);
    memmove(s->line + at + lines, s->line + at, (s->count - at) * sizeof *s->line);
    s->count += lines;
}

void script_insert(script *s, size_t at, char *text)
{
    open_gap(s, at, 1);
    script_set(s, at, text);
}

void script_remove(script *s, size_t from, size_t to)
{
    memmove(s->line + from, s->line + to, (s->count - to) * sizeof *s->line);
    s->count -= to - from;
}

void script_paste(script *s, size_t at, const script *other, size_t from, size_t to)
{
    size_t lines = to - from;
    char **copied = mem_alloc(lines, sizeof *copied);
    for (size_t k = 0; k < lines; k++)
        copied[k] = own(s, mem_copy_string(other->line[from + k]));
    open_gap(s, at, lines);
    memcpy(s->line + at, copied, lines * sizeof *copied);
    free(copied);
}

bool line_begins(const char *line, const char *word)
{
    size_t length = strlen(word);
    return strncmp(line, word, length) == 0 && (line[length] == ' ' || line[length] == '\0');
}

size_t script_find(const script *s, size_t from, const char *word)
{
    size_t k = from;
    while (k < s->count && !line_begins(s->line[k], word))
        k++;
    return k < s->count ? k : s->count;
}

bool line_is_split(const char *line)
{
    return (line[0] == 'i' || line[0] == 'n') && (line[1] == '<' || line[1] == '>');
}

bool line_is_leaf(const char *line)
{
    return strcmp(line, ".") == 0 || strcmp(line, "?") == 0;
}

/* A split makes two nodes of one, a leaf ends one. */
size_t script_node_end(const script *s, size_t begin, size_t end)
{
    size_t open = 1;
    for (size_t k = begin; k < end; k++) {
        if (line_is_split(s->line[k]))
            open++;
        else if (line_is_leaf(s->line[k]) && --open == 0)
            return k + 1;
    }
    return end;
}

size_t line_words(const char *line)
{
    size_t words = 1;
    for (; *line != '\0'; line++)
        words += *line == ' ';
    return words;
}

const char *line_word_at(const char *line, size_t at, size_t *length)
{
    for (; at > 0; at--)
        line = strchr(line, ' ') + 1;
    *length = strcspn(line, " ");
    return line;
}

char *line_with_word(const char *line, size_t at, const char *word)
{
    size_t length;
    const char *old = line_word_at(line, at, &length);
    return mem_printf("%.*s%s%s", (int)(old - line), line, word, old + length);
}

bool line_number(mpq_t value, const char *line, size_t at)
{
    size_t length;
    const char *word = line_word_at(line, at, &length);
    if (strspn(word, "-/0123456789") < length || length == 0)
        return false;
    char *copy = mem_printf("%.*s", (int)length, word);
    bool good = mpq_set_str(value, copy, 10) == 0 && mpz_sgn(mpq_denref(value)) != 0;
    if (good)
        mpq_canonicalize(value);
    free(copy);
    return good;
}

char *number_text(const mpq_t value)
{
    return mpq_get_str(NULL, 10, value);
}
