#include "random_network.h"

#include <stdlib.h>

#include "arrays.h"
#include "network/native.h"
#include "rescale.h"

typedef enum weight_style {
    STYLE_INTEGER, /* -2 … 2: many ties and degenerate kinks */
    STYLE_EIGHTHS,
    STYLE_FRACTION, /* small denominators of all kinds */
    STYLE_LONG,     /* a denominator of about 100 bits, common to the network */
    STYLE_MIXED,    /* magnitudes from 2^-40 to 2^40 */
    STYLE_FLOAT,    /* 24-bit significands */
    STYLE_COUNT,
    STYLE_EXTREME /* magnitudes from 2^-100 to 2^100; only where that is asked for */
} weight_style;

typedef struct weights {
    weight_style style;
    mpz_t denominator; /* for STYLE_LONG */
    unsigned zeros;    /* percent of the weights */
} weights;

static void weights_init(weights *w, rng *r, bool extreme)
{
    w->style = extreme ? STYLE_EXTREME : (weight_style)rng_below(r, STYLE_COUNT);
    w->zeros = rng_chance(r, 30) ? 50 : 10;
    mpz_init(w->denominator);
    rng_integer(w->denominator, r, 100);
    mpz_setbit(w->denominator, 100);
}

/* value times 2^exponent. */
static void scale_by_power(mpq_t value, long exponent)
{
    if (exponent >= 0)
        mpq_mul_2exp(value, value, (mp_bitcnt_t)exponent);
    else
        mpq_div_2exp(value, value, (mp_bitcnt_t)-exponent);
}

static void random_weight(mpq_t value, rng *r, const weights *w)
{
    switch (w->style) {
    case STYLE_INTEGER:
        mpq_set_si(value, rng_between(r, -2, 2), 1);
        break;
    case STYLE_EIGHTHS:
        mpq_set_si(value, rng_between(r, -16, 16), 8);
        break;
    case STYLE_FRACTION:
        mpq_set_si(value, rng_between(r, -30, 30), rng_below(r, 20) + 1);
        break;
    case STYLE_LONG:
        rng_integer(mpq_numref(value), r, 101);
        mpz_set(mpq_denref(value), w->denominator);
        break;
    case STYLE_MIXED:
        mpq_set_si(value, rng_between(r, 1, 7), 1);
        scale_by_power(value, rng_between(r, -40, 40));
        break;
    case STYLE_EXTREME:
        mpq_set_si(value, rng_between(r, 1, 7), 1);
        scale_by_power(value, rng_between(r, -100, 100));
        break;
    default:
        mpq_set_si(value, rng_between(r, 1 << 23, (1 << 24) - 1), 1);
        scale_by_power(value, rng_between(r, -27, -22));
    }
    mpq_canonicalize(value);
    if (rng_chance(r, 50))
        mpq_neg(value, value);
}

/* The neuron's pre-activation times s, plus t. */
static void transform_row(draft *d, size_t v, long s, long t)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, s, 1);
    mpq_mul(d->bias[v], d->bias[v], factor);
    for (size_t u = 0; u < v; u++)
        mpq_mul(*draft_weight(d, v, u), *draft_weight(d, v, u), factor);
    mpq_set_si(factor, t, 1);
    mpq_add(d->bias[v], d->bias[v], factor);
    mpq_clear(factor);
}

/* Makes neuron v (not the first of its layer) a copy of the one before, often scaled or shifted. */
static void copy_row(draft *d, size_t v, rng *r)
{
    mpq_set(d->bias[v], d->bias[v - 1]);
    for (size_t u = 0; u < v; u++)
        mpq_set(*draft_weight(d, v, u), *draft_weight(d, v - 1, u));
    switch (rng_below(r, 4)) {
    case 0:
        transform_row(d, v, rng_between(r, 2, 3), 0);
        break;
    case 1:
        transform_row(d, v, -1, 0);
        break;
    case 2:
        transform_row(d, v, 1, rng_between(r, -1, 1));
        break;
    default:
        break;
    }
}

/* Neurons that always or never pass, that do nothing, and copies. */
static void make_special(draft *d, size_t v, rng *r)
{
    bool first = d->layer[v - 1] != d->layer[v];
    switch (rng_below(r, first ? 3 : 6)) {
    case 0:
        transform_row(d, v, 1, 1000);
        break;
    case 1:
        transform_row(d, v, 1, -1000);
        break;
    case 2:
        transform_row(d, v, 0, rng_between(r, -1, 1));
        break;
    default:
        copy_row(d, v, r);
    }
}

