/* Choices of what to split. Untrusted: a bad choice costs time. */
#ifndef SUPCERT_SEARCH_BRANCH_H
#define SUPCERT_SEARCH_BRANCH_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"
#include "search/mirror.h"
#include "search/relaxation.h"
#include "search/tree.h"

/* What a choice looks at: the node in the kernel and in doubles, its relevant rows, the backward pass of the
 * objective that is to be proved, and the node's linear program where one has been solved. */
typedef struct branch_view {
    const prover *p;
    const mirror *m;
    const bool *relevant;
    const descent *down;
    const relaxation *lp;
    const double *share; /* by input: what else the bound loses by its width, normalised; NULL: nothing */
    mpq_t *best;         /* the best point so far; NULL: none */
} branch_view;

/* Rows of the current frame whose sign to split, or SYSTEM_NO_NEURON where no relevant row is unstable: by
 * the solution of the node's linear program, or by the cost of the chords. */
size_t branch_choose_row_by_solution(const branch_view *v);
size_t branch_choose_row_by_chord(const branch_view *v);

void branch_split_row(tree_split *split, const branch_view *v, size_t row);
/* Chooses the input and where to split it; false where all are too narrow. */
bool branch_split_input(tree_split *split, const branch_view *v);
/* The same for the widest of the inputs that are marked. */
bool branch_split_widest(tree_split *split, const prover *p, const bool *marked);
/* Σ of what the chords of the relevant unstable rows cost the objective at most. */
double branch_chord_loss(const branch_view *v);

#endif
