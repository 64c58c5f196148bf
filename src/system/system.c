/* Building the pair system: see system.h. First every neuron becomes a rational row over the neurons before
 * it, equal rows becoming one neuron; then the neurons are ordered (shared, f, g) and their rows scaled to
 * integers. */
#include "system/system.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A neuron while the system is built: row / denominator over sources in order of creation. */
typedef struct draft {
    system_row row; /* scale: the layer's denominator */
    bool relu, in_f, in_g;
    unsigned long hash;
    size_t name;
} draft;

typedef struct builder {
    size_t inputs, count, capacity;
    draft *neuron;
    size_t slots, *slot; /* open addressing: index + 1 of a draft, 0 where free */
    size_t **layer_of;   /* for the network at hand: draft of each neuron, by layer */
    mpz_t *dense;        /* one accumulator for each possible source, zero between uses */
    size_t dense_size;
} builder;

static void row_clear(system_row *row)
{
    for (size_t t = 0; t < row->terms; t++)
        mpz_clear(row->weight[t]);
    mpz_clears(row->bias, row->scale, NULL);
    free(row->weight);
    free(row->source);
}

static void dense_reserve(builder *b)
{
    size_t needed = mem_sum(b->inputs, b->count);
    size_t old = b->dense_size;
    b->dense = mem_grow(b->dense, &b->dense_size, needed, sizeof *b->dense);
    for (size_t k = old; k < b->dense_size; k++)
        mpz_init(b->dense[k]);
}

/* Adds ±(neuron i of the layer, as a functional of its sources) to the accumulators, times `factor`. */
static void accumulate(builder *b, const net_layer *layer, size_t i, const mpz_t factor)
{
    for (size_t k = 0; k < layer->blocks; k++) {
        const net_block *block = &layer->block[k];
        for (size_t column = 0; column < block->columns; column++) {
            size_t source = block->source == 0 ? column : b->inputs + b->layer_of[block->source - 1][column];
            mpz_addmul(b->dense[source], block->weight[i * block->columns + column], factor);
        }
    }
}

/* Moves the accumulators into a row and leaves them zero. */
static void collect(builder *b, system_row *row)
{
    size_t sources = b->inputs + b->count;
    row->terms = 0;
    for (size_t k = 0; k < sources; k++)
        row->terms += mpz_sgn(b->dense[k]) != 0;
    row->source = mem_alloc(row->terms, sizeof *row->source);
    row->weight = mem_alloc(row->terms, sizeof *row->weight);
    size_t t = 0;
    for (size_t k = 0; k < sources && t < row->terms; k++) {
        if (mpz_sgn(b->dense[k]) == 0)
            continue;
        row->source[t] = k;
        mpz_init_set(row->weight[t], b->dense[k]);
        mpz_set_ui(b->dense[k], 0);
        t++;
    }
}

static void hash_mix(unsigned long *hash, unsigned long value)
{
    *hash = (*hash ^ value) * 0x100000001b3UL;
    *hash ^= *hash >> 29;
}

/* Equal rationals hash alike whatever their denominators: mpq_get_d truncates the exact quotient. */
static void hash_quotient(unsigned long *hash, const mpz_t numerator, const mpz_t denominator)
{
    mpq_t view = {{*numerator, *denominator}};
    double value = mpq_get_d(view);
    unsigned long bits = 0;
    memcpy(&bits, &value, sizeof value);
    hash_mix(hash, bits);
}

static unsigned long row_hash(const system_row *row, bool relu)
{
    unsigned long hash = 0xcbf29ce484222325UL + relu;
    for (size_t t = 0; t < row->terms; t++) {
        hash_mix(&hash, row->source[t]);
        hash_quotient(&hash, row->weight[t], row->scale);
    }
    hash_quotient(&hash, row->bias, row->scale);
    return hash;
}

static bool same_quotient(const mpz_t a, const mpz_t a_scale, const mpz_t b, const mpz_t b_scale)
{
    mpq_t p = {{*a, *a_scale}}, q = {{*b, *b_scale}};
    return mpz_cmp(a_scale, b_scale) == 0 ? mpz_cmp(a, b) == 0 : mpq_cmp(p, q) == 0;
}

