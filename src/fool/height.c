/* Heights of bumps: see height.h for the mathematics. */
#include "fool/height.h"

#include "fool/directed.h"

size_t height_inputs(const learning *t)
{
    if (t->layers < 3)
        return 0;
    return t->dimension < t->width / 3 ? t->dimension : t->width / 3;
}

/* y >= (2 + 2^q)^(1/q) 3^(1/q), as 2 (3 (1 + 2^(1-q)))^(1/q); infinite q: 2. */
static void norm_of_entries(mpfr_t y, const learning *t)
{
    mpq_t exponent;
    mpfr_set_ui(y, 2, MPFR_RNDU);
    if (t->largest)
        return;
    mpq_init(exponent);
    mpq_set_ui(exponent, 1, 1);
    mpq_sub(exponent, exponent, t->q);
    directed_power_ui(y, 2, exponent, MPFR_RNDU);
    mpfr_add_ui(y, y, 1, MPFR_RNDU);
    mpfr_mul_ui(y, y, 3, MPFR_RNDU);
    mpq_inv(exponent, t->q);
    directed_power(y, y, exponent, MPFR_RNDU);
    mpfr_mul_ui(y, y, 2, MPFR_RNDU);
    mpq_clear(exponent);
}

/* cap = c^(L-1) w^((1-2/q)(L-2)), slope = cap · c / (3 (2+2^q))^(1/q). */
static void set_common(height *h)
{
    const learning *t = h->problem;
    mpfr_t factor;
    mpq_t exponent;
    mpfr_init2(factor, h->precision);
    mpq_init(exponent);
    mpfr_set_q(factor, t->c, MPFR_RNDD);
    mpfr_pow_ui(h->common_cap, factor, t->layers - 1, MPFR_RNDD);
    mpq_set_ui(exponent, t->layers - 2, 1);
    mpq_mul(exponent, exponent, h->copies_exponent);
    directed_power_ui(factor, t->width, exponent, MPFR_RNDD);
    mpfr_mul(h->common_cap, h->common_cap, factor, MPFR_RNDD);
    mpfr_set_q(factor, t->c, MPFR_RNDD);
    mpfr_mul(h->common_slope, h->common_cap, factor, MPFR_RNDD);
    norm_of_entries(factor, t);
    mpfr_div(h->common_slope, h->common_slope, factor, MPFR_RNDD);
    mpq_clear(exponent);
    mpfr_clear(factor);
}

void height_init(height *h, const learning *t, mpfr_prec_t precision)
{
    *h = (height){.problem = t, .precision = precision};
    mpfr_inits2(precision, h->slope, h->cap, h->factorial, h->rising, h->common_slope, h->common_cap,
                (mpfr_ptr)NULL);
    mpq_inits(h->copies_exponent, h->inputs_exponent, NULL);
    mpfr_set_ui(h->factorial, 1, MPFR_RNDD);
    mpfr_set_ui(h->rising, 1, MPFR_RNDU);
    learning_width_exponent(h->copies_exponent, t);
    if (mpq_sgn(h->copies_exponent) < 0)
        mpq_set_ui(h->copies_exponent, 0, 1);
    if (!t->largest) {
        mpq_set_si(h->inputs_exponent, -2, 1);
        mpq_div(h->inputs_exponent, h->inputs_exponent, t->q);
    }
    if (t->layers >= 3)
        set_common(h);
}

void height_clear(height *h)
{
    mpfr_clears(h->slope, h->cap, h->factorial, h->rising, h->common_slope, h->common_cap, (mpfr_ptr)NULL);
    mpq_clears(h->copies_exponent, h->inputs_exponent, NULL);
}

/* rising × (p + n), rounded up. */
static void raise(height *h)
{
    mpq_t factor;
    mpfr_t number;
    mpq_init(factor);
    mpfr_init2(number, h->precision);
    mpq_set_ui(factor, h->n, 1);
    mpq_add(factor, factor, h->problem->p);
    mpfr_set_q(number, factor, MPFR_RNDU);
    mpfr_mul(h->rising, h->rising, number, MPFR_RNDU);
    mpfr_clear(number);
    mpq_clear(factor);
}

bool height_next(height *h)
{
    mpfr_t factor;
    if (h->n >= height_inputs(h->problem))
        return false;
    h->n++;
    mpfr_init2(factor, h->precision);
    directed_power_ui(factor, h->n, h->inputs_exponent, MPFR_RNDD);
    mpfr_mul(h->slope, h->common_slope, factor, MPFR_RNDD);
    directed_power_ui(factor, h->problem->width / (3 * h->n), h->copies_exponent, MPFR_RNDD);
    mpfr_mul(h->slope, h->slope, factor, MPFR_RNDD);
    if (h->n == 1)
        mpfr_set_inf(h->cap, 1);
    else
        mpfr_div_ui(h->cap, h->common_cap, h->n - 1, MPFR_RNDD);
    mpfr_mul_ui(h->factorial, h->factorial, h->n, MPFR_RNDD);
    if (!h->problem->uniform)
        raise(h);
    mpfr_clear(factor);
    return true;
}

/* result × (diameter^n / rising)^(1/p), rounded down. */
static void integrate(mpfr_t result, const height *h, const mpfr_t diameter)
{
    mpfr_t factor;
    mpq_t exponent;
    mpfr_init2(factor, h->precision);
    mpq_init(exponent);
    mpq_inv(exponent, h->problem->p);
    mpfr_pow_ui(factor, diameter, h->n, MPFR_RNDD);
    mpfr_div(factor, factor, h->rising, MPFR_RNDD);
    directed_power(factor, factor, exponent, MPFR_RNDD);
    mpfr_mul(result, result, factor, MPFR_RNDD);
    mpq_clear(exponent);
    mpfr_clear(factor);
}

void height_norm(mpfr_t result, const height *h, const mpfr_t diameter)
{
    mpfr_t size;
    mpfr_init2(size, h->precision);
    mpfr_mul(size, h->slope, diameter, MPFR_RNDD);
    mpfr_div_2ui(size, size, 1, MPFR_RNDD);
    mpfr_min(size, size, h->cap, MPFR_RNDD);
    if (!h->problem->uniform)
        integrate(size, h, diameter);
    mpfr_set(result, size, MPFR_RNDD);
    mpfr_clear(size);
}
