/* Norms: see norm.h. Sums are formed over the layer's integers; its denominator divides them at the end. */
#include "cli/norm.h"

#include <mpfr.h>
#include <stdlib.h>

#include "base/memory.h"

#define PRECISION 256 /* bits; enough for 17 digits with room to spare */

typedef struct sums {
    mpz_t absolute, squares, largest;
} sums;

static void sums_init(sums *s)
{
    mpz_inits(s->absolute, s->squares, s->largest, NULL);
}

static void sums_clear(sums *s)
{
    mpz_clears(s->absolute, s->squares, s->largest, NULL);
}

static void sums_add(sums *s, size_t count, mpz_t *numbers)
{
    mpz_t size;
    mpz_init(size);
    for (size_t k = 0; k < count; k++) {
        mpz_abs(size, numbers[k]);
        mpz_add(s->absolute, s->absolute, size);
        mpz_addmul(s->squares, size, size);
        if (mpz_cmp(size, s->largest) > 0)
            mpz_set(s->largest, size);
    }
    mpz_clear(size);
}

/* sqrt(squares)/denominator as a decimal, every step rounded the same way. */
static char *root_text(const mpz_t squares, const mpz_t denominator, bool up)
{
    mpfr_rnd_t round = up ? MPFR_RNDU : MPFR_RNDD;
    mpfr_t root;
    char *text;
    mpfr_init2(root, PRECISION);
    mpfr_set_z(root, squares, round);
    mpfr_sqrt(root, root, round);
    mpfr_div_z(root, root, denominator, round);
    mpfr_asprintf(&text, up ? "%.17RUg" : "%.17RDg", root);
    char *copy = mem_copy_string(text);
    mpfr_free_str(text);
    mpfr_clear(root);
    return copy;
}

static void quotient(mpq_t value, const mpz_t above, const mpz_t below)
{
    mpq_set_num(value, above);
    mpq_set_den(value, below);
    mpq_canonicalize(value);
}

static void norms_finish(norms *n, sums *s, const mpz_t denominator)
{
    mpq_inits(n->l1, n->largest, NULL);
    quotient(n->l1, s->absolute, denominator);
    quotient(n->largest, s->largest, denominator);
    n->l2[0] = root_text(s->squares, denominator, false);
    n->l2[1] = root_text(s->squares, denominator, true);
    sums_clear(s);
}

void norms_of_weights(norms *n, const net_layer *layer)
{
    sums s;
    sums_init(&s);
    for (size_t b = 0; b < layer->blocks; b++)
        sums_add(&s, mem_product(layer->neurons, layer->block[b].columns), layer->block[b].weight);
    norms_finish(n, &s, layer->denominator);
}

void norms_of_biases(norms *n, const net_layer *layer)
{
    sums s;
    sums_init(&s);
    sums_add(&s, layer->neurons, layer->bias);
    norms_finish(n, &s, layer->denominator);
}

void norms_clear(norms *n)
{
    mpq_clears(n->l1, n->largest, NULL);
    free(n->l2[0]);
    free(n->l2[1]);
}
