/* The search for how max |f-g| compares with max |g| on a box: searches for both, alternately, until the
 * bounds of the two tell. Untrusted: everything it claims is in the certificate. */
#ifndef SUPCERT_SEARCH_RELATIVE_SEARCH_H
#define SUPCERT_SEARCH_RELATIVE_SEARCH_H

#include <gmp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "proof/relative.h"
#include "search/maximise.h"

typedef struct relative_result {
    relative_verdict verdict;
    search_result difference; /* the best bounds of max |f-g| of all searches for it, and what all of these
                                 took together; `reached` means nothing */
    search_result reference;  /* the same of max |g| (of max |u|, with a formula; g stands for it below) */
    size_t nodes, leaves, threads; /* of both together; leaves: of the certificate's two trees */
    double seconds;                /* of the run */
    search_end ended_by; /* what left it undecided; SEARCH_DONE: nothing, or bounds of a formula that
                            can be brought no closer */
    double spent[SEARCH_PHASES];
    bool abandoned, certified; /* as in search_result */
    error unwritten;
} relative_result;

relative_bounds relative_result_bounds(const relative_result *r);

/* Decides whether max |f-g| <= tolerance · max |g| (tolerance >= 0), both over the outputs of the query,
 * which must not be signed, and writes a relative certificate to `certificate` if that is not NULL. Limits
 * are those of the options, for all searches together, each of which visits at least one node; gaps,
 * tolerance and checkpoints must not be asked for. Fails as search_maximise does. */
bool search_relative(relative_result *result, const query *q, mpq_srcptr tolerance,
                     const search_options *options, FILE *certificate, error *e);
void relative_result_clear(relative_result *result);

#endif
