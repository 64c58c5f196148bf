/* The checker: reads a certificate in one pass and verifies its claim about the user's networks. Trusted. */
#ifndef SUPCERT_PROOF_CHECK_H
#define SUPCERT_PROOF_CHECK_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "network/network.h"
#include "proof/claim.h"
#include "proof/demand.h"
#include "proof/line.h"
#include "proof/shard.h"
#include "kernel/target.h"

typedef enum check_status { CHECK_VERIFIED, CHECK_REJECTED, CHECK_NOT_IMPLIED, CHECK_BAD_INPUT } check_status;

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
    const demand *demand; /* what the claim must imply, which is found out before its tree is gone through;
                             NULL: any claim will do */
} check_mode;

/* Checks the certificate on `in`, whose first line has been read. CHECK_VERIFIED: *verified holds the claim,
 * proved. CHECK_REJECTED: the file is a certificate but proves nothing, or is about something else; *e says
 * where and why. CHECK_NOT_IMPLIED: whether or not the claim is true, it does not imply the demand, and
 * *verified holds it; the tree has not been looked at, and *e is left to the caller. CHECK_BAD_INPUT: the
 * stream cannot be read or is no certificate at all. Initialises *verified in every case. */
check_status check_lines(claim *verified, line_reader *in, const check_subject *about, check_mode mode,
                         error *e);
/* The same from the beginning of a stream, whose whole text is one certificate; `name` is for messages. */
check_status check_certificate(claim *verified, FILE *stream, const char *name, const check_subject *about,
                               error *e);

#endif
