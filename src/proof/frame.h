/* Frames: the pair system in fixed point. All values are scaled by powers of two so that they lie in [-1,1],
 * and one unit is 2^-bits. Every row carries a radius that covers its rounding errors, so whatever is derived
 * from a frame holds for the exact system. A frame may leave out neurons that are stable in a node of the
 * proof tree: their rows are then substituted into the rows that read them (theory.md, section 2, first two
 * rules, applied once instead of in every pass). Trusted. */
#ifndef SUPCERT_PROOF_FRAME_H
#define SUPCERT_PROOF_FRAME_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proof/system.h"

typedef int64_t fix;          /* units of 2^-bits */
typedef __int128 fix_product; /* units of 2^-2bits */

/* How the exact quantities are scaled (partners alike, so that their difference has a unit, too): x_i =
 * centre_i + 2^input_exponent_i · x̂_i, Y_n = 2^exponent_n · ŷ_n.
 */
typedef struct scaling {
    int bits;
    mpq_t *centre; /* dyadic */
    long *input_exponent;
    long *exponent;           /* of neurons */
    long *objective_exponent; /* scale · (f_j - g_j) = 2^exponent · (value in a frame) */
    bool *vanishes;           /* neurons that are 0 on the whole box, whose weights therefore do not matter */
    size_t *partner;          /* pair_system's partners whose magnitudes are alike enough to share a unit */
} scaling;

/* The rows that read one source: rows begin … end-1 of the frame. */
typedef struct frame_column {
    size_t begin, end;
    fix *weight;
} frame_column;

/* An objective: dense over the inputs and the frame's neurons. */
typedef struct frame_objective {
    fix *weight;
    fix bias, radius;
} frame_objective;

typedef struct frame {
    size_t serial; /* tells frames of one proof apart */
    size_t inputs, count, outputs;
    size_t shared, f_end; /* groups of rows, as in pair_system */
    size_t *neuron;       /* index in the system of every row, increasing */
    size_t *partner;      /* of rows of f: the row of the paired neuron (pair_system), or SYSTEM_NO_NEURON */
    size_t *order;        /* the rows, each after those it reads, partners next to each other (f's first) */
    size_t *position;     /* of each row in that order */
    frame_column *column; /* inputs, then neurons */
    fix *bias, *radius;   /* of every row */
    frame_objective *objective;
} frame;

/* Scales the system for the box and makes the frame of all its neurons. Also fills in bound[n] with
 * |pre-activation of n| <= bound[n] units. */
void scaling_init(scaling *sc, frame *root, fix *bound, const pair_system *system, mpq_t *lower,
                  mpq_t *upper);
void scaling_clear(scaling *sc, const pair_system *system);

/* The value of input i in units, rounded down and up. It must lie within the box of scaling_init. */
void scaling_input(fix *down, fix *up, const scaling *sc, size_t i, const mpq_t value);

/* What becomes of a row in a smaller frame. */
enum { FRAME_KEEP, FRAME_PASS, FRAME_ZERO };

/* Makes the frame in which rows marked FRAME_PASS (y = z) are substituted and rows marked FRAME_ZERO (y = 0)
 * are gone. */
void frame_reduce(frame *small, const frame *big, const unsigned char *fate, const scaling *sc);
/* Fills in partner, order and position from neuron. */
void frame_pair(frame *fr, const scaling *sc);
/* A frame without readers: columns and rows are zero and for the caller to fill in. */
void frame_alloc(frame *fr, size_t inputs, size_t count, size_t outputs);
void frame_clear(frame *fr);

#endif
