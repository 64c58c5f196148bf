/* supcert decide: is |f - g| at most a tolerance on the whole box? */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/search_job.h"

enum { DECIDE_TOLERANCE = JOB_OPTIONS, DECIDE_OPTIONS };

static const option decide_options[DECIDE_OPTIONS] = {
    PAIR_OPTION_ROWS("0,1"), SEARCH_OPTION_ROWS,
    [DECIDE_TOLERANCE] = {.name = "tol",
                          .kind = OPTION_NUMBER,
                          .value = "Q",
                          .least = "0",
                          .help = "the tolerance; equality is within it"}};

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
    "\nexit status: 0 within; 1 missed; 3 undecided, because a limit or a signal ended the "
    "search; 2 bad usage or input\n",
    .option = decide_options,
    .options = DECIDE_OPTIONS};

typedef struct answer {
    const char *word;
    int status;
} answer;

static answer answer_of(const search_job *job, const mpq_t tolerance)
{
    if (mpq_cmp(job->result.lower, tolerance) > 0)
        return (answer){"missed", STATUS_REFUTED};
    if (!job->result.unbounded && mpq_cmp(job->result.upper, tolerance) <= 0)
        return (answer){"within", STATUS_GOOD};
    return (answer){"undecided", STATUS_UNDECIDED};
}

static void print_json(const search_job *job, answer found, const mpq_t tolerance)
{
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("decide"));
    json_object_set_new(object, "verdict", json_string(found.word));
    json_object_set_new(object, "tolerance", json_of_rational(tolerance));
    search_job_json(object, job);
    json_print(object);
}

static int decide_run(const arguments *a, error *e)
{
    search_job job;
    mpq_srcptr tolerance = a->value[DECIDE_TOLERANCE].number;
    if (!arguments_given(a, DECIDE_TOLERANCE)) {
        error_set(e, NULL, 0, "no tolerance is given (add --tol Q)");
        return STATUS_BAD;
    }
    if (!search_job_run(&job, "decide", a, (search_goal){.tolerance = tolerance}, e))
        return STATUS_BAD;
    answer found = answer_of(&job, tolerance);
    if (arguments_given(a, JOB_JSON))
        print_json(&job, found, tolerance);
    else if (!arguments_given(a, JOB_QUIET))
        search_job_print(&job, found.word);
    search_job_clear(&job);
    return found.status;
}

const command command_decide = {.name = "decide", .usage = &decide_usage, .run = decide_run};
