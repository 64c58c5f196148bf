/* Vectors of rationals: see vector.h. */
#include "number/vector.h"

#include <stdlib.h>

#include "base/memory.h"

mpq_t *vector_new(size_t count)
{
    mpq_t *v = mem_alloc(count, sizeof *v);
    for (size_t k = 0; k < count; k++)
        mpq_init(v[k]);
    return v;
}

void vector_free(mpq_t *v, size_t count)
{
    for (size_t k = 0; k < count && v != NULL; k++)
        mpq_clear(v[k]);
    free(v);
}

void vector_copy(mpq_t *to, mpq_t *from, size_t count)
{
    for (size_t k = 0; k < count; k++)
        mpq_set(to[k], from[k]);
}
