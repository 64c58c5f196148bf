/* The backward pass in exact arithmetic, over the whole system, for bounds that must equal the maximum. The
 * rule is the one of prover.h. All coefficients are integers: for an objective whose row has scale C, the
 * pass works on Q · C · objective over the values Y_n and Z_n = scale_n · z_n, where Q clears the
 * multipliers' denominators. */
#include "kernel/inside.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kernel/choice.h"
#include "number/binary.h"

typedef struct exact_pass {
    prover *p;
    mpz_t q;           /* the common denominator Q */
    mpz_t *added;      /* multiplier k as an integer */
    size_t *of_neuron; /* k + 1 for the neuron of multiplier k, 0 for the others */
    mpz_t c, work;
    mpz_t whole;    /* the integral part of the constant */
    mpq_t constant; /* the rest: K of unstable neurons and facts, and the inputs */
    mpq_t factor, end, best;
} exact_pass;

/* Multiplier δ (objective over z) is δ · C / scale_n over Z_n. */
static void set_multipliers(exact_pass *e, const mpz_t scale, size_t count, const multiplier *list)
{
    mpq_t *value = mem_alloc(count, sizeof *value);
    for (size_t k = 0; k < count; k++) {
        mpq_init(value[k]);
        mpz_mul(mpq_numref(value[k]), mpq_numref(list[k].value), scale);
        mpz_mul(mpq_denref(value[k]), mpq_denref(list[k].value), e->p->system->row[list[k].neuron].scale);
        mpq_canonicalize(value[k]);
        mpz_lcm(e->q, e->q, mpq_denref(value[k]));
        e->of_neuron[list[k].neuron] = k + 1;
    }
    for (size_t k = 0; k < count; k++) {
        mpz_divexact(e->work, e->q, mpq_denref(value[k]));
        mpz_init(e->added[k]);
        mpz_mul(e->added[k], e->work, mpq_numref(value[k]));
        mpq_clear(value[k]);
    }
    free(value);
}

/* end = a·Y − c·Z where Z is a proven bound, given in units. */
static void value_at(exact_pass *e, size_t n, const mpz_t a, fix units)
{
    mpz_neg(e->work, e->c);
    if (!e->p->system->relu[n] || units > 0)
        mpz_add(e->work, e->work, a);
    mpq_set_z(e->factor, e->work);
    mpq_set_si(e->end, units, 1);
    binary_scale(e->end, e->end, e->p->sc.exponent[n] - e->p->sc.bits);
    mpq_mul(e->end, e->end, e->factor);
}

/* The rule: a·Y <= c·Z + K. Sets c and adds K to the constant. */
static void relax_exact(exact_pass *e, size_t n, const mpz_t a)
{
    fix lo = e->p->lower[n], hi = e->p->upper[n];
    bool relu = e->p->system->relu[n];
    choice_exact(e->c, e->p, n, a);
    if (e->of_neuron[n] != 0)
        mpz_add(e->c, e->c, e->added[e->of_neuron[n] - 1]);
    if ((!relu || lo >= 0) && mpz_cmp(e->c, a) == 0)
        return; /* Y = Z, so K = 0 */
    if (relu && hi <= 0 && mpz_sgn(e->c) == 0)
        return; /* Y = 0, so K = 0 */
    value_at(e, n, a, lo);
    mpq_set(e->best, e->end);
    value_at(e, n, a, hi);
    if (mpq_cmp(e->end, e->best) > 0)
        mpq_set(e->best, e->end);
    if (relu && lo < 0 && hi > 0 && mpq_sgn(e->best) < 0)
        mpq_set_ui(e->best, 0, 1);
    mpq_add(e->constant, e->constant, e->best);
}

/* Replaces c · Z_n by its row. */
static void substitute_row(exact_pass *e, const system_row *row)
{
    for (size_t t = 0; t < row->terms; t++)
        mpz_addmul(e->p->exact[row->source[t]], e->c, row->weight[t]);
    mpz_addmul(e->whole, e->c, row->bias);
}

static void add_input(exact_pass *e, size_t i)
{
    mpz_t *a = &e->p->exact[i];
    mpq_set_z(e->factor, *a);
    mpq_mul(e->end, e->factor, mpz_sgn(*a) > 0 ? e->p->box_upper[i] : e->p->box_lower[i]);
    mpq_add(e->constant, e->constant, e->end);
    mpz_set_ui(*a, 0);
}

/* Leaves the bound of Q · C · sign · (row over the neurons before `end`) in `constant`, but for the inputs,
 * whose coefficients remain; those of neurons are zero again afterwards. */
