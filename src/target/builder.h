/* An expression while it is put together, one operation after the other: equal operations become one node,
 * operations on rational constants are carried out exactly. */
#ifndef SUPCERT_TARGET_BUILDER_H
#define SUPCERT_TARGET_BUILDER_H

#include "target/expression.h"
#include "target/lookup.h"

typedef struct builder {
    size_t nodes, node_capacity;
    expression_node *node;
    size_t constants, constant_capacity;
    mpq_t *constant;
    size_t room; /* bits that further constants may have */
    lookup node_index, constant_index;
} builder;

void builder_init(builder *b);
void builder_clear(builder *b);

/* Each of the following sets *node to the node that has the value and returns NULL, or returns a constant
 * string that says what is wrong (what to do). `place` gives line and column. */
typedef struct builder_place {
    long line, column;
} builder_place;

const char *builder_constant(builder *b, size_t *node, const mpq_t value, builder_place place);
/* An input (`a` from 0), pi or e. */
const char *builder_leaf(builder *b, size_t *node, expression_op op, size_t a, builder_place place);
const char *builder_unary(builder *b, size_t *node, expression_op op, size_t a, builder_place place);
/* Also EXPRESSION_POWER, whose second operand must then be a constant. */
const char *builder_binary(builder *b, size_t *node, expression_op op, size_t a, size_t c,
                           builder_place place);

/* Initialises *u as the expression with these outputs, in canonical order and without what they do not use.
 */
void builder_finish(const builder *b, expression *u, size_t inputs, size_t outputs, const size_t *output);

#endif
