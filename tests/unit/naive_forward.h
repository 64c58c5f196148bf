/* Forward bounds (certs/FORMAT.md, "Bounds forward") by naive rational arithmetic over the whole system: no
 * scales, no frames, no rounding. It shares nothing with the kernel but the ranges that are proved and the
 * slopes of chords, for which any will do; so the kernel's bounds with the same ranges must never be narrower
 * than these. */
#ifndef SUPCERT_TESTS_NAIVE_FORWARD_H
#define SUPCERT_TESTS_NAIVE_FORWARD_H

#include <stddef.h>
#include <stdio.h>
#include <gmp.h> /* after stdio.h, which it looks for */

#include "proof/prover.h"

/* Bounds of the pre-activation of neuron n on the node's box, in real units. */
void naive_forward(mpq_t lower, mpq_t upper, const prover *p, size_t n);

#endif
