/* A frame in doubles: see mirror.h. */
#include "search/mirror.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static double *convert(const fix *from, size_t count, double unit)
{
    double *to = mem_alloc(count, sizeof *to);
    for (size_t k = 0; k < count; k++)
        to[k] = (double)from[k] * unit;
    return to;
}

void mirror_init(mirror *m, const prover *p)
{
    const frame *fr = prover_frame(p);
    size_t sources = fr->inputs + fr->count;
    double unit = ldexp(1, -p->sc.bits);
    *m = (mirror){.serial = fr->serial, .inputs = fr->inputs, .count = fr->count, .outputs = fr->outputs};
    m->begin = mem_alloc(sources, sizeof *m->begin);
    m->end = mem_alloc(sources, sizeof *m->end);
    m->column = mem_alloc(sources, sizeof *m->column);
    for (size_t s = 0; s < sources; s++) {
        m->begin[s] = fr->column[s].begin;
        m->end[s] = fr->column[s].end;
        m->column[s] = convert(fr->column[s].weight, m->end[s] - m->begin[s], unit);
    }
    m->bias = convert(fr->bias, fr->count, unit);
    m->objective = mem_alloc(fr->outputs, sizeof *m->objective);
    m->slack = mem_alloc(fr->outputs, sizeof *m->slack);
    for (size_t j = 0; j < fr->outputs; j++) {
        m->objective[j] = mem_alloc(sources + 1, sizeof(double));
        for (size_t s = 0; s < sources; s++)
            m->objective[j][s] = (double)fr->objective[j].weight[s] * unit;
        m->objective[j][sources] = (double)fr->objective[j].bias * unit;
    }
}

void mirror_clear(mirror *m)
{
    for (size_t s = 0; s < m->inputs + m->count; s++)
        free(m->column[s]);
    for (size_t j = 0; j < m->outputs; j++)
        free(m->objective[j]);
    free(m->begin);
    free(m->end);
    free(m->column);
    free(m->bias);
    free(m->objective);
    free(m->slack);
    *m = (mirror){0};
}

void descent_init(descent *d, size_t inputs, size_t rows)
{
    *d = (descent){0};
    d->a = mem_alloc(rows, sizeof(double));
    d->c = mem_alloc(rows, sizeof(double));
    d->gradient = mem_alloc(inputs, sizeof(double));
}

void descent_clear(descent *d)
{
    free(d->a);
    free(d->c);
    free(d->gradient);
}

static double normalised(const prover *p, fix value)
{
    return ldexp((double)value, -p->sc.bits);
}

double mirror_lower(const prover *p, size_t row)
{
    return normalised(p, p->lower[prover_frame(p)->neuron[row]]);
}

double mirror_upper(const prover *p, size_t row)
{
    return normalised(p, p->upper[prover_frame(p)->neuron[row]]);
}

double mirror_input_lower(const prover *p, size_t input)
{
    return normalised(p, p->input_lower[input]);
}

double mirror_input_upper(const prover *p, size_t input)
{
    return normalised(p, p->input_upper[input]);
}

bool mirror_is_unstable(const prover *p, size_t row)
{
    size_t n = prover_frame(p)->neuron[row];
    return p->system->relu[n] && p->lower[n] < 0 && p->upper[n] > 0;
}

bool mirror_is_active(const prover *p, size_t row)
{
    size_t n = prover_frame(p)->neuron[row];
    return !p->system->relu[n] || p->lower[n] >= 0;
}

static double gather(const mirror *m, size_t source, const double *c)
{
    double sum = 0;
    const double *w = m->column[source];
    size_t begin = m->begin[source], count = m->end[source] - begin;
    for (size_t k = 0; k < count; k++)
        sum += c[begin + k] * w[k];
    return sum;
}

typedef struct interval {
    double lo, hi;
} interval;

static interval bounds_of(const prover *p, size_t quantity)
{
    return (interval){normalised(p, p->lower[quantity]), normalised(p, p->upper[quantity])};
}

/* c of the default rule for a·max(z,0); adds K to the bound. */
static double relax(interval z, double a, double *bound)
{
    if (z.lo >= 0)
        return a;
    if (z.hi <= 0)
        return 0;
    if (a <= 0)
        return z.hi > -z.lo ? a : 0;
    double c = a * z.hi / (z.hi - z.lo);
    *bound -= c * z.lo;
    return c;
}

