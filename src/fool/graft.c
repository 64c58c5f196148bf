/* Grafts: see graft.h. */
#include "fool/graft.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/vector.h"

/* A layer under construction. */
typedef struct plan {
    size_t rows, columns;
    unsigned char *kind;
    mpq_t *weight, *bias;
} plan;

static void plan_init(plan *p, size_t rows, size_t columns, neuron_kind kind)
{
    *p = (plan){.rows = rows, .columns = columns, .kind = mem_alloc(rows, 1)};
    memset(p->kind, (int)kind, rows);
    p->weight = vector_new(mem_product(rows, columns));
    p->bias = vector_new(rows);
}

static void plan_finish(plan *p, network *net, size_t blocks, const size_t *sources)
{
    network_append(net, p->rows, p->kind, blocks, sources, p->weight, p->bias);
    vector_free(p->weight, p->rows * p->columns);
    vector_free(p->bias, p->rows);
    free(p->kind);
}

static void set_quotient(mpq_t value, const mpz_t numerator, const mpz_t denominator)
{
    mpq_set_num(value, numerator);
    mpq_set_den(value, denominator);
    mpq_canonicalize(value);
}

/* Copies a layer of g into the upper left corner of the plan. */
static void put_layer(plan *p, const net_layer *layer)
{
    for (size_t n = 0; n < layer->neurons; n++) {
        size_t column = n * p->columns;
        for (size_t b = 0; b < layer->blocks; b++)
            for (size_t c = 0; c < layer->block[b].columns; c++)
                set_quotient(p->weight[column++], layer->block[b].weight[n * layer->block[b].columns + c],
                             layer->denominator);
        set_quotient(p->bias[n], layer->bias[n], layer->denominator);
        p->kind[n] = layer->kind[n];
    }
}

static size_t layer_columns(const net_layer *layer)
{
    size_t columns = 0;
    for (size_t b = 0; b < layer->blocks; b++)
        columns += layer->block[b].columns;
    return columns;
}

static void copy_layer(network *net, const net_layer *layer)
{
    plan p;
    size_t *sources = mem_alloc(layer->blocks, sizeof *sources);
    for (size_t b = 0; b < layer->blocks; b++)
        sources[b] = layer->block[b].source;
    plan_init(&p, layer->neurons, layer_columns(layer), NEURON_LINEAR);
    put_layer(&p, layer);
    plan_finish(&p, net, layer->blocks, sources);
    free(sources);
}

/* Layer l of the bump, hidden, behind all layers that are there. */
static void append_bump_layer(network *net, const bump *b, size_t l)
{
    plan p;
    size_t source = l == 1 ? 0 : net->layers;
    plan_init(&p, bump_rows(b, l), bump_columns(b, l), NEURON_RELU);
    bump_layer(b, l, 1, p.weight, p.columns, p.bias);
    plan_finish(&p, net, 1, &source);
}

static bool is_linear(const net_layer *layer)
{
    for (size_t n = 0; n < layer->neurons; n++)
        if (layer->kind[n] != NEURON_LINEAR)
            return false;
    return true;
}

/* The last layer reads what g's last layer reads, and the bump. */
static void append_sum(network *result, const net_layer *last, const bump *b, size_t output, int sign)
{
    plan p;
    size_t column = layer_columns(last), *sources = mem_alloc(mem_sum(last->blocks, 1), sizeof *sources);
    for (size_t k = 0; k < last->blocks; k++)
        sources[k] = last->block[k].source;
    sources[last->blocks] = result->layers;
    plan_init(&p, last->neurons, column + bump_columns(b, b->layers), NEURON_LINEAR);
    put_layer(&p, last);
    bump_layer(b, b->layers, sign, p.weight + output * p.columns + column, p.columns, p.bias + output);
    plan_finish(&p, result, last->blocks + 1, sources);
    free(sources);
}

/* The last layer adds the bump to g's outputs, which are layer `layers` and not all linear. */
static void append_sum_of_outputs(network *result, size_t layers, const bump *b, size_t output, int sign)
{
    plan p;
    size_t outputs = network_source_size(result, layers), sources[2] = {layers, result->layers};
    plan_init(&p, outputs, outputs + bump_columns(b, b->layers), NEURON_LINEAR);
    for (size_t j = 0; j < outputs; j++)
        mpq_set_ui(p.weight[j * p.columns + j], 1, 1);
    bump_layer(b, b->layers, sign, p.weight + output * p.columns + outputs, p.columns, p.bias + output);
    plan_finish(&p, result, 2, sources);
}

void graft_onto(network *result, const network *g, const bump *b, size_t output, int sign)
{
    const net_layer *last = &g->layer[g->layers - 1];
    bool linear = is_linear(last);
    network_init(result, g->inputs);
    for (size_t k = 0; k < g->layers - linear; k++)
        copy_layer(result, &g->layer[k]);
    for (size_t l = 1; l < b->layers; l++)
        append_bump_layer(result, b, l);
    if (linear)
        append_sum(result, last, b, output, sign);
    else
        append_sum_of_outputs(result, g->layers, b, output, sign);
}

void graft_beside(network *result, const network *g, const bump *b, int sign)
{
    network_init(result, g->inputs);
    for (size_t l = 1; l <= g->layers; l++) {
        plan p;
        const net_layer *layer = &g->layer[l - 1];
        bool first = l == 1, last = l == g->layers;
        size_t source = l - 1, row = last ? 0 : layer->neurons, column = first ? 0 : layer_columns(layer);
        plan_init(&p, row + bump_rows(b, l), column + bump_columns(b, l), last ? NEURON_LINEAR : NEURON_RELU);
        put_layer(&p, layer);
        bump_layer(b, l, sign, p.weight + row * p.columns + column, p.columns, p.bias + row);
        plan_finish(&p, result, 1, &source);
    }
}
