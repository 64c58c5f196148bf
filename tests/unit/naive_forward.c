/* Naive forward bounds: see naive_forward.h. */
#include "naive_forward.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "naive_pass.h"
#include "number/vector.h"
#include "kernel/relax.h"

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
        if (source >= inputs && source < sources && p->sc.vanishes[source - inputs])
            continue; /* its value is 0: the kernel reads it nowhere */
        bool stays =
            source < inputs || source == sources || prover_row(p, source - inputs) != SYSTEM_NO_NEURON;
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

/* All that is known of the neurons of the frame up to some row. */
typedef struct walk {
    const prover *p;
    mpq_t **functional;  /* of every neuron */
    pair_of_bounds *y;   /* of the inputs, then of every neuron */
    pair_of_bounds *gap; /* of y − y', by neuron of f */
    bool with_pairs;
} walk;

static size_t partner_of(const walk *w, size_t n)
{
    const frame *fr = prover_frame(w->p);
    size_t row = prover_row(w->p, n), partner = SYSTEM_NO_NEURON;
    if (w->with_pairs && row != SYSTEM_NO_NEURON)
        partner = fr->partner[row];
    return partner == SYSTEM_NO_NEURON ? partner : fr->neuron[partner];
}

/* sum += factor · (quantity of `of`), on both sides. */
static void add_quantity(pair_of_bounds *sum, const pair_of_bounds *of, mpq_t factor, size_t terms)
{
    mpq_t size;
    mpq_init(size);
    mpq_abs(size, factor);
    for (size_t side = 0; side < 2; side++)
        add_times(sum->side[side], of->side[mpq_sgn(factor) < 0 ? 1 - side : side], size, terms);
    mpq_clear(size);
}

/* z − z' from the bounds of what both rows read. */
static void sum_difference(pair_of_bounds *z, const walk *w, mpq_t *one, mpq_t *other)
{
    size_t inputs = w->p->system->inputs, sources = inputs + w->p->system->neurons, terms = inputs + 1;
    mpq_t common, rest;
    mpq_inits(common, rest, NULL);
    bool *done = calloc(sources, sizeof *done);
    for (size_t s = 0; s < sources; s++) {
        size_t partner = s < inputs ? SYSTEM_NO_NEURON : partner_of(w, s - inputs);
        if (done[s])
            continue;
        if (partner == SYSTEM_NO_NEURON) {
            mpq_sub(rest, one[s], other[s]);
            add_quantity(z, &w->y[s], rest, terms);
            continue;
        }
        mpq_t *a = &one[s], *b = &other[inputs + partner];
        mpq_set_ui(common, 0, 1);
        if ((mpq_sgn(*a) < 0) == (mpq_sgn(*b) < 0))
            mpq_set(common, (mpq_cmp(*a, *b) < 0) == (mpq_sgn(*b) >= 0) ? *a : *b);
        add_quantity(z, &w->gap[s - inputs], common, terms);
        mpq_sub(rest, *a, common);
        add_quantity(z, &w->y[s], rest, terms);
        mpq_sub(rest, common, *b);
        add_quantity(z, &w->y[inputs + partner], rest, terms);
        done[inputs + partner] = true;
    }
    mpq_sub(rest, one[sources], other[sources]);
    mpq_add(z->side[0][inputs], z->side[0][inputs], rest);
    mpq_sub(z->side[1][inputs], z->side[1][inputs], rest);
    free(done);
    mpq_clears(common, rest, NULL);
}

