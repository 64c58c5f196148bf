/* Samples, exact and in doubles: see cloud.h. */
#include "fool/cloud.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

double cloud_slack(size_t d)
{
    return ldexp((double)d * (3 * (double)d + 16), -52);
}

const mpq_t *cloud_sample(const cloud *c, size_t i)
{
    return (const mpq_t *)&c->samples[c->origin[i] * c->d];
}

double cloud_relative(const cloud *c, size_t j, const mpq_t value)
{
    mpq_t offset;
    mpq_init(offset);
    mpq_sub(offset, value, c->lower[j]);
    mpq_div(offset, offset, c->scale);
    double result = mpq_get_d(offset);
    mpq_clear(offset);
    return result;
}

static void find_scale(cloud *c)
{
    mpq_t side;
    mpq_inits(side, c->scale, NULL);
    for (size_t j = 0; j < c->d; j++) {
        mpq_sub(side, c->upper[j], c->lower[j]);
        if (mpq_cmp(side, c->scale) > 0)
            mpq_set(c->scale, side);
    }
    if (mpq_sgn(c->scale) == 0)
        mpq_set_ui(c->scale, 1, 1);
    mpq_clear(side);
}

/* --- cuts ----------------------------------------------------------------------------------------------- */

typedef struct coordinate {
    double at;
    mpq_srcptr exact;
    size_t row; /* of the sample; past the samples: the ends of the box */
} coordinate;

/* Doubles that differ by more than both their errors tell the exact order. */
static int compare_coordinates(const void *left, const void *right)
{
    const coordinate *a = left, *b = right;
    if (fabs(a->at - b->at) > 0x1p-50)
        return a->at < b->at ? -1 : 1;
    return mpq_cmp(a->exact, b->exact);
}

static coordinate *sorted_coordinates(const cloud *c, size_t j, size_t count)
{
    coordinate *list = mem_alloc(mem_sum(count, 2), sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (coordinate){cloud_relative(c, j, c->samples[i * c->d + j]), c->samples[i * c->d + j], i};
    list[count] = (coordinate){0, c->lower[j], count};
    list[count + 1] = (coordinate){cloud_relative(c, j, c->upper[j]), c->upper[j], count};
    qsort(list, count + 2, sizeof *list, compare_coordinates);
    return list;
}

/* Fills coordinate j of ranks, doubles and cuts of all samples. */
static void cut_coordinate(cloud *c, size_t j, size_t count)
{
    coordinate *list = sorted_coordinates(c, j, count);
    uint32_t cuts = 0;
    c->cut[j] = mem_alloc(count + 2, sizeof **c->cut);
    c->cut_exact[j] = mem_alloc(count + 2, sizeof **c->cut_exact);
    for (size_t k = 0; k < count + 2; k++) {
        if (cuts == 0 || mpq_cmp(list[k].exact, c->cut_exact[j][cuts - 1]) != 0) {
            c->cut[j][cuts] = list[k].at;
            c->cut_exact[j][cuts++] = list[k].exact;
        }
        if (list[k].row == count)
            continue;
        c->rank[list[k].row * c->d + j] = cuts - 1;
        c->at[list[k].row * c->d + j] = list[k].at;
    }
    c->cuts[j] = cuts;
    free(list);
}

/* --- distinct samples ----------------------------------------------------------------------------------- */

static int compare_ranks(const void *left, const void *right, void *context)
{
    const cloud *c = context;
    const uint32_t *a = c->rank + *(const uint32_t *)left * c->d,
                   *b = c->rank + *(const uint32_t *)right * c->d;
    for (size_t j = 0; j < c->d; j++)
        if (a[j] != b[j])
            return a[j] < b[j] ? -1 : 1;
    return 0;
}

/* Sorts the samples by ranks and keeps one of each. */
static void keep_distinct(cloud *c, size_t count)
{
    size_t d = c->d;
    for (size_t i = 0; i < count; i++)
        c->origin[i] = (uint32_t)i;
    qsort_r(c->origin, count, sizeof *c->origin, compare_ranks, c);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || compare_ranks(&c->origin[i], &c->origin[c->count - 1], c) != 0)
            c->origin[c->count++] = c->origin[i];
    uint32_t *rank = mem_alloc(mem_product(c->count, d), sizeof *rank);
    double *at = mem_alloc(mem_product(c->count, d), sizeof *at);
    for (size_t i = 0; i < c->count; i++) {
        memcpy(rank + i * d, c->rank + c->origin[i] * d, d * sizeof *rank);
        memcpy(at + i * d, c->at + c->origin[i] * d, d * sizeof *at);
    }
    free(c->rank);
    free(c->at);
    c->rank = rank;
    c->at = at;
}

void cloud_init(cloud *c, mpq_t *samples, size_t count, size_t d, mpq_t *lower, mpq_t *upper)
{
    *c = (cloud){.d = d, .samples = samples, .lower = lower, .upper = upper, .slack = cloud_slack(d)};
    c->origin = mem_alloc(count, sizeof *c->origin);
    c->at = mem_alloc(mem_product(count, d), sizeof *c->at);
    c->rank = mem_alloc(mem_product(count, d), sizeof *c->rank);
    c->cuts = mem_alloc(d, sizeof *c->cuts);
    c->cut = mem_alloc(d, sizeof *c->cut);
    c->cut_exact = mem_alloc(d, sizeof *c->cut_exact);
    find_scale(c);
    for (size_t j = 0; j < d; j++)
        cut_coordinate(c, j, count);
    keep_distinct(c, count);
}

void cloud_clear(cloud *c)
{
    for (size_t j = 0; j < c->d; j++) {
        free(c->cut[j]);
        free(c->cut_exact[j]);
    }
    free(c->cut);
    free(c->cut_exact);
    free(c->cuts);
    free(c->rank);
    free(c->at);
    free(c->origin);
    mpq_clear(c->scale);
    *c = (cloud){0};
}

/* --- distances ------------------------------------------------------------------------------------------ */

double cloud_distance(const cloud *c, const double *point, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < c->d; j++)
        sum += fabs(point[j] - c->at[i * c->d + j]);
    return sum;
}

static void exact_distance(mpq_t sum, mpq_t part, const cloud *c, mpq_t *point, size_t i)
{
    mpq_set_ui(sum, 0, 1);
    for (size_t j = 0; j < c->d; j++) {
        mpq_sub(part, point[j], cloud_sample(c, i)[j]);
        mpq_abs(part, part);
        mpq_add(sum, sum, part);
    }
}

/* The distance of the doubles is off by at most `slack`, so a sample that attains the minimum is within
 * 2·slack of the least of them; only these are measured exactly. */
void cloud_radius(mpq_t radius, uint32_t *nearest, const cloud *c, mpq_t *point)
{
    double *about = mem_alloc(c->d, sizeof *about), least = INFINITY;
    for (size_t j = 0; j < c->d; j++)
        about[j] = cloud_relative(c, j, point[j]);
    for (size_t i = 0; i < c->count; i++)
        least = fmin(least, cloud_distance(c, about, i));
    mpq_t distance, part;
    mpq_inits(distance, part, NULL);
    bool found = false;
    for (size_t i = 0; i < c->count; i++) {
        if (cloud_distance(c, about, i) > least + 4 * c->slack)
            continue;
        exact_distance(distance, part, c, point, i);
        if (found && mpq_cmp(distance, radius) >= 0)
            continue;
        found = true;
        mpq_set(radius, distance);
        *nearest = (uint32_t)i;
    }
    mpq_clears(distance, part, NULL);
    free(about);
}
