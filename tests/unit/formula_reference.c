#include "formula_reference.h"

#include "arrays.h"
#include "base/memory.h"

#include <stdlib.h>

enum { GREATEST_EXPONENT = 100 };

static void constant(mpfr_t v, const mpq_t value)
{
    mpfr_set_q(v, value, MPFR_RNDN);
}

/* a^r; not defined for negative numbers unless r is an integer, for 0 unless r >= 0. */
static void power(mpfr_t v, const mpfr_t a, const mpq_t r)
{
    if (mpz_cmp_ui(mpq_denref(r), 1) == 0)
        mpfr_pow_z(v, a, mpq_numref(r), MPFR_RNDN);
    else {
        mpfr_t exponent;
        mpfr_init2(exponent, REFERENCE_PRECISION);
        constant(exponent, r);
        mpfr_abs(v, a, MPFR_RNDN); /* -0 */
        if (mpfr_sgn(a) < 0)
            mpfr_set_nan(v);
        else
            mpfr_pow(v, v, exponent, MPFR_RNDN);
        mpfr_clear(exponent);
    }
}

/* Angles that are too large for these to be right take too long to reduce, too. */
static void trigonometric(mpfr_t v, const mpfr_t a, int (*function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t))
{
    if (mpfr_regular_p(a) && mpfr_get_exp(a) > REFERENCE_PRECISION)
        mpfr_set_zero(v, 1);
    else
        function(v, a, MPFR_RNDN);
}

static void operate(mpfr_t v, const expression *u, const expression_node *n, mpfr_t *value, mpq_t *x)
{
    const mpfr_rnd_t near = MPFR_RNDN;
    mpfr_t *a = &value[n->a], *b = &value[n->b];
    switch (n->op) {
    case EXPRESSION_CONSTANT:
        constant(v, u->constant[n->a]);
        break;
    case EXPRESSION_INPUT:
        constant(v, x[n->a]);
        break;
    case EXPRESSION_PI:
        mpfr_const_pi(v, near);
        break;
    case EXPRESSION_E:
        mpfr_set_ui(v, 1, near);
        mpfr_exp(v, v, near);
        break;
    case EXPRESSION_ADD:
        mpfr_add(v, *a, *b, near);
        break;
    case EXPRESSION_SUB:
        mpfr_sub(v, *a, *b, near);
        break;
    case EXPRESSION_MUL:
        mpfr_mul(v, *a, *b, near);
        break;
    case EXPRESSION_DIV:
        mpfr_div(v, *a, *b, near);
        break;
    case EXPRESSION_MIN:
        mpfr_min(v, *a, *b, near);
        break;
    case EXPRESSION_MAX:
        mpfr_max(v, *a, *b, near);
        break;
    case EXPRESSION_POWER:
        power(v, *a, u->constant[n->b]);
        break;
    case EXPRESSION_NEG:
        mpfr_neg(v, *a, near);
        break;
    case EXPRESSION_ABS:
        mpfr_abs(v, *a, near);
        break;
    case EXPRESSION_RELU:
        mpfr_set_zero(v, 1);
        mpfr_max(v, v, *a, near);
        break;
    case EXPRESSION_SQRT:
        mpfr_sqrt(v, *a, near);
        break;
    case EXPRESSION_EXP:
        mpfr_exp(v, *a, near);
        break;
    case EXPRESSION_LOG:
        mpfr_log(v, *a, near);
        break;
    case EXPRESSION_SIN:
        trigonometric(v, *a, mpfr_sin);
        break;
    case EXPRESSION_COS:
        trigonometric(v, *a, mpfr_cos);
        break;
    case EXPRESSION_TAN:
        trigonometric(v, *a, mpfr_tan);
        break;
    case EXPRESSION_ASIN:
        mpfr_asin(v, *a, near);
        break;
    case EXPRESSION_ACOS:
        mpfr_acos(v, *a, near);
        break;
    case EXPRESSION_ATAN:
        mpfr_atan(v, *a, near);
        break;
    case EXPRESSION_SINH:
        mpfr_sinh(v, *a, near);
        break;
    case EXPRESSION_COSH:
        mpfr_cosh(v, *a, near);
        break;
    case EXPRESSION_TANH:
        mpfr_tanh(v, *a, near);
        break;
    case EXPRESSION_OPS:
        mpfr_set_nan(v);
        break;
    }
}

static bool is_moderate(const mpfr_t v)
{
    return !mpfr_regular_p(v) || labs(mpfr_get_exp(v)) <= GREATEST_EXPONENT;
}

/* Neither very large, nor very close to 0, 1 or -1, where domains end, without being it. */
static bool is_tame(const mpfr_t v)
{
    mpfr_t rest;
    mpfr_init2(rest, REFERENCE_PRECISION);
    mpfr_abs(rest, v, MPFR_RNDN);
    mpfr_sub_ui(rest, rest, 1, MPFR_RNDN);
    bool tame = is_moderate(v) && is_moderate(rest);
    mpfr_clear(rest);
    return tame;
}

