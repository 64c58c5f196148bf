#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "base/memory.h"

static void allocate(draft *d, size_t values)
{
    d->values = values;
    d->layer = mem_alloc(values, sizeof *d->layer);
    d->kind = mem_alloc(values, sizeof *d->kind);
    d->weight = rationals_new(values * values);
    d->bias = rationals_new(values);
}

void draft_init(draft *d, size_t inputs, size_t layers, const size_t *widths)
{
    size_t values = inputs;
    for (size_t k = 0; k < layers; k++)
        values += widths[k];
    *d = (draft){.inputs = inputs, .layers = layers};
    allocate(d, values);
    size_t value = inputs;
    for (size_t k = 0; k < layers; k++) {
        for (size_t i = 0; i < widths[k]; i++)
            d->layer[value++] = k + 1;
    }
}

void draft_clear(draft *d)
{
    free(d->layer);
    free(d->kind);
    rationals_free(d->weight, d->values * d->values);
    rationals_free(d->bias, d->values);
}

mpq_t *draft_weight(const draft *d, size_t reader, size_t read)
{
    return &d->weight[reader * d->values + read];
}

void draft_eval(mpq_t z, const draft *d, size_t v, mpq_t *x)
{
    mpq_t *y = rationals_new(v), term;
    mpq_init(term);
    for (size_t n = 0; n <= v; n++) {
        mpq_set(z, n < d->inputs ? x[n] : d->bias[n]);
        for (size_t u = 0; u < n && n >= d->inputs; u++) {
            mpq_mul(term, *draft_weight(d, n, u), y[u]);
            mpq_add(z, z, term);
        }
        if (n < v)
            mpq_set(y[n], z);
        if (n < v && d->kind[n] == NEURON_RELU && mpq_sgn(z) < 0)
            mpq_set_ui(y[n], 0, 1);
    }
    mpq_clear(term);
    rationals_free(y, v);
}

/* Makes `to` of `count` values, value v being a copy of old[v] (rows and columns). */
static void select_values(draft *to, const draft *from, size_t count, const size_t *old)
{
    *to = (draft){.inputs = from->inputs, .layers = from->layers};
    allocate(to, count);
    for (size_t v = 0; v < count; v++) {
        to->layer[v] = from->layer[old[v]];
        to->kind[v] = from->kind[old[v]];
        mpq_set(to->bias[v], from->bias[old[v]]);
        for (size_t u = 0; u < count; u++)
            mpq_set(*draft_weight(to, v, u), *draft_weight(from, old[v], old[u]));
    }
}

static size_t *identity_map(size_t count)
{
    size_t *old = mem_alloc(count, sizeof *old);
    for (size_t v = 0; v < count; v++)
        old[v] = v;
    return old;
}

void draft_copy(draft *to, const draft *from)
{
    size_t *old = identity_map(from->values);
    select_values(to, from, from->values, old);
    free(old);
}

/* A second value just like v, at v + 1. */
static void duplicate(draft *d, size_t v)
{
    size_t *old = identity_map(d->values + 1);
    for (size_t u = v + 1; u <= d->values; u++)
        old[u] = u - 1;
    draft changed;
    select_values(&changed, d, d->values + 1, old);
    free(old);
    draft_clear(d);
    *d = changed;
}

static bool is_read(const draft *d, size_t layer, size_t first, size_t count)
{
    for (size_t v = 0; v < d->values; v++) {
        for (size_t u = first; d->layer[v] == layer && u < first + count; u++) {
            if (mpq_sgn(*draft_weight(d, v, u)) != 0)
                return true;
        }
    }
    return false;
}

/* First value of a layer (0: the inputs); for layer = layers + 1 the number of values. */
static size_t layer_begin(const draft *d, size_t layer)
{
    size_t v = 0;
    while (v < d->values && d->layer[v] < layer)
        v++;
    return v;
}

static void append_layer(network *net, const draft *d, size_t layer, rng *r)
{
    size_t *source = mem_alloc(layer, sizeof *source), blocks = 0, columns = 0;
    for (size_t k = 0; k < layer; k++) {
        size_t first = layer_begin(d, k), count = layer_begin(d, k + 1) - first;
        if (!is_read(d, layer, first, count) && !rng_chance(r, 20))
            continue;
        source[blocks++] = k;
        columns += count;
    }
    size_t begin = layer_begin(d, layer), neurons = layer_begin(d, layer + 1) - begin;
    mpq_t *weight = rationals_new(neurons * columns);
    for (size_t i = 0, next = 0; i < neurons; i++) {
        for (size_t b = 0; b < blocks; b++) {
            for (size_t u = layer_begin(d, source[b]); u < d->values && d->layer[u] == source[b]; u++)
                mpq_set(weight[next++], *draft_weight(d, begin + i, u));
        }
    }
    network_append(net, neurons, d->kind + begin, blocks, source, weight, d->bias + begin);
    rationals_free(weight, neurons * columns);
    free(source);
}

