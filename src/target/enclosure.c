/* Enclosures: see enclosure.h. */
#include "target/enclosure.h"

#include "target/dyadic.h"
#include "target/gradient.h"

void enclosure_init(enclosure *m, const expression *u)
{
    tape_init(&m->t, u);
    mpq_init(m->end);
    mpfi_init2(m->zero, TAPE_PRECISION_LEAST);
    mpfi_set_ui(m->zero, 0);
    mpfi_init2(m->argument, TAPE_PRECISION_LEAST);
    m->culprit = 0;
    m->too_large = false;
    m->order = -1;
}

void enclosure_clear(enclosure *m)
{
    tape_clear(&m->t);
    mpq_clear(m->end);
    mpfi_clear(m->zero);
    mpfi_clear(m->argument);
}

int enclosure_order_most(const enclosure *m)
{
    return m->t.order_most;
}

/* --- values --------------------------------------------------------------------------------------------- */

/* The exact range, rounded outward, unless it is too large. */
static domain value_of_affine(enclosure *m, tape_unit *unit, mpq_t *lower, mpq_t *upper)
{
    affine_form_end(m->end, unit->affine, -1, lower, upper);
    mpfr_set_q(&unit->value->left, m->end, MPFR_RNDD);
    affine_form_end(m->end, unit->affine, 1, lower, upper);
    mpfr_set_q(&unit->value->right, m->end, MPFR_RNDU);
    return mpfi_bounded_p(unit->value) ? DOMAIN_INSIDE : DOMAIN_PERHAPS;
}

/* The operand at fault; of an affine unit, whose operands may have no values, the unit itself. */
static const tape_unit *fault_of(const enclosure *m, const tape_unit *unit)
{
    if (unit->affine != NULL || expression_operands(unit->op) == 0)
        return unit;
    return &m->t.unit[unit->op == EXPRESSION_DIV ? unit->b : unit->a];
}

/* Notes the argument at fault, and whether it is its value or that of the operation. */
static domain blame(enclosure *m, size_t k, domain d)
{
    const tape_unit *unit = &m->t.unit[k];
    const tape_unit *fault = fault_of(m, unit);
    m->culprit = k;
    m->too_large = d == DOMAIN_PERHAPS && mpfi_inf_p(unit->value);
    mpfi_set_prec(m->argument, mpfi_get_prec(fault->value));
    mpfi_set(m->argument, fault->value);
    return d;
}

static domain value_of_unit(enclosure *m, size_t k, mpq_t *lower, mpq_t *upper)
{
    tape_unit *unit = &m->t.unit[k];
    domain d = DOMAIN_INSIDE;
    if (unit->fixed)
        return d;
    if (unit->affine != NULL)
        d = value_of_affine(m, unit, lower, upper);
    else if (unit->op == EXPRESSION_PI)
        mpfi_const_pi(unit->value);
    else if (unit->op == EXPRESSION_E) {
        mpfi_set_ui(unit->value, 1);
        mpfi_exp(unit->value, unit->value);
    } else {
        mpfi_set_ui(unit->value, 0);
        const tape_unit *a = &m->t.unit[unit->a], *b = &m->t.unit[unit->b];
        d = expression_operands(unit->op) == 2
                ? elementary_binary(unit->value, unit->op, a->value, b->value)
                : elementary_unary(unit->value, unit->op, unit->power, a->value);
    }
    unit->fixed = unit->constant && d == DOMAIN_INSIDE;
    return d == DOMAIN_INSIDE ? d : blame(m, k, d);
}

domain enclosure_box(enclosure *m, size_t output, mpq_t *lower, mpq_t *upper, int order,
                     mpfr_prec_t precision)
{
    tape_prepare(&m->t, output, order, precision);
    m->order = -1;
    for (size_t k = 0; k <= m->t.u->output[output]; k++) {
        tape_unit *unit = &m->t.unit[k];
        if (!unit->needed)
            continue;
        domain d = value_of_unit(m, k, lower, upper);
        if (d != DOMAIN_INSIDE)
            return d;
        if (order >= 1)
            gradient_on_box(&m->t, unit, order);
    }
    m->order = order;
    return DOMAIN_INSIDE;
}

domain enclosure_middle(enclosure *m, mpq_t *point, int order)
{
    size_t last = m->t.u->output[m->t.output];
    if (order > m->order)
        return blame(m, last, DOMAIN_PERHAPS);
    for (size_t k = 0; k <= last; k++) {
        tape_unit *unit = &m->t.unit[k];
        if (!unit->needed)
            continue;
        domain d = value_of_unit(m, k, point, point);
        if (d != DOMAIN_INSIDE)
            return d;
        if (order >= 1)
            gradient_at_point(&m->t, unit);
    }
    return DOMAIN_INSIDE;
}

