/* Random formulas for tests, as text in the language of certs/FORMULA.md. */
#ifndef SUPCERT_TESTS_RANDOM_FORMULA_H
#define SUPCERT_TESTS_RANDOM_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "random.h"

/* A formula in x1 … x(inputs) with about `size` operations, with redundant parentheses and blanks here and
 * there; every operation of the language can occur. Owned by the caller (free). */
char *random_formula(rng *r, size_t inputs, size_t size);

/* A formula with kinks at the numbers that random_kink draws, many of them in units that are dead everywhere,
 * so that they do not matter to the formula; with constants up to 2^±scale. Its values at rational points are
 * rational unless `smooth`. Owned by the caller (free). */
char *random_kinked_formula(rng *r, size_t inputs, size_t size, long scale, bool smooth);

/* A number at which these formulas have kinks, as text. */
const char *random_kink(rng *r);

/* Several outputs with definitions, newlines and comments. Owned by the caller (free). */
char *random_formulas(rng *r, size_t inputs, size_t size);

#endif
