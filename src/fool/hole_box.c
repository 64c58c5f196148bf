/* Bounding and cutting boxes: see hole_box.h. */
#include "fool/hole_box.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* As fmax and fmin for numbers, without a call in the inner loops. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* --- boxes and lists ------------------------------------------------------------------------------------ */

static hole_list *list_new(size_t count)
{
    hole_list *list =
        mem_alloc(1, mem_sum(offsetof(hole_list, sample), mem_product(count, sizeof(uint32_t))));
    atomic_init(&list->users, 1);
    list->count = (uint32_t)count;
    return list;
}

static void list_release(hole_list *list)
{
    if (atomic_fetch_sub(&list->users, 1) == 1)
        free(list);
}

static hole_box *box_new(const cloud *c)
{
    size_t ends = mem_product(mem_product(2, c->d), sizeof(uint32_t));
    return mem_alloc(1, mem_sum(sizeof(hole_box), ends));
}

hole_box *hole_box_whole(const cloud *c)
{
    hole_box *b = box_new(c);
    b->bound = INFINITY;
    b->list = list_new(c->count);
    for (size_t i = 0; i < c->count; i++)
        b->list->sample[i] = (uint32_t)i;
    for (size_t j = 0; j < c->d; j++)
        b->end[c->d + j] = c->cuts[j] - 1;
    return b;
}

void hole_box_free(hole_box *b)
{
    list_release(b->list);
    free(b);
}

hole_box *hole_box_half(const cloud *c, const hole_box *b, bool above)
{
    hole_box *half = box_new(c);
    half->bound = b->bound;
    half->list = b->list;
    atomic_fetch_add(&b->list->users, 1);
    memcpy(half->end, b->end, 2 * c->d * sizeof *b->end);
    half->end[above ? b->dimension : c->d + b->dimension] = b->cut;
    return half;
}

void scout_shorten(const scout *s, hole_box *b)
{
    if (s->kept_count > b->list->count / 4 * 3)
        return;
    list_release(b->list);
    b->list = list_new(s->kept_count);
    memcpy(b->list->sample, s->kept, s->kept_count * sizeof *s->kept);
}

/* --- scouts --------------------------------------------------------------------------------------------- */

void scout_init(scout *s, const cloud *c, deadline *limit)
{
    *s = (scout){.c = c, .limit = limit};
    maximin_init(&s->lp, c->d);
    s->weights.sample = mem_alloc(c->d + 1, sizeof *s->weights.sample);
    s->weights.weight = mem_alloc(c->d + 1, sizeof *s->weights.weight);
    s->kept = mem_alloc(c->count, sizeof *s->kept);
    s->rival_lower = mem_alloc(c->d, sizeof *s->rival_lower);
    s->rival_upper = mem_alloc(c->d, sizeof *s->rival_upper);
    s->lower = mem_alloc(c->d, sizeof *s->lower);
    s->upper = mem_alloc(c->d, sizeof *s->upper);
    s->point = mem_alloc(c->d, sizeof *s->point);
}

void scout_clear(scout *s)
{
    maximin_clear(&s->lp);
    free(s->weights.sample);
    free(s->weights.weight);
    free(s->kept);
    free(s->rival_lower);
    free(s->rival_upper);
    free(s->lower);
    free(s->upper);
    free(s->point);
    *s = (scout){0};
}

static void read_ends(scout *s, const hole_box *b)
{
    const cloud *c = s->c;
    for (size_t j = 0; j < c->d; j++) {
        s->lower[j] = c->cut[j][b->end[j]];
        s->upper[j] = c->cut[j][b->end[c->d + j]];
    }
}

/* The place in the list of the sample whose greatest distance within the box is least. */
static size_t choose_rival(const scout *s, const hole_list *list)
{
    const cloud *c = s->c;
    size_t rival = 0;
    double least = INFINITY;
    for (size_t k = 0; k < list->count; k++) {
        const double *x = c->at + list->sample[k] * c->d;
        double far = 0;
        for (size_t j = 0; j < c->d; j++)
            far += larger(x[j] - s->lower[j], s->upper[j] - x[j]);
        if (far < least) {
            least = far;
            rival = k;
        }
    }
    return rival;
}

/* Leaves out samples that the rival makes superfluous: those which are nowhere in the box nearer than it. For
 * samples i and k, |p_j - x_ij| - |p_j - x_kj| is monotone in p_j, so ‖p - x_i‖ - ‖p - x_k‖ is at least Σ_j
 * min over the ends e of the side of (|e - x_ij| - |e - x_kj|). Rounding may leave out a sample too many
 * where two distances are all but equal; proofs do not depend on it, because the minimum over fewer samples
 * is an upper bound too, and radii are those of all samples. */
static void keep_near(scout *s, const hole_box *b)
{
    const cloud *c = s->c;
    size_t rival = choose_rival(s, b->list);
    const double *y = c->at + b->list->sample[rival] * c->d;
    for (size_t j = 0; j < c->d; j++) {
        s->rival_lower[j] = fabs(s->lower[j] - y[j]);
        s->rival_upper[j] = fabs(s->upper[j] - y[j]);
    }
    s->kept_count = 0;
    for (size_t k = 0; k < b->list->count; k++) {
        const double *x = c->at + b->list->sample[k] * c->d;
        double nearer = 0;
        for (size_t j = 0; j < c->d; j++)
            nearer += smaller(fabs(s->lower[j] - x[j]) - s->rival_lower[j],
                              fabs(s->upper[j] - x[j]) - s->rival_upper[j]);
        if (nearer < 0 || k == rival)
            s->kept[s->kept_count++] = b->list->sample[k];
    }
}

