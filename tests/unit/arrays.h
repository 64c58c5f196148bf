/* Arrays of GMP numbers, initialised to zero; for the tests' own exact arithmetic. */
#ifndef SUPCERT_TESTS_ARRAYS_H
#define SUPCERT_TESTS_ARRAYS_H

#include <gmp.h>
#include <stddef.h>

mpz_t *integers_new(size_t count);
void integers_free(mpz_t *array, size_t count);

mpq_t *rationals_new(size_t count);
void rationals_free(mpq_t *array, size_t count);

/* Σ |x_i − y_i| */
void rationals_l1_distance(mpq_t distance, size_t count, mpq_t *x, mpq_t *y);

#endif
