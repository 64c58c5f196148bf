/* Specifications in JSON: see specification_json.h. */
#include "cli/specification_json.h"

#include "cli/json.h"

void specification_add_json(json_t *object, const specification *s)
{
    json_t *list = json_array(), *spec = json_object();
    for (size_t k = 0; k < s->q.networks; k++) {
        json_t *model = json_of_model(specification_model(s, k));
        json_object_set_new(model, "name", json_of_text(s->q.network[k].name));
        json_array_append_new(list, model);
    }
    json_object_set_new(spec, "file", json_of_text(s->path));
    json_object_set_new(spec, "sha256", json_string(s->digest));
    json_object_set_new(object, "specification", spec);
    json_object_set_new(object, "networks", list);
}
