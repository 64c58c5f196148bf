/* Limits of time: see deadline.h. */
#include "fool/deadline.h"

#include <math.h>
#include <time.h>

#include "base/flag.h"
#include "base/memory.h"
#include "base/room.h"

/* Seconds between two looks at the memory. */
#define MEMORY_LOOK 0.05

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void deadline_init(deadline *d, double seconds, volatile int *stop)
{
    d->end = seconds > 0 ? now() + seconds : INFINITY;
    d->stop = stop;
    atomic_init(&d->over, false);
    atomic_init(&d->looked, now());
}

/* The system is asked now and then; an allocation that has failed is known at once. */
static bool is_short(deadline *d, double time)
{
    if (time < atomic_load(&d->looked) + MEMORY_LOOK)
        return mem_is_short();
    atomic_store(&d->looked, time);
    return room_is_short();
}

bool deadline_is_over(deadline *d)
{
    if (atomic_load(&d->over))
        return true;
    double time = now();
    if (!flag_is_set(d->stop) && time <= d->end && !is_short(d, time))
        return false;
    atomic_store(&d->over, true);
    return true;
}
