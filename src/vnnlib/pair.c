/* The pair of networks of a part: see problem.h. Every value is a form over columns: the free inputs, then
 * the neurons of every layer that has been appended, in order. */
#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"
#include "vnnlib/problem.h"

typedef struct assembly {
    network net;
    const vnnlib_part *part;
    const vnnlib_query *q;
    size_t *begin; /* by source of `net`: its first column */
    size_t columns, begin_capacity;
    linear *output;   /* by variable of the query: an output as a form over columns, of networks that are in
                         `net`; 0 of others */
    size_t *position; /* by variable of the query: column of a free input */
    mpq_t one;
} assembly;

static void assembly_init(assembly *a, const vnnlib_part *part, const vnnlib_query *q)
{
    *a = (assembly){.part = part, .q = q, .columns = vnnlib_part_inputs(part)};
    network_init(&a->net, a->columns);
    a->begin = mem_grow(NULL, &a->begin_capacity, 1, sizeof *a->begin);
    a->begin[0] = 0;
    a->output = mem_alloc(q->variables, sizeof *a->output);
    a->position = mem_alloc(q->variables, sizeof *a->position);
    for (size_t v = 0; v < q->variables; v++)
        linear_init(&a->output[v]);
    for (size_t k = 0; k < part->frees; k++)
        a->position[part->free[k]] = k;
    mpq_init(a->one);
    mpq_set_ui(a->one, 1, 1);
}

/* Moves the network out. */
static void assembly_finish(assembly *a, network *net)
{
    *net = a->net;
    for (size_t v = 0; v < a->q->variables; v++)
        linear_clear(&a->output[v]);
    free(a->output);
    free(a->position);
    free(a->begin);
    mpq_clear(a->one);
}

/* --- appending a layer ---------------------------------------------------------------------------------- */

static size_t source_of(const assembly *a, size_t column)
{
    size_t source = a->net.layers;
    while (a->begin[source] > column)
        source--;
    return source;
}

/* The sources that the rows read, increasing; returns how many. */
static size_t find_sources(const assembly *a, const linear *row, size_t rows, size_t *source)
{
    bool *reads = mem_alloc(a->net.layers + 1, sizeof *reads);
    for (size_t r = 0; r < rows; r++)
        for (size_t t = 0; t < row[r].terms; t++)
            reads[source_of(a, row[r].term[t].variable)] = true;
    size_t count = 0;
    for (size_t s = 0; s <= a->net.layers; s++)
        if (reads[s])
            source[count++] = s;
    free(reads);
    return count;
}

/* Appends a layer of the rows, forms over columns, and gives it columns. */
static void append_rows(assembly *a, const linear *row, size_t rows, const unsigned char *kind)
{
    size_t *source = mem_alloc(a->net.layers + 1, sizeof *source), width = 0;
    size_t count = find_sources(a, row, rows, source);
    size_t *offset = mem_alloc(a->net.layers + 1, sizeof *offset);
    for (size_t s = 0; s < count; s++) {
        offset[source[s]] = width;
        width = mem_sum(width, network_source_size(&a->net, source[s]));
    }
    size_t weights = mem_product(rows, width);
    mpq_t *weight = vector_new(weights), *bias = vector_new(rows);
    for (size_t r = 0; r < rows; r++) {
        mpq_set(bias[r], row[r].constant);
        for (size_t t = 0; t < row[r].terms; t++) {
            size_t s = source_of(a, row[r].term[t].variable);
            mpq_set(weight[r * width + offset[s] + row[r].term[t].variable - a->begin[s]],
                    row[r].term[t].weight);
        }
    }
    network_append(&a->net, rows, kind, count, source, weight, bias);
    a->begin = mem_grow(a->begin, &a->begin_capacity, a->net.layers + 1, sizeof *a->begin);
    a->begin[a->net.layers] = a->columns;
    a->columns = mem_sum(a->columns, rows);
    vector_free(weight, weights);
    vector_free(bias, rows);
    free(source);
    free(offset);
}

