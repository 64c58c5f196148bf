/* Networks: see network.h. All sums are integer sums over a common denominator; common factors are divided
 * out once a layer is complete. */
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/vector.h"

/* --- arrays of integers ----------------------------------------------------------------------------------
 */

static mpz_t *integers_new(size_t count)
{
    mpz_t *v = mem_alloc(count, sizeof *v);
    for (size_t k = 0; k < count; k++)
        mpz_init(v[k]);
    return v;
}

/* Harmless for NULL. */
static void integers_free(mpz_t *v, size_t count)
{
    for (size_t k = 0; k < count && v != NULL; k++)
        mpz_clear(v[k]);
    free(v);
}

/* Multiplies *denominator up to a common one of the values too, the least if it was the least before. */
static void join_denominators(mpz_t denominator, mpq_t *value, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (!mpz_divisible_p(denominator, mpq_denref(value[k])))
            mpz_lcm(denominator, denominator, mpq_denref(value[k]));
    }
}

/* numerator[k] = value[k] × denominator, a common multiple of the values' denominators. */
static void scale_values(mpz_t *numerator, mpq_t *value, size_t count, const mpz_t denominator)
{
    mpz_t factor;
    mpz_init(factor);
    for (size_t k = 0; k < count; k++) {
        if (mpq_sgn(value[k]) == 0)
            continue; /* already 0 */
        mpz_divexact(factor, denominator, mpq_denref(value[k]));
        mpz_mul(numerator[k], mpq_numref(value[k]), factor);
    }
    mpz_clear(factor);
}

/* --- building --------------------------------------------------------------------------------------------
 */

void network_init(network *net, size_t inputs)
{
    *net = (network){.inputs = inputs, .layers = 0, .layer = NULL};
}

static void layer_clear(net_layer *layer)
{
    for (size_t b = 0; b < layer->blocks; b++)
        integers_free(layer->block[b].weight, layer->neurons * layer->block[b].columns);
    integers_free(layer->bias, layer->neurons);
    mpz_clear(layer->denominator);
    free(layer->block);
    free(layer->kind);
}

void network_clear(network *net)
{
    for (size_t k = 0; k < net->layers; k++)
        layer_clear(&net->layer[k]);
    free(net->layer);
    *net = (network){0, 0, NULL};
}

/* Room for one more layer: the array doubles whenever its length is a power of two. */
static net_layer *next_layer(network *net)
{
    if ((net->layers & (net->layers - 1)) == 0)
        net->layer =
            mem_resize(net->layer, net->layers == 0 ? 1 : mem_product(net->layers, 2), sizeof *net->layer);
    return &net->layer[net->layers];
}

/* Numerators of one block; `weight` is its first entry in a matrix of `stride` columns. */
static void block_init(net_block *block, size_t source, size_t columns, size_t rows, mpq_t *weight,
                       size_t stride, const mpz_t denominator)
{
    block->source = source;
    block->columns = columns;
    block->weight = integers_new(mem_product(rows, columns));
    for (size_t r = 0; r < rows; r++)
        scale_values(block->weight + r * columns, weight + r * stride, columns, denominator);
}

void network_append(network *net, size_t neurons, const unsigned char *kind, size_t blocks,
                    const size_t *sources, mpq_t *weight, mpq_t *bias)
{
    net_layer *layer = next_layer(net);
    size_t stride = 0;
    for (size_t b = 0; b < blocks; b++)
        stride = mem_sum(stride, network_source_size(net, sources[b]));
    layer->neurons = neurons;
    layer->kind = memcpy(mem_alloc(neurons, 1), kind, neurons);
    layer->blocks = blocks;
    layer->block = mem_alloc(blocks, sizeof *layer->block);
    mpz_init_set_ui(layer->denominator, 1);
    join_denominators(layer->denominator, weight, mem_product(neurons, stride));
    join_denominators(layer->denominator, bias, neurons);
    for (size_t b = 0, column = 0; b < blocks; column += layer->block[b].columns, b++)
        block_init(&layer->block[b], sources[b], network_source_size(net, sources[b]), neurons,
                   weight + column, stride, layer->denominator);
    layer->bias = integers_new(neurons);
    scale_values(layer->bias, bias, neurons, layer->denominator);
    net->layers++;
}

void network_init_zero(network *net, size_t inputs, size_t outputs)
{
    unsigned char *kind = mem_alloc(outputs, 1);
    mpq_t *bias = vector_new(outputs);
    memset(kind, NEURON_LINEAR, outputs);
    network_init(net, inputs);
    network_append(net, outputs, kind, 0, NULL, NULL, bias);
    vector_free(bias, outputs);
    free(kind);
}

/* --- sizes -----------------------------------------------------------------------------------------------
 */

size_t network_source_size(const network *net, size_t source)
{
    return source == 0 ? net->inputs : net->layer[source - 1].neurons;
}

size_t network_outputs(const network *net)
{
    return net->layer[net->layers - 1].neurons;
}

size_t network_neurons(const network *net)
{
    size_t count = 0;
    for (size_t k = 0; k < net->layers; k++)
        count += net->layer[k].neurons;
    return count;
}

size_t network_relus(const network *net)
{
    size_t count = 0;
    for (size_t k = 0; k < net->layers; k++) {
        for (size_t n = 0; n < net->layer[k].neurons; n++)
            count += net->layer[k].kind[n] == NEURON_RELU;
    }
    return count;
}

