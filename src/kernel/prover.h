/* The kernel: a proof tree under construction. The search and the checker drive it with the same few steps,
 * and nothing is accepted but through them. A node carries a box, proven bounds of the neurons'
 * pre-activations and the objectives already proved; all of it holds in the whole subtree. Rules and proofs:
 * certs/FORMAT.md and theory.md, section 2. Trusted.
 *
 * The one inequality: if lo <= z <= hi, then for ANY c
 *     a·y <= c·z + K,   K = max of a·y − c·z over z in {lo, hi, and 0 if lo < 0 < hi},   y = max(z,0) or y =
 * z, because a·y − c·z is affine between those points. A sign fact z >= 0 is nothing but lo = 0. */
#ifndef SUPCERT_KERNEL_PROVER_H
#define SUPCERT_KERNEL_PROVER_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "system/frame.h"
#include "system/scaling.h"
#include "system/system.h"
#include "kernel/target.h"

/* Adds `value` to the default coefficient c of neuron `neuron`. In real units: objective f_j − g_j over
 * pre-activation z. */
typedef struct multiplier {
    size_t neuron; /* index in the system */
    mpq_t value;
} multiplier;

/* An objective: sign · (f_output − g_output). */
typedef struct objective {
    size_t output;
    int sign; /* +1 or -1 */
} objective;

/* What a pass has found of an objective: a proof of a claim if it is at most that, which is decided exactly.
 */
typedef struct objective_bound {
    enum {
        BOUND_NONE,    /* nothing: a coefficient was too large, or the target is not shown to be defined */
        BOUND_TOTAL,   /* the objective is at most `total`, see scaling.h */
        BOUND_RATIONAL /* it is at most `value` */
    } kind;
    fix_product total; /* below 2^TOTAL_BITS in size */
    mpq_t value;       /* always initialised */
} objective_bound;
#define TOTAL_BITS 126

/* What a step changed, to be undone when the node is left. */
typedef struct trail_entry {
    size_t neuron;
    fix lower, upper, slope;
    bool is_fact;
} trail_entry;

/* What is to be bounded: f_j - g_j, and g_j - f_j unless is_signed, for one output j or all. */
typedef struct proof_scope {
    bool all_outputs;
    size_t output; /* where not all_outputs */
    bool is_signed;
} proof_scope;

typedef struct proof_split {
    bool is_input, second; /* second: the other child is done */
    size_t index;          /* input or neuron */
    bool upper_first;
    mpq_t value, old_lower, old_upper; /* of an input's box */
    size_t trail, frames, proved;      /* marks to return to */
    bool was_empty;
} proof_split;

struct prover {
    const pair_system *system;
    scaling sc;
    const char
        *fault; /* an assumption of the kernel that has turned out false: nothing is proved any more; NULL */
    bool borrows_root;              /* the scaling and the root's frame belong to another prover */
    mpq_t *box_lower, *box_upper;   /* the node's box, exactly */
    fix *input_lower, *input_upper; /* and outward in units */
    fix *lower, *upper;             /* proven bounds of every neuron's pre-activation, in units */
    fix *slope;                     /* of the chord of an unstable neuron, in units of 2^-31 */
    bool *is_fact;                  /* the neuron's sign has been split: its row stays in the frames */
    bool empty;                     /* the node is proved to contain no point */
    frame *frames;                  /* stack; the last is the current one */
    size_t frame_count, frame_capacity, frame_serial;
    trail_entry *trail;
    size_t trail_count, trail_capacity;
    proof_split *split; /* path from the root */
    size_t split_count, split_capacity;
    proof_scope scope;
    objective *objectives; /* what is to be proved in every leaf */
    size_t objective_count;
    bool *is_proved;     /* for the node, by objective */
    size_t *proved_list; /* in order of proof */
    size_t proved_count;
    objective_bound *proved; /* by objective: the bound at which it was proved */
    objective_bound found;   /* what the last attempt to prove an objective found, proof or not */
    mpq_t claim;             /* the upper bound to be proved */
    mpz_t *limit;            /* by objective: the largest total that proves it */
    fix *coefficient;        /* work space of a pass: c of every row of the frame */
    fix *opposite;           /* the same for a second functional */
    int32_t *narrow[2];      /* both in narrow arithmetic */
    fix grain;               /* -2^k: coefficients are chosen as multiples of 2^k units */
    fix *negated;            /* work space: an objective's weights with the other sign */
    fix *delta;              /* multipliers by neuron, zero between passes */
    mpz_t *exact;            /* work space of exact passes, by source */
    size_t nodes, leaves;
    const proof_target *target; /* what f is compared with in place of the system's g; NULL: nothing */
    fix_product *functional;    /* work space with a target: coefficients of the inputs, */
    mpq_t *functional_value;    /* and in real units */
};

