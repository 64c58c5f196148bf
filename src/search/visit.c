/* Visiting a node: see visit.h. */
#include "search/visit.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "proof/steps.h"
#include "search/branch.h"
#include "search/region.h"

/* A bound this close to the claim, normalised, is within reach of the errors of fixed point: smaller boxes
 * would not help, exact leaves do. */
#define NEAR 1e-11

/* The same of a search for a formula, which has no other use for exact arithmetic: above what was seen in
 * networks of three layers of 50 neurons. */
#define FIXED_POINT 1e-8

/* How much of the room between a bound and the claim shorter multipliers may use up if all their errors add
 * up, which they do not: at first, and at last. On ACAS pairs certificates are a fifth to a third smaller for
 * it. */
#define SHORT_AT_FIRST 4096.0
#define SHORT_AT_LAST  0.25

/* A range whose end is this close to 0, in units, may be due to rounding. */
#define TOUCH 4096

/* Normalised bound that an objective must not exceed. */
static double normalised_claim(const worker *w, size_t k)
{
    return ldexp((double)w->p.threshold[k], (int)w->p.target_shift - 2 * w->p.sc.bits);
}

double visit_bound(const worker *w, size_t k, fix_product total)
{
    bool is_none = total >= (fix_product)1 << 126;
    if (total <= w->final_threshold[k] && !(is_none && w->p.target != NULL))
        return TREE_CLOSED;
    if (is_none)
        return HUGE_VAL;
    double value = ldexp((double)total, (int)w->p.target_shift - w->p.sc.bits) *
                   prover_objective_unit(&w->p, w->p.objectives[k].output);
    return value + fabs(value) * 1e-14; /* far more than the four roundings above */
}

/* Offers the corner of the node at which the relaxed objective is largest. */
static void try_corner(worker *w)
{
    for (size_t i = 0; i < w->s->system.inputs; i++)
        w->lp.point[i] =
            w->down.gradient[i] > 0 ? mirror_input_upper(&w->p, i) : mirror_input_lower(&w->p, i);
    worker_offer(w, w->lp.point);
}

/* --- the frame in doubles --- */

static mirror *current_mirror(worker *w)
{
    const prover *p = &w->p;
    while (w->mirror_count > p->frame_count ||
           (w->mirror_count > 0 &&
            w->mirrors[w->mirror_count - 1].serial != p->frames[w->mirror_count - 1].serial))
        mirror_clear(&w->mirrors[--w->mirror_count]);
    if (w->mirror_count < p->frame_count) {
        w->mirrors = mem_grow(w->mirrors, &w->mirror_capacity, p->frame_count, sizeof *w->mirrors);
        for (size_t k = w->mirror_count; k + 1 < p->frame_count; k++)
            w->mirrors[k] = (mirror){.serial = p->frames[k].serial};
        w->mirror_count = p->frame_count;
        mirror_init(&w->mirrors[w->mirror_count - 1], p);
    }
    mirror *m = &w->mirrors[w->mirror_count - 1];
    if (m->column == NULL)
        mirror_init(m, p);
    return m;
}

/* --- proving a node --- */

/* Leaves out the stable neurons when they have become many. */
static void reduce_if_worthwhile(worker *w)
{
    const frame *fr = prover_frame(&w->p);
    size_t stable = 0;
    for (size_t r = 0; r < fr->count; r++)
        stable += !mirror_is_unstable(&w->p, r) && !w->p.is_fact[fr->neuron[r]];
    if (stable * 6 > fr->count && prover_reduce(&w->p))
        writer_reduce(&w->out);
}

/* Neurons that fixed point cannot tell from stable ones: one end of the range is within its errors of 0.
 * Exact bounds may settle them, where kinks touch the box or meet in the only point of a flat one. */
static void settle_touching(worker *w)
{
    prover *p = &w->p;
    const frame *fr = prover_frame(p);
    for (size_t r = 0; r < fr->count && !p->empty; r++) {
        size_t n = fr->neuron[r];
        bool touches = p->lower[n] > -TOUCH || p->upper[n] < TOUCH;
        if (!touches || !mirror_is_unstable(p, r))
            continue;
        fix lower = p->lower[n], upper = p->upper[n];
        search_phase before = stopwatch_enter(&w->watch, PHASE_EXACT);
        prover_bound_exact(p, n);
        stopwatch_enter(&w->watch, before);
        if (p->lower[n] != lower || p->upper[n] != upper)
            writer_bound_exact(&w->out, n);
    }
}

