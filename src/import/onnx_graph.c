/* The wiring of an ONNX graph: see onnx_graph.h. */
#include "import/onnx_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *text(const char *name)
{
    return name == NULL ? "" : name;
}

/* --- names -------------------------------------------------------------------------------------------------
 */

static void add_value(graph *g, const char *name, value_kind kind, size_t index, size_t output)
{
    if (name[0] != '\0')
        g->value[g->values++] = (graph_value){.name = name, .kind = kind, .index = index, .output = output};
}

/* Outputs of nodes may be left out; inputs and initialisers always have a name. */
static bool check_names(const graph *g, error *e)
{
    const Onnx__GraphProto *p = g->proto;
    for (size_t i = 0; i < p->n_input; i++) {
        if (text(p->input[i]->name)[0] == '\0')
            return error_set(e, g->file, 0, "input %zu of the graph has no name", i);
    }
    for (size_t i = 0; i < p->n_initializer; i++) {
        if (text(p->initializer[i]->name)[0] == '\0')
            return error_set(e, g->file, 0, "initialiser %zu has no name", i);
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Nodes need no names, but two of one name are no valid model, and runtimes refuse it. */
static bool check_node_names(const graph *g, error *e)
{
    const Onnx__GraphProto *p = g->proto;
    const char **name = mem_alloc(p->n_node, sizeof *name), *twice = NULL;
    for (size_t i = 0; i < p->n_node; i++)
        name[i] = text(p->node[i]->name);
    qsort(name, p->n_node, sizeof *name, compare_names);
    for (size_t i = 1; i < p->n_node && twice == NULL; i++) {
        if (name[i][0] != '\0' && strcmp(name[i - 1], name[i]) == 0)
            twice = name[i];
    }
    free(name);
    return twice == NULL || error_set(e, g->file, 0, "two nodes have the name '%s'", twice);
}

static void list_values(graph *g)
{
    const Onnx__GraphProto *p = g->proto;
    size_t most = mem_sum(p->n_initializer, p->n_input);
    for (size_t i = 0; i < p->n_node; i++)
        most = mem_sum(most, p->node[i]->n_output);
    g->value = mem_alloc(most, sizeof *g->value);
    for (size_t i = 0; i < p->n_initializer; i++)
        add_value(g, text(p->initializer[i]->name), VALUE_INITIALISER, i, 0);
    for (size_t i = 0; i < p->n_input; i++)
        add_value(g, text(p->input[i]->name), VALUE_INPUT, i, 0);
    for (size_t i = 0; i < p->n_node; i++) {
        for (size_t k = 0; k < p->node[i]->n_output; k++)
            add_value(g, p->node[i]->output[k], VALUE_NODE, i, k);
    }
}

static int compare_values(const void *a, const void *b)
{
    const graph_value *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (int)x->kind - (int)y->kind;
}

/* An initialiser may be listed as an input once, too: a default that nobody overrides here. */
static bool sort_values(graph *g, error *e)
{
    qsort(g->value, g->values, sizeof *g->value, compare_values);
    size_t kept = 0;
    bool joined = false; /* whether the last value kept is such a default */
    for (size_t i = 0; i < g->values; i++) {
        graph_value *v = &g->value[i], *last = kept == 0 ? NULL : &g->value[kept - 1];
        bool again = last != NULL && strcmp(v->name, last->name) == 0;
        if (again && (joined || last->kind != VALUE_INITIALISER || v->kind != VALUE_INPUT))
            return error_set(e, g->file, 0, "value '%s' is defined twice", v->name);
        joined = again;
        if (again)
            last->as_input = g->proto->input[v->index]->type;
        else
            g->value[kept++] = *v;
    }
    g->values = kept;
    return true;
}

static size_t find_value(const graph *g, const char *name)
{
    size_t low = 0, high = g->values;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(g->value[middle].name, name);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return GRAPH_NOTHING;
}

/* Types that the file states about values between input and output. It may state some about values that are
 * gone. */
static bool find_declarations(graph *g, error *e)
{
    for (size_t i = 0; i < g->proto->n_value_info; i++) {
        const Onnx__ValueInfoProto *info = g->proto->value_info[i];
        size_t v = find_value(g, text(info->name));
        if (v == GRAPH_NOTHING || info->type == NULL)
            continue;
        if (g->value[v].as_value != NULL)
            return error_set(e, g->file, 0, "value '%s' is declared twice", info->name);
        g->value[v].as_value = info->type;
    }
    return true;
}

/* --- ends --------------------------------------------------------------------------------------------------
 */

static bool find_input(graph *g, error *e)
{
    g->input = GRAPH_NOTHING;
    for (size_t i = 0; i < g->values; i++) {
        if (g->value[i].kind != VALUE_INPUT)
            continue;
        if (g->input != GRAPH_NOTHING)
            return error_set(e, g->file, 0, "the graph has several inputs, '%s' and '%s' (one is expected)",
                             g->value[g->input].name, g->value[i].name);
        g->input = i;
    }
    if (g->input == GRAPH_NOTHING)
        return error_set(e, g->file, 0, "the graph has no input that is not a constant (one is expected)");
    return true;
}

static bool find_output(graph *g, error *e)
{
    const Onnx__GraphProto *p = g->proto;
    if (p->n_output != 1)
        return error_set(e, g->file, 0, "the graph has %zu outputs (one is expected)", p->n_output);
    g->output = find_value(g, text(p->output[0]->name));
    if (g->output == GRAPH_NOTHING)
        return error_set(e, g->file, 0, "the graph's output '%s' is not defined", text(p->output[0]->name));
    graph_value *v = &g->value[g->output];
    if (v->kind == VALUE_NODE && v->output > 0)
        return error_set(e, g->file, 0,
                         "the graph's output '%s' is a second output of its operator, which is not supported",
                         v->name);
    v->as_output = p->output[0]->type;
    return true;
}

/* --- nodes -------------------------------------------------------------------------------------------------
 */

static bool find_operators(graph *g, error *e)
{
    g->operator= mem_alloc(g->proto->n_node, sizeof *g->operator);
    for (size_t i = 0; i < g->proto->n_node; i++) {
        onnx_call call = {
            .file = g->file, .node = g->proto->node[i], .index = i, .version = g->version, .e = e};
        g->operator[i] = onnx_operator_find(&call);
        if (g->operator[i] == NULL)
            return false;
    }
    return true;
}

/* Errors about a node's wiring. */
static bool node_fail(const graph *g, size_t node, const char *format, const char *name, error *e)
{
    char *where = call_node_name(g->proto->node[node], node);
    char *reason = mem_printf("input '%s' %s", name, format);
    error_set(e, g->file, 0, "%s: %s", where, reason);
    free(reason);
    free(where);
    return false;
}

static bool resolve_input(graph *g, size_t node, size_t i, error *e)
{
    const char *name = g->proto->node[node]->input[i];
    size_t *value = &g->input_value[g->first_input[node] + i];
    *value = GRAPH_NOTHING;
    if (name[0] == '\0')
        return true;
    *value = find_value(g, name);
    if (*value == GRAPH_NOTHING)
        return node_fail(g, node, "is not defined anywhere", name, e);
    if (g->value[*value].kind == VALUE_NODE && g->value[*value].output > 0)
        return node_fail(g, node, "is a second output of its operator, which is not supported", name, e);
    return true;
}

static bool resolve_inputs(graph *g, error *e)
{
    const Onnx__GraphProto *p = g->proto;
    g->first_input = mem_alloc(mem_sum(p->n_node, 1), sizeof *g->first_input);
    for (size_t n = 0; n < p->n_node; n++)
        g->first_input[n + 1] = mem_sum(g->first_input[n], p->node[n]->n_input);
    g->input_value = mem_alloc(g->first_input[p->n_node], sizeof *g->input_value);
    for (size_t n = 0; n < p->n_node; n++) {
        for (size_t i = 0; i < p->node[n]->n_input; i++) {
            if (!resolve_input(g, n, i, e))
                return false;
        }
    }
    return true;
}

static void find_results(graph *g)
{
    g->result = mem_alloc(g->proto->n_node, sizeof *g->result);
    for (size_t n = 0; n < g->proto->n_node; n++)
        g->result[n] = GRAPH_NOTHING;
    for (size_t v = 0; v < g->values; v++) {
        if (g->value[v].kind == VALUE_NODE && g->value[v].output == 0)
            g->result[g->value[v].index] = v;
    }
}

/* The node that computes what input slot `i` reads, or GRAPH_NOTHING. */
static size_t producer(const graph *g, size_t slot)
{
    size_t v = g->input_value[slot];
    return v == GRAPH_NOTHING || g->value[v].kind != VALUE_NODE ? GRAPH_NOTHING : g->value[v].index;
}

/* --- order -------------------------------------------------------------------------------------------------
 */

/* Who reads a node's results: readers of node n are reader[first[n]] … reader[first[n+1] - 1]. */
typedef struct readers {
    size_t *first, *reader, *waiting; /* waiting: inputs of a node that are not known yet */
} readers;

static readers find_readers(const graph *g)
{
    size_t nodes = g->proto->n_node, slots = g->first_input[nodes];
    readers r = {mem_alloc(mem_sum(nodes, 2), sizeof(size_t)), mem_alloc(slots, sizeof(size_t)),
                 mem_alloc(nodes, sizeof(size_t))};
    for (size_t slot = 0; slot < slots; slot++) {
        if (producer(g, slot) != GRAPH_NOTHING)
            r.first[producer(g, slot) + 2]++;
    }
    for (size_t n = 0; n < nodes; n++)
        r.first[n + 2] += r.first[n + 1];
    for (size_t n = 0; n < nodes; n++) {
        for (size_t slot = g->first_input[n]; slot < g->first_input[n + 1]; slot++) {
            size_t from = producer(g, slot);
            if (from == GRAPH_NOTHING)
                continue;
            r.reader[r.first[from + 1]++] = n;
            r.waiting[n]++;
        }
    }
    return r;
}

/* A node on a cycle: whoever waits reads somebody who waits, and going there often enough ends on a cycle. */
static size_t find_cycle(const graph *g, const size_t *waiting)
{
    size_t node = 0;
    while (waiting[node] == 0)
        node++;
    for (size_t step = 0; step < g->proto->n_node; step++) {
        size_t slot = g->first_input[node];
        while (producer(g, slot) == GRAPH_NOTHING || waiting[producer(g, slot)] == 0)
            slot++;
        node = producer(g, slot);
    }
    return node;
}

static bool find_order(graph *g, error *e)
{
    size_t nodes = g->proto->n_node, known = 0;
    readers r = find_readers(g);
    g->order = mem_alloc(nodes, sizeof *g->order);
    for (size_t n = 0; n < nodes; n++) {
        if (r.waiting[n] == 0)
            g->order[known++] = n;
    }
    for (size_t next = 0; next < known; next++) {
        size_t n = g->order[next];
        for (size_t k = r.first[n]; k < r.first[n + 1]; k++) {
            if (--r.waiting[r.reader[k]] == 0)
                g->order[known++] = r.reader[k];
        }
    }
    if (known < nodes) {
        size_t node = find_cycle(g, r.waiting);
        char *where = call_node_name(g->proto->node[node], node);
        error_set(e, g->file, 0, "%s: depends on its own result (the graph has a cycle)", where);
        free(where);
    }
    free(r.first);
    free(r.reader);
    free(r.waiting);
    return known == nodes;
}

/* Marks what the output depends on, and counts how often each value is read for it. */
static void find_needed(graph *g)
{
    size_t nodes = g->proto->n_node;
    g->needed = mem_alloc(nodes, sizeof *g->needed);
    g->value[g->output].uses = 1;
    if (g->value[g->output].kind == VALUE_NODE)
        g->needed[g->value[g->output].index] = true;
    for (size_t i = nodes; i-- > 0;) {
        size_t n = g->order[i];
        for (size_t slot = g->first_input[n]; g->needed[n] && slot < g->first_input[n + 1]; slot++) {
            if (g->input_value[slot] == GRAPH_NOTHING)
                continue;
            g->value[g->input_value[slot]].uses++;
            if (producer(g, slot) != GRAPH_NOTHING)
                g->needed[producer(g, slot)] = true;
        }
    }
}

bool graph_init(graph *g, const Onnx__GraphProto *proto, int version, const char *file, error *e)
{
    *g = (graph){.file = file, .proto = proto, .version = version};
    list_values(g);
    if (check_names(g, e) && check_node_names(g, e) && sort_values(g, e) && find_declarations(g, e) &&
        find_operators(g, e) && resolve_inputs(g, e) && find_input(g, e) && find_output(g, e) &&
        find_order(g, e)) {
        find_results(g);
        find_needed(g);
        return true;
    }
    graph_clear(g);
    return false;
}

void graph_clear(graph *g)
{
    free(g->value);
    free(g->operator);
    free(g->first_input);
    free(g->input_value);
    free(g->result);
    free(g->order);
    free(g->needed);
    *g = (graph){.file = NULL};
}