/* Random numbers of hidden layers and widths; returns the number of all layers. */
static size_t random_widths(size_t *widths, rng *r, size_t outputs)
{
    size_t hidden = rng_chance(r, 5) ? 0 : 1 + rng_below(r, 4);
    for (size_t k = 0; k < hidden; k++)
        widths[k] = 1 + rng_below(r, rng_chance(r, hidden < 3 ? 70 : 30) ? 8 : 4);
    widths[hidden] = outputs;
    return hidden + 1;
}

/* Row v reads layer k: always the one before, others where the network has residual connections. */
static void fill_row(draft *d, size_t v, rng *r, const weights *w, unsigned residual)
{
    random_weight(d->bias[v], r, w);
    for (size_t k = 0; k < d->layer[v]; k++) {
        bool reads = k + 1 == d->layer[v] || rng_chance(r, residual);
        for (size_t u = 0; u < v; u++) {
            if (reads && d->layer[u] == k && !rng_chance(r, w->zeros))
                random_weight(*draft_weight(d, v, u), r, w);
        }
    }
}

/* Moves the kink of neuron v to the point x. */
static void move_kink(draft *d, size_t v, mpq_t *x)
{
    mpq_t z;
    mpq_init(z);
    draft_eval(z, d, v, x);
    mpq_sub(d->bias[v], d->bias[v], z);
    mpq_clear(z);
}

/* What a network has of everything, in percent of its neurons. */
typedef struct traits {
    unsigned residual, special, linear, central, rectified;
} traits;

static void make_neuron(draft *d, size_t v, rng *r, const weights *w, const traits *t, const box *b,
                        mpq_t *centre)
{
    bool hidden = d->layer[v] < d->layers;
    fill_row(d, v, r, w, t->residual);
    if (hidden && rng_chance(r, t->central)) {
        if (rng_chance(r, 70))
            random_point(centre, r, b);
        move_kink(d, v, centre);
    }
    if (hidden && rng_chance(r, t->special))
        make_special(d, v, r);
    d->kind[v] = rng_chance(r, hidden ? 100 - t->linear : t->rectified) ? NEURON_RELU : NEURON_LINEAR;
}

static void make_draft(draft *d, rng *r, const box *b, size_t outputs, bool extreme)
{
    size_t widths[5], layers = random_widths(widths, r, outputs);
    weights w;
    weights_init(&w, r, extreme);
    traits t = {.residual = rng_chance(r, 40) ? 50 : 0,
                .special = rng_chance(r, 50) ? 20 : 0,
                .linear = rng_chance(r, 50) ? 20 : 0,
                .central = rng_chance(r, 60) ? 90 : 0,
                .rectified = rng_chance(r, 8) ? 80 : 0};
    mpq_t *centre = rationals_new(b->inputs);
    random_point(centre, r, b);
    draft_init(d, b->inputs, layers, widths);
    for (size_t v = b->inputs; v < d->values; v++)
        make_neuron(d, v, r, &w, &t, b, centre);
    rationals_free(centre, b->inputs);
    mpz_clear(w.denominator);
}

void random_draft(draft *d, rng *r, const box *b, size_t outputs)
{
    make_draft(d, r, b, outputs, false);
}

/* The same function in another form. */
static void disguise(draft *d, rng *r)
{
    for (uint64_t steps = 1 + rng_below(r, 4); steps > 0; steps--) {
        switch (rng_below(r, 6)) {
        case 0:
            draft_permute_layer(d, r);
            break;
        case 1:
            draft_rescale_neuron(d, r);
            break;
        case 2:
            draft_split_linear(d, r);
            break;
        case 3:
            draft_share_neuron(d, r);
            break;
        case 4:
            draft_cancel_pair(d, r);
            break;
        default:
            draft_deepen(d, r);
        }
    }
}

static void prune(draft *d, rng *r)
{
    for (size_t i = 0; i < d->values * d->values; i++) {
        if (rng_chance(r, 15))
            mpq_set_ui(d->weight[i], 0, 1);
    }
}

