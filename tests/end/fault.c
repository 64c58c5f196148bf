/* Allocations that fail, put before a program by LD_PRELOAD. The environment says which:
 *
 *     FAULT_NAME=P     only the program P is disturbed, not what starts it
 *     FAULT_AT=N       its N-th allocation fails; with FAULT_ALL=1 so do all after it
 *     FAULT_COUNT=F    at its end the number of allocations is written to the file F */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static atomic_ulong count;
static unsigned long bad;
static bool all, active;

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoul(text, NULL, 10);
}

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("FAULT_NAME");
    bad = number_of("FAULT_AT");
    all = number_of("FAULT_ALL") != 0;
    active = name != NULL && strcmp(name, program_invocation_short_name) == 0;
}

static bool fails(void)
{
    if (!active)
        return false;
    unsigned long k = atomic_fetch_add(&count, 1) + 1;
    if (bad == 0 || k < bad || (k > bad && !all))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t elements, size_t size)
{
    return fails() ? NULL : __libc_calloc(elements, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

__attribute__((destructor)) static void end(void)
{
    const char *name = getenv("FAULT_COUNT");
    if (name == NULL || !active)
        return;
    active = false;
    FILE *out = fopen(name, "w");
    if (out == NULL)
        return;
    fprintf(out, "%lu\n", atomic_load(&count));
    fclose(out);
}
