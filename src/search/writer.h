/* Writes certificates (certs/FORMAT.md). The steps go to temporary storage while the search runs; the claim,
 * which stands before them, is known only at the end. The writer only formats: what it writes has just been
 * accepted by the kernel. */
#ifndef SUPCERT_SEARCH_WRITER_H
#define SUPCERT_SEARCH_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "proof/prover.h"
#include "search/maximise.h"

typedef struct writer {
    FILE *body; /* NULL: nothing is written */
    const pair_system *system;
} writer;

bool writer_open(writer *w, const pair_system *system, bool wanted, error *e);
void writer_close(writer *w);

void writer_split_input(writer *w, size_t input, const mpq_t value, bool upper_first);
void writer_split_neuron(writer *w, size_t neuron, bool upper_first);
void writer_bound_all(writer *w, bool with_pairs);
void writer_bound_exact(writer *w, size_t neuron);
void writer_reduce(writer *w);
void writer_objective(writer *w, bool exact, const objective *o, size_t count, const multiplier *list);
void writer_leaf(writer *w);

/* Writes the claim and the steps to `out`; false if the steps cannot be read back. */
bool writer_finish(writer *w, FILE *out, const query *q, const search_result *result, error *e);

#endif
