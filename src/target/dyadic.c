/* Rationals from MPFR's numbers: see dyadic.h. */
#include "target/dyadic.h"

bool dyadic_set(mpq_t value, mpfr_srcptr number, mpfr_rnd_t rounding)
{
    if (!mpfr_number_p(number))
        return false;
    if (mpfr_zero_p(number)) {
        mpq_set_ui(value, 0, 1);
        return true;
    }
    mpfr_exp_t exponent = mpfr_get_exp(number); /* |number| is in [1/2, 1) times 2 to this power */
    if (exponent > DYADIC_EXPONENT)
        return false;
    if (exponent > -DYADIC_EXPONENT) {
        mpfr_get_q(value, number);
        return true;
    }
    bool up = rounding == MPFR_RNDU && mpfr_sgn(number) > 0,
         down = rounding == MPFR_RNDD && mpfr_sgn(number) < 0;
    mpq_set_si(value, up ? 1 : down ? -1 : 0, 1);
    mpq_div_2exp(value, value, DYADIC_EXPONENT);
    return true;
}
