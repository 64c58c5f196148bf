/* Memory: see memory.h. The reserve is a block that nobody uses. It is small against what a search takes, and
 * large against what it takes to bring one to an end and to print an answer. */
#include "base/memory.h"

#include <setjmp.h>
#include <gmp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define RESERVE ((size_t)8 << 20)

static _Atomic(void *) reserve;
static atomic_bool short_of_memory;
/* Where the thread's innermost attempt is left to, and why the last one was. */
static _Thread_local jmp_buf *refuge;
static _Thread_local const char *last_reason;

/* --- running out ---------------------------------------------------------------------------------------- */

/* Nothing here allocates. What stands in the buffer of standard output is no whole answer. Of several threads
 * the first one speaks, and the others wait for the end. */
static _Noreturn void end_program(const char *reason)
{
    static atomic_flag ending = ATOMIC_FLAG_INIT;
    char text[256];
    while (atomic_flag_test_and_set(&ending))
        pause();
    size_t length = (size_t)snprintf(text, sizeof text, "supcert: %s\n", reason);
    file_output_remove_all();
    if (write(STDERR_FILENO, text, length < sizeof text ? length : sizeof text - 1) < 0)
        _exit(2);
    _exit(2);
}

void mem_abandon(const char *reason)
{
    if (refuge == NULL)
        end_program(reason);
    last_reason = reason;
    longjmp(*refuge, 1);
}

void mem_exhausted(size_t count, size_t size)
{
    static _Thread_local char line[160];
    snprintf(line, sizeof line,
             "out of memory for %zu elements of %zu bytes (use a smaller problem or a larger machine)", count,
             size);
    mem_abandon(line);
}

const char *mem_attempt(void (*work)(void *context), void *context)
{
    jmp_buf here, *outer = refuge; /* neither changes after setjmp */
    if (setjmp(here) != 0) {
        refuge = outer;
        return last_reason;
    }
    refuge = &here;
    work(context);
    refuge = outer;
    return NULL;
}

bool mem_is_attempting(void)
{
    return refuge != NULL;
}

static void give_up_reserve(void)
{
    free(atomic_exchange(&reserve, NULL));
    atomic_store(&short_of_memory, true);
}

bool mem_is_short(void)
{
    return atomic_load(&short_of_memory);
}

/* --- blocks --------------------------------------------------------------------------------------------- */

static void *resized(void *old, size_t bytes)
{
    void *result = realloc(old, bytes);
    if (result != NULL)
        return result;
    give_up_reserve();
    return realloc(old, bytes);
}

size_t mem_product(size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b)
        mem_exhausted(a, b);
    return a * b;
}

size_t mem_sum(size_t a, size_t b)
{
    if (a > SIZE_MAX - b)
        mem_exhausted(a, 1);
    return a + b;
}

void *mem_alloc(size_t count, size_t size)
{
    size_t elements = count == 0 ? 1 : count, bytes = size == 0 ? 1 : size;
    void *result = calloc(elements, bytes);
    if (result == NULL) {
        give_up_reserve();
        result = calloc(elements, bytes);
    }
    if (result == NULL)
        mem_exhausted(count, size);
    return result;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t bytes = mem_product(count, size);
    void *result = resized(old, bytes == 0 ? 1 : bytes);
    if (result == NULL)
        mem_exhausted(count, size);
    return result;
}

void *mem_block(size_t size)
{
    return mem_resize(NULL, size, 1);
}

void *mem_grow(void *old, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return old;
    size_t doubled = *capacity > SIZE_MAX / 2 ? needed : *capacity * 2;
    size_t wanted = doubled < needed ? needed : doubled;
    if (wanted < 8)
        wanted = 8;
    void *result = mem_resize(old, wanted, size);
    *capacity = wanted; /* not before: the caller keeps the old block where memory runs out */
    return result;
}

/* --- strings -------------------------------------------------------------------------------------------- */

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

static ssize_t text_write(void *cookie, const char *bytes, size_t size)
{
    mem_text *t = cookie;
    t->bytes = mem_grow(t->bytes, &t->capacity, mem_sum(mem_sum(t->length, size), 1), 1);
    memcpy(t->bytes + t->length, bytes, size);
    t->length += size;
    return (ssize_t)size;
}

FILE *mem_text_begin(mem_text *t)
{
    static const cookie_io_functions_t functions = {.write = text_write};
    *t = (mem_text){.length = 0};
    t->stream = fopencookie(t, "w", functions);
    if (t->stream == NULL) {
        give_up_reserve();
        t->stream = fopencookie(t, "w", functions);
    }
    if (t->stream == NULL)
        mem_exhausted(1, BUFSIZ);
    return t->stream;
}

/* Everything has been written, or fclose has not returned; an empty text has no block yet. */
char *mem_text_end(mem_text *t)
{
    fclose(t->stream);
    t->stream = NULL;
    t->bytes = mem_grow(t->bytes, &t->capacity, mem_sum(t->length, 1), 1);
    t->bytes[t->length] = '\0';
    return t->bytes;
}

/* --- GMP ------------------------------------------------------------------------------------------------ */

static void *gmp_resize(void *old, size_t old_size, size_t size)
{
    (void)old_size;
    return mem_resize(old, size, 1);
}

static void gmp_free(void *block, size_t size)
{
    (void)size;
    free(block);
}

/* GMP's own functions are malloc, realloc and free with an abort behind them, so that blocks made before can
 * be released after. Those of somebody else are left alone. */
static void take_gmp(void)
{
    extern void *__gmp_default_allocate(size_t);
    void *(*allocate)(size_t);
    mp_get_memory_functions(&allocate, NULL, NULL);
    if (allocate == __gmp_default_allocate)
        mp_set_memory_functions(mem_block, gmp_resize, gmp_free);
}

void mem_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, take_gmp);
    void *none = NULL, *block = atomic_load(&reserve) == NULL ? malloc(RESERVE) : NULL;
    if (block == NULL)
        return;
    if (atomic_compare_exchange_strong(&reserve, &none, block))
        atomic_store(&short_of_memory, false);
    else
        free(block);
}
