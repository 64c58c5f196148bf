/* Branch and bound, depth first, with the kernel as its only way to bound: see maximise.h. A node is bounded
 * with the kernel's default multipliers first; a node with few unstable neurons gets a linear program whose
 * duals are its multipliers; a node without unstable neurons is solved exactly. What is left is split: at an
 * input while many neurons are unstable, at a neuron's sign when few are. */
#include "search/maximise.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "number/vector.h"
#include "proof/prover.h"
#include "search/branch.h"

/* A bound this close to the claim, normalised, is within reach of the errors of fixed point: smaller boxes
 * would not help, exact leaves do. */
#define NEAR 1e-11

/* A range whose end is this close to 0, in units, may be due to rounding. */
#define TOUCH 4096

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is to be proved: incumbent + gap. */
static void update_claim(search *s)
{
    mpq_t claim;
    mpq_init(claim);
    mpq_set(claim, s->best.value);
    if (s->options->gap != NULL)
        mpq_add(claim, claim, s->options->gap);
    if (mpq_cmp(claim, s->p.claim) > 0)
        prover_raise_claim(&s->p, claim);
    mpq_clear(claim);
}

static const mirror *current_mirror(search *s)
{
    const prover *p = &s->p;
    while (s->mirror_count > p->frame_count ||
           (s->mirror_count > 0 &&
            s->mirrors[s->mirror_count - 1].serial != p->frames[s->mirror_count - 1].serial))
        mirror_clear(&s->mirrors[--s->mirror_count]);
    if (s->mirror_count < p->frame_count) {
        s->mirrors = mem_grow(s->mirrors, &s->mirror_capacity, p->frame_count, sizeof *s->mirrors);
        for (size_t k = s->mirror_count; k + 1 < p->frame_count; k++)
            s->mirrors[k] = (mirror){.serial = p->frames[k].serial};
        s->mirror_count = p->frame_count;
        mirror_init(&s->mirrors[s->mirror_count - 1], p);
    }
    mirror *m = &s->mirrors[s->mirror_count - 1];
    if (m->column == NULL)
        mirror_init(m, p);
    return m;
}

/* Normalised bound that an objective must not exceed. */
static double normalised_claim(const search *s, size_t k)
{
    return ldexp((double)s->p.threshold[k], -2 * s->p.sc.bits);
}

/* Leaves out the stable neurons when they have become many. */
static void reduce_if_worthwhile(search *s)
{
    const frame *fr = prover_frame(&s->p);
    size_t stable = 0;
    for (size_t r = 0; r < fr->count; r++)
        stable += !mirror_is_unstable(&s->p, r) && !s->p.is_fact[fr->neuron[r]];
    if (stable * 6 > fr->count && prover_reduce(&s->p))
        writer_reduce(&s->out);
}

/* Tries all objectives with default multipliers; true when none is left. */
static bool prove_default(search *s)
{
    prover *p = &s->p;
    bool all = true;
    for (size_t k = 0; k < p->objective_count; k++)
        if (!p->is_proved[k] && !prover_prove(p, k, 0, NULL, NULL))
            all = false;
    return all;
}

/* Notes the objectives that were proved in this node, so that its subtree inherits them. */
static void write_proved(search *s, size_t from)
{
    for (size_t k = from; k < s->p.proved_count; k++)
        writer_objective(&s->out, false, &s->p.objectives[s->p.proved_list[k]], 0, NULL);
}

static size_t count_unstable(const search *s)
{
    size_t count = 0, rows = prover_frame(&s->p)->count;
    for (size_t r = 0; r < rows; r++)
        count += s->relevant[r] && mirror_is_unstable(&s->p, r);
    return count;
}

/* Offers a point given in normalised inputs as a lower bound. */
static void try_normalised(search *s, const double *normalised)
{
    for (size_t i = 0; i < s->system.inputs; i++)
        s->point[i] = mpq_get_d(s->p.sc.centre[i]) + ldexp(normalised[i], (int)s->p.sc.input_exponent[i]);
    if (ascent_value(&s->climber, s->point, NULL, NULL) <= s->best.approximate * (1 + 1e-12))
        return;
    ascent_climb(&s->climber, s->point);
    if (incumbent_try_doubles(&s->best, s->point))
        update_claim(s);
}

