/* Random formulas for tests, as text in the language of certs/FORMULA.md. */
#ifndef SUPCERT_TESTS_RANDOM_FORMULA_H
#define SUPCERT_TESTS_RANDOM_FORMULA_H

#include <stddef.h>

#include "random.h"

/* A formula in x1 … x(inputs) with about `size` operations, with redundant parentheses and blanks here and
 * there; every operation of the language can occur. Owned by the caller (free). */
char *random_formula(rng *r, size_t inputs, size_t size);

/* Several outputs with definitions, newlines and comments. Owned by the caller (free). */
char *random_formulas(rng *r, size_t inputs, size_t size);

#endif
