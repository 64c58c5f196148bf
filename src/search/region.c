/* Exact maxima over linear regions: see region.h. */
#include "search/region.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"
#include "search/exact_lp.h"

static void add_row(mpz_t *coefficient, mpz_t constant, const mpz_t factor, const system_row *row)
{
    for (size_t t = 0; t < row->terms; t++)
        mpz_addmul(coefficient[row->source[t]], factor, row->weight[t]);
    mpz_addmul(constant, factor, row->bias);
}

void region_affine(mpq_t *gradient, mpq_t constant, const pair_system *system, const bool *active,
                   const system_row *row)
{
    size_t sources = system->inputs + system->neurons;
    mpz_t *coefficient = mem_alloc(sources, sizeof *coefficient);
    for (size_t s = 0; s < sources; s++)
        mpz_init(coefficient[s]);
    mpz_t whole, one;
    mpz_init(whole);
    mpz_init_set_ui(one, 1);
    add_row(coefficient, whole, one, row);
    for (size_t n = system->neurons; n-- > 0;)
        if (active[n] && mpz_sgn(coefficient[system->inputs + n]) != 0)
            add_row(coefficient, whole, coefficient[system->inputs + n], &system->row[n]);
    for (size_t i = 0; i < system->inputs; i++) {
        mpq_set_num(gradient[i], coefficient[i]);
        mpq_set_den(gradient[i], row->scale);
        mpq_canonicalize(gradient[i]);
    }
    mpq_set_num(constant, whole);
    mpq_set_den(constant, row->scale);
    mpq_canonicalize(constant);
    for (size_t s = 0; s < sources; s++)
        mpz_clear(coefficient[s]);
    free(coefficient);
    mpz_clears(whole, one, NULL);
}

typedef struct region {
    const pair_system *system;
    const bool *active;
    const sign_fact *facts;
    size_t fact_count;
    mpq_t **row;     /* exact gradient of each fact's neuron, NULL until it is needed; then its constant at
                        [inputs] */
    size_t *lp_row;  /* row of the linear program + 1, 0 while not in it */
    mpq_t *gradient; /* of the objective */
    mpq_t constant;
    exact_lp lp;
} region;

static mpq_t *fact_row(region *r, size_t k)
{
    if (r->row[k] == NULL) {
        size_t d = r->system->inputs;
        r->row[k] = vector_new(d + 1);
        region_affine(r->row[k], r->row[k][d], r->system, r->active, &r->system->row[r->facts[k].neuron]);
    }
    return r->row[k];
}

/* sign · z of fact k at the vertex. */
static void fact_value(mpq_t value, region *r, size_t k)
{
    size_t d = r->system->inputs;
    mpq_t *row = fact_row(r, k), part;
    mpq_init(part);
    mpq_set(value, row[d]);
    for (size_t i = 0; i < d; i++) {
        mpq_mul(part, row[i], r->lp.point[i]);
        mpq_add(value, value, part);
    }
    if (r->facts[k].sign < 0)
        mpq_neg(value, value);
    mpq_clear(part);
}

/* sign·z >= 0 as a row: −sign·gradient · x <= sign·constant. */
static void add_fact(region *r, size_t k)
{
    size_t d = r->system->inputs;
    mpq_t *row = fact_row(r, k), *a = vector_new(d), b;
    mpq_init(b);
    mpq_set(b, row[d]);
    for (size_t i = 0; i < d; i++)
        if (r->facts[k].sign > 0)
            mpq_neg(a[i], row[i]);
        else
            mpq_set(a[i], row[i]);
    if (r->facts[k].sign < 0)
        mpq_neg(b, b);
    r->lp_row[k] = exact_lp_add(&r->lp, a, b) + 1;
    vector_free(a, d);
    mpq_clear(b);
}

/* Adds the fact that the vertex violates most; false if it satisfies all. */
static bool add_violated(region *r)
{
    mpq_t value, worst;
    mpq_inits(value, worst, NULL);
    size_t chosen = r->fact_count;
    for (size_t k = 0; k < r->fact_count; k++) {
        if (r->lp_row[k] != 0)
            continue;
        fact_value(value, r, k);
        if (mpq_cmp(value, worst) < 0) {
            mpq_swap(value, worst);
            chosen = k;
        }
    }
    mpq_clears(value, worst, NULL);
    if (chosen < r->fact_count)
        add_fact(r, chosen);
    return chosen < r->fact_count;
}

