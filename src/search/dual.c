/* Better multipliers: see dual.h. With y = max(z,0), the bound of a pass with coefficients c is
 *     D(c) = constants + Σ_n max over z of (a_n y − c_n z) + max over x of the functional that remains,
 * where a_n is linear in the c of the rows that read n: a maximum of linear functions of c, so convex. If the
 * maxima are attained at ẑ_n and x, the derivative by c_n is z_n − ẑ_n, with z_n the row at x and the values
 * max(ẑ,0): how much the row and its own inequality disagree about where z is. Rows of partners have one
 * inequality for both, whose region is thin in the direction of z − z', so they move in (z, z − z'). */
#include "search/dual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/choice.h"

void dual_init(dual *d, size_t inputs, size_t rows)
{
    double **array[] = {&d->variable, &d->best, &d->a, &d->c, &d->at, &d->z};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        *array[k] = mem_alloc(rows, sizeof(double));
    d->input = mem_alloc(inputs, sizeof(double));
}

void dual_clear(dual *d)
{
    double *array[] = {d->variable, d->best, d->a, d->c, d->at, d->z, d->input};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++)
        free(array[k]);
}

/* A multiplier is left out where its effect on the bound, normalised, is below this share among the rows. */
#define LEAST_LOSS 1e-13

/* Steps aim this much farther than the claim. */
#define OVERSHOOT 1.2

/* Whether the row's value is 0. */
static bool is_zero(const prover *p, size_t row)
{
    size_t n = prover_frame(p)->neuron[row];
    return p->system->relu[n] && p->upper[n] <= 0;
}

/* Whether steps change the row's variable: stable rows that are not facts keep 0. */
static bool moves(const prover *p, size_t row)
{
    size_t n = prover_frame(p)->neuron[row];
    return p->system->relu[n] && (p->is_fact[n] || (p->lower[n] < 0 && p->upper[n] > 0));
}

typedef struct gap {
    double a, b, c, d;        /* of a·y + b·y' − c·z − d·z' */
    double most, at, partner; /* its largest value so far, and where */
} gap;

static void meet(gap *g, double z, double partner)
{
    double value = (z > 0 ? g->a : 0) * z + (partner > 0 ? g->b : 0) * partner - g->c * z - g->d * partner;
    if (value <= g->most)
        return;
    g->most = value;
    g->at = z;
    g->partner = partner;
}

static void meet_line(gap *g, double at, const double *partner, const double *difference)
{
    double low = fmax(partner[0], at - difference[1]), high = fmin(partner[1], at - difference[0]);
    if (low <= high) {
        meet(g, at, low);
        meet(g, at, high);
    }
}

static void meet_partner_line(gap *g, double at, const double *own, const double *difference)
{
    double low = fmax(own[0], at + difference[0]), high = fmin(own[1], at + difference[1]);
    if (low <= high) {
        meet(g, low, at);
        meet(g, high, at);
    }
}

static void range_of(double range[2], const prover *p, size_t quantity)
{
    range[0] = ldexp((double)p->lower[quantity], -p->sc.bits);
    range[1] = ldexp((double)p->upper[quantity], -p->sc.bits);
}

static void gap_of_row(dual *d, const prover *p, size_t row)
{
    double z[2];
    range_of(z, p, prover_frame(p)->neuron[row]);
    gap g = {.a = d->a[row], .c = d->c[row], .most = -HUGE_VAL};
    meet(&g, z[0], 0);
    meet(&g, z[1], 0);
    if (z[0] < 0 && z[1] > 0)
        meet(&g, 0, 0);
    d->bound += g.most;
    d->at[row] = g.at;
}

/* As in the kernel (src/proof/relax.c). */
static void gap_of_pair(dual *d, const prover *p, size_t row, size_t partner)
{
    const size_t *neuron = prover_frame(p)->neuron;
    double z[2], y[2], w[2];
    range_of(z, p, neuron[row]);
    range_of(y, p, neuron[partner]);
    range_of(w, p, p->system->neurons + neuron[row]);
    gap g = {d->a[row], d->a[partner], d->c[row], d->c[partner], -HUGE_VAL, z[0], y[0]};
    for (int k = 0; k < 2; k++) {
        meet_line(&g, z[k], y, w);
        meet_partner_line(&g, y[k], z, w);
    }
    if (z[0] < 0 && z[1] > 0)
        meet_line(&g, 0, y, w);
    if (y[0] < 0 && y[1] > 0)
        meet_partner_line(&g, 0, z, w);
    if (z[0] < 0 && z[1] > 0 && y[0] < 0 && y[1] > 0 && w[0] <= 0 && w[1] >= 0)
        meet(&g, 0, 0);
    d->bound += g.most;
    d->at[row] = g.at;
    d->at[partner] = g.partner;
}