/* --- networks of the query ------------------------------------------------------------------------------ */

/* Initialises *form as an input of the query over columns. */
static void input_form(linear *form, const assembly *a, size_t variable)
{
    const linear *given = &a->part->input[variable];
    linear_init(form);
    mpq_set(form->constant, given->constant);
    for (size_t t = 0; t < given->terms; t++)
        linear_add_variable(form, a->position[given->term[t].variable], given->term[t].weight);
}

/* sum += weight / denominator · form, by column. */
static void accumulate(mpq_t *sum, const linear *form, const mpz_t weight, const mpz_t denominator)
{
    mpq_t factor, product;
    mpq_inits(factor, product, NULL);
    mpq_set_num(factor, weight);
    mpq_set_den(factor, denominator);
    mpq_canonicalize(factor);
    for (size_t t = 0; t < form->terms; t++) {
        mpq_mul(product, factor, form->term[t].weight);
        mpq_add(sum[form->term[t].variable], sum[form->term[t].variable], product);
    }
    mpq_mul(product, factor, form->constant);
    mpq_add(sum[-1], sum[-1], product);
    mpq_clears(factor, product, NULL);
}

/* Initialises *row as neuron n of the layer over columns; `below` are the forms of all sources' values, one
 * array by source. sum: work space, one number for the constant and one by column, all 0. */
static void neuron_form(linear *row, const assembly *a, const net_layer *layer, size_t n,
                        linear *const *below, mpq_t *sum)
{
    linear_init(row);
    mpq_set_num(row->constant, layer->bias[n]);
    mpq_set_den(row->constant, layer->denominator);
    mpq_canonicalize(row->constant);
    for (size_t b = 0; b < layer->blocks; b++) {
        const net_block *block = &layer->block[b];
        for (size_t c = 0; c < block->columns; c++)
            if (mpz_sgn(block->weight[n * block->columns + c]) != 0)
                accumulate(sum + 1, &below[block->source][c], block->weight[n * block->columns + c],
                           layer->denominator);
    }
    mpq_add(row->constant, row->constant, sum[0]);
    linear_append(row, a->columns, sum + 1);
    for (size_t c = 0; c <= a->columns; c++)
        mpq_set_ui(sum[c], 0, 1);
}

static bool is_linear(const net_layer *layer)
{
    for (size_t n = 0; n < layer->neurons; n++)
        if (layer->kind[n] != NEURON_LINEAR)
            return false;
    return true;
}

/* Initialises the forms of a layer's values. A linear last layer is not appended: what reads it reads what it
 * reads. */
static void enter_layer(assembly *a, const network *net, size_t l, linear **below)
{
    const net_layer *layer = &net->layer[l];
    linear *row = mem_alloc(layer->neurons, sizeof *row);
    size_t sums = mem_sum(a->columns, 1);
    mpq_t *sum = vector_new(sums);
    for (size_t n = 0; n < layer->neurons; n++)
        neuron_form(&row[n], a, layer, n, below, sum);
    vector_free(sum, sums);
    below[l + 1] = row;
    if (l + 1 == net->layers && is_linear(layer))
        return;
    append_rows(a, row, layer->neurons, layer->kind);
    for (size_t n = 0; n < layer->neurons; n++) {
        linear_clear(&row[n]);
        linear_init(&row[n]);
        linear_add_variable(&row[n], a->begin[a->net.layers] + n, a->one);
    }
}

static void enter_network(assembly *a, const vnnlib_network *declared, const network *net)
{
    linear **below = mem_alloc(net->layers + 1, sizeof *below);
    below[0] = mem_alloc(net->inputs, sizeof **below);
    for (size_t i = 0; i < net->inputs; i++)
        input_form(&below[0][i], a, declared->input + i);
    for (size_t l = 0; l < net->layers; l++)
        enter_layer(a, net, l, below);
    for (size_t j = 0; j < declared->outputs; j++)
        linear_add(&a->output[declared->output + j], &below[net->layers][j], a->one);
    for (size_t s = 0; s <= net->layers; s++) {
        for (size_t n = 0; n < network_source_size(net, s); n++)
            linear_clear(&below[s][n]);
        free(below[s]);
    }
    free(below);
}

