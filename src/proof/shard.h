/* Checking a part of a certificate's tree, so that several runs share the work. Leaves are counted in the
 * order of the file; each part has a run of them. A shard reads the whole tree, and carries out every step of
 * the nodes that have one of its leaves below them; the others it only counts. Trusted.
 *
 * Why the shards together are a proof: the shape of the tree depends on the text alone, so all shards see the
 * same nodes and leaves. Every node has a leaf below it, so every step is carried out by the shard of that
 * leaf. What the kernel knows in a node depends on nothing but the steps on the path to it, and the shard has
 * carried out all of these. So every step holds in one shard exactly as it would in a check of the whole, and
 * that check would accept the tree, too. */
#ifndef SUPCERT_PROOF_SHARD_H
#define SUPCERT_PROOF_SHARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "proof/line.h"
#include "kernel/prover.h"

/* One of `shards` parts of a tree of `expected` leaves: of these, counted from 0, the ones from
 * floor((shard − 1)·expected/shards) to before floor(shard·expected/shards). Processes can share a part,
 * since leaves may take very different times: its leaves are in blocks, and each block belongs to the process
 * that comes to it first. */
typedef struct check_part {
    size_t shards;      /* at least 1 */
    size_t shard;       /* from 1; 0: none of them, the tree's shape alone is looked at */
    size_t expected;    /* not used where shard is 0 */
    size_t blocks;      /* of equal size */
    atomic_bool *taken; /* by block, in memory that the processes share; NULL: all are this one's */
    size_t nodes, leaves, own_leaves; /* out: of the tree, and the part's leaves */
} check_part;

/* Counts the leaves of the tree in a certificate: lines that hold a dot alone. */
size_t shard_count_leaves(FILE *stream);

/* Reads a tree and carries out the steps of one part; `kernel` is at its root, and is not used where the part
 * has no leaf. False with *e where the tree's text ends too early, a step does not hold or the number of
 * leaves is not the expected one. */
bool shard_check_tree(check_part *part, line_reader *in, prover *kernel, error *e);

#endif
