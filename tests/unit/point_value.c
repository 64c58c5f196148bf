/* Values at points: see point_value.h. */
#include "point_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <mpfi.h> /* after stdio.h and gmp.h, which it looks for */

#include "base/memory.h"

#define PRECISION 1400
/* Numbers beyond 2^±LARGEST are not looked at: their digits would not suffice, or take too long. */
#define LARGEST 1000

/* Both ends compared with a whole number: +1 above, −1 below, 0 neither. */
static int side_of(mpfi_srcptr a, long number)
{
    return mpfr_cmp_si(&a->left, number) > 0 ? 1 : mpfr_cmp_si(&a->right, number) < 0 ? -1 : 0;
}

static bool is_exactly(mpfi_srcptr a, long number)
{
    return mpfr_cmp_si(&a->left, number) == 0 && mpfr_cmp_si(&a->right, number) == 0;
}

static bool is_moderate(mpfi_srcptr a)
{
    mpfr_srcptr ends[2] = {&a->left, &a->right};
    for (int k = 0; k < 2; k++)
        if (!mpfr_number_p(ends[k]) || (mpfr_regular_p(ends[k]) && labs(mpfr_get_exp(ends[k])) > LARGEST))
            return false;
    return true;
}

/* a ^ n for a whole n. */
static point_state whole_power(mpfi_ptr v, mpfi_srcptr a, long n)
{
    if (n < 0 && is_exactly(a, 0))
        return POINT_UNDEFINED;
    if (labs(n) > 64 || (n < 0 && side_of(a, 0) == 0))
        return POINT_UNKNOWN;
    mpfi_set_ui(v, 1);
    for (long k = 0; k < labs(n); k++)
        mpfi_mul(v, v, a);
    if (n < 0)
        mpfi_ui_div(v, 1, v);
    return POINT_KNOWN;
}

static point_state power(mpfi_ptr v, mpfi_srcptr a, const mpq_t exponent)
{
    if (mpz_cmp_ui(mpq_denref(exponent), 1) == 0)
        return mpz_fits_slong_p(mpq_numref(exponent)) ? whole_power(v, a, mpz_get_si(mpq_numref(exponent)))
                                                      : POINT_UNKNOWN;
    if (is_exactly(a, 0)) {
        mpfi_set_ui(v, 0);
        return mpq_sgn(exponent) > 0 ? POINT_KNOWN : POINT_UNDEFINED;
    }
    if (side_of(a, 0) <= 0)
        return side_of(a, 0) < 0 ? POINT_UNDEFINED : POINT_UNKNOWN;
    mpfi_log(v, a);
    mpfi_mul_q(v, v, exponent);
    mpfi_exp(v, v);
    return POINT_KNOWN;
}

/* Whether the argument lies in the operation's domain. */
static point_state domain_of(expression_op op, mpfi_srcptr a, mpfi_srcptr b)
{
    switch (op) {
    case EXPRESSION_DIV:
        return is_exactly(b, 0) ? POINT_UNDEFINED : side_of(b, 0) == 0 ? POINT_UNKNOWN : POINT_KNOWN;
    case EXPRESSION_LOG:
        return mpfr_sgn(&a->right) <= 0 ? POINT_UNDEFINED : side_of(a, 0) > 0 ? POINT_KNOWN : POINT_UNKNOWN;
    case EXPRESSION_SQRT:
        return mpfr_sgn(&a->left) >= 0 ? POINT_KNOWN : side_of(a, 0) < 0 ? POINT_UNDEFINED : POINT_UNKNOWN;
    case EXPRESSION_ASIN:
    case EXPRESSION_ACOS:
        if (side_of(a, 1) > 0 || side_of(a, -1) < 0)
            return POINT_UNDEFINED;
        return mpfr_cmp_si(&a->left, -1) >= 0 && mpfr_cmp_si(&a->right, 1) <= 0 ? POINT_KNOWN : POINT_UNKNOWN;
    default:
        return POINT_KNOWN;
    }
}

