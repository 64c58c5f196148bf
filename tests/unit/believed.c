/* What is true at points, and what a kernel believes: see believed.h. */
#include "believed.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/binary.h"
#include "number/vector.h"
#include "point_value.h"

/* --- true values --- */

static void eval_layer(mpq_t *z, const net_layer *layer, mpq_t *x, mpq_t **y)
{
    mpq_t part;
    mpq_init(part);
    for (size_t n = 0; n < layer->neurons; n++) {
        mpq_set_z(z[n], layer->bias[n]);
        for (size_t b = 0; b < layer->blocks; b++)
            for (size_t k = 0; k < layer->block[b].columns; k++) {
                size_t source = layer->block[b].source;
                mpq_set_z(part, layer->block[b].weight[n * layer->block[b].columns + k]);
                mpq_mul(part, part, source == 0 ? x[k] : y[source - 1][k]);
                mpq_add(z[n], z[n], part);
            }
        mpq_set_z(part, layer->denominator);
        mpq_div(z[n], z[n], part);
    }
    mpq_clear(part);
}

/* Enters the network's pre-activations into z, under the neurons whose names begin at *name, and its outputs
 * into `out`. Neurons that are one in the system must agree. */
static bool eval_network(place *at, const pair_system *system, const network *net, size_t *name, bool *known,
                         mpq_t *out)
{
    bool agree = true;
    mpq_t **y = mem_alloc(net->layers, sizeof *y);
    for (size_t l = 0; l < net->layers; l++) {
        const net_layer *layer = &net->layer[l];
        y[l] = vector_new(layer->neurons);
        eval_layer(y[l], layer, at->x, y);
        for (size_t k = 0; k < layer->neurons; k++) {
            size_t n = system->by_name[(*name)++];
            agree = agree && (n == SYSTEM_NO_NEURON || !known[n] || mpq_equal(at->z[n], y[l][k]));
            if (n != SYSTEM_NO_NEURON) {
                mpq_set(at->z[n], y[l][k]);
                known[n] = true;
            }
            if (layer->kind[k] == NEURON_RELU && mpq_sgn(y[l][k]) < 0)
                mpq_set_ui(y[l][k], 0, 1);
        }
    }
    vector_copy(out, y[net->layers - 1], network_outputs(net));
    for (size_t l = 0; l < net->layers; l++)
        vector_free(y[l], net->layer[l].neurons);
    free(y);
    return agree;
}

/* f_j − u_j by an enclosure of u_j. */
static void subtract_formula(place *at, const expression *u, size_t j)
{
    mpq_t low, high;
    mpq_inits(low, high, NULL);
    at->is_known[j] = point_value(low, high, u, j, at->x) == POINT_KNOWN;
    mpq_sub(at->most[j], at->least[j], low);
    mpq_sub(at->least[j], at->least[j], high);
    mpq_clears(low, high, NULL);
}

bool place_init(place *at, const pair_system *system, const network *f, const network *g, const expression *u,
                mpq_t *x)
{
    size_t outputs = system->outputs, name = 0;
    *at = (place){vector_new(system->inputs), vector_new(system->neurons), vector_new(outputs),
                  vector_new(outputs), mem_alloc(outputs, sizeof(bool))};
    vector_copy(at->x, x, system->inputs);
    bool *known = mem_alloc(system->neurons, sizeof *known);
    bool agree = eval_network(at, system, f, &name, known, at->least);
    agree = eval_network(at, system, g, &name, known, at->most) && agree;
    for (size_t j = 0; j < outputs; j++) {
        at->is_known[j] = true;
        mpq_sub(at->least[j], at->least[j], at->most[j]);
        mpq_set(at->most[j], at->least[j]);
        if (u != NULL)
            subtract_formula(at, u, j);
    }
    free(known);
    return agree;
}

void place_clear(const pair_system *system, place *at)
{
    vector_free(at->x, system->inputs);
    vector_free(at->z, system->neurons);
    vector_free(at->least, system->outputs);
    vector_free(at->most, system->outputs);
    free(at->is_known);
}

/* --- what is believed --- */

