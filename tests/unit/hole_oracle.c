/* Oracles of the largest hole: see hole_oracle.h. */
#include "hole_oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrays.h"
#include "base/memory.h"
#include "simplex.h"

/* --- samples -------------------------------------------------------------------------------------------- */

static const char *const kinds[] = {"doubles", "decimals", "thirds",  "corners",
                                    "coarse",  "jitter",   "cluster", "long"};
enum { DOUBLES, DECIMALS, THIRDS, CORNERS, COARSE, JITTER, CLUSTER, LONG, KINDS };

/* A number in 0 … 1. */
static void random_fraction(mpq_t x, rng *r, size_t kind)
{
    static const unsigned long parts[] = {3, 7, 21, 9, 49};
    mpq_t small;
    mpq_init(small);
    switch (kind) {
    case DOUBLES:
        mpq_set_d(x, (double)(rng_next(r) >> 11) * 0x1p-53);
        break;
    case DECIMALS:
        mpq_set_ui(x, rng_below(r, 1000000000000000 + 1), 1000000000000000);
        break;
    case THIRDS: {
        unsigned long q = parts[rng_below(r, 5)];
        mpq_set_ui(x, rng_below(r, q + 1), q);
        break;
    }
    case CORNERS:
        mpq_set_ui(x, rng_below(r, 2), 1);
        break;
    case COARSE:
        mpq_set_ui(x, rng_below(r, 5), 4);
        break;
    case JITTER:
        mpq_set_ui(x, 1 + rng_below(r, 4), 6);
        mpq_set_ui(small, rng_below(r, 4), 1);
        mpq_div_2exp(small, small, 90);
        mpq_add(x, x, small);
        break;
    case CLUSTER:
        mpq_set_ui(x, 400 + rng_below(r, 21), 1000);
        break;
    default: {
        unsigned long q = 1 + rng_below(r, 1UL << 60);
        mpq_set_ui(x, rng_below(r, q + 1), q);
    }
    }
    mpq_canonicalize(x);
    mpq_clear(small);
}

/* from + x (to - from) */
static void place(mpq_t x, const mpq_t from, const mpq_t to)
{
    mpq_t side;
    mpq_init(side);
    mpq_sub(side, to, from);
    mpq_mul(x, x, side);
    mpq_add(x, x, from);
    mpq_clear(side);
}

void random_sampling(sampling *s, rng *r, size_t d, size_t most)
{
    size_t kind = rng_below(r, KINDS);
    *s = (sampling){.d = d, .count = 1 + rng_below(r, most), .kind = kinds[kind]};
    s->x = rationals_new(s->count * d);
    random_box(&s->box, r, d);
    for (size_t i = 0; i < s->count; i++) {
        size_t again = rng_chance(r, 10) ? rng_below(r, i + 1) : i;
        for (size_t j = 0; j < d; j++) {
            mpq_t *x = &s->x[i * d + j];
            if (again < i) {
                mpq_set(*x, s->x[again * d + j]);
                continue;
            }
            random_fraction(*x, r, kind);
            place(*x, s->box.lower[j], s->box.upper[j]);
        }
    }
}

void grid_sampling(sampling *s, size_t d, size_t side)
{
    *s = (sampling){.d = d, .count = 1, .kind = "grid"};
    for (size_t j = 0; j < d; j++)
        s->count *= side;
    s->x = rationals_new(s->count * d);
    s->box = (box){d, rationals_new(d), rationals_new(d), "unit cube"};
    for (size_t j = 0; j < d; j++)
        mpq_set_ui(s->box.upper[j], 1, 1);
    for (size_t i = 0; i < s->count; i++) {
        size_t cell = i;
        for (size_t j = 0; j < d; j++, cell /= side) {
            mpq_set_ui(s->x[i * d + j], cell % side, side - 1);
            mpq_canonicalize(s->x[i * d + j]);
        }
    }
}

void sampling_clear(sampling *s)
{
    rationals_free(s->x, s->count * s->d);
    box_clear(&s->box);
}

