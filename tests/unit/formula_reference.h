/* The value of an expression at one point by plain MPFR at high precision, node after node as they are
 * defined: for tests, to compare enclosures with. It knows nothing of intervals and derivatives. */
#ifndef SUPCERT_TESTS_FORMULA_REFERENCE_H
#define SUPCERT_TESTS_FORMULA_REFERENCE_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

#include "target/expression.h"

/* Bits; and values are right to REFERENCE_SLACK bits, absolutely, if *tame. */
#define REFERENCE_PRECISION 1000
#define REFERENCE_SLACK     300

/* Sets `value` (of any precision) to that of node `node`; false if it is not defined there. *tame (may be
 * NULL): no intermediate value is so large or so small that accuracy is lost; otherwise value and result may
 * be wrong. */
bool formula_reference(mpfr_t value, const expression *u, size_t node, mpq_t *x, bool *tame);

/* The same in rational numbers, exactly. Not RATIONAL: the formula has operations, or powers or numbers so
 * large, that this is not for it. */
typedef enum formula_kind { FORMULA_RATIONAL, FORMULA_UNDEFINED, FORMULA_OTHER } formula_kind;

formula_kind formula_exact(mpq_t value, const expression *u, size_t node, mpq_t *x);

#endif