/* --- evaluation ------------------------------------------------------------------------------------------
 */

/* The values of one source: numerators over one denominator. Not yet computed, or no longer needed: NULL. */
typedef struct values {
    size_t count;
    mpz_t *numerator;
    mpz_t denominator;
} values;

static void values_init(values *v, size_t count)
{
    v->count = count;
    v->numerator = integers_new(count);
    mpz_init_set_ui(v->denominator, 1);
}

static void values_clear(values *v)
{
    if (v->numerator == NULL)
        return;
    integers_free(v->numerator, v->count);
    mpz_clear(v->denominator);
    v->numerator = NULL;
}

/* Divides out what all numerators and the denominator have in common. */
static void values_reduce(values *v)
{
    mpz_t common;
    mpz_init_set(common, v->denominator);
    for (size_t k = 0; k < v->count && mpz_cmp_ui(common, 1) != 0; k++)
        mpz_gcd(common, common, v->numerator[k]);
    if (mpz_cmp_ui(common, 1) != 0) {
        mpz_divexact(v->denominator, v->denominator, common);
        for (size_t k = 0; k < v->count; k++)
            mpz_divexact(v->numerator[k], v->numerator[k], common);
    }
    mpz_clear(common);
}

/* Adds a block times its source's values, over the denominator `joint`, to the sums of all rows. */
static void add_block(values *sums, const net_block *block, const values *source, const mpz_t joint)
{
    mpz_t row_sum, factor;
    mpz_init(row_sum);
    mpz_init(factor);
    mpz_divexact(factor, joint, source->denominator);
    for (size_t r = 0; r < sums->count; r++) {
        mpz_t *weight = block->weight + r * block->columns;
        mpz_set_ui(row_sum, 0);
        for (size_t c = 0; c < block->columns; c++)
            mpz_addmul(row_sum, weight[c], source->numerator[c]);
        mpz_addmul(sums->numerator[r], row_sum, factor);
    }
    mpz_clear(row_sum);
    mpz_clear(factor);
}

/* Initialises *result with the layer's values; `source` holds those of the inputs and of all earlier layers.
 */
static void eval_layer(values *result, const net_layer *layer, const values *source)
{
    mpz_t joint; /* the least common denominator of what the layer reads */
    mpz_init_set_ui(joint, 1);
    for (size_t b = 0; b < layer->blocks; b++)
        mpz_lcm(joint, joint, source[layer->block[b].source].denominator);
    values_init(result, layer->neurons);
    for (size_t b = 0; b < layer->blocks; b++)
        add_block(result, &layer->block[b], &source[layer->block[b].source], joint);
    for (size_t r = 0; r < layer->neurons; r++) {
        mpz_addmul(result->numerator[r], layer->bias[r], joint);
        if (layer->kind[r] == NEURON_RELU && mpz_sgn(result->numerator[r]) < 0)
            mpz_set_ui(result->numerator[r], 0);
    }
    mpz_mul(result->denominator, layer->denominator, joint);
    values_reduce(result);
    mpz_clear(joint);
}

/* For every source, the last layer that reads it (0 if none does): allocated, the caller frees it. */
static size_t *last_readers(const network *net)
{
    size_t *last = mem_alloc(mem_sum(net->layers, 1), sizeof *last);
    for (size_t k = 0; k < net->layers; k++) {
        for (size_t b = 0; b < net->layer[k].blocks; b++)
            last[net->layer[k].block[b].source] = k + 1;
    }
    return last;
}

void network_eval(mpq_t *y, const network *net, mpq_t *x)
{
    values *v = mem_alloc(mem_sum(net->layers, 1), sizeof *v);
    size_t *last = last_readers(net);
    values_init(&v[0], net->inputs);
    join_denominators(v[0].denominator, x, net->inputs);
    scale_values(v[0].numerator, x, net->inputs, v[0].denominator);
    for (size_t k = 1; k <= net->layers; k++) {
        const net_layer *layer = &net->layer[k - 1];
        eval_layer(&v[k], layer, v);
        for (size_t b = 0; b < layer->blocks; b++) {
            if (last[layer->block[b].source] == k)
                values_clear(&v[layer->block[b].source]);
        }
    }
    for (size_t r = 0; r < network_outputs(net); r++) {
        mpz_set(mpq_numref(y[r]), v[net->layers].numerator[r]);
        mpz_set(mpq_denref(y[r]), v[net->layers].denominator);
        mpq_canonicalize(y[r]);
    }
    for (size_t k = 0; k <= net->layers; k++)
        values_clear(&v[k]);
    free(v);
    free(last);
}

void network_difference(mpq_t difference, const network *f, const network *g, size_t output, mpq_t *x)
{
    size_t outputs = network_outputs(f);
    mpq_t *y = vector_new(outputs), *z = vector_new(outputs);
    network_eval(y, f, x);
    network_eval(z, g, x);
    mpq_sub(difference, y[output], z[output]);
    vector_free(y, outputs);
    vector_free(z, outputs);
}

void network_distance(mpq_t distance, const network *f, const network *g, size_t output, mpq_t *x)
{
    network_difference(distance, f, g, output, x);
    mpq_abs(distance, distance);
}
