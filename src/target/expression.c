/* Expressions as data: see expression.h. */
#include "target/expression.h"

#include <stdlib.h>

#include "number/vector.h"

static const char *const op_name[EXPRESSION_OPS] = {[EXPRESSION_CONSTANT] = "constant",
                                                    [EXPRESSION_INPUT] = "x",
                                                    [EXPRESSION_PI] = "pi",
                                                    [EXPRESSION_E] = "e",
                                                    [EXPRESSION_ADD] = "+",
                                                    [EXPRESSION_SUB] = "-",
                                                    [EXPRESSION_MUL] = "*",
                                                    [EXPRESSION_DIV] = "/",
                                                    [EXPRESSION_MIN] = "min",
                                                    [EXPRESSION_MAX] = "max",
                                                    [EXPRESSION_POWER] = "^",
                                                    [EXPRESSION_NEG] = "-",
#define X(OP, name) [EXPRESSION_##OP] = #name,
                                                    EXPRESSION_FUNCTIONS(X)
#undef X
};

const char *expression_op_name(expression_op op)
{
    return op_name[op];
}

int expression_operands(expression_op op)
{
    if (op < EXPRESSION_ADD)
        return 0;
    return op < EXPRESSION_POWER ? 2 : 1;
}

void expression_clear(expression *u)
{
    vector_free(u->constant, u->constants);
    free(u->node);
    free(u->output);
    *u = (expression){0};
}

static bool equal_nodes(const expression_node *m, const expression_node *n)
{
    return m->op == n->op && m->a == n->a && m->b == n->b;
}

bool expression_equal(const expression *u, const expression *v)
{
    if (u->inputs != v->inputs || u->nodes != v->nodes || u->constants != v->constants ||
        u->outputs != v->outputs)
        return false;
    for (size_t k = 0; k < u->nodes; k++) {
        if (!equal_nodes(&u->node[k], &v->node[k]))
            return false;
    }
    for (size_t k = 0; k < u->constants; k++) {
        if (!mpq_equal(u->constant[k], v->constant[k]))
            return false;
    }
    for (size_t k = 0; k < u->outputs; k++) {
        if (u->output[k] != v->output[k])
            return false;
    }
    return true;
}
