/* Checking a fooling certificate: see check_fooling.h. */
#include "cli/check_fooling.h"

#include <stdlib.h>

#include "cli/command.h"
#include "cli/fooling_report.h"
#include "cli/report.h"

/* --- demands ----------------------------------------------------------------------------------------------
 */

static bool not_implied(const arguments *a, error *e, const char *what)
{
    return error_set(e, a->operand[0], 0, "is verified, but %s", what);
}

static bool check_box(const check_outcome *o, const arguments *a, error *e)
{
    const fooling_claim *c = &o->fooled;
    bool equal = true;
    for (size_t i = 0; i < c->inputs && o->pair.box_given; i++)
        equal = equal && mpq_equal(o->pair.box.lower[i], c->box_lower[i]) &&
                mpq_equal(o->pair.box.upper[i], c->box_upper[i]);
    return equal || not_implied(a, e, "is about another box than you ask for");
}

static bool reaches(const mpq_t value, const arguments *a, size_t which, const char *what, error *e)
{
    if (!arguments_given(a, which) || mpq_cmp(value, a->value[which].number) >= 0)
        return true;
    char *text = report_number(value);
    error_set(e, a->operand[0], 0,
              "is verified, but does not imply what --%s %s asks: %s is shown to reach %s",
              check_options[which].name, arguments_text(a, which), what, text);
    free(text);
    return false;
}

static bool check_demands(const check_outcome *o, const arguments *a, error *e)
{
    const fooling_claim *c = &o->fooled;
    if (arguments_given(a, CHECK_AT_MOST))
        return not_implied(
            a, e, "does not imply what --at-most asks: a fooling certificate bounds nothing from above");
    if (arguments_given(a, CHECK_MODEL) && !c->has_model)
        return not_implied(a, e, "says nothing about a model (leave --model out)");
    if (!o->pair.all_outputs && o->pair.output != c->output)
        return error_set(e, a->operand[0], 0, "is verified, but is about output %zu, not %zu", c->output,
                         o->pair.output);
    return check_box(o, a, e) && reaches(c->difference, a, CHECK_AT_LEAST, "|f-g|", e) &&
           reaches(c->miss, a, CHECK_MISS, "|model-f|", e);
}

/* --- the run ----------------------------------------------------------------------------------------------
 */

static bool read_options(check_outcome *o, const arguments *a, error *e)
{
    import_options options = {.nnet_normalise = arguments_given(a, PAIR_NNET)};
    const char *model = arguments_text(a, CHECK_MODEL);
    if (!arguments_given(a, CHECK_SAMPLES))
        return error_set(e, a->operand[0], 0,
                         "is a fooling certificate (name its samples with --samples FILE)");
    if (arguments_given(a, CHECK_MISS) && model == NULL)
        return error_set(e, NULL, 0, "--miss-at-least is about a model (name it with --model NET)");
    return model == NULL || pair_read_network(&o->model, model, &options, e);
}

int check_fooling_run(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    if (!read_options(o, a, e))
        return STATUS_BAD;
    fooling_given given = {.u = &o->pair.f.net,
                           .v = &o->pair.g.net,
                           .model = o->model.path == NULL ? NULL : &o->model.net,
                           .u_digest = o->pair.f.digest,
                           .v_digest = o->pair.g.digest,
                           .model_digest = o->model.digest,
                           .samples = arguments_text(a, CHECK_SAMPLES)};
    check_status status = fooling_check(&o->fooled, in, &given, e);
    o->verified = status == CHECK_VERIFIED;
    if (status == CHECK_BAD_INPUT)
        return STATUS_BAD;
    o->implied = o->verified && check_demands(o, a, e);
    return o->implied ? STATUS_GOOD : STATUS_REFUTED;
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
    fooling_report(out, o->implied ? "verified" : "verified, but not what is asked for", c,
                   network_outputs(&o->pair.f.net), with_model,
                   o->pair.box_given ? "" : " (the certificate's own; demand one with --box)");
    if (o->implied && arguments_given(a, CHECK_AT_LEAST))
        fprintf(out, "  %-12s |f - g| is somewhere at least %s\n", "implies",
                arguments_text(a, CHECK_AT_LEAST));
    if (o->implied && arguments_given(a, CHECK_MISS))
        fprintf(out, "  %-12s |model - f| is somewhere at least %s\n", "implies",
                arguments_text(a, CHECK_MISS));
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
