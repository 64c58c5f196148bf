/* Inside the kernel: parts that prover.c, bound.c and exact.c share. */
#ifndef SUPCERT_PROOF_BOUND_H
#define SUPCERT_PROOF_BOUND_H

#include "proof/prover.h"

void prover_set_bounds(prover *p, size_t neuron, fix lower, fix upper, bool is_fact);
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
