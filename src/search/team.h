/* The threads of a search, and its rounds. Each round proves a target by branch and bound, depth first, in
 * all threads; the target of the last one is the claim itself. A search that is likely to be short starts
 * with that round at once. Otherwise targets come down step by step, so that the bracket is narrow when a
 * limit ends the search. Untrusted. */
#ifndef SUPCERT_SEARCH_TEAM_H
#define SUPCERT_SEARCH_TEAM_H

#include "search/worker.h"

typedef struct team {
    search s;
    worker *worker; /* room for `threads`; [0] is there from the beginning, the others from the first round
                       that needs them */
    size_t threads, hired;
    bool wanted;     /* text for a certificate is kept */
    stopwatch watch; /* of the thread that leads, where it is not one of the workers */
} team;

/* Makes sure that there are `count` workers. */
void team_hire(team *t, size_t count);

/* Looks for good points all over the box, in all threads where that is much work. The first worker is there.
 */
void team_ascend(team *t);

/* Runs rounds until the claim is proved or a limit ends the search. The first worker is there. */
void team_run(team *t);

#endif