/* A tree for the scope on the box, at its root. The system is borrowed. claim: the bound to prove. */
void prover_init(prover *p, const pair_system *system, mpq_t *lower, mpq_t *upper, proof_scope scope,
                 const mpq_t claim);
/* A second tree with the same box, outputs and claim as `root`, which is at its root, as prover_init or
 * prover_restart left it. Its proofs at the root are not made again but shared: `root` must be cleared after
 * *p. */
void prover_fork(prover *p, const prover *root);
void prover_clear(prover *p);

/* A new bound to prove; what is proved already was proved against smaller ones and must stay so: claim may
 * only grow. */
void prover_raise_claim(prover *p, const mpq_t claim);

/* Steps. Each returns false, changing nothing, if its side condition fails. */

/* Children x_i <= value and x_i >= value; enters the first. Requires value within the node's box. */
bool prover_split_input(prover *p, size_t input, const mpq_t value, bool upper_first);
/* Children z <= 0 and z >= 0; enters the first. Requires the neuron to be a ReLU row of the current frame. */
bool prover_split_neuron(prover *p, size_t neuron, bool upper_first);
/* Proves new bounds of the pre-activation of a row of the current frame. */
bool prover_bound(prover *p, size_t neuron);
/* Proves new bounds of any neuron's pre-activation in exact arithmetic: dear, but an end that is 0 is found
 * to be 0. */
bool prover_bound_exact(prover *p, size_t neuron);
/* prover_bound for all rows of the frame that are unstable or facts, in the frame's order; with_pairs: for
 * partners of which one is unstable, bounds of their difference are proved in place of the second one's,
 * which then follow. */
void prover_bound_all(prover *p, bool with_pairs);
/* Proves new bounds of all rows of the frame, with_pairs also of the differences of partners, by one walk up
 * through the weights: where there are many rows far cheaper than prover_bound_all, but not as good. */
void prover_bound_forward(prover *p, bool with_pairs);
/* prover_bound_all, without pairs, for rows of depth 3 and more (frame.h): all that it does better than
 * prover_bound_forward without pairs. */
void prover_bound_deep(prover *p);
/* Continues in a smaller frame without the stable neurons that are not facts; requires that to drop a row. */
bool prover_reduce(prover *p);
/* Proves objective k with fixed-point arithmetic; multipliers refer to rows of the frame. p->found is the
 * bound that was found, whether or not it is at most the claim. */
bool prover_prove(prover *p, size_t k, size_t count, const multiplier *list);
/* The same with exact arithmetic over the whole system. */
bool prover_prove_exact(prover *p, size_t k, size_t count, const multiplier *list);
/* Whether nothing is left to be proved in the node: every objective is, or the node is empty. */
bool prover_is_done(const prover *p);
/* Proves the objectives that are not yet proved, by prover_prove without multipliers; whether the node is
 * then done. */
bool prover_prove_rest(prover *p);
/* Ends the node: requires prover_prove_rest. Goes on to the next open child; *finished tells that there is
 * none. */
bool prover_close(prover *p, bool *finished);

/* For searches, which come and go as they like: returns to the node's parent, as it was when it was split;
 * the node must not be the root. And back to the root as prover_init left it, with another claim. */
void prover_back(prover *p);
void prover_restart(prover *p, const mpq_t claim);

/* The target's form on the node's box, which proofs of the output's objectives use; NULL if the target is not
 * shown to be defined there. */
const target_form *prover_target_form(const prover *p, size_t output);

const frame *prover_frame(const prover *p);
/* Row of the current frame that belongs to the neuron, or SYSTEM_NO_NEURON. */
size_t prover_row(const prover *p, size_t neuron);
/* Whether the bound is at most `claim`, of which `limit` is the largest total. */
bool bound_proves(const objective_bound *b, const mpq_t claim, const mpz_t limit);
/* The bound of objective k, one of this prover's, in real units; false if there is none. */
bool prover_bound_value(mpq_t value, const prover *p, size_t k, const objective_bound *b);

#endif
