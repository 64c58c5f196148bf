/* The kernel against naive evaluation: in random nodes of random pairs, no bound that any step proves, in
 * either arithmetic, with any multipliers, is ever below a value that is attained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "number/vector.h"
#include "proof/prover.h"
#include "random_network.h"

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

/* units · 2^(exponent − bits) / scale: a proven bound in real units. */
static void real_bound(mpq_t value, const prover *p, size_t n, fix units)
{
    mpq_set_si(value, units, 1);
    long shift = p->sc.exponent[n] - p->sc.bits;
    if (shift >= 0)
        mpq_mul_2exp(value, value, (mp_bitcnt_t)shift);
    else
        mpq_div_2exp(value, value, (mp_bitcnt_t)-shift);
    mpz_mul(mpq_denref(value), mpq_denref(value), p->system->row[n].scale);
    mpq_canonicalize(value);
}

/* Whether x is in the node: in its box and on the right side of every split. */
static bool contains(const prover *p, mpq_t *x, mpq_t *z)
{
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

static void check_bounds(const prover *p, mpq_t *z)
{
    mpq_t lower, upper, value;
    mpq_inits(lower, upper, value, NULL);
    assert_false(p->empty);
    for (size_t n = 0; n < p->system->neurons; n++) {
        real_bound(lower, p, n, p->lower[n]);
        real_bound(upper, p, n, p->upper[n]);
        assert_true(mpq_cmp(lower, z[n]) <= 0 && mpq_cmp(z[n], upper) <= 0);
        size_t m = p->sc.partner[n], w = p->system->neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        mpq_sub(value, z[n], z[m]);
        real_bound(lower, p, n, p->lower[w]);
        real_bound(upper, p, n, p->upper[w]);
        assert_true(mpq_cmp(lower, value) <= 0 && mpq_cmp(value, upper) <= 0);
    }
    mpq_clears(lower, upper, value, NULL);
}

static size_t random_multipliers(multiplier *list, const prover *p, rng *r)
{
    const frame *fr = prover_frame(p);
    size_t count = 0;
    for (size_t row = 0; row < fr->count && count < 4; row++) {
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
static void check_objectives(prover *p, mpq_t *z, multiplier *list, rng *r)
{
    mpq_t fixed, exact, value;
    mpq_inits(fixed, exact, value, NULL);
    for (size_t k = 0; k < p->objective_count; k++) {
        size_t count = rng_chance(r, 50) ? random_multipliers(list, p, r) : 0;
        fix_product total;
        prover_prove(p, k, count, list, &total);
        prover_total_value(fixed, p, k, total);
        prover_prove_exact(p, k, count, list, exact);
        mpq_set(value, z[p->system->neurons + p->objectives[k].output]);
        if (p->objectives[k].sign < 0)
            mpq_neg(value, value);
        assert_true(mpq_cmp(value, fixed) <= 0);
        assert_true(mpq_cmp(value, exact) <= 0);
    }
    mpq_clears(fixed, exact, value, NULL);
}

static void random_step(prover *p, rng *r)
{
    mpq_t middle;
    mpq_init(middle);
    size_t i = rng_below(r, p->system->inputs),
           n = p->system->neurons == 0 ? 0 : rng_below(r, p->system->neurons);
    switch (rng_below(r, 6)) {
    case 0:
        mpq_add(middle, p->box_lower[i], p->box_upper[i]);
        mpq_div_2exp(middle, middle, 1);
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
    default:
        prover_bound_all(p, rng_chance(r, 50));
    }
    mpq_clear(middle);
}

static void no_bound_is_below_an_attained_value(void **state)
{
    (void)state;
    uint64_t seed = random_seed("no_bound_is_below_an_attained_value");
    size_t cases = random_effort(1500), nodes = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem q;
        random_problem(&q, &r);
        pair_system system;
        prover p;
        mpq_t claim;
        mpq_init(claim);
        system_init(&system, &q.f, &q.g);
        prover_init(&p, &system, q.box.lower, q.box.upper, (proof_scope){.all_outputs = true}, claim);
        mpq_t *x = vector_new(system.inputs), *z = vector_new(system.neurons + system.outputs);
        multiplier list[4];
        for (size_t m = 0; m < 4; m++)
            mpq_init(list[m].value);
        random_point(x, &r, &q.box);
        evaluate(z, &system, x);
        for (int step = 0; step < 8 && contains(&p, x, z); step++) {
            check_bounds(&p, z);
            check_objectives(&p, z, list, &r);
            nodes++;
            random_step(&p, &r);
        }
        for (size_t m = 0; m < 4; m++)
            mpq_clear(list[m].value);
        vector_free(x, system.inputs);
        vector_free(z, system.neurons + system.outputs);
        prover_clear(&p);
        system_clear(&system);
        mpq_clear(claim);
        problem_clear(&q);
    }
    print_message("%zu nodes of %zu pairs\n", nodes, cases);
    assert_true(nodes > 2 * cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_bound_is_below_an_attained_value)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
