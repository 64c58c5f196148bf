/* Checking a certificate from the command line: what `supcert check` and the stand-alone supcert-check share.
 */
#ifndef SUPCERT_CLI_CHECK_CORE_H
#define SUPCERT_CLI_CHECK_CORE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/option.h"
#include "cli/pair.h"
#include "cli/specification.h"
#include "proof/check.h"
#include "proof/fooling.h"
#include "proof/relative.h"

/* The option table: PAIR_OPTION_ROWS, then these. The last row is for `supcert check` alone:
 * supcert-check takes CHECK_OPTIONS rows. */
enum {
    CHECK_AT_MOST = PAIR_OPTIONS,
    CHECK_AT_LEAST,
    CHECK_SAMPLES, /* these five are about fooling certificates */
    CHECK_MODEL,
    CHECK_MISS,
    CHECK_NOISE,
    CHECK_CLASS,
    CHECK_SHARDS, /* these four are about parts of other certificates */
    CHECK_SHARD,
    CHECK_RECEIPT,
    CHECK_COMBINE,
    CHECK_NETWORK, /* these three are about answers to VNN-LIB specifications */
    CHECK_AS_REAL,
    CHECK_ANSWER,
    CHECK_RELATIVE, /* about relative certificates */
    CHECK_JUNIT,
    CHECK_JOBS,
    CHECK_OPTIONS,
    CHECK_JSON = CHECK_OPTIONS,
    CHECK_ALL_OPTIONS
};
extern const option check_options[CHECK_ALL_OPTIONS];
extern const char check_operands[], check_purpose[], check_notes[];

typedef struct check_outcome {
    model_pair pair;
    bool verified;    /* the claim is proved, and implies what the options ask */
    bool not_implied; /* it does not imply that, be it right or wrong */
    claim claim;      /* what has been verified, where it has; of a relative certificate, what it says about
                     f and g, which `compared` owns, and the nodes of both parts */
    bool fooling;     /* the certificate is a fooling certificate: `fooled` in place of `claim` */
    fooling_claim fooled;
    import_model model;      /* of --model, where it is given */
    net_class class;         /* of --class, where it is given */
    bool in_parts, combined; /* a part alone has been checked; receipts of all parts have been put together */
    check_part part;         /* of these two */
    char
        digest[DIGEST_SIZE]; /* of the certificate, where all of it has been read and it is about a maximum */
    bool is_query; /* the certificate is of the answer to a VNN-LIB specification: `spec` and `answer` in
                      place of `pair` and `claim` */
    specification spec;
    vnnlib_answer answer;
    bool relative;           /* the certificate is a relative certificate */
    relative_claim compared; /* what it proves */
} check_outcome;

/* Reads the files (operands CERT F G, and receipts; or CERT SPEC) and checks. Returns the exit status; unless
 * it is STATUS_GOOD, *e says why. *o is initialised and must be cleared in every case. */
int check_core_run(check_outcome *o, const arguments *a, error *e);
void check_outcome_clear(check_outcome *o);

/* Opens the certificate; NULL with *e set where it cannot be. */
FILE *check_open(const char *path, error *e);

/* Says in words what has been verified, or that nothing has. */
void check_core_print(FILE *out, const check_outcome *o, const arguments *a);

#endif
