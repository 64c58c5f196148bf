/* Random nodes of random pairs, and values that are attained there: see attained.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attained.h"
#include "naive_pass.h"
#include "number/vector.h"
#include "rescale.h"

/* All pre-activations of the system at x, by naive rational arithmetic on its integer rows; z[neurons + j] is
 * objective j. */
static void evaluate(mpq_t *z, const pair_system *s, mpq_t *x)
{
    mpq_t part, zero;
    mpq_inits(part, zero, NULL);
    for (size_t n = 0; n < s->neurons + s->outputs; n++) {
        const system_row *row = n < s->neurons ? &s->row[n] : &s->objective[n - s->neurons];
        mpq_set_z(z[n], row->bias);
        for (size_t t = 0; t < row->terms; t++) {
            size_t source = row->source[t];
            mpq_set_z(part, row->weight[t]);
            if (source < s->inputs) {
                mpq_mul(part, part, x[source]);
            } else {
                size_t m = source - s->inputs;
                bool off = s->relu[m] && mpq_sgn(z[m]) < 0;
                mpq_mul(part, part, off ? zero : z[m]);
                mpz_t *scale = &s->row[m].scale;
                mpz_mul(mpq_numref(part), mpq_numref(part), *scale);
                mpq_canonicalize(part);
            }
            mpq_add(z[n], z[n], part);
        }
        mpz_mul(mpq_denref(z[n]), mpq_denref(z[n]), row->scale);
        mpq_canonicalize(z[n]);
    }
    mpq_clears(part, zero, NULL);
}

bool attained_in_node(const attained *t)
{
    const prover *p = &t->p;
    mpq_t *x = t->x, *z = t->z;
    for (size_t i = 0; i < p->system->inputs; i++)
        if (mpq_cmp(x[i], p->box_lower[i]) < 0 || mpq_cmp(x[i], p->box_upper[i]) > 0)
            return false;
    for (size_t k = 0; k < p->split_count; k++) {
        const proof_split *s = &p->split[k];
        bool upper = s->upper_first != s->second;
        if (!s->is_input && (upper ? mpq_sgn(z[s->index]) < 0 : mpq_sgn(z[s->index]) > 0))
            return false;
    }
    return true;
}

static void check_bounds(const attained *t)
{
    const prover *p = &t->p;
    mpq_t *z = t->z;
    mpq_t lower, upper, value;
    mpq_inits(lower, upper, value, NULL);
    assert_false(p->empty);
    for (size_t n = 0; n < p->system->neurons; n++) {
        naive_real(lower, p, n, p->lower[n]);
        naive_real(upper, p, n, p->upper[n]);
        assert_true(mpq_cmp(lower, z[n]) <= 0 && mpq_cmp(z[n], upper) <= 0);
        size_t m = p->sc.partner[n], w = p->system->neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        mpq_sub(value, z[n], z[m]);
        naive_real(lower, p, n, p->lower[w]);
        naive_real(upper, p, n, p->upper[w]);
        assert_true(mpq_cmp(lower, value) <= 0 && mpq_cmp(value, upper) <= 0);
    }
    mpq_clears(lower, upper, value, NULL);
}

size_t attained_multipliers(attained *t, rng *r)
{
    const prover *p = &t->p;
    multiplier *list = t->list;
    const frame *fr = prover_frame(p);
    size_t count = 0;
    for (size_t row = 0; row < fr->count && count < ATTAINED_MULTIPLIERS; row++) {
        if (!rng_chance(r, 30))
            continue;
        list[count].neuron = fr->neuron[row];
        mpq_set_si(list[count].value, rng_between(r, -1000, 1000), (unsigned long)rng_between(r, 1, 300));
        mpq_canonicalize(list[count].value);
        count++;
    }
    return count;
}

/* Bounds of every objective, both arithmetics, with the same random multipliers: never below the objective at
 * a point of the node. */
static void check_objectives(attained *t, rng *r)
{
    prover *p = &t->p;
    mpq_t fixed, exact, value;
    mpq_inits(fixed, exact, value, NULL);
    for (size_t k = 0; k < p->objective_count; k++) {
        size_t count = rng_chance(r, 50) ? attained_multipliers(t, r) : 0;
        prover_prove(p, k, count, t->list);
        bool has_fixed = prover_bound_value(fixed, p, k, &p->found);
        prover_prove_exact(p, k, count, t->list);
        assert_true(prover_bound_value(exact, p, k, &p->found));
        mpq_set(value, t->z[p->system->neurons + p->objectives[k].output]);
        if (p->objectives[k].sign < 0)
            mpq_neg(value, value);
        assert_true(!has_fixed || mpq_cmp(value, fixed) <= 0);
        assert_true(mpq_cmp(value, exact) <= 0);
    }
    mpq_clears(fixed, exact, value, NULL);
}

void attained_check(attained *t, rng *r)
{
    check_bounds(t);
    check_objectives(t, r);
}

void attained_step(attained *t, rng *r)
{
    prover *p = &t->p;
    mpq_t middle, share;
    mpq_inits(middle, share, NULL);
    mpq_set_ui(share, 1 + rng_below(r, 7), 8);
    mpq_canonicalize(share);
    size_t i = rng_below(r, p->system->inputs),
           n = p->system->neurons == 0 ? 0 : rng_below(r, p->system->neurons);
    switch (rng_below(r, 8)) {
    case 0:
        mpq_sub(middle, p->box_upper[i], p->box_lower[i]);
        mpq_mul(middle, middle, share);
        mpq_add(middle, middle, p->box_lower[i]);
        assert_true(prover_split_input(p, i, middle, rng_chance(r, 50)));
        break;
    case 1:
        prover_split_neuron(p, n, rng_chance(r, 50));
        break;
    case 2:
        prover_reduce(p);
        break;
    case 3:
        prover_bound_exact(p, n);
        break;
    case 4:
        prover_bound_forward(p, rng_chance(r, 50));
        break;
    case 5:
        prover_bound_deep(p);
        break;
    default:
        prover_bound_all(p, rng_chance(r, 50));
    }
    mpq_clears(middle, share, NULL);
}

/* Makes g a copy of f but for some weights. */
static void make_relatives(problem *pair, rng *r)
{
    network_clear(&pair->g);
    network_rescaled(&pair->g, &pair->f, 0, 0);
    random_perturb(&pair->g, r);
    pair->pair = "f with other weights";
}

void attained_init(attained *t, rng *r)
{
    mpq_t claim;
    mpq_init(claim);
    if (rng_chance(r, 20))
        random_problem_extreme(&t->pair, r);
    else
        random_problem(&t->pair, r);
    if (rng_chance(r, 40))
        make_relatives(&t->pair, r);
    system_init(&t->system, &t->pair.f, &t->pair.g);
    prover_init(&t->p, &t->system, t->pair.box.lower, t->pair.box.upper, (proof_scope){.all_outputs = true},
                claim);
    t->x = vector_new(t->system.inputs);
    t->z = vector_new(t->system.neurons + t->system.outputs);
    for (size_t m = 0; m < ATTAINED_MULTIPLIERS; m++)
        mpq_init(t->list[m].value);
    random_point(t->x, r, &t->pair.box);
    evaluate(t->z, &t->system, t->x);
    mpq_clear(claim);
}

void attained_clear(attained *t)
{
    for (size_t m = 0; m < ATTAINED_MULTIPLIERS; m++)
        mpq_clear(t->list[m].value);
    vector_free(t->x, t->system.inputs);
    vector_free(t->z, t->system.neurons + t->system.outputs);
    prover_clear(&t->p);
    system_clear(&t->system);
    problem_clear(&t->pair);
}
