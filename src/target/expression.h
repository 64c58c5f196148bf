/* Formulas as targets: an expression in the inputs x1 … xd with exact rational constants, held as a graph in
 * which equal subexpressions are one node. The language is specified in certs/FORMULA.md. An expression
 * denotes real numbers; what can be proved about them is in enclosure.h. */
#ifndef SUPCERT_TARGET_EXPRESSION_H
#define SUPCERT_TARGET_EXPRESSION_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Functions of one argument, by their names in the language. */
#define EXPRESSION_FUNCTIONS(X)                                                                              \
    X(ABS, abs)                                                                                              \
    X(RELU, relu)                                                                                            \
    X(SQRT, sqrt)                                                                                            \
    X(EXP, exp)                                                                                              \
    X(LOG, log)                                                                                              \
    X(SIN, sin)                                                                                              \
    X(COS, cos)                                                                                              \
    X(TAN, tan)                                                                                              \
    X(ASIN, asin)                                                                                            \
    X(ACOS, acos)                                                                                            \
    X(ATAN, atan)                                                                                            \
    X(SINH, sinh)                                                                                            \
    X(COSH, cosh)                                                                                            \
    X(TANH, tanh)

typedef enum expression_op {
    EXPRESSION_CONSTANT, /* constant[a] */
    EXPRESSION_INPUT,    /* input a, from 0 */
    EXPRESSION_PI,
    EXPRESSION_E,
    EXPRESSION_ADD, /* the following have operands a and b */
    EXPRESSION_SUB,
    EXPRESSION_MUL,
    EXPRESSION_DIV,
    EXPRESSION_MIN,
    EXPRESSION_MAX,
    EXPRESSION_POWER, /* operand a to the power constant[b] */
    EXPRESSION_NEG,   /* the following have the operand a */
#define X(OP, name) EXPRESSION_##OP,
    EXPRESSION_FUNCTIONS(X)
#undef X
        EXPRESSION_OPS
} expression_op;

typedef struct expression_node {
    expression_op op;
    size_t a, b;       /* operands are earlier nodes; unused: 0 */
    long line, column; /* where its operator or name stands first, from 1 */
} expression_node;

/* Nodes are in canonical order: as a walk from the first output to the last finishes them, operands from left
 * to right; constants in the order of the nodes that first use them. Every node and every constant is used.
 */
typedef struct expression {
    size_t inputs; /* d; x1 … xd may be used, or not */
    size_t nodes;
    expression_node *node;
    size_t constants;
    mpq_t *constant; /* canonical rationals */
    size_t outputs;  /* at least 1 */
    size_t *output;  /* nodes */
} expression;

/* Limits of constants: bits of a numerator and of a denominator, and size of those of an exponent. A constant
 * beyond them is refused where it stands. All constants of a text together may have EXPRESSION_ROOM bits. */
#define EXPRESSION_BITS           65536
#define EXPRESSION_EXPONENT_LIMIT 1000000000
#define EXPRESSION_ROOM           ((size_t)1 << 29)

/* Initialises *u and reads it from `size` bytes of text, which may use x1 … x(inputs), inputs >= 1. `name` is
 * for messages, which begin with the column, from 1, in characters. On failure *u is cleared. Takes time and
 * memory in proportion to the text (times the limits above); does not recurse. */
bool expression_parse(expression *u, size_t inputs, const char *name, const char *text, size_t size,
                      error *e);
void expression_clear(expression *u);

/* The canonical text, on one line without a newline: parsing it gives an equal expression. Owned by the
 * caller (free). */
char *expression_text(const expression *u);

/* The same nodes, constants and outputs; the places in the text may differ. */
bool expression_equal(const expression *u, const expression *v);

/* The word or sign of an operation: "sqrt", "+", "pi", "x" (of any input), "constant". */
const char *expression_op_name(expression_op op);
/* How many nodes an operation reads: 0, 1 (also EXPRESSION_POWER) or 2. */
int expression_operands(expression_op op);

#endif
