/* The pair system in doubles and real units: evaluation, gradients and the affine pieces of linear regions.
 * Untrusted. */
#ifndef SUPCERT_SEARCH_NUMERIC_H
#define SUPCERT_SEARCH_NUMERIC_H

#include <stddef.h>

#include "system/system.h"
#include "kernel/prover.h"

typedef struct numeric {
    size_t inputs, neurons, outputs;
    const pair_system *system; /* borrowed */
    size_t *start;  /* terms of row n are start[n] … start[n+1]-1; rows are neurons, then objectives */
    size_t *source; /* as in system_row */
    double *weight, *bias;
} numeric;

void numeric_init(numeric *num, const pair_system *system);
void numeric_clear(numeric *num);

/* z[n]: pre-activations, value[j]: f_j - g_j at x. */
void numeric_eval(const numeric *num, const double *x, double *z, double *value);

/* The affine piece on which neuron n is active where active[n]: rows of `jacobian` (inputs wide) for neurons
 * then objectives. */
void numeric_jacobian(const numeric *num, const bool *active, double *jacobian);

#endif
