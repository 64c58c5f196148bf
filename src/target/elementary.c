/* Elementary operations on intervals: see elementary.h. */
#include "target/elementary.h"

#include "target/angle.h"
#include "target/power.h"

void elementary_power_init(elementary_power *p, const mpq_t exponent)
{
    mpq_t one;
    mpq_inits(p->exponent, p->once, p->twice, p->factor, one, NULL);
    mpq_set_ui(one, 1, 1);
    mpq_set(p->exponent, exponent);
    mpq_sub(p->once, exponent, one);
    mpq_sub(p->twice, p->once, one);
    mpq_mul(p->factor, exponent, p->once);
    mpq_clear(one);
}

void elementary_power_clear(elementary_power *p)
{
    mpq_clears(p->exponent, p->once, p->twice, p->factor, NULL);
}

/* --- domains -------------------------------------------------------------------------------------------- */

/* Where the arguments must be >= 0, or > 0. */
static domain domain_from_zero(mpfi_srcptr a, bool zero_included)
{
    int left = mpfr_sgn(&a->left), right = mpfr_sgn(&a->right);
    if (zero_included ? left >= 0 : left > 0)
        return DOMAIN_INSIDE;
    return (zero_included ? right < 0 : right <= 0) ? DOMAIN_OUTSIDE : DOMAIN_PERHAPS;
}

/* Where the arguments must not be 0. */
static domain domain_nonzero(mpfi_srcptr a)
{
    if (!mpfi_has_zero(a))
        return DOMAIN_INSIDE;
    return mpfi_is_zero(a) ? DOMAIN_OUTSIDE : DOMAIN_PERHAPS;
}

/* Where the arguments must lie between -1 and 1. */
static domain domain_of_arcs(mpfi_srcptr a)
{
    if (mpfr_cmp_si(&a->left, -1) >= 0 && mpfr_cmp_si(&a->right, 1) <= 0)
        return DOMAIN_INSIDE;
    return mpfr_cmp_si(&a->left, 1) > 0 || mpfr_cmp_si(&a->right, -1) < 0 ? DOMAIN_OUTSIDE : DOMAIN_PERHAPS;
}

/* Powers: a negative exponent excludes 0, one that is not an integer excludes negative numbers. */
static domain domain_of_power(const mpq_t exponent, mpfi_srcptr a)
{
    if (!power_is_integral(exponent))
        return domain_from_zero(a, mpq_sgn(exponent) > 0);
    return mpq_sgn(exponent) < 0 ? domain_nonzero(a) : DOMAIN_INSIDE;
}

static domain domain_of(expression_op op, const elementary_power *p, mpfi_srcptr a)
{
    switch (op) {
    case EXPRESSION_SQRT:
        return domain_from_zero(a, true);
    case EXPRESSION_LOG:
        return domain_from_zero(a, false);
    case EXPRESSION_ASIN:
    case EXPRESSION_ACOS:
        return domain_of_arcs(a);
    case EXPRESSION_POWER:
        return domain_of_power(p->exponent, a);
    default:
        return DOMAIN_INSIDE;
    }
}

/* --- values --------------------------------------------------------------------------------------------- */

static void maximum(mpfi_ptr v, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfr_max(&v->left, &a->left, &b->left, MPFR_RNDD);
    mpfr_max(&v->right, &a->right, &b->right, MPFR_RNDU);
}

static void minimum(mpfi_ptr v, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfr_min(&v->left, &a->left, &b->left, MPFR_RNDD);
    mpfr_min(&v->right, &a->right, &b->right, MPFR_RNDU);
}

static void positive_part(mpfi_ptr v, mpfi_srcptr a)
{
    mpfi_set(v, a);
    if (mpfr_sgn(&v->left) < 0)
        mpfr_set_zero(&v->left, 1);
    if (mpfr_sgn(&v->right) < 0)
        mpfr_set_zero(&v->right, 1);
}

/* An unbounded result is one that is too large, or one near a pole of the tangent. */
static domain bounded(mpfi_srcptr v)
{
    return mpfi_bounded_p(v) ? DOMAIN_INSIDE : DOMAIN_PERHAPS;
}

domain elementary_unary(mpfi_ptr v, expression_op op, const elementary_power *p, mpfi_srcptr a)
{
    domain d = domain_of(op, p, a);
    if (d != DOMAIN_INSIDE)
        return d;
    switch (op) {
    case EXPRESSION_NEG:
        mpfi_neg(v, a);
        break;
    case EXPRESSION_RELU:
        positive_part(v, a);
        break;
    case EXPRESSION_POWER:
        power_of(v, a, p->exponent);
        break;
    case EXPRESSION_SIN:
        angle_sin(v, a);
        break;
    case EXPRESSION_COS:
        angle_cos(v, a);
        break;
    case EXPRESSION_TAN:
        angle_tan(v, a);
        break;
#define CASE(OP, name)                                                                                       \
    case EXPRESSION_##OP:                                                                                    \
        mpfi_##name(v, a);                                                                                   \
        break;
        CASE(ABS, abs)
        CASE(SQRT, sqrt)
        CASE(EXP, exp)
        CASE(LOG, log)
        CASE(ASIN, asin)
        CASE(ACOS, acos)
        CASE(ATAN, atan)
        CASE(SINH, sinh)
        CASE(COSH, cosh)
        CASE(TANH, tanh)
#undef CASE
    default: /* no operation of one operand */
        return DOMAIN_OUTSIDE;
    }
    return bounded(v);
}

