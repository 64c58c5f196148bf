/* The threads of a search and its rounds: see team.h. */
#include "search/team.h"

#include <float.h>
#include <glpk.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/rational.h"
#include "search/walk.h"

/* Ascents that read more weights than this, which takes about 0.1 s, are shared by all threads. */
#define PARALLEL_ASCENT 5e5

/* Nodes after which a search is no longer taken to be short: with one thread, and with all. */
#define SHORT_ALONE 100
#define ALONE_COST  1e9
#define SHORT       90000

/* An attempt at the final claim that has proved so much of the tree when its limit is reached gets as much
 * again: rounds that narrow the bracket and visits that they make necessary cost more. Property 13 took 0.8
 * of the time that it took without, properties 12 and 3, of as many nodes, as long. */
#define NEARLY 0.7

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

bool search_is_missed(const search *s)
{
    const search_options *o = s->options;
    return (o->tolerance != NULL && mpq_cmp(s->best.value, o->tolerance) > 0) ||
           (o->below_zero && mpq_sgn(s->best.value) >= 0);
}

void search_update_claims(search *s)
{
    const search_options *o = s->options;
    if (o->tolerance != NULL) {
        mpq_set(s->final, o->tolerance);
    } else if (o->below_zero) { /* any claim less than 0 will do; this one grows with the best value */
        mpq_set(s->final, s->best.value);
        if (mpq_sgn(s->final) < 0)
            mpq_div_2exp(s->final, s->final, 10);
    } else {
        allowed_gap(s->final, s);
        mpq_add(s->final, s->final, s->best.value);
    }
    if (search_is_missed(s))
        s->stopping = true;
    if (mpq_cmp(s->final, s->target) > 0)
        mpq_set(s->target, s->final);
    s->version++;
}

bool search_is_settled(const search *s)
{
    return s->root->bound <= rational_double_down(s->final);
}

/* The target of a last round. */
#define FINAL (-DBL_MAX)

/* What the next round proves: `target`, or the final claim where that is larger. */
static void set_target(search *s, double target)
{
    pthread_mutex_lock(&s->lock);
    mpq_set_d(s->target, target);
    s->floor = target;
    if (mpq_cmp(s->target, s->final) <= 0) {
        mpq_set(s->target, s->final);
        s->floor = FINAL;
    }
    s->version++;
    search_note(s, SEARCH_ROUND, mpq_get_d(s->target));
    pthread_mutex_unlock(&s->lock);
}

static void run_walk(void *w)
{
    walk_round(w);
}

static void *run_worker(void *argument)
{
    worker *w = argument;
    search_guard(w->s, run_walk, w);
    glp_free_env();
    mpfr_free_cache();
    return NULL;
}

void team_hire(team *t, size_t count)
{
    search *s = &t->s;
    stopwatch_start(&t->watch, PHASE_ROOT);
    if (t->hired > 0 && t->hired < count)
        prover_restart(&t->worker[0].p, s->final);
    while (t->hired < count) {
        worker *w = &t->worker[t->hired], *first = t->hired == 0 ? NULL : &t->worker[0];
        worker_init(w, s, first, (unsigned)t->hired, t->wanted);
        pthread_mutex_lock(&s->lock);
        s->store[t->hired++] = &w->out;
        pthread_mutex_unlock(&s->lock);
    }
    stopwatch_stop(&t->watch);
}

/* Once all threads have come to their end: where one was left in the middle, so is the search. */
static void pass_on(const search *s)
{
    if (s->abandoned != NULL)
        mem_abandon(s->abandoned);
}

typedef struct climb {
    worker *w;
    size_t step;
} climb;

static void climb_share(void *context)
{
    climb *c = context;
    stopwatch_start(&c->w->watch, PHASE_ASCENT);
    worker_ascend(c->w, c->step);
    stopwatch_stop(&c->w->watch);
}

static void *run_climb(void *argument)
{
    climb *c = argument;
    search_guard(c->w->s, climb_share, c);
    glp_free_env();
    mpfr_free_cache();
    return NULL;
}

void team_ascend(team *t)
{
    size_t threads = ascent_effort(&t->s.num) < PARALLEL_ASCENT ? 1 : t->threads;
    team_hire(t, threads);
    pthread_t *thread = mem_alloc(threads, sizeof *thread);
    climb *c = mem_alloc(threads, sizeof *c);
    size_t started = 1;
    for (size_t k = 0; k < threads; k++)
        c[k] = (climb){&t->worker[k], threads};
    while (started < threads && pthread_create(&thread[started], NULL, run_climb, &c[started]) == 0)
        started++;
    run_climb(&c[0]);
    for (size_t k = 1; k < started; k++)
        pthread_join(thread[k], NULL);
    free(thread);
    free(c);
    pass_on(&t->s);
}