void draft_network(network *net, const draft *d, rng *r)
{
    network_init(net, d->inputs);
    for (size_t k = 1; k <= d->layers; k++)
        append_layer(net, d, k, r);
}

/* A hidden neuron; 0 if there is none. */
static size_t pick_hidden(const draft *d, rng *r)
{
    size_t hidden = layer_begin(d, d->layers) - d->inputs;
    return hidden == 0 ? 0 : d->inputs + rng_below(r, hidden);
}

bool draft_permute_layer(draft *d, rng *r)
{
    size_t chosen = pick_hidden(d, r);
    if (chosen == 0)
        return false;
    size_t begin = layer_begin(d, d->layer[chosen]), end = layer_begin(d, d->layer[chosen] + 1);
    size_t *old = identity_map(d->values);
    for (size_t v = end - 1; v > begin; v--) {
        size_t other = begin + rng_below(r, v - begin + 1), kept = old[v];
        old[v] = old[other];
        old[other] = kept;
    }
    draft changed;
    select_values(&changed, d, d->values, old);
    free(old);
    draft_clear(d);
    *d = changed;
    return true;
}

static void random_factor(mpq_t s, rng *r)
{
    mpq_set_ui(s, rng_below(r, 9) + 1, rng_below(r, 9) + 1);
    mpq_canonicalize(s);
}

bool draft_rescale_neuron(draft *d, rng *r)
{
    size_t v = pick_hidden(d, r);
    if (v == 0)
        return false;
    mpq_t s;
    mpq_init(s);
    random_factor(s, r);
    if (d->kind[v] == NEURON_LINEAR && rng_chance(r, 50))
        mpq_neg(s, s);
    mpq_mul(d->bias[v], d->bias[v], s);
    for (size_t u = 0; u < d->values; u++) {
        mpq_t *in = draft_weight(d, v, u), *out = draft_weight(d, u, v);
        mpq_mul(*in, *in, s);
        mpq_div(*out, *out, s);
    }
    mpq_clear(s);
    return true;
}

bool draft_split_linear(draft *d, rng *r)
{
    size_t v = pick_hidden(d, r);
    if (v == 0 || d->kind[v] != NEURON_LINEAR)
        return false;
    duplicate(d, v);
    d->kind[v] = d->kind[v + 1] = NEURON_RELU;
    mpq_neg(d->bias[v + 1], d->bias[v + 1]);
    for (size_t u = 0; u < d->values; u++) {
        mpq_t *in = draft_weight(d, v + 1, u), *out = draft_weight(d, u, v + 1);
        mpq_neg(*in, *in);
        mpq_neg(*out, *out);
    }
    return true;
}

bool draft_share_neuron(draft *d, rng *r)
{
    size_t v = pick_hidden(d, r);
    if (v == 0)
        return false;
    duplicate(d, v);
    mpq_t part;
    mpq_init(part);
    for (size_t u = 0; u < d->values; u++) {
        random_factor(part, r);
        mpq_t *first = draft_weight(d, u, v), *second = draft_weight(d, u, v + 1);
        mpq_mul(*second, *second, part);
        mpq_sub(*first, *first, *second);
    }
    mpq_clear(part);
    return true;
}

bool draft_cancel_pair(draft *d, rng *r)
{
    size_t v = pick_hidden(d, r);
    if (v == 0)
        return false;
    duplicate(d, v);
    duplicate(d, v);
    for (size_t u = 0; u < d->values; u++) {
        if (d->layer[u] <= d->layer[v])
            continue;
        mpq_t *plus = draft_weight(d, u, v + 1), *minus = draft_weight(d, u, v + 2);
        random_factor(*plus, r);
        mpq_neg(*minus, *plus);
    }
    return true;
}

bool draft_deepen(draft *d, rng *r)
{
    size_t begin = layer_begin(d, d->layers), outputs = d->values - begin, count = d->values + outputs;
    size_t *old = identity_map(count);
    for (size_t j = 0; j < outputs; j++)
        old[d->values + j] = begin + j;
    draft changed;
    select_values(&changed, d, count, old);
    free(old);
    changed.layers++;
    for (size_t j = 0; j < outputs; j++) {
        size_t output = d->values + j;
        changed.layer[output] = changed.layers;
        /* Rectifying what is rectified changes nothing. */
        changed.kind[output] =
            d->kind[begin + j] == NEURON_RELU && rng_chance(r, 50) ? NEURON_RELU : NEURON_LINEAR;
        mpq_set_ui(changed.bias[output], 0, 1);
        for (size_t u = 0; u < count; u++)
            mpq_set_ui(*draft_weight(&changed, output, u), u == begin + j, 1);
    }
    draft_clear(d);
    *d = changed;
    return true;
}
