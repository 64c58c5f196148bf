/* Writing ONNX: float64, operator set 13. Every layer is Gemm on its sources (Concat joins several), then
 * Relu. A layer that mixes ReLU and linear neurons is written as two Gemms whose results are joined, ReLU
 * neurons first; whoever reads the layer reads its columns in that order. Reading the file back gives the
 * same function. */
#include "import/import.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/onnx_call.h"

#define OPERATORS_VERSION 13
#define FORMAT_VERSION    7
#define INPUT_NAME        "input"
#define OUTPUT_NAME       "output"

/* The model under construction; all of it is owned by the allocation list. */
typedef struct writer {
    const network *net;
    const char *name; /* for messages */
    Onnx__GraphProto graph;
    size_t node_capacity, initializer_capacity;
    void **owned;
    size_t owned_count, owned_capacity;
    char **value;   /* name of what every source provides */
    size_t **order; /* for every source, the neuron that stands in each column; NULL: the neurons in order */
    error *e;
} writer;

/* --- pieces of the model -----------------------------------------------------------------------------------
 */

static void *own(writer *w, void *memory)
{
    w->owned = mem_grow(w->owned, &w->owned_capacity, w->owned_count + 1, sizeof *w->owned);
    w->owned[w->owned_count++] = memory;
    return memory;
}

static char *own_text(writer *w, const char *text)
{
    return own(w, mem_copy_string(text));
}

static Onnx__NodeProto *add_node(writer *w, const char *type, size_t inputs, char *const *input, char *output)
{
    Onnx__NodeProto *node = own(w, mem_alloc(1, sizeof *node));
    onnx__node_proto__init(node);
    node->op_type = own_text(w, type);
    node->name = output;
    node->n_input = inputs;
    node->input = own(w, mem_alloc(inputs, sizeof(char *)));
    memcpy(node->input, input, inputs * sizeof(char *));
    node->n_output = 1;
    node->output = own(w, mem_alloc(1, sizeof(char *)));
    node->output[0] = output;
    w->graph.node = mem_grow(w->graph.node, &w->node_capacity, w->graph.n_node + 1, sizeof *w->graph.node);
    w->graph.node[w->graph.n_node++] = node;
    return node;
}

static void add_integer_attribute(writer *w, Onnx__NodeProto *node, const char *name, int64_t value)
{
    Onnx__AttributeProto *a = own(w, mem_alloc(1, sizeof *a));
    onnx__attribute_proto__init(a);
    a->name = own_text(w, name);
    a->has_type = a->has_i = true;
    a->type = ATTRIBUTE_INT;
    a->i = value;
    node->n_attribute = 1;
    node->attribute = own(w, mem_alloc(1, sizeof(Onnx__AttributeProto *)));
    node->attribute[0] = a;
}

/* A float64 tensor whose elements are still to be filled in. */
static Onnx__TensorProto *add_initializer(writer *w, char *name, size_t rank, const size_t *dim)
{
    Onnx__TensorProto *t = own(w, mem_alloc(1, sizeof *t));
    size_t count = 1;
    onnx__tensor_proto__init(t);
    t->name = name;
    t->has_data_type = t->has_raw_data = true;
    t->data_type = ONNX_DOUBLE;
    t->n_dims = rank;
    t->dims = own(w, mem_alloc(rank, sizeof *t->dims));
    for (size_t i = 0; i < rank; i++) {
        t->dims[i] = (int64_t)dim[i];
        count = mem_product(count, dim[i]);
    }
    t->raw_data.len = mem_product(count, 8);
    t->raw_data.data = own(w, mem_alloc(t->raw_data.len, 1));
    w->graph.initializer = mem_grow(w->graph.initializer, &w->initializer_capacity,
                                    w->graph.n_initializer + 1, sizeof *w->graph.initializer);
    w->graph.initializer[w->graph.n_initializer++] = t;
    return t;
}

static void put_float64(Onnx__TensorProto *t, size_t i, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (size_t b = 0; b < 8; b++)
        t->raw_data.data[8 * i + b] = (unsigned char)(bits >> (8 * b));
}

/* --- numbers -----------------------------------------------------------------------------------------------
 */

/* The double that is exactly numerator/denominator, if there is one. */
static bool exact_float64(double *value, const mpz_t numerator, const mpz_t denominator)
{
    mpq_t exact, back;
    mpq_inits(exact, back, NULL);
    mpz_set(mpq_numref(exact), numerator);
    mpz_set(mpq_denref(exact), denominator);
    mpq_canonicalize(exact);
    *value = mpq_get_d(exact);
    bool equal = isfinite(*value);
    if (equal) {
        mpq_set_d(back, *value);
        equal = mpq_equal(exact, back) != 0;
    }
    mpq_clears(exact, back, NULL);
    return equal;
}