static double weighted(const double *c, const mirror *m, size_t source)
{
    double sum = 0;
    const double *w = m->column[source];
    size_t begin = m->begin[source], count = m->end[source] - begin;
    for (size_t k = 0; k < count; k++)
        sum += c[begin + k] * w[k];
    return sum;
}

static void set_value_coefficient(dual *d, const mirror *m, const objective *o, size_t row)
{
    size_t source = m->inputs + row;
    d->a[row] = o->sign * m->objective[o->output][source] + weighted(d->c, m, source);
}

/* The row's coefficient of z, from its variable: c = a + variable where y = z, otherwise c = variable. */
static double coefficient_of(const dual *d, const prover *p, size_t row)
{
    return (mirror_is_active(p, row) ? d->a[row] : 0) + d->variable[row];
}

/* D of the variables. */
static void backward(dual *d, const mirror *m, const prover *p, const objective *o)
{
    const frame *fr = prover_frame(p);
    const double *weight = m->objective[o->output];
    d->bound = o->sign * weight[m->inputs + m->count];
    for (size_t k = m->count; k-- > 0;) {
        size_t rows[2], sides = mirror_take_rows(rows, fr, &k);
        for (size_t side = 0; side < sides; side++) {
            set_value_coefficient(d, m, o, rows[side]);
            d->c[rows[side]] = coefficient_of(d, p, rows[side]);
            d->bound += d->c[rows[side]] * m->bias[rows[side]];
        }
        if (sides == 1)
            gap_of_row(d, p, rows[0]);
        else
            gap_of_pair(d, p, rows[0], rows[1]);
    }
    for (size_t i = 0; i < m->inputs; i++) {
        double g = o->sign * weight[i] + weighted(d->c, m, i);
        d->input[i] = g > 0 ? mirror_input_upper(p, i) : mirror_input_lower(p, i);
        d->bound += g * d->input[i];
    }
}

static void push_source(dual *d, const mirror *m, size_t source, double value)
{
    const double *w = m->column[source];
    size_t begin = m->begin[source], count = m->end[source] - begin;
    for (size_t k = 0; k < count; k++)
        d->z[begin + k] += w[k] * value;
}

/* z of every row at the maximising inputs, with the values that the gaps ask for. */
static void forward(dual *d, const mirror *m, const prover *p)
{
    const frame *fr = prover_frame(p);
    memcpy(d->z, m->bias, m->count * sizeof *d->z);
    for (size_t i = 0; i < m->inputs; i++)
        push_source(d, m, i, d->input[i]);
    for (size_t k = 0; k < m->count; k++) {
        size_t row = fr->order[k];
        double value = mirror_is_active(p, row) ? d->z[row] : is_zero(p, row) ? 0 : fmax(d->at[row], 0);
        push_source(d, m, m->inputs + row, value);
    }
}

/* The inverse square of a range's width; 0 for a range without one. */
static double metric(const prover *p, size_t quantity)
{
    double width = ldexp((double)(p->upper[quantity] - p->lower[quantity]), -p->sc.bits);
    return width > 0 ? 1 / (width * width) : 0;
}

/* The direction of descent, in d->a, and the squared length of the derivative. */
static double direction(dual *d, const prover *p, size_t count)
{
    const frame *fr = prover_frame(p);
    double length = 0;
    for (size_t k = count; k-- > 0;) {
        size_t rows[2], sides = mirror_take_rows(rows, fr, &k), row = rows[0], partner = rows[1];
        double by_z = moves(p, row) ? d->z[row] - d->at[row] : 0, own = metric(p, fr->neuron[row]);
        length += by_z * by_z * own;
        d->a[row] = -by_z * own;
        if (sides == 1)
            continue;
        double by_partner = moves(p, partner) ? d->z[partner] - d->at[partner] : 0, other;
        if (moves(p, row) && moves(p, partner)) {
            other = metric(p, p->system->neurons + fr->neuron[row]);
            length += (by_z - by_partner) * (by_z - by_partner) * other;
            d->a[row] -= (by_z - by_partner) * other;
            d->a[partner] = (by_z - by_partner) * other;
        } else {
            other = metric(p, fr->neuron[partner]);
            length += by_partner * by_partner * other;
            d->a[partner] = -by_partner * other;
        }
    }
    return length;
}

