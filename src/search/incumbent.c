/* Lower bounds: see incumbent.h. */
#include "search/incumbent.h"

#include <math.h>

#include "number/binary.h"
#include "number/vector.h"

void incumbent_init(incumbent *best, const query *q, const proof_target *target)
{
    *best = (incumbent){.q = q, .sign = 1, .approximate = -1, .target = target};
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

void incumbent_clamp(mpq_t x, const mpq_t lower, const mpq_t upper)
{
    if (mpq_cmp(x, lower) < 0)
        mpq_set(x, lower);
    else if (mpq_cmp(x, upper) > 0)
        mpq_set(x, upper);
}

/* Sets a to |a − b|; returns the sign of a − b. */
static int take_difference(mpq_t a, const mpq_t b)
{
    mpq_sub(a, a, b);
    int sign = mpq_sgn(a) < 0 ? -1 : 1;
    mpq_abs(a, a);
    return sign;
}

/* A number from value (1 − 2^-58) to value (1 − 2^-61), for value > 0, of at most 61 significant bits. */
static void shorten(mpq_t value)
{
    long above = (long)mpz_sizeinbase(mpq_numref(value), 2) - (long)mpz_sizeinbase(mpq_denref(value), 2);
    long e = above - 60; /* value / 2^e has 60 or 61 bits before the point */
    binary_scale(value, value, -e);
    mpz_fdiv_q(mpq_numref(value), mpq_numref(value), mpq_denref(value));
    mpz_set_ui(mpq_denref(value), 1);
    mpz_sub_ui(mpq_numref(value), mpq_numref(value), 1);
    binary_scale(value, value, e);
}

/* The values are enclosed to 2^-66 of the best one, or, before there is one, of f. */
static void choose_width(mpq_t width, const incumbent *best, const mpq_t f)
{
    mpq_abs(width, mpq_sgn(best->value) > 0 ? best->value : f);
    if (mpq_sgn(width) == 0)
        mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, 66);
}

/* Sets f[j] to a lower bound of |f_j − u_j| at try_point, such that it is still one where the value is known
 * to 2^-64 of it only. False if the formula is not shown to be defined there, or the bound is no better. */
static bool take_distance(incumbent *best, size_t j, int *sign)
{
    mpq_t width, lower, upper;
    mpq_inits(width, lower, upper, NULL);
    choose_width(width, best, best->f[j]);
    bool better = target_distance(best->target, j, best->f[j], best->try_point, width, lower, upper, sign) &&
                  mpq_cmp(lower, best->value) > 0;
    if (better && mpq_sgn(lower) > 0) {
        mpq_div_2exp(width, lower, 66);
        better = target_distance(best->target, j, best->f[j], best->try_point, width, lower, upper, sign);
        shorten(lower);
    }
    mpq_set(best->f[j], lower);
    mpq_clears(width, lower, upper, NULL);
    return better;
}

/* Keeps try_point if output j is better there. */
static bool keep_if_better(incumbent *best, size_t j)
{
    mpq_t *difference = &best->f[j];
    int sign = 1;
    if (best->q->is_signed)
        mpq_sub(*difference, *difference, best->g[j]);
    else if (best->target == NULL)
        sign = take_difference(*difference, best->g[j]);
    else if (!take_distance(best, j, &sign))
        return false;
    if (best->found && mpq_cmp(*difference, best->value) <= 0)
        return false;
    best->found = true;
    mpq_set(best->value, *difference);
    best->approximate = mpq_get_d(best->value);
    best->output = j;
    best->sign = sign < 0 ? -1 : 1;
    vector_copy(best->point, best->try_point, best->q->f->inputs);
    return true;
}

static bool try_point(incumbent *best)
{
    const query *q = best->q;
    for (size_t i = 0; i < q->f->inputs; i++)
        incumbent_clamp(best->try_point[i], q->lower[i], q->upper[i]);
    network_eval(best->f, q->f, best->try_point);
    if (best->target == NULL)
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
    if (!other->found || (best->found && mpq_cmp(other->value, best->value) <= 0))
        return;
    best->found = true;
    mpq_set(best->value, other->value);
    best->approximate = other->approximate;
    best->output = other->output;
    best->sign = other->sign;
    vector_copy(best->point, other->point, best->q->f->inputs);
}
