/* Better multipliers for an objective in a node: the bound of a backward pass is a convex function of the
 * coefficients c of the pre-activations, and is brought down by subgradient steps, in doubles. Untrusted:
 * what it finds is a list of multipliers, which the kernel tries. */
#ifndef SUPCERT_SEARCH_DUAL_H
#define SUPCERT_SEARCH_DUAL_H

#include "search/mirror.h"

typedef struct dual {
    double *variable, *best; /* of every row: those at hand, and those of the least bound */
    double *a, *c;           /* coefficients of y and z */
    double *at;              /* z at which the gap of the row's inequality is attained */
    double *z;               /* z at the inputs that maximise what remains */
    double *input;           /* these inputs */
    double bound, least;     /* of the variables and of the best ones, normalised */
} dual;

void dual_init(dual *d, size_t inputs, size_t rows);
void dual_clear(dual *d);

/* Looks for coefficients with which the bound of the objective is at most `claim`, normalised, in at most
 * `steps` steps; d->best and d->least are the best found. Whether it is at most the claim. */
bool dual_improve(dual *d, const mirror *m, const prover *p, const objective *o, double claim, size_t steps);

/* Takes given coefficients of the pre-activations, of every row, for the best ones. */
void dual_take(dual *d, const mirror *m, const prover *p, const objective *o, const double *c);

/* The multipliers that make the kernel's coefficients those of d->best, shortened: fills list, whose values
 * are initialised and which has room for every row, and returns how many there are. loss: by how much the
 * bound, normalised, may grow for the sake of shortness, about; with 0 they have up to 24 binary digits. */
size_t dual_multipliers(multiplier *list, dual *d, const mirror *m, const prover *p, const objective *o,
                        double loss);

#endif
