/* Searches from the command line: see search_job.h. */
#include "cli/search_job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/relative_json.h"
#include "cli/report.h"
#include "cli/stop.h"

static query query_of(const search_job *job)
{
    const model_pair *p = &job->pair;
    return (query){.f = &p->f.net,
                   .g = &p->g.net,
                   .f_digest = p->f.digest,
                   .g_digest = p->g.digest,
                   .lower = p->box.lower,
                   .upper = p->box.upper,
                   .all_outputs = p->all_outputs,
                   .output = p->output,
                   .formula = p->has_formula ? &p->formula : NULL,
                   .formula_name = p->formula_name};
}

static search_options options_of(const search_job *job, progress *live)
{
    const arguments *a = job->a;
    bool timed = arguments_given(a, JOB_INTERVAL);
    return (search_options){.threads = (unsigned)a->value[JOB_THREADS].whole,
                            .time_limit = mpq_get_d(a->value[JOB_TIME].number),
                            .node_limit = a->value[JOB_NODES].whole,
                            .gap = job->goal.gap,
                            .relative_gap = job->goal.relative_gap,
                            .tolerance = job->goal.relative ? NULL : job->goal.tolerance,
                            .stop = stop_flag(),
                            .progress = live->mode == PROGRESS_OFF ? NULL : progress_show,
                            .progress_context = live,
                            .memory_limit = mem_product(a->value[JOB_MEMORY].whole, 1 << 20),
                            .checkpoint = arguments_text(a, JOB_CHECKPOINT),
                            .checkpoint_interval = timed ? mpq_get_d(a->value[JOB_INTERVAL].number) : 30,
                            .resume = arguments_text(a, JOB_RESUME),
                            .note = arguments_given(a, JOB_VERBOSE) ? progress_note : NULL,
                            .warn = progress_warn,
                            .prompt = true};
}

/* Compares max |f - g| with max |g|; the result is about both searches. */
static bool compare(search_job *job, const query *q, const search_options *options, FILE *certificate,
                    error *e)
{
    relative_result *r = &job->compared;
    if (!search_relative(r, q, job->goal.tolerance, options, certificate, e))
        return false;
    job->result = r->difference;
    job->result.nodes = r->nodes;
    job->result.leaves = r->leaves;
    job->result.threads = r->threads;
    job->result.seconds = r->seconds;
    job->result.ended_by = r->ended_by;
    job->result.abandoned = r->abandoned;
    memcpy(job->result.spent, r->spent, sizeof r->spent);
    return true;
}

static bool search(search_job *job, FILE *certificate, error *e)
{
    progress live;
    if (!progress_init(&live, arguments_text(job->a, JOB_PROGRESS), arguments_given(job->a, JOB_QUIET), e))
        return false;
    query q = query_of(job);
    search_options options = options_of(job, &live);
    bool works = job->goal.relative ? compare(job, &q, &options, certificate, e)
                                    : search_maximise(&job->result, &q, &options, certificate, e);
    progress_end(&live);
    return works;
}

static void clear_bounds(search_job *job)
{
    if (job->goal.relative)
        relative_result_clear(&job->compared);
    else
        search_result_clear(&job->result);
}

/* The answer is told all the same; of several messages the first is kept, and the others are printed. */
static void complain(search_job *job, error *e)
{
    if (e->message != NULL && job->unwritten.message != NULL)
        error_print(stderr, e);
    else if (e->message != NULL)
        error_move(&job->unwritten, e);
    error_clear(e);
}

/* Searches, and looks at the point that was found. */
static bool search_point(search_job *job, FILE *certificate, error *e)
{
    const model_pair *p = &job->pair;
    if (!search(job, certificate, e))
        return false;
    complain(job, job->goal.relative ? &job->compared.unwritten : &job->result.unwritten);
    job->certified = job->goal.relative ? job->compared.certified : job->result.certified;
    job->saved = job->result.saved;
    if (witness_of_pair(&job->point, p, job->result.point, p->box.lower, p->box.upper, e))
        return true;
    clear_bounds(job);
    return false;
}

