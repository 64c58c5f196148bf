/* What a user demands of a certificate about a maximum, and whether its claim, once it is proved, implies
 * that. The claim itself is taken as it stands, so that the answer can be had before its proof is gone
 * through. Trusted. */
#ifndef SUPCERT_PROOF_DEMAND_H
#define SUPCERT_PROOF_DEMAND_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "proof/claim.h"

/* max |f_j - g_j| over the box and the outputs is at most `most` and at least `least`; of a signed claim,
 * f_j - g_j is meant. All is borrowed. Where neither bound is demanded, the claim must be about this box and
 * this output and no others, whatever it says of them. */
typedef struct demand {
    mpq_t *box_lower, *box_upper; /* by input; NULL: the box of the claim */
    bool all_outputs;             /* where no bound is demanded: any of them */
    size_t output;                /* the only one, where not all_outputs */
    size_t outputs;               /* how many the networks have */
    mpq_srcptr most, least;       /* NULL: not demanded */
    bool strictly;                /* less than `most` */
} demand;

/* What a claim lacks. */
typedef enum demand_gap {
    DEMAND_NO_GAP, /* the demand is implied */
    DEMAND_BOX,    /* it is about another box, or its point lies outside of the one demanded */
    DEMAND_OUTPUT, /* it is about other outputs */
    DEMAND_BOUND   /* its bound is too weak */
} demand_gap;

/* Which part of the demand is not implied, where there is a gap. */
typedef enum demand_part { DEMAND_SCOPE, DEMAND_MOST, DEMAND_LEAST } demand_part;

typedef struct demand_verdict {
    demand_gap gap;
    demand_part part;
} demand_verdict;

/* An upper bound over a box, over all outputs, is one over each smaller box and each output. A lower bound is
 * |f_j - g_j| at a point, and one for every box and every set of outputs that have the point and j in them.
 */
demand_verdict demand_judge(const demand *d, const claim *c);

/* The same of bounds that are multiples of max |g_j| over the same box and outputs: `difference` is about f
 * and g, `reference` about g and 0. */
demand_verdict demand_judge_ratio(const demand *d, const claim *difference, const claim *reference);

#endif
