/* Steps of the convex-concave procedure: see ascent.h. */
#include "fool/ascent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define STEPS 40

void climber_init(climber *k, const cloud *c)
{
    *k = (climber){.c = c};
    maximin_init(&k->lp, c->d);
    k->distance = mem_alloc(c->count, sizeof *k->distance);
    k->near = mem_alloc(c->count, sizeof *k->near);
    k->lower = mem_alloc(c->d, sizeof *k->lower);
    k->side = mem_alloc(c->d, sizeof *k->side);
    k->next = mem_alloc(c->d, sizeof *k->next);
}

void climber_clear(climber *k)
{
    maximin_clear(&k->lp);
    free(k->distance);
    free(k->near);
    free(k->lower);
    free(k->side);
    free(k->next);
    *k = (climber){0};
}

static double measure(climber *k, const double *point)
{
    double radius = INFINITY;
    for (size_t i = 0; i < k->c->count; i++) {
        k->distance[i] = cloud_distance(k->c, point, i);
        radius = fmin(radius, k->distance[i]);
    }
    return radius;
}

/* The cube of l1 radius `radius` around the point, cut off at the whole box. */
static void set_step_box(climber *k, const double *point, double radius)
{
    const cloud *c = k->c;
    double half = radius / (double)c->d;
    for (size_t j = 0; j < c->d; j++) {
        k->lower[j] = fmax(point[j] - half, 0);
        k->side[j] = fmin(point[j] + half, c->cut[j][c->cuts[j] - 1]) - k->lower[j];
    }
}

/* The tangents at the point, over the step's box. */
static void fill_tangents(climber *k, const double *point, double radius)
{
    const cloud *c = k->c;
    size_t rows = 0;
    for (size_t i = 0; i < c->count; i++)
        if (k->distance[i] <= 3 * radius)
            k->near[rows++] = (uint32_t)i;
    maximin_resize(&k->lp, rows);
    for (size_t r = 0; r < rows; r++) {
        const double *x = c->at + k->near[r] * c->d;
        double base = k->distance[k->near[r]], *slope = k->lp.slope + r * c->d;
        for (size_t j = 0; j < c->d; j++) {
            double gradient = point[j] >= x[j] ? 1 : -1;
            base += gradient * (k->lower[j] - point[j]);
            slope[j] = gradient * k->side[j];
        }
        k->lp.base[r] = base;
    }
}

double climber_ascend(climber *k, double *point, deadline *limit)
{
    size_t d = k->c->d;
    double radius = measure(k, point);
    for (int step = 0; step < STEPS && !deadline_is_over(limit); step++) {
        set_step_box(k, point, radius);
        fill_tangents(k, point, radius);
        maximin_solve(&k->lp, -INFINITY, 20 * (d + 1), limit);
        for (size_t j = 0; j < d; j++)
            k->next[j] = k->lower[j] + fmin(fmax(k->lp.vertex[j], 0), 1) * k->side[j];
        double next = measure(k, k->next);
        if (!(next > radius * (1 + 1e-9)))
            break;
        radius = next;
        memcpy(point, k->next, d * sizeof *point);
    }
    return radius;
}
