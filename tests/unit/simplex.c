/* In the notation of the comments: M is the matrix of the basis' rows, so M^-1 = adjugate / determinant; b
 * their right sides. */
#include "simplex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "arrays.h"

static mpz_t *row_of(const polyhedron *p, size_t r)
{
    return &p->row[r * (p->d + 1)];
}

static mpz_t *new_row(polyhedron *p)
{
    size_t width = p->d + 1, old = p->capacity;
    p->row = mem_grow(p->row, &p->capacity, p->rows + 1, width * sizeof *p->row);
    for (size_t i = old * width; i < p->capacity * width; i++)
        mpz_init(p->row[i]);
    mpz_t *row = row_of(p, p->rows++);
    for (size_t i = 0; i < width; i++)
        mpz_set_ui(row[i], 0);
    return row;
}

void polyhedron_init(polyhedron *p, size_t d, mpq_t *lower, mpq_t *upper)
{
    *p = (polyhedron){.d = d};
    for (size_t i = 0; i < 2 * d; i++) {
        mpq_t *end = i < d ? &lower[i] : &upper[i - d];
        mpz_t *row = new_row(p);
        mpz_set(row[i % d], mpq_denref(*end));
        mpz_set(row[d], mpq_numref(*end));
        if (i < d) {
            mpz_neg(row[i], row[i]);
            mpz_neg(row[d], row[d]);
        }
    }
}

void polyhedron_clear(polyhedron *p)
{
    integers_free(p->row, p->capacity * (p->d + 1));
}

/* Rows are divided by the divisor that their numbers have in common, which keeps determinants short. */
void polyhedron_push(polyhedron *p, mpz_t *a, int sign)
{
    mpz_t *row = new_row(p), divisor;
    mpz_init(divisor);
    for (size_t i = 0; i <= p->d; i++)
        mpz_gcd(divisor, divisor, a[i]);
    if (mpz_sgn(divisor) == 0)
        mpz_set_ui(divisor, 1);
    if (sign < 0)
        mpz_neg(divisor, divisor);
    for (size_t i = 0; i <= p->d; i++)
        mpz_divexact(row[i], a[i], divisor);
    mpz_neg(row[p->d], row[p->d]);
    mpz_clear(divisor);
}

void polyhedron_pop(polyhedron *p)
{
    p->rows--;
}

void vertex_init(vertex *v, size_t d)
{
    *v = (vertex){.d = d};
    v->basis = mem_alloc(d, sizeof *v->basis);
    v->adjugate = integers_new(d * d);
    v->x = integers_new(d);
    mpz_init(v->determinant);
    v->scratch = integers_new(2 * d + 4);
}

void vertex_clear(vertex *v)
{
    free(v->basis);
    integers_free(v->adjugate, v->d * v->d);
    integers_free(v->x, v->d);
    mpz_clear(v->determinant);
    integers_free(v->scratch, 2 * v->d + 4);
}

void vertex_copy(vertex *to, const vertex *from)
{
    memcpy(to->basis, from->basis, from->d * sizeof *to->basis);
    for (size_t i = 0; i < from->d * from->d; i++)
        mpz_set(to->adjugate[i], from->adjugate[i]);
    for (size_t i = 0; i < from->d; i++)
        mpz_set(to->x[i], from->x[i]);
    mpz_set(to->determinant, from->determinant);
}

/* x = M^-1 b, over the determinant. */
static void locate(vertex *v, const polyhedron *p)
{
    for (size_t i = 0; i < v->d; i++) {
        mpz_set_ui(v->x[i], 0);
        for (size_t k = 0; k < v->d; k++)
            mpz_addmul(v->x[i], v->adjugate[i * v->d + k], row_of(p, v->basis[k])[v->d]);
    }
}

/* M is diagonal with the entries -q_i, so M^-1 has the entries -1/q_i. */
void vertex_start(vertex *v, const polyhedron *p)
{
    mpz_set_ui(v->determinant, 1);
    for (size_t i = 0; i < v->d; i++) {
        v->basis[i] = i;
        mpz_mul(v->determinant, v->determinant, row_of(p, i)[i]);
    }
    mpz_abs(v->determinant, v->determinant);
    for (size_t i = 0; i < v->d; i++) {
        for (size_t k = 0; k < v->d; k++)
            mpz_set_ui(v->adjugate[i * v->d + k], 0);
        mpz_divexact(v->adjugate[i * v->d + i], v->determinant, row_of(p, i)[i]);
    }
    locate(v, p);
}

