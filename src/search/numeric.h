/* The pair system in doubles and real units: evaluation, gradients and the affine pieces of linear regions.
 * Untrusted. */
#ifndef SUPCERT_SEARCH_NUMERIC_H
#define SUPCERT_SEARCH_NUMERIC_H

#include <stddef.h>

#include "system/system.h"
#include "kernel/prover.h"

/* Successive sources that a row reads; zeros among the weights fill gaps. */
typedef struct numeric_run {
    size_t source, count; /* sources as in system_row */
    double *weight;
} numeric_run;

typedef struct numeric {
    size_t inputs, neurons, outputs;
    const pair_system *system; /* borrowed */
    size_t *start; /* runs of row n are start[n] … start[n+1]-1; rows are neurons, then objectives */
    numeric_run *run;
    double *weight; /* of all runs */
    double *bias;
    size_t terms; /* weights that are not zero */
} numeric;

void numeric_init(numeric *num, const pair_system *system);
void numeric_clear(numeric *num);

/* y: values of inputs and neurons, z[n]: pre-activations, value[j]: f_j - g_j at x. */
void numeric_eval(const numeric *num, const double *x, double *y, double *z, double *value);

/* The affine piece on which neuron n is active where active[n]: rows of `jacobian` (inputs wide) for neurons
 * then objectives. */
void numeric_jacobian(const numeric *num, const bool *active, double *jacobian);

#endif
