/* The search as a whole: rounds, threads, limits and the result; see maximise.h. Each round proves a target
 * by branch and bound, depth first, in all threads; the target of the last one is the claim itself. A search
 * that is likely to be short starts with that round at once. Otherwise targets come down step by step, so
 * that the bracket is narrow when a limit ends the search. */
#include "search/maximise.h"

#include <float.h>
#include <glpk.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "number/rational.h"
#include "number/vector.h"
#include "search/walk.h"

/* Nodes after which a search is no longer taken to be short: with one thread, and with all. */
#define SHORT_ALONE 100
#define SHORT       60000

static bool is_relative(const search *s)
{
    const search_options *o = s->options;
    return o->relative_gap != NULL || (s->q->formula != NULL && o->gap == NULL);
}

/* The gap that is allowed at the best value so far. */
static void allowed_gap(mpq_t gap, const search *s)
{
    const search_options *o = s->options;
    mpq_t relative;
    mpq_init(relative);
    if (is_relative(s) && mpq_sgn(s->best.value) > 0) {
        if (o->relative_gap == NULL)
            mpq_set_ui(relative, 1, 1000);
        else
            mpq_set(relative, o->relative_gap);
        mpq_mul(relative, relative, s->best.value);
    }
    mpq_set_d(gap, !is_relative(s) ? 0 : o->relative_gap == NULL ? s->resolution : s->resolution * 0x1p-12);
    if (mpq_cmp(relative, gap) > 0)
        mpq_set(gap, relative);
    if (o->gap != NULL && mpq_cmp(o->gap, gap) > 0)
        mpq_set(gap, o->gap);
    mpq_clear(relative);
}

void search_update_claims(search *s)
{
    const search_options *o = s->options;
    if (o->tolerance != NULL) {
        mpq_set(s->final, o->tolerance);
    } else {
        allowed_gap(s->final, s);
        mpq_add(s->final, s->final, s->best.value);
    }
    if (mpq_cmp(s->best.value, s->final) > 0)
        s->stopping = true; /* the tolerance is missed */
    if (mpq_cmp(s->final, s->target) > 0)
        mpq_set(s->target, s->final);
    s->version++;
}

/* The target of a last round. */
#define FINAL (-DBL_MAX)

/* What the next round proves: `target`, or the final claim where that is larger. */
static void set_target(search *s, double target)
{
    mpq_set_d(s->target, target);
    s->floor = target;
    if (mpq_cmp(s->target, s->final) <= 0) {
        mpq_set(s->target, s->final);
        s->floor = FINAL;
    }
    s->version++;
}

typedef struct team {
    search s;
    worker *worker; /* [0] is there from the beginning, the others from the first round that needs them */
    size_t threads, hired;
    bool wanted;
} team;

static void *run_worker(void *argument)
{
    walk_round(argument);
    glp_free_env();
    mpfr_free_cache();
    return NULL;
}

static bool hire(team *t, size_t count, error *e)
{
    if (t->hired > 0 && t->hired < count)
        prover_restart(&t->worker[0].p, t->s.final);
    while (t->hired < count) {
        worker *w = &t->worker[t->hired], *first = t->hired == 0 ? NULL : &t->worker[0];
        bool works = worker_init(w, &t->s, first, (unsigned)t->hired++, t->wanted, e);
        if (!works)
            return false;
    }
    return true;
}

/* One round of at most `limit` further nodes (0: no limit), with some of the threads. */
static bool run_round(team *t, size_t threads, double target, size_t limit, error *e)
{
    search *s = &t->s;
    if (!hire(t, threads, e))
        return false;
    set_target(s, target);
    s->node_limit = limit == 0 ? 0 : s->nodes + limit;
    s->round_over = false;
    s->queue = mem_grow(s->queue, &s->queue_capacity, 1, sizeof *s->queue);
    s->queue[0] = s->root;
    s->queued = 1;
    s->root->taken = true;
    s->idle = 0;
    s->working = threads;
    pthread_t *thread = mem_alloc(threads, sizeof *thread);
    size_t started = 1;
    while (started < threads && pthread_create(&thread[started], NULL, run_worker, &t->worker[started]) == 0)
        started++;
    pthread_mutex_lock(&s->lock);
    s->working -= threads - started; /* fewer threads will do */
    pthread_mutex_unlock(&s->lock);
    walk_round(&t->worker[0]);
    for (size_t k = 1; k < started; k++)
        pthread_join(thread[k], NULL);
    free(thread);
    while (s->queued > 0)
        s->queue[--s->queued]->taken = false;
    return true;
}

