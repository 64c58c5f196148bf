#include <stdio.h> /* before gmp.h, which declares what prints to streams only then */

#include "plain.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

/* --- random networks -------------------------------------------------------------------------------------
 */

/* Zero, small, a decimal, a dyadic number as floats are, or long; the kind is the same in most of a network.
 */
static void random_number(mpq_t q, rng *r, unsigned kind)
{
    if (rng_chance(r, 10))
        kind = (unsigned)rng_below(r, 5);
    mpq_set_si(q, rng_between(r, -5, 5), 1);
    if (kind == 1)
        mpq_set_si(q, rng_between(r, -999, 999), 100);
    if (kind == 2) {
        mpq_set_si(q, rng_between(r, -(1L << 53), 1L << 53), 1);
        mpq_div_2exp(q, q, 40 + rng_below(r, 30));
    }
    if (kind == 3)
        mpq_set_si(q, rng_between(r, -1000, 1000), 1 + rng_below(r, 1000));
    if (kind == 4) {
        rng_integer(mpq_numref(q), r, 1 + (unsigned)rng_below(r, 300));
        rng_integer(mpq_denref(q), r, 1 + (unsigned)rng_below(r, 300));
        mpz_add_ui(mpq_denref(q), mpq_denref(q), 1);
    }
    if (rng_chance(r, 10))
        mpq_set_ui(q, 0, 1);
    mpq_canonicalize(q);
}

static void random_layer(plain_layer *layer, const plain *p, size_t index, rng *r, unsigned kind)
{
    layer->neurons = 1 + rng_below(r, 6);
    layer->kind = mem_alloc(layer->neurons, 1);
    layer->source = mem_alloc(index + 1, sizeof *layer->source);
    for (size_t s = 0; s <= index; s++) {
        if (rng_chance(r, s == index ? 85 : 25)) {
            layer->source[layer->sources++] = s;
            layer->columns += plain_source_size(p, s);
        }
    }
    layer->weight = vector_new(layer->neurons * layer->columns);
    layer->bias = vector_new(layer->neurons);
    for (size_t k = 0; k < layer->neurons * layer->columns; k++)
        random_number(layer->weight[k], r, kind);
    for (size_t k = 0; k < layer->neurons; k++) {
        layer->kind[k] = rng_chance(r, 65) ? NEURON_RELU : NEURON_LINEAR;
        random_number(layer->bias[k], r, kind);
    }
}

void plain_random(plain *p, rng *r)
{
    p->inputs = 1 + rng_below(r, 5);
    p->layers = 1 + rng_below(r, 6);
    p->layer = mem_alloc(p->layers, sizeof *p->layer);
    unsigned kind = (unsigned)rng_below(r, 5);
    for (size_t k = 0; k < p->layers; k++)
        random_layer(&p->layer[k], p, k, r, kind);
}

void plain_clear(plain *p)
{
    for (size_t k = 0; k < p->layers; k++) {
        plain_layer *layer = &p->layer[k];
        vector_free(layer->weight, layer->neurons * layer->columns);
        vector_free(layer->bias, layer->neurons);
        free(layer->kind);
        free(layer->source);
    }
    free(p->layer);
}

size_t plain_source_size(const plain *p, size_t source)
{
    return source == 0 ? p->inputs : p->layer[source - 1].neurons;
}

void plain_network(network *net, const plain *p)
{
    network_init(net, p->inputs);
    for (size_t k = 0; k < p->layers; k++) {
        const plain_layer *layer = &p->layer[k];
        network_append(net, layer->neurons, layer->kind, layer->sources, layer->source, layer->weight,
                       layer->bias);
    }
}

/* --- evaluation ------------------------------------------------------------------------------------------
 */

static void eval_neuron(mpq_t y, const plain_layer *layer, size_t row, const plain *p, mpq_t **value)
{
    mpq_t term;
    mpq_init(term);
    mpq_set(y, layer->bias[row]);
    mpq_t *weight = layer->weight + row * layer->columns;
    for (size_t s = 0; s < layer->sources; s++) {
        size_t source = layer->source[s];
        for (size_t c = 0; c < plain_source_size(p, source); c++, weight++) {
            mpq_mul(term, *weight, value[source][c]);
            mpq_add(y, y, term);
        }
    }
    if (layer->kind[row] == NEURON_RELU && mpq_sgn(y) < 0)
        mpq_set_ui(y, 0, 1);
    mpq_clear(term);
}

