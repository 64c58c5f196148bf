/* Memory: allocation that never returns NULL, with the product of count and size checked for overflow.
 * Everything is released by free().
 *
 * Where memory runs out, a reserve that was set aside before is given up, and the allocation is tried again;
 * mem_is_short then tells whoever can end early to do so. Where that does not help, control returns to the
 * mem_attempt of the thread; outside of one the program ends with one line and status 2, and leaves no
 * temporary file. */
#ifndef SUPCERT_BASE_MEMORY_H
#define SUPCERT_BASE_MEMORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* `count` elements of `size` bytes, zeroed; count may be 0 (a unique pointer is returned). */
void *mem_alloc(size_t count, size_t size);

/* Resizes to `count` elements of `size` bytes; new bytes are not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);

/* Grows a vector so that it can hold `needed` elements: *capacity at least doubles when it changes. */
void *mem_grow(void *old, size_t *capacity, size_t needed, size_t size);

char *mem_copy_string(const char *text);
char *mem_vprintf(const char *format, va_list arguments);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Product and sum of sizes; overflow counts as running out of memory. */
size_t mem_product(size_t a, size_t b);
size_t mem_sum(size_t a, size_t b);

/* A stream whose bytes become a string; unlike open_memstream's it loses none where memory runs out. The
 * structure stays where it is until mem_text_end, which closes the stream and returns the text, owned by the
 * caller and followed by a zero that `length` does not count. */
typedef struct mem_text {
    char *bytes;
    size_t length, capacity;
    FILE *stream;
} mem_text;

FILE *mem_text_begin(mem_text *t);
char *mem_text_end(mem_text *t);

/* For libraries that take an allocator: GMP (and with it MPFR and MPFI) allocates here from now on, unless
 * the program that this is linked into has given it functions of its own; the reserve is set aside, if there
 * is none. Any thread, any number of times. */
void mem_prepare(void);
/* One block that is not zeroed; like mem_alloc it never returns NULL. */
void *mem_block(size_t size);

/* Whether an allocation has failed since the reserve was set aside last. */
bool mem_is_short(void);

/* End what the thread is doing: see above. The reason is one line, and lives on. */
_Noreturn void mem_exhausted(size_t count, size_t size);
_Noreturn void mem_abandon(const char *reason);

/* Calls work(context). NULL, or the reason for which it was left in the middle: memory has run out, or
 * something is wrong with the program itself. What `work` had allocated until then is lost, and what it was
 * changing must not be used again. Attempts of one thread may be nested. */
const char *mem_attempt(void (*work)(void *context), void *context);
/* Whether the thread is in an attempt. */
bool mem_is_attempting(void);

#endif
