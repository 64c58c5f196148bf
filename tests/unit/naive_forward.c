/* Naive forward bounds: see naive_forward.h. */
#include "naive_forward.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "naive_pass.h"
#include "number/vector.h"

/* An upper bound, affine in the inputs, as coefficients and a constant; side 0 of a value, side 1 of minus
 * that value. */
typedef struct pair_of_bounds {
    mpq_t *side[2];
} pair_of_bounds;

/* sum += factor · bound */
static void add_times(mpq_t *sum, mpq_t *bound, mpq_t factor, size_t terms)
{
    mpq_t part;
    mpq_init(part);
    for (size_t t = 0; t < terms; t++) {
        mpq_mul(part, bound[t], factor);
        mpq_add(sum[t], sum[t], part);
    }
    mpq_clear(part);
}

/* A row as a functional of the inputs and of the values of neurons in the frame, with a constant: stable
 * neurons that have been left out are replaced by their own rows, `left_out` by neuron, or are 0. */
static void substitute(mpq_t *functional, const prover *p, const system_row *row, mpq_t **left_out)
{
    size_t inputs = p->system->inputs, sources = inputs + p->system->neurons;
    mpq_t weight;
    mpq_init(weight);
    for (size_t t = 0; t <= row->terms; t++) {
        size_t source = t < row->terms ? row->source[t] : sources;
        mpq_set_z(weight, t < row->terms ? row->weight[t] : row->bias);
        if (source >= inputs && source < sources) /* the row reads scale · y */
            mpz_mul(mpq_numref(weight), mpq_numref(weight), p->system->row[source - inputs].scale);
        mpz_mul(mpq_denref(weight), mpq_denref(weight), row->scale);
        mpq_canonicalize(weight);
        bool stays = source < inputs || source == sources || prover_row(p, source - inputs) != SYSTEM_NO_NEURON;
        if (stays)
            mpq_add(functional[source], functional[source], weight);
        else if (!p->system->relu[source - inputs] || p->lower[source - inputs] >= 0)
            add_times(functional, left_out[source - inputs], weight, sources + 1);
    }
    mpq_clear(weight);
}

/* The bounds of z from those of its sources: a weight of the one sign takes the one side of a source, one of
 * the other sign the other. */
static void sum_row(pair_of_bounds *z, const prover *p, mpq_t *functional, const pair_of_bounds *source)
{
    size_t inputs = p->system->inputs, sources = inputs + p->system->neurons, terms = inputs + 1;
    mpq_t size;
    mpq_init(size);
    for (size_t s = 0; s < sources; s++) {
        bool negative = mpq_sgn(functional[s]) < 0;
        mpq_abs(size, functional[s]);
        for (size_t side = 0; side < 2 && mpq_sgn(size) > 0; side++)
            add_times(z->side[side], source[s].side[negative ? 1 - side : side], size, terms);
    }
    mpq_add(z->side[0][inputs], z->side[0][inputs], functional[sources]);
    mpq_sub(z->side[1][inputs], z->side[1][inputs], functional[sources]);
    mpq_clear(size);
}

/* The two sides of y: y <= s·z − s·lo with the chord's slope rounded down to s, whose gap at hi is made good;
 * and −y <= −z or −y <= 0. */
static void relax(pair_of_bounds *y, const prover *p, size_t n, const pair_of_bounds *z)
{
    size_t terms = p->system->inputs + 1;
    bool active = !p->system->relu[n] || p->lower[n] >= 0, unstable = !active && p->upper[n] > 0;
    mpq_t factor, lo, hi;
    mpq_inits(factor, lo, hi, NULL);
    mpq_set_ui(factor, 1, 1);
    if (p->sc.vanishes[n])
        active = unstable = false;
    if (active || (unstable && p->upper[n] > -p->lower[n]))
        add_times(y->side[1], z->side[1], factor, terms);
    if (active)
        add_times(y->side[0], z->side[0], factor, terms);
    if (unstable) {
        naive_real(lo, p, n, p->lower[n]);
        naive_real(hi, p, n, p->upper[n]);
        mpq_set_si(factor, p->slope[n], 1);
        mpq_div_2exp(factor, factor, 31);
        add_times(y->side[0], z->side[0], factor, terms);
        mpq_mul(lo, lo, factor);
        mpq_neg(lo, lo); /* what is needed at lo, where y is 0 */
        mpq_mul(factor, factor, hi);
        mpq_sub(hi, hi, factor); /* and at hi */
        mpq_add(y->side[0][terms - 1], y->side[0][terms - 1], mpq_cmp(lo, hi) > 0 ? lo : hi);
    }
    mpq_clears(factor, lo, hi, NULL);
}

static void most_over_box(mpq_t most, const prover *p, mpq_t *bound)
{
    mpq_t part;
    mpq_init(part);
    mpq_set(most, bound[p->system->inputs]);
    for (size_t i = 0; i < p->system->inputs; i++) {
        mpq_mul(part, bound[i], mpq_sgn(bound[i]) > 0 ? p->box_upper[i] : p->box_lower[i]);
        mpq_add(most, most, part);
    }
    mpq_clear(part);
}

static pair_of_bounds new_pair(size_t terms)
{
    return (pair_of_bounds){{vector_new(terms), vector_new(terms)}};
}

static void free_pair(pair_of_bounds *b, size_t terms)
{
    vector_free(b->side[0], terms);
    vector_free(b->side[1], terms);
}

void naive_forward(mpq_t lower, mpq_t upper, const prover *p, size_t n)
{
    size_t inputs = p->system->inputs, sources = inputs + p->system->neurons, terms = inputs + 1;
    pair_of_bounds *source = mem_alloc(sources, sizeof *source);
    mpq_t **functional = mem_alloc(n + 1, sizeof *functional);
    for (size_t s = 0; s < sources; s++)
        source[s] = new_pair(terms);
    for (size_t i = 0; i < inputs; i++) {
        mpq_set_si(source[i].side[0][i], 1, 1);
        mpq_set_si(source[i].side[1][i], -1, 1);
    }
    for (size_t m = 0; m <= n; m++) {
        functional[m] = vector_new(sources + 1);
        substitute(functional[m], p, &p->system->row[m], functional);
        pair_of_bounds z = new_pair(terms);
        sum_row(&z, p, functional[m], source);
        relax(&source[inputs + m], p, m, &z);
        most_over_box(upper, p, z.side[0]);
        most_over_box(lower, p, z.side[1]);
        free_pair(&z, terms);
    }
    mpq_neg(lower, lower);
    for (size_t s = 0; s < sources; s++)
        free_pair(&source[s], terms);
    for (size_t m = 0; m <= n; m++)
        vector_free(functional[m], sources + 1);
    free(functional);
    free(source);
}
