/* Answering specifications: see verify_job.h. */
#include "cli/verify_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/flag.h"
#include "base/memory.h"
#include "number/vector.h"
#include "search/limit.h"

/* Nodes for every part before any gets more: assignments that are easy to find are found soon. */
#define FIRST_NODES 100

/* The pair of a part. Kept where threads are abandoned. */
typedef struct part_pair {
    network f, g;
    char f_digest[FILE_DIGEST_SIZE], g_digest[FILE_DIGEST_SIZE];
} part_pair;

static part_pair *pair_new(const verify_job *job, size_t k)
{
    const vnnlib_given *given = &job->s->given;
    part_pair *p = mem_alloc(1, sizeof *p);
    vnnlib_part_pair(&p->f, &p->g, &given->problem->part[k], given->q, given->model, job->part[k].weight);
    vnnlib_network_digest(p->f_digest, &p->f);
    vnnlib_network_digest(p->g_digest, &p->g);
    return p;
}

static void pair_free(part_pair *p)
{
    network_clear(&p->f);
    network_clear(&p->g);
    free(p);
}

static part_pair *volatile left_behind;

/* --- assignments ---------------------------------------------------------------------------------------- */

static bool holds_at(verify_job *job, const vnnlib_part *part, mpq_t *x)
{
    const vnnlib_given *given = &job->s->given;
    vnnlib_part_values(job->value, part, given->q, given->model, x);
    return vnnlib_holds(given->q, job->value);
}

/* The point rounded to float32 or float64, within the box. */
static void round_point(mpq_t *rounded, const vnnlib_part *part, mpq_t *x, bool to_float)
{
    for (size_t i = 0; i < vnnlib_part_inputs(part); i++) {
        double near = mpq_get_d(x[i]);
        mpq_set_d(rounded[i], to_float ? (double)(float)near : near);
        if (mpq_cmp(rounded[i], part->lower[i]) < 0 || mpq_cmp(rounded[i], part->upper[i]) > 0)
            mpq_set(rounded[i], x[i]);
    }
}

/* Whether the assertions hold at the point; a short one nearby is preferred. */
static bool try_point(verify_job *job, const vnnlib_part *part, mpq_t *x)
{
    if (!holds_at(job, part, x))
        return false;
    size_t n = vnnlib_part_inputs(part);
    mpq_t *rounded = vector_new(n);
    bool found = false;
    for (int to_float = 1; to_float >= 0 && !found; to_float--) {
        round_point(rounded, part, x, to_float);
        found = holds_at(job, part, rounded);
    }
    vector_free(rounded, n);
    return found || holds_at(job, part, x);
}

/* --- parts ---------------------------------------------------------------------------------------------- */

/* What is left of the limits; false if nothing is. */
static bool limit_rest(const verify_job *job, search_options *rest, size_t nodes)
{
    *rest = job->options;
    if (rest->time_limit > 0) {
        rest->time_limit -= limit_now() - job->started;
        if (rest->time_limit <= 0)
            return false;
    }
    if (rest->node_limit > 0) {
        if (job->nodes >= rest->node_limit)
            return false;
        rest->node_limit -= job->nodes;
    }
    if (nodes > 0 && (rest->node_limit == 0 || nodes < rest->node_limit))
        rest->node_limit = nodes;
    return true;
}

static bool copy_text(FILE *to, FILE *from, long begin, long end)
{
    char buffer[1 << 14];
    if (fseek(from, begin, SEEK_SET) != 0)
        return false;
    for (size_t left = (size_t)(end - begin); left > 0;) {
        size_t count = fread(buffer, 1, left < sizeof buffer ? left : sizeof buffer, from);
        if (count == 0)
            return false;
        fwrite(buffer, 1, count, to);
        left -= count;
    }
    return !ferror(to);
}

/* The search goes on without the text of certificates. */
static void lose_text(verify_job *job, error *why)
{
    if (job->unwritten.message == NULL)
        error_move(&job->unwritten, why);
    error_clear(why);
    if (job->text != NULL)
        fclose(job->text);
    job->text = NULL;
}

