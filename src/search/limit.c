/* Limits: see limit.h. */
#include "search/limit.h"

#include <time.h>

#include "base/flag.h"
#include "base/memory.h"
#include "base/room.h"

/* Nodes between two looks at the memory where the caller gives a limit, else seconds: the system is asked
 * for more then. */
#define MEMORY_STEP 16
#define MEMORY_LOOK 0.05

double limit_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

search_end limit_of_time(const search_options *o, double started)
{
    if (flag_is_set(o->stop))
        return SEARCH_SIGNAL;
    return o->time_limit > 0 && limit_now() - started > o->time_limit ? SEARCH_TIME : SEARCH_DONE;
}

static bool is_beyond_memory(search *s)
{
    const search_options *o = s->options;
    if (mem_is_short())
        return true;
    if (o->memory_limit > 0)
        return (s->nodes - s->earlier_nodes) % MEMORY_STEP == 1 && room_taken() >= o->memory_limit;
    double now = limit_now();
    if (now < s->memory_seen + MEMORY_LOOK)
        return false;
    s->memory_seen = now;
    return room_is_short();
}

void limit_check(search *s)
{
    const search_options *o = s->options;
    search_end end = limit_of_time(o, s->started);
    size_t nodes = s->nodes - s->earlier_nodes;
    if (end == SEARCH_DONE && o->node_limit > 0 && nodes >= o->node_limit)
        end = SEARCH_NODES;
    if (end == SEARCH_DONE && is_beyond_memory(s))
        end = SEARCH_MEMORY;
    if (end == SEARCH_DONE || s->stopping)
        return;
    s->stopping = true;
    s->ended_by = end;
}
