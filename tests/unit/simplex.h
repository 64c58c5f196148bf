/* Exact linear programs in few variables, for the oracle of the tests: the primal simplex method from vertex
 * to vertex, with Bland's rule, in integers without a fraction anywhere (Edmonds' division-free pivots). */
#ifndef SUPCERT_TESTS_SIMPLEX_H
#define SUPCERT_TESTS_SIMPLEX_H

#include <gmp.h>
#include <stddef.h>

/* The points x with a_r · x <= b_r for every row r. Rows come and go at the end, like a stack. */
typedef struct polyhedron {
    size_t d;
    size_t rows, capacity;
    mpz_t *row; /* capacity × (d+1) integers: the d numbers of a_r, then b_r */
} polyhedron;

/* Starts with the box lower <= x <= upper: rows 0 … d-1 are the lower ends, d … 2d-1 the upper ones. */
void polyhedron_init(polyhedron *p, size_t d, mpq_t *lower, mpq_t *upper);
void polyhedron_clear(polyhedron *p);
/* Adds sign · (a · x + a_d) <= 0, for d+1 integers a and a sign of +1 or -1. */
void polyhedron_push(polyhedron *p, mpz_t *a, int sign);
void polyhedron_pop(polyhedron *p);

/* A vertex of a polyhedron: the solution x / determinant of d independent rows with equality. */
typedef struct vertex {
    size_t d;
    size_t *basis;     /* the d rows */
    mpz_t *adjugate;   /* d × d: (matrix of the rows) · adjugate = determinant · identity */
    mpz_t *x;          /* d numerators */
    mpz_t determinant; /* > 0 */
    mpz_t *scratch;    /* 2d + 4 integers */
} vertex;

void vertex_init(vertex *v, size_t d);
void vertex_clear(vertex *v);
void vertex_copy(vertex *to, const vertex *from);
/* The box corner with all coordinates at their lower ends. */
void vertex_start(vertex *v, const polyhedron *p);

/* Moves from vertex to vertex to one that maximises sign · (c · x) over p. The vertex has to satisfy every
 * row of p; it stays valid when rows are added that its x satisfies. */
void vertex_maximise(vertex *v, const polyhedron *p, mpz_t *c, int sign);

/* value = a · x + a_d at the vertex, times the (positive) determinant. */
void vertex_value(mpz_t value, const vertex *v, mpz_t *a);

#endif
