/* Vectors of rationals. */
#ifndef SUPCERT_NUMBER_VECTOR_H
#define SUPCERT_NUMBER_VECTOR_H

#include <gmp.h>
#include <stddef.h>

/* `count` zeros; released by vector_free with the same count. */
mpq_t *vector_new(size_t count);
/* Harmless for NULL. */
void vector_free(mpq_t *v, size_t count);
void vector_copy(mpq_t *to, mpq_t *from, size_t count);

#endif
