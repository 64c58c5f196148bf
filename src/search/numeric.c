/* The pair system in doubles: see numeric.h. */
#include "search/numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vectorised.h"

/* Sources that are this close are in one run. */
#define GAP 8

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

static const system_row *row_of(const pair_system *system, size_t n)
{
    return n < system->neurons ? &system->row[n] : &system->objective[n - system->neurons];
}

/* Whether a term goes on with the run of the one before it. */
static bool goes_on(const system_row *row, size_t t)
{
    return t > 0 && row->source[t] - row->source[t - 1] <= GAP;
}

static void count_row(const system_row *row, size_t *runs, size_t *weights)
{
    for (size_t t = 0; t < row->terms; t++) {
        *runs += !goes_on(row, t);
        *weights += goes_on(row, t) ? row->source[t] - row->source[t - 1] : 1;
    }
}

/* Appends the runs of a row, whose weights begin at `next`; returns their end. */
static double *fill_row(numeric *num, const system_row *row, size_t n, double *next)
{
    num->start[n + 1] = num->start[n];
    for (size_t t = 0; t < row->terms; t++) {
        if (!goes_on(row, t))
            num->run[num->start[n + 1]++] = (numeric_run){row->source[t], 0, next};
        numeric_run *run = &num->run[num->start[n + 1] - 1];
        run->count = row->source[t] - run->source + 1;
        run->weight[run->count - 1] = real_weight(num->system, row, row->weight[t], row->source[t]);
        next = run->weight + run->count;
    }
    num->terms += row->terms;
    num->bias[n] = real_weight(num->system, row, row->bias, SYSTEM_NO_NEURON);
    return next;
}

void numeric_init(numeric *num, const pair_system *system)
{
    size_t rows = mem_sum(system->neurons, system->outputs), runs = 0, weights = 0;
    *num = (numeric){
        .inputs = system->inputs, .neurons = system->neurons, .outputs = system->outputs, .system = system};
    for (size_t n = 0; n < rows; n++)
        count_row(row_of(system, n), &runs, &weights);
    num->start = mem_alloc(mem_sum(rows, 1), sizeof *num->start);
    num->run = mem_alloc(runs, sizeof *num->run);
    num->weight = mem_alloc(weights, sizeof *num->weight);
    num->bias = mem_alloc(rows, sizeof *num->bias);
    double *next = num->weight;
    for (size_t n = 0; n < rows; n++)
        next = fill_row(num, row_of(system, n), n, next);
}

void numeric_clear(numeric *num)
{
    free(num->start);
    free(num->run);
    free(num->weight);
    free(num->bias);
    *num = (numeric){0};
}

/* Eight partial sums, which the compiler keeps in vectors; their order is the same on every machine. */
VECTORISED
static double dot(const double *a, const double *b, size_t count)
{
    double part[8] = {0}, rest = 0;
    size_t k = 0;
    for (; k + 8 <= count; k += 8)
        for (size_t j = 0; j < 8; j++)
            part[j] += a[k + j] * b[k + j];
    for (; k < count; k++)
        rest += a[k] * b[k];
    return rest + ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

void numeric_eval(const numeric *num, const double *x, double *y, double *z, double *value)
{
    size_t d = num->inputs;
    memcpy(y, x, d * sizeof *y);
    for (size_t n = 0; n < num->neurons + num->outputs; n++) {
        double sum = num->bias[n];
        for (size_t r = num->start[n]; r < num->start[n + 1]; r++)
            sum += dot(num->run[r].weight, y + num->run[r].source, num->run[r].count);
        if (n >= num->neurons) {
            value[n - num->neurons] = sum;
            continue;
        }
        z[n] = sum;
        y[d + n] = num->system->relu[n] && sum < 0 ? 0 : sum;
    }
}

/* Adds weight times the source's derivatives to a row's. */
static void add_source(double *row, const numeric *num, const bool *active, const double *jacobian,
                       size_t source, double weight)
{
    size_t d = num->inputs;
    if (source < d) {
        row[source] += weight;
        return;
    }
    const double *from = jacobian + (source - d) * d;
    for (size_t i = 0; i < d && active[source - d]; i++)
        row[i] += weight * from[i];
}

void numeric_jacobian(const numeric *num, const bool *active, double *jacobian)
{
    size_t rows = num->neurons + num->outputs, d = num->inputs;
    memset(jacobian, 0, rows * d * sizeof *jacobian);
    for (size_t n = 0; n < rows; n++)
        for (size_t r = num->start[n]; r < num->start[n + 1]; r++) {
            const numeric_run *run = &num->run[r];
            for (size_t k = 0; k < run->count; k++)
                if (run->weight[k] != 0)
                    add_source(jacobian + n * d, num, active, jacobian, run->source + k, run->weight[k]);
        }
}
