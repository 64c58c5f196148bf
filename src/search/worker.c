/* One thread of the search: see worker.h. */
#include "search/worker.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"
#include "search/bounding.h"
#include "search/contradiction.h"
#include "search/limit.h"

void worker_follow(worker *w)
{
    search *s = w->s;
    if (w->version == s->version)
        return;
    w->version = s->version;
    prover_raise_claim(&w->p, s->target);
    mpq_set(w->final, s->final);
    for (size_t k = 0; k < w->p.objective_count; k++)
        scaling_largest_total(w->final_limit[k], &w->p.sc, w->p.system, w->p.objectives[k].output, s->final);
    incumbent_adopt(&w->mine, &s->best);
}

void search_note(const search *s, search_event_kind kind, double value)
{
    const search_options *o = s->options;
    if (o->note == NULL)
        return;
    search_event event = {.kind = kind,
                          .value = value,
                          .nodes = s->nodes,
                          .seconds = limit_now() - s->started + s->earlier_seconds};
    o->note(o->progress_context, &event);
}

void search_warn(const search *s, const error *e)
{
    if (s->options->warn != NULL)
        s->options->warn(s->options->progress_context, e);
}

void search_break(search *s, const char *what)
{
    if (!s->broken)
        error_set(&s->failure, NULL, 0, "internal error: %s (please report the networks and the command)",
                  what);
    s->broken = s->stopping = true;
}

/* The lock tells who holds it: it is let go of if that is this thread. */
void search_guard(search *s, void (*work)(void *context), void *context)
{
    if (!s->attempting) {
        work(context);
        return;
    }
    const char *reason = mem_attempt(work, context);
    if (reason == NULL)
        return;
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&s->lock);
    s->abandoned = reason;
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void worker_publish(worker *w)
{
    search *s = w->s;
    pthread_mutex_lock(&s->lock);
    if (mpq_cmp(w->mine.value, s->best.value) > 0) {
        if (contradiction_at(s, &w->p, w->mine.point, w->mine.value))
            search_break(s, CONTRADICTION);
        incumbent_adopt(&s->best, &w->mine);
        search_update_claims(s);
        search_note(s, SEARCH_BETTER, s->best.approximate);
    }
    worker_follow(w);
    pthread_mutex_unlock(&s->lock);
}

void worker_offer(worker *w, const double *normalised)
{
    for (size_t i = 0; i < w->s->system.inputs; i++)
        w->point[i] = mpq_get_d(w->p.sc.centre[i]) + ldexp(normalised[i], (int)w->p.sc.input_exponent[i]);
    if (ascent_value(&w->climber, w->point, NULL, NULL) <= ascent_above(w->mine.approximate, 1e-12))
        return;
    ascent_climb(&w->climber, w->point);
    if (incumbent_try_doubles(&w->mine, w->point))
        worker_publish(w);
}

void worker_fail(worker *w, size_t output, mpq_t *lower, mpq_t *upper)
{
    search *s = w->s;
    pthread_mutex_lock(&s->lock);
    if (!s->failed)
        formula_complain(&w->reference, output, lower, upper, s->q->formula_name, &s->failure);
    s->failed = s->stopping = true;
    pthread_mutex_unlock(&s->lock);
}

/* Looks closely at the point where the climber found the formula not to be defined. */
static void look_at_hole(worker *w)
{
    const query *q = w->s->q;
    mpq_t *x = vector_new(q->f->inputs);
    for (size_t i = 0; i < q->f->inputs; i++) {
        mpq_set_d(x[i], w->climber.hole[i]);
        incumbent_clamp(x[i], q->lower[i], q->upper[i]);
    }
    for (size_t j = 0; j < network_outputs(q->f); j++)
        if ((q->all_outputs || j == q->output) &&
            formula_enclose(&w->reference, j, x, x, 1)->state == DOMAIN_OUTSIDE)
            worker_fail(w, j, x, x);
    vector_free(x, q->f->inputs);
}

static bool ascent_must_end(void *context)
{
    const worker *w = context;
    search *s = w->s;
    pthread_mutex_lock(&s->lock);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping || limit_of_time(s->options, s->started) != SEARCH_DONE;
}