/* Tries all objectives with default multipliers, and notes those that are proved, so that the subtree
 * inherits them. Returns a bound of all of them. */
static double prove_default(worker *w)
{
    prover *p = &w->p;
    double bound = TREE_CLOSED;
    for (size_t k = 0; k < p->objective_count && !p->empty; k++) {
        fix_product total = p->is_proved[k] ? p->total[k] : 0;
        if (!p->is_proved[k] && prover_prove(p, k, 0, NULL, &total))
            writer_objective(&w->out, false, &p->objectives[k], 0, NULL, visit_bound(w, k, total));
        bound = fmax(bound, visit_bound(w, k, total));
    }
    return bound;
}

/* A bound of the objectives proved so far. */
static double proved_bound(const worker *w)
{
    double bound = TREE_CLOSED;
    for (size_t k = 0; k < w->p.objective_count && !w->p.empty; k++)
        if (w->p.is_proved[k])
            bound = fmax(bound, visit_bound(w, k, w->p.total[k]));
    return bound;
}

/* An exact proof of objective k is for good if its bound is at most the final claim, even by less than a
 * unit. */
static void note_exact_bound(worker *w, size_t k, const mpq_t bound)
{
    if (mpq_cmp(bound, w->final) <= 0)
        w->p.total[k] = w->final_threshold[k];
}

static void note_proof(worker *w, bool exact, size_t k, size_t count, const multiplier *list)
{
    writer_objective(&w->out, exact, &w->p.objectives[k], count, list, visit_bound(w, k, w->p.total[k]));
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
    bool proved = prover_prove_exact(p, k, result.multiplier_count, result.multipliers, result.value);
    if (proved)
        note_exact_bound(w, k, result.value);
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
    if (!prover_prove(&w->p, k, count, w->list, NULL))
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
    if (*status == RELAXATION_SOLVED && w->lp.bound > normalised_claim(w, k)) {
        worker_offer(w, w->lp.point);
        if (w->lp.bound > normalised_claim(w, k))
            return false;
    }
    double room = *status == RELAXATION_SOLVED ? normalised_claim(w, k) - w->lp.bound : 0;
    dual_take(&w->better, m, p, o, w->lp.c);
    return (room > 0 && prove_shortly(w, m, k, room)) || prove_by_duals(w, m, k, 0);
}

/* Tries every objective that is still open with better multipliers; true when none is left. */
static bool prove_by_multipliers(worker *w, const mirror *m)
{
    prover *p = &w->p;
    for (size_t k = 0; k < p->objective_count; k++) {
        const objective *o = &p->objectives[k];
        if (p->is_proved[k])
            continue;
        if (!dual_improve(&w->better, m, p, o, normalised_claim(w, k), 20))
            return false;
        if (!prove_shortly(w, m, k, normalised_claim(w, k) - w->better.least))
            return false;
    }
    return true;
}

/* Tries every objective that is still open by linear programs; true when none is left. */
static bool prove_by_programs(worker *w, const mirror *m, size_t unstable, relaxation_status *status)
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

/* --- splitting a node --- */

static size_t count_unstable(const worker *w)
{
    size_t count = 0, rows = prover_frame(&w->p)->count;
    for (size_t r = 0; r < rows; r++)
        count += w->relevant[r] && mirror_is_unstable(&w->p, r);
    return count;
}

/* Up to how many unstable neurons signs are split rather than inputs, and linear programs tried. On ACAS
 * pairs and their 16-bit copies, of 5 inputs, 12 took as long as 3 or down to a fifth of it, 28 up to five
 * times as long as 12. With one input a kink is a point: 169 nodes with 12, 61 with 3. Formulas are bounded
 * by their curvature too, which only smaller boxes reduce: in two dimensions 540 nodes with 3, 3,499 with 12.
 * In very small boxes it is more and more of them, since no box is small enough where the maximum is attained
 * along a kink. */
static size_t sign_limit(const worker *w)
{
    size_t d = w->s->system.inputs, depth = w->p.split_count, deep = 6 * d;
    size_t few = w->p.target != NULL ? 3 : d < 4 ? 3 * d : 12;
    return few + (depth > deep ? depth - deep : 0);
}

static size_t first_unproved(const prover *p)
{
    size_t k = 0;
    while (p->is_proved[k])
        k++;
    return k;
}

