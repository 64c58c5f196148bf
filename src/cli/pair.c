/* Two networks to compare: see pair.h. */
#include "cli/pair.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

/* How operands that are formulas begin. */
static const char text_prefix[] = "expr:", file_prefix[] = "@";

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool pair_is_formula(const char *operand)
{
    return begins_with(operand, text_prefix) || begins_with(operand, file_prefix);
}

bool pair_read_formula(expression *u, const char **name, const char *operand, size_t inputs, error *e)
{
    if (begins_with(operand, text_prefix)) {
        const char *text = operand + strlen(text_prefix);
        *name = "expr";
        return expression_parse(u, inputs, *name, text, strlen(text), e);
    }
    file_bytes bytes;
    *name = operand + strlen(file_prefix);
    if (!text_read(&bytes, *name, e))
        return false;
    bool good = expression_parse(u, inputs, *name, (const char *)bytes.data, bytes.size, e);
    file_bytes_clear(&bytes);
    return good;
}

/* Fills in what stands for g. */
static bool read_formula(model_pair *p, const char *operand, error *e)
{
    size_t inputs = p->f.net.inputs;
    if (!pair_read_formula(&p->formula, &p->formula_name, operand, inputs, e))
        return false;
    p->has_formula = true;
    p->formula_text = expression_text(&p->formula);
    file_bytes text = {(unsigned char *)p->formula_text, strlen(p->formula_text)};
    file_digest(p->g.digest, &text);
    network_init_zero(&p->g.net, inputs, p->formula.outputs);
    p->g.path = mem_copy_string(begins_with(operand, text_prefix) ? operand : p->formula_name);
    return true;
}

bool pair_needs_networks(const model_pair *p, const char *what, error *e)
{
    return !p->has_formula ||
           error_set(e, p->formula_name, 0, "is a formula, but %s needs a network (name its file)", what);
}

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

bool pair_read_network(import_model *model, const char *operand, const import_options *options, error *e)
{
    if (import_model_read(model, operand, options, e))
        return true;
    if (!begins_with(operand, text_prefix) || access(operand, F_OK) == 0)
        return false;
    return error_set(e, operand, 0, "is a formula, but a network is needed here (name its file)");
}

bool pair_read(model_pair *p, const char *f, const char *g, const arguments *a, error *e)
{
    import_options options = {.nnet_normalise = arguments_given(a, PAIR_NNET)};
    *p = (model_pair){.box_given = false};
    if (pair_read_network(&p->f, f, &options, e) &&
        (pair_is_formula(g) ? read_formula(p, g, e) : import_model_read(&p->g, g, &options, e)) &&
        read_question(p, a, e))
        return true;
    pair_clear(p);
    return false;
}

void pair_clear(model_pair *p)
{
    import_model_clear(&p->f);
    import_model_clear(&p->g);
    if (p->has_formula)
        expression_clear(&p->formula);
    free(p->formula_text);
    box_clear(&p->box);
}
