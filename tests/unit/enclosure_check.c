#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "arrays.h"
#include "enclosure_check.h"
#include "formula_reference.h"
#include "number/rational.h"
#include "random_formula.h"

enum { EXACT_BITS = 4000 };

/* --- true values ---------------------------------------------------------------------------------------- */

/* low <= u(x) <= high. */
typedef struct truth {
    mpq_t low, high;
} truth;

static void truth_init(truth *v)
{
    mpq_inits(v->low, v->high, NULL);
}

static void truth_clear(truth *v)
{
    mpq_clears(v->low, v->high, NULL);
}

static bool is_rational_at(truth *v, const trial *t, mpq_t *x)
{
    formula_kind kind = formula_exact(v->low, &t->u, t->u.output[0], x);
    expect(t, kind != FORMULA_UNDEFINED, "not defined where an enclosure says it is");
    mpq_set(v->high, v->low);
    return kind == FORMULA_RATIONAL;
}

/* False where the value is not known well enough; also where it is not rational, and MPFR has few exponents.
 */
static bool truth_at(truth *v, const trial *t, mpq_t *x)
{
    if (is_rational_at(v, t, x))
        return true;
    if (mpfr_get_emax() < REFERENCE_PRECISION)
        return false;
    bool tame;
    mpq_t slack;
    mpfr_t value;
    mpq_init(slack);
    mpfr_init2(value, REFERENCE_PRECISION);
    bool known = formula_reference(value, &t->u, t->u.output[0], x, &tame) && tame;
    if (known) {
        mpq_set_ui(slack, 1, 1);
        mpq_div_2exp(slack, slack, REFERENCE_SLACK);
        mpfr_get_q(v->low, value);
        mpq_add(v->high, v->low, slack);
        mpq_sub(v->low, v->low, slack);
    }
    mpfr_clear(value);
    mpq_clear(slack);
    return known;
}

/* Whether the interval meets the value. */
static bool meets(mpfi_srcptr interval, const truth *v)
{
    return mpfr_cmp_q(&interval->left, v->high) <= 0 && mpfr_cmp_q(&interval->right, v->low) >= 0;
}

/* A share of an interval: an end, the middle, or any; often very near to an end. */
static void random_share(mpq_t share, rng *r)
{
    unsigned long places[] = {0, 1024, 512, (unsigned long)rng_below(r, 1025)};
    mpq_set_ui(share, places[rng_below(r, 4)], 1024);
    mpq_canonicalize(share);
    if (rng_chance(r, 20))
        mpq_div_2exp(share, share, (mp_bitcnt_t)rng_below(r, 80));
}

static void random_coordinate(mpq_t x, rng *r, const mpq_t lower, const mpq_t upper)
{
    const char *kink = random_kink(r);
    assert_null(rational_parse(x, kink, strlen(kink)));
    if (rng_chance(r, 15) && mpq_cmp(x, lower) >= 0 && mpq_cmp(x, upper) <= 0)
        return;
    mpq_t share;
    mpq_init(share);
    random_share(share, r);
    mpq_sub(x, upper, lower);
    mpq_mul(x, x, share);
    mpq_add(x, x, lower);
    mpq_clear(share);
}

void trial_point(trial *t, rng *r, mpq_t *x)
{
    for (size_t i = 0; i < t->d; i++)
        random_coordinate(x[i], r, t->lower[i], t->upper[i]);
}

/* --- the statements of doc/enclosures.md ---------------------------------------------------------------- */

void enclosure_check_value(trial *t, rng *r)
{
    truth v;
    truth_init(&v);
    trial_point(t, r, t->x);
    if (truth_at(&v, t, t->x))
        expect(t, meets(enclosure_value(&t->m), &v), "the value is not enclosed");
    truth_clear(&v);
}

bool enclosure_is_settled(mpfi_srcptr r)
{
    return mpfi_bounded_p(r) || (mpfr_inf_p(&r->left) && mpfr_sgn(&r->left) < 0 && mpfr_inf_p(&r->right) &&
                                 mpfr_sgn(&r->right) > 0);
}

void enclosure_check_settled(trial *t)
{
    expect(t, mpfi_bounded_p(enclosure_value(&t->m)), "a value that is not bounded");
    for (size_t i = 0; i < t->d; i++) {
        expect(t, enclosure_is_settled(enclosure_gradient(&t->m, i)), "a half-bounded slope");
        for (size_t j = 0; j < t->d; j++)
            expect(t, enclosure_is_settled(enclosure_hessian(&t->m, i, j)),
                   "a half-bounded second derivative");
    }
}

