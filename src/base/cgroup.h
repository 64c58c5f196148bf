/* What the control groups of this process (versions 1 and 2) leave to it. A limit of a group holds for all
 * below it, so that all groups from the process's own up to the root count. Where the hierarchy is not
 * mounted in the usual place nothing is known. No memory is allocated. */
#ifndef SUPCERT_BASE_CGROUP_H
#define SUPCERT_BASE_CGROUP_H

#include <stdint.h>

/* `root` stands before "/proc" and "/sys": "" but for tests. */

/* Bytes that may still be taken; UINT64_MAX: no limit is known. Pages of files that can be given back do not
 * count as taken. */
uint64_t cgroup_memory_left(const char *root);

/* How many processors the quotas amount to; HUGE_VAL: no limit is known. */
double cgroup_processors(const char *root);

/* Reads the beginning of a small file as text; 0, or -1 where that is not possible. */
int cgroup_read(char *text, int size, const char *path);

#endif
