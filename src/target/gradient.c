/* Forward differentiation: see gradient.h. Lower-case letters with indices stand for derivatives by inputs, a
 * and b for the operands, q for the result. The proofs are in doc/enclosures.md, sections 2 and 3; in short:
 *
 * Why the gradients are slopes, in the sense of enclosure.h, by induction. For q = f(a): f(a(x)) - f(a(y)) is
 * σ (a(x) - a(y)) with σ among the difference quotients of f on the range of a, which elementary_first
 * encloses (if a(x) = a(y), any σ will do). For products q(x) - q(y) = a(x) (b(x) - b(y)) + b(y) (a(x) -
 * a(y)); for quotients, with q(x) b(x) = a(x), q(x) - q(y) = (a(x) - a(y) - q(y) (b(x) - b(y))) / b(x). For
 * max and min there is a λ in [0, 1] with q(x) - q(y) = λ (a(x) - a(y)) + (1 - λ) (b(x) - b(y)), since they
 * increase in both and commute with adding a constant to both. An operand whose slope in a coordinate is 0
 * does not depend on it, whatever the outer slope: hence zero times anything is zero. */
#include "target/gradient.h"

/* Derivatives of an operand by input i or by inputs i, j of the unit; NULL: zero, it does not depend on them.
 */
static mpfi_srcptr first(const tape_unit *operand, const size_t *place, size_t i)
{
    size_t k = place == NULL ? i : place[i];
    return k == TAPE_NONE ? NULL : operand->gradient[k];
}

static mpfi_srcptr second(const tape_unit *operand, const size_t *place, size_t i, size_t j)
{
    size_t k = place == NULL ? i : place[i], l = place == NULL ? j : place[j];
    return k == TAPE_NONE || l == TAPE_NONE ? NULL : operand->hessian[tape_pair(k, l)];
}

/* r += a · b */
static void add_product(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b, mpfi_ptr scratch)
{
    if (a == NULL || b == NULL)
        return;
    slope_mul(scratch, a, b);
    slope_add(r, r, scratch);
}

/* r -= a · b */
static void subtract_product(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b, mpfi_ptr scratch)
{
    if (a == NULL || b == NULL)
        return;
    slope_mul(scratch, a, b);
    slope_sub(r, r, scratch);
}

static void set(mpfi_ptr r, mpfi_srcptr a)
{
    if (a == NULL)
        mpfi_set_ui(r, 0);
    else
        mpfi_set(r, a);
}

/* r = a + sign · b */
static void set_sum(mpfi_ptr r, mpfi_srcptr a, mpfi_srcptr b, bool minus)
{
    set(r, a);
    if (b != NULL && minus)
        slope_sub(r, r, b);
    else if (b != NULL)
        slope_add(r, r, b);
}

/* --- functions of one operand --------------------------------------------------------------------------- */

/* q_i = f' a_i */
static void gradient_of_function(tape *t, tape_unit *unit, const tape_unit *a)
{
    mpfi_t outer;
    mpfi_init2(outer, t->precision);
    elementary_first(outer, unit->op, unit->power, unit->taken, a->value, unit->value, &t->scratch);
    for (size_t i = 0; i < unit->inputs; i++)
        slope_mul(unit->gradient[i], outer, a->gradient[i]);
    mpfi_clear(outer);
}

/* q_ij = f' a_ij + f'' a_i a_j */
static void hessian_of_function(tape *t, tape_unit *unit, const tape_unit *a)
{
    mpfi_t outer, inner;
    mpfi_init2(outer, t->precision);
    mpfi_init2(inner, t->precision);
    elementary_first(inner, unit->op, unit->power, unit->taken, a->value, unit->value, &t->scratch);
    elementary_second(outer, unit->op, unit->power, unit->taken, a->value, unit->value, &t->scratch);
    for (size_t i = 0; i < unit->inputs; i++) {
        for (size_t j = 0; j <= i; j++) {
            mpfi_ptr r = unit->hessian[tape_pair(i, j)];
            slope_mul(r, inner, a->hessian[tape_pair(i, j)]);
            if (i == j)
                slope_square(t->scratch.s, a->gradient[i]);
            else
                slope_mul(t->scratch.s, a->gradient[i], a->gradient[j]);
            add_product(r, outer, t->scratch.s, t->scratch.t);
        }
    }
    mpfi_clear(outer);
    mpfi_clear(inner);
}

/* --- functions of two operands -------------------------------------------------------------------------- */

/* q_i = a_i ± b_i, q_ij = a_ij ± b_ij */
static void differentiate_sum(tape_unit *unit, const tape_unit *a, const tape_unit *b, int order)
{
    bool minus = unit->op == EXPRESSION_SUB;
    for (size_t i = 0; i < unit->inputs; i++) {
        set_sum(unit->gradient[i], first(a, unit->in_a, i), first(b, unit->in_b, i), minus);
        for (size_t j = 0; j <= i && order == 2; j++)
            set_sum(unit->hessian[tape_pair(i, j)], second(a, unit->in_a, i, j), second(b, unit->in_b, i, j),
                    minus);
    }
}

/* q_i = a b_i + b a_i */
static void gradient_of_product(tape *t, tape_unit *unit, const tape_unit *a, const tape_unit *b)
{
    for (size_t i = 0; i < unit->inputs; i++) {
        mpfi_ptr r = unit->gradient[i];
        mpfi_set_ui(r, 0);
        add_product(r, a->value, first(b, unit->in_b, i), t->scratch.t);
        add_product(r, b->value, first(a, unit->in_a, i), t->scratch.t);
    }
}

