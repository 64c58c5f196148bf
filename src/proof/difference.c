/* Differences: see difference.h.
 *
 * A row of the system says scale_n·z_n = Σ weight_t·value(source_t) + bias, where the value of a neuron is
 * scale_m·y_m. With Q a common denominator of the inputs, Q times all of it is in integers. */
#include "proof/difference.h"

#include <stdlib.h>

#include "base/memory.h"

static void mark_sources(bool *marked, const pair_system *system, const system_row *row)
{
    for (size_t t = 0; t < row->terms; t++)
        if (row->source[t] >= system->inputs)
            marked[row->source[t] - system->inputs] = true;
}

/* Sources of a neuron come before it. */
static void find_needed(difference *d)
{
    const pair_system *system = &d->system;
    bool *marked = mem_alloc(system->neurons, sizeof *marked);
    for (size_t j = 0; j < system->outputs; j++)
        mark_sources(marked, system, &system->objective[j]);
    for (size_t n = system->neurons; n-- > 0;)
        if (marked[n])
            mark_sources(marked, system, &system->row[n]);
    d->neuron = mem_alloc(system->neurons, sizeof *d->neuron);
    for (size_t n = 0; n < system->neurons; n++)
        if (marked[n])
            d->neuron[d->needed++] = n;
    free(marked);
}

void difference_init(difference *d, const network *f, const network *g)
{
    *d = (difference){.needed = 0};
    system_init(&d->system, f, g);
    find_needed(d);
    size_t sources = mem_sum(d->system.inputs, d->system.neurons);
    d->value = mem_alloc(sources, sizeof *d->value);
    for (size_t k = 0; k < sources; k++)
        mpz_init(d->value[k]);
    mpz_init(d->common);
}

void difference_clear(difference *d)
{
    if (d->value == NULL)
        return;
    for (size_t k = 0; k < d->system.inputs + d->system.neurons; k++)
        mpz_clear(d->value[k]);
    mpz_clear(d->common);
    free(d->value);
    free(d->neuron);
    system_clear(&d->system);
    *d = (difference){.value = NULL};
}

static void set_inputs(difference *d, mpq_t *x)
{
    mpz_set_ui(d->common, 1);
    for (size_t i = 0; i < d->system.inputs; i++)
        mpz_lcm(d->common, d->common, mpq_denref(x[i]));
    for (size_t i = 0; i < d->system.inputs; i++) {
        mpz_divexact(d->value[i], d->common, mpq_denref(x[i]));
        mpz_mul(d->value[i], d->value[i], mpq_numref(x[i]));
    }
}

/* sum = Q·(Σ weight·value + bias) */
static void eval_row(mpz_t sum, const difference *d, const system_row *row)
{
    mpz_mul(sum, row->bias, d->common);
    for (size_t t = 0; t < row->terms; t++)
        mpz_addmul(sum, row->weight[t], d->value[row->source[t]]);
}

void difference_at(mpq_t *y, difference *d, mpq_t *x)
{
    const pair_system *system = &d->system;
    set_inputs(d, x);
    for (size_t k = 0; k < d->needed; k++) {
        size_t n = d->neuron[k];
        mpz_t *value = &d->value[system->inputs + n];
        eval_row(*value, d, &system->row[n]);
        if (system->relu[n] && mpz_sgn(*value) < 0)
            mpz_set_ui(*value, 0);
    }
    for (size_t j = 0; j < system->outputs; j++) {
        eval_row(mpq_numref(y[j]), d, &system->objective[j]);
        mpz_mul(mpq_denref(y[j]), system->objective[j].scale, d->common);
        mpq_canonicalize(y[j]);
    }
}