static bool put_number(writer *w, size_t layer, size_t neuron, const char *what, const mpz_t numerator,
                       Onnx__TensorProto *t, size_t i)
{
    double value;
    if (!exact_float64(&value, numerator, w->net->layer[layer].denominator))
        return error_set(w->e, w->name, 0,
                         "layer %zu, neuron %zu: %s is not exactly a float64, so ONNX cannot hold it (keep "
                         "the native format)",
                         layer + 1, neuron + 1, what);
    put_float64(t, i, value);
    return true;
}

/* --- layers ------------------------------------------------------------------------------------------------
 */

/* The neurons of one Gemm: all of a layer, or those of one kind. */
typedef struct part {
    size_t layer, rows, columns;
    const size_t *neuron; /* `rows` of them */
} part;

static bool put_row(writer *w, const part *p, size_t row, Onnx__TensorProto *weight, Onnx__TensorProto *bias)
{
    const net_layer *layer = &w->net->layer[p->layer];
    size_t neuron = p->neuron[row], at = row * p->columns;
    for (size_t b = 0; b < layer->blocks; b++) {
        const net_block *block = &layer->block[b];
        const size_t *order = w->order[block->source];
        for (size_t c = 0; c < block->columns; c++, at++) {
            size_t column = order == NULL ? c : order[c];
            if (!put_number(w, p->layer, neuron, "a weight", block->weight[neuron * block->columns + column],
                            weight, at))
                return false;
        }
    }
    return put_number(w, p->layer, neuron, "the bias", layer->bias[neuron], bias, row);
}

/* output = source · weightᵀ + bias */
static bool add_gemm(writer *w, const part *p, char *source, char *output)
{
    char *input[3] = {source, own(w, mem_printf("%s.weight", output)), own(w, mem_printf("%s.bias", output))};
    size_t dim[2] = {p->rows, p->columns};
    Onnx__TensorProto *weight = add_initializer(w, input[1], 2, dim),
                      *bias = add_initializer(w, input[2], 1, dim);
    for (size_t row = 0; row < p->rows; row++) {
        if (!put_row(w, p, row, weight, bias))
            return false;
    }
    add_integer_attribute(w, add_node(w, "Gemm", 3, input, output), "transB", 1);
    return true;
}

static char *add_concat(writer *w, size_t inputs, char *const *input, char *output)
{
    add_integer_attribute(w, add_node(w, "Concat", inputs, input, output), "axis", 1);
    return output;
}

/* The value that holds all sources of a layer side by side, and its width. A constant layer reads the input,
 * with weights 0. */
static char *join_sources(writer *w, size_t k, size_t *columns)
{
    const net_layer *layer = &w->net->layer[k];
    *columns = layer->blocks == 0 ? w->net->inputs : 0;
    if (layer->blocks == 0)
        return w->value[0];
    char **input = own(w, mem_alloc(layer->blocks, sizeof(char *)));
    for (size_t b = 0; b < layer->blocks; b++) {
        input[b] = w->value[layer->block[b].source];
        *columns += layer->block[b].columns;
    }
    return layer->blocks == 1
               ? input[0]
               : add_concat(w, layer->blocks, input, own(w, mem_printf("layer%zu.sources", k + 1)));
}

/* All neurons of p are of one kind. */
static bool add_part(writer *w, const part *p, char *source, neuron_kind kind, char *output)
{
    if (kind == NEURON_LINEAR)
        return add_gemm(w, p, source, output);
    char *before = own(w, mem_printf("%s.before", output));
    if (!add_gemm(w, p, source, before))
        return false;
    add_node(w, "Relu", 1, &before, output);
    return true;
}

/* ReLU neurons first, then the linear ones, each kind in its order; returns how many are ReLU. */
static size_t sort_neurons(const net_layer *layer, size_t *neuron)
{
    size_t relus = 0, next;
    for (size_t n = 0; n < layer->neurons; n++) {
        if (layer->kind[n] == NEURON_RELU)
            neuron[relus++] = n;
    }
    next = relus;
    for (size_t n = 0; n < layer->neurons; n++) {
        if (layer->kind[n] != NEURON_RELU)
            neuron[next++] = n;
    }
    return relus;
}

/* The output must have its neurons in order: column j of the joined parts goes to where neuron order[j]
 * belongs. */
static void restore_order(writer *w, const net_layer *layer, const size_t *order, char *joined)
{
    char *input[2] = {joined, own_text(w, "permutation")};
    size_t dim[2] = {layer->neurons, layer->neurons};
    Onnx__TensorProto *t = add_initializer(w, input[1], 2, dim);
    for (size_t j = 0; j < layer->neurons; j++)
        put_float64(t, j * layer->neurons + order[j], 1.0);
    add_node(w, "MatMul", 2, input, own_text(w, OUTPUT_NAME));
}