/* A real number of a neuron in its units. */
static void in_units(mpq_t value, const prover *p, size_t n, const mpq_t real)
{
    mpq_set_z(value, p->system->row[n].scale);
    mpq_mul(value, value, real);
    binary_scale(value, value, p->sc.bits - p->sc.exponent[n]);
}

static bool is_between(const mpq_t value, fix lower, fix upper)
{
    return mpq_cmp_si(value, lower, 1) >= 0 && mpq_cmp_si(value, upper, 1) <= 0;
}

static const char *wrong_bounds(const prover *p, const place *at)
{
    const char *wrong = NULL;
    mpq_t value, other;
    mpq_inits(value, other, NULL);
    for (size_t n = 0; n < p->system->neurons; n++) {
        in_units(value, p, n, at->z[n]);
        if (!is_between(value, p->lower[n], p->upper[n]))
            wrong = "a pre-activation is outside of its bounds";
        size_t m = p->sc.partner[n], w = p->system->neurons + n;
        if (m == SYSTEM_NO_NEURON)
            continue;
        in_units(other, p, m, at->z[m]);
        mpq_sub(value, value, other);
        if (!is_between(value, p->lower[w], p->upper[w]))
            wrong = "a difference of partners is outside of its bounds";
    }
    mpq_clears(value, other, NULL);
    return wrong;
}

static const char *wrong_box(const prover *p, const place *at)
{
    const char *wrong = NULL;
    mpq_t value;
    mpq_init(value);
    for (size_t i = 0; i < p->system->inputs; i++) {
        mpq_sub(value, at->x[i], p->sc.centre[i]);
        binary_scale(value, value, p->sc.bits - p->sc.input_exponent[i]);
        if (!is_between(value, p->input_lower[i], p->input_upper[i]))
            wrong = "a point is outside of the box in units";
        if (mpq_cmp(at->x[i], p->box_lower[i]) < 0 || mpq_cmp(at->x[i], p->box_upper[i]) > 0)
            wrong = "a point is outside of the box";
    }
    mpq_clear(value);
    return wrong;
}

const char *believed_bounds(const prover *p, const place *at)
{
    if (p->empty)
        return "a node that has a point is taken for empty";
    const char *wrong = wrong_box(p, at);
    return wrong != NULL ? wrong : wrong_bounds(p, at);
}

/* --- objectives --- */

/* Sets `value` to a number that s·(f_j − g_j) is at least; false if there is none. */
static bool true_objective(mpq_t value, const prover *p, size_t k, const place *at)
{
    const objective *o = &p->objectives[k];
    if (o->sign > 0)
        mpq_set(value, at->least[o->output]);
    else
        mpq_neg(value, at->most[o->output]);
    return at->is_known[o->output];
}

/* Whether the objective is above a bound. */
static bool is_above(const prover *p, const place *at, size_t k, const objective_bound *b)
{
    mpq_t value, bound;
    mpq_inits(value, bound, NULL);
    bool above =
        true_objective(value, p, k, at) && prover_bound_value(bound, p, k, b) && mpq_cmp(value, bound) > 0;
    mpq_clears(value, bound, NULL);
    return above;
}

const char *believed_proofs(const prover *p, const place *at, size_t *looked)
{
    const char *wrong = NULL;
    mpq_t value;
    mpq_init(value);
    for (size_t k = 0; k < p->objective_count; k++) {
        if (!p->is_proved[k] || !true_objective(value, p, k, at))
            continue;
        ++*looked;
        if (mpq_cmp(value, p->claim) > 0)
            wrong = "an objective is proved that is above the claim";
        else if (p->proved[k].kind == BOUND_NONE || is_above(p, at, k, &p->proved[k]))
            wrong = "an objective is above the bound at which it was proved";
    }
    mpq_clear(value);
    return wrong;
}

const char *believed_attempt(const prover *p, const place *at, size_t k)
{
    return p->found.kind != BOUND_NONE && is_above(p, at, k, &p->found)
               ? "an objective is above a bound that was found"
               : NULL;
}

/* --- frames --- */