/* One round with some of the threads: at most `limit` further nodes (0: no limit), and until then. */
static void run_round(team *t, size_t threads, double target, size_t limit, double until)
{
    search *s = &t->s;
    team_hire(t, threads);
    set_target(s, target);
    s->node_limit = limit == 0 ? 0 : s->nodes + limit;
    s->round_until = until;
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
    search_guard(s, run_walk, &t->worker[0]);
    for (size_t k = 1; k < started; k++)
        pthread_join(thread[k], NULL);
    free(thread);
    pass_on(s);
    while (s->queued > 0)
        s->queue[--s->queued]->taken = false;
}

/* A target between the best value and the bound proved so far: `share` of the way that is left, on a scale of
 * powers; 0 is the final claim. */
static double target_between(const search *s, double share)
{
    double low = mpq_get_d(s->final), high = s->root->bound;
    if (!isfinite(high) || share == 0)
        return FINAL;
    return low > 0 ? low * pow(high / low, share) : low + (high - low) * share / 4;
}

/* Shares of the way: a quarter, and the final claim once that is within a tenth. Halves instead of quarters
 * made twice as many rounds, and half as much again of all work, of a search that took 20 s. */
#define BOLD 0.25
static double first_share(const search *s)
{
    double final = mpq_get_d(s->final);
    return s->root->bound <= final + 0.1 * fabs(final) ? 0 : BOLD;
}

/* A target that takes too long is followed by one that is nearer to what has been proved. On a rounded copy
 * of an ACAS network, 7e-4 took 0.6 s, 6e-4 3 s, 5e-4 13 s; a search that insisted on 4.9e-4 after 2e-3 was
 * left with 1.9e-3 after 40 s. */
static double next_share(double share)
{
    return share == 0 ? BOLD : sqrt(share);
}

/* Whether there is still something to prove after a round. */
static bool is_open(const search *s)
{
    return !s->stopping && !search_is_settled(s) && (s->round_over || s->floor != FINAL);
}

/* Where the time is limited, a first attempt at the final claim gets a quarter of it, or two. */
static double quarters(const search *s, int count)
{
    const search_options *o = s->options;
    return o->time_limit > 0 ? s->started + count * o->time_limit / 4 : HUGE_VAL;
}

/* Nodes for one thread before there are more: a second one costs its own set-up, and goes anew through the
 * nodes above those that it takes over. A node costs about the number of neurons times that of weights. */
static size_t alone_limit(const search *s)
{
    double cost = (double)s->num.neurons * (double)s->num.terms;
    double limit = ALONE_COST / (cost + 1);
    return limit < 1 ? 1 : limit > SHORT_ALONE ? SHORT_ALONE : (size_t)limit;
}

/* Short rounds that narrow the bracket and longer ones that go on where the last attempt at the final claim
 * was ended, until one of these comes to its end. Without them, searches of some 100,000 nodes took up to
 * twice as long: every target on the way visits again the leaves of the one before. */
static void narrow(team *t)
{
    search *s = &t->s;
    double share = first_share(s);
    while (is_open(s)) {
        size_t limit = s->nodes / 2 + 1;
        run_round(t, t->threads, target_between(s, share), limit / 3 + 1, HUGE_VAL);
        share = s->round_over ? next_share(share) : first_share(s);
        if (is_open(s))
            run_round(t, t->threads, FINAL, limit, HUGE_VAL);
    }
}

/* An attempt at the final claim with all threads, which comes to its end if the search is short. */
static void attempt_final(team *t, size_t limit)
{
    search *s = &t->s;
    run_round(t, t->threads, FINAL, limit, quarters(s, 1));
    if (is_open(s) && tree_share_proved(s->root, rational_double_down(s->final)) >= NEARLY)
        run_round(t, t->threads, FINAL, limit, quarters(s, 2));
}

void team_run(team *t)
{
    search *s = &t->s;
    size_t patience = s->options->patience > 0 ? s->options->patience : SHORT;
    size_t alone = t->threads == 1 ? 0 : alone_limit(s);
    alone = patience < alone ? patience : alone;
    if (s->nodes < alone)
        run_round(t, 1, FINAL, alone - s->nodes, HUGE_VAL);
    bool is_decision = s->options->tolerance != NULL || s->options->below_zero;
    if (is_open(s) && is_decision)
        run_round(t, t->threads, FINAL, 0, HUGE_VAL);
    else if (is_open(s) && s->nodes < alone + patience)
        attempt_final(t, alone + patience - s->nodes);
    narrow(t);
}
