/* The search as a whole: beginning, end, result; see maximise.h. One thread leads: it sets up, and runs the
 * rounds of team.h. Where the caller wants a prompt end that is a thread of its own, which is left to itself
 * if it does not end in time: the tree is a proof at every moment, and with the search's lock held it stays
 * what it is. */
#include "search/maximise.h"

#include <errno.h>
#include <float.h>
#include <glpk.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/processors.h"
#include "number/vector.h"
#include "kernel/choice.h"
#include "search/checkpoint.h"
#include "search/contradiction.h"
#include "search/crude.h"
#include "search/limit.h"
#include "search/resume.h"
#include "search/team.h"

/* Seconds that threads are given to come to an end by themselves, and between two looks at the limits. */
#define GRACE 0.3
#define LOOK  0.02

typedef struct job {
    team t;
    network f,
        g; /* copies without what they own, so that threads that are abandoned do not need the caller's */
    query q;
    search_options options;
    mpq_t gap, relative_gap, tolerance;
    mpq_t *start; /* the point of the options, or NULL */
    checkpoint_thread saver;
    bool prepared;  /* search_prepare is through */
    bool is_exact;  /* `upper` is the bound, and the tree proves it, see bound_exactly */
    bool abandoned; /* by the caller's thread, which then holds the search's lock for good */
    mpq_t upper;
    /* the thread that leads */
    pthread_t leader;
    pthread_mutex_t gate;
    pthread_cond_t ended;
    bool done, works;
    error e;
} job;

/* --- setting up and clearing --- */

/* 2^-32 of the largest size that a network's output may have on the box, as far as scales tell. */
static double output_resolution(const prover *p)
{
    double most = 0;
    for (size_t k = 0; k < p->objective_count; k++)
        most = fmax(most, choice_objective_unit(p, p->objectives[k].output));
    return fmin(ldexp(most, p->sc.bits + 4 - 32), DBL_MAX);
}

static size_t thread_count(const search_options *options)
{
    return options->threads > 0 ? options->threads : processors_usable();
}

/* *own = *given, where there is one. */
static void take_number(mpq_srcptr *own, mpq_t copy, mpq_srcptr given)
{
    mpq_init(copy);
    if (given == NULL)
        return;
    mpq_set(copy, given);
    *own = copy;
}

static void take_question(job *j, const query *q, const search_options *options)
{
    j->f = *q->f;
    j->g = *q->g;
    j->q = *q;
    j->q.f = &j->f;
    j->q.g = &j->g;
    j->options = *options;
    mpq_init(j->upper);
    take_number(&j->options.gap, j->gap, options->gap);
    take_number(&j->options.relative_gap, j->relative_gap, options->relative_gap);
    take_number(&j->options.tolerance, j->tolerance, options->tolerance);
    if (options->start != NULL) {
        j->start = vector_new(q->f->inputs);
        vector_copy(j->start, options->start, q->f->inputs);
    }
}

/* What is there from the first moment on, so that a search can be ended at any time. */
static job *job_new(const query *q, const search_options *options, bool wanted)
{
    job *j = mem_alloc(1, sizeof *j);
    take_question(j, q, options);
    search *s = &j->t.s;
    j->t.wanted = wanted || options->checkpoint != NULL;
    j->t.threads = thread_count(options);
    j->t.worker = mem_alloc(j->t.threads, sizeof *j->t.worker);
    s->q = &j->q;
    s->options = &j->options;
    s->started = limit_now();
    s->store = mem_alloc(j->t.threads, sizeof *s->store);
    s->resuming = options->resume != NULL;
    s->attempting = mem_is_attempting();
    pthread_mutexattr_t checking; /* see search_guard */
    pthread_mutexattr_init(&checking);
    pthread_mutexattr_settype(&checking, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&s->lock, &checking);
    pthread_mutexattr_destroy(&checking);
    pthread_cond_init(&s->changed, NULL);
    if (q->formula != NULL)
        formula_init(&s->reference, q->formula);
    incumbent_init(&s->best, s->q, q->formula == NULL ? NULL : &s->reference.target);
    mpq_inits(s->final, s->target, NULL);
    s->root = tree_new(NULL, HUGE_VAL);
    s->open = 1;
    search_update_claims(s);
    return j;
}

