/* Reading parenthesised text: see sexp.h. */
#include "vnnlib/sexp.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

typedef struct scanner {
    sexp_tree *tree;
    const char *text;
    size_t size, at;
    long line;
    size_t *open; /* lists that have not been closed, the innermost last */
    size_t *last; /* and the last item of each */
    size_t depth, open_capacity, last_capacity;
    size_t last_top; /* the last node outside of all lists */
    error *e;
} scanner;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool fail(const scanner *s, const char *what)
{
    return error_set(s->e, s->tree->name, s->line, "%s", what);
}

static void skip_blanks(scanner *s)
{
    bool in_comment = false;
    for (; s->at < s->size; s->at++) {
        char c = s->text[s->at];
        if (c == ';')
            in_comment = true;
        else if (!in_comment && !is_blank(c))
            return;
        if (c == '\n') {
            in_comment = false;
            s->line++;
        }
    }
}

/* Adds a node as the next item of the innermost list. */
static size_t add_node(scanner *s, sexp node)
{
    sexp_tree *tree = s->tree;
    tree->node = mem_grow(tree->node, &tree->capacity, tree->count + 1, sizeof *tree->node);
    size_t index = tree->count++;
    tree->node[index] = node;
    size_t *last = s->depth > 0 ? &s->last[s->depth - 1] : &s->last_top;
    if (*last != SEXP_NONE)
        tree->node[*last].next = index;
    else if (s->depth > 0)
        tree->node[s->open[s->depth - 1]].first = index;
    *last = index;
    if (s->depth > 0)
        tree->node[s->open[s->depth - 1]].items++;
    return index;
}

static void open_list(scanner *s)
{
    size_t list = add_node(s, (sexp){.line = s->line, .first = SEXP_NONE, .next = SEXP_NONE});
    s->open = mem_grow(s->open, &s->open_capacity, s->depth + 1, sizeof *s->open);
    s->last = mem_grow(s->last, &s->last_capacity, s->depth + 1, sizeof *s->last);
    s->open[s->depth] = list;
    s->last[s->depth++] = SEXP_NONE;
    s->at++;
}

static bool read_word(scanner *s)
{
    size_t begin = s->at;
    long line = s->line;
    bool in_brackets = false;
    for (; s->at < s->size; s->at++) {
        char c = s->text[s->at];
        if (c == '(' || c == ')' || c == ';' || (is_blank(c) && !in_brackets))
            break;
        if (!is_blank(c) && (c < '!' || c > '~'))
            return fail(s, "a character that VNN-LIB does not know (use printable ASCII)");
        s->line += c == '\n';
        in_brackets = c == '[' || (in_brackets && c != ']');
    }
    add_node(s, (sexp){s->text + begin, s->at - begin, line, SEXP_NONE, SEXP_NONE, 0});
    return true;
}

static bool read_next(scanner *s)
{
    char c = s->text[s->at];
    if (c == '(') {
        open_list(s);
        return true;
    }
    if (c != ')')
        return read_word(s);
    s->at++;
    if (s->depth == 0)
        return fail(s, "a closing parenthesis too many");
    s->depth--;
    return true;
}

bool sexp_read(sexp_tree *tree, const char *name, const char *text, size_t size, error *e)
{
    *tree = (sexp_tree){.name = name};
    scanner s = {.tree = tree, .text = text, .size = size, .line = 1, .last_top = SEXP_NONE, .e = e};
    bool works = text_check(name, 1, text, size, e);
    for (skip_blanks(&s); works && s.at < size; skip_blanks(&s))
        works = read_next(&s);
    if (works && s.depth > 0)
        works = error_set(e, name, tree->node[s.open[s.depth - 1]].line,
                          "the parenthesis that is opened here is never closed");
    free(s.open);
    free(s.last);
    if (!works)
        sexp_clear(tree);
    return works;
}

void sexp_clear(sexp_tree *tree)
{
    free(tree->node);
    *tree = (sexp_tree){.name = tree->name};
}

bool sexp_is(const sexp_tree *tree, size_t node, const char *word)
{
    const sexp *n = &tree->node[node];
    return n->text != NULL && n->length == strlen(word) && memcmp(n->text, word, n->length) == 0;
}

bool sexp_begins(const sexp_tree *tree, size_t node, const char *word)
{
    const sexp *n = &tree->node[node];
    return n->text == NULL && n->first != SEXP_NONE && sexp_is(tree, n->first, word);
}

bool sexp_error(const sexp_tree *tree, size_t node, error *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = mem_vprintf(format, arguments);
    va_end(arguments);
    error_set(e, tree->name, tree->node[node].line, "%s", message);
    free(message);
    return false;
}

char *sexp_name(const sexp_tree *tree, size_t node)
{
    const sexp *n = &tree->node[node];
    const char *form = n->text != NULL ? "'%.*s%s'" : n->first == SEXP_NONE ? "'()'" : "'(%.*s%s ...)'";
    if (n->text == NULL && n->first != SEXP_NONE)
        n = &tree->node[n->first];
    if (n->text == NULL)
        return mem_copy_string("'((...) ...)'");
    size_t shown = n->length > 40 ? 40 : n->length;
    return mem_printf(form, (int)shown, n->text, shown < n->length ? "..." : "");
}
