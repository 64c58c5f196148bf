/* Walking the search tree, depth first, in one of several threads: which node is next, what is given to idle
 * workers, and when a round is over. Untrusted. */
#ifndef SUPCERT_SEARCH_WALK_H
#define SUPCERT_SEARCH_WALK_H

#include "search/worker.h"

/* Works until the round is done: everything is proved to the search's target, or a limit has been reached. */
void walk_round(worker *w);

/* Takes the kernel from a split node, where it is, to the child. */
void walk_enter(prover *p, const tree_node *child);

#endif
