/* Reading ONNX: decodes the file, evaluates its graph symbolically with affine forms over the inputs and ReLU
 * neurons, and keeps the neurons as layers. Everything is exact: each stored float is the rational it
 * denotes, and the operators are those of the real numbers. */
#include "import/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/onnx_graph.h"

/* --- the model ---------------------------------------------------------------------------------------------
 */

static bool check_operator_set(const Onnx__ModelProto *model, const char *file, error *e)
{
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *set = model->opset_import[i];
        if (set->domain != NULL && set->domain[0] != '\0' && strcmp(set->domain, "ai.onnx") != 0)
            continue;
        if (set->version < ONNX_OLDEST_OPERATORS /* before, arithmetic had other rules for shapes */)
            return error_set(e, file, 0,
                             "uses version %lld of the ONNX operators (convert it to version %d or later)",
                             (long long)set->version, ONNX_OLDEST_OPERATORS);
        return true;
    }
    return error_set(e, file, 0,
                     "does not say which version of the ONNX operators it uses (the file is damaged)");
}

static bool check_model(const Onnx__ModelProto *model, const char *file, error *e)
{
    if (model->graph == NULL)
        return error_set(e, file, 0, "is no ONNX model (it contains no graph)");
    if (model->graph->n_sparse_initializer > 0)
        return error_set(e, file, 0, "has sparse initialisers, which are not supported (store them densely)");
    return check_operator_set(model, file, e);
}

/* --- the input ---------------------------------------------------------------------------------------------
 */

/* The shape of the input; a first dimension without a number is the batch, which is taken as 1. */
static bool input_shape(const Onnx__ValueInfoProto *input, const char *file, size_t *dim, error *e)
{
    const Onnx__TensorShapeProto *shape = input->type->tensor_type->shape;
    for (size_t i = 0; i < shape->n_dim; i++) {
        const Onnx__DimensionProto *d = shape->dim[i];
        if (!d->has_dim_value && i > 0)
            return error_set(
                e, file, 0,
                "input '%s': dimension %zu is not a fixed number (only the first, the batch, may be open)",
                input->name, i);
        if (d->has_dim_value && d->dim_value < 1)
            return error_set(e, file, 0, "input '%s': dimension %zu is %lld (must be at least 1)",
                             input->name, i, (long long)d->dim_value);
        dim[i] = d->has_dim_value ? (size_t)d->dim_value : 1;
    }
    return true;
}

static bool check_input(const Onnx__ValueInfoProto *input, const char *file, error *e)
{
    const Onnx__TensorTypeProto *type = input->type == NULL ? NULL : input->type->tensor_type;
    if (type == NULL)
        return error_set(e, file, 0, "input '%s' is not a tensor", input->name);
    if (type->elem_type != ONNX_FLOAT && type->elem_type != ONNX_DOUBLE)
        return error_set(e, file, 0, "input '%s' has element type %s (float32 or float64 is expected)",
                         input->name, tensor_type_name(type->elem_type));
    if (type->shape == NULL)
        return error_set(e, file, 0, "input '%s' has no shape", input->name);
    return true;
}

/* Number of inputs, if each of them has room in memory. */
static bool count_inputs(size_t bytes, size_t rank, const size_t *dim, size_t *count)
{
    const size_t words_per_input = 32;
    size_t most = budget_for_file(bytes).limit / words_per_input;
    *count = 1;
    for (size_t i = 0; i < rank; i++) {
        if (dim[i] > most / *count)
            return false;
        *count *= dim[i];
    }
    return true;
}

/* --- evaluation --------------------------------------------------------------------------------------------
 */

/* One model being read. */
typedef struct reader {
    const char *file;
    graph graph;
    layers build;
    error *e;
} reader;

static bool too_large(const reader *r, const char *what)
{
    return error_set(
        r->e, r->file, 0,
        "%s: its values need far more memory than a file of this size justifies (use a smaller model)", what);
}

static void release_use(reader *r, graph_value *v)
{
    if (--v->uses == 0) {
        tensor_free(&r->build.space, v->held);
        v->held = NULL;
    }
}

/* Constants are decoded when they are read first. */
static bool provide(reader *r, graph_value *v)
{
    if (v->held != NULL || v->kind != VALUE_INITIALISER)
        return true;
    char *what = mem_printf("initialiser '%s'", v->name);
    v->held = tensor_read(&r->build.space, r->graph.proto->initializer[v->index], r->file, what, r->e);
    if (r->build.budget.exceeded)
        too_large(r, what);
    free(what);
    return v->held != NULL && !r->build.budget.exceeded;
}