static void clear_result(search_job *job)
{
    witness_clear(&job->point);
    clear_bounds(job);
    error_clear(&job->unwritten);
}

/* A certificate that is there is not replaced by one of less than what the checkpoint holds. */
static bool keeps_earlier(const search_job *job, const char *path)
{
    struct stat there;
    return !job->goal.relative && job->result.resuming && stat(path, &there) == 0 && S_ISREG(there.st_mode);
}

/* Files are opened before the work, so that a bad path is found out then. */
static bool search_with_certificate(search_job *job, const char *path, error *e)
{
    file_output out = {.stream = NULL};
    error unwritten = ERROR_NONE;
    if (!output_open(&out, path, job->pair.f.path, job->pair.g.path, e))
        return false;
    bool found = search_point(job, out.stream, e);
    job->kept = found && keeps_earlier(job, path);
    job->certified = job->certified && !job->kept;
    if (found && job->certified) {
        job->certified = file_output_commit(&out, &unwritten);
        complain(job, &unwritten);
    }
    file_output_discard(&out);
    return found;
}

static bool search_as_asked(search_job *job, error *e)
{
    const char *path = arguments_text(job->a, JOB_CERTIFICATE);
    return path == NULL ? search_point(job, NULL, e) : search_with_certificate(job, path, e);
}

static const char *certificate_of(const search_job *job)
{
    return job->certified ? arguments_text(job->a, JOB_CERTIFICATE) : NULL;
}

/* The same, and writes the file of the witness. */
static bool search_with_witness(search_job *job, const char *path, const char *name, error *e)
{
    const model_pair *p = &job->pair;
    file_output out = {.stream = NULL};
    error unwritten = ERROR_NONE;
    if (!output_open(&out, path, p->f.path, p->g.path, e))
        return false;
    bool found = search_as_asked(job, e);
    if (found) {
        witness_write(&out, &job->point,
                      &(witness_context){.command = name,
                                         .pair = p,
                                         .certificate = certificate_of(job),
                                         .unwritten = &job->unwritten});
        file_output_commit(&out, &unwritten);
        complain(job, &unwritten);
    }
    file_output_discard(&out);
    return found;
}

int search_job_status(search_job *job, int status, error *e)
{
    if (job->unwritten.message == NULL)
        return status;
    error_move(e, &job->unwritten);
    return STATUS_BAD;
}

/* The maximum of a formula is hardly ever a rational number, so no search would end. */
static bool check_goal(const search_job *job, error *e)
{
    const search_goal *g = &job->goal;
    bool is_open = g->gap == NULL && g->relative_gap == NULL;
    bool is_positive =
        (g->gap != NULL && mpq_sgn(g->gap) > 0) || (g->relative_gap != NULL && mpq_sgn(g->relative_gap) > 0);
    return !job->pair.has_formula || is_open || is_positive ||
           error_set(e, NULL, 0, "a gap of 0 is out of reach for a formula (give a positive one)");
}

/* A comparison is many searches, of two questions; a checkpoint holds the state of one. */
static bool check_checkpoints(const arguments *a, const search_goal *goal, error *e)
{
    static const size_t options[] = {JOB_CHECKPOINT, JOB_INTERVAL, JOB_RESUME};
    for (size_t k = 0; goal->relative && k < sizeof options / sizeof *options; k++)
        if (arguments_given(a, options[k]))
            return error_set(e, NULL, 0, "--relative keeps no state, so --%s has no meaning (leave it out)",
                             a->usage->option[options[k]].name);
    return true;
}

/* Options that do not go together. */
static bool check_options(const arguments *a, const search_goal *goal, error *e)
{
    static const file_option files[] = {SEARCH_FILE_OPTIONS};
    if (arguments_given(a, JOB_VERBOSE) && arguments_given(a, JOB_QUIET))
        return error_set(e, NULL, 0, "--verbose and --quiet are both given (give one of them)");
    if (arguments_given(a, JOB_INTERVAL) && !arguments_given(a, JOB_CHECKPOINT))
        return error_set(e, NULL, 0, "--checkpoint-interval without a checkpoint (add --checkpoint FILE)");
    const char *how = arguments_text(a, JOB_PROGRESS);
    if (arguments_given(a, JOB_QUIET) && how != NULL && strcmp(how, "off") != 0)
        return error_set(e, NULL, 0, "--progress and --quiet are both given (give one of them)");
    return check_checkpoints(a, goal, e) && output_files_apart(a, files, sizeof files / sizeof *files, e);
}

