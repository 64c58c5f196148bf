/* Reading expressions, by operator precedence with two stacks of our own, so that no nesting is too deep: the
 * values that wait for an operation, and the operations that wait for their last value. The grammar is in
 * certs/FORMULA.md. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "target/builder.h"
#include "target/scanner.h"

/* What a message shows of a name or number. */
enum { MOST_QUOTED = 40 };

/* Which operation takes a value between two: the one that binds tighter; of equal ones the left, but of ^ the
 * right one. */
enum { BIND_OPEN, BIND_SUM, BIND_PRODUCT, BIND_MINUS, BIND_POWER };

typedef enum pending_kind { PENDING_OPERATOR, PENDING_PARENTHESIS, PENDING_CALL } pending_kind;

/* An operation whose last value has not been read, or a parenthesis that is open. */
typedef struct pending {
    pending_kind kind;
    expression_op op; /* PENDING_OPERATOR, PENDING_CALL */
    int binding;      /* BIND_OPEN unless PENDING_OPERATOR */
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

static const word leaves[] = {{"pi", EXPRESSION_PI}, {"e", EXPRESSION_E}};

enum { FUNCTIONS = sizeof functions / sizeof *functions, LEAVES = sizeof leaves / sizeof *leaves };

/* --- messages ------------------------------------------------------------------------------------------- */

static bool fail_at(parser *p, builder_place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = mem_vprintf(format, arguments);
    va_end(arguments);
    error_set(p->e, p->name, place.line, "column %ld: %s", place.column, message);
    free(message);
    return false;
}

static builder_place token_place(const parser *p)
{
    return (builder_place){p->s.token_line, p->s.token_column};
}

/* As much of the current token as a message shows. */
static int shown(const parser *p)
{
    return p->s.length < MOST_QUOTED ? (int)p->s.length : MOST_QUOTED;
}

/* The current token cannot be here; `expected` could. */
static bool fail_token(parser *p, const char *expected)
{
    const scanner *s = &p->s;
    if (s->kind == TOKEN_END)
        return fail_at(p, token_place(p), "the formula ends where %s should follow", expected);
    if (s->kind == TOKEN_OTHER && (*s->token < ' ' || *s->token > '~'))
        return fail_at(p, token_place(p),
                       "a character that formulas do not use (byte 0x%02X) stands where %s should",
                       (unsigned char)*s->token, expected);
    return fail_at(p, token_place(p), "'%.*s' stands where %s should", shown(p), s->token, expected);
}

/* --- names ---------------------------------------------------------------------------------------------- */

static bool token_is(const parser *p, const char *text)
{
    return p->s.kind == TOKEN_NAME && p->s.length == strlen(text) &&
           memcmp(p->s.token, text, p->s.length) == 0;
}

static const word *find_word(const parser *p, const word *list, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (token_is(p, list[k].text))
            return &list[k];
    }
    return NULL;
}

/* x and digits: names of inputs, whether or not there are so many. */
static bool is_input_name(const parser *p)
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

static uint64_t hash_token(const parser *p)
{
    return lookup_hash(0, p->s.token, p->s.length);
}

static bool is_reserved(const parser *p)
{
    return find_word(p, functions, FUNCTIONS) != NULL || find_word(p, leaves, LEAVES) != NULL ||
           token_is(p, "let") || is_input_name(p);
}

/* --- values and operations ------------------------------------------------------------------------------ */

static void push_value(parser *p, size_t node)
{
    p->value = mem_grow(p->value, &p->value_capacity, mem_sum(p->values, 1), sizeof *p->value);
    p->value[p->values++] = node;
}

static void push_pending(parser *p, pending operation)
{
    operation.place = token_place(p);
    p->pending = mem_grow(p->pending, &p->pending_capacity, mem_sum(p->pendings, 1), sizeof *p->pending);
    p->pending[p->pendings++] = operation;
}

/* The innermost operation that waits, or NULL. */
static pending *top(parser *p)
{
    return p->pendings == 0 ? NULL : &p->pending[p->pendings - 1];
}

/* Puts an operation of one or two values in the place of its values. */
static bool apply(parser *p, expression_op op, bool two, builder_place place)
{
    size_t node = 0, *last = &p->value[p->values - 1];
    const char *wrong = two ? builder_binary(&p->b, &node, op, last[-1], last[0], place)
                            : builder_unary(&p->b, &node, op, last[0], place);
    if (wrong != NULL)
        return fail_at(p, place, "%s", wrong);
    p->values -= two ? 1 : 0;
    p->value[p->values - 1] = node;
    return true;
}

/* Applies the operators that wait and bind at least as tightly as `binding`, back to the last open
 * parenthesis. */
static bool apply_operators(parser *p, int binding)
{
    for (pending *o = top(p); o != NULL && o->kind == PENDING_OPERATOR && o->binding >= binding; o = top(p)) {
        p->pendings--;
        if (!apply(p, o->op, o->op != EXPRESSION_NEG, o->place))
            return false;
    }
    return true;
}

/* --- where a value should be ---------------------------------------------------------------------------- */

