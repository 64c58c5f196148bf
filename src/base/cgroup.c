/* Control groups: see cgroup.h. The line "0::PATH" of /proc/self/cgroup names the group of version 2, and
 * "N:CONTROLLERS:PATH" that of version 1, which is the one in force where it lists the controller. A
 * container may see its own group as the root, under a path that does not exist there: folders that are
 * missing are passed over. */
#include "base/cgroup.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_ROOM 1024
#define TEXT_ROOM 8192

int cgroup_read(char *text, int size, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), length = 0;
    if (fd < 0)
        return -1;
    for (ssize_t got = 1; got > 0 && length<size - 1; length += got> 0 ? (int)got : 0)
        got = read(fd, text + length, (size_t)(size - 1 - length));
    close(fd);
    text[length] = '\0';
    return 0;
}

/* A group on the way up. */
typedef struct group {
    char path[PATH_ROOM];
    size_t top; /* the length of the root's path */
    bool second_version;
} group;

/* Whether the comma-separated list has the word. */
static bool lists(const char *list, size_t length, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; at + size <= list + length; at++) {
        bool begins = at == list || at[-1] == ',', ends = at + size == list + length || at[size] == ',';
        if (begins && ends && memcmp(at, word, size) == 0)
            return true;
    }
    return false;
}

/* The group of one line, if it is in charge of the controller; in version 1 the folder of the hierarchy is
 * named as the list. */
static bool take_line(group *g, const char *root, const char *line, const char *controller)
{
    const char *list = strchr(line, ':'), *path = list == NULL ? NULL : strchr(list + 1, ':');
    size_t end = strcspn(line, "\n");
    if (path == NULL || (size_t)(path - line) >= end)
        return false;
    list++;
    size_t length = (size_t)(path - list);
    bool second = length == 0;
    if (!second && !lists(list, length, controller))
        return false;
    int top = second ? snprintf(g->path, PATH_ROOM, "%s/sys/fs/cgroup", root)
                     : snprintf(g->path, PATH_ROOM, "%s/sys/fs/cgroup/%.*s", root, (int)length, list);
    if (!second && top < PATH_ROOM && access(g->path, F_OK) != 0)
        top = snprintf(g->path, PATH_ROOM, "%s/sys/fs/cgroup/%s", root, controller);
    size_t rest = end - (size_t)(path + 1 - line);
    if (top < 0 || (size_t)top + rest >= PATH_ROOM)
        return false;
    memcpy(g->path + top, path + 1, rest);
    g->path[(size_t)top + rest] = '\0';
    g->top = (size_t)top;
    g->second_version = second;
    return true;
}

static bool own_group(group *g, const char *root, const char *controller)
{
    char path[PATH_ROOM], text[TEXT_ROOM];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (cgroup_read(text, sizeof text, path) != 0)
        return false;
    bool found = false;
    group other;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
        if (take_line(&other, root, line, controller) && (!found || !other.second_version)) {
            *g = other;
            found = true;
        }
    return found;
}

/* Goes to the parent; false at the root. */
static bool go_up(group *g)
{
    size_t length = strlen(g->path);
    if (length <= g->top)
        return false;
    while (length > g->top && g->path[length] != '/')
        length--;
    g->path[length] = '\0';
    return true;
}

static bool read_file(char *text, int size, const group *g, const char *name)
{
    char path[PATH_ROOM + 64];
    snprintf(path, sizeof path, "%s/%s", g->path, name);
    return cgroup_read(text, size, path) == 0;
}

/* The number in a file; UINT64_MAX where there is none, as "max" or -1. */
static uint64_t number_in(const group *g, const char *name)
{
    char text[64];
    if (!read_file(text, sizeof text, g, name) || text[0] < '0' || text[0] > '9')
        return UINT64_MAX;
    return strtoull(text, NULL, 10);
}

/* The number behind a word of memory.stat; 0 where there is none. */
static uint64_t statistic(const group *g, const char *word)
{
    char text[TEXT_ROOM];
    size_t size = strlen(word);
    if (!read_file(text, sizeof text, g, "memory.stat"))
        return 0;
    for (const char *line = text; line != NULL; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, word, size) == 0 && line[size] == ' ')
            return strtoull(line + size, NULL, 10);
    return 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t memory_left_in(const group *g)
{
    bool second = g->second_version;
    uint64_t limit = second ? smaller(number_in(g, "memory.max"), number_in(g, "memory.high"))
                            : number_in(g, "memory.limit_in_bytes");
    uint64_t used = number_in(g, second ? "memory.current" : "memory.usage_in_bytes");
    if (limit == UINT64_MAX || used == UINT64_MAX)
        return UINT64_MAX;
    uint64_t files = statistic(g, second ? "inactive_file" : "total_inactive_file");
    used -= smaller(files, used);
    return limit > used ? limit - used : 0;
}

uint64_t cgroup_memory_left(const char *root)
{
    group g;
    uint64_t left = UINT64_MAX;
    if (!own_group(&g, root, "memory"))
        return left;
    do
        left = smaller(left, memory_left_in(&g));
    while (go_up(&g));
    return left;
}

static double processors_in(const group *g)
{
    char text[128], *end;
    if (g->second_version) {
        if (!read_file(text, sizeof text, g, "cpu.max"))
            return HUGE_VAL;
        double quota = strtod(text, &end), period = strtod(end, NULL);
        return end != text && period > 0 ? quota / period : HUGE_VAL; /* "max PERIOD": no number */
    }
    uint64_t quota = number_in(g, "cpu.cfs_quota_us"), period = number_in(g, "cpu.cfs_period_us");
    bool limited = quota != UINT64_MAX && period != UINT64_MAX && period > 0;
    return limited ? (double)quota / (double)period : HUGE_VAL;
}

double cgroup_processors(const char *root)
{
    group g;
    double least = HUGE_VAL;
    if (!own_group(&g, root, "cpu"))
        return least;
    do
        least = fmin(least, processors_in(&g));
    while (go_up(&g));
    return least;
}