/* Down to a multiple of 2^-bits. */
static void round_down(mpq_t value, unsigned bits)
{
    mpz_t whole;
    mpz_init(whole);
    mpz_mul_2exp(whole, mpq_numref(value), bits);
    mpz_fdiv_q(whole, whole, mpq_denref(value));
    mpq_set_z(value, whole);
    mpq_div_2exp(value, value, bits);
    mpz_clear(whole);
}

static void round_weights(draft *d, rng *r)
{
    unsigned bits = (unsigned)rng_below(r, 9);
    for (size_t i = 0; i < d->values * d->values; i++)
        round_down(d->weight[i], bits);
    for (size_t i = 0; i < d->values; i++)
        round_down(d->bias[i], bits);
}

/* Adds a constant to the bias of one neuron: an output, or any. */
static void shift(draft *d, rng *r, size_t first)
{
    size_t v = first + rng_below(r, d->values - first);
    mpq_t by;
    mpq_init(by);
    mpq_set_si(by, rng_between(r, -5, 5), rng_below(r, 7) + 1);
    mpq_canonicalize(by);
    mpq_add(d->bias[v], d->bias[v], by);
    mpq_clear(by);
}

/* Changes g, at first equal to f; returns how. */
static const char *vary(draft *g, rng *r, size_t outputs)
{
    switch (rng_below(r, 7)) {
    case 0:
        return "equal";
    case 1:
        disguise(g, r);
        return "the same function in another form";
    case 2:
        prune(g, r);
        return "pruned";
    case 3:
        round_weights(g, r);
        return "rounded";
    case 4:
        shift(g, r, g->values - outputs);
        return "shifted";
    case 5:
        shift(g, r, g->inputs);
        disguise(g, r);
        return "shifted inside, in another form";
    default:
        prune(g, r);
        disguise(g, r);
        return "pruned, in another form";
    }
}

static void make_problem(problem *p, rng *r, size_t inputs, bool extreme)
{
    size_t outputs = rng_chance(r, 60) ? 1 : 2 + rng_below(r, 2);
    draft f, g;
    random_box(&p->box, r, inputs);
    make_draft(&f, r, &p->box, outputs, extreme);
    if (rng_chance(r, 50)) {
        make_draft(&g, r, &p->box, outputs, extreme);
        p->pair = "unrelated";
    } else {
        draft_copy(&g, &f);
        p->pair = vary(&g, r, outputs);
    }
    draft_network(&p->f, &f, r);
    draft_network(&p->g, &g, r);
    draft_clear(&f);
    draft_clear(&g);
}

void random_problem_of(problem *p, rng *r, size_t inputs)
{
    make_problem(p, r, inputs, false);
}

void random_problem(problem *p, rng *r)
{
    random_problem_of(p, r, 1 + rng_below(r, 4));
}

void random_problem_extreme(problem *p, rng *r)
{
    make_problem(p, r, 1 + rng_below(r, 4), true);
}

void random_perturb(network *g, rng *r)
{
    for (size_t l = 0; l < g->layers; l++) {
        net_layer *layer = &g->layer[l];
        for (size_t b = 0; b < layer->blocks; b++)
            for (size_t k = 0; k < layer->neurons * layer->block[b].columns; k++)
                if (rng_chance(r, 30))
                    mpz_add_ui(layer->block[b].weight[k], layer->block[b].weight[k], 1 + rng_below(r, 2));
        for (size_t n = 0; n < layer->neurons; n++)
            if (rng_chance(r, 30))
                mpz_sub_ui(layer->bias[n], layer->bias[n], 1);
    }
    network_rescale(g, 0, 0); /* denominators are least again */
}

void problem_clear(problem *p)
{
    box_clear(&p->box);
    network_clear(&p->f);
    network_clear(&p->g);
}

void problem_print(FILE *out, const problem *p)
{
    fprintf(out, "# f (g: %s)\n", p->pair);
    native_write(out, &p->f);
    fprintf(out, "# g\n");
    native_write(out, &p->g);
    fprintf(out, "# box (%s)\n", p->box.kind);
    for (size_t i = 0; i < p->f.inputs; i++) {
        mpq_out_str(out, 10, p->box.lower[i]);
        fputc(' ', out);
        mpq_out_str(out, 10, p->box.upper[i]);
        fputc('\n', out);
    }
}
