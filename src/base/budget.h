/* A bound on the memory that reading one file may take, so that a small hostile file cannot ask for the whole
 * machine: a generous constant plus a multiple of the file's size, counted in machine words. Crossing it is
 * remembered; the reader then finishes the step at hand with cheap values and reports. */
#ifndef SUPCERT_BASE_BUDGET_H
#define SUPCERT_BASE_BUDGET_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUDGET_WORDS          ((size_t)1 << 26) /* whatever the size of the file */
#define BUDGET_WORDS_PER_BYTE 64
#define BUDGET_NUMBER_WORDS   ((size_t)1 << 20) /* the longest single number */

typedef struct budget {
    size_t used, limit; /* machine words */
    bool exceeded;
} budget;

/* For a file of so many bytes, `least` words at least. */
static inline budget budget_of(size_t least, size_t bytes)
{
    size_t most = (SIZE_MAX - least) / BUDGET_WORDS_PER_BYTE;
    return (budget){0, least + BUDGET_WORDS_PER_BYTE * (bytes < most ? bytes : most), false};
}

static inline budget budget_for_file(size_t bytes)
{
    return budget_of(BUDGET_WORDS, bytes);
}

/* Takes `words` if they are left; false, and exceeded for good, if not. */
static inline bool budget_take(budget *b, size_t words)
{
    if (b->exceeded || words > b->limit - b->used) {
        b->exceeded = true;
        return false;
    }
    b->used += words;
    return true;
}

/* Takes a × b words, whose product may overflow. */
static inline bool budget_take_product(budget *left, size_t a, size_t b)
{
    if (a != 0 && b > SIZE_MAX / a) {
        left->exceeded = true;
        return false;
    }
    return budget_take(left, a * b);
}

static inline void budget_give_back(budget *b, size_t words)
{
    b->used -= words;
}

/* Words that a rational's digits fill. */
static inline size_t budget_words(mpq_srcptr number)
{
    return mpz_size(mpq_numref(number)) + mpz_size(mpq_denref(number));
}

#endif
