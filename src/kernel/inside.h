/* Inside the kernel: what its files share. */
#ifndef SUPCERT_KERNEL_INSIDE_H
#define SUPCERT_KERNEL_INSIDE_H

#include "kernel/prover.h"

/* Sets new bounds of a neuron's pre-activation, or of a difference, remembering the old ones. */
void prover_set_bounds(prover *p, size_t quantity, fix lower, fix upper, bool is_fact);
/* Keeps the better one of old and new ends; the new ones may be of any size. */
void prover_improve_bounds(prover *p, size_t quantity, fix_product lower, fix_product upper);
/* Objective k has the bound p->found: proved, if that is at most the claim. */
bool prover_accept(prover *p, size_t k);

/* Sizes. A pass uses no coefficient of more than 2^COEFFICIENT_BITS, that is 2^(bits + COEFFICIENT_BITS)
 * units; one that is chosen, but not used yet, has at most 2^CHOICE_BITS units. Ranges of z and x̂ lie in
 * [−1,1], those of z − z' in [−2,2], in every node (prover_improve_bounds). */
#define COEFFICIENT_BITS 14
#define CHOICE_BITS      60
#define RANGE_BITS       (FRAME_BITS + 1)

/* a − c, for a coefficient and a choice, or two of either, is a fix. */
_Static_assert(FRAME_BITS + COEFFICIENT_BITS < CHOICE_BITS && CHOICE_BITS + 1 < 63,
               "differences of coefficients");
/* A total is a sum over all rows of a coefficient times a bias, the same times a radius, and a constant, and
 * over the inputs of a coefficient times an end: each below the product of a coefficient and a weight. */
_Static_assert(FRAME_BITS + COEFFICIENT_BITS + FRAME_BITS + FRAME_WEIGHT + FRAME_ROWS + 2 < TOTAL_BITS,
               "totals of passes");
/* The constant of one rule, of two neurons, before its coefficients have been found to fit. */
_Static_assert(CHOICE_BITS + 1 + RANGE_BITS + 2 < TOTAL_BITS, "constants of rules");

/* Whether a coefficient, or the constant of a forward bound, in units, is small enough. */
static inline bool prover_fits(const prover *p, fix_product a)
{
    fix limit = (fix)1 << (p->sc.bits + COEFFICIENT_BITS);
    return a <= limit && a >= -limit;
}

/* What proofs of an objective have to add for the prover's target (target.h). `total` is the sum of a
 * backward pass of objective k, p->functional what remains of it at the inputs, both in units of 2^-2bits.
 * *bound becomes the objective's, exactly. False: the target is not shown to be defined on the node's box. */
bool target_finish_pass(mpq_t bound, prover *p, size_t k, fix_product total);
/* The same for a pass in exact arithmetic: s·f_j <= bound + Σ functional_value[i]·x_i becomes the
 * objective's bound. */
bool target_finish_exact(mpq_t bound, prover *p, size_t k);
void target_release(prover *p);

#endif
