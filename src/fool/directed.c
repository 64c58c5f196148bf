/* Directed powers: see directed.h. */
#include "fool/directed.h"

void directed_power(mpfr_t y, const mpfr_t x, const mpq_t e, mpfr_rnd_t round)
{
    /* x^e grows with e if x >= 1, and falls if x < 1: so must its rounding. */
    bool grows = mpfr_cmp_ui(x, 1) >= 0;
    mpfr_t exponent;
    mpfr_init2(exponent, mpfr_get_prec(y));
    mpfr_set_q(exponent, e, grows == (round == MPFR_RNDD) ? MPFR_RNDD : MPFR_RNDU);
    mpfr_pow(y, x, exponent, round);
    mpfr_clear(exponent);
}

void directed_power_ui(mpfr_t y, unsigned long n, const mpq_t e, mpfr_rnd_t round)
{
    mpfr_t base;
    mpfr_init2(base, 64); /* enough for every n */
    mpfr_set_ui(base, n, MPFR_RNDN);
    directed_power(y, base, e, round);
    mpfr_clear(base);
}

directed_range directed_range_widen(void)
{
    directed_range old = {mpfr_get_emin(), mpfr_get_emax()};
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    return old;
}

void directed_range_restore(directed_range old)
{
    mpfr_set_emin(old.least);
    mpfr_set_emax(old.most);
}