void sampling_print(const sampling *s)
{
    printf("%zu samples (%s) in a box (%s)\n", s->count, s->kind, s->box.kind);
    for (size_t j = 0; j < s->d; j++)
        gmp_printf("box %zu: %Qd … %Qd\n", j, s->box.lower[j], s->box.upper[j]);
    for (size_t i = 0; i < s->count && i < 20; i++)
        for (size_t j = 0; j < s->d; j++)
            gmp_printf("%Qd%c", s->x[i * s->d + j], j + 1 == s->d ? '\n' : ' ');
}

/* --- one coordinate, sorted ----------------------------------------------------------------------------- */

static int ascending(const void *left, const void *right)
{
    return mpq_cmp(*(const mpq_t *)left, *(const mpq_t *)right);
}

/* Coordinate j of the samples and of the box's ends, sorted. */
static mpq_t *sorted_cuts(const sampling *s, size_t j)
{
    mpq_t *cut = rationals_new(s->count + 2);
    for (size_t i = 0; i < s->count; i++)
        mpq_set(cut[i], s->x[i * s->d + j]);
    mpq_set(cut[s->count], s->box.lower[j]);
    mpq_set(cut[s->count + 1], s->box.upper[j]);
    qsort(cut, s->count + 2, sizeof *cut, ascending);
    return cut;
}

/* cut[0] and cut[count+1] are the ends of the box, the others the samples. */
void largest_gap(mpq_t radius, const sampling *s)
{
    mpq_t *cut = sorted_cuts(s, 0), gap;
    mpq_init(gap);
    mpq_set_ui(radius, 0, 1);
    for (size_t k = 0; k <= s->count; k++) {
        mpq_sub(gap, cut[k + 1], cut[k]);
        if (k > 0 && k < s->count)
            mpq_div_2exp(gap, gap, 1);
        if (mpq_cmp(gap, radius) > 0)
            mpq_set(radius, gap);
    }
    mpq_clear(gap);
    rationals_free(cut, s->count + 2);
}

/* --- every cell ----------------------------------------------------------------------------------------- */

typedef struct cell {
    const sampling *s;
    mpq_t *lower, *upper, *row; /* of (p, t): d+1, d+1, d+2 */
    mpz_t *integers;
} cell;

/* Adds t - ‖p - x‖_1 <= 0, affine in the cell, multiplied by the common denominator. */
static void push_distance(polyhedron *p, cell *c, mpq_t *x)
{
    size_t d = c->s->d;
    mpz_t common;
    mpz_init_set_ui(common, 1);
    mpq_set_ui(c->row[d + 1], 0, 1);
    mpq_set_ui(c->row[d], 1, 1);
    for (size_t j = 0; j < d; j++) {
        bool above = mpq_cmp(c->lower[j], x[j]) >= 0;
        mpq_set_si(c->row[j], above ? -1 : 1, 1);
        (above ? mpq_add : mpq_sub)(c->row[d + 1], c->row[d + 1], x[j]);
    }
    mpz_set(common, mpq_denref(c->row[d + 1]));
    for (size_t j = 0; j < d + 2; j++) {
        mpz_mul(c->integers[j], mpq_numref(c->row[j]), common);
        mpz_divexact(c->integers[j], c->integers[j], mpq_denref(c->row[j]));
    }
    polyhedron_push(p, c->integers, 1);
    mpz_clear(common);
}

static void solve_cell(mpq_t value, cell *c)
{
    size_t d = c->s->d;
    polyhedron p;
    vertex v;
    polyhedron_init(&p, d + 1, c->lower, c->upper);
    vertex_init(&v, d + 1);
    vertex_start(&v, &p);
    for (size_t i = 0; i < c->s->count; i++)
        push_distance(&p, c, c->s->x + i * d);
    for (size_t j = 0; j < d + 2; j++)
        mpz_set_ui(c->integers[j], j == d);
    vertex_maximise(&v, &p, c->integers, 1);
    vertex_value(mpq_numref(value), &v, c->integers);
    mpz_set(mpq_denref(value), v.determinant);
    mpq_canonicalize(value);
    vertex_clear(&v);
    polyhedron_clear(&p);
}