/* The chords of the kept samples' distances, with θ_j = (p_j - l_j)/(u_j - l_j). */
static void fill_program(scout *s)
{
    const cloud *c = s->c;
    maximin_resize(&s->lp, s->kept_count);
    for (size_t k = 0; k < s->kept_count; k++) {
        const double *x = c->at + s->kept[k] * c->d;
        double base = 0, *slope = s->lp.slope + k * c->d;
        for (size_t j = 0; j < c->d; j++) {
            double at_lower = fabs(s->lower[j] - x[j]), at_upper = fabs(s->upper[j] - x[j]);
            base += at_lower;
            slope[j] = at_upper - at_lower;
        }
        s->lp.base[k] = base;
    }
}

static void read_weights(scout *s)
{
    size_t d = s->c->d;
    s->weights.count = 0;
    for (size_t k = 0; k <= d; k++) {
        if (s->lp.basis[k] < 2 * d || !(s->lp.dual[k] > 1e-12))
            continue;
        s->weights.sample[s->weights.count] = s->kept[s->lp.basis[k] - 2 * d];
        s->weights.weight[s->weights.count++] = s->lp.dual[k];
    }
}

/* The program's vertex, moved into the box. */
static void find_point(scout *s)
{
    const cloud *c = s->c;
    for (size_t j = 0; j < c->d; j++) {
        double theta = smaller(larger(s->lp.vertex[j], 0), 1);
        s->point[j] = (1 - theta) * s->lower[j] + theta * s->upper[j];
    }
}

static uint32_t measure_point(scout *s)
{
    uint32_t nearest = s->kept[0];
    s->value = INFINITY;
    for (size_t k = 0; k < s->kept_count; k++) {
        double distance = cloud_distance(s->c, s->point, s->kept[k]);
        if (distance < s->value) {
            s->value = distance;
            nearest = s->kept[k];
        }
    }
    return nearest;
}

/* --- where to cut --------------------------------------------------------------------------------------- */

/* By how much the chord lies above |p_j - x_ij| at the point; 0 unless x_ij lies inside the side. */
static double chord_gap(const scout *s, const hole_box *b, uint32_t i, size_t j)
{
    const cloud *c = s->c;
    uint32_t rank = c->rank[i * c->d + j];
    if (rank <= b->end[j] || rank >= b->end[c->d + j])
        return 0;
    double l = s->lower[j], u = s->upper[j], x = c->at[i * c->d + j], p = s->point[j];
    double theta = u > l ? (p - l) / (u - l) : 0;
    return (1 - theta) * (x - l) + theta * (u - x) - fabs(p - x);
}

static void try_cuts(const scout *s, hole_box *b, uint32_t i, double weight, double *best)
{
    for (size_t j = 0; j < s->c->d; j++) {
        double gain = weight * chord_gap(s, b, i, j);
        if (gain <= *best)
            continue;
        *best = gain;
        b->dimension = (uint32_t)j;
        b->cut = s->c->rank[i * s->c->d + j];
    }
}

/* The cut next to the middle of the longest side that has one inside. */
static void cut_middle(const scout *s, hole_box *b)
{
    const cloud *c = s->c;
    double longest = -1;
    for (size_t j = 0; j < c->d; j++) {
        double side = s->upper[j] - s->lower[j];
        if (b->end[c->d + j] - b->end[j] < 2 || side <= longest)
            continue;
        longest = side;
        b->dimension = (uint32_t)j;
    }
    if (longest < 0)
        return;
    size_t j = b->dimension;
    uint32_t low = b->end[j] + 1, high = b->end[c->d + j] - 1;
    double middle = (s->lower[j] + s->upper[j]) / 2;
    while (low < high) {
        uint32_t half = low + (high - low) / 2;
        if (c->cut[j][half] < middle)
            low = half + 1;
        else
            high = half;
    }
    if (low - 1 > b->end[j] && middle - c->cut[j][low - 1] < c->cut[j][low] - middle)
        low--;
    b->cut = low;
}

/* Boxes with many samples are halved. Others are cut at a sample whose chord explains the gap between bound
 * and point: one of those weighed, or the nearest. */
static void choose_cut(const scout *s, hole_box *b, uint32_t nearest)
{
    b->dimension = (uint32_t)s->c->d;
    if (s->kept_count > 8 * (s->c->d + 1)) {
        cut_middle(s, b);
        return;
    }
    double best = s->c->slack;
    for (size_t k = 0; k < s->weights.count; k++)
        try_cuts(s, b, s->weights.sample[k], s->weights.weight[k], &best);
    try_cuts(s, b, nearest, 1, &best);
    if (b->dimension == s->c->d && b->bound - s->value > 8 * s->c->slack)
        cut_middle(s, b);
}

bool scout_bound(scout *s, const hole_record *record, hole_box *b)
{
    const cloud *c = s->c;
    read_ends(s, b);
    keep_near(s, b);
    fill_program(s);
    size_t pivots = (s->kept_count > 512 ? 2 : 12) * (c->d + 1);
    maximin_solve(&s->lp, record->down - 2 * c->slack, pivots, s->limit);
    read_weights(s);
    const uint32_t *upper = b->end + c->d;
    b->bound = smaller(b->bound, proof_bound(c, b->end, upper, &s->weights));
    if (b->bound <= record->down)
        return false;
    if (b->bound <= record->down + 8 * c->slack &&
        proof_at_most(c, b->end, upper, &s->weights, record->radius))
        return false;
    find_point(s);
    choose_cut(s, b, measure_point(s));
    return true;
}
