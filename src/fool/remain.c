/* The error that remains: see remain.h. Every rounding makes the bound smaller. */
#include "fool/remain.h"

#include "fool/cells.h"
#include "fool/directed.h"

/* y >= (m/n!)^(1/n), m >= 1. */
static void spacing(mpfr_t y, const height *h, const mpz_t samples)
{
    mpq_t exponent;
    mpq_init(exponent);
    mpq_set_ui(exponent, 1, h->n);
    mpfr_set_z(y, samples, MPFR_RNDU);
    mpfr_div(y, y, h->factorial, MPFR_RNDU);
    directed_power(y, y, exponent, MPFR_RNDU);
    mpq_clear(exponent);
}

bool remain_hole(mpfr_t x, claim *why, const height *h, const mpz_t samples)
{
    mpfr_t diameter;
    mpfr_init2(diameter, h->precision);
    mpfr_set_ui(diameter, 2, MPFR_RNDD);
    if (mpz_sgn(samples) > 0) {
        spacing(x, h, samples);
        mpfr_ui_div(x, 1, x, MPFR_RNDD);
        mpfr_min(diameter, diameter, x, MPFR_RNDD);
    }
    height_norm(x, h, diameter);
    *why = CLAIM_HOLE;
    mpfr_clear(diameter);
    return true;
}

bool remain_inner(mpfr_t x, claim *why, const height *h, const mpz_t samples)
{
    mpfr_t hole, cell;
    mpz_t k;
    mpfr_inits2(h->precision, hole, cell, (mpfr_ptr)NULL);
    mpz_init(k);
    mpfr_set_ui(hole, 1, MPFR_RNDD);
    if (mpz_sgn(samples) > 0) {
        spacing(x, h, samples);
        mpfr_add_ui(x, x, 1, MPFR_RNDU);
        mpfr_ui_div(hole, 1, x, MPFR_RNDD);
    }
    mpz_root(k, samples, h->n);
    mpz_add_ui(k, k, 1);
    mpfr_set_z(x, k, MPFR_RNDU);
    mpfr_ui_div(cell, 1, x, MPFR_RNDD);
    *why = mpfr_cmp(cell, hole) > 0 ? CLAIM_EMPTY_CELL : CLAIM_INNER_HOLE;
    mpfr_max(hole, hole, cell, MPFR_RNDD);
    height_norm(x, h, hole);
    mpz_clear(k);
    mpfr_clears(hole, cell, (mpfr_ptr)NULL);
    return true;
}

/* (1 - m/k^n) N. */
static bool random_value(mpfr_t value, const cells *s, const mpfr_t k)
{
    const height *h = s->height;
    mpfr_t number, norm;
    mpfr_inits2(h->precision, number, norm, (mpfr_ptr)NULL);
    mpfr_pow_ui(number, k, h->n, MPFR_RNDD);
    mpfr_set_z(value, s->samples, MPFR_RNDU);
    mpfr_div(value, value, number, MPFR_RNDU);
    mpfr_ui_sub(value, 1, value, MPFR_RNDD);
    bool good = mpfr_sgn(value) > 0;
    if (good) {
        cells_norm(norm, h, k);
        mpfr_mul(value, value, norm, MPFR_RNDD);
    }
    mpfr_clears(number, norm, (mpfr_ptr)NULL);
    return good;
}

/* With N = C k^(-α), the derivative of k^(-α) - m k^(-n-α) vanishes where k^n = m (n + α)/α. */
static void random_peak(mpfr_t k, const cells *s, const mpfr_t constant, const mpq_t alpha)
{
    (void)constant;
    mpq_t factor;
    mpq_init(factor);
    mpq_set_ui(factor, s->height->n, 1);
    mpq_add(factor, factor, alpha);
    mpq_div(factor, factor, alpha);
    mpfr_set_z(k, s->samples, MPFR_RNDN);
    mpfr_mul_q(k, k, factor, MPFR_RNDN);
    mpq_set_ui(factor, 1, s->height->n);
    if (mpfr_sgn(k) > 0)
        directed_power(k, k, factor, MPFR_RNDD);
    mpq_clear(factor);
}

bool remain_random(mpfr_t x, claim *why, const height *h, const mpz_t samples)
{
    cells s = {.height = h, .value = random_value, .peak = random_peak, .samples = samples};
    *why = CLAIM_RANDOM_CELL;
    return cells_best(x, &s);
}
