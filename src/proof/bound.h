/* Inside the kernel: parts that prover.c, bound.c and exact.c share. */
#ifndef SUPCERT_PROOF_BOUND_H
#define SUPCERT_PROOF_BOUND_H

#include "proof/prover.h"

void prover_set_bounds(prover *p, size_t neuron, fix lower, fix upper, bool is_fact);
/* Keeps the better of old and new bounds of a neuron's pre-activation, or of a difference. */
void bound_improve(prover *p, size_t quantity, fix lower, fix upper);

/* Whether a coefficient, or the constant of a forward bound, in units, is small enough. Others could make a
 * sum overflow. A sum has at most 2^13 products of one of these and a weight: 44 + 14 + 44 + FRAME_WEIGHT +
 * 13 = 123 bits. */
static inline bool bound_fits(const prover *p, fix_product a)
{
    fix limit = (fix)1 << (p->sc.bits + 14);
    return a <= limit && a >= -limit;
}
void prover_mark_proved(prover *p, size_t k, fix_product total);

/* number, kept within ±2^126. */
fix_product bound_product(const mpz_t number);

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