/* --- margins -------------------------------------------------------------------------------------------- */

/* Initialises *row as the part of the margin that is about networks in the assembly, over columns, with the
 * inputs and the constant, if these are wanted. */
static void margin_form(linear *row, const assembly *a, const linear *margin, bool with_inputs)
{
    linear_init(row);
    if (with_inputs)
        mpq_set(row->constant, margin->constant);
    for (size_t t = 0; t < margin->terms; t++) {
        size_t v = margin->term[t].variable;
        if (vnnlib_tensor_of(a->q, v)->is_output)
            linear_add(row, &a->output[v], margin->term[t].weight);
        else if (with_inputs)
            linear_add_variable(row, a->position[v], margin->term[t].weight);
    }
}

/* Values of which the least is wanted. */
typedef struct minimum {
    linear *value;
    size_t values;
} minimum;

/* Halves the number of values of every minimum: min(a, b) = a - relu(a - b). Returns whether all are single.
 */
static bool halve(assembly *a, minimum *m, size_t count)
{
    size_t rows = 0;
    for (size_t k = 0; k < count; k++)
        rows += m[k].values / 2;
    if (rows == 0)
        return true;
    linear *row = mem_alloc(rows, sizeof *row);
    unsigned char *kind = mem_alloc(rows, 1);
    mpq_t minus;
    mpq_init(minus);
    mpq_neg(minus, a->one);
    size_t r = 0;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i + 1 < m[k].values; i += 2, r++) {
            linear_copy(&row[r], &m[k].value[i]);
            linear_add(&row[r], &m[k].value[i + 1], minus);
            kind[r] = NEURON_RELU;
        }
    append_rows(a, row, rows, kind);
    size_t column = a->begin[a->net.layers];
    for (size_t k = 0; k < count; k++) {
        size_t pairs = m[k].values / 2, values = m[k].values;
        for (size_t i = 0; i < pairs; i++) {
            linear_add_variable(&m[k].value[2 * i], column++, minus);
            linear_clear(&m[k].value[2 * i + 1]);
            m[k].value[i] = m[k].value[2 * i];
        }
        if (values % 2 == 1)
            m[k].value[pairs] = m[k].value[values - 1];
        m[k].values = pairs + values % 2;
    }
    for (size_t k = 0; k < rows; k++)
        linear_clear(&row[k]);
    free(row);
    free(kind);
    mpq_clear(minus);
    return false;
}

/* Initialises the minimum of the margins of a kind. */
static void take_margins(minimum *m, const assembly *a, const vnnlib_alternative *from, bool strict)
{
    *m = (minimum){.value = mem_alloc(from->margins, sizeof *m->value)};
    for (size_t k = 0; k < from->margins; k++)
        if (from->margin[k].strict == strict)
            margin_form(&m->value[m->values++], a, &from->margin[k].form, true);
}

static void minimum_clear(minimum *m)
{
    for (size_t k = 0; k < m->values; k++)
        linear_clear(&m->value[k]);
    free(m->value);
}

/* s + K min(0, n) = s - K relu(-n), in place of s. */
static void add_penalty(assembly *a, linear *s, const linear *n, const mpq_t weight)
{
    linear row;
    mpq_t minus;
    mpq_init(minus);
    mpq_neg(minus, a->one);
    linear_copy(&row, n);
    linear_scale(&row, minus);
    append_rows(a, &row, 1, (unsigned char[]){NEURON_RELU});
    mpq_neg(minus, weight);
    linear_add_variable(s, a->begin[a->net.layers], minus);
    linear_clear(&row);
    mpq_clear(minus);
}