/* Offers the corner of the node at which the relaxed objective is largest. */
static void try_corner(search *s)
{
    for (size_t i = 0; i < s->system.inputs; i++)
        s->lp.point[i] =
            s->down.gradient[i] > 0 ? mirror_input_upper(&s->p, i) : mirror_input_lower(&s->p, i);
    try_normalised(s, s->lp.point);
}

/* The facts of the node and which neurons are active there. */
static size_t node_facts(search *s)
{
    const prover *p = &s->p;
    size_t count = 0;
    for (size_t n = 0; n < s->system.neurons; n++) {
        s->active[n] = !s->system.relu[n] || p->lower[n] >= 0;
        if (p->is_fact[n])
            s->facts[count++] = (sign_fact){n, s->active[n] ? +1 : -1};
    }
    return count;
}

/* Solves objective k exactly in a node whose relevant neurons are all stable; always proves it, if need be by
 * a better incumbent. */
static bool prove_exactly(search *s, size_t k)
{
    prover *p = &s->p;
    region_result result;
    size_t facts = node_facts(s);
    region_solve(&result, &s->system, s->active, &p->objectives[k], s->facts, facts, p->box_lower,
                 p->box_upper, p->claim);
    if (!result.infeasible && mpq_cmp(result.value, p->claim) > 0 && incumbent_try(&s->best, result.point))
        update_claim(s);
    bool proved = prover_prove_exact(p, k, result.multiplier_count, result.multipliers, NULL);
    if (proved)
        writer_objective(&s->out, true, &p->objectives[k], result.multiplier_count, result.multipliers);
    region_result_clear(&result, s->system.inputs);
    return proved;
}

/* Solves the node's linear program for objective k and tries its duals; true when they prove it. */
static bool prove_by_relaxation(search *s, const mirror *m, size_t k, relaxation_status *status)
{
    prover *p = &s->p;
    const objective *o = &p->objectives[k];
    *status = relaxation_solve(&s->lp, p, m, s->relevant, o);
    if (*status == RELAXATION_FAILED)
        return false;
    if (*status == RELAXATION_SOLVED && s->lp.bound > normalised_claim(s, k)) {
        try_normalised(s, s->lp.point);
        if (s->lp.bound > normalised_claim(s, k))
            return false;
    }
    size_t count = relaxation_multipliers(s->list, &s->lp, p, m, s->relevant, o);
    if (!prover_prove(p, k, count, s->list, NULL))
        return false;
    writer_objective(&s->out, false, o, count, s->list);
    return true;
}

/* Up to how many unstable neurons signs are split rather than inputs. Three took half the time of inputs + 3
 * on the pruned ACAS pair 1_3, and on pairs of width 32 made no difference. In very small boxes it is more
 * and more of them, since no box is small enough where the maximum is attained along a kink. */
static size_t sign_limit(const search *s)
{
    size_t d = s->system.inputs, depth = s->p.split_count, deep = 6 * d;
    return 3 + (depth > deep ? depth - deep : 0);
}

static size_t first_unproved(const prover *p)
{
    size_t k = 0;
    while (p->is_proved[k])
        k++;
    return k;
}

/* Raises the claim to what default multipliers prove in this node; true. */
static bool give_up(search *s)
{
    prover *p = &s->p;
    mpq_t bound;
    mpq_init(bound);
    for (size_t k = 0; k < p->objective_count && !p->empty; k++) {
        fix_product total;
        if (p->is_proved[k] || prover_prove(p, k, 0, NULL, &total))
            continue;
        prover_total_value(bound, p, k, total);
        prover_raise_claim(p, bound);
    }
    mpq_clear(bound);
    return true;
}

/* Whether smaller boxes still help: the excess of the bound over the claim is not yet within the errors of
 * fixed point, and it has halved since 12 splits an input ago. Where kinks of very steep neurons cross, it
 * does not, and signs must be split. */