/* q_ij = a b_ij + b a_ij + a_i b_j + a_j b_i */
static void hessian_of_product(tape *t, tape_unit *unit, const tape_unit *a, const tape_unit *b)
{
    for (size_t i = 0; i < unit->inputs; i++) {
        for (size_t j = 0; j <= i; j++) {
            mpfi_ptr r = unit->hessian[tape_pair(i, j)];
            mpfi_set_ui(r, 0);
            add_product(r, a->value, second(b, unit->in_b, i, j), t->scratch.t);
            add_product(r, b->value, second(a, unit->in_a, i, j), t->scratch.t);
            add_product(r, first(a, unit->in_a, i), first(b, unit->in_b, j), t->scratch.t);
            add_product(r, first(a, unit->in_a, j), first(b, unit->in_b, i), t->scratch.t);
        }
    }
}

/* q_i = (a_i - q b_i) / b */
static void gradient_of_quotient(tape *t, tape_unit *unit, const tape_unit *a, const tape_unit *b)
{
    for (size_t i = 0; i < unit->inputs; i++) {
        mpfi_ptr r = unit->gradient[i];
        set(r, first(a, unit->in_a, i));
        subtract_product(r, unit->value, first(b, unit->in_b, i), t->scratch.t);
        slope_div(r, r, b->value);
    }
}

/* q_ij = (a_ij - q_i b_j - q_j b_i - q b_ij) / b */
static void hessian_of_quotient(tape *t, tape_unit *unit, const tape_unit *a, const tape_unit *b)
{
    for (size_t i = 0; i < unit->inputs; i++) {
        for (size_t j = 0; j <= i; j++) {
            mpfi_ptr r = unit->hessian[tape_pair(i, j)];
            set(r, second(a, unit->in_a, i, j));
            subtract_product(r, unit->gradient[i], first(b, unit->in_b, j), t->scratch.t);
            subtract_product(r, unit->gradient[j], first(b, unit->in_b, i), t->scratch.t);
            subtract_product(r, unit->value, second(b, unit->in_b, i, j), t->scratch.t);
            slope_div(r, r, b->value);
        }
    }
}

/* The derivatives of the operand that max or min is equal to on the whole box; or the hull of both gradients,
 * and no second derivatives. */
static void differentiate_choice(tape *t, tape_unit *unit, const tape_unit *a, const tape_unit *b, int order)
{
    const tape_unit *c = unit->taken == BRANCH_LEFT ? a : unit->taken == BRANCH_RIGHT ? b : NULL;
    const size_t *in_c = unit->taken == BRANCH_LEFT ? unit->in_a : unit->in_b;
    for (size_t i = 0; i < unit->inputs; i++) {
        if (c != NULL)
            set(unit->gradient[i], first(c, in_c, i));
        else {
            set(t->scratch.s, first(a, unit->in_a, i));
            set(t->scratch.t, first(b, unit->in_b, i));
            slope_hull(unit->gradient[i], t->scratch.s, t->scratch.t);
        }
        for (size_t j = 0; j <= i && order == 2; j++) {
            mpfi_ptr r = unit->hessian[tape_pair(i, j)];
            if (c != NULL)
                set(r, second(c, in_c, i, j));
            else
                slope_whole(r);
        }
    }
}

/* --- all ------------------------------------------------------------------------------------------------ */

static void gradient_of_affine(tape_unit *unit)
{
    for (size_t i = 0; i < unit->inputs && !unit->fixed_slope; i++)
        mpfi_set_q(unit->gradient[i], unit->affine->coefficient[i]);
    unit->fixed_slope = true;
}

static void differentiate(tape *t, tape_unit *unit, int order)
{
    const tape_unit *a = &t->unit[unit->a], *b = &t->unit[unit->b];
    switch (unit->op) {
    case EXPRESSION_ADD:
    case EXPRESSION_SUB:
        differentiate_sum(unit, a, b, order);
        break;
    case EXPRESSION_MUL:
        gradient_of_product(t, unit, a, b);
        if (order == 2)
            hessian_of_product(t, unit, a, b);
        break;
    case EXPRESSION_DIV:
        gradient_of_quotient(t, unit, a, b);
        if (order == 2)
            hessian_of_quotient(t, unit, a, b);
        break;
    case EXPRESSION_MIN:
    case EXPRESSION_MAX:
        differentiate_choice(t, unit, a, b, order);
        break;
    default:
        if (unit->inputs > 0)
            gradient_of_function(t, unit, a);
        if (unit->inputs > 0 && order == 2)
            hessian_of_function(t, unit, a);
    }
}

void gradient_on_box(tape *t, tape_unit *unit, int order)
{
    if (unit->affine != NULL) {
        gradient_of_affine(unit);
        return;
    }
    size_t second = expression_operands(unit->op) == 2 ? unit->b : unit->a;
    unit->taken = elementary_branch(unit->op, t->unit[unit->a].value, t->unit[second].value);
    differentiate(t, unit, order);
    for (size_t i = 0; i < unit->inputs; i++)
        unit->still[i] = mpfi_is_zero(unit->gradient[i]) > 0;
}

/* What does not depend on an input on the box has derivative 0 by it at the point. Calculated anew there, it
 * might not: of -|x| in relu(-|x|) no derivative at 0 is known, and a point [0, 0] as a factor says nothing
 * about what it is multiplied with. */
void gradient_at_point(tape *t, tape_unit *unit)
{
    if (unit->affine != NULL) {
        gradient_of_affine(unit);
        return;
    }
    differentiate(t, unit, 1);
    for (size_t i = 0; i < unit->inputs; i++) {
        if (unit->still[i])
            mpfi_set_ui(unit->gradient[i], 0);
    }
}
