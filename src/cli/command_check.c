/* supcert check: the certificate checker, with JSON. */
#include <stdint.h>

#include "cli/check_report.h"
#include "cli/command.h"
#include "cli/fooling_json.h"
#include "cli/json.h"
#include "cli/relative_json.h"
#include "cli/specification_json.h"

static const usage check_usage = {.program = "supcert check",
                                  .operands = check_operands,
                                  .least = 2,
                                  .most = SIZE_MAX,
                                  .purpose = check_purpose,
                                  .notes = check_notes,
                                  .option = check_options,
                                  .options = CHECK_ALL_OPTIONS};

static void add_claim(json_t *object, const claim *c)
{
    json_object_set_new(object, "lower", json_of_rational(c->lower));
    json_object_set_new(object, "upper", c->unbounded ? json_null() : json_of_rational(c->upper));
    json_object_set_new(object, "decimal", json_of_decimal(c->lower));
    json_object_set_new(object, "upper_decimal", c->unbounded ? json_null() : json_of_decimal(c->upper));
    json_object_set_new(object, "all_outputs", json_boolean(c->all_outputs));
    json_object_set_new(object, "output", json_of_size(c->output));
    json_object_set_new(object, "point", json_of_rationals(c->inputs, c->point));
    json_object_set_new(object, "box", json_of_box(c->inputs, c->box_lower, c->box_upper));
    json_object_set_new(object, "nodes", json_of_size(c->nodes));
    json_object_set_new(object, "leaves", json_of_size(c->leaves));
}

/* Of the answer to a specification. */
static void add_answer(json_t *object, const check_outcome *o)
{
    json_object_set_new(object, "kind", json_string("answer"));
    json_object_set_new(object, "answer", json_string(o->answer.sat ? "sat" : "unsat"));
    json_object_set_new(object, "parts", json_of_size(o->spec.problem.parts));
    json_object_set_new(object, "nodes", json_of_size(o->answer.nodes));
    json_object_set_new(object, "leaves", json_of_size(o->answer.leaves));
}

static void add_maximum(json_t *object, const check_outcome *o)
{
    const relative_claim *r = &o->compared;
    const claim *g = &r->reference;
    relative_bounds bounds = relative_bounds_of(r);
    add_claim(object, &o->claim);
    json_object_set_new(object, "kind", json_string(o->relative ? "relative" : "maximum"));
    json_object_set_new(object, "relative",
                        o->relative
                            ? relative_json(&bounds, r->verdict, r->tolerance, g->output, g->inputs, g->point)
                            : json_null());
}

static void print_json(const check_outcome *o, const arguments *a, const error *e)
{
    json_t *object = json_object();
    const char *verdict = o->not_implied ? "not implied"
                          : !o->verified ? "rejected"
                          : o->in_parts  ? "verified shard"
                                         : "verified";
    json_object_set_new(object, "command", json_string("check"));
    json_object_set_new(object, "verdict", json_string(verdict));
    json_object_set_new(object, "reason", json_of_text(e->message));
    json_object_set_new(object, "line", e->line > 0 ? json_integer(e->line) : json_null());
    if (o->verified && o->is_query)
        add_answer(object, o);
    else if (o->verified && o->fooling)
        fooling_add_json(object, &o->fooled, o->model.path != NULL);
    else if (o->verified)
        add_maximum(object, o);
    json_object_set_new(object, "shards",
                        o->in_parts || o->combined ? json_of_size(o->part.shards) : json_null());
    json_object_set_new(object, "shard", o->in_parts ? json_of_size(o->part.shard) : json_null());
    json_object_set_new(object, "certificate", json_of_text(a->operand[0]));
    if (o->is_query) {
        specification_add_json(object, &o->spec);
    } else {
        json_object_set_new(object, "specification", json_null());
        json_object_set_new(object, "networks", json_of_pair(&o->pair));
    }
    json_print(object);
}

static void print(const check_outcome *o, const arguments *a, const error *e)
{
    if (arguments_given(a, CHECK_JSON))
        print_json(o, a, e);
    else
        check_report_words(o, a, e);
}

static int check_run(const arguments *a, error *e)
{
    return check_report_run(a, print, e);
}

const command command_check = {.name = "check", .usage = &check_usage, .run = check_run};
