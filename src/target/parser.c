/* Messages and names of the reader of formulas: see parser.h. Trusted. */
#include "target/parser.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What a message shows of a name or number. */
enum { MOST_QUOTED = 40 };

typedef struct word {
    const char *text;
    expression_op op;
} word;

static const word functions[] = {
#define X(OP, name) {#name, EXPRESSION_##OP},
    EXPRESSION_FUNCTIONS(X)
#undef X
        {"min", EXPRESSION_MIN},
    {"max", EXPRESSION_MAX}};

static const word constants[] = {{"pi", EXPRESSION_PI}, {"e", EXPRESSION_E}};

enum { FUNCTIONS = sizeof functions / sizeof *functions, CONSTANTS = sizeof constants / sizeof *constants };

/* --- messages ------------------------------------------------------------------------------------------- */

bool parser_fail(parser *p, builder_place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = mem_vprintf(format, arguments);
    va_end(arguments);
    error_set(p->e, p->name, place.line, "column %ld: %s", place.column, message);
    free(message);
    return false;
}

builder_place parser_place(const parser *p)
{
    return (builder_place){p->s.token_line, p->s.token_column};
}

int parser_shown(const parser *p)
{
    return p->s.length < MOST_QUOTED ? (int)p->s.length : MOST_QUOTED;
}

bool parser_fail_token(parser *p, const char *expected)
{
    const scanner *s = &p->s;
    if (s->kind == TOKEN_END)
        return parser_fail(p, parser_place(p), "the formula ends where %s should follow", expected);
    if (s->kind == TOKEN_OTHER && (*s->token < ' ' || *s->token > '~'))
        return parser_fail(p, parser_place(p),
                           "a character that formulas do not use (byte 0x%02X) stands where %s should",
                           (unsigned char)*s->token, expected);
    return parser_fail(p, parser_place(p), "'%.*s' stands where %s should", parser_shown(p), s->token,
                       expected);
}

/* --- names ---------------------------------------------------------------------------------------------- */

bool parser_token_is(const parser *p, const char *text)
{
    return p->s.kind == TOKEN_NAME && p->s.length == strlen(text) &&
           memcmp(p->s.token, text, p->s.length) == 0;
}

static bool find_word(const parser *p, const word *list, size_t count, expression_op *op)
{
    for (size_t k = 0; k < count; k++) {
        if (parser_token_is(p, list[k].text)) {
            *op = list[k].op;
            return true;
        }
    }
    return false;
}

bool parser_is_input(const parser *p)
{
    const scanner *s = &p->s;
    if (s->length < 2 || *s->token != 'x')
        return false;
    for (size_t k = 1; k < s->length; k++) {
        if (s->token[k] < '0' || s->token[k] > '9')
            return false;
    }
    return true;
}

static bool is_definition(const void *owner, size_t item)
{
    const parser *p = owner;
    const definition *d = &p->definition[item];
    return d->length == p->s.length && memcmp(d->name, p->s.token, d->length) == 0;
}

static uint64_t hash_of(const char *name, size_t length)
{
    return lookup_hash(0, name, length);
}

bool parser_is_function(const parser *p, expression_op *op)
{
    return find_word(p, functions, FUNCTIONS, op);
}

bool parser_is_constant(const parser *p, expression_op *op)
{
    return find_word(p, constants, CONSTANTS, op);
}

bool parser_is_reserved(const parser *p)
{
    expression_op op;
    return parser_is_function(p, &op) || parser_is_constant(p, &op) || parser_token_is(p, "let") ||
           parser_is_input(p);
}

bool parser_find(const parser *p, size_t *node)
{
    size_t item = lookup_find(&p->definition_index, hash_of(p->s.token, p->s.length), is_definition, p);
    if (item == LOOKUP_NONE)
        return false;
    *node = p->definition[item].node;
    return true;
}

void parser_define(parser *p, definition d)
{
    p->definition =
        mem_grow(p->definition, &p->definition_capacity, mem_sum(p->definitions, 1), sizeof *p->definition);
    p->definition[p->definitions] = d;
    lookup_add(&p->definition_index, hash_of(d.name, d.length), p->definitions++);
}
