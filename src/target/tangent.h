/* Linear enclosures: an affine function and a bound of its distance to the expression on a box. They are what
 * lets the linear parts of network and formula cancel before a maximum over the box is taken
 * (doc/enclosures.md, section 4). Trusted. */
#ifndef SUPCERT_TARGET_TANGENT_H
#define SUPCERT_TARGET_TANGENT_H

#include "target/enclosure.h"

/* |u(x) - (value + Σ slope[i] (x_i - centre[i]))| <= error for all x in the box. All numbers are rational;
 * value, slopes and error are dyadic. */
typedef struct tangent {
    size_t inputs;
    mpq_t *centre; /* the middle of the box */
    mpq_t *slope;  /* of 53 bits, more where the precision had to be raised */
    mpq_t value;
    mpq_t error;
    int order;      /* of the derivatives that gave it: 0 (then all slopes are 0), 1 or 2 */
    double *spread; /* by input: how much the derivative varies on the box, times the interval's width;
                       infinite where that is not known. What splitting the input may gain: no bound of
                       anything */

    /* For calculating: */
    mpfi_t *reach; /* of x_i - centre[i] */
    mpfi_t remainder, trial, term, quadratic;
    mpfr_t *middle; /* the slopes that are tried */
    mpfr_t width, tried;
} tangent;

void tangent_init(tangent *t, size_t inputs);
void tangent_clear(tangent *t);

/* Sets *t to the best of the linear enclosures of output `output` on the box that derivatives up to `order`
 * give (0, 1 or 2; more than enclosure_order_most is not used), as tangent.c derives them. The error shrinks
 * like the width of the box with order 0, like its square with orders 1 and 2, and with 2 is the least for
 * small boxes.
 *
 * Begins with TAPE_PRECISION_LEAST bits, and doubles them as long as rounding contributes more than a
 * sixteenth of the error and more than `tolerance` (> 0). DOMAIN_INSIDE: *t is set; otherwise as
 * enclosure_box, and enclosure_complain can say more. The result depends on the arguments only. */
domain tangent_enclose(tangent *t, enclosure *m, size_t output, mpq_t *lower, mpq_t *upper, int order,
                       double tolerance);

#endif
