/* supcert max: the largest |f - g| on a box, with its certificate. */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/pair.h"
#include "cli/report.h"
#include "cli/stop.h"
#include "search/maximise.h"

enum { MAX_CERTIFICATE = PAIR_OPTIONS, MAX_GAP, MAX_TIME, MAX_THREADS, MAX_JSON, MAX_QUIET, MAX_OPTIONS };

static const option max_options[MAX_OPTIONS] = {
    PAIR_OPTION_ROWS("0,1"),
    [MAX_CERTIFICATE] = {.name = "certificate",
                         .letter = 'o',
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .fallback = "none is written",
                         .help = "write the certificate to FILE"},
    [MAX_GAP] = {.name = "gap",
                 .kind = OPTION_NUMBER,
                 .value = "Q",
                 .least = "0",
                 .fallback = "0, the exact maximum",
                 .help = "be content with bounds that differ by Q"},
    [MAX_TIME] = {.name = "time",
                  .kind = OPTION_NUMBER,
                  .value = "S",
                  .least = "0",
                  .most = "1e9",
                  .fallback = "0, no limit",
                  .help = "stop the search after S seconds"},
    [MAX_THREADS] = {.name = "threads",
                     .kind = OPTION_WHOLE,
                     .value = "N",
                     .least = "0",
                     .most = "1024",
                     .fallback = "0, all cores",
                     .help = "threads allowed (this version searches with one)"},
    [MAX_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
    [MAX_QUIET] = {.name = "quiet",
                   .letter = 'q',
                   .kind = OPTION_SWITCH,
                   .help = "print nothing but JSON and errors"},
};

static const usage max_usage = {
    .program = "supcert max",
    .operands = "F G",
    .least = 2,
    .most = 2,
    .purpose =
        "Finds the exact maximum of |f - g| on a box, for the networks in the files F and G, and proves it.",
    .notes = PAIR_NOTES "\nCtrl-C ends the search early with the bounds reached so far, and their "
                        "certificate is written all the same.\n"
                        "\nexit status: 0 exact, or within --gap; 3 bounds only, because a limit or a signal "
                        "ended the search; 2 bad usage or input\n",
    .option = max_options,
    .options = MAX_OPTIONS};

typedef struct max_job {
    const arguments *a;
    volatile int *stop; /* nonzero after a signal */
    model_pair pair;
    search_result result;
    bool reached; /* the accuracy that was asked for */
} max_job;

static bool is_exact(const max_job *job)
{
    return mpq_equal(job->result.lower, job->result.upper);
}

static bool reaches_gap(const max_job *job)
{
    mpq_t difference;
    mpq_init(difference);
    mpq_sub(difference, job->result.upper, job->result.lower);
    bool reached = mpq_cmp(difference, job->a->value[MAX_GAP].number) <= 0; /* 0 where no gap is given */
    mpq_clear(difference);
    return reached;
}

static bool search(max_job *job, FILE *certificate, error *e)
{
    const arguments *a = job->a;
    model_pair *p = &job->pair;
    query q = {.f = &p->f.net,
               .g = &p->g.net,
               .f_digest = p->f.digest,
               .g_digest = p->g.digest,
               .lower = p->box.lower,
               .upper = p->box.upper,
               .all_outputs = p->all_outputs,
               .output = p->output};
    search_options options = {.threads = (unsigned)a->value[MAX_THREADS].whole,
                              .time_limit = mpq_get_d(a->value[MAX_TIME].number),
                              .gap = arguments_given(a, MAX_GAP) ? a->value[MAX_GAP].number : NULL,
                              .stop = job->stop};
    if (!search_maximise(&job->result, &q, &options, certificate, e))
        return false;
    job->reached = reaches_gap(job);
    return true;
}

static bool search_with_certificate(max_job *job, const char *path, error *e)
{
    file_output out = {.stream = NULL};
    if (!output_open(&out, path, job->pair.f.path, job->pair.g.path, e))
        return false;
    if (!search(job, out.stream, e)) {
        file_output_discard(&out);
        return false;
    }
    if (file_output_commit(&out, e))
        return true;
    search_result_clear(&job->result);
    return false;
}

static void print_json(const max_job *job)
{
    const search_result *r = &job->result;
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("max"));
    json_object_set_new(object, "verdict", json_string(is_exact(job) ? "exact" : "bracket"));
    json_object_set_new(object, "lower", json_of_rational(r->lower));
    json_object_set_new(object, "upper", json_of_rational(r->upper));
    json_object_set_new(object, "decimal", json_of_decimal(r->lower));
    json_object_set_new(object, "output", json_of_size(r->output));
    json_object_set_new(object, "sign", json_integer(r->sign));
    json_object_set_new(object, "point", json_of_rationals(r->inputs, r->point));
    json_object_set_new(object, "nodes", json_of_size(r->nodes));
    json_object_set_new(object, "leaves", json_of_size(r->leaves));
    json_object_set_new(object, "seconds", json_real(r->seconds));
    json_object_set_new(object, "certificate", json_of_text(arguments_text(job->a, MAX_CERTIFICATE)));
    json_object_set_new(object, "networks", json_of_models(&job->pair.f, &job->pair.g));
    json_print(object);
}

static const char *verdict(const max_job *job)
{
    if (is_exact(job))
        return "exact";
    return job->reached ? "bracket, as narrow as asked for" : "bracket, not narrower within the limits";
}

static void print_words(const max_job *job)
{
    const search_result *r = &job->result;
    const model_pair *p = &job->pair;
    const char *path = arguments_text(job->a, MAX_CERTIFICATE);
    statement s = {.lower = r->lower,
                   .upper = r->upper,
                   .all_outputs = p->all_outputs,
                   .outputs = network_outputs(&p->f.net),
                   .output = r->output,
                   .side = mpq_sgn(r->lower) == 0 ? "f = g"
                           : r->sign > 0          ? "f > g"
                                                  : "f < g",
                   .inputs = r->inputs,
                   .box_lower = p->box.lower,
                   .box_upper = p->box.upper,
                   .point = r->point};
    report_statement(stdout, verdict(job), &s);
    printf("  %-12s %s\n", "certificate", path == NULL ? "none (write one with -o FILE)" : path);
    printf("  %-12s %zu nodes, %zu leaves, %.2f s\n", "search", r->nodes, r->leaves, r->seconds);
}

static int max_run(const arguments *a, error *e)
{
    max_job job = {.a = a, .stop = stop_flag()};
    if (!pair_read(&job.pair, a->operand[0], a->operand[1], a, e))
        return STATUS_BAD;
    const char *path = arguments_text(a, MAX_CERTIFICATE);
    bool found = path == NULL ? search(&job, NULL, e) : search_with_certificate(&job, path, e);
    if (found) {
        if (arguments_given(a, MAX_JSON))
            print_json(&job);
        else if (!arguments_given(a, MAX_QUIET))
            print_words(&job);
        search_result_clear(&job.result);
    }
    pair_clear(&job.pair);
    if (!found)
        return STATUS_BAD;
    return job.reached ? STATUS_GOOD : STATUS_UNDECIDED;
}

const command command_max = {.name = "max", .usage = &max_usage, .run = max_run};
