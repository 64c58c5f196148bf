/* Relative certificates (certs/FORMAT.md): how max |f-g| compares with max |g|, on one box and over the same
 * outputs. Trusted, for this: a verdict is accepted only if it follows from the bounds of two certificates,
 * one about f and g and one about g and 0, that check.h has verified for the user's networks and that are
 * about the same box and the same outputs. */
#ifndef SUPCERT_PROOF_RELATIVE_H
#define SUPCERT_PROOF_RELATIVE_H

#include <gmp.h>
#include <stdbool.h>

#include "base/error.h"
#include "network/network.h"
#include "proof/check.h"
#include "proof/line.h"
#include "kernel/target.h"

#define RELATIVE_FIRST_LINE "supcert-relative 1"

/* What stands for the digest of the network that is 0 everywhere, which is no file: the SHA-256 of nothing.
 */
#define RELATIVE_ZERO_DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef enum relative_verdict {
    RELATIVE_WITHIN,   /* max |f-g| <= tolerance · max |g| */
    RELATIVE_MISSED,   /* max |f-g| >  tolerance · max |g| */
    RELATIVE_UNDECIDED /* nothing is said beyond the bounds */
} relative_verdict;

/* Bounds of both maxima; an upper one may be NULL: nothing is known. */
typedef struct relative_bounds {
    mpq_srcptr difference_lower, difference_upper; /* of max |f-g| */
    mpq_srcptr reference_lower, reference_upper;   /* of max |g| */
} relative_bounds;

/* What follows from the bounds; for a tolerance below 0, nothing. */
relative_verdict relative_judge(const relative_bounds *b, const mpq_t tolerance);

typedef struct relative_claim {
    mpq_t tolerance; /* >= 0 */
    relative_verdict verdict;
    claim difference; /* about f and g */
    claim reference;  /* about g and 0: `lower` and `upper` are those of max |g| */
    bool initialised;
} relative_claim;

relative_bounds relative_bounds_of(const relative_claim *c);
/* The word for it in certificates. */
const char *relative_verdict_word(relative_verdict verdict);

/* Checks the certificate on `in`, whose first line has been read and is RELATIVE_FIRST_LINE, against f and g,
 * or f and a formula. CHECK_VERIFIED: *c holds the claim, proved. CHECK_REJECTED, CHECK_BAD_INPUT as in
 * check.h. Initialises *c in every case. */
check_status relative_check(relative_claim *c, line_reader *in, const check_subject *about, error *e);
/* The same, but no step of the trees is carried out: what *c then holds is what relative_check would prove,
 * if it does. */
check_status relative_skim(relative_claim *c, line_reader *in, const check_subject *about, error *e);
/* Harmless for a zeroed claim. */
void relative_clear(relative_claim *c);

#endif