domain elementary_binary(mpfi_ptr v, expression_op op, mpfi_srcptr a, mpfi_srcptr b)
{
    domain d = op == EXPRESSION_DIV ? domain_nonzero(b) : DOMAIN_INSIDE;
    if (d != DOMAIN_INSIDE)
        return d;
    switch (op) {
    case EXPRESSION_ADD:
        mpfi_add(v, a, b);
        break;
    case EXPRESSION_SUB:
        mpfi_sub(v, a, b);
        break;
    case EXPRESSION_MUL:
        mpfi_mul(v, a, b);
        break;
    case EXPRESSION_DIV:
        mpfi_div(v, a, b);
        break;
    case EXPRESSION_MIN:
        minimum(v, a, b);
        break;
    case EXPRESSION_MAX:
        maximum(v, a, b);
        break;
    default: /* no operation of two operands */
        return DOMAIN_OUTSIDE;
    }
    return bounded(v);
}

/* --- kinks ---------------------------------------------------------------------------------------------- */

/* At a >= 0 abs and relu are the identity; at a <= 0 they are -a and 0. */
static branch branch_at_zero(mpfi_srcptr a)
{
    if (mpfr_sgn(&a->left) >= 0)
        return BRANCH_RIGHT;
    return mpfr_sgn(&a->right) <= 0 ? BRANCH_LEFT : BRANCH_BOTH;
}

/* max(a, b) = a and min(a, b) = b where b <= a. */
static branch branch_of_choice(bool greatest, mpfi_srcptr a, mpfi_srcptr b)
{
    if (mpfr_lessequal_p(&b->right, &a->left))
        return greatest ? BRANCH_LEFT : BRANCH_RIGHT;
    if (mpfr_lessequal_p(&a->right, &b->left))
        return greatest ? BRANCH_RIGHT : BRANCH_LEFT;
    return BRANCH_BOTH;
}

branch elementary_branch(expression_op op, mpfi_srcptr a, mpfi_srcptr b)
{
    switch (op) {
    case EXPRESSION_ABS:
    case EXPRESSION_RELU:
        return branch_at_zero(a);
    case EXPRESSION_MIN:
    case EXPRESSION_MAX:
        return branch_of_choice(op == EXPRESSION_MAX, a, b);
    default:
        return BRANCH_SMOOTH;
    }
}

/* The slopes of a function with a kink at 0: `low` on its left, 1 on its right. */
static void slope_of_kink(mpfi_ptr first, branch taken, long low)
{
    if (taken == BRANCH_RIGHT)
        mpfi_set_si(first, 1);
    else if (taken == BRANCH_LEFT)
        mpfi_set_si(first, low);
    else
        mpfi_interv_si(first, low, 1);
}

/* No second derivative where the kink is inside; otherwise 0. */
static void second_of_kink(mpfi_ptr second, branch taken)
{
    if (taken == BRANCH_LEFT || taken == BRANCH_RIGHT)
        mpfi_set_ui(second, 0);
    else
        slope_whole(second);
}

/* --- derivatives ---------------------------------------------------------------------------------------- */

/* r = 1/a for an interval that may contain 0: then nothing is known. */
static void inverse(mpfi_ptr r, mpfi_srcptr a)
{
    if (mpfi_has_zero(a))
        slope_whole(r);
    else {
        mpfi_inv(r, a);
        slope_settle(r);
    }
}

/* 1 - a^2, for asin and acos, whose arguments are at most 1 in size: rounding must not make it negative. */
static void one_minus_square(mpfi_ptr r, mpfi_srcptr a)
{
    mpfi_sqr(r, a);
    mpfi_ui_sub(r, 1, r);
    if (mpfr_sgn(&r->left) < 0)
        mpfr_set_zero(&r->left, 1);
}

