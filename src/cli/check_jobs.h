/* Checking a certificate about a pair by several processes at once, which share the tree block by block (see
 * shard.h) and no memory but the marks that say which blocks are taken. Trusted. */
#ifndef SUPCERT_CLI_CHECK_JOBS_H
#define SUPCERT_CLI_CHECK_JOBS_H

#include "cli/pair.h"
#include "proof/check.h"

/* The number of processes that a certificate of so many leaves is worth: as many as there are processors, or
 * 1 where it is checked sooner than they have started. */
size_t check_jobs_for(size_t leaves);

/* As check_pair about the whole tree of `leaves` leaves, which `jobs` processes check: this one, which has
 * read the first line of `in`, and others, which open the file in->name themselves. Verified is what every
 * process has verified, in the same bytes, and only if every leaf was some process's. Otherwise *e is the
 * fault that comes first in the file, as with one process; CHECK_BAD_INPUT also where a process ends by
 * itself or reads other bytes. Where the system has no more processes, this one checks all. digest: receives
 * that of the bytes read, for which in->digest is there, which starts anew. */
check_status check_pair_jobs(claim *verified, char digest[DIGEST_SIZE], size_t jobs, size_t leaves,
                             const demand *asked, line_reader *in, const model_pair *p, error *e);

#endif