static bool same_row(const system_row *a, const system_row *b)
{
    if (a->terms != b->terms || !same_quotient(a->bias, a->scale, b->bias, b->scale))
        return false;
    for (size_t t = 0; t < a->terms; t++)
        if (a->source[t] != b->source[t] || !same_quotient(a->weight[t], a->scale, b->weight[t], b->scale))
            return false;
    return true;
}

static void table_grow(builder *b)
{
    free(b->slot);
    b->slots = b->slots == 0 ? 64 : mem_product(b->slots, 2);
    b->slot = mem_alloc(b->slots, sizeof *b->slot);
    for (size_t n = 0; n < b->count; n++) {
        size_t k = b->neuron[n].hash % b->slots;
        while (b->slot[k] != 0)
            k = (k + 1) % b->slots;
        b->slot[k] = n + 1;
    }
}

/* The draft equal to this one: an earlier one (the new row is then released) or the new one itself. */
static size_t intern(builder *b, draft *fresh)
{
    if (2 * b->count >= b->slots)
        table_grow(b);
    fresh->hash = row_hash(&fresh->row, fresh->relu);
    size_t k = fresh->hash % b->slots;
    for (; b->slot[k] != 0; k = (k + 1) % b->slots) {
        draft *old = &b->neuron[b->slot[k] - 1];
        if (old->hash != fresh->hash || old->relu != fresh->relu || !same_row(&old->row, &fresh->row))
            continue;
        old->in_f |= fresh->in_f;
        old->in_g |= fresh->in_g;
        row_clear(&fresh->row);
        return b->slot[k] - 1;
    }
    b->neuron = mem_grow(b->neuron, &b->capacity, b->count + 1, sizeof *b->neuron);
    b->neuron[b->count++] = *fresh;
    b->slot[k] = b->count;
    dense_reserve(b);
    return b->count - 1;
}

static bool is_inlined(const network *net, size_t layer, size_t i)
{
    return layer + 1 == net->layers && net->layer[layer].kind[i] == NEURON_LINEAR;
}

/* Enters all neurons of a network; leaves in b->layer_of where each one is. */
static void enter_network(builder *b, const network *net, bool is_f, size_t *by_name, size_t *names)
{
    mpz_t one;
    mpz_init_set_ui(one, 1);
    b->layer_of = mem_alloc(net->layers, sizeof *b->layer_of);
    for (size_t l = 0; l < net->layers; l++) {
        const net_layer *layer = &net->layer[l];
        b->layer_of[l] = mem_alloc(layer->neurons, sizeof **b->layer_of);
        for (size_t i = 0; i < layer->neurons; i++) {
            size_t name = (*names)++;
            by_name[name] = SYSTEM_NO_NEURON;
            if (is_inlined(net, l, i))
                continue;
            draft fresh = {
                .relu = layer->kind[i] == NEURON_RELU, .in_f = is_f, .in_g = !is_f, .name = name + 1};
            accumulate(b, layer, i, one);
            collect(b, &fresh.row);
            mpz_init_set(fresh.row.bias, layer->bias[i]);
            mpz_init_set(fresh.row.scale, layer->denominator);
            b->layer_of[l][i] = by_name[name] = intern(b, &fresh);
        }
    }
    mpz_clear(one);
}

static void leave_network(builder *b, const network *net)
{
    for (size_t l = 0; l < net->layers; l++)
        free(b->layer_of[l]);
    free(b->layer_of);
    b->layer_of = NULL;
}

/* Adds ±output j to the accumulators over the denominator row->scale. */
static void add_output(builder *b, system_row *row, const network *net, size_t j, int sign)
{
    const net_layer *last = &net->layer[net->layers - 1];
    mpz_t factor;
    mpz_init_set(factor, row->scale);
    if (sign < 0)
        mpz_neg(factor, factor);
    if (is_inlined(net, net->layers - 1, j)) {
        mpz_divexact(factor, factor, last->denominator);
        accumulate(b, last, j, factor);
        mpz_addmul(row->bias, last->bias[j], factor);
    } else {
        size_t source = b->inputs + b->layer_of[net->layers - 1][j];
        mpz_add(b->dense[source], b->dense[source], factor);
    }
    mpz_clear(factor);
}