static FILE *open_text(verify_job *job)
{
    error e = ERROR_NONE;
    FILE *text = file_temporary(&e);
    if (text == NULL)
        lose_text(job, &e);
    return text;
}

static bool append(verify_job *job, verify_part *part, FILE *certificate)
{
    long size = ftell(certificate);
    return size >= 0 && fseek(job->text, 0, SEEK_END) == 0 && (part->begin = ftell(job->text)) >= 0 &&
           copy_text(job->text, certificate, 0, size) && fflush(job->text) == 0 &&
           (part->end = ftell(job->text)) >= 0;
}

/* Keeps the certificate of a part that is refuted, NULL where there is none. */
static void keep_text(verify_job *job, size_t k, FILE *certificate, search_result *r)
{
    verify_part *part = &job->part[k];
    error e = ERROR_NONE;
    part->refuted = true;
    part->leaves = r->leaves;
    job->leaves += r->leaves;
    if (r->unwritten.message != NULL)
        lose_text(job, &r->unwritten);
    else if (job->text != NULL && certificate != NULL && !append(job, part, certificate)) {
        error_set(&e, NULL, 0, "temporary file: %s (make room where temporary files are kept)",
                  strerror(errno));
        lose_text(job, &e);
    }
}

static bool is_refuted(const search_result *r, vnnlib_kind kind)
{
    return mpq_sgn(r->upper) < 0 || (mpq_sgn(r->upper) == 0 && kind != VNNLIB_REACH);
}

static query part_query(const vnnlib_part *part, const part_pair *pair)
{
    return (query){.f = &pair->f,
                   .g = &pair->g,
                   .f_digest = pair->f_digest,
                   .g_digest = pair->g_digest,
                   .lower = part->lower,
                   .upper = part->upper,
                   .all_outputs = true,
                   .is_signed = true};
}

/* Takes in what a search has found; *heavier tells that a larger penalty is the next thing to try. */
static void take_result(verify_job *job, size_t k, FILE *certificate, search_result *r, bool *heavier)
{
    const vnnlib_part *part = &job->s->problem.part[k];
    job->nodes += r->nodes;
    job->part[k].nodes += r->nodes;
    job->abandoned = r->abandoned;
    if (mpq_sgn(r->lower) >= 0 && try_point(job, part, r->point))
        job->status = VERIFY_SAT;
    else if (is_refuted(r, part->kind)) {
        keep_text(job, k, certificate, r);
        return;
    }
    *heavier = part->kind == VNNLIB_MIXED && job->status != VERIFY_SAT && r->ended_by == SEARCH_DONE;
    if (r->ended_by == SEARCH_TIME && job->status != VERIFY_SAT)
        job->status = VERIFY_TIMED_OUT;
}

/* One search of a part. */
static bool search_part(verify_job *job, size_t k, const search_options *options, bool *heavier, error *e)
{
    const vnnlib_part *part = &job->s->problem.part[k];
    mpq_t zero;
    search_result r;
    search_options chosen = *options;
    FILE *certificate = job->text == NULL ? NULL : open_text(job);
    mpq_init(zero);
    part_pair *pair = pair_new(job, k);
    query q = part_query(part, pair);
    chosen.below_zero = part->kind == VNNLIB_REACH;
    chosen.tolerance = part->kind == VNNLIB_PASS ? zero : NULL;
    bool works = search_maximise(&r, &q, &chosen, certificate, e);
    if (works) {
        take_result(job, k, certificate, &r, heavier);
        search_result_clear(&r);
    }
    if (job->abandoned)
        left_behind = pair;
    else
        pair_free(pair);
    mpq_clear(zero);
    if (certificate != NULL)
        fclose(certificate);
    return works;
}

static bool is_over(const verify_job *job)
{
    return job->status == VERIFY_SAT || job->abandoned || flag_is_set(job->options.stop);
}

