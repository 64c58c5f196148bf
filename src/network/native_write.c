/* Writing the native text format, in its canonical form: see native.h and certs/NETWORK.md. */
#include "network/native.h"

#include <stdlib.h>

#include "base/memory.h"

typedef struct writer {
    FILE *out;
    char *digits; /* of the number being written */
    size_t capacity;
    mpz_t common, numerator, denominator;
} writer;

static void write_integer(writer *w, const mpz_t value)
{
    w->digits = mem_grow(w->digits, &w->capacity, mem_sum(mpz_sizeinbase(value, 10), 2), 1);
    fputs(mpz_get_str(w->digits, 10, value), w->out);
}

/* numerator/denominator in lowest terms. */
static void write_fraction(writer *w, const mpz_t numerator, const mpz_t denominator)
{
    mpz_gcd(w->common, numerator, denominator);
    mpz_divexact(w->denominator, denominator, w->common);
    mpz_divexact(w->numerator, numerator, w->common);
    write_integer(w, w->numerator);
    if (mpz_cmp_ui(w->denominator, 1) != 0) {
        putc('/', w->out);
        write_integer(w, w->denominator);
    }
}

static void write_neuron(writer *w, const net_layer *layer, size_t index)
{
    fputs(layer->kind[index] == NEURON_RELU ? "relu " : "linear ", w->out);
    write_fraction(w, layer->bias[index], layer->denominator);
    for (size_t b = 0; b < layer->blocks; b++) {
        const net_block *block = &layer->block[b];
        fputs(b == 0 ? " :" : " ;", w->out);
        for (size_t c = 0; c < block->columns; c++) {
            putc(' ', w->out);
            write_fraction(w, block->weight[index * block->columns + c], layer->denominator);
        }
    }
    putc('\n', w->out);
}

static void write_layer(writer *w, const net_layer *layer)
{
    fprintf(w->out, "layer %zu reads", layer->neurons);
    for (size_t b = 0; b < layer->blocks; b++)
        fprintf(w->out, " %zu", layer->block[b].source);
    putc('\n', w->out);
    for (size_t n = 0; n < layer->neurons; n++)
        write_neuron(w, layer, n);
}

void native_write(FILE *out, const network *net)
{
    writer w = {.out = out, .digits = NULL, .capacity = 0};
    mpz_inits(w.common, w.numerator, w.denominator, NULL);
    fprintf(out, "supcert-network 1\ninputs %zu\n", net->inputs);
    for (size_t k = 0; k < net->layers; k++)
        write_layer(&w, &net->layer[k]);
    fputs("end\n", out);
    mpz_clears(w.common, w.numerator, w.denominator, NULL);
    free(w.digits);
}
