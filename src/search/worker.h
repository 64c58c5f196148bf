/* A worker: one thread's kernel and work space. It walks to a node of the search tree, bounds it, and settles
 * or splits it. Untrusted. */
#ifndef SUPCERT_SEARCH_WORKER_H
#define SUPCERT_SEARCH_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "search/ascent.h"
#include "search/branch.h"
#include "search/dual.h"
#include "search/form.h"
#include "search/incumbent.h"
#include "search/maximise.h"
#include "search/region.h"
#include "search/stopwatch.h"
#include "search/writer.h"

/* What all workers share. */
typedef struct search {
    const query *q;
    const search_options *options;
    pair_system system;
    numeric num;
    double *box_lower, *box_upper; /* the root box in doubles */
    double started;
    bool uses_pairs; /* differences of partners are bounded, too */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* with the lock only: */
    incumbent best;
    mpq_t final;           /* the claim to end with: best value + gap */
    mpq_t target;          /* what the round proves, at least `final` */
    double floor;          /* nodes whose bound is larger are this round's work */
    unsigned long version; /* of final and target */
    tree_node *root;
    tree_node **queue;                            /* nodes for idle workers, the last first */
    size_t queued, queue_capacity, idle, working; /* working: workers in this round */
    size_t nodes, leaves, node_limit;
    double round_until;   /* when the round ends, by limit_now */
    bool stopping;        /* a limit or a signal ends the search */
    bool round_over;      /* one of these limits has ended the round */
    search_end ended_by;  /* which limit, if one has */
    size_t open;          /* nodes without children that are not proved for good */
    bool resuming;        /* the tree is being read from a checkpoint, and is not all there yet */
    writer **store;       /* of every worker, by index; entries of workers to come are NULL */
    size_t earlier_nodes; /* nodes and seconds of the runs that this one goes on from */
    double earlier_seconds;
    formula reference; /* of a query about one, for `best` */
    bool failed;       /* the formula is not defined on the whole box: `failure` says where */
    bool broken;       /* a point is above a bound that has been proved, or the like: `failure` says so */
    error failure;
    const char *abandoned;   /* why a thread has been left in the middle, see mem_attempt: the search is over,
                                and   only looks at nothing more; NULL: none has */
    bool attempting;         /* the caller is in such an attempt, so that threads are, too */
    atomic_int text_failure; /* see writer.h */
    bool text_told;          /* to the caller */
    double memory_seen;      /* when limits of memory were looked at last, by limit_now */
    double resolution;       /* the default gap of formulas is not taken to be less */
} search;

/* A node on a worker's way. While the worker has no work another may have collapsed and freed it; the serial
 * then tells that it is not a node now at its address. */
typedef struct path_node {
    tree_node *node;
    size_t serial;
} path_node;

typedef struct worker {
    search *s;
    unsigned index; /* among the workers */
    prover p;
    ascent climber;
    incumbent mine; /* of the points that this worker has tried */
    writer out;
    unsigned long version;
    mpq_t final;        /* the search's, of that version */
    mpz_t *final_limit; /* by objective */
    path_node *path;    /* from the root to the kernel's node; empty before a round's first node */
    size_t path_count, path_capacity;
    bool ready; /* the kernel has done the node's steps */
    /* of the node at hand */
    mirror *mirrors; /* of the frames on the path */
    size_t mirror_count, mirror_capacity;
    bool *relevant;
    descent down;
    dual better;
    relaxation lp;
    multiplier *list;
    double *point;
    bool *active;
    sign_fact *facts; /* room for two of every neuron */
    /* of a query about a formula */
    formula reference;
    bool *reads;   /* by input: the formula depends on it */
    double *share; /* by input: of the form's error */
    stopwatch watch;
} worker;

/* The claims that follow from the best point. With the lock. */
void search_update_claims(search *s);
/* Whether the best point shows that the answer to a decision is no. */
bool search_is_missed(const search *s);
/* Whether the tree proves the final claim: every node for good, or by a bound that the claim has since come
 * to exceed. */
bool search_is_settled(const search *s);
/* Tells whoever keeps a log. With the lock. */
void search_note(const search *s, search_event_kind kind, double value);

/* Ends the search: something is wrong with the program itself. With the lock. */
void search_break(search *s, const char *what);
/* Tells of something that goes wrong and does not end the search. With the lock. */
void search_warn(const search *s, const error *e);

/* Calls work(context) in a thread of the search. Where it is left in the middle, see mem_attempt, the lock is
 * let go of, and the search is over. */
void search_guard(search *s, void (*work)(void *context), void *context);

/* `first`: the first worker, whose kernel is at the root, or NULL for that one itself. `wanted`: text for a
 * certificate is kept. The first worker is cleared last. */
void worker_init(worker *w, search *s, const worker *first, unsigned index, bool wanted);
void worker_clear(worker *w);

/* Looks for good points all over the box: this worker's share, of `step` ones, see ascent_search. */
void worker_ascend(worker *w, size_t step);
/* Begins with a point of the box instead. */
void worker_start(worker *w, mpq_t *point);

/* Takes over what the search is after now. With the lock. */
void worker_follow(worker *w);
/* A better point of this worker becomes everybody's; the claims follow. */
void worker_publish(worker *w);
/* Offers a point given in normalised inputs as a lower bound. */
void worker_offer(worker *w, const double *normalised);

/* Whether differences of partners vary less than the partners do, at the root. */
bool worker_pairs_pay(worker *w);

/* Ends the search: the formula's output is not defined on the box, or not shown to be. */
void worker_fail(worker *w, size_t output, mpq_t *lower, mpq_t *upper);

#endif
