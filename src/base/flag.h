/* A flag that a signal or another thread sets, and that all threads of a search look at. Callers of the
 * library set it as a plain int; here it is read and set atomically, without order: nothing else is told by
 * it. */
#ifndef SUPCERT_BASE_FLAG_H
#define SUPCERT_BASE_FLAG_H

#include <stdbool.h>
#include <stddef.h>

/* flag may be NULL: never set. */
static inline bool flag_is_set(const volatile int *flag)
{
    return flag != NULL && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

static inline void flag_set(volatile int *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELAXED);
}

#endif