static void run_rows(exact_pass *e, const system_row *row, size_t end, int sign)
{
    const pair_system *system = e->p->system;
    mpz_set(e->c, e->q);
    if (sign < 0)
        mpz_neg(e->c, e->c);
    substitute_row(e, row);
    for (size_t n = end; n-- > 0;) {
        mpz_t *a = &e->p->exact[system->inputs + n];
        if (mpz_sgn(*a) == 0 && e->of_neuron[n] == 0)
            continue;
        relax_exact(e, n, *a);
        mpz_set_ui(*a, 0);
        substitute_row(e, &system->row[n]);
    }
    mpq_set_z(e->factor, e->whole);
    mpq_add(e->constant, e->constant, e->factor);
}

/* The same with the inputs; all coefficients are zero again afterwards. */
static void run(exact_pass *e, const system_row *row, size_t end, int sign)
{
    run_rows(e, row, end, sign);
    for (size_t i = 0; i < e->p->system->inputs; i++)
        add_input(e, i);
}

/* Hands the coefficients of the inputs, in real units, to the target. `factor` is Q · C. */
static bool run_target(exact_pass *e, size_t k)
{
    prover *p = e->p;
    for (size_t i = 0; i < p->system->inputs; i++) {
        mpq_set_z(p->functional_value[i], p->exact[i]);
        mpq_div(p->functional_value[i], p->functional_value[i], e->factor);
        mpz_set_ui(p->exact[i], 0);
    }
    return target_finish_exact(e->constant, p, k);
}

static void pass_init(exact_pass *e, prover *p, size_t count)
{
    *e = (exact_pass){.p = p};
    mpz_inits(e->q, e->c, e->work, e->whole, NULL);
    mpq_inits(e->constant, e->factor, e->end, e->best, NULL);
    mpz_set_ui(e->q, 1);
    e->added = mem_alloc(count, sizeof *e->added);
    e->of_neuron = mem_alloc(p->system->neurons, sizeof *e->of_neuron);
}

static void pass_clear(exact_pass *e, size_t count)
{
    for (size_t m = 0; m < count; m++)
        mpz_clear(e->added[m]);
    free(e->added);
    free(e->of_neuron);
    mpz_clears(e->q, e->c, e->work, e->whole, NULL);
    mpq_clears(e->constant, e->factor, e->end, e->best, NULL);
}

/* An upper bound of sign · z in units, rounded up. What is below every range is rounded up to −2^TOTAL_BITS,
 * and what is above 2^TOTAL_BITS is no bound: `known` takes its place. */
static fix_product bound_exactly(prover *p, size_t n, int sign, fix known)
{
    exact_pass e;
    fix_product bound = known;
    pass_init(&e, p, 0);
    run(&e, &p->system->row[n], n, sign);
    binary_scale(e.constant, e.constant, p->sc.bits - p->sc.exponent[n]);
    mpz_cdiv_q(e.work, mpq_numref(e.constant), mpq_denref(e.constant));
    if (!binary_wide(&bound, e.work, TOTAL_BITS) && mpz_sgn(e.work) < 0)
        bound = -((fix_product)1 << TOTAL_BITS);
    pass_clear(&e, 0);
    return bound;
}

bool prover_bound_exact(prover *p, size_t n)
{
    if (n >= p->system->neurons)
        return false;
    fix_product upper = bound_exactly(p, n, +1, p->upper[n]), lower = -bound_exactly(p, n, -1, -p->lower[n]);
    prover_improve_bounds(p, n, lower, upper);
    return true;
}

bool prover_prove_exact(prover *p, size_t k, size_t count, const multiplier *list)
{
    const objective *o = &p->objectives[k];
    const system_row *row = &p->system->objective[o->output];
    exact_pass e;
    pass_init(&e, p, count);
    set_multipliers(&e, row->scale, count, list);
    if (p->target == NULL)
        run(&e, row, p->system->neurons, o->sign);
    else
        run_rows(&e, row, p->system->neurons, o->sign);
    mpz_mul(e.q, e.q, row->scale);
    mpq_set_z(e.factor, e.q);
    mpq_div(e.constant, e.constant, e.factor);
    bool works = p->target == NULL || run_target(&e, k);
    p->found.kind = works ? BOUND_RATIONAL : BOUND_NONE;
    if (works)
        mpq_swap(p->found.value, e.constant);
    pass_clear(&e, count);
    return prover_accept(p, k);
}
