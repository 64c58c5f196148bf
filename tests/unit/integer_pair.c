#include "integer_pair.h"

#include <stdlib.h>

#include "base/memory.h"
#include "arrays.h"

/* Where the values of each source (0: the inputs) of the network at hand begin. */
static size_t *source_begins(const network *net, size_t first)
{
    size_t *begin = mem_alloc(net->layers + 1, sizeof *begin);
    for (size_t k = 0; k < net->layers; k++) {
        begin[k + 1] = first;
        first += net->layer[k].neurons;
    }
    return begin;
}

/* The least common multiple of the scales that the layer reads. */
static void common_scale(mpz_t common, const integer_pair *pair, const net_layer *layer, const size_t *begin)
{
    mpz_set_ui(common, 1);
    for (size_t k = 0; k < layer->blocks; k++)
        mpz_lcm(common, common, pair->scale[begin[layer->block[k].source]]);
}

static void place_neuron(integer_pair *pair, const net_layer *layer, size_t i, size_t value,
                         const size_t *begin, const mpz_t common)
{
    mpz_t factor;
    mpz_init(factor);
    pair->relu[value] = layer->kind[i] == NEURON_RELU;
    mpz_mul(pair->scale[value], layer->denominator, common);
    mpz_mul(pair->bias[value], layer->bias[i], common);
    for (size_t k = 0; k < layer->blocks; k++) {
        const net_block *block = &layer->block[k];
        size_t first = begin[block->source];
        mpz_divexact(factor, common, pair->scale[first]);
        for (size_t c = 0; c < block->columns; c++)
            mpz_mul(pair->weight[value * pair->values + first + c], block->weight[i * block->columns + c],
                    factor);
    }
    mpz_clear(factor);
}

/* Places the neurons of net at the values from `first` on, and returns where its outputs are. */
static size_t *place_network(integer_pair *pair, const network *net, size_t first)
{
    size_t *begin = source_begins(net, first);
    mpz_t common;
    mpz_init(common);
    for (size_t k = 0; k < net->layers; k++) {
        common_scale(common, pair, &net->layer[k], begin);
        for (size_t i = 0; i < net->layer[k].neurons; i++)
            place_neuron(pair, &net->layer[k], i, begin[k + 1] + i, begin, common);
    }
    mpz_clear(common);
    size_t *output = mem_alloc(pair->outputs, sizeof *output);
    for (size_t j = 0; j < pair->outputs; j++)
        output[j] = begin[net->layers] + j;
    free(begin);
    return output;
}

static size_t count_neurons(const network *net)
{
    size_t count = 0;
    for (size_t k = 0; k < net->layers; k++)
        count += net->layer[k].neurons;
    return count;
}

void integer_pair_init(integer_pair *pair, const network *f, const network *g)
{
    size_t f_neurons = count_neurons(f);
    *pair = (integer_pair){.inputs = f->inputs, .outputs = f->layer[f->layers - 1].neurons};
    pair->values = f->inputs + f_neurons + count_neurons(g);
    pair->relu = mem_alloc(pair->values, sizeof *pair->relu);
    pair->scale = integers_new(pair->values);
    pair->weight = integers_new(pair->values * pair->values);
    pair->bias = integers_new(pair->values);
    for (size_t i = 0; i < pair->inputs; i++)
        mpz_set_ui(pair->scale[i], 1);
    pair->f_output = place_network(pair, f, pair->inputs);
    pair->g_output = place_network(pair, g, pair->inputs + f_neurons);
}

void integer_pair_clear(integer_pair *pair)
{
    free(pair->relu);
    integers_free(pair->scale, pair->values);
    integers_free(pair->weight, pair->values * pair->values);
    integers_free(pair->bias, pair->values);
    free(pair->f_output);
    free(pair->g_output);
}
