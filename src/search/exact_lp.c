/* The dual simplex method in rationals with Bland's rule: see exact_lp.h. */
#include "search/exact_lp.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

static void update_point(exact_lp *lp);

void exact_lp_init(exact_lp *lp, size_t d, mpq_t *gradient, mpq_t *lower, mpq_t *upper)
{
    *lp = (exact_lp){.d = d, .gradient = gradient, .lower = lower, .upper = upper};
    lp->basis = mem_alloc(d, sizeof *lp->basis);
    lp->inverse = vector_new(mem_product(d, d));
    lp->point = vector_new(d);
    lp->dual = vector_new(d);
    lp->ray = vector_new(d);
    mpq_init(lp->value);
    for (size_t i = 0; i < d; i++) {
        bool at_upper = mpq_sgn(gradient[i]) >= 0;
        lp->basis[i] = at_upper ? i : d + i;
        mpq_set_si(lp->inverse[i * d + i], at_upper ? 1 : -1, 1);
        mpq_abs(lp->dual[i], gradient[i]);
    }
    update_point(lp);
}

void exact_lp_clear(exact_lp *lp)
{
    vector_free(lp->inverse, lp->d * lp->d);
    vector_free(lp->point, lp->d);
    vector_free(lp->dual, lp->d);
    vector_free(lp->ray, lp->d);
    vector_free(lp->a, lp->rows * lp->d);
    vector_free(lp->b, lp->rows);
    free(lp->basis);
    mpq_clear(lp->value);
    *lp = (exact_lp){0};
}

size_t exact_lp_add(exact_lp *lp, mpq_t *a, const mpq_t b)
{
    size_t r = lp->rows++, d = lp->d;
    lp->a = mem_resize(lp->a, mem_product(lp->rows, d), sizeof *lp->a);
    lp->b = mem_resize(lp->b, lp->rows, sizeof *lp->b);
    for (size_t i = 0; i < d; i++) {
        mpq_init(lp->a[r * d + i]);
        mpq_set(lp->a[r * d + i], a[i]);
    }
    mpq_init(lp->b[r]);
    mpq_set(lp->b[r], b);
    return r;
}

static void constraint_bound(mpq_t b, const exact_lp *lp, size_t constraint)
{
    if (constraint < lp->d)
        mpq_set(b, lp->upper[constraint]);
    else if (constraint < 2 * lp->d)
        mpq_neg(b, lp->lower[constraint - lp->d]);
    else
        mpq_set(b, lp->b[constraint - 2 * lp->d]);
}

/* constraint · v for a vector v with the given stride. */
static void constraint_times(mpq_t value, const exact_lp *lp, size_t constraint, mpq_t *v, size_t stride)
{
    size_t d = lp->d;
    if (constraint < d) {
        mpq_set(value, v[constraint * stride]);
    } else if (constraint < 2 * d) {
        mpq_neg(value, v[(constraint - d) * stride]);
    } else {
        mpq_t part;
        mpq_init(part);
        mpq_set_ui(value, 0, 1);
        for (size_t i = 0; i < d; i++) {
            mpq_mul(part, lp->a[(constraint - 2 * d) * d + i], v[i * stride]);
            mpq_add(value, value, part);
        }
        mpq_clear(part);
    }
}

/* point = inverse · (bounds of the basis), value = gradient · point. */
static void update_point(exact_lp *lp)
{
    size_t d = lp->d;
    mpq_t b, part;
    mpq_inits(b, part, NULL);
    for (size_t i = 0; i < d; i++)
        mpq_set_ui(lp->point[i], 0, 1);
    for (size_t k = 0; k < d; k++) {
        constraint_bound(b, lp, lp->basis[k]);
        for (size_t i = 0; i < d; i++) {
            mpq_mul(part, lp->inverse[i * d + k], b);
            mpq_add(lp->point[i], lp->point[i], part);
        }
    }
    mpq_set_ui(lp->value, 0, 1);
    for (size_t i = 0; i < d; i++) {
        mpq_mul(part, lp->gradient[i], lp->point[i]);
        mpq_add(lp->value, lp->value, part);
    }
    mpq_clears(b, part, NULL);
}