static bool makes_headway(search *s, double excess)
{
    size_t depth = s->p.split_count, back = 12 * s->system.inputs;
    s->excess = mem_grow(s->excess, &s->excess_capacity, depth + 1, sizeof *s->excess);
    s->excess[depth] = excess;
    return excess > NEAR && (depth < back || excess < 0.5 * s->excess[depth - back]);
}

/* Refines or settles a node that default multipliers did not settle. */
static bool settle_or_split(search *s)
{
    prover *p = &s->p;
    const mirror *m = current_mirror(s);
    mirror_relevant(s->relevant, m, p);
    size_t unstable = count_unstable(s), limit = sign_limit(s);
    relaxation_status status = RELAXATION_FAILED;
    bool all = true;
    for (size_t k = 0; k < p->objective_count && unstable <= limit; k++) {
        if (p->is_proved[k] || prove_by_relaxation(s, m, k, &status))
            continue;
        if (unstable == 0 && prove_exactly(s, k))
            continue;
        all = false;
    }
    if (unstable <= limit && all)
        return true;
    mirror_descend(&s->down, m, p, &p->objectives[first_unproved(p)]);
    size_t open = first_unproved(p);
    if (unstable > limit && makes_headway(s, s->down.bound - normalised_claim(s, open))) {
        try_corner(s);
        if (branch_split_input(s, m))
            return false;
    }
    size_t row =
        status == RELAXATION_SOLVED ? branch_choose_row_by_solution(s, m) : branch_choose_row_by_chord(s, m);
    if (row == SYSTEM_NO_NEURON) { /* a row may matter by weights too small for the frame's fixed point */
        memset(s->relevant, true, m->count * sizeof *s->relevant);
        row = branch_choose_row_by_chord(s, m);
    }
    if (row == SYSTEM_NO_NEURON)
        return give_up(s);
    branch_split_row(s, row);
    return false;
}

static void close_node(search *s, bool *finished)
{
    prover_close(&s->p, finished);
    writer_leaf(&s->out);
}

/* Neurons that fixed point cannot tell from stable ones: one end of the range is within its errors of 0.
 * Exact bounds may settle them, where kinks touch the box or meet in the only point of a flat one. */
static void settle_touching(search *s)
{
    prover *p = &s->p;
    const frame *fr = prover_frame(p);
    for (size_t r = 0; r < fr->count && !p->empty; r++) {
        size_t n = fr->neuron[r];
        bool touches = p->lower[n] > -TOUCH || p->upper[n] < TOUCH;
        if (!touches || !mirror_is_unstable(p, r))
            continue;
        fix lower = p->lower[n], upper = p->upper[n];
        prover_bound_exact(p, n);
        if (p->lower[n] != lower || p->upper[n] != upper)
            writer_bound_exact(&s->out, n);
    }
}

/* One node: bounds, objectives, then a leaf or a split. */
static void visit(search *s, bool *finished)
{
    prover *p = &s->p;
    prover_bound_all(p, s->uses_pairs);
    writer_bound_all(&s->out, s->uses_pairs);
    if (p->empty) {
        close_node(s, finished);
        return;
    }
    settle_touching(s);
    if (p->empty) {
        close_node(s, finished);
        return;
    }
    reduce_if_worthwhile(s);
    size_t proved = p->proved_count;
    if (prove_default(s)) {
        close_node(s, finished);
        return;
    }
    write_proved(s, proved);
    if (settle_or_split(s))
        close_node(s, finished);
}

static bool should_stop(search *s)
{
    if (s->options->stop != NULL && *s->options->stop)
        s->stopping = true;
    else if (s->options->time_limit > 0 && s->p.nodes % 16 == 0 &&
             now() - s->started > s->options->time_limit)
        s->stopping = true;
    return s->stopping;
}

/* Ends the node at the price of a larger claim. */
static void give_up_node(search *s, bool *finished)
{
    give_up(s);
    close_node(s, finished);
}

