/* A problem of learning: from samples of an unknown network u of the class H(q,c; d,B,L), give a function
 * that is close to u on the unit cube.
 *
 * The class: networks f(x) = A_L ρ(… ρ(A_1 x + b_1) …) + b_L over the reals with d inputs, one output, L
 * affine layers, at most B neurons in each hidden layer, whose every matrix and every bias vector has
 * entrywise l^q norm at most c (q infinite: all entries are at most c in absolute value). The error of an
 * answer A is the largest |A - u| on [0,1]^d, or the L^p norm of A - u there. */
#ifndef SUPCERT_FOOL_LEARNING_H
#define SUPCERT_FOOL_LEARNING_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct learning {
    bool largest;     /* q is infinite */
    mpq_t q;          /* at least 1, where not `largest` */
    mpq_t c;          /* > 0 */
    size_t width;     /* B >= 1 */
    size_t layers;    /* L >= 1 */
    size_t dimension; /* d >= 1 */
    bool uniform;     /* the error is the largest one, else the L^p norm */
    mpq_t p;          /* at least 1, where not `uniform` */
} learning;

/* q = 2, c = 1, B = L = d = 1, uniform error. */
void learning_init(learning *t);
void learning_clear(learning *t);

/* 1 - 2/q, the exponent that says what a width is worth: 1 for infinite q, negative for q < 2. */
void learning_width_exponent(mpq_t exponent, const learning *t);

#endif