void enclosure_check_slope(trial *t, rng *r)
{
    truth v, w;
    mpq_t distance;
    size_t i = (size_t)rng_below(r, t->d);
    truth_init(&v);
    truth_init(&w);
    mpq_init(distance);
    trial_point(t, r, t->x);
    for (size_t k = 0; k < t->d; k++)
        mpq_set(t->y[k], t->x[k]);
    random_coordinate(t->y[i], r, t->lower[i], t->upper[i]);
    mpq_sub(distance, t->y[i], t->x[i]);
    if (mpq_sgn(distance) != 0 && is_rational_at(&v, t, t->x) && is_rational_at(&w, t, t->y)) {
        mpq_sub(v.low, w.low, v.low);
        mpq_div(v.low, v.low, distance);
        mpq_set(v.high, v.low);
        expect(t, meets(enclosure_gradient(&t->m, i), &v), "a slope is not enclosed");
    }
    mpq_clear(distance);
    truth_clear(&v);
    truth_clear(&w);
}

static bool is_flat_side(const trial *t, size_t i)
{
    return mpq_equal(t->lower[i], t->upper[i]) != 0;
}

void second_order_init(second_order *s, const trial *t)
{
    s->smooth = true;
    for (size_t i = 0; i < t->d; i++) {
        for (size_t j = 0; j < t->d; j++) {
            mpfi_srcptr h = enclosure_hessian(&t->m, i, j);
            mpfi_init2(s->hessian[i][j], mpfi_get_prec(h));
            mpfi_set(s->hessian[i][j], h);
            if (!mpfi_bounded_p(h) && !is_flat_side(t, i) && !is_flat_side(t, j))
                s->smooth = false;
        }
    }
}

void second_order_clear(second_order *s, const trial *t)
{
    for (size_t i = 0; i < t->d; i++) {
        for (size_t j = 0; j < t->d; j++)
            mpfi_clear(s->hessian[i][j]);
    }
}

/* sum += factor · a · b, as if exactly */
static void add_term(mpfi_ptr sum, mpfi_srcptr factor, const mpq_t a, const mpq_t b)
{
    mpfi_t term;
    mpfi_init2(term, EXACT_BITS);
    mpfi_mul_q(term, factor, a);
    mpfi_mul_q(term, term, b);
    mpfi_add(sum, sum, term);
    mpfi_clear(term);
}

void enclosure_check_taylor(trial *t, rng *r, const second_order *s, mpq_t *middle)
{
    truth v;
    mpfi_t sum;
    mpq_t one, half;
    truth_init(&v);
    mpfi_init2(sum, EXACT_BITS);
    mpfi_set(sum, enclosure_value(&t->m));
    mpq_inits(one, half, NULL);
    mpq_set_ui(one, 1, 1);
    mpq_set_ui(half, 1, 2);
    trial_point(t, r, t->x);
    for (size_t i = 0; i < t->d; i++)
        mpq_sub(t->y[i], t->x[i], middle[i]);
    for (size_t i = 0; i < t->d; i++) {
        if (is_flat_side(t, i))
            continue;
        add_term(sum, enclosure_gradient(&t->m, i), t->y[i], one);
        for (size_t j = 0; j < t->d; j++) {
            mpq_mul(v.low, t->y[i], half);
            if (!is_flat_side(t, j))
                add_term(sum, s->hessian[i][j], v.low, t->y[j]);
        }
    }
    if (truth_at(&v, t, t->x))
        expect(t, meets(sum, &v), "a value is not in Taylor's formula");
    mpq_clears(one, half, NULL);
    mpfi_clear(sum);
    truth_clear(&v);
}

void enclosure_check_tangent(trial *t, rng *r)
{
    const tangent *f = &t->form;
    truth v;
    mpq_t sum, term;
    truth_init(&v);
    mpq_inits(sum, term, NULL);
    trial_point(t, r, t->x);
    mpq_set(sum, f->value);
    for (size_t i = 0; i < t->d; i++) {
        mpq_sub(term, t->x[i], f->centre[i]);
        mpq_mul(term, term, f->slope[i]);
        mpq_add(sum, sum, term);
    }
    if (truth_at(&v, t, t->x)) {
        mpq_sub(term, sum, f->error);
        expect(t, mpq_cmp(v.high, term) >= 0, "a value is below the linear enclosure");
        mpq_add(term, sum, f->error);
        expect(t, mpq_cmp(v.low, term) <= 0, "a value is above the linear enclosure");
    }
    mpq_clears(sum, term, NULL);
    truth_clear(&v);
}

void enclosure_check_point(trial *t, rng *r)
{
    truth v;
    mpq_t width, low, high;
    bool narrow;
    truth_init(&v);
    mpq_inits(width, low, high, NULL);
    mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, (mp_bitcnt_t)rng_below(r, 120));
    trial_point(t, r, t->x);
    if (enclosure_point(&t->m, 0, t->x, width, low, high, &narrow) == DOMAIN_INSIDE &&
        truth_at(&v, t, t->x)) {
        expect(t, mpq_cmp(low, v.high) <= 0 && mpq_cmp(high, v.low) >= 0, "a value at a point");
        mpq_sub(high, high, low);
        expect(t, narrow == (mpq_cmp(high, width) <= 0), "whether it is narrow");
    }
    mpq_clears(width, low, high, NULL);
    truth_clear(&v);
}
