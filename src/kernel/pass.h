/* The backward pass in fixed point: bounds of one functional of the neurons, or of two at once, over the
 * node's box. Trusted. */
#ifndef SUPCERT_KERNEL_PASS_H
#define SUPCERT_KERNEL_PASS_H

#include "kernel/prover.h"

/* Upper bounds of functionals of pre-activations, in units, rounded up: sign · z of a row, or sign · (z − z')
 * of partners, for each of the one or two signs. grain: 0, or in narrow arithmetic bits − NARROW_BITS:
 * coefficients of neurons are multiples of 2^grain units. False where the pass fails, because a coefficient
 * is too large: then there are no bounds, and *bound is as it was. */
bool pass_bound_rows(fix_product *bound, prover *p, const frame *fr, size_t row, size_t partner, size_t signs,
                     const fix *sign, int grain);

/* The bound of objective k, in units of totals, rounded up; `tilted`: see choice.h. With a target, the sum of
 * the pass, and in p->functional what remains at the inputs. False where the pass fails. */
bool pass_objective(prover *p, size_t k, bool tilted, fix_product *sum);

#endif
