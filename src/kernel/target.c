/* The kernel's proofs against a target: see target.h, where the rule is. Trusted. */
#include "kernel/target.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/binary.h"
#include "number/vector.h"
#include "kernel/inside.h"

bool target_distance(const proof_target *u, size_t output, const mpq_t f, mpq_t *x, const mpq_t width,
                     mpq_t lower, mpq_t upper, int *sign)
{
    *sign = 0;
    if (!u->evaluate(u->context, output, x, width, lower, upper))
        return false;
    mpq_sub(lower, f, lower);
    mpq_sub(upper, f, upper);
    mpq_swap(lower, upper); /* lower <= f − u(x) <= upper */
    *sign = mpq_sgn(lower) > 0 ? 1 : mpq_sgn(upper) < 0 ? -1 : 0;
    if (mpq_sgn(upper) <= 0) {
        mpq_neg(lower, lower);
        mpq_neg(upper, upper);
        mpq_swap(lower, upper);
    } else if (mpq_sgn(lower) < 0) { /* the distance is from 0 to the larger of −lower and upper */
        mpq_neg(lower, lower);
        if (mpq_cmp(lower, upper) > 0)
            mpq_swap(lower, upper);
        mpq_set_ui(lower, 0, 1);
    }
    return true;
}

/* --- the target of a prover
 * ------------------------------------------------------------------------------------------------ */

/* About a unit of an output's objective: roundings below it do not matter. */
static double tolerance_of(const prover *p, size_t output)
{
    const long most = 1000;
    long e = p->sc.objective_exponent[output] - p->sc.bits -
             (long)mpz_sizeinbase(p->system->objective[output].scale, 2);
    return ldexp(1, (int)(e < -most ? -most : e > most ? most : e));
}

const target_form *prover_target_form(const prover *p, size_t output)
{
    return p->target->enclose(p->target->context, output, p->box_lower, p->box_upper,
                              tolerance_of(p, output));
}

/* An exponent e with |value| <= 2^e. */
static long exponent_of(mpq_srcptr value)
{
    return (long)mpz_sizeinbase(mpq_numref(value), 2) - (long)mpz_sizeinbase(mpq_denref(value), 2) + 1;
}

/* An exponent for the size of the target's form on the box, as a number that binary digits of totals are
 * chosen by; it needs no proof. */
static long exponent_of_form(const prover *p, const target_form *form)
{
    mpq_t part;
    long e = exponent_of(form->value), least = exponent_of(form->error);
    e = least > e ? least : e;
    mpq_init(part);
    for (size_t i = 0; i < p->system->inputs; i++) {
        mpq_sub(part, p->box_upper[i], p->box_lower[i]);
        mpq_mul(part, part, form->slope[i]);
        long here = mpq_sgn(part) == 0 ? e : exponent_of(part);
        e = here > e ? here : e;
    }
    mpq_clear(part);
    return e;
}

/* Where the target is much larger than the network, totals in the network's units would not hold it. */
static long choose_shift(const prover *p)
{
    long shift = 0;
    for (size_t k = 0; k < p->objective_count; k++) {
        size_t j = p->objectives[k].output;
        const target_form *form = prover_target_form(p, j);
        long scale = (long)mpz_sizeinbase(p->system->objective[j].scale, 2);
        long above = form == NULL ? 0 : exponent_of_form(p, form) + scale - p->sc.objective_exponent[j];
        shift = above > shift ? above : shift;
    }
    return shift;
}

void prover_set_target(prover *p, const proof_target *u)
{
    p->target = u;
    if (u == NULL)
        return;
    p->functional = mem_alloc(p->system->inputs, sizeof *p->functional);
    p->functional_value = vector_new(p->system->inputs);
    p->target_shift = choose_shift(p);
    prover_raise_claim(p, p->claim);
}

void target_release(prover *p)
{
    free(p->functional);
    if (p->functional_value != NULL)
        vector_free(p->functional_value, p->system->inputs);
}

/* --- the rule
 * -------------------------------------------------------------------------------------------------------- */

/* a (x − m) − s·slope (x − centre); m may be NULL, for 0. */
static void bracket_at(mpq_t value, mpq_t work, mpq_srcptr a, mpq_srcptr m, int sign, mpq_srcptr slope,
                       mpq_srcptr centre, mpq_srcptr x)
{
    if (m == NULL)
        mpq_set(value, x);
    else
        mpq_sub(value, x, m);
    mpq_mul(value, value, a);
    mpq_sub(work, x, centre);
    mpq_mul(work, work, slope);
    if (sign > 0)
        mpq_sub(value, value, work);
    else
        mpq_add(value, value, work);
}

/* Adds to `bound` what the rule adds to K, for a_i in functional_value and m_i from `origin` (NULL: 0). False
 * where the target has no form on the box. */
static bool join(mpq_t bound, const prover *p, const objective *o, mpq_t *origin)
{
    const target_form *form = prover_target_form(p, o->output);
    if (form == NULL)
        return false;
    mpq_t at_lower, at_upper, work;
    mpq_inits(at_lower, at_upper, work, NULL);
    for (size_t i = 0; i < p->system->inputs; i++) {
        mpq_srcptr a = p->functional_value[i], m = origin == NULL ? NULL : origin[i];
        bracket_at(at_lower, work, a, m, o->sign, form->slope[i], form->centre[i], p->box_lower[i]);
        bracket_at(at_upper, work, a, m, o->sign, form->slope[i], form->centre[i], p->box_upper[i]);
        mpq_add(bound, bound, mpq_cmp(at_lower, at_upper) > 0 ? at_lower : at_upper);
    }
    if (o->sign > 0)
        mpq_sub(bound, bound, form->value);
    else
        mpq_add(bound, bound, form->value);
    mpq_add(bound, bound, form->error);
    mpq_clears(at_lower, at_upper, work, NULL);
    return true;
}

/* ceil of the bound in units of totals, on the right side of the threshold: one unit of rounding never
 * decides. */
static fix_product total_of(const prover *p, size_t k, const mpq_t bound)
{
    const fix_product none = (fix_product)1 << 126;
    mpq_t negative;
    mpq_init(negative);
    mpq_neg(negative, bound);
    fix_product total = -prover_threshold(p, p->objectives[k].output, negative);
    mpq_clear(negative);
    bool holds = mpq_cmp(bound, p->claim) <= 0;
    if (total >= none)
        return holds ? p->threshold[k] : none;
    if (holds)
        return total < p->threshold[k] ? total : p->threshold[k];
    return total > p->threshold[k] ? total : p->threshold[k] + 1;
}

bool target_finish_pass(prover *p, size_t k, fix_product *total)
{
    mpq_t bound;
    mpq_init(bound);
    for (size_t i = 0; i < p->system->inputs; i++) {
        prover_total_value(p->functional_value[i], p, k, p->functional[i]);
        binary_scale(p->functional_value[i], p->functional_value[i],
                     -p->sc.input_exponent[i] - p->target_shift);
    }
    prover_total_value(bound, p, k, *total);
    binary_scale(bound, bound, -p->target_shift);
    bool defined = join(bound, p, &p->objectives[k], p->sc.centre);
    if (defined)
        *total = total_of(p, k, bound);
    mpq_clear(bound);
    return defined;
}

bool target_finish_exact(prover *p, size_t k, mpq_t bound)
{
    return join(bound, p, &p->objectives[k], NULL);
}