/* What takes long for large networks. */
static void search_prepare(search *s)
{
    const query *q = s->q;
    size_t d = q->f->inputs;
    system_init(&s->system, q->f, q->g);
    numeric_init(&s->num, &s->system);
    s->box_lower = mem_alloc(d, sizeof(double));
    s->box_upper = mem_alloc(d, sizeof(double));
    for (size_t i = 0; i < d; i++) {
        s->box_lower[i] = mpq_get_d(q->lower[i]);
        s->box_upper[i] = mpq_get_d(q->upper[i]);
    }
}

static void job_free(job *j)
{
    search *s = &j->t.s;
    while (j->t.hired > 0)
        worker_clear(&j->t.worker[--j->t.hired]);
    tree_free(s->root);
    incumbent_clear(&s->best);
    if (s->q->formula != NULL)
        formula_clear(&s->reference);
    error_clear(&s->failure);
    if (j->prepared) {
        numeric_clear(&s->num);
        system_clear(&s->system);
    }
    vector_free(j->start, s->q->f->inputs);
    mpq_clears(s->final, s->target, j->gap, j->relative_gap, j->tolerance, j->upper, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    void *owned[] = {s->queue, s->store, s->box_lower, s->box_upper, j->t.worker, j};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

/* --- leading --- */

/* The bound of all objectives with default multipliers and without a split, in exact arithmetic. The
 * certificate becomes that: for a search that was ended while its bound was none, or none that a double can
 * hold. */
static void bound_exactly(job *j)
{
    search *s = &j->t.s;
    worker *w = &j->t.worker[0];
    const objective_bound *found = &w->p.found;
    stopwatch_start(&w->watch, PHASE_EXACT);
    prover_restart(&w->p, s->final);
    writer_begin(&w->out);
    mpq_set(j->upper, s->best.value);
    for (size_t k = 0; k < w->p.objective_count; k++) {
        prover_prove_exact(&w->p, k, 0, NULL);
        writer_objective(&w->out, true, &w->p.objectives[k], 0, NULL, TREE_CLOSED);
        if (mpq_cmp(found->value, j->upper) > 0)
            mpq_set(j->upper, found->value);
    }
    stopwatch_stop(&w->watch);
    pthread_mutex_lock(&s->lock);
    tree_node *old = s->root;
    s->root = tree_new(NULL, HUGE_VAL);
    tree_settle(s->root, TREE_STUCK, HUGE_VAL, writer_leaf(&w->out));
    s->leaves = 1;
    j->is_exact = true;
    pthread_mutex_unlock(&s->lock);
    tree_free(old);
}

/* The tree to begin with: one from a checkpoint, or none, but a good point. */
static bool begin(job *j, resume *from, error *e)
{
    worker *first = &j->t.worker[0];
    bool resumes = from->stream != NULL, works = true;
    stopwatch_start(&j->t.watch, resumes ? PHASE_RESUME : PHASE_ASCENT);
    if (resumes)
        works = resume_tree(from, first, e);
    else if (j->start != NULL)
        worker_start(first, j->start);
    stopwatch_stop(&j->t.watch);
    if (!resumes && j->start == NULL)
        team_ascend(&j->t);
    return works;
}

/* Opens the checkpoint, if there is one, before anything that takes long. */
static bool open_checkpoint(job *j, resume *from, error *e)
{
    search *s = &j->t.s;
    if (s->options->resume == NULL)
        return true;
    pthread_mutex_lock(&s->lock);
    bool works = resume_open(from, s, s->options->resume, e);
    search_update_claims(s);
    pthread_mutex_unlock(&s->lock);
    return works;
}

static void set_up(job *j)
{
    search *s = &j->t.s;
    stopwatch_start(&j->t.watch, PHASE_ROOT);
    search_prepare(s);
    j->prepared = true;
    stopwatch_stop(&j->t.watch);
    team_hire(&j->t, 1);
    stopwatch_start(&j->t.watch, PHASE_ROOT);
    pthread_mutex_lock(&s->lock);
    s->resolution = output_resolution(&j->t.worker[0].p);
    search_update_claims(s);
    pthread_mutex_unlock(&s->lock);
    s->uses_pairs = worker_pairs_pay(&j->t.worker[0]);
    stopwatch_stop(&j->t.watch);
}

static bool lead(job *j, error *e)
{
    search *s = &j->t.s;
    resume from = {.stream = NULL};
    bool works = open_checkpoint(j, &from, e);
    if (works) {
        set_up(j);
        works = begin(j, &from, e);
    }
    resume_close(&from);
    if (!works)
        return false;
    team_run(&j->t);
    if (s->root->bound == HUGE_VAL && s->q->formula == NULL)
        bound_exactly(j);
    return true;
}

static void lead_to_end(void *context)
{
    job *j = context;
    j->works = lead(j, &j->e);
}

static void *run_leader(void *argument)
{
    job *j = argument;
    search_guard(&j->t.s, lead_to_end, j);
    glp_free_env();
    mpfr_free_cache();
    pthread_mutex_lock(&j->gate);
    j->done = true;
    pthread_cond_signal(&j->ended);
    pthread_mutex_unlock(&j->gate);
    return NULL;
}

/* Waits for the leader; false where it has not ended in time. With the gate. */
static bool wait_for_leader(job *j)
{
    search *s = &j->t.s;
    double asked = HUGE_VAL; /* when it was to end */
    while (!j->done && limit_now() < asked + GRACE) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)(1e9 * LOOK);
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&j->ended, &j->gate, &until);
        if (asked == HUGE_VAL && limit_of_time(s->options, s->started) != SEARCH_DONE)
            asked = limit_now();
    }
    return j->done;
}

