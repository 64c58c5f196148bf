/* The beginning of a proof: storage, scales that bounds at the root allow, and the end of it all. See
 * prover.h. Trusted. */
#include "kernel/prover.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kernel/choice.h"
#include "kernel/inside.h"

static void init_box(prover *p, mpq_t *lower, mpq_t *upper)
{
    size_t d = p->system->inputs;
    p->box_lower = mem_alloc(d, sizeof *p->box_lower);
    p->box_upper = mem_alloc(d, sizeof *p->box_upper);
    p->input_lower = mem_alloc(d, sizeof(fix));
    p->input_upper = mem_alloc(d, sizeof(fix));
    for (size_t i = 0; i < d; i++) {
        fix unused;
        mpq_init(p->box_lower[i]);
        mpq_init(p->box_upper[i]);
        mpq_set(p->box_lower[i], lower[i]);
        mpq_set(p->box_upper[i], upper[i]);
        scaling_input(&p->input_lower[i], &unused, &p->sc, i, lower[i]);
        scaling_input(&unused, &p->input_upper[i], &p->sc, i, upper[i]);
    }
}

static void init_objectives(prover *p, proof_scope scope)
{
    size_t outputs = scope.all_outputs ? p->system->outputs : 1, sides = scope.is_signed ? 1 : 2;
    p->scope = scope;
    p->objective_count = mem_product(outputs, sides);
    p->objectives = mem_alloc(p->objective_count, sizeof *p->objectives);
    p->is_proved = mem_alloc(p->objective_count, sizeof *p->is_proved);
    p->proved_list = mem_alloc(p->objective_count, sizeof *p->proved_list);
    p->proved = mem_alloc(p->objective_count, sizeof *p->proved);
    p->limit = mem_alloc(p->objective_count, sizeof *p->limit);
    for (size_t k = 0; k < p->objective_count; k++) {
        p->objectives[k] =
            (objective){scope.all_outputs ? k / sides : scope.output, k % sides == 0 ? +1 : -1};
        mpq_init(p->proved[k].value);
        mpz_init(p->limit[k]);
    }
}

static void set_initially(prover *p, size_t quantity, fix lower, fix upper)
{
    p->lower[quantity] = lower;
    p->upper[quantity] = upper;
    p->slope[quantity] = choice_slope(lower, upper);
}

/* Whether there are so many neurons that backward passes for all of them would cost far more than one walk
 * forward, whose cost grows with the inputs. */
#define MANY 200
static bool has_many(const pair_system *system)
{
    return system->neurons / MANY > system->inputs;
}

static void start_frame(prover *p)
{
    if (!scaling_root(&p->frames[0], &p->sc, p->system))
        p->fault = "the networks' rows do not fit the kernel's arithmetic (please report the two networks)";
    p->frame_count = 1;
}

/* Proves bounds at the root, and again with scales that these bounds allow, until that gains little:
 * intervals alone would leave few digits to the neurons of deep layers. Rounds: each gains a factor of 32, or
 * is the last. */
static void bound_root(prover *p)
{
    const pair_system *system = p->system;
    bool finer = true;
    while (finer) {
        start_frame(p);
        if (has_many(system))
            prover_bound_forward(p, false);
        else
            prover_bound_all(p, false);
        finer = scaling_tighten(&p->sc, system, p->lower, p->upper);
        frame_clear(&p->frames[0]);
    }
    start_frame(p);
    for (size_t k = 0; k < system->neurons; k++) {
        size_t partner = p->sc.partner[k];
        set_initially(p, k, p->lower[k], p->upper[k]);
        if (partner != SYSTEM_NO_NEURON)
            set_initially(p, system->neurons + k, p->lower[k] - p->upper[partner],
                          p->upper[k] - p->lower[partner]);
    }
    p->trail_count = 0;
}

/* Everything but the scales, the root's frame and the bounds. */
static void init_storage(prover *p, const pair_system *system)
{
    *p = (prover){.system = system, .nodes = 1};
    size_t n = system->neurons, quantities = mem_product(n, 2);
    p->upper = mem_alloc(quantities, sizeof(fix));
    p->lower = mem_alloc(quantities, sizeof(fix));
    p->slope = mem_alloc(quantities, sizeof(fix));
    p->is_fact = mem_alloc(quantities, sizeof *p->is_fact);
    p->coefficient = mem_alloc(n, sizeof(fix));
    p->opposite = mem_alloc(n, sizeof(fix));
    p->narrow[0] = mem_alloc(n, sizeof(int32_t));
    p->narrow[1] = mem_alloc(n, sizeof(int32_t));
    p->grain = -1;
    p->delta = mem_alloc(n, sizeof(fix));
    p->negated = mem_alloc(mem_sum(system->inputs, n), sizeof(fix));
    p->exact = mem_alloc(mem_sum(system->inputs, n), sizeof *p->exact);
    for (size_t k = 0; k < system->inputs + n; k++)
        mpz_init(p->exact[k]);
    p->frames = mem_grow(p->frames, &p->frame_capacity, 1, sizeof *p->frames);
    mpq_inits(p->claim, p->found.value, NULL);
}

void prover_init(prover *p, const pair_system *system, mpq_t *lower, mpq_t *upper, proof_scope scope,
                 const mpq_t claim)
{
    init_storage(p, system);
    scaling_init(&p->sc, system, lower, upper);
    init_box(p, lower, upper);
    fix one = (fix)1 << p->sc.bits;
    for (size_t k = 0; k < system->neurons; k++) {
        set_initially(p, k, -one, one);
        set_initially(p, system->neurons + k, -2 * one, 2 * one); /* of differences, where there are any */
    }
    bound_root(p);
    init_objectives(p, scope);
    prover_raise_claim(p, claim);
}

void prover_fork(prover *p, const prover *root)
{
    init_storage(p, root->system);
    p->borrows_root = true;
    p->fault = root->fault;
    p->sc = root->sc;
    p->frames[0] = root->frames[0];
    p->frame_count = 1;
    for (size_t k = 0; k < 2 * root->system->neurons; k++)
        set_initially(p, k, root->lower[k], root->upper[k]);
    init_box(p, root->box_lower, root->box_upper);
    init_objectives(p, root->scope);
    prover_raise_claim(p, root->claim);
}

void prover_clear(prover *p)
{
    for (size_t i = 0; i < p->system->inputs; i++)
        mpq_clears(p->box_lower[i], p->box_upper[i], NULL);
    for (size_t k = 0; k < p->system->inputs + p->system->neurons; k++)
        mpz_clear(p->exact[k]);
    for (size_t k = p->borrows_root ? 1 : 0; k < p->frame_count; k++)
        frame_clear(&p->frames[k]);
    for (size_t k = 0; k < p->split_count; k++)
        mpq_clears(p->split[k].value, p->split[k].old_lower, p->split[k].old_upper, NULL);
    if (!p->borrows_root)
        scaling_clear(&p->sc, p->system);
    target_release(p);
    for (size_t k = 0; k < p->objective_count; k++) {
        mpq_clear(p->proved[k].value);
        mpz_clear(p->limit[k]);
    }
    mpq_clears(p->claim, p->found.value, NULL);
    void *owned[] = {p->box_lower, p->box_upper, p->input_lower, p->input_upper, p->lower,    p->upper,
                     p->slope,     p->is_fact,   p->frames,      p->trail,       p->split,    p->objectives,
                     p->is_proved, p->limit,     p->coefficient, p->delta,       p->exact,    p->proved_list,
                     p->negated,   p->proved,    p->opposite,    p->narrow[0],   p->narrow[1]};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    *p = (prover){0};
}