/* The basis row that x may leave to gain: the one of least index whose multiplier in c = Σ multiplier · row
 * is negative (Bland). Returns its place in the basis, or d if x is a maximiser. */
static size_t leaving(const vertex *v, mpz_t *c, int sign)
{
    size_t best = v->d;
    mpz_t *multiplier = &v->scratch[2 * v->d];
    for (size_t k = 0; k < v->d; k++) {
        mpz_set_ui(*multiplier, 0);
        for (size_t i = 0; i < v->d; i++)
            mpz_addmul(*multiplier, c[i], v->adjugate[i * v->d + k]);
        if (mpz_sgn(*multiplier) * sign < 0 && (best == v->d || v->basis[k] < v->basis[best]))
            best = k;
    }
    return best;
}

/* The first row that stops x on its way along the edge that leaves basis row k, of least index among equals
 * (Bland): the edge's direction is minus column k of M^-1. Slack and speed are both over positive scales
 * common to all rows. */
static size_t entering(const vertex *v, const polyhedron *p, size_t k)
{
    size_t d = v->d, best = p->rows;
    mpz_t *slack = &v->scratch[2 * d], *speed = slack + 1, *best_slack = slack + 2, *best_speed = slack + 3;
    mpz_t *left = &v->scratch[0], *right = &v->scratch[d];
    for (size_t r = 0; r < p->rows; r++) {
        mpz_t *row = row_of(p, r);
        mpz_set_ui(*speed, 0);
        for (size_t i = 0; i < d; i++)
            mpz_submul(*speed, row[i], v->adjugate[i * d + k]);
        if (mpz_sgn(*speed) <= 0)
            continue;
        mpz_mul(*slack, row[d], v->determinant);
        for (size_t i = 0; i < d; i++)
            mpz_submul(*slack, row[i], v->x[i]);
        mpz_mul(*left, *slack, *best_speed);
        mpz_mul(*right, *best_slack, *speed);
        if (best == p->rows || mpz_cmp(*left, *right) < 0) {
            best = r;
            mpz_swap(*best_slack, *slack);
            mpz_swap(*best_speed, *speed);
        }
    }
    return best;
}

/* Row r takes the place k in the basis. With w = r · adjugate, the determinant becomes w_k (negative here, so
 * everything changes sign), column k of the adjugate stays, and column j becomes (w_k · column j - w_j ·
 * column k) / determinant, an exact division. */
static void pivot(vertex *v, const polyhedron *p, size_t k, size_t r)
{
    size_t d = v->d;
    mpz_t *row = row_of(p, r), *w = v->scratch;
    for (size_t j = 0; j < d; j++) {
        mpz_set_ui(w[j], 0);
        for (size_t i = 0; i < d; i++)
            mpz_addmul(w[j], row[i], v->adjugate[i * d + j]);
    }
    for (size_t i = 0; i < d; i++) {
        mpz_t *line = &v->adjugate[i * d];
        for (size_t j = 0; j < d; j++) {
            if (j == k)
                continue;
            mpz_mul(line[j], line[j], w[k]);
            mpz_submul(line[j], line[k], w[j]);
            mpz_divexact(line[j], line[j], v->determinant);
            mpz_neg(line[j], line[j]);
        }
        mpz_neg(line[k], line[k]);
    }
    mpz_neg(v->determinant, w[k]);
    v->basis[k] = r;
    locate(v, p);
}

void vertex_maximise(vertex *v, const polyhedron *p, mpz_t *c, int sign)
{
    for (size_t k; (k = leaving(v, c, sign)) < v->d;) {
        size_t r = entering(v, p, k);
        if (r == p->rows) {
            fprintf(stderr, "the oracle's simplex method left its box\n");
            abort();
        }
        pivot(v, p, k, r);
    }
}

void vertex_value(mpz_t value, const vertex *v, mpz_t *a)
{
    mpz_mul(value, a[v->d], v->determinant);
    for (size_t i = 0; i < v->d; i++)
        mpz_addmul(value, a[i], v->x[i]);
}