/* The value of a frame's source at the point, in units. */
static void source_value(mpq_t value, const prover *p, const frame *fr, size_t source, const place *at)
{
    if (source < fr->inputs) {
        mpq_sub(value, at->x[source], p->sc.centre[source]);
        binary_scale(value, value, p->sc.bits - p->sc.input_exponent[source]);
        return;
    }
    size_t n = fr->neuron[source - fr->inputs];
    in_units(value, p, n, at->z[n]);
    if (p->system->relu[n] && mpq_sgn(value) < 0)
        mpq_set_ui(value, 0, 1);
}

/* Whether `value` (in units) is bias + Σ weight · source up to the radius, all in units. */
static bool row_holds(mpq_t value, const prover *p, fix bias, fix radius, const fix *weight, mpq_t *source,
                      size_t sources)
{
    mpq_t part;
    mpq_init(part);
    for (size_t s = 0; s < sources; s++) {
        mpq_set_si(part, weight[s], 1);
        binary_scale(part, part, -p->sc.bits);
        mpq_mul(part, part, source[s]);
        mpq_sub(value, value, part);
    }
    mpq_set_si(part, bias, 1);
    mpq_sub(value, value, part);
    mpq_abs(value, value);
    bool holds = mpq_cmp_si(value, radius, 1) <= 0;
    mpq_clear(part);
    return holds;
}

/* The row's weights at all sources, and those of narrow arithmetic in the same units. */
static void dense_row(fix *weight, fix *narrow, const prover *p, const frame *fr, size_t row)
{
    for (size_t s = 0; s < fr->inputs + fr->count; s++) {
        const frame_column *c = &fr->column[s];
        bool reads = row >= c->begin && row < c->end;
        weight[s] = reads ? c->weight[row - c->begin] : 0;
        narrow[s] = reads ? (fix)c->narrow[row - c->begin] * ((fix)1 << (p->sc.bits - fr->narrow_bits)) : 0;
    }
}

static bool rows_hold(const char **wrong, const prover *p, const place *at, mpq_t *source)
{
    const frame *fr = prover_frame(p);
    size_t sources = fr->inputs + fr->count;
    fix *weight = mem_alloc(sources, sizeof *weight), *narrow = mem_alloc(sources, sizeof *narrow);
    mpq_t value;
    mpq_init(value);
    for (size_t row = 0; row < fr->count; row++) {
        dense_row(weight, narrow, p, fr, row);
        in_units(value, p, fr->neuron[row], at->z[fr->neuron[row]]);
        if (!row_holds(value, p, fr->bias[row], fr->radius[row], weight, source, sources))
            *wrong = "a row of the frame is off by more than its radius";
        in_units(value, p, fr->neuron[row], at->z[fr->neuron[row]]);
        if (!row_holds(value, p, fr->bias[row], fr->narrow_radius[row], narrow, source, sources))
            *wrong = "a row of the frame in narrow arithmetic is off by more than its radius";
    }
    mpq_clear(value);
    free(weight);
    free(narrow);
    return *wrong == NULL;
}

static bool objectives_hold(const char **wrong, const prover *p, const place *at, mpq_t *source)
{
    const frame *fr = prover_frame(p);
    mpq_t value;
    mpq_init(value);
    for (size_t j = 0; j < fr->outputs; j++) {
        const frame_objective *o = &fr->objective[j];
        mpq_set_z(value, p->system->objective[j].scale);
        mpq_mul(value, value, at->least[j]);
        binary_scale(value, value, p->sc.bits - p->sc.objective_exponent[j]);
        if (!row_holds(value, p, o->bias, o->radius, o->weight, source, fr->inputs + fr->count))
            *wrong = "an objective of the frame is off by more than its radius";
    }
    mpq_clear(value);
    return *wrong == NULL;
}

const char *believed_frame(const prover *p, const place *at, bool has_formula)
{
    const char *wrong = NULL;
    const frame *fr = prover_frame(p);
    size_t sources = fr->inputs + fr->count;
    mpq_t *source = vector_new(sources);
    for (size_t s = 0; s < sources; s++)
        source_value(source[s], p, fr, s, at);
    if (rows_hold(&wrong, p, at, source) && !has_formula)
        objectives_hold(&wrong, p, at, source);
    vector_free(source, sources);
    return wrong;
}
