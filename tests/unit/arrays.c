#include "arrays.h"

#include <stdlib.h>

#include "base/memory.h"

mpz_t *integers_new(size_t count)
{
    mpz_t *array = mem_alloc(count, sizeof *array);
    for (size_t i = 0; i < count; i++)
        mpz_init(array[i]);
    return array;
}

void integers_free(mpz_t *array, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mpz_clear(array[i]);
    free(array);
}

mpq_t *rationals_new(size_t count)
{
    mpq_t *array = mem_alloc(count, sizeof *array);
    for (size_t i = 0; i < count; i++)
        mpq_init(array[i]);
    return array;
}

void rationals_free(mpq_t *array, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mpq_clear(array[i]);
    free(array);
}

void rationals_l1_distance(mpq_t distance, size_t count, mpq_t *x, mpq_t *y)
{
    mpq_t step;
    mpq_init(step);
    mpq_set_ui(distance, 0, 1);
    for (size_t i = 0; i < count; i++) {
        mpq_sub(step, x[i], y[i]);
        mpq_abs(step, step);
        mpq_add(distance, distance, step);
    }
    mpq_clear(step);
}