/* Whether smaller boxes still help: the excess of the bound over the claim is not yet within the errors of
 * fixed point, and it has halved since 12 splits an input ago. Where kinks of very steep neurons cross, it
 * does not, and signs must be split. */
static bool makes_headway(const worker *w, double excess, double own)
{
    size_t depth = w->p.split_count, back = 12 * w->s->system.inputs;
    if (excess <= NEAR || depth < back)
        return excess > NEAR;
    double claim = mpq_get_d(w->p.claim);
    return own - claim < 0.5 * (w->path[depth - back].node->own - claim);
}

/* Chooses how to split a node that nothing has settled; false where there is nothing to split. */
static bool choose_split(worker *w, tree_split *split, const mirror *m, size_t unstable, double own,
                         bool has_solution)
{
    size_t open = first_unproved(&w->p);
    branch_view view = {&w->p, m, w->relevant, &w->down, &w->lp, NULL};
    mirror_descend(&w->down, m, &w->p, &w->p.objectives[open]);
    if (unstable > sign_limit(w) && makes_headway(w, w->down.bound - normalised_claim(w, open), own)) {
        try_corner(w);
        if (branch_split_input(split, &view))
            return true;
    }
    size_t row = has_solution ? branch_choose_row_by_solution(&view) : branch_choose_row_by_chord(&view);
    if (row == SYSTEM_NO_NEURON) { /* a row may matter by weights too small for the frame's fixed point */
        memset(w->relevant, true, m->count * sizeof *w->relevant);
        row = branch_choose_row_by_chord(&view);
    }
    if (row == SYSTEM_NO_NEURON)
        return false;
    branch_split_row(split, &view, row);
    return true;
}

/* --- visits --- */

static void end_leaf(worker *w, visit *v)
{
    v->text = writer_leaf(&w->out);
}

static void end_split(worker *w, visit *v)
{
    mpq_t value;
    mpq_init(value);
    tree_split_value(value, &v->split, &w->p);
    v->is_split = true;
    v->text = writer_split(&w->out, &v->split, value);
    mpq_clear(value);
}

static void end_stuck(worker *w, visit *v)
{
    v->is_stuck = true;
    end_leaf(w, v);
}

/* A node on whose box the formula is not known to be defined: smaller boxes, until it is, or is nowhere. */
static void split_undefined(worker *w, visit *v, size_t output)
{
    bool is_outside = w->reference.last[output].state == DOMAIN_OUTSIDE;
    if (!is_outside && branch_split_widest(&v->split, &w->p, w->reads)) {
        end_split(w, v);
        return;
    }
    worker_fail(w, output, w->p.box_lower, w->p.box_upper);
    end_stuck(w, v);
}

/* Of a formula: signs are split where chords cost more than the formula's curvature; in one dimension, where
 * a kink is a point, never. */
static bool choose_formula_split(worker *w, tree_split *split, const branch_view *view, bool by_sign,
                                 bool has_solution)
{
    size_t row = !by_sign       ? SYSTEM_NO_NEURON
                 : has_solution ? branch_choose_row_by_solution(view)
                                : branch_choose_row_by_chord(view);
    if (row == SYSTEM_NO_NEURON) {
        try_corner(w);
        return branch_split_input(split, view);
    }
    branch_split_row(split, view, row);
    return true;
}

/* Tries every objective that is open in exact arithmetic, where the bound is above the claim by no more than
 * the errors of fixed point may amount to; with the multipliers of a linear program if there are unstable
 * neurons, but not many. */
static bool prove_formula_exactly(worker *w, const mirror *m, bool by_program)
{
    prover *p = &w->p;
    bool all = true;
    mpq_t bound;
    mpq_init(bound);
    for (size_t k = 0; k < p->objective_count; k++) {
        const objective *o = &p->objectives[k];
        size_t count = 0;
        if (p->is_proved[k])
            continue;
        if (by_program && relaxation_solve(&w->lp, p, m, w->relevant, o) == RELAXATION_SOLVED) {
            dual_take(&w->better, m, p, o, w->lp.c);
            count = dual_multipliers(w->list, &w->better, m, p, o, 0);
        }
        bool proved = prover_prove_exact(p, k, count, w->list, bound);
        if (proved) {
            note_exact_bound(w, k, bound);
            note_proof(w, true, k, count, w->list);
        }
        all &= proved;
    }
    mpq_clear(bound);
    return all;
}

