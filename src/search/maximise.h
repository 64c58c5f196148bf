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
    bool is_signed;            /* f_j - g_j is meant wherever |f_j - g_j| is written; not of a formula */
} query;

/* Where a search stands. */
typedef struct search_progress {
    double lower, upper; /* rounded; upper is HUGE_VAL at the very beginning */
    size_t nodes;
    double seconds;
    size_t open;       /* nodes that are not proved for good: not visited, or with too large a bound */
    const char *about; /* what is searched, in words, where a run has several searches; NULL: it has one */
} search_progress;

/* Something worth a line of a log. */
typedef enum search_event_kind {
    SEARCH_BETTER,    /* a better lower bound: `value` */
    SEARCH_ROUND,     /* a round begins, which is to prove `value` */
    SEARCH_CHECKPOINT /* a checkpoint has been written */
} search_event_kind;

typedef struct search_event {
    search_event_kind kind;
    double value; /* rounded */
    size_t nodes;
    double seconds;
    const char *about; /* as above */
} search_event;

/* What ended a search. */
typedef enum search_end {
    SEARCH_DONE, /* it was complete */
    SEARCH_SIGNAL,
    SEARCH_TIME,
    SEARCH_NODES,
    SEARCH_MEMORY
} search_end;

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
    size_t memory_limit;    /* bytes of the process in memory; 0: what the machine, its control groups and the
                               limits of the process leave it */
    const char *checkpoint; /* file to which the state is saved, regularly and at the end; NULL: none */
    double checkpoint_interval;                             /* seconds between these */
    const char *resume;                                     /* a checkpoint to go on from; NULL: start anew */
    void (*note)(void *context, const search_event *event); /* not twice at a time; NULL: no */
    void (*warn)(void *context, const error *e); /* told of what goes wrong without ending the search: a
                                                    checkpoint or the text of the certificate that cannot be
                                                    written; not twice at a time; NULL: no */
    bool below_zero; /* decide instead whether the maximum of a signed query is less than 0. The search ends
                        when upper < 0 or lower >= 0 */
    bool prompt;  /* a search that must end does so within about half a second, whatever its threads are at:
                     see search_result.abandoned */
    mpq_t *start; /* `inputs` coordinates of a good point that is known, which saves the search for one at the
                     beginning; NULL: none is. Copied */
} search_options;

/* Where the time goes. */
typedef enum search_phase {
    PHASE_ROOT,       /* setting up, bounds at the root */
    PHASE_ASCENT,     /* looking for good points */
    PHASE_RESUME,     /* carrying out a checkpoint's steps */
    PHASE_BOUNDS,     /* bounds of neurons, smaller frames */
    PHASE_OBJECTIVES, /* objectives in fixed point */
    PHASE_PROGRAMS,   /* linear programs */
    PHASE_EXACT,      /* exact arithmetic */
    PHASE_SPLITS,     /* choosing splits */
    PHASE_WALK,       /* going from node to node */
    PHASE_WRITING,    /* certificate and checkpoint at the end */
    SEARCH_PHASES
} search_phase;

typedef struct search_result {
    mpq_t lower, upper; /* equal when exact; of a formula, lower is a little below the value at the point */
    size_t output;      /* where the lower bound is attained, from 0 */
    int sign;           /* +1: f-g attains it, -1: g-f */
    size_t inputs;
    mpq_t *point; /* `inputs` coordinates inside the box */
    size_t nodes, leaves, threads;
    double seconds; /* of this run and of those that it goes on from; so are the nodes */
    double earlier; /* of these, seconds of the runs before */
    search_end ended_by;
    double spent[SEARCH_PHASES]; /* seconds of processors in this run, all threads */
    bool abandoned;  /* threads are still at work on the networks and the box, and keep what they have: the
                        caller leaves these alone, and ends the process soon */
    bool reached;    /* upper is what the gap allows, or at most the tolerance, or less than 0 if that was
                        the question */
    bool certified;  /* the certificate that was asked for has been written, as far as the stream tells */
    bool saved;      /* so has the last checkpoint */
    bool resuming;   /* the search ended before the checkpoint was carried out that it goes on from: the upper
                        bound   is that of less than what is in there */
    error unwritten; /* what of these could not be written; without a message: nothing */
    bool unbounded;  /* there is no upper bound, and `upper` means nothing: the search for a formula has ended
                        before it was shown to be defined on the whole box, or at a missed tolerance */
} search_result;

/* What a phase is called. */
const char *search_phase_name(search_phase phase);

/* Runs the search and, if `certificate` is not NULL, writes the certificate to it (the caller owns the stream
 * and looks at its error flag). Limits are those of this run alone, also where it goes on from a checkpoint.
 * Fails only if the checkpoint to go on from cannot be read or is about something else, if the formula is not
 * defined on the whole box or not shown to be (*e then names the operation and a smaller box), or if the
 * search finds itself in contradiction. *result then need not be cleared. What cannot be written costs no
 * answer: see `unwritten`. Where memory runs out in spite of the limit, see mem_exhausted; an attempt of the
 * caller gets control back when all threads of the search have ended. */
bool search_maximise(search_result *result, const query *q, const search_options *options, FILE *certificate,
                     error *e);
void search_result_clear(search_result *result);

#endif
