/* The naive backward pass: see naive_pass.h. */
#include "naive_pass.h"

#include <stdlib.h>

#include "number/vector.h"

typedef struct pass {
    const prover *p;
    mpq_t *a; /* coefficients of the sources: inputs, then the neurons' values */
    mpq_t *c; /* of the neurons' pre-activations */
    mpq_t constant;
} pass;

static void times_power(mpq_t value, long shift)
{
    if (shift >= 0)
        mpq_mul_2exp(value, value, (mp_bitcnt_t)shift);
    else
        mpq_div_2exp(value, value, (mp_bitcnt_t)-shift);
}

static void divide_by(mpq_t value, const mpz_t number)
{
    mpz_mul(mpq_denref(value), mpq_denref(value), number);
    mpq_canonicalize(value);
}

static void multiply_by(mpq_t value, const mpz_t number)
{
    mpz_mul(mpq_numref(value), mpq_numref(value), number);
    mpq_canonicalize(value);
}

void naive_real(mpq_t value, const prover *p, size_t n, fix units)
{
    mpq_set_si(value, units, 1);
    times_power(value, p->sc.exponent[n] - p->sc.bits);
    divide_by(value, p->system->row[n].scale);
}

/* Adds c · (the row's functional), in real units, to the coefficients and the constant. */
static void substitute(pass *s, const system_row *row, mpq_t c)
{
    mpq_t part;
    mpq_init(part);
    mpq_set_z(part, row->bias);
    divide_by(part, row->scale);
    mpq_mul(part, part, c);
    mpq_add(s->constant, s->constant, part);
    for (size_t t = 0; t < row->terms; t++) {
        size_t source = row->source[t];
        mpq_set_z(part, row->weight[t]);
        divide_by(part, row->scale);
        if (source >= s->p->system->inputs) /* the row reads scale · y */
            multiply_by(part, s->p->system->row[source - s->p->system->inputs].scale);
        mpq_mul(part, part, c);
        mpq_add(s->a[source], s->a[source], part);
    }
    mpq_clear(part);
}

/* sum += a · y − c · z at a pre-activation z of neuron n. */
static void add_loss(mpq_t sum, const pass *s, size_t n, mpq_t z)
{
    mpq_t factor;
    mpq_init(factor);
    if (!s->p->system->relu[n] || mpq_sgn(z) > 0)
        mpq_set(factor, s->a[s->p->system->inputs + n]);
    mpq_sub(factor, factor, s->c[n]);
    mpq_mul(factor, factor, z);
    mpq_add(sum, sum, factor);
    mpq_clear(factor);
}

static void take_larger(mpq_t most, mpq_t value, bool *met)
{
    if (!*met || mpq_cmp(value, most) > 0)
        mpq_set(most, value);
    *met = true;
}

/* The largest a · y − c · z between the proven bounds of z. */
static void loss_of_neuron(mpq_t most, const pass *s, size_t n)
{
    mpq_t z, value;
    bool met = false;
    mpq_inits(z, value, NULL);
    const fix ends[] = {s->p->lower[n], s->p->upper[n], 0};
    for (size_t k = 0; k < 3; k++) {
        if (ends[k] < s->p->lower[n] || ends[k] > s->p->upper[n])
            continue;
        naive_real(z, s->p, n, ends[k]);
        mpq_set_ui(value, 0, 1);
        add_loss(value, s, n, z);
        take_larger(most, value, &met);
    }
    mpq_clears(z, value, NULL);
}

/* Whether z, z' and z − z' are within their proven bounds, all in units of n. */
static bool is_in_region(const prover *p, size_t n, size_t partner, fix z, fix other)
{
    size_t w = p->system->neurons + n;
    return z >= p->lower[n] && z <= p->upper[n] && other >= p->lower[partner] && other <= p->upper[partner] &&
           z - other >= p->lower[w] && z - other <= p->upper[w];
}

/* The largest joint loss of partners: at the corners of the pieces into which z = 0 and z' = 0 cut their
 * region, which are among all points where two of the lines meet. False: the region is empty. */
static bool loss_of_partners(mpq_t most, const pass *s, size_t n, size_t partner)
{
    const prover *p = s->p;
    size_t w = p->system->neurons + n, points = 0;
    const fix z[] = {p->lower[n], p->upper[n], 0}, other[] = {p->lower[partner], p->upper[partner], 0};
    const fix difference[] = {p->lower[w], p->upper[w]};
    fix corner[9 + 6 + 6][2];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++, points++)
            corner[points][0] = z[i], corner[points][1] = other[j];
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 2; j++) {
            corner[points][0] = z[i], corner[points++][1] = z[i] - difference[j];
            corner[points][0] = other[i] + difference[j], corner[points++][1] = other[i];
        }
    }
    mpq_t real, value;
    bool met = false;
    mpq_inits(real, value, NULL);
    for (size_t k = 0; k < points; k++) {
        if (!is_in_region(p, n, partner, corner[k][0], corner[k][1]))
            continue;
        mpq_set_ui(value, 0, 1);
        naive_real(real, p, n, corner[k][0]);
        add_loss(value, s, n, real);
        naive_real(real, p, partner, corner[k][1]);
        add_loss(value, s, partner, real);
        take_larger(most, value, &met);
    }
    mpq_clears(real, value, NULL);
    return met;
}

