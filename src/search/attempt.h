/* Attempts to prove a node's objectives, from the cheap to the dear: default multipliers, subgradient steps,
 * linear programs, exact arithmetic. The kernel is at the node; steps that prove something are noted in
 * w->out. Untrusted: whatever is tried, the kernel tells whether it is a proof. */
#ifndef SUPCERT_SEARCH_ATTEMPT_H
#define SUPCERT_SEARCH_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "search/worker.h"

/* A claim, in real units, which the bound of objective k proves; TREE_CLOSED where it proves the final one,
 * HUGE_VAL where there is none. */
double attempt_bound(const worker *w, size_t k, const objective_bound *b);
/* Normalised bound that objective k must not exceed. */
double attempt_claim(const worker *w, size_t k);
/* A bound of the objectives proved so far, in real units. */
double attempt_proved(const worker *w);

/* Tries all objectives with default multipliers, and notes those that are proved, so that the subtree
 * inherits them. Returns a bound of all of them. */
double attempt_default(worker *w);
/* Tries every objective that is still open with better multipliers; true when none is left. */
bool attempt_multipliers(worker *w, const mirror *m);
/* Tries every objective that is still open by linear programs, and exactly where no relevant neuron is
 * unstable; true when none is left. status: of the last program. */
bool attempt_programs(worker *w, const mirror *m, size_t unstable, relaxation_status *status);
/* Of a formula: tries every objective that is open in exact arithmetic, where the bound is above the claim by
 * no more than the errors of fixed point may amount to; with the multipliers of a linear program if there are
 * unstable neurons, but not many. */
bool attempt_exactly(worker *w, const mirror *m, bool by_program);

#endif
