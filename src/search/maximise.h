/* The search: exact maximum of |f-g| on a box, with its certificate. Untrusted: everything it claims is in
 * the certificate. */
#ifndef SUPCERT_SEARCH_MAXIMISE_H
#define SUPCERT_SEARCH_MAXIMISE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "network/network.h"
#include "target/expression.h"

/* What is to be maximised: |f_j - g_j| on the box, over one output j or all. */
typedef struct query {
    const network *f, *g;            /* same numbers of inputs and outputs; borrowed */
    const char *f_digest, *g_digest; /* SHA-256 of the two files, for the certificate */
    mpq_t *lower, *upper;            /* the box, `inputs` ends each, lower[i] <= upper[i]; borrowed */
    bool all_outputs;
    size_t output;             /* from 0, where not all_outputs */
    const expression *formula; /* u in place of g: |f_j - u_j| is maximised, and g must be a zero network
                                  (network_init_zero) of the same shape; NULL: none. Borrowed */
    const char *formula_name;  /* for messages */
} query;

/* Where a search stands. */
typedef struct search_progress {
    double lower, upper; /* rounded; upper is HUGE_VAL at the very beginning */
    size_t nodes;
    double seconds;
} search_progress;

typedef struct search_options {
    unsigned threads;     /* 0: all cores */
    double time_limit;    /* seconds; 0: none */
    mpq_srcptr gap;       /* stop when upper - lower <= gap; NULL: exact */
    mpq_srcptr tolerance; /* decide instead whether the maximum is at most this; NULL: no. The search ends
                             when upper <= tolerance or lower > tolerance */
    size_t node_limit;    /* visits of nodes; 0: none */
    size_t patience; /* nodes after which the bracket is narrowed step by step; 0: a default, for which most
                        searches end before */
    void (*progress)(void *context,
                     const search_progress *now); /* called after every node, not twice at a time; NULL: no */
    void *progress_context;
    volatile int
        *stop; /* may be NULL; the search ends soon after it becomes nonzero, with a valid certificate */
    mpq_srcptr relative_gap; /* stop when upper - lower <= relative_gap · lower, or `gap` if that is larger;
                                NULL: no. Of a formula, whose maximum is hardly ever found exactly: if there
                                is neither gap nor relative_gap, 1/1000 is used, and a relative gap is taken
                                to be at least 2^-32 of the size of the outputs */
} search_options;

typedef struct search_result {
    mpq_t lower, upper; /* equal when exact; of a formula, lower is a little below the value at the point */
    size_t output;      /* where the lower bound is attained, from 0 */
    int sign;           /* +1: f-g attains it, -1: g-f */
    size_t inputs;
    mpq_t *point; /* `inputs` coordinates inside the box */
    size_t nodes, leaves, threads;
    double seconds;
    bool reached;   /* upper is what the gap allows, or at most the tolerance */
    bool unbounded; /* there is no upper bound, and `upper` means nothing: the search for a formula has ended
                       before it was shown to be defined on the whole box, or at a missed tolerance */
} search_result;

/* Runs the search and, if `certificate` is not NULL, writes the certificate to it (the caller owns the stream
 * and looks at its error flag). Fails only for reasons outside the mathematics (temporary storage), or if the
 * formula is not defined on the whole box or not shown to be: *e then names the operation and a smaller box.
 * *result then need not be cleared. */
bool search_maximise(search_result *result, const query *q, const search_options *options, FILE *certificate,
                     error *e);
void search_result_clear(search_result *result);

#endif
