/* The checker: reads a certificate in one pass and verifies its claim about the user's networks. Trusted. */
#ifndef SUPCERT_PROOF_CHECK_H
#define SUPCERT_PROOF_CHECK_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "network/network.h"
#include "proof/line.h"
#include "proof/shard.h"
#include "kernel/target.h"

/* What has been verified. */
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

typedef enum check_status { CHECK_VERIFIED, CHECK_REJECTED, CHECK_BAD_INPUT } check_status;

/* What a certificate has to be about, as the user has it: networks f and g, or f and whatever else u is, a
 * formula, of the same shape. All is borrowed. */
typedef struct check_subject {
    const network *f, *g;            /* g: NULL where there is u */
    const char *f_digest, *g_digest; /* SHA-256 of their files */
    const proof_target *u;           /* NULL where there is g */
} check_subject;

/* What is expected of a certificate besides. */
typedef struct check_mode {
    bool is_signed;   /* it bounds f_j - g_j alone, as certificates otherwise must not */
    bool is_section;  /* more text may follow its last line, which is left to the caller */
    check_part *part; /* one part alone of the tree is checked (see shard.h), and *part says which: what is
                         verified then is the claim if all other parts are verified as well; NULL: all */
} check_mode;

/* Checks the certificate on `in`, whose first line has been read. CHECK_VERIFIED: *verified holds the claim,
 * proved. CHECK_REJECTED: the file is a certificate but proves nothing, or is about something else; *e says
 * where and why. CHECK_BAD_INPUT: the stream cannot be read or is no certificate at all. Initialises
 * *verified in every case. */
check_status check_lines(claim *verified, line_reader *in, const check_subject *about, check_mode mode,
                         error *e);
/* The same from the beginning of a stream, whose whole text is one certificate; `name` is for messages. */
check_status check_certificate(claim *verified, FILE *stream, const char *name, const check_subject *about,
                               error *e);
void claim_clear(claim *c);

#endif
