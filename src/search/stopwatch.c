/* Time by phase: see stopwatch.h. */
#include "search/stopwatch.h"

#include <time.h>

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void stopwatch_start(stopwatch *w, search_phase phase)
{
    w->phase = phase;
    w->since = thread_seconds();
}

search_phase stopwatch_enter(stopwatch *w, search_phase phase)
{
    search_phase before = w->phase;
    double now = thread_seconds();
    double spent = w->spent[before] + now - w->since;
    __atomic_store(&w->spent[before], &spent, __ATOMIC_RELAXED);
    w->since = now;
    w->phase = phase;
    return before;
}

void stopwatch_stop(stopwatch *w)
{
    stopwatch_enter(w, w->phase);
}

void stopwatch_add(double *spent, const stopwatch *w)
{
    for (size_t k = 0; k < SEARCH_PHASES; k++) {
        double part;
        __atomic_load(&w->spent[k], &part, __ATOMIC_RELAXED);
        spent[k] += part;
    }
}

const char *search_phase_name(search_phase phase)
{
    static const char *const name[SEARCH_PHASES] = {"root",     "ascent", "resume", "bounds", "objectives",
                                                    "programs", "exact",  "splits", "walk",   "writing"};
    return name[phase];
}