static void search_init(search *s)
{
    const query *q = s->q;
    size_t d = q->f->inputs;
    system_init(&s->system, q->f, q->g);
    incumbent_init(&s->best, q);
    numeric_init(&s->num, &s->system);
    s->box_lower = mem_alloc(d, sizeof(double));
    s->box_upper = mem_alloc(d, sizeof(double));
    for (size_t i = 0; i < d; i++) {
        s->box_lower[i] = mpq_get_d(q->lower[i]);
        s->box_upper[i] = mpq_get_d(q->upper[i]);
    }
    ascent_init(&s->climber, &s->num, s->box_lower, s->box_upper, q->all_outputs, q->output);
    s->point = mem_alloc(d, sizeof(double));
    prover_init(&s->p, &s->system, q->lower, q->upper, q->all_outputs, q->output, s->best.value);
    size_t n = s->system.neurons;
    s->relevant = mem_alloc(n, sizeof(bool));
    s->active = mem_alloc(n, sizeof(bool));
    s->facts = mem_alloc(n, sizeof *s->facts);
    s->list = mem_alloc(n, sizeof *s->list);
    for (size_t k = 0; k < n; k++)
        mpq_init(s->list[k].value);
    descent_init(&s->down, d, n);
    relaxation_init(&s->lp, d, n);
}

static void search_clear(search *s)
{
    while (s->mirror_count > 0)
        mirror_clear(&s->mirrors[--s->mirror_count]);
    free(s->mirrors);
    free(s->excess);
    for (size_t k = 0; k < s->system.neurons; k++)
        mpq_clear(s->list[k].value);
    free(s->list);
    free(s->facts);
    free(s->active);
    free(s->relevant);
    descent_clear(&s->down);
    relaxation_clear(&s->lp);
    prover_clear(&s->p);
    ascent_clear(&s->climber);
    free(s->point);
    free(s->box_lower);
    free(s->box_upper);
    numeric_clear(&s->num);
    incumbent_clear(&s->best);
    writer_close(&s->out);
    system_clear(&s->system);
}

/* Whether the two networks are alike: differences of partners vary much less than the partners do. Proves
 * bounds of them at the root. */
static bool pairs_pay(search *s)
{
    prover *p = &s->p;
    double apart = 0, together = 0;
    prover_bound_all(p, true);
    writer_bound_all(&s->out, true);
    for (size_t n = 0; n < s->system.neurons; n++) {
        size_t m = p->sc.partner[n], w = s->system.neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        apart += (double)(p->upper[n] - p->lower[n]) + (double)(p->upper[m] - p->lower[m]);
        together += (double)(p->upper[w] - p->lower[w]);
    }
    return together < 0.8 * apart;
}

static void run(search *s)
{
    s->uses_pairs = pairs_pay(s);
    ascent_search(&s->climber, s->point);
    incumbent_try_doubles(&s->best, s->point);
    update_claim(s);
    bool finished = false;
    while (!finished) {
        if (should_stop(s))
            give_up_node(s, &finished);
        else
            visit(s, &finished);
    }
}

static void store_result(search_result *result, const search *s)
{
    mpq_inits(result->lower, result->upper, NULL);
    mpq_set(result->lower, s->best.value);
    mpq_set(result->upper, s->p.claim);
    result->output = s->best.output;
    result->sign = s->best.sign;
    result->inputs = s->q->f->inputs;
    result->point = vector_new(result->inputs);
    vector_copy(result->point, s->best.point, result->inputs);
    result->nodes = s->p.nodes;
    result->leaves = s->p.leaves;
}

bool search_maximise(search_result *result, const query *q, const search_options *options, FILE *certificate,
                     error *e)
{
    search s = {.q = q, .options = options, .started = now()};
    glp_term_out(GLP_OFF);
    search_init(&s);
    bool works = writer_open(&s.out, &s.system, certificate != NULL, e);
    *result = (search_result){0};
    if (works)
        run(&s);
    store_result(result, &s);
    if (works && certificate != NULL)
        works = writer_finish(&s.out, certificate, q, result, e);
    result->seconds = now() - s.started;
    search_clear(&s);
    return works;
}

void search_result_clear(search_result *result)
{
    mpq_clears(result->lower, result->upper, NULL);
    vector_free(result->point, result->inputs);
    *result = (search_result){0};
}
