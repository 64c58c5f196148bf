/* Limits: see limit.h. */
#include "search/limit.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Nodes between two looks at the memory. */
#define MEMORY_STEP 16

double limit_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Bytes of the process that are in memory; where the system does not tell, the most there have been. */
static size_t resident(void)
{
    size_t whole, pages = 0;
    FILE *about = fopen("/proc/self/statm", "r");
    bool known = about != NULL && fscanf(about, "%zu %zu", &whole, &pages) == 2;
    if (about != NULL)
        fclose(about);
    if (known)
        return pages * (size_t)sysconf(_SC_PAGESIZE);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * 1024;
}

search_end limit_of_time(const search_options *o, double started)
{
    if (o->stop != NULL && *o->stop)
        return SEARCH_SIGNAL;
    return o->time_limit > 0 && limit_now() - started > o->time_limit ? SEARCH_TIME : SEARCH_DONE;
}

void limit_check(search *s)
{
    const search_options *o = s->options;
    search_end end = limit_of_time(o, s->started);
    size_t nodes = s->nodes - s->earlier_nodes;
    if (end == SEARCH_DONE && o->node_limit > 0 && nodes >= o->node_limit)
        end = SEARCH_NODES;
    if (end == SEARCH_DONE && o->memory_limit > 0 && nodes % MEMORY_STEP == 1 &&
        resident() >= o->memory_limit)
        end = SEARCH_MEMORY;
    if (end == SEARCH_DONE || s->stopping)
        return;
    s->stopping = true;
    s->ended_by = end;
}
