/* An expression made ready for calculating with intervals: its nodes in order, each with the inputs it
 * depends on and with registers of MPFI for its value, its gradient and its Hessian with respect to these
 * inputs. */
#ifndef SUPCERT_TARGET_TAPE_H
#define SUPCERT_TARGET_TAPE_H

#include <stdint.h>

#include "target/affine_form.h"
#include "target/elementary.h"
#include "target/expression.h"

/* Least and greatest precision in bits. An expression with many registers has a smaller greatest one, see
 * tape_most. */
#define TAPE_PRECISION_LEAST 64
#define TAPE_PRECISION_MOST  65536

/* Numbers of gradient and of Hessian entries, over all units, beyond which they are not calculated. */
#define TAPE_ENTRIES ((size_t)1 << 20)

/* Where an input of a unit is not one of its operand. */
#define TAPE_NONE SIZE_MAX

typedef struct tape_unit {
    expression_op op; /* as the node's, but t*t is t^2 */
    size_t a, b;      /* units of the operands */
    const elementary_power *power;
    bool constant;       /* depends on no input */
    size_t inputs;       /* how many inputs it depends on; not known (0) in a tape of order 0 */
    const size_t *input; /* which, increasing */
    const size_t *in_a;  /* of each its place in input[] of a, or TAPE_NONE; NULL: the same place */
    const size_t *in_b;
    const affine_form *affine; /* NULL: it is not affine */
    bool needed;               /* for the output last prepared */
    bool fixed;                /* has a value that depends on no box, at the tape's precision */
    bool fixed_slope;          /* of an affine unit: gradient[] is set */
    mpfi_t value;
    mpfi_t *gradient; /* `inputs`; NULL if the tape is of order 0 */
    branch taken;     /* on the last box; and by input, whether its slope there is 0 (as `gradient`) */
    bool *still;
    mpfi_t *hessian; /* i >= j at i(i+1)/2 + j; NULL until tape_prepare asks for order 2 */
} tape_unit;

typedef struct tape {
    const expression *u; /* borrowed */
    tape_unit *unit;     /* u->nodes */
    int order_most;      /* 0, 1 or 2: the highest derivative for which there is room */
    mpfr_prec_t precision;
    size_t output;              /* for which units are marked as needed */
    int order;                  /* for which there are registers */
    size_t gradients, hessians; /* entries of all units together */
    elementary_scratch scratch;
} tape;

void tape_init(tape *t, const expression *u);
void tape_clear(tape *t);

/* The greatest precision for which registers fit in memory. */
mpfr_prec_t tape_most(const tape *t);

/* Marks what the output needs, makes registers for derivatives up to `order` (at most order_most), and sets
 * the precision of all registers. */
void tape_prepare(tape *t, size_t output, int order, mpfr_prec_t precision);

/* The place of an input among those a unit depends on, or TAPE_NONE. */
size_t tape_find_input(const tape_unit *unit, size_t input);

static inline size_t tape_pair(size_t i, size_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

#endif
