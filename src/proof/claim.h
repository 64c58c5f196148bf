/* The claim of a certificate about the largest |f_j - g_j| on a box: what its header says. */
#ifndef SUPCERT_PROOF_CLAIM_H
#define SUPCERT_PROOF_CLAIM_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct claim {
    mpq_t lower,
        upper; /* lower = |f_j(p) - g_j(p)| <= max <= upper; of a formula, lower <= |f_j(p) - u_j(p)| */
    bool all_outputs;
    size_t output; /* of the lower bound, from 0 (also the only output where not all_outputs) */
    size_t inputs;
    mpq_t *box_lower, *box_upper; /* the box, `inputs` each, owned */
    mpq_t *point;                 /* owned */
    size_t nodes, leaves;
    bool is_signed; /* f_j - g_j is meant wherever |f_j - g_j| is written: lower may be negative */
    bool unbounded; /* nothing is said about an upper bound, and `upper` is 0; nor that a formula is defined
                       elsewhere than at the point */
} claim;

void claim_clear(claim *c);

#endif
