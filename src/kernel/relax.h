/* The rules by which a neuron's value is replaced by its pre-activation (certs/FORMAT.md, "One inequality"),
 * for a neuron and for a pair of partners. Numbers are in units, see frame.h. Trusted. */
#ifndef SUPCERT_KERNEL_RELAX_H
#define SUPCERT_KERNEL_RELAX_H

#include "kernel/prover.h"

static inline fix_product larger(fix_product a, fix_product b)
{
    return a > b ? a : b;
}

/* a·y <= c·z + K for neuron n: returns c, and adds K to the sum. Of y and z, as of the coefficients, see
 * choice.h; c is a multiple of the pass's grain. */
fix relax_neuron(const prover *p, size_t n, fix a, fix_product *sum);

/* a·y + b·y' <= c·z + d·z' + K for the partners y of n and y' of `partner`: *a becomes c, *b becomes d, and K
 * is added to the sum. `tilted` chooses among the default coefficients. */
void relax_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b, fix_product *sum);

#endif
