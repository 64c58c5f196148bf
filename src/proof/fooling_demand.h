/* What a user demands of a fooling certificate, and whether its claim, once it is verified, implies that.
 * Whoever writes such a certificate chooses all that it says, so what is not asked for has a meaning here
 * too: no noise, and a difference. Trusted. */
#ifndef SUPCERT_PROOF_FOOLING_DEMAND_H
#define SUPCERT_PROOF_FOOLING_DEMAND_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "proof/class.h"

struct fooling_claim;

/* All is borrowed. */
typedef struct fooling_demand {
    mpq_t *box_lower, *box_upper; /* all samples and the point lie in this box; NULL: in that of the claim */
    bool any_output;              /* in which they differ */
    size_t output;                /* the one, where not any_output */
    mpq_srcptr noise;       /* |u - v| is at most twice this on every sample, in every output; NULL: 0 */
    const net_class *class; /* in which both lie; NULL: in any or none */
    mpq_srcptr difference;  /* |u - v| is at least this at the point; NULL: it is not 0 */
    bool has_model;         /* the claim is about a model, too */
    mpq_srcptr miss;        /* |u - model| is at least this at the point; NULL: not demanded */
} fooling_demand;

/* What a claim lacks. */
typedef enum fooling_gap {
    FOOLING_NO_GAP,
    FOOLING_BOX,
    FOOLING_OUTPUT,
    FOOLING_NOISE,
    FOOLING_CLASS,
    FOOLING_DIFFERENCE,
    FOOLING_MODEL,
    FOOLING_MISS
} fooling_gap;

/* The first thing that is lacking. A claim about a box is one about every larger box. */
fooling_gap fooling_judge(const fooling_demand *d, const struct fooling_claim *c);

#endif
