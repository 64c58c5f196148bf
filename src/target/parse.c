/* Reading formulas, item by item: definitions and outputs. Expressions are read in precedence.c; the grammar
 * is in certs/FORMULA.md. Trusted. */
#include <stdlib.h>

#include "base/memory.h"
#include "target/parser.h"

static bool read_new_name(parser *p, definition *d)
{
    scanner_next(&p->s);
    if (p->s.kind != TOKEN_NAME)
        return parser_fail_token(p, "the name that is defined");
    if (parser_is_reserved(p))
        return parser_fail(p, parser_place(p), "'%.*s' has a meaning of its own (choose another name)",
                           parser_shown(p), p->s.token);
    size_t node;
    if (parser_find(p, &node))
        return parser_fail(p, parser_place(p), "'%.*s' is defined twice (choose another name)",
                           parser_shown(p), p->s.token);
    *d = (definition){.name = p->s.token, .length = p->s.length};
    return true;
}

/* let NAME = EXPRESSION: the name is known from the next item on. */
static bool read_definition(parser *p)
{
    definition d;
    if (!read_new_name(p, &d))
        return false;
    scanner_next(&p->s);
    if (!scanner_sign(&p->s, '='))
        return parser_fail_token(p, "'='");
    scanner_next(&p->s);
    if (!parser_expression(p))
        return false;
    d.node = p->value[--p->values];
    parser_define(p, d);
    return true;
}

static bool read_output(parser *p)
{
    if (!parser_expression(p))
        return false;
    p->output = mem_grow(p->output, &p->output_capacity, mem_sum(p->outputs, 1), sizeof *p->output);
    p->output[p->outputs++] = p->value[--p->values];
    return true;
}

static bool read_items(parser *p)
{
    scanner_next(&p->s);
    do {
        if (!(parser_token_is(p, "let") ? read_definition(p) : read_output(p)))
            return false;
        if (scanner_sign(&p->s, ';'))
            scanner_next(&p->s);
    } while (p->s.kind != TOKEN_END);
    if (p->outputs == 0)
        return parser_fail(p, parser_place(p),
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
