/* The inequality behind every upper bound: see hole_proof.h. */
#include "fool/hole_proof.h"

#include <math.h>

/* Σ_i w_i |e - x_ij| */
static double weighted_distance(const cloud *c, size_t j, double e, const weighing *w)
{
    double sum = 0;
    for (size_t k = 0; k < w->count; k++)
        sum += w->weight[k] * fabs(e - c->at[w->sample[k] * c->d + j]);
    return sum;
}

double proof_bound(const cloud *c, const uint32_t *lower, const uint32_t *upper, const weighing *w)
{
    double total = 0, sum = 0;
    for (size_t k = 0; k < w->count; k++)
        total += w->weight[k];
    if (!(total > 0))
        return INFINITY;
    for (size_t j = 0; j < c->d; j++)
        sum += fmax(weighted_distance(c, j, c->cut[j][lower[j]], w),
                    weighted_distance(c, j, c->cut[j][upper[j]], w));
    return sum / total + c->slack;
}

/* The least denominator up to 128 that makes every weight an integer to six places, or else 2^30. */
static double denominator(const weighing *w, double total)
{
    for (double q = 1; q <= 128; q++) {
        bool fits = true;
        for (size_t k = 0; k < w->count && fits; k++) {
            double scaled = w->weight[k] / total * q;
            fits = fabs(scaled - round(scaled)) < 1e-6;
        }
        if (fits)
            return q;
    }
    return 0x1p30;
}

typedef struct exact_sum {
    mpq_t at_lower, at_upper, part, weight;
} exact_sum;

/* sum += weight · |end - x| */
static void add_distance(mpq_t sum, exact_sum *s, mpq_srcptr end, const mpq_t x)
{
    mpq_sub(s->part, end, x);
    mpq_abs(s->part, s->part);
    mpq_mul(s->part, s->part, s->weight);
    mpq_add(sum, sum, s->part);
}

static void add_side(mpq_t sum, exact_sum *s, const cloud *c, size_t j, uint32_t lower, uint32_t upper,
                     const weighing *w, double scale)
{
    mpq_set_ui(s->at_lower, 0, 1);
    mpq_set_ui(s->at_upper, 0, 1);
    for (size_t k = 0; k < w->count; k++) {
        mpq_srcptr x = cloud_sample(c, w->sample[k])[j];
        mpq_set_ui(s->weight, (unsigned long)round(w->weight[k] * scale), 1);
        if (mpq_sgn(s->weight) == 0)
            continue;
        add_distance(s->at_lower, s, c->cut_exact[j][lower], x);
        add_distance(s->at_upper, s, c->cut_exact[j][upper], x);
    }
    mpq_add(sum, sum, mpq_cmp(s->at_lower, s->at_upper) > 0 ? s->at_lower : s->at_upper);
}

bool proof_at_most(const cloud *c, const uint32_t *lower, const uint32_t *upper, const weighing *w,
                   const mpq_t radius)
{
    double total = 0;
    unsigned long whole = 0;
    for (size_t k = 0; k < w->count; k++)
        total += w->weight[k];
    if (!(total > 0))
        return false;
    double scale = denominator(w, total) / total;
    for (size_t k = 0; k < w->count; k++)
        whole += (unsigned long)round(w->weight[k] * scale);
    exact_sum s;
    mpq_t sum, limit;
    mpq_inits(sum, limit, s.at_lower, s.at_upper, s.part, s.weight, NULL);
    mpq_set_ui(limit, whole, 1);
    mpq_mul(limit, limit, radius);
    for (size_t j = 0; j < c->d; j++)
        add_side(sum, &s, c, j, lower[j], upper[j], w, scale);
    /* Σ_j max(h_j(l_j), h_j(u_j)) <= W · radius, and W > 0 */
    bool proved = whole > 0 && mpq_cmp(sum, limit) <= 0;
    mpq_clears(sum, limit, s.at_lower, s.at_upper, s.part, s.weight, NULL);
    return proved;
}
