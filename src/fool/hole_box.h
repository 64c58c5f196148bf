/* Boxes of the search for the largest hole: their ends are cuts of the cloud, and each has a list of the
 * samples that matter in it. A scout bounds a box, finds a promising point in it, and says where to cut it.
 * Only the bound is a proof (hole_proof.h); it holds for any list, point and cut. */
#ifndef SUPCERT_FOOL_HOLE_BOX_H
#define SUPCERT_FOOL_HOLE_BOX_H

#include <gmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fool/cloud.h"
#include "fool/hole_proof.h"
#include "fool/maximin.h"

/* Samples, shared by the boxes that refer to it. */
typedef struct hole_list {
    atomic_uint users;
    uint32_t count, sample[];
} hole_list;

typedef struct hole_box {
    double bound;    /* proven: no point of the box is farther from all samples; in the cloud's unit */
    hole_list *list; /* the samples that can be nearest in it, up to rounding; one use is counted */
    uint32_t dimension, cut; /* where to cut it; dimension = d: it needs an exact finish (hole_finish.h) */
    uint32_t end[];          /* ranks of its lower ends, then of its upper ends: 2d */
} hole_box;

/* The whole box, with all samples, not bounded yet (infinite). */
hole_box *hole_box_whole(const cloud *c);
void hole_box_free(hole_box *b);
/* The half below or above the cut, with a use of the same list and the same bound. */
hole_box *hole_box_half(const cloud *c, const hole_box *b, bool above);

/* What is known to be attained. */
typedef struct hole_record {
    mpq_t radius, *point;
    double down; /* at most radius / scale */
} hole_record;

/* Scratch space of one thread. */
typedef struct scout {
    const cloud *c;
    deadline *limit;
    maximin lp;
    double *lower, *upper;             /* ends of the last box */
    weighing weights;                  /* of the last bound */
    uint32_t *kept;                    /* the samples that matter in the last box */
    double *rival_lower, *rival_upper; /* scratch: distances of one of them from the ends */
    size_t kept_count;
    double *point; /* promising point of the last box, in the cloud's doubles */
    double value;  /* its distance from the samples, by the doubles */
} scout;

void scout_init(scout *s, const cloud *c, deadline *limit);
void scout_clear(scout *s);

/* Lowers b->bound and fills in where to cut, the scout's point and value; false if the box is proven to hold
 * nothing above the record. */
bool scout_bound(scout *s, const hole_record *record, hole_box *b);

/* Gives the box a list of its own if the last bound kept markedly fewer samples than are in its list. */
void scout_shorten(const scout *s, hole_box *b);

#endif
