/* Linear enclosures: see tangent.h. With m the centre, t = x - m, and |t_i| <= h_i on the box, each of the
 * following says that u(x) - c·t lies in an interval R for all x of the box; then the middle of R is `value`
 * and half its width is `error`.
 *
 *   order 0, c = 0:    R = V, the values on the box
 *   order 1, any c:    R = u(m) + Σ (G_i - c_i) [-h_i, h_i]
 *   order 2, any c:    R = u(m) + Σ (g_i - c_i) [-h_i, h_i]
 *                          + 1/2 Σ H_ii [0, h_i^2] + Σ_(i>j) H_ij [-h_i h_j, h_i h_j]
 *
 * where V, G and H are values, gradient and Hessian on the box, H is bounded, and g is the gradient at m of
 * the branches that are taken on the box: doc/enclosures.md, sections 2 to 4.
 *
 * c_i is the middle of G_i or g_i, rounded; that is a choice and no rounding error. Directions with h_i = 0
 * contribute nothing. */
#include "target/tangent.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"
#include "target/dyadic.h"

/* Slopes have so many bits less than what is calculated with: at least 53, short enough for a certificate. */
enum { SLOPE_BITS_LESS = 11, ROUNDING_SHARE = 16 };

void tangent_init(tangent *t, size_t inputs)
{
    *t = (tangent){.inputs = inputs, .centre = vector_new(inputs), .slope = vector_new(inputs)};
    mpq_inits(t->value, t->error, NULL);
    t->reach = mem_alloc(inputs, sizeof *t->reach);
    t->middle = mem_alloc(inputs, sizeof *t->middle);
    t->spread = mem_alloc(inputs, sizeof *t->spread);
    for (size_t i = 0; i < inputs; i++) {
        mpfi_init2(t->reach[i], TAPE_PRECISION_LEAST);
        mpfr_init2(t->middle[i], TAPE_PRECISION_LEAST - SLOPE_BITS_LESS);
    }
    mpfi_init2(t->remainder, TAPE_PRECISION_LEAST);
    mpfi_init2(t->trial, TAPE_PRECISION_LEAST);
    mpfi_init2(t->term, TAPE_PRECISION_LEAST);
    mpfi_init2(t->quadratic, TAPE_PRECISION_LEAST);
    mpfr_inits2(TAPE_PRECISION_LEAST, t->width, t->tried, (mpfr_ptr)NULL);
}

void tangent_clear(tangent *t)
{
    for (size_t i = 0; i < t->inputs; i++) {
        mpfi_clear(t->reach[i]);
        mpfr_clear(t->middle[i]);
    }
    free(t->reach);
    free(t->middle);
    free(t->spread);
    vector_free(t->centre, t->inputs);
    vector_free(t->slope, t->inputs);
    mpq_clears(t->value, t->error, NULL);
    mpfi_clear(t->remainder);
    mpfi_clear(t->trial);
    mpfi_clear(t->term);
    mpfi_clear(t->quadratic);
    mpfr_clears(t->width, t->tried, (mpfr_ptr)NULL);
}

/* The centre, and [-h_i, h_i]; registers of the precision. */
static void measure_box(tangent *t, mpq_t *lower, mpq_t *upper, mpfr_prec_t precision)
{
    mpq_t half;
    mpq_init(half);
    for (size_t i = 0; i < t->inputs; i++) {
        mpq_sub(half, upper[i], lower[i]);
        mpq_div_2exp(half, half, 1);
        mpq_add(t->centre[i], lower[i], half);
        mpfr_set_prec(t->middle[i], precision - SLOPE_BITS_LESS);
        mpfi_set_prec(t->reach[i], precision);
        mpfi_set_q(t->reach[i], half);
        mpfr_neg(&t->reach[i]->left, &t->reach[i]->right, MPFR_RNDD);
    }
    mpq_clear(half);
    mpfi_set_prec(t->remainder, precision);
    mpfi_set_prec(t->trial, precision);
    mpfi_set_prec(t->term, precision);
    mpfi_set_prec(t->quadratic, precision);
}

static bool is_flat(const tangent *t, size_t i)
{
    return mpfi_is_zero(t->reach[i]);
}

/* The middle of the interval, if it is a number that dyadic_set takes as it is; otherwise 0. */
static void choose_slope(mpfr_ptr slope, mpfi_srcptr gradient, bool flat)
{
    if (!flat && mpfi_bounded_p(gradient))
        mpfi_mid(slope, gradient);
    else
        mpfr_set_zero(slope, 1);
    if (!mpfr_regular_p(slope) || mpfr_get_exp(slope) > DYADIC_EXPONENT ||
        mpfr_get_exp(slope) <= -DYADIC_EXPONENT)
        mpfr_set_zero(slope, 1);
}

/* trial = Σ (G_i - c_i) [-h_i, h_i] for the gradient G that the enclosure now has, with c_i chosen. */
static void gradient_term(tangent *t, const enclosure *m)
{
    mpfi_set_ui(t->trial, 0);
    for (size_t i = 0; i < t->inputs; i++) {
        mpfi_srcptr gradient = enclosure_gradient(m, i);
        choose_slope(t->middle[i], gradient, is_flat(t, i));
        if (is_flat(t, i))
            continue;
        mpfi_sub_fr(t->term, gradient, t->middle[i]);
        slope_settle(t->term);
        slope_mul(t->term, t->term, t->reach[i]);
        slope_add(t->trial, t->trial, t->term);
    }
}