/* The first constraint that the vertex violates; false if there is none. */
static bool find_violated(exact_lp *lp)
{
    mpq_t left, right;
    mpq_inits(left, right, NULL);
    bool found = false;
    for (size_t c = 0; c < 2 * lp->d + lp->rows && !found; c++) {
        constraint_times(left, lp, c, lp->point, 1);
        constraint_bound(right, lp, c);
        found = mpq_cmp(left, right) > 0;
        if (found)
            lp->violated = c;
    }
    mpq_clears(left, right, NULL);
    return found;
}

/* Bland's ratio test: the basis constraint that leaves, or d. The violated row is Σ ray_k · (basis constraint
 * k). */
static size_t leaving(exact_lp *lp)
{
    size_t d = lp->d, best = d;
    mpq_t ratio, least;
    mpq_inits(ratio, least, NULL);
    for (size_t k = 0; k < d; k++) {
        constraint_times(lp->ray[k], lp, lp->violated, lp->inverse + k, d);
        if (mpq_sgn(lp->ray[k]) <= 0)
            continue;
        mpq_div(ratio, lp->dual[k], lp->ray[k]);
        int order = best == d ? -1 : mpq_cmp(ratio, least);
        if (order < 0 || (order == 0 && lp->basis[k] < lp->basis[best])) {
            best = k;
            mpq_swap(least, ratio);
        }
    }
    mpq_clears(ratio, least, NULL);
    return best;
}

/* Puts the violated constraint into the basis in place of constraint k. */
static void pivot(exact_lp *lp, size_t k)
{
    size_t d = lp->d;
    mpq_t step, part;
    mpq_inits(step, part, NULL);
    mpq_div(step, lp->dual[k], lp->ray[k]);
    for (size_t other = 0; other < d; other++) {
        if (other == k)
            continue;
        mpq_mul(part, step, lp->ray[other]);
        mpq_sub(lp->dual[other], lp->dual[other], part);
    }
    mpq_set(lp->dual[k], step);
    for (size_t i = 0; i < d; i++) {
        mpq_t *row = lp->inverse + i * d;
        mpq_div(row[k], row[k], lp->ray[k]);
        for (size_t other = 0; other < d; other++) {
            if (other == k)
                continue;
            mpq_mul(part, row[k], lp->ray[other]);
            mpq_sub(row[other], row[other], part);
        }
    }
    lp->basis[k] = lp->violated;
    lp->pivots++;
    mpq_clears(step, part, NULL);
    update_point(lp);
}

exact_lp_status exact_lp_solve(exact_lp *lp)
{
    while (find_violated(lp)) {
        size_t k = leaving(lp);
        if (k == lp->d)
            return EXACT_LP_INFEASIBLE;
        pivot(lp, k);
    }
    return EXACT_LP_OPTIMAL;
}

void exact_lp_multiplier(mpq_t value, const exact_lp *lp, size_t r, const mpq_t scale, bool infeasible)
{
    mpq_t part;
    mpq_init(part);
    mpq_set_ui(value, 0, 1);
    for (size_t k = 0; k < lp->d; k++) {
        if (lp->basis[k] != 2 * lp->d + r)
            continue;
        mpq_set(value, lp->dual[k]);
        if (infeasible) {
            mpq_mul(part, scale, lp->ray[k]);
            mpq_sub(value, value, part);
        }
    }
    if (infeasible && lp->violated == 2 * lp->d + r)
        mpq_add(value, value, scale);
    mpq_clear(part);
}

void exact_lp_ray_gain(mpq_t gain, const exact_lp *lp)
{
    mpq_t bound;
    mpq_init(bound);
    constraint_times(gain, lp, lp->violated, lp->point, 1);
    constraint_bound(bound, lp, lp->violated);
    mpq_sub(gain, gain, bound);
    mpq_clear(bound);
}