/* y − y' from the bounds of z, z' and z − z', with the kernel's coefficients. */
static bool relax_gap(walk *w, size_t n, size_t partner, const pair_of_bounds z[3])
{
    const prover *p = w->p;
    size_t terms = p->system->inputs + 1;
    mpq_t factor[4], common, rest;
    bool met = true;
    mpq_inits(common, rest, NULL);
    for (size_t k = 0; k < 4; k++)
        mpq_init(factor[k]);
    for (size_t side = 0; side < 2; side++) {
        fix_product unused = 0;
        fix one = (side == 0 ? 1 : -1) * ((fix)1 << p->sc.bits), value[4] = {one, -one, one, -one};
        relax_pair(p, n, partner, false, &value[2], &value[3], &unused);
        for (size_t k = 0; k < 4; k++) {
            mpq_set_si(factor[k], value[k], 1);
            mpq_div_2exp(factor[k], factor[k], (mp_bitcnt_t)p->sc.bits);
        }
        mpq_t *c = &factor[2], *d = &factor[3];
        mpq_neg(*d, *d); /* c·z − d·z' */
        mpq_set_ui(common, 0, 1);
        if (mpq_sgn(*c) * mpq_sgn(*d) > 0)
            mpq_set(common, (mpq_cmp(*c, *d) < 0) == (mpq_sgn(*c) > 0) ? *c : *d);
        pair_of_bounds sum = {{vector_new(terms), vector_new(terms)}};
        add_quantity(&sum, &z[2], common, terms);
        mpq_sub(rest, *c, common);
        add_quantity(&sum, &z[0], rest, terms);
        mpq_sub(rest, common, *d);
        add_quantity(&sum, &z[1], rest, terms);
        mpq_neg(*d, *d);
        met = naive_pair_loss(rest, p, n, partner, factor) && met;
        mpq_add(sum.side[0][terms - 1], sum.side[0][terms - 1], rest);
        mpq_set_ui(common, 1, 1);
        add_times(w->gap[n].side[side], sum.side[0], common, terms);
        free_pair(&sum, terms);
    }
    for (size_t k = 0; k < 4; k++)
        mpq_clear(factor[k]);
    mpq_clears(common, rest, NULL);
    return met;
}

static void take_bounds(mpq_t lower, mpq_t upper, const prover *p, const pair_of_bounds *z)
{
    most_over_box(upper, p, z->side[0]);
    most_over_box(lower, p, z->side[1]);
    mpq_neg(lower, lower);
}

/* One neuron, or two partners; stores the bounds of the quantity, if it is among theirs. */
static bool step(walk *w, size_t n, mpq_t lower, mpq_t upper, size_t quantity)
{
    const prover *p = w->p;
    size_t inputs = p->system->inputs, terms = inputs + 1, partner = partner_of(w, n);
    pair_of_bounds z[3];
    bool works = true;
    for (size_t k = 0; k < 3; k++)
        z[k] = new_pair(terms);
    sum_row(&z[0], p, w->functional[n], w->y);
    relax(&w->y[inputs + n], p, n, &z[0]);
    if (quantity == n)
        take_bounds(lower, upper, p, &z[0]);
    if (partner != SYSTEM_NO_NEURON) {
        sum_row(&z[1], p, w->functional[partner], w->y);
        relax(&w->y[inputs + partner], p, partner, &z[1]);
        sum_difference(&z[2], w, w->functional[n], w->functional[partner]);
        works = relax_gap(w, n, partner, z);
        if (quantity == partner)
            take_bounds(lower, upper, p, &z[1]);
        if (quantity == p->system->neurons + n)
            take_bounds(lower, upper, p, &z[2]);
    }
    for (size_t k = 0; k < 3; k++)
        free_pair(&z[k], terms);
    return works;
}

bool naive_forward(mpq_t lower, mpq_t upper, const prover *p, size_t quantity, bool with_pairs)
{
    size_t inputs = p->system->inputs, neurons = p->system->neurons, sources = inputs + neurons;
    const frame *fr = prover_frame(p);
    walk w = {.p = p, .with_pairs = with_pairs};
    bool works = true;
    w.y = mem_alloc(sources, sizeof *w.y);
    w.gap = mem_alloc(neurons, sizeof *w.gap);
    w.functional = mem_alloc(neurons, sizeof *w.functional);
    for (size_t s = 0; s < sources; s++)
        w.y[s] = new_pair(inputs + 1);
    for (size_t i = 0; i < inputs; i++) {
        mpq_set_si(w.y[i].side[0][i], 1, 1);
        mpq_set_si(w.y[i].side[1][i], -1, 1);
    }
    for (size_t n = 0; n < neurons; n++) {
        w.gap[n] = new_pair(inputs + 1);
        w.functional[n] = vector_new(sources + 1);
        substitute(w.functional[n], p, &p->system->row[n], w.functional);
    }
    for (size_t k = 0; k < fr->count; k++) {
        size_t n = fr->neuron[fr->order[k]];
        k += partner_of(&w, n) != SYSTEM_NO_NEURON;
        works = step(&w, n, lower, upper, quantity) && works;
    }
    for (size_t s = 0; s < sources; s++)
        free_pair(&w.y[s], inputs + 1);
    for (size_t n = 0; n < neurons; n++) {
        free_pair(&w.gap[n], inputs + 1);
        vector_free(w.functional[n], sources + 1);
    }
    free(w.y);
    free(w.gap);
    free(w.functional);
    return works;
}
