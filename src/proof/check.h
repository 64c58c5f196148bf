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
#include "proof/target.h"

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

/* Reads the certificate from `stream` (`name` for messages) and checks it against the networks f and g whose
 * files have these SHA-256 digests. CHECK_VERIFIED: *verified holds the claim, proved. CHECK_REJECTED: the
 * file is a certificate but proves nothing, or is about other networks; *e says where and why.
 * CHECK_BAD_INPUT: the stream cannot be read or is no certificate at all. Initialises *verified in every
 * case. */
check_status check_certificate(claim *verified, FILE *stream, const char *name, const network *f,
                               const char *f_digest, const network *g, const char *g_digest, error *e);
/* The same where the first line has been read already, so that its kind is known. */
check_status check_lines(claim *verified, line_reader *in, const network *f, const char *f_digest,
                         const network *g, const char *g_digest, error *e);
/* The same, but of the tree one part alone is checked (see shard.h); *part says which. CHECK_VERIFIED then
 * says that the claim is proved if all other parts are verified as well. */
check_status check_lines_part(claim *verified, check_part *part, line_reader *in, const network *f,
                              const char *f_digest, const network *g, const char *g_digest, error *e);
/* The same about a signed certificate, which bounds f_j - g_j alone; the others take none. More text may
 * follow its last line, which is left to the caller: such certificates are sections of others. */
check_status check_signed_lines(claim *verified, line_reader *in, const network *f, const char *f_digest,
                                const network *g, const char *g_digest, error *e);
/* The same about a network and a formula (or whatever else the target is) of the same shape; part: NULL, or
 * as above. */
check_status check_formula_lines(claim *verified, line_reader *in, const network *f, const char *f_digest,
                                 const proof_target *u, check_part *part, error *e);
/* The same where more text may follow the certificate's last line, which is left to the caller; u: NULL, or
 * what g, which is then a zero network, stands for. */
check_status check_section(claim *verified, line_reader *in, const network *f, const char *f_digest,
                           const network *g, const char *g_digest, const proof_target *u, error *e);
void claim_clear(claim *c);

#endif
