/* The maximum by evaluation alone: at all kinks of an interval, or on a grid. Plain rational arithmetic, no
 * linear programs. */
#include "enumerate.h"

#include <stdlib.h>

#include "base/memory.h"
#include "arrays.h"

static size_t count_neurons(const network *net)
{
    size_t count = 0;
    for (size_t k = 0; k < net->layers; k++)
        count += net->layer[k].neurons;
    return count;
}

static void pre_activation(mpq_t z, const net_layer *layer, size_t i, const size_t *begin, mpq_t *y)
{
    mpq_t term;
    mpq_init(term);
    mpq_set_z(z, layer->bias[i]);
    for (size_t k = 0; k < layer->blocks; k++) {
        const net_block *block = &layer->block[k];
        for (size_t c = 0; c < block->columns; c++) {
            mpq_set_z(term, block->weight[i * block->columns + c]);
            mpq_mul(term, term, y[begin[block->source] + c]);
            mpq_add(z, z, term);
        }
    }
    mpq_set_z(term, layer->denominator);
    mpq_div(z, z, term);
    mpq_clear(term);
}

/* Pre-activations of all neurons at x, in order, to z[0], z[1], …; returns the number of neurons. */
static size_t trace(mpq_t *z, const network *net, mpq_t *x)
{
    size_t values = net->inputs + count_neurons(net), next = net->inputs;
    mpq_t *y = rationals_new(values);
    size_t *begin = mem_alloc(net->layers + 1, sizeof *begin);
    for (size_t i = 0; i < net->inputs; i++)
        mpq_set(y[i], x[i]);
    for (size_t k = 0; k < net->layers; k++) {
        const net_layer *layer = &net->layer[k];
        begin[k + 1] = next;
        for (size_t i = 0; i < layer->neurons; i++, next++) {
            pre_activation(y[next], layer, i, begin, y);
            mpq_set(z[next - net->inputs], y[next]);
            if (layer->kind[i] == NEURON_RELU && mpq_sgn(y[next]) < 0)
                mpq_set_ui(y[next], 0, 1);
        }
    }
    free(begin);
    rationals_free(y, values);
    return next - net->inputs;
}

/* z[output] of net, after the activation. */
static void final_value(mpq_t value, const network *net, mpq_t *z, size_t output)
{
    const net_layer *last = &net->layer[net->layers - 1];
    mpq_set(value, z[count_neurons(net) - last->neurons + output]);
    if (last->kind[output] == NEURON_RELU && mpq_sgn(value) < 0)
        mpq_set_ui(value, 0, 1);
}

/* Takes the point x, with the pre-activations of both networks there, into account. */
static void consider(enumeration *best, const network *f, const network *g, mpq_t *x, mpq_t *f_z, mpq_t *g_z,
                     size_t output)
{
    mpq_t difference, other;
    mpq_inits(difference, other, NULL);
    for (size_t j = 0; j < f->layer[f->layers - 1].neurons; j++) {
        if (output != EVERY_OUTPUT && output != j)
            continue;
        final_value(difference, f, f_z, j);
        final_value(other, g, g_z, j);
        mpq_sub(difference, difference, other);
        int sign = mpq_sgn(difference) < 0 ? -1 : 1;
        mpq_abs(difference, difference);
        if (mpq_cmp(difference, best->maximum) <= 0)
            continue;
        mpq_set(best->maximum, difference);
        best->output = j;
        best->sign = sign;
        for (size_t i = 0; i < best->inputs; i++)
            mpq_set(best->point[i], x[i]);
    }
    mpq_clears(difference, other, NULL);
}

/* One input, its interval cut into pieces by knots. */
typedef struct knot {
    mpq_t x;
    mpq_t *z; /* pre-activations there, of f's neurons and then of g's */
} knot;

typedef struct sweep {
    const network *f, *g;
    size_t f_neurons, neurons;
    size_t knots, capacity;
    knot *knot;
} sweep;

/* Inserts x before the knot at `place`. */
static void add_knot(sweep *s, size_t place, const mpq_t x)
{
    s->knot = mem_grow(s->knot, &s->capacity, s->knots + 1, sizeof *s->knot);
    for (size_t i = s->knots++; i > place; i--)
        s->knot[i] = s->knot[i - 1];
    knot *new = &s->knot[place];
    mpq_init(new->x);
    mpq_set(new->x, x);
    new->z = rationals_new(s->neurons);
    trace(new->z, s->f, &new->x);
    trace(new->z + s->f_neurons, s->g, &new->x);
}

/* Adds the zeros of neuron n inside the pieces. It is affine on each, because the neurons before it are. */
static void cut_at_zeros(sweep *s, size_t n)
{
    mpq_t x, rise;
    mpq_inits(x, rise, NULL);
    for (size_t i = 1; i < s->knots; i++) {
        const knot *left = &s->knot[i - 1], *right = &s->knot[i];
        if (mpq_sgn(left->z[n]) * mpq_sgn(right->z[n]) >= 0)
            continue;
        mpq_sub(rise, right->z[n], left->z[n]);
        mpq_sub(x, right->x, left->x);
        mpq_mul(x, x, left->z[n]);
        mpq_div(x, x, rise);
        mpq_sub(x, left->x, x);
        add_knot(s, i++, x);
    }
    mpq_clears(x, rise, NULL);
}

void enumerate_sweep(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                     size_t output)
{
    size_t f_neurons = count_neurons(f);
    sweep s = {.f = f, .g = g, .f_neurons = f_neurons, .neurons = f_neurons + count_neurons(g)};
    enumeration_init(result, 1);
    add_knot(&s, 0, *lower);
    add_knot(&s, 1, *upper);
    for (size_t n = 0; n < s.neurons; n++)
        cut_at_zeros(&s, n);
    result->regions = s.knots - 1;
    for (size_t i = 0; i < s.knots; i++) {
        knot *k = &s.knot[i];
        consider(result, f, g, &k->x, k->z, k->z + f_neurons, output);
        mpq_clear(k->x);
        rationals_free(k->z, s.neurons);
    }
    free(s.knot);
}

/* The next point of the grid, as an odometer; false after the last. */
static bool advance(size_t *step, size_t inputs, size_t steps)
{
    for (size_t i = 0; i < inputs; i++) {
        if (step[i]++ < steps)
            return true;
        step[i] = 0;
    }
    return false;
}

void enumerate_grid(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                    size_t output, size_t steps)
{
    size_t inputs = f->inputs, f_neurons = count_neurons(f), g_neurons = count_neurons(g);
    size_t *step = mem_alloc(inputs, sizeof *step);
    mpq_t *x = rationals_new(inputs), *f_z = rationals_new(f_neurons), *g_z = rationals_new(g_neurons);
    enumeration_init(result, inputs);
    do {
        for (size_t i = 0; i < inputs; i++) {
            mpq_set_ui(x[i], step[i], steps);
            mpq_canonicalize(x[i]);
            mpq_sub(f_z[0], upper[i], lower[i]);
            mpq_mul(x[i], x[i], f_z[0]);
            mpq_add(x[i], x[i], lower[i]);
        }
        trace(f_z, f, x);
        trace(g_z, g, x);
        consider(result, f, g, x, f_z, g_z, output);
    } while (advance(step, inputs, steps));
    free(step);
    rationals_free(x, inputs);
    rationals_free(f_z, f_neurons);
    rationals_free(g_z, g_neurons);
}