static bool add_layer(writer *w, size_t k)
{
    const net_layer *layer = &w->net->layer[k];
    bool last = k + 1 == w->net->layers;
    size_t columns, *neuron = own(w, mem_alloc(layer->neurons, sizeof *neuron));
    char *source = join_sources(w, k, &columns);
    size_t relus = sort_neurons(layer, neuron);
    bool mixed = relus > 0 && relus < layer->neurons;
    char *name = last && !mixed ? own_text(w, OUTPUT_NAME) : own(w, mem_printf("layer%zu", k + 1));
    w->value[k + 1] = name;
    if (!mixed) {
        part whole = {k, layer->neurons, columns, neuron};
        return add_part(w, &whole, source, relus > 0 ? NEURON_RELU : NEURON_LINEAR, name);
    }
    part relu = {k, relus, columns, neuron}, linear = {k, layer->neurons - relus, columns, neuron + relus};
    char *halves[2] = {own(w, mem_printf("%s.relu", name)), own(w, mem_printf("%s.linear", name))};
    if (!add_part(w, &relu, source, NEURON_RELU, halves[0]) ||
        !add_part(w, &linear, source, NEURON_LINEAR, halves[1]))
        return false;
    add_concat(w, 2, halves, name);
    w->order[k + 1] = neuron;
    if (last)
        restore_order(w, layer, neuron, name);
    return true;
}

/* --- the file ----------------------------------------------------------------------------------------------
 */

/* A float64 matrix of any number of rows, the batch, and `columns` columns. */
static Onnx__ValueInfoProto *value_info(writer *w, const char *name, size_t columns)
{
    Onnx__ValueInfoProto *info = own(w, mem_alloc(1, sizeof *info));
    Onnx__TypeProto *type = own(w, mem_alloc(1, sizeof *type));
    Onnx__TensorTypeProto *tensor_type = own(w, mem_alloc(1, sizeof *tensor_type));
    Onnx__TensorShapeProto *shape = own(w, mem_alloc(1, sizeof *shape));
    Onnx__DimensionProto *dim = own(w, mem_alloc(2, sizeof *dim));
    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__tensor_type_proto__init(tensor_type);
    onnx__tensor_shape_proto__init(shape);
    onnx__dimension_proto__init(&dim[0]);
    onnx__dimension_proto__init(&dim[1]);
    dim[0].dim_param = own_text(w, "batch");
    dim[1].has_dim_value = true;
    dim[1].dim_value = (int64_t)columns;
    shape->n_dim = 2;
    shape->dim = own(w, mem_alloc(2, sizeof(Onnx__DimensionProto *)));
    shape->dim[0] = &dim[0];
    shape->dim[1] = &dim[1];
    tensor_type->has_elem_type = true;
    tensor_type->elem_type = ONNX_DOUBLE;
    tensor_type->shape = shape;
    type->tensor_type = tensor_type;
    info->name = own_text(w, name);
    info->type = type;
    return info;
}

static bool write_packed(FILE *out, const Onnx__ModelProto *model, const writer *w)
{
    size_t size = onnx__model_proto__get_packed_size(model);
    if (size > INT_MAX)
        return error_set(w->e, w->name, 0,
                         "the network is too large for one ONNX file, which holds 2 GiB at most");
    unsigned char *bytes = mem_alloc(size, 1);
    onnx__model_proto__pack(model, bytes);
    fwrite(bytes, 1, size, out); /* the stream remembers failures */
    free(bytes);
    return true;
}

static bool write_model(FILE *out, writer *w)
{
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__OperatorSetIdProto set = ONNX__OPERATOR_SET_ID_PROTO__INIT, *sets[1] = {&set};
    Onnx__ValueInfoProto *input = value_info(w, INPUT_NAME, w->net->inputs);
    Onnx__ValueInfoProto *output = value_info(w, OUTPUT_NAME, network_outputs(w->net));
    set.domain = own_text(w, "");
    set.has_version = true;
    set.version = OPERATORS_VERSION;
    model.has_ir_version = true;
    model.ir_version = FORMAT_VERSION;
    model.producer_name = own_text(w, "supcert");
    model.producer_version = own_text(w, SUPCERT_VERSION);
    model.n_opset_import = 1;
    model.opset_import = sets;
    model.graph = &w->graph;
    w->graph.name = own_text(w, "network");
    w->graph.n_input = w->graph.n_output = 1;
    w->graph.input = &input;
    w->graph.output = &output;
    return write_packed(out, &model, w);
}

bool onnx_write(FILE *out, const network *net, const char *name, error *e)
{
    writer w = {.net = net, .name = name, .graph = ONNX__GRAPH_PROTO__INIT, .e = e};
    w.value = own(&w, mem_alloc(net->layers + 1, sizeof(char *)));
    w.order = own(&w, mem_alloc(net->layers + 1, sizeof(size_t *)));
    w.value[0] = own_text(&w, INPUT_NAME);
    bool good = true;
    for (size_t k = 0; k < net->layers && good; k++)
        good = add_layer(&w, k);
    good = good && write_model(out, &w);
    for (size_t i = 0; i < w.owned_count; i++)
        free(w.owned[i]);
    free(w.owned);
    free(w.graph.node);
    free(w.graph.initializer);
    return good;
}
