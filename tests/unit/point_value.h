/* The value of an expression at a point, in interval arithmetic with many digits, operation by operation as
 * they are defined: no derivatives, no boxes, nothing of src/target but the expression's nodes. */
#ifndef SUPCERT_TESTS_POINT_VALUE_H
#define SUPCERT_TESTS_POINT_VALUE_H

#include <gmp.h>
#include <stddef.h>

#include "target/expression.h"

typedef enum point_state {
    POINT_KNOWN,     /* lower <= value <= upper */
    POINT_UNDEFINED, /* certainly */
    POINT_UNKNOWN    /* too near an edge of a domain, or too large */
} point_state;

point_state point_value(mpq_t lower, mpq_t upper, const expression *u, size_t output, mpq_t *x);

#endif