/* The kernel's choices for unstable rows, and 0 for the others. */
static void start(dual *d, const mirror *m, const prover *p, const objective *o)
{
    const frame *fr = prover_frame(p);
    for (size_t k = m->count; k-- > 0;) {
        size_t rows[2], sides = mirror_take_rows(rows, fr, &k);
        for (size_t side = 0; side < sides; side++)
            set_value_coefficient(d, m, o, rows[side]);
        mirror_default(p, rows[0], rows[1], d->a, d->c);
        for (size_t side = 0; side < sides; side++) {
            size_t row = rows[side];
            d->variable[row] = moves(p, row) && !p->is_fact[fr->neuron[row]] ? d->c[row] : 0;
        }
    }
}

static void keep_best(dual *d, size_t rows)
{
    if (d->bound >= d->least)
        return;
    d->least = d->bound;
    memcpy(d->best, d->variable, rows * sizeof *d->best);
}

/* Whether so much of the excess over the claim is left after so many steps that the rest will hardly do.
 * Without this, searches of pruned ACAS pairs took a quarter longer for a tenth fewer nodes. */
static bool is_hopeless(size_t step, double left)
{
    return (step == 4 && left > 0.5) || (step == 9 && left > 0.2);
}

bool dual_improve(dual *d, const mirror *m, const prover *p, const objective *o, double claim, size_t steps)
{
    double first = 0;
    d->least = HUGE_VAL;
    start(d, m, p, o);
    for (size_t step = 0; step < steps; step++) {
        backward(d, m, p, o);
        keep_best(d, m->count);
        if (d->least <= claim)
            return true;
        if (step == 0)
            first = d->least - claim;
        if (is_hopeless(step, (d->least - claim) / first))
            return false;
        forward(d, m, p);
        double length = direction(d, p, m->count), t = (d->bound - claim) * OVERSHOOT / length;
        if (!(length > 0) || !isfinite(t))
            return false;
        for (size_t row = 0; row < m->count; row++)
            d->variable[row] += t * d->a[row];
    }
    return false;
}

void dual_take(dual *d, const mirror *m, const prover *p, const objective *o, const double *c)
{
    const frame *fr = prover_frame(p);
    d->least = HUGE_VAL; /* not known */
    memcpy(d->c, c, m->count * sizeof *c);
    for (size_t k = m->count; k-- > 0;) {
        size_t row = fr->order[k];
        set_value_coefficient(d, m, o, row);
        d->best[row] = c[row] - (mirror_is_active(p, row) ? d->a[row] : 0);
    }
}

/* value rounded so that it is off by at most `loss`, or less than 2^-24 of itself: a dyadic rational with a
 * short text. */
static double shorten(double value, double loss)
{
    int digit, exponent;
    frexp(loss, &digit); /* half a unit of this digit is at most the loss */
    frexp(value, &exponent);
    if (loss == 0 || digit < exponent - 24)
        digit = exponent - 24;
    return ldexp(nearbyint(ldexp(value, -digit)), digit);
}

size_t dual_multipliers(multiplier *list, dual *d, const mirror *m, const prover *p, const objective *o,
                        double loss)
{
    const frame *fr = prover_frame(p);
    double objective_unit = choice_objective_unit(p, o->output);
    size_t count = 0;
    memcpy(d->variable, d->best, m->count * sizeof *d->best);
    for (size_t k = m->count; k-- > 0;) {
        size_t rows[2], sides = mirror_take_rows(rows, fr, &k);
        for (size_t side = 0; side < sides; side++)
            set_value_coefficient(d, m, o, rows[side]);
        mirror_default(p, rows[0], rows[1], d->a, d->c);
        for (size_t side = 0; side < sides; side++) {
            size_t row = rows[side], n = fr->neuron[row];
            double unit = objective_unit / choice_neuron_unit(p, n);
            double share = fmax(loss, LEAST_LOSS) / (double)m->count;
            double width = mirror_upper(p, row) - mirror_lower(p, row), off = width > 0 ? share / width : 0;
            double delta = coefficient_of(d, p, row) - d->c[row];
            double real = fabs(delta) > off ? shorten(delta * unit, loss > 0 ? off * unit : 0) : 0;
            if (real == 0 || !isfinite(real))
                continue;
            list[count].neuron = n;
            mpq_set_d(list[count++].value, real);
            d->c[row] += real / unit;
        }
    }
    return count;
}
