/* A frame in doubles, for everything that searches: bounds, multipliers, branching. All values are normalised
 * as in the frame (1 = 2^bits units). Nothing here is trusted. */
#ifndef SUPCERT_SEARCH_MIRROR_H
#define SUPCERT_SEARCH_MIRROR_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"

typedef struct mirror {
    size_t serial;
    size_t inputs, count, outputs;
    size_t *begin, *end; /* rows that read each source */
    double **column;     /* weights from row begin on */
    double *bias;
    double **objective; /* by output: weights by source, then the bias */
    double *slack;      /* by output: added to bounds of either sign; 0 but for formulas, see form.h */
} mirror;

void mirror_init(mirror *m, const prover *p);
void mirror_clear(mirror *m);

/* The backward pass of one objective, with the kernel's default coefficients. */
typedef struct descent {
    double bound;     /* normalised */
    double *a;        /* coefficient of y of every row */
    double *c;        /* coefficient of z of every row */
    double *gradient; /* of the final functional in the inputs */
} descent;

void descent_init(descent *d, size_t inputs, size_t rows);
void descent_clear(descent *d);
void mirror_descend(descent *d, const mirror *m, const prover *p, const objective *o);

/* The rows at place *k of the frame's order, for walks from its end: one, or two partners, of which *k then
 * is the first one's place. Returns how many; the second is SYSTEM_NO_NEURON where there is none. */
size_t mirror_take_rows(size_t rows[2], const frame *fr, size_t *k);

/* The kernel's default coefficients c of z for given coefficients a of y, of a row, and of its partner's row
 * or SYSTEM_NO_NEURON. */
void mirror_default(const prover *p, size_t row, size_t partner, const double *a, double *c);

/* Bounds of a row's pre-activation and of an input in the node, normalised. */
double mirror_lower(const prover *p, size_t row);
double mirror_upper(const prover *p, size_t row);
double mirror_input_lower(const prover *p, size_t input);
double mirror_input_upper(const prover *p, size_t input);
bool mirror_is_unstable(const prover *p, size_t row);
/* Whether the row's value is its pre-activation: a linear row, or a ReLU that is never negative. */
bool mirror_is_active(const prover *p, size_t row);

/* Marks the rows that the unproved objectives depend on, directly or through other rows, and the facts with
 * what they depend on. */
void mirror_relevant(bool *relevant, const mirror *m, const prover *p);

#endif
