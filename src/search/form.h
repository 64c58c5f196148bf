/* Formulas in a node of the search: the objectives of a mirror with the formula's linear form on the node's
 * box taken off, and what splitting an input would gain. Untrusted. */
#ifndef SUPCERT_SEARCH_FORM_H
#define SUPCERT_SEARCH_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "search/mirror.h"
#include "target/formula.h"

/* Makes the mirror's objectives that are not proved those of f − (the form of u on the node's box), with the
 * form's error as their slack. False if an output is not shown to be defined on the box; *output tells
 * which. */
bool form_take(mirror *m, const prover *p, size_t *output);

/* share[i]: the part of the form's error, normalised, that is due to input i, for an output that form_take
 * has seen last. */
void form_shares(double *share, const mirror *m, const formula *f, size_t output);

/* Which inputs the formula reads. */
void form_inputs(bool *reads, const expression *u);

#endif
