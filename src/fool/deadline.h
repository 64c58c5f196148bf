/* The end of a search that may be ended early: by a time, by a flag that a signal sets, or where memory gets
 * short. */
#ifndef SUPCERT_FOOL_DEADLINE_H
#define SUPCERT_FOOL_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct deadline {
    double end;         /* by the monotonic clock; infinite without a limit */
    volatile int *stop; /* may be NULL */
    atomic_bool over;
    _Atomic double looked; /* when memory was looked at last */
} deadline;

/* From now on; seconds 0: no limit. */
void deadline_init(deadline *d, double seconds, volatile int *stop);
/* Any thread may ask; once true, it stays true. */
bool deadline_is_over(deadline *d);

#endif
