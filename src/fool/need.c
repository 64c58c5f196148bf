/* Samples needed: see need.h. Every rounding makes the bound smaller. */
#include "fool/need.h"

#include "fool/cells.h"
#include "fool/directed.h"

bool need_hole(mpfr_t x, claim *why, const height *h, const mpq_t tolerance)
{
    if (mpfr_cmp_q(h->slope, tolerance) <= 0 || mpfr_cmp_q(h->cap, tolerance) <= 0)
        return false;
    mpfr_t epsilon;
    mpfr_init2(epsilon, h->precision);
    mpfr_set_q(epsilon, tolerance, MPFR_RNDU);
    mpfr_mul_2ui(epsilon, epsilon, 1, MPFR_RNDU);
    mpfr_div(x, h->slope, epsilon, MPFR_RNDD);
    mpfr_pow_ui(x, x, h->n, MPFR_RNDD);
    mpfr_mul(x, x, h->factorial, MPFR_RNDD);
    mpfr_clear(epsilon);
    *why = CLAIM_HOLE;
    return true;
}

/* --- inside the cube ------------------------------------------------------------------------------------ */

/* d >= ratio^(p/(s+n)) R^(1/(s+n)), where s is p for the slope and 0 for the cap. */
static void diameter_for(mpfr_t d, const height *h, const mpfr_t ratio, const mpq_t s)
{
    mpfr_t root;
    mpq_t sum, exponent;
    mpfr_init2(root, h->precision);
    mpq_inits(sum, exponent, NULL);
    mpq_set_ui(sum, h->n, 1);
    mpq_add(sum, sum, s);
    mpq_inv(exponent, sum);
    directed_power(root, h->rising, exponent, MPFR_RNDU);
    mpq_mul(exponent, exponent, h->problem->p);
    directed_power(d, ratio, exponent, MPFR_RNDU);
    mpfr_mul(d, d, root, MPFR_RNDU);
    mpq_clears(sum, exponent, NULL);
    mpfr_clear(root);
}

/* D, from above. */
static void set_diameter(mpfr_t diameter, const height *h, const mpq_t tolerance)
{
    mpfr_t ratio, other;
    mpq_t zero;
    mpq_init(zero);
    mpfr_inits2(h->precision, ratio, other, (mpfr_ptr)NULL);
    mpfr_set_q(ratio, tolerance, MPFR_RNDU);
    mpfr_mul_2ui(ratio, ratio, 1, MPFR_RNDU);
    mpfr_div(ratio, ratio, h->slope, MPFR_RNDU);
    diameter_for(diameter, h, ratio, h->problem->p);
    if (!mpfr_inf_p(h->cap)) {
        mpfr_set_q(ratio, tolerance, MPFR_RNDU);
        mpfr_div(ratio, ratio, h->cap, MPFR_RNDU);
        diameter_for(other, h, ratio, zero);
        mpfr_max(diameter, diameter, other, MPFR_RNDU);
    }
    mpfr_clears(ratio, other, (mpfr_ptr)NULL);
    mpq_clear(zero);
}

bool need_inner(mpfr_t x, claim *why, const height *h, const mpq_t tolerance)
{
    mpfr_t inverse, cell;
    mpfr_inits2(h->precision, inverse, cell, (mpfr_ptr)NULL);
    set_diameter(inverse, h, tolerance);
    bool good = mpfr_cmp_ui(inverse, 1) < 0;
    if (good) {
        mpfr_ui_div(inverse, 1, inverse, MPFR_RNDD);
        mpfr_sub_ui(x, inverse, 1, MPFR_RNDD);
        mpfr_pow_ui(x, x, h->n, MPFR_RNDD);
        mpfr_mul(x, x, h->factorial, MPFR_RNDD);
        mpfr_ceil(cell, inverse);
        mpfr_sub_ui(cell, cell, 1, MPFR_RNDD);
        mpfr_pow_ui(cell, cell, h->n, MPFR_RNDD);
        *why = mpfr_cmp(cell, x) > 0 ? CLAIM_EMPTY_CELL : CLAIM_INNER_HOLE;
        mpfr_max(x, x, cell, MPFR_RNDD);
    }
    mpfr_clears(inverse, cell, (mpfr_ptr)NULL);
    return good;
}

/* --- random cells --------------------------------------------------------------------------------------- */

/* k^n (1 - ε/N). */
static bool random_value(mpfr_t value, const cells *s, const mpfr_t k)
{
    const height *h = s->height;
    mpfr_t number, norm;
    mpfr_inits2(h->precision, number, norm, (mpfr_ptr)NULL);
    cells_norm(norm, h, k);
    bool good = mpfr_cmp_q(norm, s->tolerance) > 0;
    if (good) {
        mpfr_set_q(value, s->tolerance, MPFR_RNDU);
        mpfr_div(value, value, norm, MPFR_RNDU);
        mpfr_ui_sub(value, 1, value, MPFR_RNDD);
        mpfr_pow_ui(number, k, h->n, MPFR_RNDD);
        mpfr_mul(value, value, number, MPFR_RNDD);
        good = mpfr_sgn(value) > 0;
    }
    mpfr_clears(number, norm, (mpfr_ptr)NULL);
    return good;
}

/* With N = C k^(-α), the derivative of k^n - (ε/C) k^(n+α) vanishes where k^α = n C / ((n + α) ε). */
static void random_peak(mpfr_t k, const cells *s, const mpfr_t constant, const mpq_t alpha)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_ui(factor, s->height->n, 1);
    mpq_add(factor, factor, alpha);
    mpq_mul(factor, factor, s->tolerance);
    mpfr_mul_ui(k, constant, s->height->n, MPFR_RNDN);
    mpfr_div_q(k, k, factor, MPFR_RNDN);
    mpq_inv(factor, alpha);
    directed_power(k, k, factor, MPFR_RNDD);
    mpq_clear(factor);
}

bool need_random(mpfr_t x, claim *why, const height *h, const mpq_t tolerance)
{
    cells s = {.height = h, .value = random_value, .peak = random_peak, .tolerance = tolerance};
    *why = CLAIM_RANDOM_CELL;
    return cells_best(x, &s);
}
