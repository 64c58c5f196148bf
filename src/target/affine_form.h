/* The parts of an expression that are affine in the inputs with rational coefficients. Their ranges over a
 * box are exact, whatever the precision: so x1 - 1/3 is known not to be negative on [1/3, 1]. */
#ifndef SUPCERT_TARGET_AFFINE_FORM_H
#define SUPCERT_TARGET_AFFINE_FORM_H

#include "target/expression.h"

/* Bits up to which coefficients are worth the effort. */
#define AFFINE_FORM_BITS 4096

/* constant + Σ coefficient[k] · x_(input[k] + 1) */
typedef struct affine_form {
    size_t terms;
    const size_t *input; /* borrowed, increasing */
    mpq_t *coefficient;  /* `terms`, owned; some may be 0 */
    mpq_t constant;
} affine_form;

/* The form of a node with an operation `op` on forms a and b (NULL: not affine, or no operand), reading the
 * inputs `input`, among which are those of a and b; NULL if it is not affine or its coefficients are too
 * long. `value` is the node's constant for EXPRESSION_CONSTANT. */
affine_form *affine_form_new(expression_op op, const affine_form *a, const affine_form *b, const mpq_t value,
                             size_t terms, const size_t *input);
/* Harmless for NULL. */
void affine_form_free(affine_form *f);

/* The least (sign < 0) or greatest (sign > 0) value on the box. */
void affine_form_end(mpq_t value, const affine_form *f, int sign, mpq_t *lower, mpq_t *upper);

#endif
