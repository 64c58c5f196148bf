/* Visiting a node: see visit.h. */
#include "search/visit.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "proof/steps.h"
#include "search/attempt.h"
#include "search/bounding.h"
#include "search/branch.h"

/* A bound this close to the claim, normalised, is within reach of the errors of fixed point: smaller boxes
 * would not help, exact leaves do. */
#define NEAR 1e-11

/* The same of a search for a formula, which has no other use for exact arithmetic: above what was seen in
 * networks of three layers of 50 neurons. */
#define FIXED_POINT 1e-8

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

/* --- splitting a node --- */

static branch_view view_of(const worker *w, const mirror *m)
{
    return (branch_view){.p = &w->p,
                         .m = m,
                         .relevant = w->relevant,
                         .down = &w->down,
                         .lp = &w->lp,
                         .best = w->mine.found ? w->mine.point : NULL};
}

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
    branch_view view = view_of(w, m);
    mirror_descend(&w->down, m, &w->p, &w->p.objectives[open]);
    if (unstable > sign_limit(w) && makes_headway(w, w->down.bound - attempt_claim(w, open), own)) {
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
    branch_view view = view_of(w, m);
    view.share = w->share;
    size_t unstable = count_unstable(w);
    double loss = branch_chord_loss(&view), excess = w->down.bound - attempt_claim(w, open);
    bool few = unstable > 0 && unstable <= sign_limit(w);
    relaxation_status status = RELAXATION_FAILED;
    if ((few && excess <= loss && attempt_programs(w, m, unstable, &status)) ||
        (excess <= FIXED_POINT && attempt_exactly(w, m, few))) {
        v->bound = attempt_proved(w);
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
    bool proved =
        attempt_multipliers(w, m) || (unstable <= sign_limit(w) && attempt_programs(w, m, unstable, &status));
    stopwatch_enter(&w->watch, PHASE_SPLITS);
    if (proved) {
        v->bound = attempt_proved(w);
        end_leaf(w, v);
    } else if (choose_split(w, &v->split, m, unstable, v->bound, status == RELAXATION_SOLVED)) {
        end_split(w, v);
    } else {
        end_stuck(w, v);
    }
}

/* A node for the first time, or once more after it was a leaf. */
static void visit_leaf(worker *w, const tree_node *node, visit *v)
{
    prover *p = &w->p;
    stopwatch_enter(&w->watch, PHASE_BOUNDS);
    bounding_node(w, node);
    stopwatch_enter(&w->watch, PHASE_OBJECTIVES);
    v->bound = attempt_default(w);
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
    double claim = rational_double_down(w->p.claim);
    for (size_t k = 0; k < node->steps; k++) {
        if (node->step[k].bound > claim)
            continue;
        error e = ERROR_NONE;
        line_reader in = {.name = "step"};
        line_hold(&in, node->step[k].text);
        stepper steps = {.in = &in, .prover = &w->p, .e = &e};
        stepper_step(&steps);
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
        visit_leaf(w, node, v);
        w->ready = true;
        return;
    }
    for (size_t k = 0; k < node->steps; k++)
        writer_repeat(&w->out, &node->step[k]);
    if (!w->ready) /* twice would prove better bounds than the certificate's steps do */
        visit_replay(w, node);
    v->split = node->split;
    v->bound = node->own;
    end_split(w, v);
}