static bool lead_here(job *j, error *e)
{
    search_guard(&j->t.s, lead_to_end, j);
    error_move(e, &j->e);
    return j->works;
}

/* Leads in another thread, and abandons it if it does not end in time. */
static bool lead_apart(job *j, error *e)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&j->ended, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&j->gate, NULL);
    if (pthread_create(&j->leader, NULL, run_leader, j) != 0)
        return lead_here(j, e);
    pthread_mutex_lock(&j->gate);
    j->abandoned = !wait_for_leader(j);
    pthread_mutex_unlock(&j->gate);
    if (j->abandoned)
        return true;
    pthread_join(j->leader, NULL);
    pthread_cond_destroy(&j->ended);
    pthread_mutex_destroy(&j->gate);
    error_move(e, &j->e);
    return j->works;
}

/* --- the end --- */

/* What abandoned threads still use: reachable, for tools that look for lost memory. */
static job *volatile left_behind;

/* Where nothing is known that could be said: a formula that is not defined, or not known to be anywhere. */
static bool is_defined(search *s, error *e)
{
    bool missed = search_is_missed(s);
    if (s->broken || (s->failed && !missed)) {
        error_move(e, &s->failure);
        return false;
    }
    if (missed)
        return true;
    return s->best.found || error_set(e, s->q->formula_name, 0,
                                      "no point of the box has been found where the formula is defined");
}

/* Whether the tree proves no bound, because the search was ended before it had one. */
static bool is_crude(const job *j)
{
    return !j->is_exact && j->t.s.root->bound == HUGE_VAL;
}

static void store_upper(search_result *result, const job *j)
{
    const search *s = &j->t.s;
    if (search_is_settled(s))
        mpq_set(result->upper, s->final);
    else if (j->is_exact)
        mpq_set(result->upper, j->upper);
    else if (is_crude(j) && s->q->formula != NULL)
        result->unbounded = true;
    else if (is_crude(j))
        crude_bound(result->upper, s->q);
    else
        mpq_set_d(result->upper, s->root->bound);
}

