/* Samples that suffice: see midpoints.h. Every rounding makes the bound larger. */
#include "fool/midpoints.h"

#include "fool/directed.h"

/* The most bits of a number in the exact comparison. */
#define EXACT_BITS 4e6

/* 1 - 1/q and max(0, 1 - 2/q). */
static void set_exponents(mpq_t inputs, mpq_t width, const learning *t)
{
    mpq_set_ui(inputs, 1, 1);
    if (!t->largest) {
        mpq_inv(width, t->q);
        mpq_sub(inputs, inputs, width);
    }
    learning_width_exponent(width, t);
    if (mpq_sgn(width) < 0)
        mpq_set_ui(width, 0, 1);
}

void midpoints_lipschitz(mpfr_t y, const learning *t)
{
    mpfr_t factor;
    mpq_t inputs, width, layers;
    mpfr_init2(factor, mpfr_get_prec(y));
    mpq_inits(inputs, width, layers, NULL);
    set_exponents(inputs, width, t);
    mpq_set_ui(layers, t->layers - 1, 1);
    mpq_mul(width, width, layers);
    mpfr_set_q(factor, t->c, MPFR_RNDU);
    mpfr_pow_ui(y, factor, t->layers, MPFR_RNDU);
    directed_power_ui(factor, t->dimension, inputs, MPFR_RNDU);
    mpfr_mul(y, y, factor, MPFR_RNDU);
    directed_power_ui(factor, t->width, width, MPFR_RNDU);
    mpfr_mul(y, y, factor, MPFR_RNDU);
    mpq_clears(inputs, width, layers, NULL);
    mpfr_clear(factor);
}

/* --- the exact comparison --------------------------------------------------------------------------------
 */

/* Bits of base^exponent, about; exponent an integer or not. */
static double power_bits(const mpq_t base, const mpq_t exponent)
{
    double bits = (double)(mpz_sizeinbase(mpq_numref(base), 2) + mpz_sizeinbase(mpq_denref(base), 2));
    return bits * mpq_get_d(exponent);
}

/* value *= base^exponent, exponent a whole number of moderate size. */
static void multiply_power(mpq_t value, const mpq_t base, const mpq_t exponent)
{
    unsigned long e = mpz_get_ui(mpq_numref(exponent));
    mpq_t power;
    mpq_init(power);
    mpz_pow_ui(mpq_numref(power), mpq_numref(base), e);
    mpz_pow_ui(mpq_denref(power), mpq_denref(base), e);
    mpq_mul(value, value, power);
    mpq_clear(power);
}

/* Whether 2 ε k >= Λ, k >= 1; false also where that would take too long. With q = u/v, both sides to the
 * power u (infinite q: 1) are rational: (2 ε k)^u >= c^(uL) d^(u(1-1/q)) B^(u(L-1) max(0, 1-2/q)). */
static bool is_enough(const mpz_t k, const learning *t, const mpq_t tolerance)
{
    enum { SIDE, C, INPUTS, WIDTH, FACTORS };
    mpq_t base[FACTORS], exponent[FACTORS], power, left, right;
    double bits = 0;
    for (int f = 0; f < FACTORS; f++)
        mpq_inits(base[f], exponent[f], NULL);
    mpq_inits(power, left, right, NULL);
    mpq_set_z(base[SIDE], k);
    mpq_mul(base[SIDE], base[SIDE], tolerance);
    mpq_mul_2exp(base[SIDE], base[SIDE], 1);
    mpq_set(base[C], t->c);
    mpq_set_ui(base[INPUTS], t->dimension, 1);
    mpq_set_ui(base[WIDTH], t->width, 1);
    mpq_set_ui(exponent[SIDE], 1, 1);
    mpq_set_ui(exponent[C], t->layers, 1);
    set_exponents(exponent[INPUTS], exponent[WIDTH], t);
    mpq_set_ui(power, t->layers - 1, 1);
    mpq_mul(exponent[WIDTH], exponent[WIDTH], power);
    mpq_set_ui(power, 1, 1);
    if (!t->largest)
        mpz_set(mpq_numref(power), mpq_numref(t->q));
    for (int f = 0; f < FACTORS; f++) {
        mpq_mul(exponent[f], exponent[f], power);
        bits += power_bits(base[f], exponent[f]);
    }
    bool enough = bits < EXACT_BITS;
    if (enough) {
        mpq_set_ui(left, 1, 1);
        mpq_set_ui(right, 1, 1);
        for (int f = 0; f < FACTORS; f++)
            multiply_power(f == SIDE ? left : right, base[f], exponent[f]);
        enough = mpq_cmp(left, right) >= 0;
    }
    for (int f = 0; f < FACTORS; f++)
        mpq_clears(base[f], exponent[f], NULL);
    mpq_clears(power, left, right, NULL);
    return enough;
}

/* --- results ---------------------------------------------------------------------------------------------
 */

/* Takes 1 from the whole number k > 1 if that is enough still: Λ/(2ε) may be k - 1 exactly. */
static void correct(mpfr_t k, const learning *t, const mpq_t tolerance)
{
    mpz_t less;
    if (mpfr_cmp_ui(k, 1) <= 0 || mpfr_get_exp(k) >= mpfr_get_prec(k))
        return;
    mpz_init(less);
    mpfr_get_z(less, k, MPFR_RNDU);
    mpz_sub_ui(less, less, 1);
    if (is_enough(less, t, tolerance))
        mpfr_set_z(k, less, MPFR_RNDU);
    mpz_clear(less);
}

void midpoints_enough(mpfr_t x, const learning *t, const mpq_t tolerance)
{
    mpfr_t epsilon;
    mpfr_init2(epsilon, mpfr_get_prec(x));
    mpfr_set_q(epsilon, tolerance, MPFR_RNDD);
    mpfr_mul_2ui(epsilon, epsilon, 1, MPFR_RNDD);
    midpoints_lipschitz(x, t);
    mpfr_div(x, x, epsilon, MPFR_RNDU);
    mpfr_rint_ceil(x, x, MPFR_RNDU);
    correct(x, t, tolerance);
    mpfr_pow_ui(x, x, t->dimension, MPFR_RNDU);
    mpfr_clear(epsilon);
}

void midpoints_error(mpfr_t x, const learning *t, const mpz_t samples)
{
    mpz_t k;
    mpfr_set_inf(x, 1);
    if (mpz_sgn(samples) == 0)
        return;
    mpz_init(k);
    mpz_root(k, samples, t->dimension);
    midpoints_lipschitz(x, t);
    mpfr_div_z(x, x, k, MPFR_RNDU);
    mpfr_div_2ui(x, x, 1, MPFR_RNDU);
    mpz_clear(k);
}

bool midpoints_reach(const learning *t, const mpz_t samples, const mpq_t error)
{
    mpz_t k;
    mpz_init(k);
    mpz_root(k, samples, t->dimension);
    bool reached = is_enough(k, t, error);
    mpz_clear(k);
    return reached;
}
