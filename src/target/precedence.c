/* Reading an expression, by operator precedence with two stacks of our own, so that no nesting is too deep:
 * the values that wait for an operation, and the operations that wait for their last value. Trusted. */
#include "base/memory.h"
#include "number/rational.h"
#include "target/parser.h"

/* Which operation takes a value between two: the one that binds tighter; of equal ones the left, but of ^ the
 * right one. */
enum { BIND_OPEN, BIND_SUM, BIND_PRODUCT, BIND_MINUS, BIND_POWER };

/* --- values and operations ------------------------------------------------------------------------------ */

static void push_value(parser *p, size_t node)
{
    p->value = mem_grow(p->value, &p->value_capacity, mem_sum(p->values, 1), sizeof *p->value);
    p->value[p->values++] = node;
}

static void push_pending(parser *p, pending operation)
{
    operation.place = parser_place(p);
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
        return parser_fail(p, place, "%s", wrong);
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
        wrong = builder_constant(&p->b, &node, value, parser_place(p));
    mpq_clear(value);
    if (wrong != NULL)
        return parser_fail(p, parser_place(p), "'%.*s': %s", parser_shown(p), p->s.token, wrong);
    push_value(p, node);
    scanner_next(&p->s);
    return true;
}

static bool push_leaf(parser *p, expression_op op, size_t a)
{
    size_t node;
    builder_leaf(&p->b, &node, op, a, parser_place(p));
    push_value(p, node);
    scanner_next(&p->s);
    return true;
}

static bool read_input(parser *p)
{
    size_t number = 0;
    const scanner *s = &p->s;
    if (s->token[1] == '0')
        return parser_fail(p, parser_place(p), "'%.*s' is no input (the first is x1)", parser_shown(p),
                           s->token);
    for (size_t k = 1; k < s->length && number <= p->inputs; k++)
        number = number > SIZE_MAX / 10 - 1 ? SIZE_MAX : 10 * number + (size_t)(s->token[k] - '0');
    if (number > p->inputs)
        return parser_fail(p, parser_place(p), "'%.*s' is beyond the last input, x%zu", parser_shown(p),
                           s->token, p->inputs);
    return push_leaf(p, EXPRESSION_INPUT, number - 1);
}

static bool read_call(parser *p, expression_op op)
{
    push_pending(p, (pending){.kind = PENDING_CALL, .op = op});
    scanner_next(&p->s);
    if (!scanner_sign(&p->s, '('))
        return parser_fail_token(p, "the function's '('");
    scanner_next(&p->s);
    return true;
}

/* Reads a name; *complete tells whether it is a value, not the beginning of a call. */
static bool read_name(parser *p, bool *complete)
{
    expression_op op;
    *complete = !parser_is_function(p, &op);
    if (!*complete)
        return read_call(p, op);
    if (parser_is_constant(p, &op))
        return push_leaf(p, op, 0);
    if (parser_token_is(p, "let"))
        return parser_fail_token(p, "a value");
    if (parser_is_input(p))
        return read_input(p);
    size_t node;
    if (!parser_find(p, &node))
        return parser_fail(p, parser_place(p),
                           "'%.*s' is not defined (inputs are x1, x2, ...; define others with let)",
                           parser_shown(p), p->s.token);
    push_value(p, node);
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
            return parser_fail_token(p, "a number, a name or '('");
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
        return parser_fail(p, call->place, "%s has more than one argument (remove the others)",
                           expression_op_name(call->op));
    return !two || call->arguments == 1 || apply(p, call->op, true, call->place);
}

static bool end_call(parser *p, pending *call)
{
    if (!end_argument(p, call))
        return false;
    bool two = call->op == EXPRESSION_MIN || call->op == EXPRESSION_MAX;
    if (two && call->arguments == 1)
        return parser_fail(p, call->place, "%s has one argument (give two or more)",
                           expression_op_name(call->op));
    return two || apply(p, call->op, false, call->place);
}

static bool read_comma(parser *p)
{
    if (!apply_operators(p, BIND_OPEN))
        return false;
    pending *call = top(p);
    if (call == NULL || call->kind != PENDING_CALL)
        return parser_fail(p, parser_place(p),
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
        return parser_fail(p, parser_place(p),
                           "')' closes nothing (remove it, or add the '(' that it closes)");
    if (open->kind == PENDING_CALL && !end_call(p, open))
        return false;
    p->pendings--;
    scanner_next(&p->s);
    return true;
}

bool parser_expression(parser *p)
{
    if (!read_value(p))
        return false;
    while (p->s.kind != TOKEN_END && !scanner_sign(&p->s, ';')) {
        const sign_meaning *m = operator_at(p);
        bool good = m != NULL                  ? read_operator(p, m) && read_value(p)
                    : scanner_sign(&p->s, ',') ? read_comma(p) && read_value(p)
                    : scanner_sign(&p->s, ')') ? read_close(p)
                                               : parser_fail_token(p, "an operator, ';' or the end");
        if (!good)
            return false;
    }
    if (!apply_operators(p, BIND_OPEN))
        return false;
    if (top(p) != NULL)
        return parser_fail(p, top(p)->place,
                           top(p)->kind == PENDING_CALL ? "the '(' of this function is never closed"
                                                        : "this '(' is never closed");
    return true;
}
