/* Lower bounds: see incumbent.h. */
#include "search/incumbent.h"

#include <math.h>

#include "number/vector.h"

void incumbent_init(incumbent *best, const query *q)
{
    *best = (incumbent){.q = q, .sign = 1};
    mpq_init(best->value);
    mpq_set_si(best->value, -1, 1);
    best->point = vector_new(q->f->inputs);
    best->try_point = vector_new(q->f->inputs);
    best->f = vector_new(network_outputs(q->f));
    best->g = vector_new(network_outputs(q->f));
    incumbent_try(best, q->lower);
}

void incumbent_clear(incumbent *best)
{
    mpq_clear(best->value);
    vector_free(best->point, best->q->f->inputs);
    vector_free(best->try_point, best->q->f->inputs);
    vector_free(best->f, network_outputs(best->q->f));
    vector_free(best->g, network_outputs(best->q->f));
}

static void clamp(mpq_t x, const mpq_t lower, const mpq_t upper)
{
    if (mpq_cmp(x, lower) < 0)
        mpq_set(x, lower);
    else if (mpq_cmp(x, upper) > 0)
        mpq_set(x, upper);
}

/* Keeps try_point if output j is better there. */
static bool keep_if_better(incumbent *best, size_t j)
{
    mpq_t *difference = &best->f[j];
    mpq_sub(*difference, *difference, best->g[j]);
    int sign = mpq_sgn(*difference) < 0 ? -1 : 1;
    mpq_abs(*difference, *difference);
    if (mpq_cmp(*difference, best->value) <= 0)
        return false;
    mpq_set(best->value, *difference);
    best->approximate = mpq_get_d(best->value);
    best->output = j;
    best->sign = sign;
    vector_copy(best->point, best->try_point, best->q->f->inputs);
    return true;
}

static bool try_point(incumbent *best)
{
    const query *q = best->q;
    for (size_t i = 0; i < q->f->inputs; i++)
        clamp(best->try_point[i], q->lower[i], q->upper[i]);
    network_eval(best->f, q->f, best->try_point);
    network_eval(best->g, q->g, best->try_point);
    if (!q->all_outputs)
        return keep_if_better(best, q->output);
    bool better = false;
    for (size_t j = 0; j < network_outputs(q->f); j++)
        better |= keep_if_better(best, j);
    return better;
}

bool incumbent_try(incumbent *best, mpq_t *point)
{
    vector_copy(best->try_point, point, best->q->f->inputs);
    return try_point(best);
}

bool incumbent_try_doubles(incumbent *best, const double *point)
{
    for (size_t i = 0; i < best->q->f->inputs; i++) {
        if (!isfinite(point[i]))
            return false;
        mpq_set_d(best->try_point[i], point[i]);
    }
    return try_point(best);
}

void incumbent_adopt(incumbent *best, const incumbent *other)
{
    if (mpq_cmp(other->value, best->value) <= 0)
        return;
    mpq_set(best->value, other->value);
    best->approximate = other->approximate;
    best->output = other->output;
    best->sign = other->sign;
    vector_copy(best->point, other->point, best->q->f->inputs);
}