static double relax_neuron(const prover *p, size_t n, double a, double *bound)
{
    return p->system->relu[n] ? relax(bounds_of(p, n), a, bound) : a;
}

static double chord_gap(interval z)
{
    return z.lo >= 0 || z.hi <= 0 ? 0 : -z.lo * z.hi / (z.hi - z.lo);
}

/* The rule for partners, as in the kernel: coefficients a, b of values become those of pre-activations. */
static void relax_pair(const prover *p, size_t n, size_t partner, double *a, double *b, double *bound)
{
    interval w = bounds_of(p, p->system->neurons + n);
    double through = 0;
    bool pays = chord_gap(w) < chord_gap(bounds_of(p, n)) + chord_gap(bounds_of(p, partner));
    if (*a * *b < 0 && pays) {
        double m = fmin(fabs(*a), fabs(*b)), sign = *a > 0 ? 1 : -1;
        interval forward = sign > 0 ? w : (interval){-w.hi, -w.lo};
        through = sign * relax(forward, m, bound);
        *a -= sign * m;
        *b += sign * m;
    }
    *a = relax_neuron(p, n, *a, bound) + through;
    *b = relax_neuron(p, partner, *b, bound) - through;
}

void mirror_default(const prover *p, size_t row, size_t partner, const double *a, double *c)
{
    const size_t *neuron = prover_frame(p)->neuron;
    double unused = 0;
    if (partner == SYSTEM_NO_NEURON) {
        c[row] = relax_neuron(p, neuron[row], a[row], &unused);
        return;
    }
    c[row] = a[row];
    c[partner] = a[partner];
    relax_pair(p, neuron[row], neuron[partner], &c[row], &c[partner], &unused);
}

size_t mirror_take_rows(size_t rows[2], const frame *fr, size_t *k)
{
    rows[0] = fr->order[*k];
    rows[1] = SYSTEM_NO_NEURON;
    if (*k == 0 || fr->partner[fr->order[*k - 1]] != rows[0])
        return 1;
    rows[1] = rows[0];
    rows[0] = fr->order[--*k];
    return 2;
}

static double value_coefficient(const descent *d, const mirror *m, const objective *o, size_t row)
{
    size_t source = m->inputs + row;
    return o->sign * m->objective[o->output][source] + gather(m, source, d->c);
}

void mirror_descend(descent *d, const mirror *m, const prover *p, const objective *o)
{
    const frame *fr = prover_frame(p);
    const double *weight = m->objective[o->output];
    d->bound = o->sign * weight[m->inputs + m->count] + m->slack[o->output];
    for (size_t k = m->count; k-- > 0;) {
        size_t rows[2], sides = mirror_take_rows(rows, fr, &k), r = rows[0], partner = rows[1];
        for (size_t side = 0; side < sides; side++)
            d->a[rows[side]] = d->c[rows[side]] = value_coefficient(d, m, o, rows[side]);
        if (sides == 1)
            d->c[r] = relax_neuron(p, fr->neuron[r], d->a[r], &d->bound);
        else
            relax_pair(p, fr->neuron[r], fr->neuron[partner], &d->c[r], &d->c[partner], &d->bound);
        for (size_t side = 0; side < sides; side++)
            d->bound += d->c[rows[side]] * m->bias[rows[side]];
    }
    for (size_t i = 0; i < m->inputs; i++) {
        double g = o->sign * weight[i] + gather(m, i, d->c);
        d->gradient[i] = g;
        d->bound += g * (g > 0 ? mirror_input_upper(p, i) : mirror_input_lower(p, i));
    }
}

void mirror_relevant(bool *relevant, const mirror *m, const prover *p)
{
    const frame *fr = prover_frame(p);
    for (size_t r = m->count; r-- > 0;) {
        size_t source = m->inputs + r, n = fr->neuron[r];
        relevant[r] = p->is_fact[n];
        bool is_zero = p->system->relu[n] && p->upper[n] <= 0;
        for (size_t k = 0; k < p->objective_count && !relevant[r] && !is_zero; k++)
            relevant[r] = !p->is_proved[k] && m->objective[p->objectives[k].output][source] != 0;
        for (size_t k = m->begin[source]; k < m->end[source] && !relevant[r] && !is_zero; k++)
            relevant[r] = relevant[k] && m->column[source][k - m->begin[source]] != 0;
    }
}