/* The step along the ray that brings the bound down to the claim. */
static void ray_scale(mpq_t scale, const region *r, const mpq_t claim)
{
    mpq_t gain;
    mpq_init(gain);
    mpq_add(scale, r->lp.value, r->constant);
    mpq_sub(scale, scale, claim);
    if (mpq_sgn(scale) < 0)
        mpq_set_ui(scale, 0, 1);
    exact_lp_ray_gain(gain, &r->lp);
    mpq_div(scale, scale, gain);
    mpz_cdiv_q(mpq_numref(scale), mpq_numref(scale), mpq_denref(scale)); /* whole numbers are shorter */
    mpz_set_ui(mpq_denref(scale), 1);
    mpq_clear(gain);
}

/* Two facts of one neuron come one after the other. */
static void add_multiplier(region_result *result, size_t neuron, const mpq_t value)
{
    size_t count = result->multiplier_count;
    multiplier *m = &result->multipliers[count];
    if (count > 0 && m[-1].neuron == neuron) {
        mpq_add(m[-1].value, m[-1].value, value);
        return;
    }
    m->neuron = neuron;
    mpq_init(m->value);
    mpq_set(m->value, value);
    result->multiplier_count++;
}

static void collect_multipliers(region_result *result, const region *r, const mpq_t claim)
{
    mpq_t scale, value;
    mpq_inits(scale, value, NULL);
    if (result->infeasible)
        ray_scale(scale, r, claim);
    result->multipliers = mem_alloc(r->fact_count, sizeof *result->multipliers);
    for (size_t k = 0; k < r->fact_count; k++) {
        if (r->lp_row[k] == 0)
            continue;
        exact_lp_multiplier(value, &r->lp, r->lp_row[k] - 1, scale, result->infeasible);
        if (mpq_sgn(value) == 0)
            continue;
        if (r->facts[k].sign < 0)
            mpq_neg(value, value);
        add_multiplier(result, r->facts[k].neuron, value);
    }
    mpq_clears(scale, value, NULL);
}

static void region_init(region *r, const objective *o)
{
    size_t d = r->system->inputs;
    r->row = mem_alloc(r->fact_count, sizeof *r->row);
    r->lp_row = mem_alloc(r->fact_count, sizeof *r->lp_row);
    r->gradient = vector_new(d);
    mpq_init(r->constant);
    region_affine(r->gradient, r->constant, r->system, r->active, &r->system->objective[o->output]);
    if (o->sign > 0)
        return;
    mpq_neg(r->constant, r->constant);
    for (size_t i = 0; i < d; i++)
        mpq_neg(r->gradient[i], r->gradient[i]);
}

static void region_clear(region *r)
{
    size_t d = r->system->inputs;
    for (size_t k = 0; k < r->fact_count; k++)
        if (r->row[k] != NULL)
            vector_free(r->row[k], d + 1);
    free(r->row);
    free(r->lp_row);
    vector_free(r->gradient, d);
    mpq_clear(r->constant);
    exact_lp_clear(&r->lp);
}

void region_solve(region_result *result, const pair_system *system, const bool *active, const objective *o,
                  const sign_fact *facts, size_t fact_count, mpq_t *lower, mpq_t *upper, const mpq_t claim)
{
    region r = {.system = system, .active = active, .facts = facts, .fact_count = fact_count};
    size_t d = system->inputs;
    *result = (region_result){.point = vector_new(d)};
    mpq_init(result->value);
    region_init(&r, o);
    exact_lp_init(&r.lp, d, r.gradient, lower, upper);
    do
        result->infeasible = exact_lp_solve(&r.lp) == EXACT_LP_INFEASIBLE;
    while (!result->infeasible && add_violated(&r));
    mpq_add(result->value, r.lp.value, r.constant);
    for (size_t i = 0; i < d; i++)
        mpq_set(result->point[i], r.lp.point[i]);
    collect_multipliers(result, &r, claim);
    region_clear(&r);
}

void region_result_clear(region_result *result, size_t inputs)
{
    vector_free(result->point, inputs);
    mpq_clear(result->value);
    for (size_t k = 0; k < result->multiplier_count; k++)
        mpq_clear(result->multipliers[k].value);
    free(result->multipliers);
    *result = (region_result){0};
}