/* A part, with up to `nodes` nodes, or no limit of its own (0). */
static bool work_on_part(verify_job *job, size_t k, size_t nodes, error *e)
{
    bool heavier = true;
    search_options rest;
    while (heavier && !is_over(job)) {
        heavier = false;
        if (!limit_rest(job, &rest, nodes)) {
            job->status = job->options.time_limit > 0 ? VERIFY_TIMED_OUT : VERIFY_UNKNOWN;
            return true;
        }
        if (!search_part(job, k, &rest, &heavier, e))
            return false;
        if (heavier)
            mpq_mul_2exp(job->part[k].weight, job->part[k].weight, 4);
    }
    return true;
}

static bool work_on_parts(verify_job *job, size_t nodes, error *e)
{
    for (size_t k = 0; k < job->s->problem.parts && !is_over(job); k++)
        if (!job->part[k].refuted && !work_on_part(job, k, nodes, e))
            return false;
    return true;
}

static bool all_refuted(const verify_job *job)
{
    for (size_t k = 0; k < job->s->problem.parts; k++)
        if (!job->part[k].refuted)
            return false;
    return true;
}

bool verify_run(verify_job *job, const specification *s, const search_options *options, bool wanted, error *e)
{
    size_t parts = s->problem.parts;
    *job = (verify_job){.s = s, .options = *options, .started = limit_now(), .status = VERIFY_UNKNOWN};
    job->wanted = wanted;
    job->part = mem_alloc(parts, sizeof *job->part);
    job->value = vector_new(s->q.variables);
    for (size_t k = 0; k < parts; k++) {
        mpq_init(job->part[k].weight);
        mpq_set_ui(job->part[k].weight, 1, 1);
    }
    job->text = wanted ? open_text(job) : NULL;
    bool works = (parts < 2 || work_on_parts(job, FIRST_NODES, e)) && work_on_parts(job, 0, e);
    if (works && job->status != VERIFY_SAT && all_refuted(job))
        job->status = VERIFY_UNSAT;
    job->seconds = limit_now() - job->started;
    return works;
}

void verify_clear(verify_job *job)
{
    for (size_t k = 0; job->part != NULL && k < job->s->problem.parts; k++)
        mpq_clear(job->part[k].weight);
    free(job->part);
    vector_free(job->value, job->s->q.variables);
    if (job->text != NULL)
        fclose(job->text);
    error_clear(&job->unwritten);
    *job = (verify_job){.s = NULL};
}

/* --- certificates --------------------------------------------------------------------------------------- */

static void write_assignment(FILE *out, const verify_job *job)
{
    const vnnlib_query *q = &job->s->q;
    for (size_t k = 0; k < q->tensors; k++) {
        const vnnlib_tensor *t = &q->tensor[k];
        if (t->is_output)
            continue;
        fprintf(out, "input %s", t->name);
        for (size_t i = 0; i < t->count; i++)
            gmp_fprintf(out, " %Qd", job->value[t->first + i]);
        putc('\n', out);
    }
}

bool verify_write(FILE *out, const verify_job *job, error *e)
{
    const vnnlib_problem *problem = &job->s->problem;
    bool sat = job->status == VERIFY_SAT, works = sat || job->text != NULL;
    if (!works)
        return error_set(e, NULL, 0, "no certificate: its text could not be kept");
    vnnlib_write_head(out, &job->s->given, sat);
    if (sat)
        write_assignment(out, job);
    else
        fprintf(out, "parts %zu\n", problem->parts);
    for (size_t k = 0; !sat && works && k < problem->parts; k++) {
        const verify_part *part = &job->part[k];
        if (problem->part[k].kind == VNNLIB_MIXED)
            gmp_fprintf(out, "penalty %Qd\n", part->weight);
        works = copy_text(out, job->text, part->begin, part->end);
    }
    fputs("end\n", out);
    return works ||
           error_set(e, NULL, 0, "the temporary file cannot be read back (make room where TMPDIR says)");
}
