/* Witnesses of the pair that a command compares. */
#ifndef SUPCERT_CLI_WITNESS_PAIR_H
#define SUPCERT_CLI_WITNESS_PAIR_H

#include "cli/pair.h"
#include "cli/witness.h"

/* witness_init for the pair at the point x, in the box lower … upper (both NULL: no box). False, with nothing
 * to clear, if the pair's formula is not shown to be defined at x. */
bool witness_of_pair(witness *w, const model_pair *p, mpq_t *x, mpq_t *lower, mpq_t *upper, error *e);

#endif
