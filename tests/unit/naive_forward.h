/* Forward bounds (certs/FORMAT.md, "Bounds forward") by naive rational arithmetic over the whole system: no
 * scales, no frames, no rounding. It shares nothing with the kernel but the ranges that are proved and the
 * coefficients, for which any will do; so the kernel's bounds with the same ranges must never be narrower
 * than these. */
#ifndef SUPCERT_TESTS_NAIVE_FORWARD_H
#define SUPCERT_TESTS_NAIVE_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <gmp.h> /* after stdio.h, which it looks for */

#include "kernel/prover.h"

/* Bounds of a quantity on the node's box, in real units: of the pre-activation of neuron n of the frame or,
 * as quantity neurons + n, of its difference with its partner, which is in the frame, too. False: no point
 * has the ranges of some partners, so that there is no such constant. */
bool naive_forward(mpq_t lower, mpq_t upper, const prover *p, size_t quantity, bool with_pairs);

#endif
