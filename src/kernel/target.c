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

void prover_set_target(prover *p, const proof_target *u)
{
    p->target = u;
    if (u == NULL)
        return;
    p->functional = mem_alloc(p->system->inputs, sizeof *p->functional);
    p->functional_value = vector_new(p->system->inputs);
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

bool target_finish_pass(mpq_t bound, prover *p, size_t k, fix_product total)
{
    size_t output = p->objectives[k].output;
    for (size_t i = 0; i < p->system->inputs; i++) {
        scaling_total(p->functional_value[i], &p->sc, p->system, output, p->functional[i]);
        binary_scale(p->functional_value[i], p->functional_value[i], -p->sc.input_exponent[i]);
    }
    scaling_total(bound, &p->sc, p->system, output, total);
    return join(bound, p, &p->objectives[k], p->sc.centre);
}

bool target_finish_exact(mpq_t bound, prover *p, size_t k)
{
    return join(bound, p, &p->objectives[k], NULL);
}
