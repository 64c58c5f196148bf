/* Two networks to compare: see pair.h. */
#include "cli/pair.h"

static bool check_shapes(const import_model *f, const import_model *g, error *e)
{
    size_t f_outputs = network_outputs(&f->net), g_outputs = network_outputs(&g->net);
    if (f->net.inputs == g->net.inputs && f_outputs == g_outputs)
        return true;
    return error_set(e, g->path, 0,
                     "has %zu inputs and %zu outputs, but %s has %zu and %zu (compare networks of one shape)",
                     g->net.inputs, g_outputs, f->path, f->net.inputs, f_outputs);
}

static bool read_output(model_pair *p, const arguments *a, error *e)
{
    size_t outputs = network_outputs(&p->f.net);
    p->all_outputs = !arguments_given(a, PAIR_OUTPUT);
    p->output = a->value[PAIR_OUTPUT].whole;
    if (p->all_outputs || p->output < outputs)
        return true;
    return error_set(e, NULL, 0, "--output: %zu is out of range (the networks have outputs 0 to %zu)",
                     p->output, outputs - 1);
}

static bool read_question(model_pair *p, const arguments *a, error *e)
{
    const char *ends = arguments_text(a, PAIR_BOX), *path = arguments_text(a, PAIR_BOX_FILE);
    p->box_given = ends != NULL || path != NULL;
    return check_shapes(&p->f, &p->g, e) && read_output(p, a, e) &&
           box_read(&p->box, p->f.net.inputs, ends, path, e);
}

bool pair_read(model_pair *p, const char *f, const char *g, const arguments *a, error *e)
{
    import_options options = {.nnet_normalise = arguments_given(a, PAIR_NNET)};
    *p = (model_pair){.box_given = false};
    if (import_model_read(&p->f, f, &options, e) && import_model_read(&p->g, g, &options, e) &&
        read_question(p, a, e))
        return true;
    pair_clear(p);
    return false;
}

void pair_clear(model_pair *p)
{
    import_model_clear(&p->f);
    import_model_clear(&p->g);
    box_clear(&p->box);
}
