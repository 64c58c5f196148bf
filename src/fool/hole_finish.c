/* Maximum of the chords' minimum in rationals: see hole_finish.h. */
#include "fool/hole_finish.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"
#include "search/exact_lp.h"

/* maximise t over (p, t), p in the box, 0 <= t <= reach, subject to t <= chord_i(p) for the samples added. */
typedef struct finish {
    const cloud *c;
    const hole_box *b;
    mpq_t *gradient, *lower, *upper, *row;
    exact_lp lp;
    uint32_t *added;
    size_t added_count, added_capacity;
} finish;

/* The ends of the box; for t the sum of its sides and the sides of the whole box, which no distance exceeds.
 */
static void set_limits(finish *f)
{
    size_t d = f->c->d;
    mpq_t side;
    mpq_init(side);
    for (size_t j = 0; j < d; j++) {
        mpq_set(f->lower[j], f->c->cut_exact[j][f->b->end[j]]);
        mpq_set(f->upper[j], f->c->cut_exact[j][f->b->end[d + j]]);
        mpq_sub(side, f->c->upper[j], f->c->lower[j]);
        mpq_add(f->upper[d], f->upper[d], side);
    }
    mpq_set_ui(f->gradient[d], 1, 1);
    mpq_clear(side);
}

static void finish_init(finish *f, const cloud *c, const hole_box *b)
{
    *f = (finish){.c = c, .b = b};
    f->gradient = vector_new(c->d + 1);
    f->lower = vector_new(c->d + 1);
    f->upper = vector_new(c->d + 1);
    f->row = vector_new(c->d + 1);
    set_limits(f);
    exact_lp_init(&f->lp, c->d + 1, f->gradient, f->lower, f->upper);
}

static void finish_clear(finish *f)
{
    exact_lp_clear(&f->lp);
    vector_free(f->gradient, f->c->d + 1);
    vector_free(f->lower, f->c->d + 1);
    vector_free(f->upper, f->c->d + 1);
    vector_free(f->row, f->c->d + 1);
    free(f->added);
}

static bool was_added(const finish *f, uint32_t i)
{
    for (size_t k = 0; k < f->added_count; k++)
        if (f->added[k] == i)
            return true;
    return false;
}

/* t - Σ_j σ_j p_j <= Σ_j (a_j - σ_j l_j), where a_j = |l_j - x_ij| and σ_j = (|u_j - x_ij| - a_j)/(u_j - l_j)
 * (0 for a side of length 0). */
static void add_sample(finish *f, uint32_t i)
{
    size_t d = f->c->d;
    mpq_t at_lower, slope, side, b;
    mpq_inits(at_lower, slope, side, b, NULL);
    for (size_t j = 0; j < d; j++) {
        mpq_srcptr x = cloud_sample(f->c, i)[j];
        mpq_sub(at_lower, f->lower[j], x);
        mpq_abs(at_lower, at_lower);
        mpq_sub(slope, f->upper[j], x);
        mpq_abs(slope, slope);
        mpq_sub(slope, slope, at_lower);
        mpq_sub(side, f->upper[j], f->lower[j]);
        if (mpq_sgn(side) != 0)
            mpq_div(slope, slope, side);
        mpq_neg(f->row[j], slope);
        mpq_mul(slope, slope, f->lower[j]);
        mpq_add(b, b, at_lower);
        mpq_sub(b, b, slope);
    }
    mpq_set_ui(f->row[d], 1, 1);
    exact_lp_add(&f->lp, f->row, b);
    mpq_clears(at_lower, slope, side, b, NULL);
    f->added = mem_grow(f->added, &f->added_capacity, f->added_count + 1, sizeof *f->added);
    f->added[f->added_count++] = i;
}

/* The coordinate of the sample that lies inside the longest side. There is one where the chord differs from
 * the distance. */
static void cut_at(const cloud *c, hole_box *b, uint32_t i)
{
    double longest = -1;
    b->dimension = (uint32_t)c->d;
    for (size_t j = 0; j < c->d; j++) {
        uint32_t rank = c->rank[i * c->d + j], low = b->end[j], high = b->end[c->d + j];
        double side = c->cut[j][high] - c->cut[j][low];
        if (rank <= low || rank >= high || side <= longest)
            continue;
        longest = side;
        b->dimension = (uint32_t)j;
        b->cut = rank;
    }
}

/* The program's value t bounds all of the box, whatever samples were added. Its point p has radius r, the
 * distance from its nearest sample i. If r = t, p is the farthest point of the box. If r < t and i was not
 * added, its chord may cut p off. If it was, t <= chord_i(p) and so the chord differs from the distance r at
 * p: some coordinate of i lies inside a side, and cutting there brings the chord closer. */
bool hole_finish(mpq_t radius, mpq_t *point, const scout *s, const hole_record *record, hole_box *b)
{
    finish f;
    finish_init(&f, s->c, b);
    for (size_t k = 0; k < s->weights.count; k++)
        add_sample(&f, s->weights.sample[k]);
    bool finished;
    for (;;) {
        exact_lp_solve(&f.lp);
        vector_copy(point, f.lp.point, s->c->d);
        uint32_t nearest = 0;
        cloud_radius(radius, &nearest, s->c, point);
        finished = mpq_cmp(f.lp.value, radius) <= 0 || mpq_cmp(f.lp.value, record->radius) <= 0;
        if (finished)
            break;
        if (was_added(&f, nearest)) {
            cut_at(s->c, b, nearest);
            break;
        }
        add_sample(&f, nearest);
    }
    finish_clear(&f);
    return finished;
}
