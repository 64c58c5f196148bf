/* The reader of formulas while it reads: its stacks, messages that point at a place of the text, and the
 * names that have a meaning. The grammar is in certs/FORMULA.md. */
#ifndef SUPCERT_TARGET_PARSER_H
#define SUPCERT_TARGET_PARSER_H

#include "target/builder.h"
#include "target/scanner.h"

typedef enum pending_kind { PENDING_OPERATOR, PENDING_PARENTHESIS, PENDING_CALL } pending_kind;

/* An operation whose last value has not been read, or a parenthesis that is open. */
typedef struct pending {
    pending_kind kind;
    expression_op op; /* PENDING_OPERATOR, PENDING_CALL */
    int binding;      /* how tightly it binds (precedence.c) */
    size_t arguments; /* PENDING_CALL: complete ones */
    builder_place place;
} pending;

/* A name that `let` has defined. */
typedef struct definition {
    const char *name; /* in the text */
    size_t length, node;
} definition;

typedef struct parser {
    const char *name;
    error *e;
    size_t inputs;
    scanner s;
    builder b;
    size_t *value, values, value_capacity;
    pending *pending;
    size_t pendings, pending_capacity;
    definition *definition;
    size_t definitions, definition_capacity;
    lookup definition_index;
    size_t *output, outputs, output_capacity;
} parser;

/* --- messages: all return false --------------------------------------------------------------------- */

/* Where the current token stands. */
builder_place parser_place(const parser *p);
bool parser_fail(parser *p, builder_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The current token cannot be here; `expected` could. */
bool parser_fail_token(parser *p, const char *expected);
/* How many bytes of the current token a message shows. */
int parser_shown(const parser *p);

/* --- names: what the current token is --------------------------------------------------------------- */

bool parser_token_is(const parser *p, const char *text);
/* x and digits: names of inputs, whether or not there are so many. */
bool parser_is_input(const parser *p);
/* Functions of the language with an argument list, and pi and e; on success sets *op. */
bool parser_is_function(const parser *p, expression_op *op);
bool parser_is_constant(const parser *p, expression_op *op);
/* Any of these, or `let`: a name that cannot be defined. */
bool parser_is_reserved(const parser *p);
/* A name that has been defined; on success sets *node to its value. */
bool parser_find(const parser *p, size_t *node);
/* Adds a definition whose name is not among them yet. */
void parser_define(parser *p, definition d);

/* --- expressions (precedence.c) --------------------------------------------------------------------- */

/* Reads an expression, from the current token up to ';' or the end, and leaves it as the only value. On
 * failure the error is set. */
bool parser_expression(parser *p);

#endif
