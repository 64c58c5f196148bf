/* Enclosures of the elementary operations and of their first two derivatives: what MPFI gives, with the
 * domain looked at first, so that nothing that is not a number ever comes out. */
#ifndef SUPCERT_TARGET_ELEMENTARY_H
#define SUPCERT_TARGET_ELEMENTARY_H

#include "target/expression.h"
#include "target/slope.h"

/* Whether an operation is defined, and its value not too large for MPFR, for all of its arguments. */
typedef enum domain {
    DOMAIN_INSIDE,  /* for all */
    DOMAIN_PERHAPS, /* not known for all: a smaller box or a higher precision may help */
    DOMAIN_OUTSIDE  /* for none */
} domain;

/* Which side of its kink an operation is on: abs and relu, whose arguments are all <= 0 or all >= 0; min and
 * max, which are all equal to the first operand or to the second. Operations without a kink are SMOOTH. */
typedef enum branch { BRANCH_SMOOTH, BRANCH_LEFT, BRANCH_RIGHT, BRANCH_BOTH } branch;

/* The operation t^exponent and, up to a factor, its derivatives. */
typedef struct elementary_power {
    mpq_t exponent, once, twice; /* r, r - 1, r - 2 */
    mpq_t factor;                /* r(r - 1) */
} elementary_power;

void elementary_power_init(elementary_power *p, const mpq_t exponent);
void elementary_power_clear(elementary_power *p);

/* Intervals for calculations in between, of the precision of the results. */
typedef struct elementary_scratch {
    mpfi_t s, t;
} elementary_scratch;

/* v contains f(x) for all x in `a`, which is bounded; so is v unless the result is not DOMAIN_INSIDE, when v
 * is unspecified. `op` is an operation of one operand; `p` describes EXPRESSION_POWER, otherwise it is not
 * looked at. */
domain elementary_unary(mpfi_ptr v, expression_op op, const elementary_power *p, mpfi_srcptr a);

/* The same for EXPRESSION_ADD … EXPRESSION_MAX and all pairs from `a` and `b`. */
domain elementary_binary(mpfi_ptr v, expression_op op, mpfi_srcptr a, mpfi_srcptr b);

/* The branch on which an operation is for all arguments from `a`, or from `a` and b if it has two; BOTH if
 * neither is known to be taken everywhere. */
branch elementary_branch(expression_op op, mpfi_srcptr a, mpfi_srcptr b);

/* `first` contains (f(x) - f(y)) / (x - y) for all x != y in `a`, and f' where it exists; v is the value of f
 * on `a`, which must have been DOMAIN_INSIDE. Of abs and relu, `taken` alone is looked at, which may come
 * from a larger interval than `a`: then `first` contains the slope of that branch. */
void elementary_first(mpfi_ptr first, expression_op op, const elementary_power *p, branch taken,
                      mpfi_srcptr a, mpfi_srcptr v, elementary_scratch *w);

/* `second` contains f'' on `a`; the whole line if f is not twice continuously differentiable there. */
void elementary_second(mpfi_ptr second, expression_op op, const elementary_power *p, branch taken,
                       mpfi_srcptr a, mpfi_srcptr v, elementary_scratch *w);

#endif
