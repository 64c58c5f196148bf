/* The statements on which numbers of samples rest. Each is proved in the header named here. */
#ifndef SUPCERT_FOOL_CLAIM_H
#define SUPCERT_FOOL_CLAIM_H

typedef enum claim {
    CLAIM_NOTHING,     /* nothing is claimed */
    CLAIM_HOLE,        /* need.h, remain.h */
    CLAIM_INNER_HOLE,  /* need.h, remain.h */
    CLAIM_EMPTY_CELL,  /* need.h, remain.h */
    CLAIM_RANDOM_CELL, /* need.h, remain.h */
    CLAIM_MIDPOINTS    /* midpoints.h */
} claim;

/* The short name: "nothing", "hole", "inner-hole", "empty-cell", "random-cell", "midpoints". */
const char *claim_name(claim why);

#endif