/* Finds out before the work whether the checkpoint can be written; what is there stays. */
static bool try_checkpoint(const arguments *a, error *e)
{
    file_output out;
    const char *path = arguments_text(a, JOB_CHECKPOINT);
    if (path == NULL)
        return true;
    if (!file_output_open(&out, path, e))
        return false;
    file_output_discard(&out);
    return true;
}

/* Finds out before the work whether the text of certificates and checkpoints has a place to be kept in. */
static bool try_temporary(const arguments *a, error *e)
{
    if (!arguments_given(a, JOB_CERTIFICATE) && !arguments_given(a, JOB_CHECKPOINT))
        return true;
    FILE *file = file_temporary(e);
    return file != NULL && fclose(file) == 0;
}

bool search_job_run(search_job *job, const char *name, const arguments *a, search_goal goal, error *e)
{
    *job = (search_job){.a = a, .goal = goal};
    stop_flag();
    if (!check_options(a, &job->goal, e) || !try_checkpoint(a, e) || !try_temporary(a, e) ||
        !pair_read(&job->pair, a->operand[0], a->operand[1], a, e))
        return false;
    const char *path = arguments_text(a, JOB_WITNESS);
    bool found = check_goal(job, e) &&
                 (path == NULL ? search_as_asked(job, e) : search_with_witness(job, path, name, e));
    if (!found)
        pair_clear(&job->pair);
    return found;
}

/* The networks and the box that abandoned threads still use: reachable, for tools that look for lost memory.
 */
static model_pair *volatile left_behind;

void search_job_clear(search_job *job)
{
    bool abandoned = job->result.abandoned;
    clear_result(job);
    if (!abandoned) {
        pair_clear(&job->pair);
        return;
    }
    left_behind = mem_alloc(1, sizeof *left_behind);
    *left_behind = job->pair;
}

bool search_job_is_exact(const search_job *job)
{
    return !job->result.unbounded && mpq_equal(job->result.lower, job->result.upper);
}

/* What ended the search early, or NULL. */
static const char *end_word(search_end end)
{
    static const char *const word[] = {[SEARCH_SIGNAL] = "signal",
                                       [SEARCH_TIME] = "time",
                                       [SEARCH_NODES] = "nodes",
                                       [SEARCH_MEMORY] = "memory"};
    return end == SEARCH_DONE ? NULL : word[end];
}

/* A lower bound above 0 proves the order. Two networks with the bound 0 are equal at the point; of a formula
 * it proves nothing. */
static witness_order order_of(const search_job *job)
{
    const search_result *r = &job->result;
    const witness_point *p = &job->point.point[WITNESS_EXACT];
    if (mpq_sgn(r->lower) > 0)
        return r->sign > 0 ? WITNESS_ABOVE : WITNESS_BELOW;
    if (!job->pair.has_formula)
        return WITNESS_EQUAL;
    return p->output == r->output ? p->order : WITNESS_NOT_DECIDED;
}

static json_t *time_json(const search_result *r)
{
    json_t *object = json_object();
    for (search_phase k = 0; k < SEARCH_PHASES; k++)
        json_object_set_new(object, search_phase_name(k), json_real(r->spent[k]));
    return object;
}

