/* Affine forms over numbered variables, sparse and exact: what VNN-LIB's expressions become. Trusted. */
#ifndef SUPCERT_VNNLIB_LINEAR_H
#define SUPCERT_VNNLIB_LINEAR_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct linear_term {
    size_t variable;
    mpq_t weight; /* not 0 */
} linear_term;

typedef struct linear {
    linear_term *term; /* owned; variables strictly increasing */
    size_t terms, capacity;
    mpq_t constant;
} linear;

/* 0. */
void linear_init(linear *a);
void linear_clear(linear *a);
/* Initialises *a as a copy of b. */
void linear_copy(linear *a, const linear *b);

/* a += factor · b; a and b are different forms. */
void linear_add(linear *a, const linear *b, const mpq_t factor);
/* a += factor · Σ b, by one merge of all their terms. */
void linear_add_all(linear *a, const linear *const *b, size_t count, const mpq_t factor);
/* Words of memory that the form fills. */
size_t linear_words(const linear *a);
/* a += factor · variable. */
void linear_add_variable(linear *a, size_t variable, const mpq_t factor);
/* Adds weight[v] for all variables v < count to a form without terms. */
void linear_append(linear *a, size_t count, mpq_t *weight);
void linear_scale(linear *a, const mpq_t factor);

/* The variable's weight, or NULL where the form has none. */
mpq_srcptr linear_weight(const linear *a, size_t variable);
bool linear_equal(const linear *a, const linear *b);

/* The value where variable v has the value x[v]. */
void linear_value(mpq_t value, const linear *a, mpq_t *x);

#endif
