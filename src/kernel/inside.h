/* Inside the kernel: what its files share. */
#ifndef SUPCERT_KERNEL_INSIDE_H
#define SUPCERT_KERNEL_INSIDE_H

#include "kernel/prover.h"

/* Sets new bounds of a neuron's pre-activation, or of a difference, remembering the old ones. */
void prover_set_bounds(prover *p, size_t quantity, fix lower, fix upper, bool is_fact);
/* The same, keeping the better one of old and new ends. */
void prover_improve_bounds(prover *p, size_t quantity, fix lower, fix upper);
/* Objective k is proved here, with this bound. */
void prover_mark_proved(prover *p, size_t k, fix_product total);

/* Whether a coefficient, or the constant of a forward bound, in units, is small enough. Others could make a
 * sum overflow. A sum has at most 2^13 products of one of these and a weight: 44 + 14 + 44 + FRAME_WEIGHT +
 * 13 = 123 bits. */
static inline bool prover_fits(const prover *p, fix_product a)
{
    fix limit = (fix)1 << (p->sc.bits + 14);
    return a <= limit && a >= -limit;
}

/* What proofs of an objective have to add for the prover's target (target.h). *total is the sum of a backward
 * pass of objective k, p->functional what remains of it at the inputs, both in units of 2^-2bits. *total
 * becomes the objective's bound, rounded up; it is at most threshold[k] if and only if the exact bound is at
 * most the claim. False: the target is not shown to be defined on the node's box. */
bool target_finish_pass(prover *p, size_t k, fix_product *total);
/* The same for a pass in exact arithmetic: s·f_j <= bound + Σ functional_value[i]·x_i becomes the
 * objective's bound. */
bool target_finish_exact(prover *p, size_t k, mpq_t bound);
void target_release(prover *p);

#endif
