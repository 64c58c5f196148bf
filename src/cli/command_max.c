/* supcert max: the largest |f - g| on a box, with its certificate. */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/search_job.h"

enum { MAX_GAP = JOB_OPTIONS, MAX_RELATIVE_GAP, MAX_OPTIONS };

static const option max_options[MAX_OPTIONS] = {
    PAIR_OPTION_ROWS("0,1"), SEARCH_OPTION_ROWS,
    [MAX_GAP] = {.name = "gap",
                 .kind = OPTION_NUMBER,
                 .value = "Q",
                 .least = "0",
                 .fallback = "0, the exact maximum",
                 .help = "be content with bounds that differ by Q"},
    [MAX_RELATIVE_GAP] = {.name = "relative-gap",
                          .kind = OPTION_NUMBER,
                          .value = "Q",
                          .least = "0",
                          .fallback = "0; for formulas 0.001 unless --gap is given",
                          .help = "be content with bounds that differ by Q times the lower one"}};

static const usage max_usage = {
    .program = "supcert max",
    .operands = "F G",
    .least = 2,
    .most = 2,
    .purpose =
        "Finds the exact maximum of |f - g| on a box, for the networks in the files F and G, and proves it.",
    .notes = PAIR_NOTES FORMULA_NOTES
    "\nCtrl-C ends the search early with the bounds reached so far, and their "
    "certificate is written all the same.\n"
    "\nexit status: 0 exact, or within --gap; 3 bounds only, because a limit or a signal "
    "ended the search; 2 bad usage or input\n",
    .option = max_options,
    .options = MAX_OPTIONS};

static void print_json(const search_job *job)
{
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("max"));
    json_object_set_new(object, "verdict", json_string(search_job_is_exact(job) ? "exact" : "bracket"));
    search_job_json(object, job);
    json_print(object);
}

static const char *verdict(const search_job *job, bool reached)
{
    if (search_job_is_exact(job))
        return "exact";
    return reached ? "bracket, as narrow as asked for" : "bracket, not narrower within the limits";
}

static mpq_srcptr number_given(const arguments *a, size_t which)
{
    return arguments_given(a, which) ? a->value[which].number : NULL;
}

static int max_run(const arguments *a, error *e)
{
    search_job job;
    search_goal goal = {.gap = number_given(a, MAX_GAP), .relative_gap = number_given(a, MAX_RELATIVE_GAP)};
    if (!search_job_run(&job, "max", a, goal, e))
        return STATUS_BAD;
    bool reached = job.result.reached;
    if (arguments_given(a, JOB_JSON))
        print_json(&job);
    else if (!arguments_given(a, JOB_QUIET))
        search_job_print(stdout, &job, verdict(&job, reached));
    int status = search_job_status(&job, reached ? STATUS_GOOD : STATUS_UNDECIDED, e);
    search_job_clear(&job);
    return status;
}

const command command_max = {.name = "max", .usage = &max_usage, .run = max_run};
