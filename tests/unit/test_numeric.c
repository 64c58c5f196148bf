/* The pair system in doubles against plain loops over its rows, and those against exact evaluation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "number/vector.h"
#include "random_network.h"
#include "search/numeric.h"

static double quotient(const mpz_t above, const mpz_t scale, const mpz_t below)
{
    mpq_t value;
    mpq_init(value);
    mpz_mul(mpq_numref(value), above, scale);
    mpz_set(mpq_denref(value), below);
    mpq_canonicalize(value);
    double result = mpq_get_d(value);
    mpq_clear(value);
    return result;
}

/* z of every neuron and then of every objective, where the neurons that are active pass their values; *size:
 * the sum of the sizes of all parts, of inactive neurons, too, which may be active but for rounding. */
static void walk(double *z, double *size, const pair_system *s, const double *x, const bool *active)
{
    mpz_t one;
    mpz_init_set_ui(one, 1);
    for (size_t n = 0; n < s->neurons + s->outputs; n++) {
        const system_row *row = n < s->neurons ? &s->row[n] : &s->objective[n - s->neurons];
        z[n] = quotient(row->bias, one, row->scale);
        size[n] = fabs(z[n]);
        for (size_t t = 0; t < row->terms; t++) {
            size_t source = row->source[t], m = source - s->inputs;
            bool is_input = source < s->inputs;
            double weight = quotient(row->weight[t], is_input ? one : s->row[m].scale, row->scale);
            double y = is_input ? x[source] : active[m] ? z[m] : 0;
            z[n] += weight * y;
            size[n] += fabs(weight) * (is_input ? fabs(y) : size[m]);
        }
    }
    mpz_clear(one);
}

typedef struct trial {
    problem pair;
    pair_system system;
    numeric num;
    size_t rows;
    double *x, *y, *z, *size, *got, *value, *jacobian;
    bool *active;
} trial;

static void trial_init(trial *t, rng *r)
{
    random_problem(&t->pair, r);
    system_init(&t->system, &t->pair.f, &t->pair.g);
    numeric_init(&t->num, &t->system);
    size_t d = t->system.inputs, n = t->system.neurons;
    t->rows = n + t->system.outputs;
    t->x = mem_alloc(d, sizeof(double));
    t->y = mem_alloc(d + n, sizeof(double));
    t->z = mem_alloc(t->rows, sizeof(double));
    t->size = mem_alloc(t->rows, sizeof(double));
    t->got = mem_alloc(n, sizeof(double));
    t->value = mem_alloc(t->system.outputs, sizeof(double));
    t->jacobian = mem_alloc(t->rows * d, sizeof(double));
    t->active = mem_alloc(n, sizeof(bool));
    for (size_t i = 0; i < d; i++)
        t->x[i] = (double)rng_between(r, -64, 64) / 64;
}

static void trial_clear(trial *t)
{
    void *owned[] = {t->x, t->y, t->z, t->size, t->got, t->value, t->jacobian, t->active};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    numeric_clear(&t->num);
    system_clear(&t->system);
    problem_clear(&t->pair);
}

static void check_close(double a, double b, double size)
{
    assert_true(fabs(a - b) <= 1e-13 * size);
}

/* Active are the neurons that the evaluation finds to be; the plain walk must come to the same values. */
static void check_values(trial *t)
{
    size_t n = t->system.neurons;
    numeric_eval(&t->num, t->x, t->y, t->got, t->value);
    for (size_t k = 0; k < n; k++)
        t->active[k] = !t->system.relu[k] || t->got[k] > 0;
    walk(t->z, t->size, &t->system, t->x, t->active);
    for (size_t k = 0; k < n; k++) {
        check_close(t->got[k], t->z[k], t->size[k]);
        assert_true(t->y[t->system.inputs + k] == (t->active[k] ? t->got[k] : 0));
    }
    for (size_t j = 0; j < t->system.outputs; j++)
        check_close(t->value[j], t->z[n + j], t->size[n + j]);
}

/* With a fixed pattern all is affine: a step to another point changes every row by its derivatives times the
 * step. */
static void check_jacobian(trial *t, rng *r)
{
    size_t d = t->system.inputs;
    for (size_t k = 0; k < t->system.neurons; k++)
        t->active[k] = !t->system.relu[k] || rng_chance(r, 60);
    double *to = mem_alloc(d, sizeof *to), *z = mem_alloc(t->rows, sizeof *z),
           *size = mem_alloc(t->rows, sizeof *size);
    for (size_t i = 0; i < d; i++)
        to[i] = (double)rng_between(r, -64, 64) / 64;
    walk(t->z, t->size, &t->system, t->x, t->active);
    walk(z, size, &t->system, to, t->active);
    numeric_jacobian(&t->num, t->active, t->jacobian);
    for (size_t n = 0; n < t->rows; n++) {
        double change = 0;
        for (size_t i = 0; i < d; i++)
            change += t->jacobian[n * d + i] * (to[i] - t->x[i]);
        check_close(t->z[n] + change, z[n], 4 * (t->size[n] + size[n]));
    }
    free(to);
    free(z);
    free(size);
}

/* f - g at the point is what the networks themselves say. */
static void check_against_networks(const trial *t)
{
    mpq_t *x = vector_new(t->system.inputs), difference;
    mpq_init(difference);
    for (size_t i = 0; i < t->system.inputs; i++)
        mpq_set_d(x[i], t->x[i]);
    for (size_t j = 0; j < t->system.outputs; j++) {
        network_difference(difference, &t->pair.f, &t->pair.g, j, x);
        check_close(t->value[j], mpq_get_d(difference), t->size[t->system.neurons + j]);
    }
    mpq_clear(difference);
    vector_free(x, t->system.inputs);
}

static void values_and_derivatives(void **state)
{
    (void)state;
    uint64_t seed = random_seed("values_and_derivatives");
    size_t gaps = 0;
    for (size_t k = 0, cases = random_effort(2000); k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        trial_init(&t, &r);
        check_values(&t);
        check_against_networks(&t);
        check_jacobian(&t, &r);
        size_t weights = 0;
        for (size_t run = 0; run < t.num.start[t.rows]; run++)
            weights += t.num.run[run].count;
        assert_true(t.num.terms <= weights);
        gaps += t.num.terms < weights;
        trial_clear(&t);
    }
    assert_true(gaps > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_and_derivatives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
