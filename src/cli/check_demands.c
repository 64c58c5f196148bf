/* What the options ask of a claim: see check_demands.h. */
#include "cli/check_demands.h"

#include <stdlib.h>

#include "cli/check_relative.h"
#include "cli/report.h"

static bool boxes_equal(const box *b, const claim *c)
{
    for (size_t i = 0; i < b->inputs; i++)
        if (!mpq_equal(b->lower[i], c->box_lower[i]) || !mpq_equal(b->upper[i], c->box_upper[i]))
            return false;
    return true;
}

/* Whether the claim's upper bound is about every output that the demands are about. */
static bool covers_outputs(const model_pair *p, const claim *c)
{
    if (c->all_outputs || network_outputs(&p->f.net) == 1)
        return true;
    return !p->all_outputs && p->output == c->output;
}

/* Whether the claim's lower bound is attained at an output that the demands are about. */
static bool attains_output(const model_pair *p, const claim *c)
{
    return p->all_outputs || p->output == c->output;
}

static bool check_bound(const check_outcome *o, const arguments *a, size_t which, error *e)
{
    if (!arguments_given(a, which))
        return true;
    bool most = which == CHECK_AT_MOST;
    const char *demand = most ? "--at-most" : "--at-least";
    if (most ? !covers_outputs(&o->pair, &o->claim) : !attains_output(&o->pair, &o->claim))
        return error_set(
            e, a->operand[0], 0,
            "is verified, but does not imply what %s asks: its bound is about output %zu (see --output)",
            demand, o->claim.output);
    if (most && o->claim.unbounded)
        return error_set(e, a->operand[0], 0,
                         "is verified, but does not imply what --at-most asks: it bounds nothing from above");
    mpq_srcptr bound = most ? o->claim.upper : o->claim.lower;
    int order = mpq_cmp(bound, a->value[which].number);
    if (most ? order <= 0 : order >= 0)
        return true;
    char *text = report_number(bound);
    error_set(e, a->operand[0], 0, "is verified, but does not imply what %s %s asks: |f-g| is %s %s", demand,
              arguments_text(a, which), most ? "proven to be at most" : "shown to reach", text);
    free(text);
    return false;
}

bool check_demands(const check_outcome *o, const arguments *a, error *e)
{
    const model_pair *p = &o->pair;
    if (p->box_given && !boxes_equal(&p->box, &o->claim)) {
        char *text = report_box(o->claim.inputs, o->claim.box_lower, o->claim.box_upper);
        error_set(e, a->operand[0], 0, "is verified, but is about another box than you ask for: %s", text);
        free(text);
        return false;
    }
    if (!p->all_outputs && !o->claim.all_outputs && p->output != o->claim.output)
        return error_set(e, a->operand[0], 0, "is verified, but is about output %zu, not %zu",
                         o->claim.output, p->output);
    if (arguments_given(a, CHECK_RELATIVE))
        return check_relative_demands(o, a, e);
    return check_bound(o, a, CHECK_AT_MOST, e) && check_bound(o, a, CHECK_AT_LEAST, e);
}
