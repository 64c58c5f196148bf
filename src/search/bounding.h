/* Bounding a node: which of the kernel's ways are worth their cost. A walk forward through all weights costs
 * far less than a pass backward for every unstable neuron where these are many, and is not as good. The steps
 * are noted in w->out. Untrusted. */
#ifndef SUPCERT_SEARCH_BOUNDING_H
#define SUPCERT_SEARCH_BOUNDING_H

#include "search/tree.h"
#include "search/worker.h"

/* Whether passes backward for all unstable rows cost several times as much as forward bounds. */
bool bounding_is_dear(const prover *p);

/* The kernel is at the node, which has not been bounded. Stable neurons are left out when they have become
 * many. */
void bounding_node(worker *w, const tree_node *node);

#endif
