/* Powers and roots: see power.h. */
#include "fool/power.h"

#include <mpfr.h>

#include "proof/class.h"

#define PRECISION 256

static mpfr_rnd_t direction(bool up)
{
    return up ? MPFR_RNDU : MPFR_RNDD;
}

static void to_rational(mpq_t result, const mpfr_t value)
{
    mpfr_get_q(result, value);
}

/* base^exponent rounded: base^e increases with base, and with e where base >= 1, else it decreases with e. */
static void general_power(mpq_t result, const mpq_t base, const mpq_t exponent, bool up)
{
    mpfr_t b, e;
    if (mpq_sgn(base) == 0) {
        mpq_set_ui(result, 0, 1);
        return;
    }
    mpfr_inits2(PRECISION, b, e, (mpfr_ptr)NULL);
    mpfr_set_q(b, base, direction(up));
    mpfr_set_q(e, exponent, direction(mpfr_cmp_ui(b, 1) >= 0 ? up : !up));
    mpfr_pow(b, b, e, direction(up));
    to_rational(result, b);
    mpfr_clears(b, e, (mpfr_ptr)NULL);
}

/* Whether sums of q-th powers are compared exactly (see class.h). */
static bool is_exact(const mpq_t q)
{
    return mpz_cmp_ui(mpq_denref(q), 1) == 0 && mpz_cmp_ui(mpq_numref(q), CLASS_EXACT_POWER) <= 0;
}

void power_rounded(mpq_t result, const mpq_t base, const mpq_t q, bool up)
{
    if (is_exact(q)) {
        unsigned long exponent = mpz_get_ui(mpq_numref(q));
        mpz_pow_ui(mpq_numref(result), mpq_numref(base), exponent);
        mpz_pow_ui(mpq_denref(result), mpq_denref(base), exponent);
    } else {
        general_power(result, base, q, up);
    }
}

void power_root(mpq_t result, const mpq_t base, const mpq_t q)
{
    mpq_t lower, margin, inverse;
    if (mpq_cmp_ui(q, 1, 1) == 0) {
        mpq_set(result, base);
        return;
    }
    mpq_inits(lower, margin, inverse, NULL);
    mpq_set(lower, base);
    if (!is_exact(q)) {
        mpq_div_2exp(margin, base, 100);
        mpq_sub(lower, lower, margin);
    }
    mpq_inv(inverse, q);
    general_power(result, lower, inverse, false);
    mpq_clears(lower, margin, inverse, NULL);
}

void power_shorten(mpq_t value, unsigned bits)
{
    mpfr_t shorter;
    mpfr_init2(shorter, bits);
    mpfr_set_q(shorter, value, MPFR_RNDD);
    to_rational(value, shorter);
    mpfr_clear(shorter);
}

bool power_is_short(const mpq_t value, unsigned bits)
{
    return mpz_sizeinbase(mpq_numref(value), 2) <= bits && mpz_sizeinbase(mpq_denref(value), 2) <= bits;
}