static bool read_number(parser *p)
{
    mpq_t value;
    mpq_init(value);
    size_t node = 0;
    const char *wrong = rational_parse(value, p->s.token, p->s.length);
    if (wrong == NULL)
        wrong = builder_constant(&p->b, &node, value, token_place(p));
    mpq_clear(value);
    if (wrong != NULL)
        return fail_at(p, token_place(p), "'%.*s': %s", shown(p), p->s.token, wrong);
    push_value(p, node);
    scanner_next(&p->s);
    return true;
}

static bool push_leaf(parser *p, expression_op op, size_t a)
{
    size_t node;
    builder_leaf(&p->b, &node, op, a, token_place(p));
    push_value(p, node);
    scanner_next(&p->s);
    return true;
}

static bool read_input(parser *p)
{
    size_t number = 0;
    const scanner *s = &p->s;
    if (s->token[1] == '0')
        return fail_at(p, token_place(p), "'%.*s' is no input (the first is x1)", shown(p), s->token);
    for (size_t k = 1; k < s->length && number <= p->inputs; k++)
        number = number > SIZE_MAX / 10 - 1 ? SIZE_MAX : 10 * number + (size_t)(s->token[k] - '0');
    if (number > p->inputs)
        return fail_at(p, token_place(p), "'%.*s' is beyond the last input, x%zu", shown(p), s->token,
                       p->inputs);
    return push_leaf(p, EXPRESSION_INPUT, number - 1);
}

static bool read_call(parser *p, expression_op op)
{
    push_pending(p, (pending){.kind = PENDING_CALL, .op = op});
    scanner_next(&p->s);
    if (!scanner_sign(&p->s, '('))
        return fail_token(p, "the function's '('");
    scanner_next(&p->s);
    return true;
}

/* Reads a name; *complete tells whether it is a value, not the beginning of a call. */
static bool read_name(parser *p, bool *complete)
{
    const word *found = find_word(p, functions, FUNCTIONS);
    *complete = found == NULL;
    if (found != NULL)
        return read_call(p, found->op);
    found = find_word(p, leaves, LEAVES);
    if (found != NULL)
        return push_leaf(p, found->op, 0);
    if (token_is(p, "let"))
        return fail_token(p, "a value");
    if (is_input_name(p))
        return read_input(p);
    size_t item = lookup_find(&p->definition_index, hash_token(p), is_definition, p);
    if (item == LOOKUP_NONE)
        return fail_at(p, token_place(p),
                       "'%.*s' is not defined (inputs are x1, x2, ...; define others with let)", shown(p),
                       p->s.token);
    push_value(p, p->definition[item].node);
    scanner_next(&p->s);
    return true;
}

/* Reads signs, opening parentheses and functions up to the next value, and that value. */
static bool read_value(parser *p)
{
    for (;;) {
        bool complete;
        if (p->s.kind == TOKEN_NUMBER)
            return read_number(p);
        if (p->s.kind == TOKEN_NAME) {
            if (!read_name(p, &complete))
                return false;
            if (complete)
                return true;
            continue;
        }
        if (scanner_sign(&p->s, '-'))
            push_pending(p, (pending){.kind = PENDING_OPERATOR, .op = EXPRESSION_NEG, .binding = BIND_MINUS});
        else if (scanner_sign(&p->s, '('))
            push_pending(p, (pending){.kind = PENDING_PARENTHESIS});
        else if (!scanner_sign(&p->s, '+'))
            return fail_token(p, "a number, a name or '('");
        scanner_next(&p->s);
    }
}

/* --- where an operation should be ----------------------------------------------------------------------- */

typedef struct sign_meaning {
    char sign;
    expression_op op;
    int binding;
} sign_meaning;

static const sign_meaning *operator_at(const parser *p)
{
    static const sign_meaning signs[] = {{'+', EXPRESSION_ADD, BIND_SUM},
                                         {'-', EXPRESSION_SUB, BIND_SUM},
                                         {'*', EXPRESSION_MUL, BIND_PRODUCT},
                                         {'/', EXPRESSION_DIV, BIND_PRODUCT},
                                         {'^', EXPRESSION_POWER, BIND_POWER}};
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
        if (scanner_sign(&p->s, signs[k].sign))
            return &signs[k];
    }
    return NULL;
}

static bool read_operator(parser *p, const sign_meaning *m)
{
    int tighter = m->op == EXPRESSION_POWER ? BIND_POWER + 1 : m->binding;
    if (!apply_operators(p, tighter))
        return false;
    push_pending(p, (pending){.kind = PENDING_OPERATOR, .op = m->op, .binding = m->binding});
    scanner_next(&p->s);
    return true;
}

/* An argument of min or max is complete: from the second on it is joined to those before. */
static bool end_argument(parser *p, pending *call)
{
    bool two = call->op == EXPRESSION_MIN || call->op == EXPRESSION_MAX;
    call->arguments++;
    if (!two && call->arguments > 1)
        return fail_at(p, call->place, "%s has more than one argument (remove the others)",
                       expression_op_name(call->op));
    return !two || call->arguments == 1 || apply(p, call->op, true, call->place);
}