static void smaller(mpfi_ptr v, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfr_min(&v->left, &a->left, &b->left, MPFR_RNDD);
    mpfr_min(&v->right, &a->right, &b->right, MPFR_RNDU);
}

static void larger(mpfi_ptr v, mpfi_srcptr a, mpfi_srcptr b)
{
    mpfr_max(&v->left, &a->left, &b->left, MPFR_RNDD);
    mpfr_max(&v->right, &a->right, &b->right, MPFR_RNDU);
}

static void call(mpfi_ptr v, expression_op op, mpfi_srcptr a)
{
    static int (*const function[EXPRESSION_OPS])(mpfi_ptr, mpfi_srcptr) = {
        [EXPRESSION_NEG] = mpfi_neg,   [EXPRESSION_ABS] = mpfi_abs,   [EXPRESSION_SQRT] = mpfi_sqrt,
        [EXPRESSION_EXP] = mpfi_exp,   [EXPRESSION_LOG] = mpfi_log,   [EXPRESSION_SIN] = mpfi_sin,
        [EXPRESSION_COS] = mpfi_cos,   [EXPRESSION_TAN] = mpfi_tan,   [EXPRESSION_ASIN] = mpfi_asin,
        [EXPRESSION_ACOS] = mpfi_acos, [EXPRESSION_ATAN] = mpfi_atan, [EXPRESSION_SINH] = mpfi_sinh,
        [EXPRESSION_COSH] = mpfi_cosh, [EXPRESSION_TANH] = mpfi_tanh};
    function[op](v, a);
}

static point_state operate(mpfi_ptr v, const expression *u, const expression_node *n, mpfi_t *value, mpq_t *x)
{
    mpfi_srcptr a = value[n->a], b = value[n->b];
    point_state state = domain_of(n->op, a, b);
    if (state != POINT_KNOWN)
        return state;
    switch (n->op) {
    case EXPRESSION_CONSTANT:
        mpfi_set_q(v, u->constant[n->a]);
        break;
    case EXPRESSION_INPUT:
        mpfi_set_q(v, x[n->a]);
        break;
    case EXPRESSION_PI:
        mpfi_const_pi(v);
        break;
    case EXPRESSION_E:
        mpfi_set_ui(v, 1);
        mpfi_exp(v, v);
        break;
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
        smaller(v, a, b);
        break;
    case EXPRESSION_MAX:
        larger(v, a, b);
        break;
    case EXPRESSION_RELU:
        mpfi_set_ui(v, 0);
        larger(v, v, a);
        break;
    case EXPRESSION_POWER:
        state = power(v, a, u->constant[n->b]);
        break;
    default:
        call(v, n->op, a);
    }
    return state == POINT_KNOWN && !is_moderate(v) ? POINT_UNKNOWN : state;
}

/* Marks the nodes that the output depends on. */
static bool *used_nodes(const expression *u, size_t last)
{
    bool *used = mem_alloc(last + 1, sizeof *used);
    used[last] = true;
    for (size_t k = last + 1; k-- > 0;) {
        int operands = used[k] ? expression_operands(u->node[k].op) : 0;
        if (operands >= 1)
            used[u->node[k].a] = true;
        if (operands == 2)
            used[u->node[k].b] = true;
    }
    return used;
}

point_state point_value(mpq_t lower, mpq_t upper, const expression *u, size_t output, mpq_t *x)
{
    size_t last = u->output[output];
    point_state state = POINT_KNOWN;
    bool *used = used_nodes(u, last);
    mpfi_t *value = mem_alloc(last + 1, sizeof *value);
    for (size_t k = 0; k <= last; k++) {
        mpfi_init2(value[k], PRECISION);
        if (used[k] && state == POINT_KNOWN)
            state = operate(value[k], u, &u->node[k], value, x);
    }
    if (state == POINT_KNOWN) {
        mpfr_get_q(lower, &value[last]->left);
        mpfr_get_q(upper, &value[last]->right);
    }
    for (size_t k = 0; k <= last; k++)
        mpfi_clear(value[k]);
    free(value);
    free(used);
    return state;
}
