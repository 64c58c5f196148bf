/* Powers of intervals: see power.h. */
#include "target/power.h"

bool power_is_integral(const mpq_t exponent)
{
    return mpz_cmp_ui(mpq_denref(exponent), 1) == 0;
}

/* t^n for an integer n: on either side of 0 it is monotone, and MPFR rounds it correctly. If `a` contains 0,
 * n >= 0. */
static void integer_power(mpfi_ptr v, mpfi_srcptr a, mpz_srcptr n)
{
    bool odd = mpz_odd_p(n) != 0, below = mpfr_sgn(&a->right) <= 0;
    bool falling = mpz_sgn(n) < 0; /* as a function of |t| */
    mpfr_t left, right;
    mpfr_inits2(mpfi_get_prec(v), left, right, (mpfr_ptr)NULL);
    if (mpz_sgn(n) == 0) {
        mpfr_set_ui(left, 1, MPFR_RNDD);
        mpfr_set_ui(right, 1, MPFR_RNDU);
    } else if (!odd && mpfr_sgn(&a->left) < 0 &&
               mpfr_sgn(&a->right) > 0) { /* n > 0: least at 0, greatest at the farther end */
        mpfr_set_zero(left, 1);
        mpfr_pow_z(right, mpfr_cmpabs(&a->left, &a->right) > 0 ? &a->left : &a->right, n, MPFR_RNDU);
    } else { /* increasing, or decreasing: t^n falls with |t| (n < 0), and |t| falls with t (`below`), unless
                n is odd */
        bool decreasing = odd ? falling : falling != below;
        mpfr_pow_z(left, decreasing ? &a->right : &a->left, n, MPFR_RNDD);
        mpfr_pow_z(right, decreasing ? &a->left : &a->right, n, MPFR_RNDU);
    }
    mpfr_swap(&v->left, left);
    mpfr_swap(&v->right, right);
    mpfr_clears(left, right, (mpfr_ptr)NULL);
}

/* t^r for t >= 0 and a rational r between the numbers below and above: t^y rises with y if t >= 1, and falls
 * if t <= 1. */
static void end_of_power(mpfr_ptr result, mpfr_srcptr t, mpfi_srcptr r, mpfr_rnd_t rounding)
{
    bool rises = mpfr_cmp_ui(t, 1) >= 0, up = rounding == MPFR_RNDU;
    if (mpfr_zero_p(t)) { /* which may be -0 */
        mpfr_set_zero(result, 1);
        if (mpfr_sgn(&r->left) < 0)
            mpfr_set_inf(result, 1);
    } else
        mpfr_pow(result, t, rises == up ? &r->right : &r->left, rounding);
}

static void fractional_power(mpfi_ptr v, mpfi_srcptr a, const mpq_t exponent)
{
    mpfi_t r, result;
    mpfi_init2(r, mpfi_get_prec(v));
    mpfi_init2(result, mpfi_get_prec(v));
    mpfi_set_q(r, exponent);
    bool rising = mpq_sgn(exponent) > 0; /* in t */
    end_of_power(&result->left, rising ? &a->left : &a->right, r, MPFR_RNDD);
    end_of_power(&result->right, rising ? &a->right : &a->left, r, MPFR_RNDU);
    mpfi_swap(v, result);
    mpfi_clear(r);
    mpfi_clear(result);
}

void power_of(mpfi_ptr v, mpfi_srcptr a, const mpq_t exponent)
{
    if (power_is_integral(exponent))
        integer_power(v, a, mpq_numref(exponent));
    else
        fractional_power(v, a, exponent);
}
