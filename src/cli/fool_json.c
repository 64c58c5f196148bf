/* Results of `supcert fool` in JSON: see fool_json.h. */
#include "cli/fool_json.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/fool_output.h"
#include "cli/fooling_json.h"
#include "cli/json.h"
#include "fool/volume.h"

static json_t *bump_json(const fool_answer *answer)
{
    const bump *b = &answer->bump;
    json_t *object = json_object();
    mpq_t slope;
    mpq_init(slope);
    mpq_div(slope, b->height, b->radius);
    json_object_set_new(object, "height", json_of_rational(b->height));
    json_object_set_new(object, "radius", json_of_rational(b->radius));
    json_object_set_new(object, "slope", json_of_rational(slope));
    json_object_set_new(object, "sign", json_integer(answer->sign));
    json_object_set_new(object, "copies", json_of_size(b->copies));
    json_object_set_new(object, "width", json_of_size(b->width));
    json_object_set_new(object, "layers", json_of_size(b->layers));
    mpq_clear(slope);
    return object;
}

static json_t *hole_json(const fool_answer *answer, const fool_question *q)
{
    json_t *object = json_object();
    mpq_t bound;
    mpq_init(bound);
    volume_bound(bound, q->samples->count, q->samples->inputs, q->box_lower, q->box_upper);
    json_object_set_new(object, "distance", json_of_rational(answer->distance));
    json_object_set_new(object, "searched", json_boolean(answer->searched));
    json_object_set_new(object, "upper",
                        answer->searched ? json_of_rational(answer->hole.upper) : json_null());
    json_object_set_new(object, "proven_largest",
                        json_boolean(answer->searched && answer->hole.proven_largest));
    json_object_set_new(object, "volume_bound", json_of_rational(bound));
    mpq_clear(bound);
    return object;
}

static void add_file(json_t *list, const char *folder, const char *name, const char *suffix)
{
    char *path = mem_printf("%s/%s.%s", folder, name, suffix);
    json_array_append_new(list, json_of_text(path));
    free(path);
}

static json_t *files_json(const fool_job *job, const fool_answer *answer, const char *folder)
{
    json_t *list = json_array();
    for (int which = 0; which <= answer->twins && folder != NULL; which++) {
        add_file(list, folder, fool_output_name(answer, which), "net");
        if (arguments_given(job->a, FOOL_ONNX))
            add_file(list, folder, fool_output_name(answer, which), "onnx");
    }
    if (folder != NULL)
        add_file(list, folder, "fooling", "cert");
    return list;
}

void fool_json_print(const fool_job *job, const fool_answer *answer, const char *folder,
                     const error *unwritten)
{
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string("fool"));
    json_object_set_new(object, "verdict", json_string("done"));
    json_object_set_new(object, "mode", json_string(answer->twins ? "twins" : "target"));
    fooling_add_json(object, &answer->claim, true);
    json_object_set_new(object, "bump", bump_json(answer));
    json_object_set_new(object, "hole", hole_json(answer, &job->question));
    json_object_set_new(object, "files", files_json(job, answer, folder));
    json_object_set_new(object, "unwritten", json_of_error(unwritten));
    json_print(object);
}
