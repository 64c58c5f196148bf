/* supcert verify: answers a VNN-LIB specification, in the words of its standard. */
#include <string.h>

#include "base/memory.h"
#include "cli/assignment.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/specification_json.h"
#include "cli/stop.h"
#include "cli/verify_job.h"
#include "search/limit.h"

enum {
    VERIFY_NETWORK,
    VERIFY_TIMEOUT,
    VERIFY_CERTIFICATE,
    VERIFY_ASSIGNMENTS,
    VERIFY_AS_REAL,
    VERIFY_NNET,
    VERIFY_NODES,
    VERIFY_MEMORY,
    VERIFY_THREADS,
    VERIFY_PROGRESS,
    VERIFY_JSON,
    VERIFY_QUIET,
    VERIFY_OPTIONS
};

static const option verify_options[VERIFY_OPTIONS] = {
    [VERIFY_NETWORK] = NETWORK_OPTION_ROW,
    [VERIFY_TIMEOUT] = {.name = "timeout",
                        .kind = OPTION_NUMBER,
                        .value = "S",
                        .least = "1e-9",
                        .most = "1e9",
                        .fallback = "no limit",
                        .help = "stop after S seconds"},
    [VERIFY_CERTIFICATE] = {.name = "certificate",
                            .letter = 'o',
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .fallback = "none is written",
                            .help = "write the certificate of the answer, sat or unsat, to FILE"},
    [VERIFY_ASSIGNMENTS] = {.name = "serialise-assignments",
                            .kind = OPTION_TEXT,
                            .value = "FOLDER",
                            .help =
                                "after sat, write the values of every declared variable to a file in FOLDER"},
    [VERIFY_AS_REAL] = AS_REAL_OPTION_ROW,
    [VERIFY_NNET] = NNET_OPTION_ROW,
    [VERIFY_NODES] = {.name = "nodes",
                      .kind = OPTION_WHOLE,
                      .value = "N",
                      .least = "1",
                      .fallback = "no limit",
                      .help = "stop after N nodes"},
    [VERIFY_MEMORY] = {.name = "memory",
                       .kind = OPTION_WHOLE,
                       .value = "MIB",
                       .least = "1",
                       .most = "16777216",
                       .fallback = OWN_LIMIT,
                       .help = "stop when the program takes so many times 1048576 bytes of memory"},
    [VERIFY_THREADS] = {.name = "threads",
                        .kind = OPTION_WHOLE,
                        .value = "N",
                        .least = "0",
                        .most = "1024",
                        .fallback = "0, all cores",
                        .help = "threads that search; a long search uses them all"},
    [VERIFY_PROGRESS] = {.name = "progress",
                         .kind = OPTION_TEXT,
                         .value = "HOW",
                         .fallback = "live on a terminal, else off",
                         .help = "live: one line that changes; plain: a line every 5 seconds; off"},
    [VERIFY_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
    [VERIFY_QUIET] = {.name = "quiet",
                      .letter = 'q',
                      .kind = OPTION_SWITCH,
                      .help = "print the answer, and nothing on stderr but errors"},
};

static const usage verify_usage = {
    .program = "supcert verify",
    .operands = "SPEC",
    .least = 1,
    .most = 1,
    .purpose =
        "Answers the VNN-LIB specification in the file SPEC (version 1.0 or 2.0), and proves the answer.",
    .notes =
        "The answer is the first line on stdout: sat (with an assignment), unsat, unknown or timed-out. It "
        "is "
        "about real\narithmetic. Check its certificate by `supcert-check CERT SPEC --network NAME=FILE`.\n"
        "\nexit status: 0 unsat; 1 sat; 3 unknown or timed-out; 2 bad usage or input\n",
    .option = verify_options,
    .options = VERIFY_OPTIONS};

static const char *answer_word(const verify_job *job)
{
    static const char *const word[] = {[VERIFY_UNSAT] = "unsat",
                                       [VERIFY_SAT] = "sat",
                                       [VERIFY_UNKNOWN] = "unknown",
                                       [VERIFY_TIMED_OUT] = "timed-out"};
    return word[job->status];
}

static bool is_answered(const verify_job *job)
{
    return job->status == VERIFY_SAT || job->status == VERIFY_UNSAT;
}

/* What is asked for about an answer, and whether it has been written. */
typedef struct files {
    file_output certificate;
    bool certified;
    error unwritten; /* what could not be written: the answer stands all the same */
} files;

/* --- printing ------------------------------------------------------------------------------------------- */

static json_t *tensor_json(const vnnlib_tensor *t, mpq_t *value)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", json_of_text(t->name));
    json_object_set_new(object, "type", json_of_text(t->type));
    json_object_set_new(object, "shape", json_of_text(t->shape));
    json_object_set_new(object, "values", json_of_rationals(t->count, value + t->first));
    return object;
}

