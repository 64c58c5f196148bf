/* Formulas as references of the kernel (kernel/target.h): an expression, its text, and enclosures made when
 * the kernel asks for them. Trusted. */
#ifndef SUPCERT_TARGET_FORMULA_H
#define SUPCERT_TARGET_FORMULA_H

#include "kernel/target.h"
#include "target/tangent.h"

/* The last enclosure of one output. */
typedef struct formula_form {
    bool known;
    mpq_t *lower, *upper; /* its box */
    double tolerance;
    domain state; /* unless DOMAIN_INSIDE there is no form, but a complaint of the enclosure of that moment */
    tangent t;
    target_form form; /* points into t */
} formula_form;

/* For one thread at a time. */
typedef struct formula {
    const expression *u; /* borrowed */
    char *text;          /* canonical */
    enclosure m;
    formula_form *last;  /* by output */
    proof_target target; /* what the kernel is handed; its context is this formula, which must not be moved */
} formula;

/* u must outlive *f. */
void formula_init(formula *f, const expression *u);
void formula_clear(formula *f);

/* The form that the kernel uses, with its derivatives' order and spread (tangent.h). */
const formula_form *formula_enclose(formula *f, size_t output, mpq_t *lower, mpq_t *upper, double tolerance);

/* Says why the output is not defined on the box, or not shown to be, with the place in the formula `name` and
 * the box; the box may be a point. Always returns false. */
bool formula_complain(formula *f, size_t output, mpq_t *lower, mpq_t *upper, const char *name, error *e);

#endif
