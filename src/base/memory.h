/* Memory: allocation that never returns NULL (out of memory names the size and ends the program with status
 * 2), with the product of count and size checked for overflow. Everything is released by free(). */
#ifndef SUPCERT_BASE_MEMORY_H
#define SUPCERT_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* `count` elements of `size` bytes, zeroed; count may be 0 (a unique pointer is returned). */
void *mem_alloc(size_t count, size_t size);

/* Resizes to `count` elements of `size` bytes; new bytes are not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);

/* Grows a vector so that it can hold `needed` elements: *capacity at least doubles when it changes. */
void *mem_grow(void *old, size_t *capacity, size_t needed, size_t size);

char *mem_copy_string(const char *text);
char *mem_vprintf(const char *format, va_list arguments);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Product and sum of sizes; overflow ends the program like running out of memory. */
size_t mem_product(size_t a, size_t b);
size_t mem_sum(size_t a, size_t b);

#endif
