/* What the options ask of a claim: see check_demands.h. */
#include "cli/check_demands.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/check_relative.h"
#include "cli/report.h"

static mpq_srcptr given_number(const arguments *a, size_t which)
{
    return arguments_given(a, which) ? a->value[which].number : NULL;
}

demand check_demand(const check_outcome *o, const arguments *a)
{
    const model_pair *p = &o->pair;
    return (demand){.box_lower = p->box_given ? p->box.lower : NULL,
                    .box_upper = p->box_given ? p->box.upper : NULL,
                    .all_outputs = p->all_outputs,
                    .output = p->output,
                    .outputs = network_outputs(&p->f.net),
                    .most = given_number(a, CHECK_AT_MOST),
                    .least = given_number(a, CHECK_AT_LEAST)};
}

/* What a claim lacks where no bound is demanded. */
static bool say_scope(const check_outcome *o, demand_gap gap, const char *name, error *e)
{
    const claim *c = &o->claim;
    if (gap == DEMAND_OUTPUT && c->all_outputs)
        return error_set(e, name, 0,
                         "is about all outputs, not output %zu alone (say with --at-most or --at-least what "
                         "it must imply)",
                         o->pair.output);
    if (gap == DEMAND_OUTPUT)
        return error_set(e, name, 0, "is about output %zu, not %zu", c->output, o->pair.output);
    char *text = report_box(c->inputs, c->box_lower, c->box_upper);
    error_set(e, name, 0, "is about another box than you ask for: %s", text);
    free(text);
    return false;
}

/* What the bound lacks, as a part of a sentence; the caller frees it. */
static char *bound_words(const claim *c, demand_verdict v)
{
    bool most = v.part == DEMAND_MOST;
    if (v.gap == DEMAND_OUTPUT)
        return mem_printf("its bound is about output %zu (see --output)", c->output);
    if (v.gap == DEMAND_BOUND && most && c->unbounded)
        return mem_copy_string("it bounds nothing from above");
    char *what = v.gap == DEMAND_BOX ? report_box(c->inputs, c->box_lower, c->box_upper)
                                     : report_number(most ? c->upper : c->lower);
    char *words = mem_printf(v.gap != DEMAND_BOX
                                 ? most ? "it says that |f-g| is at most %s" : "it says that |f-g| reaches %s"
                             : most ? "its bound is about another box: %s"
                                    : "its point is outside of your box, in %s",
                             what);
    free(what);
    return words;
}

static bool say_bound(const check_outcome *o, const arguments *a, demand_verdict v, error *e)
{
    size_t which = v.part == DEMAND_MOST ? CHECK_AT_MOST : CHECK_AT_LEAST;
    char *words = arguments_given(a, CHECK_RELATIVE) ? check_relative_words(o, v) : bound_words(&o->claim, v);
    error_set(e, a->operand[0], 0, "does not imply what --%s %s%s asks: %s", check_options[which].name,
              arguments_text(a, which), arguments_given(a, CHECK_RELATIVE) ? " --relative" : "", words);
    free(words);
    return false;
}

bool check_demands(const check_outcome *o, const arguments *a, error *e)
{
    demand asked = check_demand(o, a);
    demand_verdict v = arguments_given(a, CHECK_RELATIVE)
                           ? demand_judge_ratio(&asked, &o->compared.difference, &o->compared.reference)
                           : demand_judge(&asked, &o->claim);
    if (v.gap == DEMAND_NO_GAP)
        return true;
    return v.part == DEMAND_SCOPE ? say_scope(o, v.gap, a->operand[0], e) : say_bound(o, a, v, e);
}
