/* Limits of time: see deadline.h. */
#include "fool/deadline.h"

#include <math.h>
#include <time.h>

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
}

bool deadline_is_over(deadline *d)
{
    if (atomic_load(&d->over))
        return true;
    if ((d->stop == NULL || !*d->stop) && (isinf(d->end) || now() <= d->end))
        return false;
    atomic_store(&d->over, true);
    return true;
}
