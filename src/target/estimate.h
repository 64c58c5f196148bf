/* Values and gradients of an expression in doubles, quickly, for searching. Nothing here is proved or
 * trusted: whoever finds a point that way has it enclosed (enclosure.h) before anything is claimed. */
#ifndef SUPCERT_TARGET_ESTIMATE_H
#define SUPCERT_TARGET_ESTIMATE_H

#include "target/expression.h"

typedef struct estimate_step {
    expression_op op;
    size_t a, b;     /* operands: earlier steps; a of an input: its number */
    double constant; /* a constant's value, or an exponent */
} estimate_step;

/* An expression as a list of steps, one a node. For one thread at a time. */
typedef struct estimate {
    size_t inputs, steps, outputs;
    estimate_step *step;
    size_t *output;              /* steps */
    double *value, *by_a, *by_b; /* of every step; the derivatives by its operands */
    double *adjoint;             /* derivatives of the output by the steps */
} estimate;

void estimate_init(estimate *s, const expression *u);
void estimate_clear(estimate *s);

/* The value of output `output` at x (`inputs` numbers), and if `gradient` is not NULL its partial derivatives
 * (`inputs` numbers; at a kink those of one side). NaN where the expression is not defined; infinite values
 * and derivatives are possible. */
double estimate_at(estimate *s, size_t output, const double *x, double *gradient);

#endif
