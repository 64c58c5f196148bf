/* One-sided maxima: see enumerate_signed.h. */
#include "enumerate_signed.h"

#include <stdlib.h>

#include "number/vector.h"

void add_constant(network *net, const mpq_t constant)
{
    size_t outputs = network_outputs(net), source = net->layers;
    unsigned char *kind = calloc(outputs, 1); /* NEURON_LINEAR */
    mpq_t *weight = vector_new(outputs * outputs), *bias = vector_new(outputs);
    for (size_t j = 0; j < outputs; j++) {
        mpq_set_ui(weight[j * outputs + j], 1, 1);
        mpq_set(bias[j], constant);
    }
    network_append(net, outputs, kind, 1, &source, weight, bias);
    vector_free(weight, outputs * outputs);
    vector_free(bias, outputs);
    free(kind);
}

/* |f - (g - M)| = f - g + M where M is the maximum of |f - g|: g is shifted by -M for the time being. */
bool enumerate_signed(mpq_t most, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                      size_t limit)
{
    enumeration truth, shifted;
    bool small = enumerate_maximum(&truth, f, g, lower, upper, EVERY_OUTPUT, limit);
    if (small) {
        network above = *g;
        above.layer = malloc((g->layers + 1) * sizeof *above.layer);
        for (size_t l = 0; l < g->layers; l++)
            above.layer[l] = g->layer[l];
        mpq_neg(most, truth.maximum);
        add_constant(&above, most);
        small = enumerate_maximum(&shifted, f, &above, lower, upper, EVERY_OUTPUT, 2 * limit);
        mpq_sub(most, shifted.maximum, truth.maximum);
        enumeration_clear(&shifted);
        network last = {.inputs = 1, .layers = 1, .layer = malloc(sizeof *last.layer)};
        last.layer[0] = above.layer[g->layers];
        network_clear(&last);
        free(above.layer);
    }
    enumeration_clear(&truth);
    return small;
}
