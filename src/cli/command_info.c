/* supcert info: what a network file holds. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/norm.h"
#include "cli/pair.h"
#include "cli/report.h"

enum { INFO_NNET, INFO_JSON, INFO_OPTIONS };

static const option info_options[INFO_OPTIONS] = {
    [INFO_NNET] = NNET_OPTION_ROW,
    [INFO_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

static const usage info_usage = {
    .program = "supcert info",
    .operands = "NET",
    .least = 1,
    .most = 1,
    .purpose = "Tells a network's shape, its digest, and the norms of its weights and biases.",
    .notes = "Norms are entrywise, layer by layer: l1 and linf exactly, l2 as an interval that contains it.\n"
             "\nexit status: 0 done; 2 bad usage or input\n",
    .option = info_options,
    .options = INFO_OPTIONS};

static size_t relus(const net_layer *layer)
{
    size_t count = 0;
    for (size_t n = 0; n < layer->neurons; n++)
        count += layer->kind[n] == NEURON_RELU;
    return count;
}

static size_t denominator_bits(const network *net)
{
    size_t most = 0;
    for (size_t k = 0; k < net->layers; k++) {
        size_t bits = mpz_sizeinbase(net->layer[k].denominator, 2);
        most = bits > most ? bits : most;
    }
    return most;
}

/* --- words
 * ------------------------------------------------------------------------------------------------------ */

static void print_norms(const char *what, const norms *n)
{
    char *l1 = report_number(n->l1), *largest = report_number(n->largest);
    printf("  %-8s l1   %s\n", what, l1);
    if (strcmp(n->l2[0], n->l2[1]) == 0)
        printf("  %-8s l2   %s (exact)\n", "", n->l2[0]);
    else
        printf("  %-8s l2   between %s and %s\n", "", n->l2[0], n->l2[1]);
    printf("  %-8s linf %s\n", "", largest);
    free(l1);
    free(largest);
}

static void print_sources(const net_layer *layer)
{
    if (layer->blocks == 0)
        printf("reads nothing");
    for (size_t b = 0; b < layer->blocks; b++) {
        printf("%s", b == 0 ? "reads " : ", ");
        if (layer->block[b].source == 0)
            printf("the inputs");
        else
            printf("layer %zu", layer->block[b].source);
    }
}

static void print_layer(const net_layer *layer, size_t number)
{
    norms weights, biases;
    printf("\nlayer %zu: %zu neurons, %zu ReLU; ", number, layer->neurons, relus(layer));
    print_sources(layer);
    printf("; denominator of %zu bits\n", mpz_sizeinbase(layer->denominator, 2));
    norms_of_weights(&weights, layer);
    norms_of_biases(&biases, layer);
    print_norms("weights", &weights);
    print_norms("biases", &biases);
    norms_clear(&weights);
    norms_clear(&biases);
}

static void print_words(const import_model *model)
{
    const network *net = &model->net;
    size_t neurons = network_neurons(net), relu = network_relus(net);
    printf("network %s\n", model->path);
    printf("  %-12s %s\n", "sha256", model->digest);
    printf("  %-12s %zu\n", "inputs", net->inputs);
    printf("  %-12s %zu\n", "outputs", network_outputs(net));
    printf("  %-12s %zu\n", "layers", net->layers);
    printf("  %-12s %zu: %zu ReLU, %zu linear (the outputs among them)\n", "neurons", neurons, relu,
           neurons - relu);
    printf("  %-12s at most %zu bits\n", "denominators", denominator_bits(net));
    for (size_t k = 0; k < net->layers; k++)
        print_layer(&net->layer[k], k + 1);
}

/* --- JSON
 * ------------------------------------------------------------------------------------------------------- */

static json_t *norms_json(norms *n)
{
    json_t *object = json_object(), *l2 = json_array();
    json_object_set_new(object, "l1", json_of_rational(n->l1));
    json_array_append_new(l2, json_string(n->l2[0]));
    json_array_append_new(l2, json_string(n->l2[1]));
    json_object_set_new(object, "l2", l2);
    json_object_set_new(object, "linf", json_of_rational(n->largest));
    norms_clear(n);
    return object;
}

static json_t *layer_json(const net_layer *layer)
{
    norms weights, biases;
    json_t *object = json_object(), *sources = json_array();
    norms_of_weights(&weights, layer);
    norms_of_biases(&biases, layer);
    for (size_t b = 0; b < layer->blocks; b++)
        json_array_append_new(sources, json_of_size(layer->block[b].source));
    json_object_set_new(object, "neurons", json_of_size(layer->neurons));
    json_object_set_new(object, "relus", json_of_size(relus(layer)));
    json_object_set_new(object, "sources", sources);
    json_object_set_new(object, "denominator_bits", json_of_size(mpz_sizeinbase(layer->denominator, 2)));
    json_object_set_new(object, "weights", norms_json(&weights));
    json_object_set_new(object, "biases", norms_json(&biases));
    return object;
}

static void print_json(const import_model *model)
{
    json_t *object = json_object(), *layers = json_array();
    json_object_set_new(object, "command", json_string("info"));
    json_object_set_new(object, "network", json_of_model(model));
    json_object_set_new(object, "relus", json_of_size(network_relus(&model->net)));
    json_object_set_new(object, "denominator_bits", json_of_size(denominator_bits(&model->net)));
    for (size_t k = 0; k < model->net.layers; k++)
        json_array_append_new(layers, layer_json(&model->net.layer[k]));
    json_object_set_new(object, "layers", layers);
    json_print(object);
}

static int info_run(const arguments *a, error *e)
{
    import_model model;
    import_options options = {.nnet_normalise = arguments_given(a, INFO_NNET)};
    if (!pair_read_network(&model, a->operand[0], &options, e))
        return STATUS_BAD;
    if (arguments_given(a, INFO_JSON))
        print_json(&model);
    else
        print_words(&model);
    import_model_clear(&model);
    return STATUS_GOOD;
}

const command command_info = {.name = "info", .usage = &info_usage, .run = info_run};
