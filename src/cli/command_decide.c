/* supcert decide: is |f - g| at most a tolerance on the whole box? */
#include <stdlib.h>

#include "base/memory.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/junit_report.h"
#include "cli/output.h"
#include "cli/search_job.h"

enum { DECIDE_TOLERANCE = JOB_OPTIONS, DECIDE_RELATIVE, DECIDE_JUNIT, DECIDE_OPTIONS };

static const option decide_options[DECIDE_OPTIONS] = {
    PAIR_OPTION_ROWS("0,1"), SEARCH_OPTION_ROWS,
    [DECIDE_TOLERANCE] = {.name = "tol",
                          .kind = OPTION_NUMBER,
                          .value = "Q",
                          .least = "0",
                          .help = "the tolerance; equality is within it"},
    [DECIDE_RELATIVE] = {.name = "relative",
                         .kind = OPTION_SWITCH,
                         .help = "the tolerance is Q times the largest |g| on the box"},
    [DECIDE_JUNIT] = JUNIT_OPTION_ROW};

static const usage decide_usage = {
    .program = "supcert decide",
    .operands = "F G --tol Q",
    .least = 2,
    .most = 2,
    .purpose = "Decides whether |f - g| <= Q on a box, for the networks in the files F and G, and proves the "
               "answer.",
    .notes = PAIR_NOTES FORMULA_NOTES
    "\nThe search ends as soon as the question is answered. The certificate of \"within\" proves an upper "
    "bound of "
    "at most Q,\nthat of \"missed\" has a point where |f - g| is larger, and the value there.\n"
    "With --relative it has bounds of the largest |g|, too, and both are over the same outputs: all, or that "
    "of "
    "--output.\n"
    "\nexit status: 0 within; 1 missed; 3 undecided, because a limit or a signal ended the "
    "search; 2 bad usage or input\n",
    .option = decide_options,
    .options = DECIDE_OPTIONS};

typedef struct answer {
    const char *word;
    int status;
} answer;

static answer relative_answer(relative_verdict verdict)
{
    static const int status[] = {[RELATIVE_WITHIN] = STATUS_GOOD,
                                 [RELATIVE_MISSED] = STATUS_REFUTED,
                                 [RELATIVE_UNDECIDED] = STATUS_UNDECIDED};
    return (answer){relative_verdict_word(verdict), status[verdict]};
}

static answer answer_of(const search_job *job, const mpq_t tolerance)
{
    if (job->goal.relative)
        return relative_answer(job->compared.verdict);
    if (mpq_cmp(job->result.lower, tolerance) > 0)
        return (answer){"missed", STATUS_REFUTED};
    if (!job->result.unbounded && mpq_cmp(job->result.upper, tolerance) <= 0)
        return (answer){"within", STATUS_GOOD};
    return (answer){"undecided", STATUS_UNDECIDED};
}

static json_t *decide_json(const search_job *job, answer found, const mpq_t tolerance)
{
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("decide"));
    json_object_set_new(object, "verdict", json_string(found.word));
    json_object_set_new(object, "tolerance", json_of_rational(tolerance));
    json_object_set_new(object, "relative", search_job_relative_json(job));
    search_job_json(object, job);
    return object;
}

/* --- reports
 * ---------------------------------------------------------------------------------------------------- */

/* What a report says about the test case; both owned. */
typedef struct case_text {
    char *message, *output;
} case_text;

/* What is printed about the job; the caller frees it. */
static char *job_text(const search_job *job, const char *verdict)
{
    mem_text text;
    search_job_print(mem_text_begin(&text), job, verdict);
    return mem_text_end(&text);
}

/* The test case is named as the networks, and the output if only one is looked at; the caller frees it. */
static char *case_name(const arguments *a)
{
    const char *output = arguments_text(a, PAIR_OUTPUT);
    return mem_printf("%s, %s%s%s", a->operand[0], a->operand[1], output == NULL ? "" : ", output ",
                      output == NULL ? "" : output);
}

/* Prints the answer, and keeps for a report what it says. */
static void tell(const search_job *job, answer found, const mpq_t tolerance, case_text *report)
{
    json_t *object = decide_json(job, found, tolerance);
    if (report != NULL) {
        report->message = answer_message(object);
        report->output = job_text(job, found.word);
    }
    if (arguments_given(job->a, JOB_JSON))
        json_print(json_incref(object));
    else if (!arguments_given(job->a, JOB_QUIET))
        search_job_print(stdout, job, found.word);
    json_decref(object);
}

static int decide(const arguments *a, case_text *report, error *e)
{
    search_job job;
    mpq_srcptr tolerance = a->value[DECIDE_TOLERANCE].number;
    if (!arguments_given(a, DECIDE_TOLERANCE)) {
        error_set(e, NULL, 0, "no tolerance is given (add --tol Q)");
        return STATUS_BAD;
    }
    search_goal goal = {.tolerance = tolerance, .relative = arguments_given(a, DECIDE_RELATIVE)};
    if (!search_job_run(&job, "decide", a, goal, e))
        return STATUS_BAD;
    answer found = answer_of(&job, tolerance);
    tell(&job, found, tolerance, report);
    int status = search_job_status(&job, found.status, e);
    search_job_clear(&job);
    return status;
}

/* Decides, and writes the report of one case, whatever becomes of it. */
static int decide_with_report(const arguments *a, const char *path, error *e)
{
    static const file_option files[] = {SEARCH_FILE_OPTIONS, {DECIDE_JUNIT, FILE_WRITTEN}};
    if (!output_files_apart(a, files, sizeof files / sizeof *files, e) || !junit_report_ready(path, e))
        return STATUS_BAD;
    case_text text = {.message = NULL};
    double start = junit_clock();
    int status = decide(a, &text, e);
    char *name = case_name(a);
    junit_case c = {
        .name = name, .seconds = junit_clock() - start, .message = text.message, .output = text.output};
    status = junit_report_write(path, a, status, &c, e);
    free(name);
    free(text.message);
    free(text.output);
    return status;
}

static int decide_run(const arguments *a, error *e)
{
    const char *path = arguments_text(a, DECIDE_JUNIT);
    return path == NULL ? decide(a, NULL, e) : decide_with_report(a, path, e);
}

const command command_decide = {.name = "decide", .usage = &decide_usage, .run = decide_run};
