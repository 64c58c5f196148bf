/* Networks in other units: see rescale.h. */
#include "rescale.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/binary.h"
#include "number/vector.h"

/* Appends a layer of `from` with weights at the inputs times 2^-input, and all of it times 2^output. */
static void append_rescaled(network *to, const net_layer *layer, long input, long output)
{
    size_t columns = 0, *source = mem_alloc(layer->blocks, sizeof *source);
    for (size_t b = 0; b < layer->blocks; b++) {
        source[b] = layer->block[b].source;
        columns += layer->block[b].columns;
    }
    size_t cells = layer->neurons * columns, at = 0;
    mpq_t *weight = vector_new(cells), *bias = vector_new(layer->neurons);
    for (size_t n = 0; n < layer->neurons; n++) {
        for (size_t b = 0; b < layer->blocks; b++) {
            const net_block *block = &layer->block[b];
            for (size_t k = 0; k < block->columns; k++, at++) {
                mpq_set_z(weight[at], block->weight[n * block->columns + k]);
                mpz_set(mpq_denref(weight[at]), layer->denominator);
                mpq_canonicalize(weight[at]);
                binary_scale(weight[at], weight[at], output - (block->source == 0 ? input : 0));
            }
        }
        mpq_set_z(bias[n], layer->bias[n]);
        mpz_set(mpq_denref(bias[n]), layer->denominator);
        mpq_canonicalize(bias[n]);
        binary_scale(bias[n], bias[n], output);
    }
    network_append(to, layer->neurons, layer->kind, layer->blocks, source, weight, bias);
    vector_free(weight, cells);
    vector_free(bias, layer->neurons);
    free(source);
}

void network_rescaled(network *to, const network *from, long input, long output)
{
    network_init(to, from->inputs);
    for (size_t k = 0; k < from->layers; k++)
        append_rescaled(to, &from->layer[k], input, k + 1 == from->layers ? output : 0);
}

void network_rescale(network *net, long input, long output)
{
    network scaled;
    network_rescaled(&scaled, net, input, output);
    network_clear(net);
    *net = scaled;
}
