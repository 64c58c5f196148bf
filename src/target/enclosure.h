/* What can be proved about an expression on a box: intervals that contain its values, its partial derivatives
 * and its second derivatives there, by forward automatic differentiation with MPFI (doc/enclosures.md).
 * Trusted.
 *
 * The statement about derivatives, from which everything else follows, is: for any two points x, y of the box
 * there are numbers s_i in the intervals `gradient` with u(x) - u(y) = Σ s_i (x_i - y_i). It needs no
 * differentiability, so it holds for abs, min, max and relu as well. In directions in which the box is flat
 * it says nothing: least of all is the gradient on the box [m, m] that at m, which enclosure_middle gives. */
#ifndef SUPCERT_TARGET_ENCLOSURE_H
#define SUPCERT_TARGET_ENCLOSURE_H

#include "base/error.h"
#include "target/tape.h"

/* An expression, the registers for calculating with it, and the last result. For one thread at a time. */
typedef struct enclosure {
    tape t;
    mpfi_t zero; /* what does not depend on an input has this derivative */
    mpq_t end;
    int order; /* of the derivatives on the last box; -1 if that was not DOMAIN_INSIDE */
    /* If the last result was not DOMAIN_INSIDE: */
    size_t culprit;  /* the node whose operation is not defined, or whose value is too large */
    bool too_large;  /* the value, or the tangent may have a pole: the argument is fine */
    mpfi_t argument; /* of this operation; of a division, the divisor */
} enclosure;

/* `u` must outlive *m. */
void enclosure_init(enclosure *m, const expression *u);
void enclosure_clear(enclosure *m);

/* The highest order for which there is room: 2, or less for an expression with very many nodes that depend on
 * very many inputs. */
int enclosure_order_most(const enclosure *m);

/* Encloses output `output` on the box lower[i] <= x_i <= upper[i] (`inputs` each, lower <= upper): its value;
 * with order 1 its gradient, too; with order 2 (at most enclosure_order_most) its Hessian, too. Calculates
 * with `precision` bits, rounding outward; nothing raises the precision here. DOMAIN_INSIDE: the expression
 * is defined on the whole box, and the results below are valid until the next call. DOMAIN_OUTSIDE: it is
 * defined nowhere on the box. DOMAIN_PERHAPS: neither was shown. */
domain enclosure_box(enclosure *m, size_t output, mpq_t *lower, mpq_t *upper, int order,
                     mpfr_prec_t precision);

/* Encloses the same output at a point of the last box, for which enclosure_box must have said DOMAIN_INSIDE:
 * its value; with order 1 (at most that of the box) its gradient, too. This is the gradient of the branches
 * that were taken on the box: it contains the derivatives at the point by all inputs in whose directions the
 * box is not flat, if the Hessian on the box was bounded for these (doc/enclosures.md, section 3). Replaces
 * the results on the box. */
domain enclosure_middle(enclosure *m, mpq_t *point, int order);

/* Results; intervals are bounded, or, for derivatives, the whole line (-inf, inf) if the derivative is not
 * bounded or not known to be. i and j are inputs, from 0. A Hessian on the box without an unbounded entry
 * means that the expression is twice continuously differentiable there; entries of inputs in whose directions
 * the box is flat do not count. */
mpfi_srcptr enclosure_value(const enclosure *m);
mpfi_srcptr enclosure_gradient(const enclosure *m, size_t i);
mpfi_srcptr enclosure_hessian(const enclosure *m, size_t i, size_t j);

/* Encloses output `output` at a rational point, raising the precision until upper - lower <= width (> 0).
 * DOMAIN_INSIDE: lower <= value <= upper holds, and *narrow tells whether they are so close; they are not
 * only if that takes more than the greatest precision. The ends are dyadic, and at most 2^65536 in size. */
domain enclosure_point(enclosure *m, size_t output, mpq_t *point, const mpq_t width, mpq_t lower, mpq_t upper,
                       bool *narrow);

/* Whether another try with more bits may help after a result of DOMAIN_PERHAPS. `width` remembers the last
 * try (NaN before the first). */
bool enclosure_may_improve(const enclosure *m, mpfr_ptr width);

/* Notes that the last result is larger than rationals are made here (dyadic.h). Always returns
 * DOMAIN_PERHAPS. */
domain enclosure_too_large(enclosure *m);

/* A word on why the last result was not DOMAIN_INSIDE, with the place in the formula `name`. Always returns
 * false. */
bool enclosure_complain(const enclosure *m, const char *name, error *e);

#endif
