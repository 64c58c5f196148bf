/* Attempts to prove a node: see attempt.h. */
#include "search/attempt.h"

#include <math.h>

#include "kernel/choice.h"
#include "number/rational.h"
#include "search/region.h"

/* How much of the room between a bound and the claim shorter multipliers may use up if all their errors add
 * up, which they do not: at first, and at last. On ACAS pairs certificates are a fifth to a third smaller for
 * it. */
#define SHORT_AT_FIRST 4096.0
#define SHORT_AT_LAST  0.25

double attempt_claim(const worker *w, size_t k)
{
    return ldexp(mpz_get_d(w->p.limit[k]), -2 * w->p.sc.bits);
}

double attempt_bound(const worker *w, size_t k, const objective_bound *b)
{
    const prover *p = &w->p;
    if (b->kind == BOUND_NONE)
        return HUGE_VAL;
    if (bound_proves(b, w->final, w->final_limit[k]))
        return TREE_CLOSED;
    if (b->kind == BOUND_RATIONAL)
        return rational_double_up(b->value);
    mpq_t value;
    mpq_init(value);
    prover_bound_value(value, p, k, b);
    double bound = rational_double_up(value);
    mpq_clear(value);
    return bound;
}

double attempt_default(worker *w)
{
    prover *p = &w->p;
    double bound = TREE_CLOSED;
    for (size_t k = 0; k < p->objective_count && !p->empty; k++) {
        const objective_bound *found = p->is_proved[k] ? &p->proved[k] : &p->found;
        if (!p->is_proved[k] && prover_prove(p, k, 0, NULL))
            writer_objective(&w->out, false, &p->objectives[k], 0, NULL, attempt_bound(w, k, found));
        bound = fmax(bound, attempt_bound(w, k, found));
    }
    return bound;
}

double attempt_proved(const worker *w)
{
    double bound = TREE_CLOSED;
    for (size_t k = 0; k < w->p.objective_count && !w->p.empty; k++)
        if (w->p.is_proved[k])
            bound = fmax(bound, attempt_bound(w, k, &w->p.proved[k]));
    return bound;
}

static void note_proof(worker *w, bool exact, size_t k, size_t count, const multiplier *list)
{
    writer_objective(&w->out, exact, &w->p.objectives[k], count, list, attempt_bound(w, k, &w->p.proved[k]));
}

/* The facts of the node and which neurons are active there. A neuron may be found to be 0 in the whole node:
 * that is two facts, since what is known of others may rest on the one or the other. */
static size_t node_facts(worker *w)
{
    const prover *p = &w->p;
    size_t count = 0;
    for (size_t n = 0; n < p->system->neurons; n++) {
        w->active[n] = !p->system->relu[n] || p->lower[n] >= 0;
        if (p->is_fact[n] && p->lower[n] >= 0)
            w->facts[count++] = (sign_fact){n, +1};
        if (p->is_fact[n] && p->upper[n] <= 0)
            w->facts[count++] = (sign_fact){n, -1};
    }
    return count;
}

/* Solves objective k exactly in a node whose relevant neurons are all stable; always proves it, if need be by
 * a better incumbent. */
static bool prove_exactly(worker *w, size_t k)
{
    prover *p = &w->p;
    region_result result;
    search_phase before = stopwatch_enter(&w->watch, PHASE_EXACT);
    size_t facts = node_facts(w);
    region_solve(&result, p->system, w->active, &p->objectives[k], w->facts, facts, p->box_lower,
                 p->box_upper, p->claim);
    if (!result.infeasible && mpq_cmp(result.value, p->claim) > 0 && incumbent_try(&w->mine, result.point))
        worker_publish(w);
    bool proved = prover_prove_exact(p, k, result.multiplier_count, result.multipliers);
    if (proved)
        note_proof(w, true, k, result.multiplier_count, result.multipliers);
    region_result_clear(&result, p->system->inputs);
    stopwatch_enter(&w->watch, before);
    return proved;
}

/* Tries the multipliers at hand for objective k, shortened. */
static bool prove_by_duals(worker *w, const mirror *m, size_t k, double loss)
{
    size_t count = dual_multipliers(w->list, &w->better, m, &w->p, &w->p.objectives[k], loss);
    if (!prover_prove(&w->p, k, count, w->list))
        return false;
    note_proof(w, false, k, count, w->list);
    return true;
}

/* The same with multipliers as short as will do. */
static bool prove_shortly(worker *w, const mirror *m, size_t k, double room)
{
    for (double most = SHORT_AT_FIRST; most >= SHORT_AT_LAST; most /= 4)
        if (prove_by_duals(w, m, k, most * room))
            return true;
    return false;
}

/* Solves the node's linear program for objective k and tries its duals; true when they prove it. */
static bool prove_by_relaxation(worker *w, const mirror *m, size_t k, relaxation_status *status)
{
    prover *p = &w->p;
    const objective *o = &p->objectives[k];
    *status = relaxation_solve(&w->lp, p, m, w->relevant, o);
    if (*status == RELAXATION_FAILED)
        return false;
    if (*status == RELAXATION_SOLVED && w->lp.bound > attempt_claim(w, k)) {
        worker_offer(w, w->lp.point);
        if (w->lp.bound > attempt_claim(w, k))
            return false;
    }
    double room = *status == RELAXATION_SOLVED ? attempt_claim(w, k) - w->lp.bound : 0;
    dual_take(&w->better, m, p, o, w->lp.c);
    return (room > 0 && prove_shortly(w, m, k, room)) || prove_by_duals(w, m, k, 0);
}

bool attempt_multipliers(worker *w, const mirror *m)
{
    prover *p = &w->p;
    for (size_t k = 0; k < p->objective_count; k++) {
        const objective *o = &p->objectives[k];
        if (p->is_proved[k])
            continue;
        if (!dual_improve(&w->better, m, p, o, attempt_claim(w, k), 20))
            return false;
        if (!prove_shortly(w, m, k, attempt_claim(w, k) - w->better.least))
            return false;
    }
    return true;
}

bool attempt_programs(worker *w, const mirror *m, size_t unstable, relaxation_status *status)
{
    bool all = true;
    for (size_t k = 0; k < w->p.objective_count; k++) {
        if (w->p.is_proved[k] || prove_by_relaxation(w, m, k, status))
            continue;
        if (unstable > 0 || !prove_exactly(w, k))
            all = false;
    }
    return all;
}

bool attempt_exactly(worker *w, const mirror *m, bool by_program)
{
    prover *p = &w->p;
    bool all = true;
    for (size_t k = 0; k < p->objective_count; k++) {
        const objective *o = &p->objectives[k];
        size_t count = 0;
        if (p->is_proved[k])
            continue;
        if (by_program && relaxation_solve(&w->lp, p, m, w->relevant, o) == RELAXATION_SOLVED) {
            dual_take(&w->better, m, p, o, w->lp.c);
            count = dual_multipliers(w->list, &w->better, m, p, o, 0);
        }
        bool proved = prover_prove_exact(p, k, count, w->list);
        if (proved)
            note_proof(w, true, k, count, w->list);
        all &= proved;
    }
    return all;
}