static void start_objectives(pair_system *system, const network *f, const network *g)
{
    system->objective = mem_alloc(system->outputs, sizeof *system->objective);
    for (size_t j = 0; j < system->outputs; j++) {
        mpz_inits(system->objective[j].bias, system->objective[j].scale, NULL);
        mpz_lcm(system->objective[j].scale, f->layer[f->layers - 1].denominator,
                g->layer[g->layers - 1].denominator);
    }
}

/* The objectives need both networks' neurons at once, but layer_of holds one network: half of each row waits
 * here. */
static void enter_half(pair_system *system, builder *b, const network *net, int sign, system_row *half)
{
    for (size_t j = 0; j < system->outputs; j++) {
        if (half != NULL && sign < 0)
            for (size_t t = 0; t < half[j].terms; t++)
                mpz_swap(b->dense[half[j].source[t]], half[j].weight[t]);
        add_output(b, &system->objective[j], net, j, sign);
        collect(b, sign > 0 ? &half[j] : &system->objective[j]);
    }
}

static void release_half(system_row *half, size_t outputs)
{
    for (size_t j = 0; j < outputs; j++) {
        mpz_inits(half[j].bias, half[j].scale, NULL);
        row_clear(&half[j]);
    }
    free(half);
}

/* Position of every draft in the final order: shared, f alone, g alone. */
static size_t *final_order(pair_system *system, const builder *b)
{
    size_t *position = mem_alloc(b->count, sizeof *position);
    size_t next = 0;
    for (int group = 0; group < 3; group++) {
        for (size_t n = 0; n < b->count; n++) {
            const draft *d = &b->neuron[n];
            int mine = d->in_f && d->in_g ? 0 : d->in_f ? 1 : 2;
            if (mine == group)
                position[n] = next++;
        }
        if (group == 0)
            system->shared = next;
        if (group == 1)
            system->f_end = next;
    }
    return position;
}

typedef struct term {
    size_t source;
    mpz_t weight;
} term;

static int compare_terms(const void *a, const void *b)
{
    size_t left = ((const term *)a)->source, right = ((const term *)b)->source;
    return (left > right) - (left < right);
}

static void renumber(system_row *row, size_t inputs, const size_t *position)
{
    term *list = mem_alloc(row->terms, sizeof *list);
    for (size_t t = 0; t < row->terms; t++) {
        size_t source = row->source[t];
        list[t].source = source < inputs ? source : inputs + position[source - inputs];
        *list[t].weight = *row->weight[t];
    }
    qsort(list, row->terms, sizeof *list, compare_terms);
    for (size_t t = 0; t < row->terms; t++) {
        row->source[t] = list[t].source;
        *row->weight[t] = *list[t].weight;
    }
    free(list);
}

/* From (Σ w_m y_m + b)/D to integers over Y_m = C_m y_m: with M = lcm of the C_m, weights w_m·M/C_m, bias
 * b·M, scale D·M. */
static void scale_row(const pair_system *system, system_row *row)
{
    mpz_t multiple, quotient;
    mpz_init_set_ui(multiple, 1);
    mpz_init(quotient);
    for (size_t t = 0; t < row->terms; t++)
        if (row->source[t] >= system->inputs) {
            const mpz_t *scale = &system->row[row->source[t] - system->inputs].scale;
            if (!mpz_divisible_p(multiple, *scale))
                mpz_lcm(multiple, multiple, *scale);
        }
    for (size_t t = 0; t < row->terms; t++) {
        if (row->source[t] < system->inputs) {
            mpz_mul(row->weight[t], row->weight[t], multiple);
        } else {
            mpz_divexact(quotient, multiple, system->row[row->source[t] - system->inputs].scale);
            mpz_mul(row->weight[t], row->weight[t], quotient);
        }
    }
    mpz_mul(row->bias, row->bias, multiple);
    mpz_mul(row->scale, row->scale, multiple);
    mpz_clears(multiple, quotient, NULL);
}