void elementary_first(mpfi_ptr first, expression_op op, const elementary_power *p, branch taken,
                      mpfi_srcptr a, mpfi_srcptr v, elementary_scratch *w)
{
    switch (op) {
    case EXPRESSION_NEG:
        mpfi_set_si(first, -1);
        break;
    case EXPRESSION_ABS:
        slope_of_kink(first, taken, -1);
        break;
    case EXPRESSION_RELU:
        slope_of_kink(first, taken, 0);
        break;
    case EXPRESSION_POWER: /* r t^(r-1); for r = 0 that is 0 at 0 too */
        if (mpq_sgn(p->exponent) == 0) {
            mpfi_set_ui(first, 0);
            return;
        }
        power_of(first, a, p->once);
        mpfi_mul_q(first, first, p->exponent);
        break;
    case EXPRESSION_SQRT: /* 1/(2 sqrt t) */
        inverse(first, v);
        mpfi_div_2ui(first, first, 1);
        break;
    case EXPRESSION_EXP:
        mpfi_set(first, v);
        break;
    case EXPRESSION_LOG:
        inverse(first, a);
        break;
    case EXPRESSION_SIN:
        angle_cos(first, a);
        break;
    case EXPRESSION_COS:
        angle_sin(first, a);
        mpfi_neg(first, first);
        break;
    case EXPRESSION_TAN: /* 1 + tan^2 */
        mpfi_sqr(first, v);
        mpfi_add_ui(first, first, 1);
        break;
    case EXPRESSION_ASIN: /* 1/sqrt(1 - t^2) */
    case EXPRESSION_ACOS:
        one_minus_square(w->s, a);
        mpfi_sqrt(w->s, w->s);
        inverse(first, w->s);
        if (op == EXPRESSION_ACOS)
            mpfi_neg(first, first);
        break;
    case EXPRESSION_ATAN: /* 1/(1 + t^2) */
        mpfi_sqr(w->s, a);
        mpfi_add_ui(w->s, w->s, 1);
        inverse(first, w->s);
        break;
    case EXPRESSION_SINH:
        mpfi_cosh(first, a);
        break;
    case EXPRESSION_COSH:
        mpfi_sinh(first, a);
        break;
    case EXPRESSION_TANH: /* 1 - tanh^2 */
        mpfi_sqr(first, v);
        mpfi_ui_sub(first, 1, first);
        break;
    default:
        slope_whole(first);
    }
    slope_settle(first);
}

/* -1/(4 t sqrt t) */
static void second_of_sqrt(mpfi_ptr second, mpfi_srcptr a, mpfi_srcptr v, elementary_scratch *w)
{
    mpfi_mul(w->s, a, v);
    inverse(second, w->s);
    mpfi_div_2ui(second, second, 2);
    mpfi_neg(second, second);
}

/* t/(1 - t^2)^(3/2) */
static void second_of_asin(mpfi_ptr second, mpfi_srcptr a, elementary_scratch *w)
{
    one_minus_square(w->s, a);
    mpfi_sqrt(w->t, w->s);
    mpfi_mul(w->s, w->s, w->t);
    inverse(w->t, w->s);
    slope_mul(second, a, w->t);
}

/* -2t/(1 + t^2)^2 */
static void second_of_atan(mpfi_ptr second, mpfi_srcptr a, elementary_scratch *w)
{
    mpfi_sqr(w->s, a);
    mpfi_add_ui(w->s, w->s, 1);
    mpfi_sqr(w->s, w->s);
    mpfi_mul_si(w->t, a, -2);
    mpfi_div(second, w->t, w->s);
}

/* 2v(1 + v^2) for v = tan, and -2v(1 - v^2) for v = tanh: the same up to the sign of v^2 and of the whole */
static void second_of_tangent(mpfi_ptr second, mpfi_srcptr v, bool hyperbolic, elementary_scratch *w)
{
    mpfi_sqr(w->s, v);
    if (hyperbolic)
        mpfi_sub_ui(w->s, w->s, 1);
    else
        mpfi_add_ui(w->s, w->s, 1);
    mpfi_mul(w->s, w->s, v);
    mpfi_mul_2ui(second, w->s, 1);
}

void elementary_second(mpfi_ptr second, expression_op op, const elementary_power *p, branch taken,
                       mpfi_srcptr a, mpfi_srcptr v, elementary_scratch *w)
{
    switch (op) {
    case EXPRESSION_NEG:
        mpfi_set_ui(second, 0);
        break;
    case EXPRESSION_ABS:
    case EXPRESSION_RELU:
        second_of_kink(second, taken);
        break;
    case EXPRESSION_POWER: /* r(r-1) t^(r-2); for r = 0 and r = 1 that is 0 at 0 too */
        if (mpq_sgn(p->factor) == 0) {
            mpfi_set_ui(second, 0);
            return;
        }
        power_of(second, a, p->twice);
        mpfi_mul_q(second, second, p->factor);
        break;
    case EXPRESSION_SQRT:
        second_of_sqrt(second, a, v, w);
        break;
    case EXPRESSION_EXP:
    case EXPRESSION_SINH:
    case EXPRESSION_COSH:
        mpfi_set(second, v);
        break;
    case EXPRESSION_LOG: /* -1/t^2 */
        mpfi_sqr(w->s, a);
        inverse(second, w->s);
        mpfi_neg(second, second);
        break;
    case EXPRESSION_SIN:
    case EXPRESSION_COS:
        mpfi_neg(second, v);
        break;
    case EXPRESSION_TAN:
        second_of_tangent(second, v, false, w);
        break;
    case EXPRESSION_ASIN:
    case EXPRESSION_ACOS:
        second_of_asin(second, a, w);
        if (op == EXPRESSION_ACOS)
            mpfi_neg(second, second);
        break;
    case EXPRESSION_ATAN:
        second_of_atan(second, a, w);
        break;
    case EXPRESSION_TANH:
        second_of_tangent(second, v, true, w);
        break;
    default:
        slope_whole(second);
    }
    slope_settle(second);
}
