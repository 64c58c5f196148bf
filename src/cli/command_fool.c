/* supcert fool: a second target that fits all samples and is far away. */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/fool_job.h"
#include "cli/fool_json.h"
#include "cli/fool_output.h"
#include "cli/fooling_report.h"
#include "cli/report.h"
#include "fool/volume.h"

static const usage fool_usage = {
    .program = "supcert fool",
    .operands = "",
    .least = 0,
    .most = 0,
    .purpose = "Builds two networks that agree on all samples and are far apart, and proves it.",
    .notes =
        "Give --samples, one of --class, --height and --lipschitz, and for a second target --target.\n"
        "A bump is put where samples are farthest away, in the l1 norm. Twins are + bump and - bump, "
        "DIR/u_plus.net\n"
        "and DIR/u_minus.net; the second target is G + bump or G - bump, DIR/target.net. DIR/fooling.cert "
        "is\n"
        "the certificate:\n"
        "  supcert-check DIR/fooling.cert DIR/u_plus.net DIR/u_minus.net --samples FILE\n"
        "  supcert-check DIR/fooling.cert DIR/target.net G --samples FILE [--model F]\n"
        "H(q,c; d,B,L): L affine layers, hidden layers of at most B neurons, one output; every matrix and "
        "bias has\n"
        "entrywise l^q norm at most c. With --target, G must be such a network, and DIR/target.net is one.\n"
        "With --noise Q, both networks are within Q of some common value at every sample.\n"
        "\nexit status: 0 done; 2 bad usage or input, or no room for a bump\n",
    .option = fool_options,
    .options = FOOL_OPTIONS};

static void print_bump(const bump *b)
{
    mpq_t slope;
    mpq_init(slope);
    mpq_div(slope, b->height, b->radius);
    char *height = report_number(b->height), *radius = report_number(b->radius), *text = report_number(slope);
    printf("  %-12s height %s\n  %-12s l1 radius %s\n  %-12s slope %s, with respect to the l1 norm\n", "bump",
           height, "", radius, "", text);
    free(height);
    free(radius);
    free(text);
    mpq_clear(slope);
}

static void print_hole(const fool_answer *answer, const fool_question *q)
{
    mpq_t bound;
    mpq_init(bound);
    char *radius = report_number(answer->distance);
    printf("  %-12s the nearest sample is %s away in the l1 norm\n", "hole", radius);
    free(radius);
    if (answer->searched) {
        char *upper = report_number(answer->hole.upper);
        if (answer->hole.proven_largest)
            printf("  %-12s no point of the box is farther from all samples than the best: %s\n", "", upper);
        else
            printf("  %-12s the best point found; none is farther from all samples than %s\n", "", upper);
        free(upper);
    }
    volume_bound(bound, q->samples->count, q->samples->inputs, q->box_lower, q->box_upper);
    char *text = report_number(bound);
    printf("  %-12s by volume, %zu samples always leave one of %s\n", "", q->samples->count, text);
    free(text);
    mpq_clear(bound);
}

static void print_consequence(const fooling_claim *c)
{
    mpq_t half;
    mpq_init(half);
    mpq_div_2exp(half, c->difference, 1);
    char *text = report_number(half);
    printf("  %-12s whoever knows the samples alone errs by at least %s there about one of the two\n", "so",
           text);
    free(text);
    mpq_clear(half);
}

static void print_files(const fool_job *job, const fool_answer *answer, const char *folder)
{
    if (folder == NULL) {
        bool asked = arguments_given(job->a, FOOL_DIRECTORY);
        printf("  %-12s none%s\n", "files",
               asked ? ": not all could be written" : " (write them with -o DIR)");
        return;
    }
    bool onnx = arguments_given(job->a, FOOL_ONNX);
    for (int which = 0; which <= answer->twins; which++)
        printf("  %-12s %s/%s.net%s\n", which == 0 ? "networks" : "", folder, fool_output_name(answer, which),
               onnx ? " and .onnx" : "");
    printf("  %-12s %s/fooling.cert\n", "certificate", folder);
}

static void print_words(const fool_job *job, const fool_answer *answer, const char *folder)
{
    const fooling_claim *c = &answer->claim;
    size_t outputs = network_outputs(&answer->u.net);
    fooling_report(stdout, answer->twins ? "twins" : "second target", c, outputs, c->has_model, "");
    if (!answer->twins)
        printf("  %-12s %s %s bump\n", "the second", job->target.path, answer->sign > 0 ? "+" : "-");
    print_bump(&answer->bump);
    print_hole(answer, &job->question);
    print_consequence(c);
    print_files(job, answer, folder);
}

/* Writes the files and prints the answer, whatever becomes of the files. */
static bool tell(const fool_job *job, const fool_answer *answer, error *e)
{
    const char *folder = arguments_text(job->a, FOOL_DIRECTORY);
    error unwritten = ERROR_NONE;
    bool good = folder == NULL || fool_output_write(job, answer, folder, &unwritten);
    if (arguments_given(job->a, FOOL_JSON))
        fool_json_print(job, answer, good ? folder : NULL, &unwritten);
    else
        print_words(job, answer, good ? folder : NULL);
    if (!good)
        error_move(e, &unwritten);
    return good;
}

static int fool_run(const arguments *a, error *e)
{
    fool_job job;
    fool_answer answer;
    if (!fool_job_read(&job, a, e))
        return STATUS_BAD;
    bool good = fool_output_ready(&job, e) && fool_find(&answer, &job.question, e);
    if (good) {
        good = tell(&job, &answer, e);
        fool_clear(&answer);
    }
    fool_job_clear(&job);
    return good ? STATUS_GOOD : STATUS_BAD;
}

const command command_fool = {.name = "fool", .usage = &fool_usage, .run = fool_run};
