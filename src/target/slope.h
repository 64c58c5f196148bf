/* Arithmetic with derivatives: intervals that are either bounded or the whole line (-inf, inf), which says
 * that nothing is known. Everything that MPFI would leave half infinite, or that is not a number, becomes the
 * whole line; zero times anything is zero (see enclosure.h for why that is right). Results may be the
 * arguments. */
#ifndef SUPCERT_TARGET_SLOPE_H
#define SUPCERT_TARGET_SLOPE_H

#include <mpfr.h>

#include <mpfi.h>
#include <stdbool.h>

void slope_whole(mpfi_ptr r);
/* Makes the whole line of whatever is not bounded. */
void slope_settle(mpfi_ptr r);

void slope_add(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b);
void slope_sub(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b);
void slope_mul(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b);
void slope_square(mpfi_ptr r, mpfi_srcptr a);
/* `b` is bounded and does not contain 0. */
void slope_div(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b);
/* The least interval that contains both. */
void slope_hull(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b);

#endif
