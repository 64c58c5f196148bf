/* The kernel's choices: by which coefficient of a pre-activation a pass replaces one of its neuron's value.
 * They need no trust. Whatever they are, the kernel adds the constant that makes the inequality true
 * (relax.h, exact.c), so that a bad choice costs tightness, never truth; tests/unit/test_choice.c makes them
 * at random. But search and checker have to make the same ones: certs/FORMAT.md says which. Numbers are in
 * units, see frame.h. */
#ifndef SUPCERT_KERNEL_CHOICE_H
#define SUPCERT_KERNEL_CHOICE_H

#include "kernel/prover.h"

/* Slope of the chord of max(z,0) over [lower, upper], in units of 2^-31, rounded down; 0 where the neuron is
 * stable. */
fix choice_slope(fix lower, fix upper);

/* The c for a·y of neuron n: the default and the neuron's multiplier. */
fix choice_neuron(const prover *p, size_t n, fix a);
/* The c and d for a·y + b·y' of the partners n and `partner`, in place of a and b. `tilted` chooses among the
 * defaults. */
void choice_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b);
/* The default c for a·Y_n in exact arithmetic. */
void choice_exact(mpz_t c, const prover *p, size_t n, const mpz_t a);

/* Turns multipliers for an objective of the output into units, for the passes that follow; doubles will do.
 * False where one is beyond the limit. */
bool choice_multipliers(prover *p, size_t output, size_t count, const multiplier *list);
/* 1 unit of the pre-activation of a neuron, and of an objective, in real units, rounded. */
double choice_neuron_unit(const prover *p, size_t neuron);
double choice_objective_unit(const prover *p, size_t output);

#endif
