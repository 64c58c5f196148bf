/* Memory: see memory.h. GMP is not told to use these: it aborts by itself when memory runs out. */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(
        stderr,
        "supcert: out of memory for %zu elements of %zu bytes (use a smaller problem or a larger machine)\n",
        count, size);
    exit(2);
}

size_t mem_product(size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b)
        out_of_memory(a, b);
    return a * b;
}

size_t mem_sum(size_t a, size_t b)
{
    if (a > SIZE_MAX - b)
        out_of_memory(a, 1);
    return a + b;
}

void *mem_alloc(size_t count, size_t size)
{
    void *result = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (result == NULL)
        out_of_memory(count, size);
    return result;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t bytes = mem_product(count, size);
    void *result = realloc(old, bytes == 0 ? 1 : bytes);
    if (result == NULL)
        out_of_memory(count, size);
    return result;
}

void *mem_grow(void *old, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return old;
    size_t doubled = *capacity > SIZE_MAX / 2 ? needed : *capacity * 2;
    *capacity = doubled < needed ? needed : doubled;
    if (*capacity < 8)
        *capacity = 8;
    return mem_resize(old, *capacity, size);
}

char *mem_copy_string(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(mem_alloc(bytes, 1), text, bytes);
}

char *mem_vprintf(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    size_t bytes = length < 0 ? 1 : (size_t)length + 1;
    char *text = mem_alloc(bytes, 1);
    vsnprintf(text, bytes, format, again);
    va_end(again);
    return text;
}

char *mem_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = mem_vprintf(format, arguments);
    va_end(arguments);
    return text;
}