void search_job_json(json_t *object, const search_job *job)
{
    const search_result *r = &job->result;
    json_object_set_new(object, "lower", json_of_rational(r->lower));
    json_object_set_new(object, "upper", r->unbounded ? json_null() : json_of_rational(r->upper));
    json_object_set_new(object, "decimal", json_of_decimal(r->lower));
    json_object_set_new(object, "upper_decimal", r->unbounded ? json_null() : json_of_decimal(r->upper));
    json_object_set_new(object, "output", json_of_size(r->output));
    json_object_set_new(object, "sign", witness_sign_json(order_of(job)));
    json_object_set_new(object, "point", json_of_rationals(r->inputs, r->point));
    json_object_set_new(object, "witnesses", witness_json(&job->point));
    json_object_set_new(object, "nodes", json_of_size(r->nodes));
    json_object_set_new(object, "leaves", json_of_size(r->leaves));
    json_object_set_new(object, "threads", json_of_size(r->threads));
    json_object_set_new(object, "seconds", json_real(r->seconds));
    json_object_set_new(object, "earlier_seconds", json_real(r->earlier));
    json_object_set_new(object, "ended_by", json_of_text(end_word(r->ended_by)));
    json_object_set_new(object, "time", time_json(r));
    json_object_set_new(object, "checkpoint",
                        json_of_text(job->saved ? arguments_text(job->a, JOB_CHECKPOINT) : NULL));
    json_object_set_new(object, "certificate", json_of_text(certificate_of(job)));
    json_object_set_new(object, "unwritten", json_of_error(&job->unwritten));
    json_object_set_new(object, "networks", json_of_pair(&job->pair));
}

json_t *search_job_relative_json(const search_job *job)
{
    const relative_result *r = &job->compared;
    relative_bounds b = relative_result_bounds(r);
    return job->goal.relative ? relative_json(&b, r->verdict, job->goal.tolerance, r->reference.output,
                                              r->reference.inputs, r->reference.point)
                              : json_null();
}

static void print_search(FILE *out, const search_result *r)
{
    fprintf(out, "  %-12s %zu nodes, %zu leaves, %.2f s", "search", r->nodes, r->leaves, r->seconds);
    if (r->earlier > 0)
        fprintf(out, ", %.2f s of them in runs before", r->earlier);
    if (r->ended_by != SEARCH_DONE)
        fprintf(out, "; ended by %s%s", r->ended_by == SEARCH_SIGNAL ? "a " : "--", end_word(r->ended_by));
    fputc('\n', out);
}

/* Where the time of all threads went. */
static void print_times(FILE *out, const search_result *r)
{
    fprintf(out, "  %-12s", "time");
    for (search_phase k = 0; k < SEARCH_PHASES; k++)
        fprintf(out, "%s %s %.2f", k == 0 ? "" : ",", search_phase_name(k), r->spent[k]);
    fprintf(out, " s of processors\n");
}

void search_job_print(FILE *out, const search_job *job, const char *verdict)
{
    const search_result *r = &job->result;
    const model_pair *p = &job->pair;
    relative_bounds bounds = relative_result_bounds(&job->compared);
    statement s = {.lower = r->lower,
                   .upper = r->unbounded ? NULL : r->upper,
                   .all_outputs = p->all_outputs,
                   .outputs = network_outputs(&p->f.net),
                   .output = r->output,
                   .side = witness_side(order_of(job)),
                   .inputs = r->inputs,
                   .box_lower = p->box.lower,
                   .box_upper = p->box.upper,
                   .point = r->point,
                   .relative = job->goal.relative ? &bounds : NULL};
    report_statement(out, verdict, &s);
    witness_print_rounded(out, &job->point);
    if (p->has_formula)
        report_formula(out, p->formula_text);
    fprintf(out, "  %-12s %s\n", "certificate",
            job->certified ? certificate_of(job)
            : job->kept    ? "stays as it is: the search ended before its checkpoint was carried out"
            : arguments_given(job->a, JOB_CERTIFICATE) ? "none: it could not be written"
                                                       : "none (write one with -o FILE)");
    print_search(out, r);
    if (arguments_given(job->a, JOB_CHECKPOINT) && job->saved)
        fprintf(out, "  %-12s %s (go on with --resume)\n", "checkpoint",
                arguments_text(job->a, JOB_CHECKPOINT));
    if (arguments_given(job->a, JOB_VERBOSE))
        print_times(out, r);
}