void plain_eval(mpq_t *y, const plain *p, mpq_t *x)
{
    mpq_t **value = mem_alloc(p->layers + 1, sizeof *value);
    value[0] = x;
    for (size_t k = 0; k < p->layers; k++) {
        value[k + 1] = vector_new(p->layer[k].neurons);
        for (size_t row = 0; row < p->layer[k].neurons; row++)
            eval_neuron(value[k + 1][row], &p->layer[k], row, p, value);
    }
    vector_copy(y, value[p->layers], p->layer[p->layers - 1].neurons);
    for (size_t k = 0; k < p->layers; k++)
        vector_free(value[k + 1], p->layer[k].neurons);
    free(value);
}

/* --- text ------------------------------------------------------------------------------------------------
 */

/* Where text goes; r is NULL for the canonical one. */
typedef struct text {
    FILE *out;
    rng *r;
} text;

static bool chance(text *t, unsigned percent)
{
    return t->r != NULL && rng_chance(t->r, percent);
}

static void put_blank(text *t)
{
    do
        putc(chance(t, 20) ? '\t' : ' ', t->out);
    while (chance(t, 20));
}

/* A separator, around which blanks may be missing. */
static void put_separator(text *t, char c)
{
    if (!chance(t, 30))
        put_blank(t);
    putc(c, t->out);
    if (!chance(t, 30))
        put_blank(t);
}

static void put_newline(text *t)
{
    if (chance(t, 10))
        put_blank(t);
    if (chance(t, 10))
        fputs("# layer 3 : ; relu end", t->out);
    fputs(chance(t, 10) ? "\r\n" : "\n", t->out);
    if (chance(t, 5))
        fputs("\n \t\n# a line\n#\n", t->out);
}

/* The number in one of the forms that have its value. */
static void put_number(text *t, const mpq_t q)
{
    bool integer = mpz_cmp_ui(mpq_denref(q), 1) == 0;
    if (chance(t, 10) && mpq_sgn(q) >= 0)
        putc('+', t->out);
    if (chance(t, 10))
        gmp_fprintf(t->out, "%Zd00/%Zd00", mpq_numref(q), mpq_denref(q));
    else if (integer && chance(t, 30))
        gmp_fprintf(t->out, "%Zd0.0e-1", mpq_numref(q));
    else if (integer && mpq_sgn(q) != 0 && chance(t, 30))
        gmp_fprintf(t->out, "%#Zx0P-4", mpq_numref(q));
    else
        gmp_fprintf(t->out, "%Qd", q);
}

static void put_neuron(text *t, const plain *p, const plain_layer *layer, size_t row)
{
    fputs(layer->kind[row] == NEURON_RELU ? "relu" : "linear", t->out);
    put_blank(t);
    put_number(t, layer->bias[row]);
    mpq_t *weight = layer->weight + row * layer->columns;
    for (size_t s = 0; s < layer->sources; s++) {
        put_separator(t, s == 0 ? ':' : ';');
        for (size_t c = 0; c < plain_source_size(p, layer->source[s]); c++) {
            if (c > 0)
                put_blank(t);
            put_number(t, *weight++);
        }
    }
    put_newline(t);
}

static void put_layer(text *t, const plain *p, const plain_layer *layer)
{
    fputs("layer", t->out);
    put_blank(t);
    fprintf(t->out, "%s%zu", chance(t, 10) ? "00" : "", layer->neurons);
    put_blank(t);
    fputs("reads", t->out);
    for (size_t s = 0; s < layer->sources; s++) {
        put_blank(t);
        fprintf(t->out, "%zu", layer->source[s]);
    }
    put_newline(t);
    for (size_t row = 0; row < layer->neurons; row++)
        put_neuron(t, p, layer, row);
}

static char *make_text(const plain *p, rng *r)
{
    char *result = NULL;
    size_t size = 0;
    text t = {open_memstream(&result, &size), r};
    fputs("supcert-network", t.out);
    put_blank(&t);
    putc('1', t.out);
    put_newline(&t);
    fputs("inputs", t.out);
    put_blank(&t);
    fprintf(t.out, "%zu", p->inputs);
    put_newline(&t);
    for (size_t k = 0; k < p->layers; k++)
        put_layer(&t, p, &p->layer[k]);
    fputs("end", t.out);
    if (!chance(&t, 10))
        put_newline(&t);
    fclose(t.out);
    return result;
}

char *plain_canonical_text(const plain *p)
{
    return make_text(p, NULL);
}

char *plain_random_text(const plain *p, rng *r)
{
    return make_text(p, r);
}