static bool end_call(parser *p, pending *call)
{
    if (!end_argument(p, call))
        return false;
    bool two = call->op == EXPRESSION_MIN || call->op == EXPRESSION_MAX;
    if (two && call->arguments == 1)
        return fail_at(p, call->place, "%s has one argument (give two or more)",
                       expression_op_name(call->op));
    return two || apply(p, call->op, false, call->place);
}

static bool read_comma(parser *p)
{
    if (!apply_operators(p, BIND_OPEN))
        return false;
    pending *call = top(p);
    if (call == NULL || call->kind != PENDING_CALL)
        return fail_at(p, token_place(p),
                       "',' outside of a function's arguments (outputs are separated by ';')");
    if (!end_argument(p, call))
        return false;
    scanner_next(&p->s);
    return true;
}

static bool read_close(parser *p)
{
    if (!apply_operators(p, BIND_OPEN))
        return false;
    pending *open = top(p);
    if (open == NULL)
        return fail_at(p, token_place(p), "')' closes nothing (remove it, or add the '(' that it closes)");
    if (open->kind == PENDING_CALL && !end_call(p, open))
        return false;
    p->pendings--;
    scanner_next(&p->s);
    return true;
}

/* Reads an expression up to ';' or the end, and leaves it as the only value. */
static bool read_expression(parser *p)
{
    if (!read_value(p))
        return false;
    while (p->s.kind != TOKEN_END && !scanner_sign(&p->s, ';')) {
        const sign_meaning *m = operator_at(p);
        bool good = m != NULL                  ? read_operator(p, m) && read_value(p)
                    : scanner_sign(&p->s, ',') ? read_comma(p) && read_value(p)
                    : scanner_sign(&p->s, ')') ? read_close(p)
                                               : fail_token(p, "an operator, ';' or the end");
        if (!good)
            return false;
    }
    if (!apply_operators(p, BIND_OPEN))
        return false;
    if (top(p) != NULL)
        return fail_at(p, top(p)->place,
                       top(p)->kind == PENDING_CALL ? "the '(' of this function is never closed"
                                                    : "this '(' is never closed");
    return true;
}

/* --- items ---------------------------------------------------------------------------------------------- */

static bool read_new_name(parser *p, definition *d)
{
    scanner_next(&p->s);
    if (p->s.kind != TOKEN_NAME)
        return fail_token(p, "the name that is defined");
    if (is_reserved(p))
        return fail_at(p, token_place(p), "'%.*s' has a meaning of its own (choose another name)", shown(p),
                       p->s.token);
    if (lookup_find(&p->definition_index, hash_token(p), is_definition, p) != LOOKUP_NONE)
        return fail_at(p, token_place(p), "'%.*s' is defined twice (choose another name)", shown(p),
                       p->s.token);
    *d = (definition){.name = p->s.token, .length = p->s.length};
    return true;
}

/* let NAME = EXPRESSION: the name is known from the next item on. */
static bool read_definition(parser *p)
{
    definition d;
    if (!read_new_name(p, &d))
        return false;
    uint64_t hash = hash_token(p);
    scanner_next(&p->s);
    if (!scanner_sign(&p->s, '='))
        return fail_token(p, "'='");
    scanner_next(&p->s);
    if (!read_expression(p))
        return false;
    d.node = p->value[--p->values];
    p->definition =
        mem_grow(p->definition, &p->definition_capacity, mem_sum(p->definitions, 1), sizeof *p->definition);
    p->definition[p->definitions] = d;
    lookup_add(&p->definition_index, hash, p->definitions++);
    return true;
}

static bool read_output(parser *p)
{
    if (!read_expression(p))
        return false;
    p->output = mem_grow(p->output, &p->output_capacity, mem_sum(p->outputs, 1), sizeof *p->output);
    p->output[p->outputs++] = p->value[--p->values];
    return true;
}

static bool read_items(parser *p)
{
    scanner_next(&p->s);
    do {
        if (!(token_is(p, "let") ? read_definition(p) : read_output(p)))
            return false;
        if (scanner_sign(&p->s, ';'))
            scanner_next(&p->s);
    } while (p->s.kind != TOKEN_END);
    if (p->outputs == 0)
        return fail_at(p, token_place(p),
                       "nothing but definitions (after the last ';', say what the output is)");
    return true;
}

static void parser_clear(parser *p)
{
    builder_clear(&p->b);
    free(p->value);
    free(p->pending);
    free(p->definition);
    lookup_clear(&p->definition_index);
    free(p->output);
}

bool expression_parse(expression *u, size_t inputs, const char *name, const char *text, size_t size, error *e)
{
    parser p = {.name = name, .e = e, .inputs = inputs};
    *u = (expression){0};
    builder_init(&p.b);
    scanner_start(&p.s, text, size);
    bool good = read_items(&p);
    if (good)
        builder_finish(&p.b, u, inputs, p.outputs, p.output);
    parser_clear(&p);
    return good;
}
