/* A bound without a search: see crude.h. Numbers are of 64 binary digits and any size; what their rounding
 * loses is far less than the factor of 2 that the result is larger by. */
#include "search/crude.h"

#include <stdlib.h>

#include "base/memory.h"

#define DIGITS 64

/* M and V of every neuron of one source; of the inputs these are the same. */
typedef struct sizes {
    mpf_t *most, *sum;
    size_t count;
} sizes;

static void sizes_init(sizes *s, size_t count)
{
    *s = (sizes){mem_alloc(count, sizeof *s->most), mem_alloc(count, sizeof *s->sum), count};
    for (size_t k = 0; k < count; k++) {
        mpf_init2(s->most[k], DIGITS);
        mpf_init2(s->sum[k], DIGITS);
    }
}

static void sizes_clear(sizes *s)
{
    for (size_t k = 0; k < s->count; k++)
        mpf_clears(s->most[k], s->sum[k], NULL);
    free(s->most);
    free(s->sum);
}

static void input_sizes(sizes *s, const query *q)
{
    mpf_t other;
    mpf_init2(other, DIGITS);
    sizes_init(s, q->f->inputs);
    for (size_t i = 0; i < q->f->inputs; i++) {
        mpf_set_q(s->most[i], q->lower[i]);
        mpf_abs(s->most[i], s->most[i]);
        mpf_set_q(other, q->upper[i]);
        mpf_abs(other, other);
        if (mpf_cmp(other, s->most[i]) > 0)
            mpf_set(s->most[i], other);
        mpf_mul_ui(s->most[i], s->most[i], 3); /* |m| is at most the larger end, 2^p at most twice that, */
        if (mpq_equal(q->lower[i], q->upper[i]))
            mpf_add_ui(s->most[i], s->most[i], 1); /* or 1 */
        mpf_set(s->sum[i], s->most[i]);
    }
    mpf_clear(other);
}

/* Adds |weight| times the sizes of a source to those of neuron n. */
static void add_block(sizes *to, size_t n, const net_block *block, const sizes *source)
{
    mpf_t weight, product;
    mpf_init2(weight, DIGITS);
    mpf_init2(product, DIGITS);
    for (size_t k = 0; k < block->columns; k++) {
        mpf_set_z(weight, block->weight[n * block->columns + k]);
        mpf_abs(weight, weight);
        mpf_mul(product, weight, source->most[k]);
        mpf_add(to->most[n], to->most[n], product);
        mpf_mul(product, weight, source->sum[k]);
        mpf_add(to->sum[n], to->sum[n], product);
    }
    mpf_clears(weight, product, NULL);
}

static void layer_sizes(sizes *to, const net_layer *layer, const sizes *all)
{
    mpf_t denominator;
    mpf_init2(denominator, DIGITS);
    mpf_set_z(denominator, layer->denominator);
    sizes_init(to, layer->neurons);
    for (size_t n = 0; n < layer->neurons; n++) {
        mpf_set_z(to->most[n], layer->bias[n]);
        mpf_abs(to->most[n], to->most[n]);
        mpf_set(to->sum[n], to->most[n]);
        for (size_t b = 0; b < layer->blocks; b++)
            add_block(to, n, &layer->block[b], &all[layer->block[b].source]);
        mpf_div(to->most[n], to->most[n], denominator);
        mpf_div(to->sum[n], to->sum[n], denominator);
        mpf_mul_ui(to->most[n], to->most[n], 2);
        mpf_add(to->sum[n], to->sum[n], to->most[n]);
        mpf_add(to->sum[n], to->sum[n], to->most[n]);
    }
    mpf_clear(denominator);
}

/* V of every output. */
static void network_sizes(mpf_t *output, const network *net, const query *q)
{
    sizes *all = mem_alloc(net->layers + 1, sizeof *all);
    input_sizes(&all[0], q);
    for (size_t k = 0; k < net->layers; k++)
        layer_sizes(&all[k + 1], &net->layer[k], all);
    for (size_t j = 0; j < network_outputs(net); j++)
        mpf_set(output[j], all[net->layers].sum[j]);
    for (size_t k = 0; k <= net->layers; k++)
        sizes_clear(&all[k]);
    free(all);
}

void crude_bound(mpq_t upper, const query *q)
{
    sizes output; /* of f and of g */
    mpf_t most;
    sizes_init(&output, network_outputs(q->f));
    mpf_init2(most, DIGITS);
    network_sizes(output.most, q->f, q);
    network_sizes(output.sum, q->g, q);
    for (size_t j = 0; j < output.count; j++) {
        mpf_add(output.most[j], output.most[j], output.sum[j]);
        if (mpf_cmp(output.most[j], most) > 0)
            mpf_set(most, output.most[j]);
    }
    mpf_mul_ui(most, most, 2);
    mpq_set_f(upper, most);
    sizes_clear(&output);
    mpf_clear(most);
}