static json_t *assignment_json(const verify_job *job)
{
    const vnnlib_query *q = &job->s->q;
    if (job->status != VERIFY_SAT)
        return json_null();
    json_t *list = json_array();
    for (size_t k = 0; k < q->tensors; k++)
        json_array_append_new(list, tensor_json(&q->tensor[k], job->value));
    return list;
}

static void print_json(const verify_job *job, const files *f, const arguments *a)
{
    const char *certificate = f->certified ? arguments_text(a, VERIFY_CERTIFICATE) : NULL;
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("verify"));
    json_object_set_new(object, "verdict", json_string(answer_word(job)));
    json_object_set_new(object, "assignment", assignment_json(job));
    json_object_set_new(object, "parts", json_of_size(job->s->problem.parts));
    json_object_set_new(object, "nodes", json_of_size(job->nodes));
    json_object_set_new(object, "leaves", json_of_size(job->leaves));
    json_object_set_new(object, "seconds", json_real(job->seconds));
    json_object_set_new(object, "certificate", json_of_text(certificate));
    json_object_set_new(object, "unwritten", json_of_error(&f->unwritten));
    specification_add_json(object, job->s);
    json_print(object);
}

static void print_words(const verify_job *job, const arguments *a)
{
    bool exact = true;
    printf("%s\n", answer_word(job));
    if (job->status == VERIFY_SAT)
        exact = assignment_print(stdout, &job->s->q, job->value);
    if (arguments_given(a, VERIFY_QUIET))
        return;
    if (!exact)
        fprintf(stderr, "supcert: inputs are rounded here; the certificate and --json have them exactly\n");
    if (!is_answered(job) && arguments_given(a, VERIFY_CERTIFICATE))
        fprintf(stderr, "supcert: no certificate is written, as there is no answer\n");
    fprintf(stderr, "supcert: %zu part%s, %zu nodes, %.2f s\n", job->s->problem.parts,
            job->s->problem.parts == 1 ? "" : "s", job->nodes, job->seconds);
}

/* --- the run -------------------------------------------------------------------------------------------- */

/* Of several messages the first is kept, and the others are printed. */
static void complain(files *f, error *e)
{
    if (e->message != NULL && f->unwritten.message != NULL)
        error_print(stderr, e);
    else if (e->message != NULL)
        error_move(&f->unwritten, e);
    error_clear(e);
}

static void write_certificate(files *f, verify_job *job)
{
    error e = ERROR_NONE;
    bool sat = job->status == VERIFY_SAT;
    if (!sat && job->unwritten.message != NULL)
        complain(f, &job->unwritten);
    else
        f->certified =
            verify_write(f->certificate.stream, job, &e) && file_output_commit(&f->certificate, &e);
    complain(f, &e);
}

static void write_files(files *f, verify_job *job, const arguments *a)
{
    error e = ERROR_NONE;
    const char *folder = arguments_text(a, VERIFY_ASSIGNMENTS);
    if (job->status == VERIFY_SAT && folder != NULL && !assignment_write(folder, &job->s->q, job->value, &e))
        complain(f, &e);
    if (f->certificate.stream != NULL && is_answered(job))
        write_certificate(f, job);
}

