/* The backward pass of theory.md, section 2, by naive rational arithmetic over the whole system: no scales,
 * no frames, no rounding. It shares nothing with the kernel but the proven bounds and the choice of
 * coefficients, for which any will do; so the kernel's bound for the same coefficients must never be below
 * this one. */
#ifndef SUPCERT_TESTS_NAIVE_PASS_H
#define SUPCERT_TESTS_NAIVE_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <gmp.h> /* after stdio.h, which it looks for */

#include "kernel/prover.h"

/* A functional in real units: sign · (row), or sign · (row − other) where there is another. */
typedef struct naive_functional {
    const system_row *row, *other; /* other: NULL, or the second row */
    int sign;
} naive_functional;

/* Chooses the coefficient of the pre-activation of neuron n, whose value's coefficient is a. */
typedef void naive_chooser(mpq_t c, void *context, const prover *p, size_t n, mpq_t a);

/* A number of units of neuron n, or of a difference in its units, as a real number. */
void naive_real(mpq_t value, const prover *p, size_t n, fix units);

/* The bound over the node's box. together: what partners lose is the largest over their region, and otherwise
 * the sum of what each loses. */
void naive_bound(mpq_t bound, const prover *p, const naive_functional *of, naive_chooser *choose,
                 void *context, bool together);

/* The largest a·y + b·y' − c·z − d·z' of partners between their proven bounds, where `factor` is a, b, c and
 * d in real units. False: there is no such point. */
bool naive_pair_loss(mpq_t most, const prover *p, size_t n, size_t partner, mpq_t *factor);

/* The coefficients that the kernel's last pass in fixed point has left, of a lane of which 0 is the first;
 * unit: of the functional, in real terms; grain: 2^grain units are one of the pass in narrow arithmetic, 0:
 * it was none. Rows that the pass has not met must be 0. Neurons that are in no row are taken as stable. */
typedef struct naive_kernel_choice {
    mpq_t unit;
    int grain;
    size_t lane;
} naive_kernel_choice;
void naive_choose_as_kernel(mpq_t c, void *naive_kernel_choice, const prover *p, size_t n, mpq_t a);

/* The coefficients of the kernel's exact pass, by its rules, with multipliers. */
typedef struct naive_exact_choice {
    mpz_t scale; /* of the pass: it works on integers that are this many times the real ones */
    size_t count;
    const multiplier *list;
} naive_exact_choice;
/* Initialises *e; mpz_clear(e->scale) releases it. */
void naive_exact_init(naive_exact_choice *e, const prover *p, const system_row *row, size_t count,
                      const multiplier *list);
void naive_choose_exactly(mpq_t c, void *naive_exact_choice, const prover *p, size_t n, mpq_t a);

#endif