/* Appends the last layer: the least margin of every alternative. */
static void append_least(assembly *a, const mpq_t weight)
{
    const vnnlib_part *part = a->part;
    bool mixed = part->kind == VNNLIB_MIXED;
    size_t count = part->alternatives + mixed;
    minimum *m = mem_alloc(count, sizeof *m);
    for (size_t k = 0; k < part->alternatives; k++)
        take_margins(&m[k], a, &part->alternative[k], part->kind != VNNLIB_REACH);
    if (mixed)
        take_margins(&m[1], a, &part->alternative[0], false);
    while (!halve(a, m, count))
        continue;
    if (mixed)
        add_penalty(a, &m[0].value[0], &m[1].value[0], weight);
    linear *row = mem_alloc(part->alternatives, sizeof *row);
    unsigned char *kind = mem_alloc(part->alternatives, 1); /* linear */
    for (size_t k = 0; k < part->alternatives; k++) {
        linear_init(&row[k]);
        if (m[k].values == 1)
            linear_add(&row[k], &m[k].value[0], a->one);
        else
            mpq_set(row[k].constant, a->one); /* no margin: any positive number */
    }
    append_rows(a, row, part->alternatives, kind);
    for (size_t k = 0; k < part->alternatives; k++)
        linear_clear(&row[k]);
    for (size_t k = 0; k < count; k++)
        minimum_clear(&m[k]);
    free(m);
    free(row);
    free(kind);
}

/* Appends the last layer of g: minus what the margins, one by alternative, say of its network. */
static void append_other_side(assembly *a)
{
    size_t rows = a->part->alternatives;
    linear *row = mem_alloc(rows, sizeof *row);
    unsigned char *kind = mem_alloc(rows, 1);
    mpq_t minus;
    mpq_init(minus);
    mpq_neg(minus, a->one);
    for (size_t k = 0; k < rows; k++) {
        const vnnlib_alternative *from = &a->part->alternative[k];
        if (from->margins == 0)
            linear_init(&row[k]);
        else
            margin_form(&row[k], a, &from->margin[0].form, false);
        linear_scale(&row[k], minus);
    }
    append_rows(a, row, rows, kind);
    for (size_t k = 0; k < rows; k++)
        linear_clear(&row[k]);
    free(row);
    free(kind);
    mpq_clear(minus);
}

/* Which networks the margins are about. */
static bool *find_networks(const vnnlib_part *part, const vnnlib_query *q)
{
    bool *used = mem_alloc(q->networks, sizeof *used);
    for (size_t k = 0; k < part->alternatives; k++)
        for (size_t m = 0; m < part->alternative[k].margins; m++) {
            const linear *form = &part->alternative[k].margin[m].form;
            for (size_t t = 0; t < form->terms; t++) {
                const vnnlib_tensor *tensor = vnnlib_tensor_of(q, form->term[t].variable);
                used[tensor->network] |= tensor->is_output;
            }
        }
    return used;
}

/* The network that g is to hold, or q->networks: the second one that single margins are about. */
static size_t other_network(const vnnlib_part *part, const vnnlib_query *q, const bool *used)
{
    size_t found = 0, k = 0;
    bool single = part->kind != VNNLIB_MIXED && part->alternative[0].margins == 1;
    for (; single && k < q->networks; k++) {
        found += used[k];
        if (used[k] && found == 2)
            return k;
    }
    return q->networks;
}

void vnnlib_part_pair(network *f, network *g, const vnnlib_part *part, const vnnlib_query *q,
                      const network *const *model, const mpq_t weight)
{
    bool *used = find_networks(part, q);
    size_t other = other_network(part, q, used);
    assembly a;
    assembly_init(&a, part, q);
    for (size_t k = 0; k < q->networks; k++)
        if (used[k] && k != other)
            enter_network(&a, &q->network[k], model[k]);
    append_least(&a, weight);
    assembly_finish(&a, f);
    free(used);
    if (other == q->networks) {
        network_init_zero(g, vnnlib_part_inputs(part), part->alternatives);
        return;
    }
    assembly_init(&a, part, q);
    enter_network(&a, &q->network[other], model[other]);
    append_other_side(&a);
    assembly_finish(&a, g);
}