/* A target between the best value and the bound proved so far: `share` of the way that is left, on a scale of
 * powers; 0 is the final claim. */
static double target_between(const search *s, double share)
{
    double low = mpq_get_d(s->final), high = s->root->bound;
    if (!isfinite(high) || share == 0)
        return FINAL;
    return low > 0 ? low * pow(high / low, share) : high * share / 4;
}

/* Shares of the way: a quarter, and the final claim once that is within a tenth. Halves instead of quarters
 * made twice as many rounds, and half as much again of all work, of a search that took 20 s. */
#define BOLD 0.25
static double first_share(const search *s)
{
    return s->root->bound <= mpq_get_d(s->final) * 1.1 ? 0 : BOLD;
}

/* A target that takes too long is followed by one that is nearer to what has been proved. On a rounded copy
 * of an ACAS network, 7e-4 took 0.6 s, 6e-4 3 s, 5e-4 13 s; a search that insisted on 4.9e-4 after 2e-3 was
 * left with 1.9e-3 after 40 s. */
static double next_share(double share)
{
    return share == 0 ? BOLD : sqrt(share);
}

static bool is_open(const search *s)
{
    return !s->stopping && s->root->bound != TREE_CLOSED;
}

static bool run_rounds(team *t, error *e)
{
    search *s = &t->s;
    size_t patience = s->options->patience > 0 ? s->options->patience : SHORT;
    bool works = run_round(t, 1, FINAL, patience < SHORT_ALONE ? patience : SHORT_ALONE, e);
    if (s->options->tolerance != NULL)
        patience = 0;
    if (works && is_open(s) && s->round_over)
        works = run_round(t, t->threads, FINAL, patience, e);
    double share = first_share(s);
    while (works && is_open(s) && (s->round_over || s->floor != FINAL)) {
        size_t limit = s->nodes / 2 > SHORT / 4 ? s->nodes / 2 : SHORT / 4;
        works = run_round(t, t->threads, target_between(s, share), limit, e);
        share = s->round_over ? next_share(share) : first_share(s);
    }
    return works;
}

static void search_init(search *s)
{
    const query *q = s->q;
    size_t d = q->f->inputs;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    system_init(&s->system, q->f, q->g);
    if (q->formula != NULL)
        formula_init(&s->reference, q->formula);
    incumbent_init(&s->best, q, q->formula == NULL ? NULL : &s->reference.target);
    numeric_init(&s->num, &s->system);
    mpq_inits(s->final, s->target, NULL);
    s->box_lower = mem_alloc(d, sizeof(double));
    s->box_upper = mem_alloc(d, sizeof(double));
    for (size_t i = 0; i < d; i++) {
        s->box_lower[i] = mpq_get_d(q->lower[i]);
        s->box_upper[i] = mpq_get_d(q->upper[i]);
    }
    s->root = tree_new(NULL, HUGE_VAL);
    search_update_claims(s);
}