/* What is left of the time, which counts from the first byte that was read: as good as none, but not "no
 * limit". */
static double time_left(const arguments *a, double started)
{
    const double none = 1e-9;
    double limit = mpq_get_d(a->value[VERIFY_TIMEOUT].number), left = limit - (limit_now() - started);
    return limit == 0 ? 0 : left > none ? left : none;
}

static int answer(const specification *s, const arguments *a, files *f, double started, error *e)
{
    static const int status[] = {[VERIFY_UNSAT] = STATUS_GOOD,
                                 [VERIFY_SAT] = STATUS_REFUTED,
                                 [VERIFY_UNKNOWN] = STATUS_UNDECIDED,
                                 [VERIFY_TIMED_OUT] = STATUS_UNDECIDED};
    progress live;
    verify_job job;
    if (!progress_init(&live, arguments_text(a, VERIFY_PROGRESS), arguments_given(a, VERIFY_QUIET), e))
        return STATUS_BAD;
    search_options options = {.threads = (unsigned)a->value[VERIFY_THREADS].whole,
                              .time_limit = time_left(a, started),
                              .node_limit = a->value[VERIFY_NODES].whole,
                              .memory_limit = mem_product(a->value[VERIFY_MEMORY].whole, 1 << 20),
                              .stop = stop_flag(),
                              .progress = live.mode == PROGRESS_OFF ? NULL : progress_show,
                              .progress_context = &live,
                              .warn = progress_warn,
                              .prompt = true};
    int result = STATUS_BAD;
    bool works = verify_run(&job, s, &options, f->certificate.stream != NULL, e);
    progress_end(&live);
    if (works) {
        write_files(f, &job, a);
        if (arguments_given(a, VERIFY_JSON))
            print_json(&job, f, a);
        else
            print_words(&job, a);
        result = f->unwritten.message == NULL ? status[job.status] : STATUS_BAD;
        error_move(e, &f->unwritten);
    }
    verify_clear(&job);
    return result;
}

/* The certificate must not take the place of what is read. */
static bool open_certificate(file_output *out, const arguments *a, error *e)
{
    const char *path = arguments_text(a, VERIFY_CERTIFICATE);
    const option_value *networks = &a->value[VERIFY_NETWORK];
    if (path == NULL)
        return true;
    for (size_t k = 0; k < networks->count; k++) {
        const char *equals = strchr(networks->text[k], '=');
        if (equals != NULL && output_is_input(path, equals + 1))
            return error_set(e, path, 0, "is a file that is being read (write to another one)");
    }
    FILE *temporary = file_temporary(e); /* found out before the work, too */
    return temporary != NULL && fclose(temporary) == 0 && output_open(out, path, a->operand[0], NULL, e);
}

static int verify_command(const arguments *a, error *e)
{
    specification s;
    files f = {.certified = false};
    const double started = limit_now();
    const option_value *networks = &a->value[VERIFY_NETWORK];
    bool as_real = arguments_given(a, VERIFY_AS_REAL);
    size_t tensor;
    if (!specification_read(&s, a->operand[0], networks->text, networks->count, as_real,
                            arguments_given(a, VERIFY_NNET), e))
        return STATUS_BAD;
    if (!vnnlib_is_real(&s.q, &tensor) && !arguments_given(a, VERIFY_QUIET))
        fprintf(stderr, "supcert: %s is declared as %s; the answer is about real arithmetic (--as-real)\n",
                s.q.tensor[tensor].name, s.q.tensor[tensor].type);
    int status = open_certificate(&f.certificate, a, e) ? answer(&s, a, &f, started, e) : STATUS_BAD;
    file_output_discard(&f.certificate);
    specification_clear(&s);
    return status;
}

const command command_verify = {.name = "verify", .usage = &verify_usage, .run = verify_command};
