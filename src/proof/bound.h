/* Inside the kernel: parts that prover.c, bound.c and exact.c share. */
#ifndef SUPCERT_PROOF_BOUND_H
#define SUPCERT_PROOF_BOUND_H

#include "proof/prover.h"

/* Slope of the chord of max(z,0) over [lower, upper], in units of 2^-31; 0 where the neuron is stable. */
fix bound_slope(fix lower, fix upper);

void prover_set_bounds(prover *p, size_t neuron, fix lower, fix upper, bool is_fact);
void prover_mark_proved(prover *p, size_t k, fix_product total);

#endif