void worker_ascend(worker *w, size_t step)
{
    const search_options *o = w->s->options;
    w->climber.must_end = ascent_must_end;
    w->climber.context = w;
    double enough = o->below_zero ? 0 : o->tolerance == NULL ? HUGE_VAL : mpq_get_d(o->tolerance);
    double reached = ascent_search(&w->climber, w->point, enough, w->index, step);
    w->climber.must_end = NULL;
    if (reached > -HUGE_VAL && incumbent_try_doubles(&w->mine, w->point))
        worker_publish(w);
    if (w->climber.has_hole)
        look_at_hole(w);
}

void worker_start(worker *w, mpq_t *point)
{
    if (incumbent_try(&w->mine, point))
        worker_publish(w);
}

static bool has_partners(const prover *p)
{
    for (size_t n = 0; n < p->system->neurons; n++)
        if (p->sc.partner[n] != SYSTEM_NO_NEURON)
            return true;
    return false;
}

/* They pay where they vary by less than 0.8 of what the partners do. On 16-bit copies, where the ratio is
 * 0.06 to 0.6, they turned searches that did not end in 20 s into ones of 0.4 to 2 s; a limit of 0.4 left
 * some of these without. */
bool worker_pairs_pay(worker *w)
{
    prover *p = &w->p;
    double apart = 0, together = 0;
    if (!has_partners(p))
        return false;
    if (bounding_is_dear(p))
        prover_bound_forward(p, true);
    else
        prover_bound_all(p, true);
    for (size_t n = 0; n < p->system->neurons; n++) {
        size_t m = p->sc.partner[n], d = p->system->neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        apart += (double)(p->upper[n] - p->lower[n]) + (double)(p->upper[m] - p->lower[m]);
        together += (double)(p->upper[d] - p->lower[d]);
    }
    prover_restart(p, p->claim);
    return together < 0.8 * apart;
}

void worker_init(worker *w, search *s, const worker *first, unsigned index, bool wanted)
{
    const query *q = s->q;
    size_t d = q->f->inputs, n = s->system.neurons;
    proof_scope scope = {q->all_outputs, q->output, q->is_signed};
    *w = (worker){.s = s, .index = index};
    if (q->formula != NULL) {
        formula_init(&w->reference, q->formula);
        w->reads = mem_alloc(d, sizeof *w->reads);
        w->share = mem_alloc(d, sizeof *w->share);
        form_inputs(w->reads, q->formula);
    }
    const proof_target *target = q->formula == NULL ? NULL : &w->reference.target;
    incumbent_init(&w->mine, q, target);
    ascent_init(&w->climber, &s->num, s->box_lower, s->box_upper, scope);
    if (q->formula != NULL)
        ascent_set_formula(&w->climber, q->formula);
    if (first == NULL)
        prover_init(&w->p, &s->system, q->lower, q->upper, scope, s->best.value);
    else
        prover_fork(&w->p, &first->p);
    prover_set_target(&w->p, target);
    mpq_init(w->final);
    w->final_limit = mem_alloc(w->p.objective_count, sizeof *w->final_limit);
    for (size_t k = 0; k < w->p.objective_count; k++)
        mpz_init(w->final_limit[k]);
    w->point = mem_alloc(d, sizeof(double));
    w->relevant = mem_alloc(n, sizeof(bool));
    w->active = mem_alloc(n, sizeof(bool));
    w->facts = mem_alloc(2 * n, sizeof *w->facts);
    w->list = mem_alloc(n, sizeof *w->list);
    for (size_t k = 0; k < n; k++)
        mpq_init(w->list[k].value);
    descent_init(&w->down, d, n);
    dual_init(&w->better, d, n);
    relaxation_init(&w->lp, d, n);
    if (w->p.fault != NULL)
        mem_abandon(w->p.fault);
    writer_open(&w->out, &s->system, index, wanted, &s->text_failure);
}

void worker_clear(worker *w)
{
    while (w->mirror_count > 0)
        mirror_clear(&w->mirrors[--w->mirror_count]);
    for (size_t k = 0; k < w->s->system.neurons; k++)
        mpq_clear(w->list[k].value);
    for (size_t k = 0; k < w->p.objective_count; k++)
        mpz_clear(w->final_limit[k]);
    void *owned[] = {w->mirrors, w->list, w->facts,       w->active, w->relevant,
                     w->point,   w->path, w->final_limit, w->reads,  w->share};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    mpq_clear(w->final);
    descent_clear(&w->down);
    dual_clear(&w->better);
    relaxation_clear(&w->lp);
    prover_clear(&w->p);
    ascent_clear(&w->climber);
    incumbent_clear(&w->mine);
    if (w->s->q->formula != NULL)
        formula_clear(&w->reference);
    writer_close(&w->out);
}
