/* Fooling certificates (certs/FORMAT.md): two networks u, v agree on every sample of a file and differ at a
 * point, and possibly both lie in a class. Verified in exact arithmetic, in one pass over the samples.
 * Trusted.
 */
#ifndef SUPCERT_PROOF_FOOLING_H
#define SUPCERT_PROOF_FOOLING_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"
#include "network/network.h"
#include "proof/check.h"
#include "proof/class.h"
#include "proof/fooling_demand.h"
#include "proof/line.h"

#define FOOLING_FIRST_LINE "supcert-fooling 1"

typedef struct fooling_claim {
    char u_digest[DIGEST_SIZE], v_digest[DIGEST_SIZE];
    bool has_model;
    char model_digest[DIGEST_SIZE];
    size_t samples; /* how many */
    char samples_digest[DIGEST_SIZE];
    size_t inputs;
    mpq_t *box_lower, *box_upper; /* every sample and the point lie in this box */
    mpq_t noise;                  /* on every sample, in every output, |u - v| <= 2·noise; at least 0 */
    bool has_class;
    net_class class;  /* in which both u and v lie, where has_class */
    size_t output;    /* J, from 0 */
    mpq_t *point;     /* X */
    mpq_t difference; /* = |u_J(X) - v_J(X)| */
    mpq_t miss;       /* = |u_J(X) - model_J(X)|, where has_model */
} fooling_claim;

void fooling_init(fooling_claim *c, size_t inputs);
/* Harmless for a zeroed claim. */
void fooling_clear(fooling_claim *c);

/* What the user gives, with the SHA-256 digests of the files. All is borrowed. */
typedef struct fooling_given {
    const network *u, *v, *model; /* the same numbers of inputs and outputs; model may be NULL */
    const char *u_digest, *v_digest, *model_digest;
    const char *samples;          /* path of the file */
    const fooling_demand *demand; /* what the claim must imply; NULL: any will do */
} fooling_given;

/* Checks the certificate on `in`, whose first line has been read and is FOOLING_FIRST_LINE. CHECK_VERIFIED:
 * *c holds the claim, proved; what it says about a model only if given->model is not NULL. CHECK_REJECTED: it
 * proves nothing about these networks and samples. CHECK_NOT_IMPLIED: *c holds the claim, of which nothing
 * has been verified, as it does not imply the demand; *e is left to the caller. CHECK_BAD_INPUT: the
 * certificate or the samples cannot be read. Initialises *c in every case. */
check_status fooling_check(fooling_claim *c, line_reader *in, const fooling_given *given, error *e);

/* Verifies a claim; c->inputs are those of the networks. */
check_status fooling_verify(const fooling_claim *c, const fooling_given *given, error *e);

#endif