/* spread = (width of G_i) · 2 h_i, for the gradient G that the enclosure now has. */
static void measure_spread(tangent *t, const enclosure *m, int order)
{
    for (size_t i = 0; i < t->inputs; i++) {
        t->spread[i] = is_flat(t, i) ? 0 : HUGE_VAL;
        if (is_flat(t, i) || order == 0 || !mpfi_bounded_p(enclosure_gradient(m, i)))
            continue;
        mpfi_diam_abs(t->tried, enclosure_gradient(m, i));
        mpfi_diam_abs(t->width, t->reach[i]);
        t->spread[i] = mpfr_get_d(t->tried, MPFR_RNDN) * mpfr_get_d(t->width, MPFR_RNDN);
    }
}

/* quadratic = 1/2 Σ H_ii [0, h_i^2] + Σ_(i>j) H_ij [-h_i h_j, h_i h_j] */
static void hessian_term(tangent *t, const enclosure *m)
{
    mpfi_set_ui(t->quadratic, 0);
    for (size_t i = 0; i < t->inputs; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (i == j) {
                mpfi_sqr(t->term, t->reach[i]);
                mpfi_div_2ui(t->term, t->term, 1);
            } else
                mpfi_mul(t->term, t->reach[i], t->reach[j]);
            slope_mul(t->term, t->term, enclosure_hessian(m, i, j));
            slope_add(t->quadratic, t->quadratic, t->term);
        }
    }
}

/* Keeps the trial if it is narrower than what there is. */
static void consider(tangent *t, int order)
{
    if (!mpfi_bounded_p(t->trial))
        return;
    mpfi_diam_abs(t->width, t->remainder);
    mpfi_diam_abs(t->tried, t->trial);
    if (order > 0 && !mpfr_less_p(t->tried, t->width))
        return;
    mpfi_swap(t->remainder, t->trial);
    t->order = order;
    for (size_t i = 0; i < t->inputs; i++) {
        if (order == 0)
            mpq_set_ui(t->slope[i], 0, 1);
        else
            dyadic_set(t->slope[i], t->middle[i], MPFR_RNDN);
    }
}

/* The three enclosures with the precision as it is. Leaves in `rounding` how wide the parts are that would be
 * points without it. */
static domain attempt(tangent *t, enclosure *m, size_t output, mpq_t *lower, mpq_t *upper, int order,
                      mpfr_ptr rounding)
{
    mpfr_prec_t precision = mpfi_get_prec(t->remainder);
    domain d = enclosure_box(m, output, lower, upper, order, precision);
    if (d != DOMAIN_INSIDE)
        return d;
    measure_spread(t, m, order);
    mpfi_set(t->trial, enclosure_value(m));
    consider(t, 0);
    if (order >= 1)
        gradient_term(t, m);
    if (order == 2)
        hessian_term(t, m);
    bool second = order == 2 && mpfi_bounded_p(t->quadratic);
    d = enclosure_middle(m, t->centre, second ? 1 : 0);
    if (d != DOMAIN_INSIDE)
        return d;
    mpfi_diam_abs(rounding, enclosure_value(m));
    if (order >= 1) {
        slope_add(t->trial, t->trial, enclosure_value(m));
        consider(t, 1);
    }
    if (second) {
        gradient_term(t, m);
        mpfi_diam_abs(t->tried, t->trial);
        mpfr_add(rounding, rounding, t->tried, MPFR_RNDU);
        slope_add(t->trial, t->trial, enclosure_value(m));
        slope_add(t->trial, t->trial, t->quadratic);
        consider(t, 2);
    }
    return DOMAIN_INSIDE;
}

/* Whether rounding contributes too much; whatever the answer, the enclosure is right. */
static bool is_rough(tangent *t, mpfr_ptr rounding, double tolerance)
{
    if (mpfr_cmp_d(rounding, 2 * tolerance) <= 0)
        return false;
    mpfi_diam_abs(t->width, t->remainder);
    mpfr_mul_ui(rounding, rounding, ROUNDING_SHARE, MPFR_RNDU);
    return mpfr_greater_p(rounding, t->width);
}

/* value and error from the ends of the remainder; false if these are too large. */
static bool set_result(tangent *t)
{
    if (!dyadic_set(t->value, &t->remainder->left, MPFR_RNDD) ||
        !dyadic_set(t->error, &t->remainder->right, MPFR_RNDU))
        return false;
    mpq_sub(t->error, t->error, t->value);
    mpq_div_2exp(t->error, t->error, 1);
    mpq_add(t->value, t->value, t->error);
    return true;
}

domain tangent_enclose(tangent *t, enclosure *m, size_t output, mpq_t *lower, mpq_t *upper, int order,
                       double tolerance)
{
    mpfr_prec_t precision = TAPE_PRECISION_LEAST, most = tape_most(&m->t);
    mpfr_t rounding, argument;
    mpfr_inits2(TAPE_PRECISION_LEAST, rounding, argument, (mpfr_ptr)NULL);
    if (order > enclosure_order_most(m))
        order = enclosure_order_most(m);
    domain d;
    for (;; precision *= 2) {
        measure_box(t, lower, upper, precision);
        d = attempt(t, m, output, lower, upper, order, rounding);
        bool again = d == DOMAIN_INSIDE ? is_rough(t, rounding, tolerance)
                                        : d == DOMAIN_PERHAPS && enclosure_may_improve(m, argument);
        if (!again || precision > most / 2)
            break;
    }
    mpfr_clears(rounding, argument, (mpfr_ptr)NULL);
    if (d == DOMAIN_INSIDE && !set_result(t))
        return enclosure_too_large(m);
    return d;
}