static void store_result(search_result *result, const job *j)
{
    const search *s = &j->t.s;
    *result = (search_result){.output = s->best.output,
                              .sign = s->best.sign,
                              .inputs = s->q->f->inputs,
                              .nodes = s->nodes,
                              .leaves = s->leaves,
                              .threads = j->t.hired,
                              .earlier = s->earlier_seconds,
                              .resuming = s->resuming,
                              .abandoned = j->abandoned};
    mpq_inits(result->lower, result->upper, NULL);
    mpq_set(result->lower, s->best.value);
    store_upper(result, j);
    result->reached = search_is_settled(s);
    result->unbounded |= search_is_missed(s) && s->q->formula != NULL;
    result->point = vector_new(result->inputs);
    vector_copy(result->point, s->best.point, result->inputs);
    if (!result->reached)
        result->ended_by = j->abandoned ? limit_of_time(s->options, s->started) : s->ended_by;
    stopwatch_add(result->spent, &j->t.watch);
    for (size_t k = 0; k < j->t.hired; k++)
        stopwatch_add(result->spent, &j->t.worker[k].watch);
}

static void write_certificate(const job *j, FILE *certificate, search_result *result)
{
    const search *s = &j->t.s;
    result->certified = true;
    if (!is_crude(j) || result->unbounded)
        result->certified = writer_finish(s->store, certificate, s->q, result, s->root, &j->t.worker[0].p,
                                          &result->unwritten);
    else
        writer_finish_crude(certificate, s->q, result);
}

/* The last checkpoint; not while one is being read, as the state is then less than that. */
static void save_state(const job *j, search_result *result)
{
    const search *s = &j->t.s;
    error e = ERROR_NONE;
    if (s->options->checkpoint == NULL || s->resuming)
        return;
    snapshot *shot = snapshot_take(s);
    result->saved = snapshot_save(shot, s, s->options->checkpoint, &e);
    snapshot_free(shot);
    if (result->saved)
        return;
    if (result->unwritten.message != NULL)
        search_warn(s, &e);
    else
        error_move(&result->unwritten, &e);
    error_clear(&e);
}

/* Whether the best point refutes the bound that would be told, or one of a part of the box. */
static bool is_contradictory(const job *j, const search_result *r)
{
    const search *s = &j->t.s;
    return (!r->unbounded && mpq_cmp(r->lower, r->upper) > 0) ||
           (j->t.hired > 0 && contradiction_at(s, &j->t.worker[0].p, s->best.point, s->best.value));
}

static bool finish(job *j, search_result *result, FILE *certificate, error *e)
{
    stopwatch watch = {.phase = PHASE_WRITING};
    stopwatch_start(&watch, PHASE_WRITING);
    store_result(result, j);
    if (is_contradictory(j, result)) {
        search_break(&j->t.s, CONTRADICTION);
        error_move(e, &j->t.s.failure);
        search_result_clear(result);
        return false;
    }
    if (certificate != NULL)
        write_certificate(j, certificate, result);
    save_state(j, result);
    stopwatch_stop(&watch);
    stopwatch_add(result->spent, &watch);
    result->seconds = limit_now() - j->t.s.started + j->t.s.earlier_seconds;
    return true;
}

/* What is left of a search that was left in the middle: the tree, and the files. What its threads were
 * changing is not looked at again. */
static void job_abandon(job *j)
{
    const char *reason = j->t.s.abandoned;
    tree_free(j->t.s.root);
    while (j->t.hired > 0)
        writer_close(&j->t.worker[--j->t.hired].out);
    mem_abandon(reason);
}

bool search_maximise(search_result *result, const query *q, const search_options *options, FILE *certificate,
                     error *e)
{
    job *j = job_new(q, options, certificate != NULL);
    *result = (search_result){0};
    checkpoint_start(&j->saver, &j->t.s);
    bool works = options->prompt ? lead_apart(j, e) : lead_here(j, e);
    checkpoint_end(&j->saver);
    if (j->abandoned) {
        pthread_mutex_lock(&j->t.s.lock); /* for good */
        left_behind = j;
    }
    if (j->t.s.abandoned != NULL)
        job_abandon(j);
    works = works && is_defined(&j->t.s, e) && finish(j, result, certificate, e);
    if (!j->abandoned)
        job_free(j);
    return works;
}

void search_result_clear(search_result *result)
{
    mpq_clears(result->lower, result->upper, NULL);
    vector_free(result->point, result->inputs);
    error_clear(&result->unwritten);
    *result = (search_result){0};
}
