/* One linear region (or a union of them on which an objective is affine), exactly: the maximum of an
 * objective subject to sign constraints of some neurons, as a rational vertex with rational duals. */
#ifndef SUPCERT_SEARCH_REGION_H
#define SUPCERT_SEARCH_REGION_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"

/* z_neuron >= 0 (sign +1) or <= 0 (sign -1). */
typedef struct sign_fact {
    size_t neuron;
    int sign;
} sign_fact;

/* The affine piece of a row where exactly the neurons with active[n] pass (y = z): row = gradient · x +
 * constant, in real units. */
void region_affine(mpq_t *gradient, mpq_t constant, const pair_system *system, const bool *active,
                   const system_row *row);

typedef struct region_result {
    bool infeasible;
    mpq_t *point;            /* inputs: the maximiser, where feasible */
    mpq_t value;             /* maximum of the objective's affine piece over the region, where feasible */
    multiplier *multipliers; /* that prove it; for an infeasible region, that prove `claim` */
    size_t multiplier_count;
} region_result;

/* Maximises the objective over the box and the facts. claim: what an infeasible region's multipliers shall
 * prove. */
void region_solve(region_result *result, const pair_system *system, const bool *active, const objective *o,
                  const sign_fact *facts, size_t fact_count, mpq_t *lower, mpq_t *upper, const mpq_t claim);
void region_result_clear(region_result *result, size_t inputs);

#endif
