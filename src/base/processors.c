/* Processors: see processors.h. */
#include "base/processors.h"

#include <unistd.h>

unsigned processors_online(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (unsigned)count;
}
