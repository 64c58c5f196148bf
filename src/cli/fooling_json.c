/* Fooling claims in JSON: see fooling_json.h. */
#include "cli/fooling_json.h"

#include "cli/json.h"

static json_t *class_json(const net_class *h)
{
    json_t *object = json_object();
    json_object_set_new(object, "q", h->largest ? json_string("inf") : json_of_rational(h->q));
    json_object_set_new(object, "c", json_of_rational(h->c));
    json_object_set_new(object, "width", json_of_size(h->width));
    json_object_set_new(object, "layers", json_of_size(h->layers));
    return object;
}

static json_t *samples_json(const fooling_claim *c)
{
    json_t *object = json_object();
    json_object_set_new(object, "count", json_of_size(c->samples));
    json_object_set_new(object, "sha256", json_string(c->samples_digest));
    return object;
}

void fooling_add_json(json_t *object, const fooling_claim *c, bool with_model)
{
    bool miss = with_model && c->has_model;
    json_object_set_new(object, "kind", json_string("fooling"));
    json_object_set_new(object, "difference", json_of_rational(c->difference));
    json_object_set_new(object, "decimal", json_of_decimal(c->difference));
    json_object_set_new(object, "output", json_of_size(c->output));
    json_object_set_new(object, "point", json_of_rationals(c->inputs, c->point));
    json_object_set_new(object, "box", json_of_box(c->inputs, c->box_lower, c->box_upper));
    json_object_set_new(object, "noise", json_of_rational(c->noise));
    json_object_set_new(object, "samples", samples_json(c));
    json_object_set_new(object, "class", c->has_class ? class_json(&c->class) : json_null());
    json_object_set_new(object, "miss", miss ? json_of_rational(c->miss) : json_null());
}
