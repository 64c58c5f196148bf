/* Processors: see processors.h. */
#include "base/processors.h"

#include <sched.h>
#include <unistd.h>

#include "base/cgroup.h"

/* Room for more processors than Linux knows. */
#define SETS 16

static unsigned by_affinity(void)
{
    cpu_set_t set[SETS];
    if (sched_getaffinity(0, sizeof set, set) == 0)
        return (unsigned)CPU_COUNT_S(sizeof set, set);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (unsigned)count;
}

unsigned processors_usable(void)
{
    unsigned count = by_affinity();
    double quota = cgroup_processors("");
    if (quota < count)
        count = (unsigned)quota + ((double)(unsigned)quota < quota);
    return count < 1 ? 1 : count;
}
