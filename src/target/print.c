/* Writing expressions: nodes that are used several times are defined first and named t1, t2, …; so the text
 * is as long as the graph is large. No recursion: what remains to be written waits on a stack. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "target/expression.h"

/* Where parentheses are needed: an operation may stand, without any, where one that binds at least as tightly
 * may. */
enum { BIND_ANY, BIND_SUM, BIND_PRODUCT, BIND_MINUS, BIND_POWER, BIND_ATOM };

/* Constants with at most so many bits are written wherever they are used. */
enum { SHORT_CONSTANT = 128 };

/* One thing to write: a text, a node in a place that asks for a binding, or an exponent. */
typedef struct item {
    enum { ITEM_TEXT, ITEM_NODE, ITEM_EXPONENT } kind;
    const char *text;
    size_t number; /* of the node or constant */
    int binding;
} item;

typedef struct printer {
    char *text; /* what is written, length bytes and a zero */
    size_t length, text_capacity;
    const expression *u;
    size_t *name; /* of a node: its number k in tk, or 0 if it has none yet */
    size_t names;
    item *stack;
    size_t depth, capacity;
} printer;

static void push(printer *p, item i)
{
    p->stack = mem_grow(p->stack, &p->capacity, mem_sum(p->depth, 1), sizeof *p->stack);
    p->stack[p->depth++] = i;
}

static void push_text(printer *p, const char *text)
{
    push(p, (item){.kind = ITEM_TEXT, .text = text});
}

static void push_node(printer *p, size_t node, int binding)
{
    push(p, (item){.kind = ITEM_NODE, .number = node, .binding = binding});
}

static void append(printer *p, const char *text)
{
    size_t bytes = strlen(text);
    p->text = mem_grow(p->text, &p->text_capacity, mem_sum(mem_sum(p->length, bytes), 1), 1);
    memcpy(p->text + p->length, text, bytes + 1);
    p->length += bytes;
}

static void append_name(printer *p, const char *letter, size_t number, const char *after)
{
    char *text = mem_printf("%s%zu%s", letter, number, after);
    append(p, text);
    free(text);
}

/* A fraction or a negative number is an operation in the language. */
static void append_constant(printer *p, const mpq_t value, bool alone)
{
    bool bare = alone || (mpq_sgn(value) >= 0 && mpz_cmp_ui(mpq_denref(value), 1) == 0);
    char *number = rational_text(value);
    append(p, bare ? "" : "(");
    append(p, number);
    append(p, bare ? "" : ")");
    free(number);
}

static int binding_of(expression_op op)
{
    switch (op) {
    case EXPRESSION_ADD:
    case EXPRESSION_SUB:
        return BIND_SUM;
    case EXPRESSION_MUL:
    case EXPRESSION_DIV:
        return BIND_PRODUCT;
    case EXPRESSION_NEG:
        return BIND_MINUS;
    case EXPRESSION_POWER:
        return BIND_POWER;
    default:
        return BIND_ATOM;
    }
}

/* Puts the parts of an operation on the stack, the first one last. */
static void push_parts(printer *p, const expression_node *n)
{
    const char *sign = expression_op_name(n->op);
    int binding = binding_of(n->op);
    if (n->op == EXPRESSION_POWER) {
        push(p, (item){.kind = ITEM_EXPONENT, .number = n->b});
        push_text(p, sign);
        push_node(p, n->a, BIND_ATOM);
    } else if (n->op == EXPRESSION_NEG) {
        push_node(p, n->a, BIND_MINUS);
        push_text(p, sign);
    } else if (binding != BIND_ATOM) { /* sums and products are read from left to right */
        push_node(p, n->b, binding + 1);
        push_text(p, sign);
        push_node(p, n->a, binding);
    } else {
        push_text(p, ")");
        if (expression_operands(n->op) == 2) {
            push_node(p, n->b, BIND_ANY);
            push_text(p, ", ");
        }
        push_node(p, n->a, BIND_ANY);
        push_text(p, "(");
        push_text(p, sign);
    }
}

static void write_operation(printer *p, const expression_node *n, int binding)
{
    if (binding_of(n->op) < binding) {
        append(p, "(");
        push_text(p, ")");
    }
    push_parts(p, n);
}

static void write_node(printer *p, size_t node, int binding)
{
    const expression_node *n = &p->u->node[node];
    if (p->name[node] != 0)
        append_name(p, "t", p->name[node], "");
    else if (n->op == EXPRESSION_CONSTANT)
        append_constant(p, p->u->constant[n->a], binding == BIND_ANY);
    else if (n->op == EXPRESSION_INPUT)
        append_name(p, "x", n->a + 1, "");
    else if (expression_operands(n->op) == 0)
        append(p, expression_op_name(n->op));
    else
        write_operation(p, n, binding);
}

/* Writes the node and everything below it that has no name. */
static void write_tree(printer *p, size_t node)
{
    push_node(p, node, BIND_ANY);
    while (p->depth > 0) {
        item i = p->stack[--p->depth];
        if (i.kind == ITEM_TEXT)
            append(p, i.text);
        else if (i.kind == ITEM_EXPONENT)
            append_constant(p, p->u->constant[i.number], false);
        else
            write_node(p, i.number, i.binding);
    }
}

static bool is_short(const mpq_t value)
{
    return mpz_sizeinbase(mpq_numref(value), 2) + mpz_sizeinbase(mpq_denref(value), 2) <= SHORT_CONSTANT;
}

static bool deserves_name(const expression *u, size_t node)
{
    const expression_node *n = &u->node[node];
    return n->op == EXPRESSION_CONSTANT ? !is_short(u->constant[n->a]) : expression_operands(n->op) > 0;
}

/* How often each node is used: by other nodes, or as an output. */
static size_t *count_uses(const expression *u)
{
    size_t *uses = mem_alloc(u->nodes, sizeof *uses);
    for (size_t k = 0; k < u->nodes; k++) {
        int operands = expression_operands(u->node[k].op);
        if (operands >= 1)
            uses[u->node[k].a]++;
        if (operands == 2)
            uses[u->node[k].b]++;
    }
    for (size_t k = 0; k < u->outputs; k++)
        uses[u->output[k]]++;
    return uses;
}

char *expression_text(const expression *u)
{
    printer p = {.u = u, .name = mem_alloc(u->nodes, sizeof *p.name)};
    size_t *uses = count_uses(u);
    for (size_t k = 0; k < u->nodes; k++) {
        if (uses[k] < 2 || !deserves_name(u, k))
            continue;
        append_name(&p, "let t", p.names + 1, " = ");
        write_tree(&p, k);
        append(&p, "; ");
        p.name[k] = ++p.names;
    }
    for (size_t k = 0; k < u->outputs; k++) {
        append(&p, k == 0 ? "" : "; ");
        write_tree(&p, u->output[k]);
    }
    free(uses);
    free(p.name);
    free(p.stack);
    return p.text;
}