/* All cells that agree with the present one in the coordinates before j. */
static void visit_cells(mpq_t radius, cell *c, mpq_t **cut, size_t j)
{
    if (j == c->s->d) {
        mpq_t value;
        mpq_init(value);
        solve_cell(value, c);
        if (mpq_cmp(value, radius) > 0)
            mpq_set(radius, value);
        mpq_clear(value);
        return;
    }
    bool point = mpq_equal(c->s->box.lower[j], c->s->box.upper[j]);
    for (size_t k = 0; k < (point ? 1 : c->s->count + 1); k++) {
        if (!point && mpq_equal(cut[j][k], cut[j][k + 1]))
            continue;
        mpq_set(c->lower[j], cut[j][k]);
        mpq_set(c->upper[j], cut[j][k + 1]);
        visit_cells(radius, c, cut, j + 1);
    }
}

void largest_of_cells(mpq_t radius, const sampling *s)
{
    size_t d = s->d;
    cell c = {s, rationals_new(d + 1), rationals_new(d + 1), rationals_new(d + 2), integers_new(d + 2)};
    mpq_t **cut = mem_alloc(d, sizeof *cut);
    for (size_t j = 0; j < d; j++) {
        cut[j] = sorted_cuts(s, j);
        mpq_add(c.upper[d], c.upper[d], s->box.upper[j]);
        mpq_sub(c.upper[d], c.upper[d], s->box.lower[j]);
    }
    mpq_set_ui(radius, 0, 1);
    visit_cells(radius, &c, cut, 0);
    for (size_t j = 0; j < d; j++)
        rationals_free(cut[j], s->count + 2);
    free(cut);
    rationals_free(c.lower, d + 1);
    rationals_free(c.upper, d + 1);
    rationals_free(c.row, d + 2);
    integers_free(c.integers, d + 2);
}

/* --- a grid --------------------------------------------------------------------------------------------- */

static double longest_side(const sampling *s, mpq_t longest)
{
    mpq_t side;
    mpq_init(side);
    mpq_set_ui(longest, 0, 1);
    for (size_t j = 0; j < s->d; j++) {
        mpq_sub(side, s->box.upper[j], s->box.lower[j]);
        if (mpq_cmp(side, longest) > 0)
            mpq_set(longest, side);
    }
    mpq_clear(side);
    return mpq_get_d(longest);
}

static double relative(const mpq_t value, const mpq_t from, const mpq_t unit)
{
    mpq_t part;
    mpq_init(part);
    mpq_sub(part, value, from);
    if (mpq_sgn(part) != 0)
        mpq_div(part, part, unit);
    double result = mpq_get_d(part);
    mpq_clear(part);
    return result;
}

static double distance_at(const sampling *s, const double *x, const double *side, size_t parts, size_t index)
{
    double least = INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        double sum = 0;
        size_t rest = index;
        for (size_t j = 0; j < s->d; j++, rest /= parts)
            sum += fabs(side[j] * (double)(rest % parts) / (double)(parts - 1) - x[i * s->d + j]);
        least = fmin(least, sum);
    }
    return least;
}

double largest_of_grid(const sampling *s, size_t parts, double *more)
{
    mpq_t unit;
    mpq_init(unit);
    longest_side(s, unit);
    double *x = mem_alloc(s->count * s->d, sizeof *x), *side = mem_alloc(s->d, sizeof *side), best = 0;
    size_t points = 1;
    *more = 0;
    for (size_t j = 0; j < s->d; j++) {
        points *= parts;
        side[j] = relative(s->box.upper[j], s->box.lower[j], unit);
        *more += side[j] / (double)(parts - 1) / 2;
        for (size_t i = 0; i < s->count; i++)
            x[i * s->d + j] = relative(s->x[i * s->d + j], s->box.lower[j], unit);
    }
    for (size_t index = 0; index < points; index++)
        best = fmax(best, distance_at(s, x, side, parts, index));
    free(x);
    free(side);
    mpq_clear(unit);
    return best;
}
