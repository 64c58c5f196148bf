/* Choosing a bump: its radius, from the samples around its centre, and its height, by one of three wishes. */
#ifndef SUPCERT_FOOL_DESIGN_H
#define SUPCERT_FOOL_DESIGN_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "fool/bump.h"
#include "fool/room.h"

typedef enum design_wish {
    DESIGN_CLASS,  /* as high as the room of a class allows */
    DESIGN_HEIGHT, /* of a given height */
    DESIGN_SLOPE /* of a given slope with respect to the l1 norm: |bump(x) - bump(y)| <= slope·‖x - y‖_1 */
} design_wish;

typedef struct design {
    size_t inputs;
    mpq_t *centre;
    mpq_srcptr distance;  /* R: from the centre to the nearest sample, l1 */
    mpq_srcptr tolerated; /* D: the bump may be as high as this at samples; 0 without noise */
    mpq_srcptr span;      /* the radius is at most R + span */
    mpq_srcptr most;      /* and at most this; NULL: no such limit */
    design_wish wish;
    const room *room;  /* of DESIGN_CLASS */
    mpq_srcptr amount; /* of the others: height or slope, positive */
    bump_numbers numbers;
} design;

/* Initialises *b. At every sample the bump is at most D: it is h·max(0, 1 - ρ/r) at distance ρ, which does
 * not increase with ρ >= R, so h·(1 - R/r) <= D is enough, and is verified exactly. Without noise r = R
 * (rounded down where that is a long number, or to 16 bits for BUMP_BINARY). With noise r is larger: for a
 * given height or slope, h·(1 - R/r) increases with r; for a class h does not decrease with r and h/r does
 * not increase with r, so neither does h - (h/r)·R decrease; thus the largest r is found by bisection, up to
 * rounding. BUMP_BINARY: heights and slopes are rounded to numbers such that all weights are doubles, if
 * centre and distance permit: a wished height up, a wished slope down. On failure *b is cleared. */
bool design_bump(bump *b, const design *w, error *e);

/* Moves every coordinate to a multiple of 2^-24 in [lower, upper] where there is one nearby. */
void design_round_centre(mpq_t *centre, size_t inputs, mpq_t *lower, mpq_t *upper);

#endif