static bool apply(reader *r, size_t n, onnx_call *call, tensor **result)
{
    *result = r->graph.operator[n]->apply(call);
    if (!r->build.budget.exceeded)
        return *result != NULL;
    tensor_free(&r->build.space, *result);
    *result = NULL;
    char *what = call_node_name(call->node, n);
    too_large(r, what);
    free(what);
    return false;
}

static bool evaluate_node(reader *r, size_t n)
{
    const Onnx__NodeProto *node = r->graph.proto->node[n];
    const size_t *slot = r->graph.input_value + r->graph.first_input[n];
    tensor **input = mem_alloc(node->n_input, sizeof(tensor *)), *result = NULL;
    size_t *uses = mem_alloc(node->n_input, sizeof *uses);
    bool good = true;
    for (size_t i = 0; i < node->n_input && good; i++) {
        if (slot[i] == GRAPH_NOTHING)
            continue;
        graph_value *v = &r->graph.value[slot[i]];
        good = provide(r, v);
        input[i] = v->held;
        uses[i] = v->uses;
    }
    onnx_call call = {r->file, node, n, &r->build, node->n_input, input, uses, r->e};
    good = good && apply(r, n, &call, &result);
    for (size_t i = 0; i < node->n_input && good; i++) {
        if (slot[i] != GRAPH_NOTHING)
            release_use(r, &r->graph.value[slot[i]]);
    }
    free(uses);
    free(input);
    if (good)
        r->graph.value[r->graph.result[n]].held = result;
    return good;
}

static bool evaluate_output(reader *r)
{
    graph_value *v = &r->graph.value[r->graph.output];
    if (!provide(r, v))
        return false;
    if (!tensor_is_float(v->held) || v->held->count == 0)
        return error_set(r->e, r->file, 0,
                         "output '%s' must hold at least one number of type float32 or float64", v->name);
    layers_finish(&r->build, v->held->count, v->held->element);
    return r->build.budget.exceeded ? too_large(r, "the output layer") : true;
}

static void provide_input(reader *r, int type, size_t rank, const size_t *dim)
{
    tensor *x = tensor_new(&r->build.space, type, rank, dim);
    for (size_t i = 0; i < x->count; i++)
        x->element[i] = affine_variable(&r->build.space, i);
    r->graph.value[r->graph.input].held = x;
}

static bool evaluate(reader *r)
{
    for (size_t i = 0; i < r->graph.proto->n_node; i++) {
        size_t n = r->graph.order[i];
        if (r->graph.needed[n] && !evaluate_node(r, n))
            return false;
    }
    return evaluate_output(r);
}

static bool read_network(network *net, reader *r, size_t bytes, const Onnx__TensorTypeProto *type,
                         const size_t *dim)
{
    size_t inputs;
    if (!count_inputs(bytes, type->shape->n_dim, dim, &inputs))
        return error_set(r->e, r->file, 0, "the input's dimensions are too large");
    network_clear(net);
    network_init(net, inputs);
    layers_init(&r->build, net, bytes);
    provide_input(r, type->elem_type, type->shape->n_dim, dim);
    bool good = evaluate(r);
    for (size_t i = 0; i < r->graph.values; i++)
        tensor_free(&r->build.space, r->graph.value[i].held);
    layers_clear(&r->build);
    return good;
}

static bool read_graph(network *net, const char **element_type, const Onnx__GraphProto *proto,
                       const char *file, size_t bytes, error *e)
{
    reader r = {.file = file, .e = e};
    if (!graph_init(&r.graph, proto, file, e))
        return false;
    const Onnx__ValueInfoProto *input = proto->input[r.graph.value[r.graph.input].index];
    bool good = check_input(input, file, e);
    if (good) {
        const Onnx__TensorTypeProto *type = input->type->tensor_type;
        size_t *dim = mem_alloc(type->shape->n_dim, sizeof *dim);
        *element_type = tensor_type_name(type->elem_type);
        good = input_shape(input, file, dim, e) && read_network(net, &r, bytes, type, dim);
        free(dim);
    }
    graph_clear(&r.graph);
    return good;
}

bool onnx_read(network *net, const char **element_type, const char *name, const file_bytes *bytes, error *e)
{
    network_init(net, 1);
    Onnx__ModelProto *model = onnx__model_proto__unpack(NULL, bytes->size, bytes->data);
    bool good = model != NULL;
    if (!good)
        error_set(e, name, 0, "is no ONNX model, or is damaged (its encoding is not valid)");
    good = good && check_model(model, name, e) &&
           read_graph(net, element_type, model->graph, name, bytes->size, e);
    if (model != NULL)
        onnx__model_proto__free_unpacked(model, NULL);
    if (!good)
        network_clear(net);
    return good;
}
