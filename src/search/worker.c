/* One thread of the search: see worker.h. A node is bounded with the kernel's default multipliers first; a
 * node with few unstable neurons gets a linear program whose duals are its multipliers; a node without
 * unstable neurons is solved exactly. What is left is split: at an input while many neurons are unstable, at
 * a neuron's sign when few are. */
#include "search/worker.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "proof/steps.h"

/* A bound this close to the claim, normalised, is within reach of the errors of fixed point: smaller boxes
 * would not help, exact leaves do. */
#define NEAR 1e-11

/* A range whose end is this close to 0, in units, may be due to rounding. */
#define TOUCH 4096

double worker_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- claims and points
 * ------------------------------------------------------------------------------------------ */

/* Takes over what the search is after now. With the lock. */
static void follow(worker *w)
{
    search *s = w->s;
    if (w->version == s->version)
        return;
    w->version = s->version;
    prover_raise_claim(&w->p, s->target);
    mpq_set(w->final, s->final);
    for (size_t k = 0; k < w->p.objective_count; k++)
        w->final_threshold[k] = prover_threshold(&w->p, w->p.objectives[k].output, s->final);
    incumbent_adopt(&w->mine, &s->best);
}

/* A better point of this worker becomes everybody's; the claims follow. */
static void publish(worker *w)
{
    search *s = w->s;
    pthread_mutex_lock(&s->lock);
    if (mpq_cmp(w->mine.value, s->best.value) > 0) {
        incumbent_adopt(&s->best, &w->mine);
        search_update_claims(s);
    }
    follow(w);
    pthread_mutex_unlock(&s->lock);
}

/* Offers a point given in normalised inputs as a lower bound. */
static void try_normalised(worker *w, const double *normalised)
{
    for (size_t i = 0; i < w->s->system.inputs; i++)
        w->point[i] = mpq_get_d(w->p.sc.centre[i]) + ldexp(normalised[i], (int)w->p.sc.input_exponent[i]);
    if (ascent_value(&w->climber, w->point, NULL, NULL) <= w->mine.approximate * (1 + 1e-12))
        return;
    ascent_climb(&w->climber, w->point);
    if (incumbent_try_doubles(&w->mine, w->point))
        publish(w);
}

void worker_ascend(worker *w)
{
    const search_options *o = w->s->options;
    ascent_search(&w->climber, w->point, o->tolerance == NULL ? HUGE_VAL : mpq_get_d(o->tolerance));
    if (incumbent_try_doubles(&w->mine, w->point))
        publish(w);
}

/* Offers the corner of the node at which the relaxed objective is largest. */
static void try_corner(worker *w)
{
    for (size_t i = 0; i < w->s->system.inputs; i++)
        w->lp.point[i] =
            w->down.gradient[i] > 0 ? mirror_input_upper(&w->p, i) : mirror_input_lower(&w->p, i);
    try_normalised(w, w->lp.point);
}

/* Normalised bound that an objective must not exceed. */
static double normalised_claim(const worker *w, size_t k)
{
    return ldexp((double)w->p.threshold[k], -2 * w->p.sc.bits);
}

/* A claim, in real units, for which `total` proves objective k; TREE_CLOSED where it proves the final one. */
static double bound_of(const worker *w, size_t k, fix_product total)
{
    if (total <= w->final_threshold[k])
        return TREE_CLOSED;
    if (total >= (fix_product)1 << 126)
        return HUGE_VAL;
    double value =
        ldexp((double)total, -w->p.sc.bits) * prover_objective_unit(&w->p, w->p.objectives[k].output);
    return value + fabs(value) * 1e-14; /* far more than the four roundings above */
}

/* --- the frame in doubles
 * --------------------------------------------------------------------------------------- */

static const mirror *current_mirror(worker *w)
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

/* --- proving a node
 * --------------------------------------------------------------------------------------------- */

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
        prover_bound_exact(p, n);
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
            writer_objective(&w->out, false, &p->objectives[k], 0, NULL, bound_of(w, k, total));
        bound = fmax(bound, bound_of(w, k, total));
    }
    return bound;
}

/* A bound of the objectives proved so far. */
static double proved_bound(const worker *w)
{
    double bound = TREE_CLOSED;
    for (size_t k = 0; k < w->p.objective_count && !w->p.empty; k++)
        if (w->p.is_proved[k])
            bound = fmax(bound, bound_of(w, k, w->p.total[k]));
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
    writer_objective(&w->out, exact, &w->p.objectives[k], count, list, bound_of(w, k, w->p.total[k]));
}

