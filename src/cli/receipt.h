/* Receipts: the statement of a run of the checker that it has verified one part of a certificate's tree, and
 * putting such statements together (certs/FORMAT.md, "Checking in parts"). Trusted, as far as whoever wrote
 * the receipts is. */
#ifndef SUPCERT_CLI_RECEIPT_H
#define SUPCERT_CLI_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"

typedef struct receipt {
    char certificate[DIGEST_SIZE]; /* SHA-256 of the certificate's file */
    bool nnet_normalise;           /* how the networks were read, see import.h */
    size_t shard, shards;          /* which part, from 1, of how many */
} receipt;

bool receipt_write(const receipt *r, const char *path, error *e);

typedef enum receipt_status { RECEIPTS_COMPLETE, RECEIPTS_LACKING, RECEIPTS_BAD } receipt_status;

/* Reads `count` receipts. RECEIPTS_COMPLETE: all are about `wanted`'s certificate and reading, and together
 * they name every part of it; wanted->shards is then how many these are. RECEIPTS_LACKING: they are receipts,
 * but not that; RECEIPTS_BAD: a file cannot be read or is no receipt; *e says which and why. */
receipt_status receipts_combine(receipt *wanted, const char *const *path, size_t count, error *e);

#endif