bool formula_reference(mpfr_t value, const expression *u, size_t node, mpq_t *x, bool *tame)
{
    bool defined = true, calm = true;
    mpfr_t *v = mem_alloc(node + 1, sizeof *v);
    bool *used = mem_alloc(node + 1, sizeof *used);
    used[node] = true;
    for (size_t k = node + 1; k-- > 0;) {
        mpfr_init2(v[k], REFERENCE_PRECISION);
        int operands = expression_operands(u->node[k].op);
        if (used[k] && operands >= 1)
            used[u->node[k].a] = true;
        if (used[k] && operands == 2)
            used[u->node[k].b] = true;
    }
    for (size_t k = 0; k <= node; k++) {
        if (!used[k])
            continue;
        operate(v[k], u, &u->node[k], v, x);
        defined = defined && mpfr_number_p(v[k]);
        calm = calm && is_tame(v[k]);
    }
    mpfr_set(value, v[node], MPFR_RNDN);
    if (tame != NULL)
        *tame = calm;
    for (size_t k = 0; k <= node; k++)
        mpfr_clear(v[k]);
    free(v);
    free(used);
    return defined;
}

/* --- in rational numbers -------------------------------------------------------------------------------- */

/* Bits up to which numbers are calculated. */
enum { LONGEST = 1 << 18 };

static size_t length_of(const mpq_t q)
{
    size_t above = mpz_sizeinbase(mpq_numref(q), 2), below = mpz_sizeinbase(mpq_denref(q), 2);
    return above > below ? above : below;
}

static formula_kind exact_power(mpq_t v, const mpq_t a, const mpq_t exponent)
{
    if (mpz_cmp_ui(mpq_denref(exponent), 1) != 0 || mpz_cmpabs_ui(mpq_numref(exponent), LONGEST) > 0)
        return FORMULA_OTHER;
    unsigned long n = mpz_get_ui(mpq_numref(exponent));
    if (length_of(a) * n > LONGEST)
        return FORMULA_OTHER;
    if (mpq_sgn(exponent) < 0 && mpq_sgn(a) == 0)
        return FORMULA_UNDEFINED;
    mpz_pow_ui(mpq_numref(v), mpq_numref(a), n);
    mpz_pow_ui(mpq_denref(v), mpq_denref(a), n);
    if (mpq_sgn(exponent) < 0)
        mpq_inv(v, v);
    return FORMULA_RATIONAL;
}

static formula_kind exact_operation(mpq_t v, const expression *u, const expression_node *n, mpq_t *value,
                                    mpq_t *x)
{
    mpq_srcptr a = value[n->a], b = value[n->b];
    switch (n->op) {
    case EXPRESSION_CONSTANT:
        mpq_set(v, u->constant[n->a]);
        break;
    case EXPRESSION_INPUT:
        mpq_set(v, x[n->a]);
        break;
    case EXPRESSION_ADD:
        mpq_add(v, a, b);
        break;
    case EXPRESSION_SUB:
        mpq_sub(v, a, b);
        break;
    case EXPRESSION_MUL:
        mpq_mul(v, a, b);
        break;
    case EXPRESSION_DIV:
        if (mpq_sgn(b) == 0)
            return FORMULA_UNDEFINED;
        mpq_div(v, a, b);
        break;
    case EXPRESSION_MIN:
        mpq_set(v, mpq_cmp(a, b) < 0 ? a : b);
        break;
    case EXPRESSION_MAX:
        mpq_set(v, mpq_cmp(a, b) > 0 ? a : b);
        break;
    case EXPRESSION_POWER:
        return exact_power(v, a, u->constant[n->b]);
    case EXPRESSION_NEG:
        mpq_neg(v, a);
        break;
    case EXPRESSION_ABS:
        mpq_abs(v, a);
        break;
    case EXPRESSION_RELU:
        if (mpq_sgn(a) > 0)
            mpq_set(v, a);
        break;
    default:
        return FORMULA_OTHER;
    }
    return length_of(v) > LONGEST ? FORMULA_OTHER : FORMULA_RATIONAL;
}

formula_kind formula_exact(mpq_t value, const expression *u, size_t node, mpq_t *x)
{
    formula_kind kind = FORMULA_RATIONAL;
    mpq_t *v = rationals_new(node + 1);
    for (size_t k = 0; k <= node && kind == FORMULA_RATIONAL; k++)
        kind = exact_operation(v[k], u, &u->node[k], v, x);
    if (kind == FORMULA_RATIONAL)
        mpq_set(value, v[node]);
    rationals_free(v, node + 1);
    return kind;
}
