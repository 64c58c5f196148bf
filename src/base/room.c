/* Room for memory: see room.h. Nothing here allocates, as it is asked when there may be little left. */
#include "base/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/memory.h"

/* In pages, as /proc/self/statm has them. */
typedef struct pages {
    unsigned long whole, resident, data;
} pages;

static int read_pages(pages *p)
{
    char text[256];
    unsigned long shared, code, library;
    return cgroup_read(text, sizeof text, "/proc/self/statm") == 0 &&
           sscanf(text, "%lu %lu %lu %lu %lu %lu", &p->whole, &p->resident, &shared, &code, &library,
                  &p->data) == 6;
}

static uint64_t page_size(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t room_taken(void)
{
    pages p;
    if (read_pages(&p))
        return p.resident * page_size();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss * 1024;
}

static uint64_t on_machine(void)
{
    char text[4096];
    const char *line;
    if (cgroup_read(text, sizeof text, "/proc/meminfo") != 0 ||
        (line = strstr(text, "MemAvailable:")) == NULL)
        return UINT64_MAX;
    return strtoull(line + strlen("MemAvailable:"), NULL, 10) * 1024;
}

static uint64_t below_limit(__rlimit_resource_t which, uint64_t taken)
{
    struct rlimit limit;
    if (getrlimit(which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur > taken ? limit.rlim_cur - taken : 0;
}

static uint64_t below_limits(void)
{
    pages p;
    if (!read_pages(&p))
        return UINT64_MAX;
    uint64_t space = below_limit(RLIMIT_AS, p.whole * page_size()),
             data = below_limit(RLIMIT_DATA, p.data * page_size());
    return space < data ? space : data;
}

uint64_t room_for_memory(void)
{
    uint64_t left[] = {on_machine(), cgroup_memory_left(""), below_limits()}, least = UINT64_MAX;
    for (size_t k = 0; k < sizeof left / sizeof *left; k++)
        least = left[k] < least ? left[k] : least;
    return least;
}

/* The part of what is taken that must be left. */
#define SHARE 8

bool room_is_short(void)
{
    return mem_is_short() || room_for_memory() < room_taken() / SHARE;
}
