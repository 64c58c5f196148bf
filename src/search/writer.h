/* Writes certificates (certs/FORMAT.md). A worker's lines go to temporary storage of its own while the search
 * runs; the claim, which stands before them, is known only at the end, and so is the tree. The writer only
 * formats: what it writes has just been accepted by the kernel. */
#ifndef SUPCERT_SEARCH_WRITER_H
#define SUPCERT_SEARCH_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "kernel/prover.h"
#include "search/maximise.h"
#include "search/tree.h"

typedef struct writer {
    const pair_system *system; /* borrowed */
    unsigned index;            /* of the worker */
    FILE *store;         /* NULL: no certificate is wanted, and only the steps of split nodes are kept */
    long end;            /* of the store */
    atomic_int *failure; /* all writers': why text has been lost, as errno has it; 0: none has. No text is
                            kept then, and there will be no certificate; the search needs none of it */
    bool emptied;        /* the store, after that */
    tree_step *step;     /* of the node at hand */
    size_t steps, capacity;
} writer;

void writer_open(writer *w, const pair_system *system, unsigned index, bool wanted, atomic_int *failure);
void writer_close(writer *w);

/* Starts a node. */
void writer_begin(writer *w);

/* Steps of the node; bound: the least claim, in real units, for which an objective's line holds, TREE_CLOSED
 * where it is no more than the claim that the search is after. */
void writer_bound_all(writer *w, bool with_pairs);
void writer_bound_forward(writer *w, bool with_pairs);
void writer_bound_deep(writer *w);
void writer_bound_exact(writer *w, size_t neuron);
void writer_reduce(writer *w);
void writer_objective(writer *w, bool exact, const objective *o, size_t count, const multiplier *list,
                      double bound);
void writer_repeat(writer *w, const tree_step *step);

/* Ends the node with a split, at `value` where it is an input: stores its text. The steps are then w->step.
 */
tree_text writer_split(writer *w, const tree_split *split, mpq_srcptr value);
/* Ends the node as a leaf. */
tree_text writer_leaf(writer *w);

/* Says in *e that text has been lost, for a `failure` that is not 0; returns false. */
bool writer_complain(int failure, error *e);

/* Writes the lines before the tree; all of the certificate, if the result is unbounded. */
void writer_claim(FILE *out, const query *q, const search_result *result);
/* Copies a piece of the writer's store to `out`; false where it cannot be read back. From any thread, if the
 * piece belongs to a node of the tree that has been seen under the search's lock. */
bool writer_copy(FILE *out, writer *from, const tree_text *text);

/* The lines that say what the search is about: networks, outputs, box. */
void writer_question(FILE *out, const query *q);

/* Writes the claim and the tree to `out`. A split node becomes a leaf where a child has not been visited: its
 * own bound is then as good. `p` is any worker's kernel. Sets result->leaves. False if the stores cannot be
 * read back. */
bool writer_finish(writer *const *store, FILE *out, const query *q, search_result *result,
                   const tree_node *root, const prover *p, error *e);
/* Writes the claim, and a proof that result->upper is at least what crude_bound gives. */
void writer_finish_crude(FILE *out, const query *q, search_result *result);

#endif
