/* The limits of a search: time, nodes, memory, signals. Untrusted. */
#ifndef SUPCERT_SEARCH_LIMIT_H
#define SUPCERT_SEARCH_LIMIT_H

#include <stdbool.h>

#include "search/worker.h"

/* Time in seconds, from anywhere. */
double limit_now(void);

/* Whether a signal or the time ends a search that began at `started`, or SEARCH_DONE. */
search_end limit_of_time(const search_options *o, double started);

/* Looks at all limits after a node; sets s->stopping and s->ended_by where one is reached. With the lock. */
void limit_check(search *s);

#endif
