/* From the cases of a specification to maxima over boxes. In every case the equations between inputs are
 * solved for some of them, the bounds of the inputs that stay free make the box, and every other atom
 * becomes a margin, a form that is at least 0, or above 0, where the atom holds. Cases that differ in their
 * margins alone are the alternatives of one part. A part says that some alternative's least margin reaches
 * 0 somewhere; it is refuted by an upper bound. Both the search and the checker derive the parts from the
 * specification. Trusted. */
#ifndef SUPCERT_VNNLIB_PROBLEM_H
#define SUPCERT_VNNLIB_PROBLEM_H

#include "network/network.h"
#include "vnnlib/query.h"

typedef struct vnnlib_margin {
    linear form;
    bool strict; /* must be above 0, not only at least 0 */
} vnnlib_margin;

typedef struct vnnlib_alternative {
    vnnlib_margin *margin; /* none: the case holds everywhere on the box */
    size_t margins, capacity;
} vnnlib_alternative;

typedef enum vnnlib_kind {
    VNNLIB_REACH, /* every margin must be at least 0: refuted by a maximum below 0 */
    VNNLIB_PASS,  /* every margin must be above 0: refuted by a maximum of at most 0 */
    VNNLIB_MIXED  /* of both kinds, and one alternative: refuted, for some weight K > 0, by a maximum of at
                     most 0 of min(strict ones) + K min(0, the others) */
} vnnlib_kind;

typedef struct vnnlib_part {
    vnnlib_kind kind;
    size_t *free; /* the inputs that are free, as variables of the query, increasing */
    size_t frees;
    mpq_t *lower, *upper; /* the box: ends by free input; of one dummy, [0,0], if none is free */
    linear *input;        /* by variable of the query: an input as a form over the free ones */
    size_t variables;
    vnnlib_alternative *alternative;
    size_t alternatives, capacity;
} vnnlib_part;

typedef struct vnnlib_problem {
    const vnnlib_query *q; /* borrowed */
    vnnlib_part *part;     /* may be none: no case can hold */
    size_t parts, capacity;
} vnnlib_problem;

/* Derives the parts. An error if a free input has no bound on one side. On failure *p is clear. */
bool vnnlib_problem_init(vnnlib_problem *p, const vnnlib_query *q, error *e);
void vnnlib_problem_clear(vnnlib_problem *p);

/* Number of inputs of the part's pair: its free ones, or 1. */
size_t vnnlib_part_inputs(const vnnlib_part *part);

/* Initialises f and g: networks with one output for every alternative, such that f - g is its least margin
 * (with `weight` as K in a part of both kinds) over the box of the free inputs. model[k] is the network that
 * the query declares as number k. Where the part compares two networks, the first stands in f and the second
 * in g, so that neurons in the same place become partners (theory.md, section 2). */
void vnnlib_part_pair(network *f, network *g, const vnnlib_part *part, const vnnlib_query *q,
                      const network *const *model, const mpq_t weight);

/* value: one number per variable of the query: inputs from the values x of the free ones, outputs by exact
 * evaluation. */
void vnnlib_part_values(mpq_t *value, const vnnlib_part *part, const vnnlib_query *q,
                        const network *const *model, mpq_t *x);

/* The outputs, given the inputs, in place. */
void vnnlib_outputs(mpq_t *value, const vnnlib_query *q, const network *const *model);

#endif