static void finish(pair_system *system, builder *b)
{
    size_t *position = final_order(system, b);
    system->neurons = b->count;
    system->relu = mem_alloc(b->count, sizeof *system->relu);
    system->row = mem_alloc(b->count, sizeof *system->row);
    system->name = mem_alloc(b->count, sizeof *system->name);
    system->partner = mem_alloc(b->count, sizeof *system->partner);
    for (size_t n = 0; n < b->count; n++) {
        renumber(&b->neuron[n].row, b->inputs, position);
        system->row[position[n]] = b->neuron[n].row;
        system->relu[position[n]] = b->neuron[n].relu;
        system->name[position[n]] = b->neuron[n].name;
    }
    for (size_t n = 0; n < b->count; n++)
        scale_row(system, &system->row[n]);
    for (size_t j = 0; j < system->outputs; j++) {
        renumber(&system->objective[j], b->inputs, position);
        scale_row(system, &system->objective[j]);
    }
    for (size_t k = 0; k < system->names; k++)
        if (system->by_name[k] != SYSTEM_NO_NEURON)
            system->by_name[k] = position[system->by_name[k]];
    free(position);
}

static bool same_shape(const network *f, const network *g)
{
    if (f->layers != g->layers)
        return false;
    for (size_t l = 0; l < f->layers; l++)
        if (f->layer[l].neurons != g->layer[l].neurons)
            return false;
    return true;
}

static bool is_power_of_two(const mpz_t a)
{
    return mpz_scan1(a, 0) + 1 == mpz_sizeinbase(a, 2);
}

static bool scales_match(const mpz_t a, const mpz_t b)
{
    mpz_t quotient;
    mpz_init(quotient);
    bool a_larger = mpz_cmp(a, b) >= 0;
    bool match = a_larger ? mpz_divisible_p(a, b) : mpz_divisible_p(b, a);
    if (match) {
        mpz_divexact(quotient, a_larger ? a : b, a_larger ? b : a);
        match = is_power_of_two(quotient);
    }
    mpz_clear(quotient);
    return match;
}

/* Pairs the neurons that stand in the same place. */
static void find_partners(pair_system *system, const network *f, const network *g)
{
    size_t half = network_neurons(f), last = 0, previous = 0; /* both orders must agree */
    for (size_t n = 0; n < system->neurons; n++)
        system->partner[n] = SYSTEM_NO_NEURON;
    for (size_t k = 0; k < half && same_shape(f, g); k++) {
        size_t n = system->by_name[k], m = system->by_name[half + k];
        if (n == SYSTEM_NO_NEURON || m == SYSTEM_NO_NEURON || n < system->shared || m < system->f_end ||
            n >= system->f_end || m <= last || (last != 0 && n <= previous))
            continue;
        if (!system->relu[n] || !system->relu[m] || !scales_match(system->row[n].scale, system->row[m].scale))
            continue;
        system->partner[n] = last = m;
        previous = n;
    }
}

void system_init(pair_system *system, const network *f, const network *g)
{
    *system = (pair_system){.inputs = f->inputs, .outputs = network_outputs(f)};
    system->by_name = mem_alloc(mem_sum(network_neurons(f), network_neurons(g)), sizeof *system->by_name);
    builder b = {.inputs = f->inputs};
    dense_reserve(&b);
    start_objectives(system, f, g);
    system_row *half = mem_alloc(system->outputs, sizeof *half);
    enter_network(&b, f, true, system->by_name, &system->names);
    enter_half(system, &b, f, +1, half);
    leave_network(&b, f);
    enter_network(&b, g, false, system->by_name, &system->names);
    enter_half(system, &b, g, -1, half);
    leave_network(&b, g);
    release_half(half, system->outputs);
    finish(system, &b);
    find_partners(system, f, g);
    for (size_t k = 0; k < b.dense_size; k++)
        mpz_clear(b.dense[k]);
    free(b.dense);
    free(b.slot);
    free(b.neuron);
}

void system_clear(pair_system *system)
{
    for (size_t n = 0; n < system->neurons; n++)
        row_clear(&system->row[n]);
    for (size_t j = 0; j < system->outputs; j++)
        row_clear(&system->objective[j]);
    free(system->row);
    free(system->objective);
    free(system->relu);
    free(system->by_name);
    free(system->name);
    free(system->partner);
    *system = (pair_system){0};
}
