/* The pair system in doubles: see numeric.h. */
#include "search/numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* weight · (scale of the source) / (scale of the row), without overflow on the way. */
static double real_weight(const pair_system *system, const system_row *row, const mpz_t weight, size_t source)
{
    long we, se = 0, re;
    double w = mpz_get_d_2exp(&we, weight), s = 1, r = mpz_get_d_2exp(&re, row->scale);
    if (source != SYSTEM_NO_NEURON && source >= system->inputs)
        s = mpz_get_d_2exp(&se, system->row[source - system->inputs].scale);
    long e = we + se - re;
    return ldexp(w * s / r, e > 4000 ? 4000 : e < -4000 ? -4000 : (int)e);
}

static void fill_row(numeric *num, const system_row *row, size_t n)
{
    size_t at = num->start[n];
    for (size_t t = 0; t < row->terms; t++, at++) {
        num->source[at] = row->source[t];
        num->weight[at] = real_weight(num->system, row, row->weight[t], row->source[t]);
    }
    num->start[n + 1] = at;
    num->bias[n] = real_weight(num->system, row, row->bias, SYSTEM_NO_NEURON);
}

static const system_row *row_of(const pair_system *system, size_t n)
{
    return n < system->neurons ? &system->row[n] : &system->objective[n - system->neurons];
}

void numeric_init(numeric *num, const pair_system *system)
{
    size_t rows = mem_sum(system->neurons, system->outputs), terms = 0;
    *num = (numeric){system->inputs, system->neurons, system->outputs, system, NULL, NULL, NULL, NULL};
    for (size_t n = 0; n < rows; n++)
        terms = mem_sum(terms, row_of(system, n)->terms);
    num->start = mem_alloc(rows + 1, sizeof *num->start);
    num->source = mem_alloc(terms, sizeof *num->source);
    num->weight = mem_alloc(terms, sizeof *num->weight);
    num->bias = mem_alloc(rows, sizeof *num->bias);
    for (size_t n = 0; n < rows; n++)
        fill_row(num, row_of(system, n), n);
}

void numeric_clear(numeric *num)
{
    free(num->start);
    free(num->source);
    free(num->weight);
    free(num->bias);
    *num = (numeric){0};
}

static double post_activation(const numeric *num, size_t n, double z)
{
    return num->system->relu[n] && z < 0 ? 0 : z;
}

void numeric_eval(const numeric *num, const double *x, double *z, double *value)
{
    size_t rows = num->neurons + num->outputs;
    for (size_t n = 0; n < rows; n++) {
        double sum = num->bias[n];
        for (size_t t = num->start[n]; t < num->start[n + 1]; t++) {
            size_t s = num->source[t];
            double y = s < num->inputs ? x[s] : post_activation(num, s - num->inputs, z[s - num->inputs]);
            sum += num->weight[t] * y;
        }
        if (n < num->neurons)
            z[n] = sum;
        else
            value[n - num->neurons] = sum;
    }
}

void numeric_jacobian(const numeric *num, const bool *active, double *jacobian)
{
    size_t rows = num->neurons + num->outputs, d = num->inputs;
    memset(jacobian, 0, rows * d * sizeof *jacobian);
    for (size_t n = 0; n < rows; n++) {
        double *row = jacobian + n * d;
        for (size_t t = num->start[n]; t < num->start[n + 1]; t++) {
            size_t s = num->source[t];
            if (s < d) {
                row[s] += num->weight[t];
                continue;
            }
            if (!active[s - d])
                continue;
            const double *from = jacobian + (s - d) * d;
            for (size_t i = 0; i < d; i++)
                row[i] += num->weight[t] * from[i];
        }
    }
}