static void search_clear(search *s)
{
    tree_free(s->root);
    free(s->queue);
    incumbent_clear(&s->best);
    if (s->q->formula != NULL)
        formula_clear(&s->reference);
    error_clear(&s->failure);
    numeric_clear(&s->num);
    mpq_clears(s->final, s->target, NULL);
    free(s->box_lower);
    free(s->box_upper);
    system_clear(&s->system);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

/* The bound of all objectives with default multipliers and without a split, in exact arithmetic. The
 * certificate becomes that: for a search that was ended while its bound was none, or none that a double can
 * hold. */
static void bound_exactly(team *t, mpq_t upper)
{
    search *s = &t->s;
    worker *w = &t->worker[0];
    mpq_t bound;
    mpq_init(bound);
    mpq_set(upper, s->best.value);
    prover_restart(&w->p, s->final);
    writer_begin(&w->out);
    for (size_t k = 0; k < w->p.objective_count; k++) {
        prover_prove_exact(&w->p, k, 0, NULL, bound);
        writer_objective(&w->out, true, &w->p.objectives[k], 0, NULL, TREE_CLOSED);
        if (mpq_cmp(bound, upper) > 0)
            mpq_set(upper, bound);
    }
    mpq_clear(bound);
    tree_free(s->root);
    s->root = tree_new(NULL, HUGE_VAL);
    tree_settle(s->root, TREE_STUCK, HUGE_VAL, writer_leaf(&w->out));
    s->leaves = 1;
}

static bool is_missed(const search *s)
{
    return s->options->tolerance != NULL && mpq_cmp(s->best.value, s->options->tolerance) > 0;
}

/* Where nothing is known that could be said: a formula that is not defined, or not known to be anywhere. */
static bool is_defined(search *s, error *e)
{
    if (is_missed(s))
        return true;
    if (s->failed) {
        *e = s->failure;
        s->failure = (error)ERROR_NONE;
        return false;
    }
    return mpq_sgn(s->best.value) >= 0 ||
           error_set(e, s->q->formula_name, 0,
                     "no point of the box has been found where the formula is defined");
}

static void store_result(search_result *result, team *t)
{
    const search *s = &t->s;
    mpq_inits(result->lower, result->upper, NULL);
    mpq_set(result->lower, s->best.value);
    if (s->root->bound == TREE_CLOSED)
        mpq_set(result->upper, s->final);
    else if (isfinite(s->root->bound))
        mpq_set_d(result->upper, s->root->bound);
    else if (s->q->formula == NULL)
        bound_exactly(t, result->upper);
    else
        result->unbounded = true;
    result->reached = s->root->bound == TREE_CLOSED;
    result->unbounded |= is_missed(s) && s->q->formula != NULL;
    result->output = s->best.output;
    result->sign = s->best.sign;
    result->inputs = s->q->f->inputs;
    result->point = vector_new(result->inputs);
    vector_copy(result->point, s->best.point, result->inputs);
    result->nodes = s->nodes;
    result->leaves = s->leaves;
    result->threads = t->hired;
}

static bool write_certificate(const team *t, FILE *certificate, search_result *result, error *e)
{
    writer **store = mem_alloc(t->hired, sizeof *store);
    for (size_t k = 0; k < t->hired; k++)
        store[k] = &t->worker[k].out;
    bool works = writer_finish(store, certificate, t->s.q, result, t->s.root, &t->worker[0].p, e);
    free(store);
    return works;
}

/* 2^-32 of the largest size that a network's output may have on the box, as far as scales tell. */
static double output_resolution(const prover *p)
{
    double most = 0;
    for (size_t k = 0; k < p->objective_count; k++)
        most = fmax(most, prover_objective_unit(p, p->objectives[k].output));
    return fmin(ldexp(most, p->sc.bits + 4 - 32), DBL_MAX);
}

static size_t thread_count(const search_options *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return options->threads > 0 ? options->threads : cores < 1 ? 1 : (size_t)cores;
}

bool search_maximise(search_result *result, const query *q, const search_options *options, FILE *certificate,
                     error *e)
{
    team t = {.s = {.q = q, .options = options, .started = worker_now()}, .wanted = certificate != NULL};
    t.threads = thread_count(options);
    t.worker = mem_alloc(t.threads, sizeof *t.worker);
    search_init(&t.s);
    *result = (search_result){0};
    bool works = hire(&t, 1, e);
    if (works) {
        t.s.resolution = output_resolution(&t.worker[0].p);
        search_update_claims(&t.s);
        t.s.uses_pairs = worker_pairs_pay(&t.worker[0]);
        worker_ascend(&t.worker[0]);
        works = run_rounds(&t, e);
    }
    works = works && is_defined(&t.s, e);
    if (works)
        store_result(result, &t);
    if (works && certificate != NULL && !write_certificate(&t, certificate, result, e)) {
        search_result_clear(result);
        works = false;
    }
    result->seconds = worker_now() - t.s.started;
    while (t.hired > 0)
        worker_clear(&t.worker[--t.hired]);
    free(t.worker);
    search_clear(&t.s);
    return works;
}

void search_result_clear(search_result *result)
{
    mpq_clears(result->lower, result->upper, NULL);
    vector_free(result->point, result->inputs);
    *result = (search_result){0};
}