/* --- results -------------------------------------------------------------------------------------------- */

static const tape_unit *result(const enclosure *m)
{
    return &m->t.unit[m->t.u->output[m->t.output]];
}

mpfi_srcptr enclosure_value(const enclosure *m)
{
    return result(m)->value;
}

mpfi_srcptr enclosure_gradient(const enclosure *m, size_t i)
{
    size_t place = tape_find_input(result(m), i);
    return place == TAPE_NONE ? m->zero : result(m)->gradient[place];
}

mpfi_srcptr enclosure_hessian(const enclosure *m, size_t i, size_t j)
{
    size_t k = tape_find_input(result(m), i), l = tape_find_input(result(m), j);
    return k == TAPE_NONE || l == TAPE_NONE ? m->zero : result(m)->hessian[tape_pair(k, l)];
}

/* --- complaints ----------------------------------------------------------------------------------------- */

/* What the argument of an operation must be; of tan and of operations that are defined everywhere, NULL. */
static const char *requirement(const expression *u, const expression_node *n)
{
    switch (n->op) {
    case EXPRESSION_DIV:
        return "not be 0";
    case EXPRESSION_LOG:
        return "be positive";
    case EXPRESSION_SQRT:
        return "not be negative";
    case EXPRESSION_ASIN:
    case EXPRESSION_ACOS:
        return "be between -1 and 1";
    case EXPRESSION_POWER:
        if (mpz_cmp_ui(mpq_denref(u->constant[n->b]), 1) == 0)
            return "not be 0";
        return mpq_sgn(u->constant[n->b]) < 0 ? "be positive" : "not be negative";
    default:
        return NULL;
    }
}

domain enclosure_too_large(enclosure *m)
{
    m->culprit = m->t.u->output[m->t.output];
    m->too_large = true;
    mpfi_set_prec(m->argument, m->t.precision);
    mpfi_set(m->argument, enclosure_value(m));
    return DOMAIN_PERHAPS;
}

bool enclosure_complain(const enclosure *m, const char *name, error *e)
{
    const expression_node *n = &m->t.u->node[m->culprit];
    const char *must = requirement(m->t.u, n), *what = n->op == EXPRESSION_DIV ? "divisor" : "argument";
    char *left = NULL, *right = NULL;
    mpfr_asprintf(&left, "%.6RDg", &m->argument->left);
    mpfr_asprintf(&right, "%.6RUg", &m->argument->right);
    if (must == NULL || m->too_large)
        error_set(e, name, n->line, "column %ld: '%s' is too large or has a pole here: [%s, %s]", n->column,
                  expression_op_name(n->op), left, right);
    else
        error_set(e, name, n->line, "column %ld: the %s of '%s' is in [%s, %s], but must %s", n->column, what,
                  expression_op_name(n->op), left, right, must);
    mpfr_free_str(left);
    mpfr_free_str(right);
    return false;
}

/* --- points --------------------------------------------------------------------------------------------- */

bool enclosure_may_improve(const enclosure *m, mpfr_ptr width)
{
    mpfr_t now;
    mpfr_init2(now, mpfr_get_prec(width));
    mpfi_diam_abs(now, m->argument);
    mpfr_mul_d(width, width, 0.875, MPFR_RNDN);
    bool narrower = mpfr_nan_p(width) || mpfr_less_p(now, width);
    mpfr_set(width, now, MPFR_RNDN);
    mpfr_clear(now);
    return narrower && mpfr_sgn(width) > 0;
}

domain enclosure_point(enclosure *m, size_t output, mpq_t *point, const mpq_t width, mpq_t lower, mpq_t upper,
                       bool *narrow)
{
    mpfr_prec_t most = tape_most(&m->t);
    mpfr_t tried;
    mpfr_init2(tried, TAPE_PRECISION_LEAST);
    domain d = DOMAIN_PERHAPS;
    *narrow = false;
    for (mpfr_prec_t precision = TAPE_PRECISION_LEAST; precision <= most && !*narrow; precision *= 2) {
        d = enclosure_box(m, output, point, point, 0, precision);
        if (d == DOMAIN_OUTSIDE || (d == DOMAIN_PERHAPS && !enclosure_may_improve(m, tried)))
            break;
        if (d == DOMAIN_PERHAPS)
            continue;
        mpfi_srcptr v = enclosure_value(m);
        if (!dyadic_set(lower, &v->left, MPFR_RNDD) || !dyadic_set(upper, &v->right, MPFR_RNDU)) {
            d = enclosure_too_large(m);
            break;
        }
        mpq_sub(m->end, upper, lower);
        *narrow = mpq_cmp(m->end, width) <= 0;
    }
    mpfr_clear(tried);
    return d;
}
