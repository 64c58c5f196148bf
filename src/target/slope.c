/* Arithmetic with derivatives: see slope.h. */
#include "target/slope.h"

void slope_whole(mpfi_ptr r)
{
    mpfr_set_inf(&r->left, -1);
    mpfr_set_inf(&r->right, 1);
}

void slope_settle(mpfi_ptr r)
{
    if (!mpfi_bounded_p(r))
        slope_whole(r);
}

void slope_add(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfi_add(r, a, b);
    slope_settle(r);
}

void slope_sub(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfi_sub(r, a, b);
    slope_settle(r);
}

void slope_mul(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b)
{
    if (mpfi_is_zero(a) || mpfi_is_zero(b))
        mpfi_set_ui(r, 0);
    else {
        mpfi_mul(r, a, b);
        slope_settle(r);
    }
}

void slope_square(mpfi_ptr r, mpfi_srcptr a)
{
    mpfi_sqr(r, a);
    slope_settle(r);
}

void slope_div(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfi_div(r, a, b);
    slope_settle(r);
}

void slope_hull(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfi_union(r, a, b);
    slope_settle(r);
}
