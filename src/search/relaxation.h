/* The linear program of a node: an objective over the inputs and the frame's neurons with the triangle
 * relaxation of unstable neurons and the facts, solved by GLPK. Its duals become multipliers; what they are
 * worth is for the kernel to say. */
#ifndef SUPCERT_SEARCH_RELAXATION_H
#define SUPCERT_SEARCH_RELAXATION_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"
#include "search/mirror.h"

typedef enum relaxation_status { RELAXATION_SOLVED, RELAXATION_EMPTY, RELAXATION_FAILED } relaxation_status;

typedef struct relaxation {
    double bound;  /* normalised optimum */
    double *point; /* inputs, normalised */
    double *y;     /* of every row; 0 where not relevant */
    double *c;     /* coefficient of z of every row, from the duals */
} relaxation;

void relaxation_init(relaxation *x, size_t inputs, size_t rows);
void relaxation_clear(relaxation *x);

/* Solves the node's relaxation over the rows marked relevant. Also after RELAXATION_EMPTY the coefficients c
 * are filled in: they push the bound down as far as a bounded price allows. */
relaxation_status relaxation_solve(relaxation *x, const prover *p, const mirror *m, const bool *relevant,
                                   const objective *o);

#endif