/* Refines or settles a node of a search for a formula. */
static void settle_formula(worker *w, visit *v)
{
    mirror *m = current_mirror(w);
    size_t output, open = first_unproved(&w->p);
    if (!form_take(m, &w->p, &output)) {
        split_undefined(w, v, output);
        return;
    }
    output = w->p.objectives[open].output;
    mirror_relevant(w->relevant, m, &w->p);
    mirror_descend(&w->down, m, &w->p, &w->p.objectives[open]);
    form_shares(w->share, m, &w->reference, output);
    branch_view view = {&w->p, m, w->relevant, &w->down, &w->lp, w->share};
    size_t unstable = count_unstable(w);
    double loss = branch_chord_loss(&view), excess = w->down.bound - normalised_claim(w, open);
    bool few = unstable > 0 && unstable <= sign_limit(w);
    relaxation_status status = RELAXATION_FAILED;
    if ((few && excess <= loss && prove_by_programs(w, m, unstable, &status)) ||
        (excess <= FIXED_POINT && prove_formula_exactly(w, m, few))) {
        v->bound = proved_bound(w);
        end_leaf(w, v);
        return;
    }
    bool by_sign = few && w->s->system.inputs > 1 && loss > m->slack[output];
    if (choose_formula_split(w, &v->split, &view, by_sign, status == RELAXATION_SOLVED))
        end_split(w, v);
    else
        end_stuck(w, v);
}

/* Refines or settles a node that default multipliers did not settle. */
static void settle_or_split(worker *w, visit *v)
{
    const mirror *m = current_mirror(w);
    mirror_relevant(w->relevant, m, &w->p);
    size_t unstable = count_unstable(w);
    relaxation_status status = RELAXATION_FAILED;
    stopwatch_enter(&w->watch, PHASE_PROGRAMS);
    bool proved = prove_by_multipliers(w, m) ||
                  (unstable <= sign_limit(w) && prove_by_programs(w, m, unstable, &status));
    stopwatch_enter(&w->watch, PHASE_SPLITS);
    if (proved) {
        v->bound = proved_bound(w);
        end_leaf(w, v);
    } else if (choose_split(w, &v->split, m, unstable, v->bound, status == RELAXATION_SOLVED)) {
        end_split(w, v);
    } else {
        end_stuck(w, v);
    }
}

/* A node for the first time, or once more after it was a leaf. */
static void visit_leaf(worker *w, visit *v)
{
    prover *p = &w->p;
    stopwatch_enter(&w->watch, PHASE_BOUNDS);
    prover_bound_all(p, w->s->uses_pairs);
    writer_bound_all(&w->out, w->s->uses_pairs);
    if (!p->empty && p->target == NULL)
        settle_touching(w);
    if (!p->empty)
        reduce_if_worthwhile(w);
    stopwatch_enter(&w->watch, PHASE_OBJECTIVES);
    v->bound = prove_default(w);
    if (prover_is_done(p))
        end_leaf(w, v);
    else if (p->target != NULL)
        settle_formula(w, v);
    else
        settle_or_split(w, v);
}

/* An objective's step is left out where its bound is above the claim, as the certificate's writer would: the
 * kernel may by now prove it all the same, by a pass that it did not need at first, but what is not known of
 * the step must not be relied on below it. */
void visit_replay(worker *w, const tree_node *node)
{
    bool finished;
    double claim = rational_double_down(w->p.claim);
    for (size_t k = 0; k < node->steps; k++) {
        if (node->step[k].bound > claim)
            continue;
        error e = ERROR_NONE;
        line_reader in = {.name = "step"};
        line_hold(&in, node->step[k].text);
        stepper steps = {.in = &in, .system = w->p.system, .prover = &w->p, .e = &e};
        size_t proved = w->p.proved_count;
        stepper_step(&steps, &finished);
        if (w->p.proved_count > proved &&
            node->step[k].bound == TREE_CLOSED) /* known to be so, perhaps exactly */
            w->p.total[w->p.proved_list[proved]] = w->final_threshold[w->p.proved_list[proved]];
        stepper_clear(&steps);
        line_clear(&in);
        error_clear(&e);
    }
    w->ready = true;
}

void visit_node(worker *w, const tree_node *node, visit *v)
{
    writer_begin(&w->out);
    if (!tree_is_split(node)) {
        visit_leaf(w, v);
        w->ready = true;
        return;
    }
    for (size_t k = 0; k < node->steps; k++)
        writer_repeat(&w->out, &node->step[k]);
    visit_replay(w, node);
    v->split = node->split;
    v->bound = node->own;
    end_split(w, v);
}
