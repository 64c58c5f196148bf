/* Visiting a node: bounds, then a leaf or a split. A node is bounded with the kernel's default multipliers
 * first; a node with few unstable neurons gets a linear program whose duals are its multipliers; a node
 * without unstable neurons is solved exactly. What is left is split: at an input while many neurons are
 * unstable, at a neuron's sign when few are. Untrusted. */
#ifndef SUPCERT_SEARCH_VISIT_H
#define SUPCERT_SEARCH_VISIT_H

#include <stdbool.h>

#include "search/worker.h"

typedef struct visit {
    bool is_split, is_stuck;
    tree_split split;
    double bound; /* of the node */
    tree_text text;
} visit;

/* The kernel is at the node. A node that has been split is only made ready again. The steps of the node are
 * in w->out. */
void visit_node(worker *w, const tree_node *node, visit *v);

/* Does the steps of a split node again. An objective's step that does not hold for this round's claim does
 * nothing: whatever relies on it has as large a bound, and is visited again. */
void visit_replay(worker *w, const tree_node *node);

#endif
