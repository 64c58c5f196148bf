/* Functions of angles: see angle.h. */
#include "target/angle.h"

#include "target/slope.h"

/* Arguments of sin, cos and tan beyond 2^65536 are not reduced: that takes as many bits as the exponent says,
 * which may be 2^30. Nor are intervals of a full turn. Then sin and cos are between -1 and 1, and that is
 * all. */
static bool is_any_angle(mpfi_srcptr a)
{
    const mpfr_exp_t most = 65536;
    if ((mpfr_regular_p(&a->left) && mpfr_get_exp(&a->left) > most) ||
        (mpfr_regular_p(&a->right) && mpfr_get_exp(&a->right) > most))
        return true;
    mpfr_t width;
    mpfr_init2(width, 32);
    mpfr_sub(width, &a->right, &a->left, MPFR_RNDD);
    bool turn = mpfr_cmp_ui(width, 7) >= 0;
    mpfr_clear(width);
    return turn;
}

void angle_sin(mpfi_ptr v, mpfi_srcptr a)
{
    if (is_any_angle(a))
        mpfi_interv_si(v, -1, 1);
    else
        mpfi_sin(v, a);
}

void angle_cos(mpfi_ptr v, mpfi_srcptr a)
{
    if (is_any_angle(a))
        mpfi_interv_si(v, -1, 1);
    else
        mpfi_cos(v, a);
}

void angle_tan(mpfi_ptr v, mpfi_srcptr a)
{
    if (is_any_angle(a))
        slope_whole(v);
    else
        mpfi_tan(v, a);
}
