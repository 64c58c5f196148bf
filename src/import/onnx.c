/* Reading ONNX: decodes the file, evaluates its graph symbolically with affine forms over the inputs and ReLU
 * neurons, and keeps the neurons as layers. Everything is exact: each stored float is the rational it
 * denotes, and the operators are those of the real numbers. */
#include "import/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/onnx_declared.h"
#include "import/onnx_graph.h"
#include "import/onnx_model.h"
#include "import/onnx_wire.h"

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
    import_signature *signature; /* NULL: not wanted */
    size_t batch;                /* the first of several dimensions of the input, or 1 */
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

/* The value must be what the file declares about it, in every place. */
static bool check_declared(const reader *r, const graph_value *v)
{
    return declared_fits(v->as_input, v->held, v->name, r->file, r->e) &&
           declared_fits(v->as_value, v->held, v->name, r->file, r->e) &&
           declared_fits(v->as_output, v->held, v->name, r->file, r->e);
}

/* Constants are decoded when they are read first. */
static bool provide(reader *r, graph_value *v)
{
    if (v->held != NULL)
        return true;
    if (v->kind != VALUE_INITIALISER) /* the order of nodes excludes it */
        return error_set(r->e, r->file, 0, "value '%s' is read before it is known (please report this)",
                         v->name);
    char *what = mem_printf("initialiser '%s'", v->name);
    v->held = tensor_read(&r->build.space, r->graph.proto->initializer[v->index], r->file, what, r->e);
    if (r->build.budget.exceeded)
        too_large(r, what);
    free(what);
    return v->held != NULL && !r->build.budget.exceeded && check_declared(r, v);
}

static bool apply(reader *r, size_t n, onnx_call *call, tensor **result)
{
    *result = onnx_operator_apply(r->graph.operator[n], call);
    if (!r->build.budget.exceeded)
        return *result != NULL;
    tensor_free(&r->build.space, *result);
    *result = NULL;
    char *what = call_node_name(call->node, n);
    too_large(r, what);
    free(what);
    return false;
}

/* A node that is needed has a first output: nothing else is read from nodes. */
static bool keep(reader *r, size_t n, tensor *result)
{
    graph_value *v = &r->graph.value[r->graph.result[n]];
    v->held = result;
    return check_declared(r, v);
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
    onnx_call call = {r->file, node, n, r->graph.version, &r->build, node->n_input, input, uses, r->e};
    good = good && apply(r, n, &call, &result);
    for (size_t i = 0; i < node->n_input && good; i++) {
        if (slot[i] != GRAPH_NOTHING)
            release_use(r, &r->graph.value[slot[i]]);
    }
    free(uses);
    free(input);
    return good && keep(r, n, result);
}

/* A network that keeps the first dimension of its input is about that many inputs at once: a claim about them
 * all as one would be no claim about the network that was exported. */
static bool check_batch(const reader *r, const tensor *y)
{
    if (r->batch == 1 || y->rank == 0 || y->dim[0] != r->batch)
        return true;
    return error_set(
        r->e, r->file, 0,
        "has a batch of %zu: the first dimension of its input and its output (export the model with a "
        "batch of 1, or one that is open)",
        r->batch);
}

static void take_shape(import_shape *shape, size_t rank, const size_t *dim)
{
    *shape = (import_shape){rank, mem_alloc(rank, sizeof *dim)};
    memcpy(shape->dim, dim, rank * sizeof *dim);
}

static bool evaluate_output(reader *r)
{
    graph_value *v = &r->graph.value[r->graph.output];
    if (!provide(r, v))
        return false;
    if (!tensor_is_float(v->held) || v->held->count == 0)
        return error_set(r->e, r->file, 0,
                         "output '%s' must hold at least one number of type float32 or float64", v->name);
    if (!check_batch(r, v->held))
        return false;
    if (r->signature != NULL)
        take_shape(&r->signature->output, v->held->rank, v->held->dim);
    layers_finish(&r->build, v->held->count, v->held->element);
    return r->build.budget.exceeded ? too_large(r, "the output layer") : true;
}

static bool provide_input(reader *r, int type, size_t rank, const size_t *dim)
{
    graph_value *v = &r->graph.value[r->graph.input];
    tensor *x = v->held = tensor_new(&r->build.space, type, rank, dim);
    for (size_t i = 0; x != NULL && i < x->count; i++)
        x->element[i] = affine_variable(&r->build.space, i);
    return r->build.budget.exceeded ? too_large(r, "the input") : check_declared(r, v);
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

static bool read_network(network *net, reader *r, size_t bytes, int type, size_t rank, const size_t *dim)
{
    size_t inputs;
    if (!count_inputs(bytes, rank, dim, &inputs))
        return error_set(r->e, r->file, 0, "the input's dimensions are too large");
    network_clear(net);
    network_init(net, inputs);
    r->batch = rank > 1 ? dim[0] : 1;
    layers_init(&r->build, net, bytes);
    bool good = provide_input(r, type, rank, dim) && evaluate(r);
    for (size_t i = 0; i < r->graph.values; i++)
        tensor_free(&r->build.space, r->graph.value[i].held);
    layers_clear(&r->build);
    return good;
}

static bool read_graph(network *net, import_signature *signature, const Onnx__GraphProto *proto, int version,
                       const char *file, size_t bytes, error *e)
{
    reader r = {.file = file, .signature = signature, .e = e};
    if (!graph_init(&r.graph, proto, version, file, e))
        return false;
    int type;
    size_t rank, *dim;
    bool good = declared_input(proto->input[r.graph.value[r.graph.input].index], &type, &rank, &dim, file, e);
    if (good && signature != NULL) {
        signature->element_type = tensor_type_name(type);
        take_shape(&signature->input, rank, dim);
    }
    good = good && read_network(net, &r, bytes, type, rank, dim);
    free(dim);
    graph_clear(&r.graph);
    return good;
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    return mem_block(size);
}

static void release(void *context, void *block)
{
    (void)context;
    free(block);
}

/* Memory that runs out must not look like a damaged file. */
static ProtobufCAllocator allocator = {.alloc = allocate, .free = release};

static Onnx__ModelProto *decode(const char *name, const file_bytes *bytes, error *e)
{
    if (!onnx_wire_check(&onnx__model_proto__descriptor, bytes->data, bytes->size, name, e))
        return NULL;
    Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, bytes->size, bytes->data);
    if (model == NULL)
        error_set(e, name, 0, "is no ONNX model, or is damaged (its encoding is not valid)");
    return model;
}

bool onnx_read(network *net, import_signature *signature, const char *name, const file_bytes *bytes, error *e)
{
    int version;
    if (signature != NULL)
        *signature = (import_signature){.element_type = NULL};
    network_init(net, 1);
    Onnx__ModelProto *model = decode(name, bytes, e);
    bool good = model != NULL && onnx_model_check(model, &version, name, e) &&
                read_graph(net, signature, model->graph, version, name, bytes->size, e);
    if (model != NULL)
        onnx__model_proto__free_unpacked(model, &allocator);
    if (!good)
        network_clear(net);
    return good;
}