/* The facts of the node and which neurons are active there. */
static size_t node_facts(worker *w)
{
    const prover *p = &w->p;
    size_t count = 0;
    for (size_t n = 0; n < p->system->neurons; n++) {
        w->active[n] = !p->system->relu[n] || p->lower[n] >= 0;
        if (p->is_fact[n])
            w->facts[count++] = (sign_fact){n, w->active[n] ? +1 : -1};
    }
    return count;
}

/* Solves objective k exactly in a node whose relevant neurons are all stable; always proves it, if need be by
 * a better incumbent. */
static bool prove_exactly(worker *w, size_t k)
{
    prover *p = &w->p;
    region_result result;
    size_t facts = node_facts(w);
    region_solve(&result, p->system, w->active, &p->objectives[k], w->facts, facts, p->box_lower,
                 p->box_upper, p->claim);
    if (!result.infeasible && mpq_cmp(result.value, p->claim) > 0 && incumbent_try(&w->mine, result.point))
        publish(w);
    bool proved = prover_prove_exact(p, k, result.multiplier_count, result.multipliers, result.value);
    if (proved)
        note_exact_bound(w, k, result.value);
    if (proved)
        note_proof(w, true, k, result.multiplier_count, result.multipliers);
    region_result_clear(&result, p->system->inputs);
    return proved;
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
        try_normalised(w, w->lp.point);
        if (w->lp.bound > normalised_claim(w, k))
            return false;
    }
    size_t count = relaxation_multipliers(w->list, &w->lp, p, m, w->relevant, o);
    if (!prover_prove(p, k, count, w->list, NULL))
        return false;
    note_proof(w, false, k, count, w->list);
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

/* --- splitting a node
 * ------------------------------------------------------------------------------------------- */

static size_t count_unstable(const worker *w)
{
    size_t count = 0, rows = prover_frame(&w->p)->count;
    for (size_t r = 0; r < rows; r++)
        count += w->relevant[r] && mirror_is_unstable(&w->p, r);
    return count;
}

/* Up to how many unstable neurons signs are split rather than inputs. Three took half the time of inputs + 3
 * on the pruned ACAS pair 1_3, and on pairs of width 32 made no difference. In very small boxes it is more
 * and more of them, since no box is small enough where the maximum is attained along a kink. */
static size_t sign_limit(const worker *w)
{
    size_t d = w->s->system.inputs, depth = w->p.split_count, deep = 6 * d;
    return 3 + (depth > deep ? depth - deep : 0);
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
    return own - claim < 0.5 * (w->path[depth - back]->own - claim);
}

