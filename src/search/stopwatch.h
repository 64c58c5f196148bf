/* Where a thread's time goes: processor time by phase of the search. */
#ifndef SUPCERT_SEARCH_STOPWATCH_H
#define SUPCERT_SEARCH_STOPWATCH_H

#include "search/maximise.h"

typedef struct stopwatch {
    search_phase phase; /* at hand */
    double since;       /* when it began, in the thread's processor time */
    double spent[SEARCH_PHASES];
} stopwatch;

/* Begins in a phase; to be called in the thread that is timed, again when another one takes over. */
void stopwatch_start(stopwatch *w, search_phase phase);
/* Goes on to another phase; returns the one before. */
search_phase stopwatch_enter(stopwatch *w, search_phase phase);
/* Ends the phase at hand. */
void stopwatch_stop(stopwatch *w);
/* Adds what has been spent by phase; any thread may ask, also while the timed one, abandoned, goes on. */
void stopwatch_add(double *spent, const stopwatch *w);

#endif
