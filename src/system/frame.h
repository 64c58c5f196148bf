/* Frames: the pair system in fixed point. All values are scaled by powers of two so that they lie in [-1,1],
 * and one unit is 2^-bits. Every row carries a radius that covers its rounding errors, so whatever is derived
 * from a frame holds for the exact system. A frame may leave out neurons that are stable in a node of the
 * proof tree: their rows are then substituted into the rows that read them (theory.md, section 2, first two
 * rules, applied once instead of in every pass). Trusted. */
#ifndef SUPCERT_SYSTEM_FRAME_H
#define SUPCERT_SYSTEM_FRAME_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/system.h"

typedef int64_t fix;          /* units of 2^-bits */
typedef __int128 fix_product; /* units of 2^-2bits */

_Static_assert(sizeof(long) == sizeof(fix), "GMP's longs and fix are converted without loss");
_Static_assert((-1 >> 1) == -1, "right shifts of negative numbers round down");

/* One is 2^bits units, where bits is FRAME_BITS in systems of at most 2^FRAME_ROWS inputs, neurons and
 * outputs, and one less whenever these double. Weights, biases and radii stay below 2^FRAME_WEIGHT, so that
 * the sums of products in here and in the kernel keep within 128 bits. What is asserted for FRAME_BITS holds
 * for fewer bits: there are twice as many terms for each bit less, but each is a product of two numbers with
 * one bit less.
 *
 * In narrow arithmetic products are of 32 bits each and sums of 64: weights are below 2^NARROW_WEIGHT,
 * coefficients in units of 2^-NARROW_BITS. */
#ifndef FRAME_BITS /* tests compile with few bits, so that roundings show */
#define FRAME_BITS    44
#define NARROW_BITS   24
#define NARROW_WEIGHT 26
#endif
#define FRAME_WEIGHT 8
#define FRAME_ROWS   13

typedef struct scaling scaling; /* scaling.h */

/* The rows that read one source: rows begin … end-1 of the frame. */
typedef struct frame_column {
    size_t begin, end;
    fix *weight;
    int32_t *narrow; /* the weights in units of 2^-narrow_bits, rounded */
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
    size_t *depth; /* of each row: 1 if it reads no row, else one more than the deepest that it reads */
    frame_column *column; /* inputs, then neurons */
    fix *bias, *radius;   /* of every row */
    int narrow_bits;
    fix *narrow_radius; /* of every row with narrow weights */
    frame_objective *objective;
} frame;

/* What becomes of a row in a smaller frame. */
enum { FRAME_KEEP, FRAME_PASS, FRAME_ZERO };

/* Makes the frame in which rows marked FRAME_PASS (y = z) are substituted and rows marked FRAME_ZERO (y = 0)
 * are gone. False, and no frame, if a number would become too large, or rows are out of order. */
bool frame_reduce(frame *small, const frame *big, const unsigned char *fate, int bits, const size_t *partner);
/* Fills in partner, order and position from neuron; `partner` are the scaling's. */
void frame_pair(frame *fr, const size_t *partner);
/* Fills in depth and what narrow arithmetic needs, when all else is there. False where a row stands before
 * one that it reads. */
bool frame_finish(frame *fr, int bits);
/* A frame without readers: columns and rows are zero and for the caller to fill in. */
void frame_alloc(frame *fr, size_t inputs, size_t count, size_t outputs);
void frame_clear(frame *fr);

#endif