/* Chooses how to split a node that nothing has settled; false where there is nothing to split. */
static bool choose_split(worker *w, tree_split *split, const mirror *m, size_t unstable, double own,
                         bool has_solution)
{
    size_t open = first_unproved(&w->p);
    branch_view view = {&w->p, m, w->relevant, &w->down, &w->lp};
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

/* --- visits
 * ------------------------------------------------------------------------------------------------------ */

typedef struct visit {
    bool is_split, is_stuck;
    tree_split split;
    double bound; /* of the node */
    tree_text text;
} visit;

static void end_leaf(worker *w, visit *v)
{
    v->text = writer_leaf(&w->out);
}

static void end_split(worker *w, visit *v)
{
    mpq_t value;
    mpq_init(value);
    if (v->split.kind == TREE_INPUT)
        branch_value(value, &w->p, v->split.index, v->split.position);
    v->is_split = true;
    v->text = writer_split(&w->out, &v->split, value);
    mpq_clear(value);
}

/* Refines or settles a node that default multipliers did not settle. */
static void settle_or_split(worker *w, visit *v)
{
    const mirror *m = current_mirror(w);
    mirror_relevant(w->relevant, m, &w->p);
    size_t unstable = count_unstable(w);
    relaxation_status status = RELAXATION_FAILED;
    if (unstable <= sign_limit(w) && prove_by_programs(w, m, unstable, &status)) {
        v->bound = proved_bound(w);
        end_leaf(w, v);
    } else if (choose_split(w, &v->split, m, unstable, v->bound, status == RELAXATION_SOLVED)) {
        end_split(w, v);
    } else {
        v->is_stuck = true;
        end_leaf(w, v);
    }
}

/* A node for the first time, or once more after it was a leaf. */
static void visit_leaf(worker *w, visit *v)
{
    prover *p = &w->p;
    prover_bound_all(p, w->s->uses_pairs);
    writer_bound_all(&w->out, w->s->uses_pairs);
    if (!p->empty)
        settle_touching(w);
    if (!p->empty)
        reduce_if_worthwhile(w);
    v->bound = prove_default(w);
    if (prover_is_done(p))
        end_leaf(w, v);
    else
        settle_or_split(w, v);
}

/* Does the steps of a split node again. An objective's step that does not hold for this round's claim does
 * nothing: whatever relies on it has as large a bound, and is visited again. */
static void replay(worker *w, const tree_node *node)
{
    bool finished;
    for (size_t k = 0; k < node->steps; k++) {
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

static void visit_node(worker *w, const tree_node *node, visit *v)
{
    writer_begin(&w->out);
    if (!tree_is_split(node)) {
        visit_leaf(w, v);
        w->ready = true;
        return;
    }
    for (size_t k = 0; k < node->steps; k++)
        writer_repeat(&w->out, &node->step[k]);
    replay(w, node);
    v->split = node->split;
    v->bound = node->own;
    end_split(w, v);
}

/* --- walking the tree
 * -------------------------------------------------------------------------------------------- */

static void push_path(worker *w, tree_node *node)
{
    w->path = mem_grow(w->path, &w->path_capacity, w->path_count + 1, sizeof *w->path);
    w->path[w->path_count++] = node;
    w->ready = false;
}

/* Goes up to the parent. */
static void leave(worker *w)
{
    w->path_count--;
    prover_back(&w->p);
    w->ready = true;
}

/* Goes down from the split node at hand to its child. */
static void enter(worker *w, tree_node *child)
{
    const tree_node *node = child->parent;
    bool upper = child == node->child[1];
    if (!w->ready)
        replay(w, node);
    if (node->kind == TREE_SIGN) {
        prover_split_neuron(&w->p, node->split.index, upper);
    } else {
        mpq_t value;
        mpq_init(value);
        branch_value(value, &w->p, node->split.index, node->split.position);
        prover_split_input(&w->p, node->split.index, value, upper);
        mpq_clear(value);
    }
    push_path(w, child);
}

/* Goes to any node; the nodes above it have been split. */
static void reach(worker *w, tree_node *target)
{
    if (w->path_count == 0)
        push_path(w, w->s->root);
    while (w->path_count - 1 > target->depth || w->path[w->path_count - 1] != target) {
        tree_node *ancestor = target, *child = NULL, *here = w->path[w->path_count - 1];
        while (ancestor->depth > here->depth) {
            child = ancestor;
            ancestor = ancestor->parent;
        }
        if (ancestor == here)
            enter(w, child);
        else
            leave(w);
    }
}

/* Whether a node is for this worker to visit in this round. With the lock, as all below. */
static bool is_work(const search *s, const tree_node *node)
{
    return !node->taken && node->kind != TREE_STUCK && node->bound > s->floor;
}

/* The next node below `top`, depth first, after a visit of `node`; NULL when there is none. Leaves the nodes
 * that are done with. */
static tree_node *advance(worker *w, tree_node *node, const tree_node *top)
{
    const search *s = w->s;
    if (tree_is_split(node)) {
        if (is_work(s, tree_first(node)))
            return tree_first(node);
        if (is_work(s, tree_second(node)))
            return tree_second(node);
    }
    while (node != top) {
        tree_node *parent = node->parent;
        leave(w);
        if (node == tree_first(parent) && is_work(s, tree_second(parent)))
            return tree_second(parent);
        tree_collapse(parent);
        node = parent;
    }
    if (node->parent != NULL)
        leave(w);
    return NULL;
}

/* Gives work to those who have none: the topmost node that this worker has still to visit. */
static void share(worker *w, const tree_node *top)
{
    search *s = w->s;
    if (s->idle <= s->queued)
        return;
    for (size_t k = top->depth; k + 1 < w->path_count; k++) {
        tree_node *second = tree_second(w->path[k]);
        if (w->path[k + 1] == second || !is_work(s, second))
            continue;
        second->taken = true;
        s->queue = mem_grow(s->queue, &s->queue_capacity, s->queued + 1, sizeof *s->queue);
        s->queue[s->queued++] = second;
        pthread_cond_signal(&s->changed);
        return;
    }
}

static void store_visit(worker *w, tree_node *node, const visit *v)
{
    search *s = w->s;
    s->nodes++;
    s->leaves += !v->is_split;
    s->leaves -= node->kind == TREE_LEAF;
    if (v->is_split) {
        tree_divide(node, &v->split, v->bound, w->out.step, w->out.steps, v->text);
        w->out.step = NULL;
        w->out.steps = w->out.capacity = 0;
    } else {
        tree_settle(node, v->is_stuck ? TREE_STUCK : TREE_LEAF, v->bound, v->text);
    }
}

static void report(const search *s, double seconds)
{
    double upper = s->root->bound == TREE_CLOSED ? mpq_get_d(s->final) : s->root->bound;
    search_progress now = {s->best.approximate, upper, s->nodes, seconds};
    s->options->progress(s->options->progress_context, &now);
}

static bool should_end(search *s)
{
    const search_options *o = s->options;
    double seconds = worker_now() - s->started;
    if (o->progress != NULL)
        report(s, seconds);
    if ((o->stop != NULL && *o->stop) || (o->time_limit > 0 && seconds > o->time_limit))
        s->stopping = true;
    s->stopping |= o->node_limit > 0 && s->nodes >= o->node_limit;
    s->round_over |= s->node_limit > 0 && s->nodes >= s->node_limit;
    return s->stopping || s->round_over;
}

/* Visits what is to be visited in the subtree. */
static void work_on(worker *w, tree_node *top)
{
    search *s = w->s;
    for (tree_node *node = top; node != NULL;) {
        visit v = {.is_split = false};
        reach(w, node);
        visit_node(w, node, &v);
        pthread_mutex_lock(&s->lock);
        store_visit(w, node, &v);
        share(w, top);
        node = should_end(s) ? NULL : advance(w, node, top);
        follow(w);
        pthread_mutex_unlock(&s->lock);
    }
}

/* Whether the round has been ended; but the root is always visited, to have an upper bound. */
static bool is_over(const search *s)
{
    return s->root->kind != TREE_OPEN && (s->stopping || s->round_over);
}

void worker_run(worker *w)
{
    search *s = w->s;
    pthread_mutex_lock(&s->lock);
    prover_restart(&w->p, s->target);
    w->path_count = 0;
    w->version = s->version - 1;
    follow(w);
    for (;;) {
        while (s->queued == 0 && s->idle + 1 < s->working && !is_over(s)) {
            s->idle++;
            pthread_cond_wait(&s->changed, &s->lock);
            s->idle--;
        }
        if (s->queued == 0 || is_over(s))
            break;
        tree_node *top = s->queue[--s->queued];
        follow(w);
        pthread_mutex_unlock(&s->lock);
        work_on(w, top);
        pthread_mutex_lock(&s->lock);
        top->taken = false;
    }
    s->working--;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* --- beginning and end
 * -------------------------------------------------------------------------------------------- */

bool worker_pairs_pay(worker *w)
{
    prover *p = &w->p;
    double apart = 0, together = 0;
    prover_bound_all(p, true);
    for (size_t n = 0; n < p->system->neurons; n++) {
        size_t m = p->sc.partner[n], d = p->system->neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        apart += (double)(p->upper[n] - p->lower[n]) + (double)(p->upper[m] - p->lower[m]);
        together += (double)(p->upper[d] - p->lower[d]);
    }
    return together < 0.8 * apart;
}

bool worker_init(worker *w, search *s, unsigned index, bool wanted, error *e)
{
    const query *q = s->q;
    size_t d = q->f->inputs, n = s->system.neurons;
    *w = (worker){.s = s};
    glp_term_out(GLP_OFF);
    incumbent_init(&w->mine, q);
    ascent_init(&w->climber, &s->num, s->box_lower, s->box_upper, q->all_outputs, q->output);
    prover_init(&w->p, &s->system, q->lower, q->upper, q->all_outputs, q->output, s->best.value);
    mpq_init(w->final);
    w->final_threshold = mem_alloc(w->p.objective_count, sizeof *w->final_threshold);
    w->point = mem_alloc(d, sizeof(double));
    w->relevant = mem_alloc(n, sizeof(bool));
    w->active = mem_alloc(n, sizeof(bool));
    w->facts = mem_alloc(n, sizeof *w->facts);
    w->list = mem_alloc(n, sizeof *w->list);
    for (size_t k = 0; k < n; k++)
        mpq_init(w->list[k].value);
    descent_init(&w->down, d, n);
    relaxation_init(&w->lp, d, n);
    return writer_open(&w->out, &s->system, index, wanted, e);
}

void worker_clear(worker *w)
{
    while (w->mirror_count > 0)
        mirror_clear(&w->mirrors[--w->mirror_count]);
    for (size_t k = 0; k < w->s->system.neurons; k++)
        mpq_clear(w->list[k].value);
    void *owned[] = {w->mirrors,  w->list,  w->facts, w->active,
                     w->relevant, w->point, w->path,  w->final_threshold};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    mpq_clear(w->final);
    descent_clear(&w->down);
    relaxation_clear(&w->lp);
    prover_clear(&w->p);
    ascent_clear(&w->climber);
    incumbent_clear(&w->mine);
    writer_close(&w->out);
}
