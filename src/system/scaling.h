/* The pair system's scales: powers of two by which inputs, neurons and objectives are divided so that a frame
 * holds them in fixed point. Trusted. */
#ifndef SUPCERT_SYSTEM_SCALING_H
#define SUPCERT_SYSTEM_SCALING_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "system/frame.h"
#include "system/system.h"

/* x_i = centre_i + 2^input_exponent_i · x̂_i with |x̂_i| <= 1 in the box, and Y_n = 2^exponent_n · ŷ_n,
 * likewise for pre-activations, with |ŷ_n|, |ẑ_n| <= 1 in the box. Partners have one unit in real terms, so
 * that their difference has it, too. */
struct scaling {
    int bits;
    mpq_t *centre; /* dyadic */
    long *input_exponent;
    long *exponent;           /* of neurons */
    long *objective_exponent; /* scale · (f_j - g_j) = 2^exponent · (value in a frame) */
    bool *vanishes;           /* neurons that are 0 on the whole box, whose weights therefore do not matter */
    size_t *partner;          /* pair_system's partners whose magnitudes are alike enough to share a unit */
};

/* Scales for the box by interval arithmetic: every pre-activation is then between -1 and 1. */
void scaling_init(scaling *sc, const pair_system *system, mpq_t *lower, mpq_t *upper);
void scaling_clear(scaling *sc, const pair_system *system);

/* Scales again, with proven bounds of the pre-activations on the whole box: lower[n] <= z_n <= upper[n] in
 * units, which are converted to the new units, outward. Returns whether a scale has become much finer, so
 * that bounds proved anew would be better. */
bool scaling_tighten(scaling *sc, const pair_system *system, fix *lower, fix *upper);

/* Makes the frame of all neurons, rounded, with radii that cover the rounding. False where a number is too
 * large for a frame, or a row stands before one that it reads, which the choice of the scales and system_init
 * rule out: then nothing may be concluded from it. */
bool scaling_root(frame *root, const scaling *sc, const pair_system *system);

/* The value of input i in units, rounded down and up. It must lie within the box of scaling_init. */
void scaling_input(fix *down, fix *up, const scaling *sc, size_t i, const mpq_t value);

/* Totals: bounds of objectives of an output in units of 2^-2bits of a value in a frame. The real value of
 * one; and the largest one, of any size, that is at most a real number. */
void scaling_total(mpq_t real, const scaling *sc, const pair_system *system, size_t output,
                   fix_product total);
void scaling_largest_total(mpz_t total, const scaling *sc, const pair_system *system, size_t output,
                           const mpq_t real);

#endif
