/* Reading what `supcert fool` is asked: see fool_job.h. */
#include "cli/fool_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/class_option.h"
#include "cli/pair.h"
#include "cli/stop.h"
#include "cli/table.h"
#include "number/rational.h"
#include "number/vector.h"

const option fool_options[FOOL_OPTIONS] = {
    [FOOL_SAMPLES] = {.name = "samples",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "the samples, CSV: x_1,...,x_d or x_1,...,x_d,y in each line"},
    [FOOL_BOX] = {.name = "box",
                  .kind = OPTION_TEXT,
                  .value = "L,U",
                  .fallback = "0,1",
                  .help = "every input lies between the numbers L and U"},
    [FOOL_BOX_FILE] = {.name = "box-file",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "a line 'lower upper' for each input, # starts a comment"},
    [FOOL_INPUTS] = {.name = "inputs",
                     .kind = OPTION_WHOLE,
                     .value = "D",
                     .least = "1",
                     .fallback = "the target's; else all columns of FILE but a last one called y",
                     .help = "how many inputs a sample has"},
    [FOOL_TARGET] = {.name = "target",
                     .kind = OPTION_TEXT,
                     .value = "G",
                     .fallback = "none: twins",
                     .help = "build a second target that equals the network G on all samples"},
    [FOOL_MODEL] = {.name = "model",
                    .kind = OPTION_TEXT,
                    .value = "F",
                    .help = "choose the second target such that the network F misses it by more"},
    [FOOL_OUTPUT] = {.name = "output",
                     .kind = OPTION_WHOLE,
                     .value = "J",
                     .least = "0",
                     .fallback = "0",
                     .help = "change output J of the target; the first one is output 0"},
    [FOOL_CLASS] =
        {.name = "class",
         .kind = OPTION_TEXT,
         .value = "Q,C,B,L",
         .help = "both networks lie in H(q,c; d,B,L); the bump is as high as that allows; Q may be inf"},
    [FOOL_HEIGHT] = {.name = "height",
                     .kind = OPTION_NUMBER,
                     .value = "H",
                     .help = "the bump has height H, in no class"},
    [FOOL_LIPSCHITZ] =
        {.name = "lipschitz",
         .kind = OPTION_NUMBER,
         .value = "Q",
         .help = "the bump has slope Q: it changes by at most Q times the l1 distance of two points"},
    [FOOL_RADIUS] = {.name = "radius",
                     .kind = OPTION_NUMBER,
                     .value = "R",
                     .fallback = "up to the nearest sample",
                     .help = "make the bump narrower: of l1 radius R at most"},
    [FOOL_NOISE] = {.name = "noise",
                    .kind = OPTION_NUMBER,
                    .value = "Q",
                    .least = "0",
                    .fallback = "0",
                    .help = "samples are known up to plus or minus Q only"},
    [FOOL_AT] = {.name = "at",
                 .kind = OPTION_TEXT,
                 .value = "X,Y,...",
                 .fallback = "the largest hole that is found",
                 .help = "put the bump here"},
    [FOOL_TIME] = {.name = "time",
                   .kind = OPTION_NUMBER,
                   .value = "S",
                   .least = "1e-9",
                   .most = "1e9",
                   .fallback = NO_LIMIT,
                   .help = "stop the search for the largest hole after S seconds"},
    [FOOL_THREADS] = {.name = "threads",
                      .kind = OPTION_WHOLE,
                      .value = "N",
                      .least = "0",
                      .most = "1024",
                      .fallback = "0, all cores",
                      .help = "threads of this search"},
    [FOOL_DIRECTORY] = {.name = "out",
                        .letter = 'o',
                        .kind = OPTION_TEXT,
                        .value = "DIR",
                        .fallback = "nothing is written",
                        .help = "write the networks and fooling.cert into the folder DIR"},
    [FOOL_ONNX] = {.name = "onnx",
                   .kind = OPTION_SWITCH,
                   .help = "write the networks as ONNX, too; numbers are chosen such that they are doubles"},
    [FOOL_NNET] = NNET_OPTION_ROW,
    [FOOL_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

/* --- the wish ---------------------------------------------------------------------------------------------
 */

static bool read_wish(fool_job *job, error *e)
{
    const arguments *a = job->a;
    fool_question *q = &job->question;
    size_t wishes = 0;
    for (size_t k = FOOL_CLASS; k <= FOOL_LIPSCHITZ; k++)
        if (arguments_given(a, k)) {
            q->wish = (design_wish)(k - FOOL_CLASS); /* in the same order */
            q->amount = a->value[k].number;
            wishes++;
        }
    if (wishes != 1)
        return error_set(e, NULL, 0,
                         "%s of --class, --height and --lipschitz is given (say how high the bump is by one)",
                         wishes == 0 ? "none" : "more than one");
    if (arguments_given(a, FOOL_RADIUS))
        q->radius = a->value[FOOL_RADIUS].number;
    if (q->radius != NULL && mpq_sgn(q->radius) <= 0)
        return error_set(e, NULL, 0, "--radius: write a positive number");
    if (q->wish == DESIGN_CLASS) {
        q->class = &job->class;
        return class_read(&job->class, arguments_text(a, FOOL_CLASS), 3, e);
    }
    return mpq_sgn(q->amount) > 0 ||
           error_set(e, NULL, 0, "--%s: write a positive number", fool_options[FOOL_CLASS + q->wish].name);
}

/* --- networks ---------------------------------------------------------------------------------------------
 */

static bool check_shapes(const fool_job *job, error *e)
{
    const network *f = &job->model.net, *g = &job->target.net;
    size_t outputs = network_outputs(g);
    if (job->model.path != NULL && (f->inputs != g->inputs || network_outputs(f) != outputs))
        return error_set(
            e, job->model.path, 0,
            "has %zu inputs and %zu outputs, but %s has %zu and %zu (compare networks of one shape)",
            f->inputs, network_outputs(f), job->target.path, g->inputs, outputs);
    if (job->question.output >= outputs)
        return error_set(e, NULL, 0, "--output: %zu is out of range (the target has outputs 0 to %zu)",
                         job->question.output, outputs - 1);
    if (arguments_given(job->a, FOOL_INPUTS) && job->a->value[FOOL_INPUTS].whole != g->inputs)
        return error_set(e, NULL, 0, "--inputs: the target has %zu inputs (leave the option out)", g->inputs);
    return true;
}

static bool read_networks(fool_job *job, error *e)
{
    const arguments *a = job->a;
    fool_question *q = &job->question;
    const char *target = arguments_text(a, FOOL_TARGET), *model = arguments_text(a, FOOL_MODEL);
    import_options options = {.nnet_normalise = arguments_given(a, FOOL_NNET)};
    if (target == NULL && (model != NULL || arguments_given(a, FOOL_OUTPUT)))
        return error_set(e, NULL, 0, "--%s has no meaning without --target (twins are built from nothing)",
                         model != NULL ? "model" : "output");
    if (target == NULL)
        return true;
    if (!pair_read_network(&job->target, target, &options, e) ||
        (model != NULL && !pair_read_network(&job->model, model, &options, e)))
        return false;
    q->target = &job->target.net;
    q->target_name = job->target.path;
    q->target_digest = job->target.digest;
    q->model = model == NULL ? NULL : &job->model.net;
    q->model_digest = job->model.digest;
    q->output = a->value[FOOL_OUTPUT].whole;
    return check_shapes(job, e);
}

/* --- samples, box, centre ---------------------------------------------------------------------------------
 */

static bool read_samples(fool_job *job, error *e)
{
    const arguments *a = job->a;
    const char *path = arguments_text(a, FOOL_SAMPLES);
    size_t inputs = job->question.target != NULL ? job->target.net.inputs : a->value[FOOL_INPUTS].whole;
    if (path == NULL)
        return error_set(e, NULL, 0, "no samples are given (write --samples FILE)");
    if (!sample_set_read(&job->samples, path, inputs, e) ||
        !box_read(&job->box, job->samples.inputs, arguments_text(a, FOOL_BOX),
                  arguments_text(a, FOOL_BOX_FILE), e))
        return false;
    job->question.samples = &job->samples;
    job->question.box_lower = job->box.lower;
    job->question.box_upper = job->box.upper;
    return sample_set_check_box(&job->samples, job->box.lower, job->box.upper, e);
}

static bool read_centre(fool_job *job, error *e)
{
    const char *text = arguments_text(job->a, FOOL_AT);
    error inner = ERROR_NONE;
    size_t inputs = job->samples.inputs;
    if (text == NULL)
        return true;
    job->question.at = job->at = vector_new(inputs);
    char *advice = mem_printf("write %zu number%s, one for each input", inputs, inputs == 1 ? "" : "s");
    bool good = table_read_values(job->at, inputs, text, text + strlen(text), NULL, 0, advice, &inner);
    if (!good)
        error_set(e, NULL, 0, "--at: %s", inner.message);
    free(advice);
    error_clear(&inner);
    for (size_t i = 0; i < inputs && good; i++)
        if (mpq_cmp(job->at[i], job->box.lower[i]) < 0 || mpq_cmp(job->at[i], job->box.upper[i]) > 0)
            good = error_set(e, NULL, 0, "--at: input %zu is outside the box (choose a point of the box)", i);
    return good;
}

bool fool_job_read(fool_job *job, const arguments *a, error *e)
{
    *job = (fool_job){.a = a};
    class_init(&job->class);
    fool_question *q = &job->question;
    q->noise = a->value[FOOL_NOISE].number;
    q->numbers = arguments_given(a, FOOL_ONNX) ? BUMP_BINARY : BUMP_SHORT;
    q->limits = (hole_limits){.seconds = mpq_get_d(a->value[FOOL_TIME].number),
                              .stop = stop_flag(),
                              .threads = (unsigned)a->value[FOOL_THREADS].whole};
    if (read_wish(job, e) && read_networks(job, e) && read_samples(job, e) && read_centre(job, e))
        return true;
    fool_job_clear(job);
    return false;
}

void fool_job_clear(fool_job *job)
{
    vector_free(job->at, job->samples.inputs);
    import_model_clear(&job->target);
    import_model_clear(&job->model);
    sample_set_clear(&job->samples);
    box_clear(&job->box);
    class_clear(&job->class);
}
