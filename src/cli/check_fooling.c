/* Checking a fooling certificate: see check_fooling.h. */
#include "cli/check_fooling.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/class_option.h"
#include "cli/command.h"
#include "cli/fooling_report.h"
#include "cli/report.h"
#include "proof/fooling_demand.h"

/* --- demands ----------------------------------------------------------------------------------------------
 */

static mpq_srcptr given_number(const arguments *a, size_t which)
{
    return arguments_given(a, which) ? a->value[which].number : NULL;
}

static fooling_demand demand_of(const check_outcome *o, const arguments *a)
{
    const model_pair *p = &o->pair;
    return (fooling_demand){.box_lower = p->box_given ? p->box.lower : NULL,
                            .box_upper = p->box_given ? p->box.upper : NULL,
                            .any_output = p->all_outputs,
                            .output = p->output,
                            .noise = given_number(a, CHECK_NOISE),
                            .class = arguments_given(a, CHECK_CLASS) ? &o->class : NULL,
                            .difference = given_number(a, CHECK_AT_LEAST),
                            .has_model = arguments_given(a, CHECK_MODEL),
                            .miss = given_number(a, CHECK_MISS)};
}

static char *class_words(const fooling_claim *c)
{
    return c->has_class ? fooling_class_text(&c->class, c->inputs) : NULL;
}

/* What the claim lacks, as the rest of a sentence; the caller frees it. */
static char *gap_words(const check_outcome *o, const arguments *a, fooling_gap gap, const char *number,
                       const char *class)
{
    const fooling_claim *c = &o->fooled;
    switch (gap) {
    case FOOLING_BOX:
        return mem_copy_string("is about another box than you ask for, which is not inside of it");
    case FOOLING_OUTPUT:
        return mem_printf("is about output %zu, not %zu", c->output, o->pair.output);
    case FOOLING_NOISE:
        return mem_printf(
            "does not say what is asked for: on the samples f and g may differ by twice a noise of %s%s",
            number,
            arguments_given(a, CHECK_NOISE) ? ", which is more than --noise allows"
                                            : " (allow it with --noise)");
    case FOOLING_CLASS:
        return mem_printf("does not imply what --class asks: %s%s",
                          class == NULL ? "it names no class" : "its class is ", class == NULL ? "" : class);
    case FOOLING_DIFFERENCE:
        if (!arguments_given(a, CHECK_AT_LEAST))
            return mem_copy_string("does not say what is asked for: f and g are equal at its point");
        return mem_printf("does not imply what --at-least %s asks: |f-g| is %s at its point",
                          arguments_text(a, CHECK_AT_LEAST), number);
    case FOOLING_MODEL:
        return mem_copy_string("says nothing about a model (leave --model out)");
    default:
        return mem_printf("does not imply what --miss-at-least %s asks: |model-f| is %s at its point",
                          arguments_text(a, CHECK_MISS), number);
    }
}

static void say_gap(const check_outcome *o, const arguments *a, fooling_gap gap, error *e)
{
    const fooling_claim *c = &o->fooled;
    char *number = report_number(gap == FOOLING_NOISE  ? c->noise
                                 : gap == FOOLING_MISS ? c->miss
                                                       : c->difference);
    char *class = class_words(c), *words = gap_words(o, a, gap, number, class);
    error_set(e, a->operand[0], 0, "%s", words);
    free(number);
    free(class);
    free(words);
}

/* --- the run ----------------------------------------------------------------------------------------------
 */

static bool read_options(check_outcome *o, const arguments *a, error *e)
{
    import_options options = {.nnet_normalise = arguments_given(a, PAIR_NNET)};
    const char *model = arguments_text(a, CHECK_MODEL), *class = arguments_text(a, CHECK_CLASS);
    if (!arguments_given(a, CHECK_SAMPLES))
        return error_set(e, a->operand[0], 0,
                         "is a fooling certificate (name its samples with --samples FILE)");
    if (arguments_given(a, CHECK_MISS) && model == NULL)
        return error_set(e, NULL, 0, "--miss-at-least is about a model (name it with --model NET)");
    return (class == NULL || class_read(&o->class, class, 1, e)) &&
           (model == NULL || pair_read_network(&o->model, model, &options, e));
}

check_status check_fooling_run(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    if (!read_options(o, a, e))
        return CHECK_BAD_INPUT;
    if (arguments_given(a, CHECK_AT_MOST)) {
        error_set(e, a->operand[0], 0,
                  "does not imply what --at-most asks: a fooling certificate bounds nothing from above");
        return CHECK_NOT_IMPLIED;
    }
    fooling_demand asked = demand_of(o, a);
    fooling_given given = {.u = &o->pair.f.net,
                           .v = &o->pair.g.net,
                           .model = o->model.path == NULL ? NULL : &o->model.net,
                           .u_digest = o->pair.f.digest,
                           .v_digest = o->pair.g.digest,
                           .model_digest = o->model.digest,
                           .samples = arguments_text(a, CHECK_SAMPLES),
                           .demand = &asked};
    check_status status = fooling_check(&o->fooled, in, &given, e);
    if (status == CHECK_NOT_IMPLIED)
        say_gap(o, a, fooling_judge(&asked, &o->fooled), e);
    return status;
}

/* --- words ------------------------------------------------------------------------------------------------
 */

static void print_file(FILE *out, const char *what, const char *path, const char *digest)
{
    fprintf(out, "  %-12s %s, sha256 %.16s...\n", what, path, digest);
}

void check_fooling_print(FILE *out, const check_outcome *o, const arguments *a)
{
    const fooling_claim *c = &o->fooled;
    bool with_model = o->model.path != NULL && c->has_model;
    fooling_report(out, "verified", c, network_outputs(&o->pair.f.net), with_model,
                   o->pair.box_given ? "" : " (the certificate's own; demand one with --box)");
    if (arguments_given(a, CHECK_AT_LEAST))
        fprintf(out, "  %-12s |f - g| is somewhere at least %s\n", "implies",
                arguments_text(a, CHECK_AT_LEAST));
    if (arguments_given(a, CHECK_MISS))
        fprintf(out, "  %-12s |model - f| is somewhere at least %s\n", "implies",
                arguments_text(a, CHECK_MISS));
    if (arguments_given(a, CHECK_CLASS))
        fprintf(out, "  %-12s both lie in the class %s\n", "implies", arguments_text(a, CHECK_CLASS));
    print_file(out, "f", o->pair.f.path, o->pair.f.digest);
    print_file(out, "g", o->pair.g.path, o->pair.g.digest);
    if (with_model)
        print_file(out, "model", o->model.path, o->model.digest);
    print_file(out, "samples", arguments_text(a, CHECK_SAMPLES), c->samples_digest);
    if (c->has_model && !with_model)
        fprintf(out,
                "  %-12s what the certificate says about a model is not checked (name it with --model)\n",
                "note");
}
