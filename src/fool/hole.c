/* The largest hole: arguments, exact radii, volumes. See hole.h. */
#include "fool/hole.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "fool/cloud.h"
#include "fool/deadline.h"
#include "fool/hole_search.h"
#include "number/vector.h"

/* --- largest hole --------------------------------------------------------------------------------------- */

static bool check_sample(mpq_t *sample, size_t i, size_t d, mpq_t *lower, mpq_t *upper, error *e)
{
    for (size_t j = 0; j < d; j++)
        if (mpq_cmp(sample[j], lower[j]) < 0 || mpq_cmp(sample[j], upper[j]) > 0)
            return error_set(e, NULL, 0,
                             "sample %zu lies outside the box in coordinate %zu (give a larger box)", i + 1,
                             j + 1);
    return true;
}

static bool check_arguments(mpq_t *samples, size_t count, size_t d, mpq_t *lower, mpq_t *upper, error *e)
{
    if (d == 0)
        return error_set(e, NULL, 0, "samples have no coordinates (give at least one)");
    if (count == 0)
        return error_set(e, NULL, 0, "there are no samples (give at least one)");
    if (count > CLOUD_SAMPLES)
        return error_set(e, NULL, 0, "%zu samples are too many (give at most %zu)", count,
                         (size_t)CLOUD_SAMPLES);
    for (size_t j = 0; j < d; j++)
        if (mpq_cmp(lower[j], upper[j]) > 0)
            return error_set(e, NULL, 0,
                             "coordinate %zu of the box has its lower end above its upper end (swap them)",
                             j + 1);
    for (size_t i = 0; i < count; i++)
        if (!check_sample(samples + i * d, i, d, lower, upper, e))
            return false;
    return true;
}

bool hole_find(hole *h, mpq_t *samples, size_t count, size_t d, mpq_t *box_lower, mpq_t *box_upper,
               const hole_limits *limits, error *e)
{
    deadline limit;
    deadline_init(&limit, limits->seconds, limits->stop);
    *h = (hole){0};
    if (!check_arguments(samples, count, d, box_lower, box_upper, e))
        return false;
    h->d = d;
    h->centre = vector_new(d);
    mpq_inits(h->radius, h->upper, NULL);
    cloud c;
    cloud_init(&c, samples, count, d, box_lower, box_upper);
    hole_search(h, &c, &limit, limits->threads);
    cloud_clear(&c);
    /* The radius once more, from the samples alone. */
    hole_radius(h->radius, samples, count, d, h->centre);
    h->proven_largest = mpq_equal(h->radius, h->upper);
    return true;
}

void hole_clear(hole *h)
{
    if (h->centre == NULL)
        return;
    vector_free(h->centre, h->d);
    mpq_clears(h->radius, h->upper, NULL);
    *h = (hole){0};
}

void hole_radius(mpq_t radius, mpq_t *samples, size_t count, size_t d, mpq_t *centre)
{
    mpq_t sum, part;
    mpq_inits(sum, part, NULL);
    for (size_t i = 0; i < count; i++) {
        mpq_set_ui(sum, 0, 1);
        for (size_t j = 0; j < d; j++) {
            mpq_sub(part, centre[j], samples[i * d + j]);
            mpq_abs(part, part);
            mpq_add(sum, sum, part);
        }
        if (i == 0 || mpq_cmp(sum, radius) < 0)
            mpq_set(radius, sum);
    }
    mpq_clears(sum, part, NULL);
}

/* --- volumes -------------------------------------------------------------------------------------------- */

static int descending(const void *left, const void *right)
{
    return mpq_cmp(*(const mpq_t *)right, *(const mpq_t *)left);
}

/* Whether (2r)^k m <= k! Π w, exactly. */
static bool leaves_room(double r, size_t k, size_t count, mpq_t *width)
{
    mpq_t twice, factor, left, right;
    mpz_t factorial;
    mpq_inits(twice, factor, left, right, NULL);
    mpz_init(factorial);
    mpq_set_d(twice, 2 * r);
    mpz_pow_ui(mpq_numref(left), mpq_numref(twice), k);
    mpz_pow_ui(mpq_denref(left), mpq_denref(twice), k);
    mpq_set_ui(factor, count, 1);
    mpq_mul(left, left, factor);
    mpz_fac_ui(factorial, k);
    mpq_set_z(right, factorial);
    for (size_t j = 0; j < k; j++)
        mpq_mul(right, right, width[j]);
    bool room = mpq_cmp(left, right) <= 0;
    mpz_clear(factorial);
    mpq_clears(twice, factor, left, right, NULL);
    return room;
}

/* The k for which ½ (k! Π w / m)^{1/k} is greatest, about, and that value. */
static size_t best_slice(double *radius, mpq_t *width, size_t d, size_t count)
{
    double logarithm = -log((double)count);
    size_t best = 0;
    *radius = 0;
    for (size_t k = 1; k <= d && mpq_get_d(width[k - 1]) > 0; k++) {
        logarithm += log((double)k * mpq_get_d(width[k - 1]));
        double r = exp(logarithm / (double)k) / 2;
        if (r > *radius) {
            *radius = r;
            best = k;
        }
    }
    return best;
}

void hole_volume_bound(mpq_t bound, mpq_t *box_lower, mpq_t *box_upper, size_t d, size_t count)
{
    mpq_t *width = vector_new(d), scale;
    mpq_init(scale);
    for (size_t j = 0; j < d; j++)
        mpq_sub(width[j], box_upper[j], box_lower[j]);
    qsort(width, d, sizeof *width, descending);
    mpq_set(scale, width[0]);
    for (size_t j = 0; j < d && mpq_sgn(scale) > 0; j++)
        mpq_div(width[j], width[j], scale);
    double radius;
    size_t k = best_slice(&radius, width, d, count);
    /* Rounding made the estimate a little too large or too small; the second factors only meet very large d.
     */
    for (double down = 0x1p-50; radius > 0 && !leaves_room(radius, k, count, width); down *= 16)
        radius = down < 1 ? radius * (1 - down) : 0;
    mpq_set_d(bound, radius);
    mpq_mul(bound, bound, scale);
    vector_free(width, d);
    mpq_clear(scale);
}