bool naive_pair_loss(mpq_t most, const prover *p, size_t n, size_t partner, mpq_t *factor)
{
    size_t inputs = p->system->inputs, neurons = p->system->neurons;
    pass s = {.p = p, .a = vector_new(inputs + neurons), .c = vector_new(neurons)};
    mpq_set(s.a[inputs + n], factor[0]);
    mpq_set(s.a[inputs + partner], factor[1]);
    mpq_set(s.c[n], factor[2]);
    mpq_set(s.c[partner], factor[3]);
    bool met = loss_of_partners(most, &s, n, partner);
    vector_free(s.a, inputs + neurons);
    vector_free(s.c, neurons);
    return met;
}

static void add_losses(pass *s, bool together)
{
    const prover *p = s->p;
    bool *done = calloc(p->system->neurons + 1, sizeof *done);
    mpq_t loss;
    mpq_init(loss);
    for (size_t n = 0; n < p->system->neurons; n++) {
        size_t partner = p->sc.partner[n];
        if (done[n])
            continue;
        if (together && partner != SYSTEM_NO_NEURON && loss_of_partners(loss, s, n, partner))
            done[partner] = true;
        else
            loss_of_neuron(loss, s, n);
        mpq_add(s->constant, s->constant, loss);
    }
    mpq_clear(loss);
    free(done);
}

static void add_inputs(pass *s)
{
    mpq_t part;
    mpq_init(part);
    for (size_t i = 0; i < s->p->system->inputs; i++) {
        mpq_mul(part, s->a[i], mpq_sgn(s->a[i]) > 0 ? s->p->box_upper[i] : s->p->box_lower[i]);
        mpq_add(s->constant, s->constant, part);
    }
    mpq_clear(part);
}

void naive_bound(mpq_t bound, const prover *p, const naive_functional *of, naive_chooser *choose,
                 void *context, bool together)
{
    size_t neurons = p->system->neurons, sources = p->system->inputs + neurons;
    pass s = {.p = p, .a = vector_new(sources), .c = vector_new(neurons)};
    mpq_t factor;
    mpq_inits(factor, s.constant, NULL);
    mpq_set_si(factor, of->sign, 1);
    substitute(&s, of->row, factor);
    mpq_neg(factor, factor);
    if (of->other != NULL)
        substitute(&s, of->other, factor);
    for (size_t n = neurons; n-- > 0;) {
        choose(s.c[n], context, p, n, s.a[p->system->inputs + n]);
        substitute(&s, &p->system->row[n], s.c[n]);
    }
    add_losses(&s, together);
    add_inputs(&s);
    mpq_set(bound, s.constant);
    mpq_clears(factor, s.constant, NULL);
    vector_free(s.a, sources);
    vector_free(s.c, neurons);
}

/* --- choices --- */

void naive_choose_as_kernel(mpq_t c, void *context, const prover *p, size_t n, mpq_t a)
{
    const naive_kernel_choice *k = context;
    size_t row = prover_row(p, n);
    if (row == SYSTEM_NO_NEURON) {
        mpq_set_ui(c, 0, 1);
        if (!p->system->relu[n] || p->lower[n] >= 0)
            mpq_set(c, a);
        return;
    }
    if (k->grain > 0)
        mpq_set_si(c, p->narrow[k->lane][row], 1);
    else
        mpq_set_si(c, k->lane == 0 ? p->coefficient[row] : p->opposite[row], 1);
    times_power(c, k->grain - p->sc.exponent[n]); /* units of the functional over units of the neuron */
    multiply_by(c, p->system->row[n].scale);
    mpq_mul(c, c, k->unit);
}

void naive_exact_init(naive_exact_choice *e, const prover *p, const system_row *row, size_t count,
                      const multiplier *list)
{
    mpq_t value;
    mpq_init(value);
    e->count = count;
    e->list = list;
    mpz_init_set_ui(e->scale, 1);
    for (size_t k = 0; k < count; k++) {
        mpq_set(value, list[k].value);
        multiply_by(value, row->scale);
        divide_by(value, p->system->row[list[k].neuron].scale);
        mpz_lcm(e->scale, e->scale, mpq_denref(value));
    }
    mpz_mul(e->scale, e->scale, row->scale);
    mpq_clear(value);
}

void naive_choose_exactly(mpq_t c, void *context, const prover *p, size_t n, mpq_t a)
{
    const naive_exact_choice *e = context;
    fix lo = p->lower[n], hi = p->upper[n];
    bool keeps = !p->system->relu[n] || lo >= 0 || (hi > 0 && mpq_sgn(a) < 0 && hi > -lo);
    mpq_set_ui(c, 0, 1);
    if (keeps) {
        mpq_set(c, a);
    } else if (hi > 0 && mpq_sgn(a) > 0) { /* the chord, rounded down in the pass's integers */
        mpq_set(c, a);
        multiply_by(c, e->scale);
        divide_by(c, p->system->row[n].scale);
        mpz_mul_si(mpq_numref(c), mpq_numref(c), p->slope[n]);
        mpz_mul_2exp(mpq_denref(c), mpq_denref(c), 31);
        mpz_fdiv_q(mpq_numref(c), mpq_numref(c), mpq_denref(c));
        mpz_set_ui(mpq_denref(c), 1);
        multiply_by(c, p->system->row[n].scale);
        divide_by(c, e->scale);
    }
    for (size_t k = 0; k < e->count; k++)
        if (e->list[k].neuron == n)
            mpq_add(c, c, e->list[k].value);
}
