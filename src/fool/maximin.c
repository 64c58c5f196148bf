/* The dual simplex method for a greatest minimum: see maximin.h. */
#include "fool/maximin.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Violations and pivots below this are taken for rounding. */
#define TOLERANCE 1e-13
/* Rows beyond which a pivot takes much longer than a look at the clock. */
#define LARGE 1000

/* As fmax for numbers, without a call in the inner loops. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

void maximin_init(maximin *m, size_t d)
{
    size_t n = mem_sum(d, 1);
    *m = (maximin){.d = d};
    m->basis = mem_alloc(n, sizeof *m->basis);
    m->vertex = mem_alloc(n, sizeof *m->vertex);
    m->dual = mem_alloc(n, sizeof *m->dual);
    m->inverse = mem_alloc(mem_product(n, n), sizeof *m->inverse);
    m->product = mem_alloc(n, sizeof *m->product);
}

void maximin_clear(maximin *m)
{
    free(m->base);
    free(m->slope);
    free(m->basis);
    free(m->vertex);
    free(m->dual);
    free(m->inverse);
    free(m->product);
    *m = (maximin){0};
}

void maximin_resize(maximin *m, size_t rows)
{
    m->rows = rows;
    if (rows <= m->capacity)
        return;
    m->base = mem_grow(m->base, &m->capacity, rows, sizeof *m->base);
    m->slope = mem_resize(m->slope, mem_product(m->capacity, m->d), sizeof *m->slope);
}

/* The row with the least maximum on the cube. */
static size_t first_row(const maximin *m)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < m->rows; i++) {
        double most = m->base[i];
        for (size_t j = 0; j < m->d; j++)
            most += larger(m->slope[i * m->d + j], 0);
        if (most < least) {
            least = most;
            best = i;
        }
    }
    return best;
}

/* The basis of one row and the faces of the cube on which it is greatest. */
static void start(maximin *m, size_t row)
{
    size_t d = m->d, n = d + 1;
    const double *slope = m->slope + row * d;
    memset(m->inverse, 0, n * n * sizeof *m->inverse);
    m->basis[d] = 2 * d + row;
    m->dual[d] = m->inverse[d * n + d] = 1;
    m->vertex[d] = m->base[row];
    for (size_t j = 0; j < d; j++) {
        bool up = slope[j] > 0;
        m->basis[j] = up ? j : d + j;
        m->vertex[j] = up ? 1 : 0;
        m->dual[j] = fabs(slope[j]);
        m->inverse[j * n + j] = up ? 1 : -1;
        m->inverse[j * n + d] = fabs(slope[j]);
        m->vertex[d] += larger(slope[j], 0);
    }
}

static double row_value(const maximin *m, size_t i)
{
    double value = m->base[i];
    for (size_t j = 0; j < m->d; j++)
        value += m->slope[i * m->d + j] * m->vertex[j];
    return value;
}

/* The constraint that the vertex violates most, and by how much. */
static size_t most_violated(const maximin *m, double *violation)
{
    size_t worst = 0, lowest = 0;
    double low = INFINITY;
    *violation = 0;
    for (size_t j = 0; j < m->d; j++) {
        double over = larger(m->vertex[j] - 1, -m->vertex[j]);
        if (over > *violation) {
            *violation = over;
            worst = m->vertex[j] > 1 ? j : m->d + j;
        }
    }
    for (size_t i = 0; i < m->rows; i++) {
        double value = row_value(m, i);
        if (value < low) {
            low = value;
            lowest = i;
        }
    }
    if (m->vertex[m->d] - low > *violation) {
        *violation = m->vertex[m->d] - low;
        worst = 2 * m->d + lowest;
    }
    return worst;
}

/* normal(constraint) · column k of the inverse. */
static double times_column(const maximin *m, size_t constraint, size_t k)
{
    size_t d = m->d;
    const double *column = m->inverse + k * (d + 1);
    if (constraint < d)
        return column[constraint];
    if (constraint < 2 * d)
        return -column[constraint - d];
    double sum = column[d];
    const double *slope = m->slope + (constraint - 2 * d) * d;
    for (size_t j = 0; j < d; j++)
        sum -= slope[j] * column[j];
    return sum;
}

/* Ratio test: the place in the basis that the constraint takes, or d+1. */
static size_t leaving(maximin *m, size_t constraint)
{
    size_t n = m->d + 1, best = n;
    double least = INFINITY;
    for (size_t k = 0; k < n; k++) {
        m->product[k] = times_column(m, constraint, k);
        if (m->product[k] <= TOLERANCE)
            continue;
        double ratio = larger(m->dual[k], 0) / m->product[k];
        if (ratio < least || (ratio <= least && m->product[k] > m->product[best])) {
            least = ratio;
            best = k;
        }
    }
    return best;
}

static void pivot(maximin *m, size_t constraint, size_t k, double violation)
{
    size_t n = m->d + 1;
    double *column = m->inverse + k * n, inverse = 1 / m->product[k];
    double step = larger(m->dual[k], 0) * inverse;
    for (size_t r = 0; r < n; r++) {
        column[r] *= inverse;
        m->vertex[r] -= column[r] * violation;
    }
    for (size_t other = 0; other < n; other++) {
        if (other == k)
            continue;
        double factor = m->product[other];
        m->dual[other] -= step * factor;
        for (size_t r = 0; r < n; r++)
            m->inverse[other * n + r] -= factor * column[r];
    }
    m->dual[k] = step;
    m->basis[k] = constraint;
}

void maximin_solve(maximin *m, double enough, size_t pivots, deadline *limit)
{
    start(m, first_row(m));
    for (size_t done = 0; done < pivots && m->vertex[m->d] > enough; done++) {
        if (m->rows > LARGE && deadline_is_over(limit))
            return;
        double violation;
        size_t constraint = most_violated(m, &violation);
        if (violation <= TOLERANCE)
            return;
        size_t k = leaving(m, constraint);
        if (k > m->d)
            return;
        pivot(m, constraint, k, violation);
    }
}
