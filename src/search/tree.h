/* The search tree: what has been split and how, a proven bound for every node, and where the certificate's
 * text of every node is kept. Untrusted. Threads: whoever reads or changes links, bounds or kinds holds the
 * search's lock; the other fields of an inner node do not change while it can be seen. */
#ifndef SUPCERT_SEARCH_TREE_H
#define SUPCERT_SEARCH_TREE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/prover.h"

typedef enum tree_kind {
    TREE_OPEN,  /* not visited */
    TREE_LEAF,  /* proved to be at most `bound` */
    TREE_STUCK, /* likewise, and no split would help */
    TREE_INPUT, /* split at an input */
    TREE_SIGN   /* split at a neuron's sign */
} tree_kind;

/* The bound of a node that is proved for good, against the claim that the search is after. */
#define TREE_CLOSED (-HUGE_VAL)

/* A piece of a worker's text. */
typedef struct tree_text {
    unsigned store; /* whose */
    long begin;
    size_t length;
} tree_text;

/* Whether the second piece begins where the first one ends. */
bool tree_text_follows(const tree_text *second, const tree_text *first);

/* A line of the certificate in a split node; it holds for claims of `bound` and more. */
typedef struct tree_step {
    char *text; /* owned, with its end of line */
    double bound;
} tree_step;

typedef struct tree_split {
    tree_kind kind; /* TREE_INPUT or TREE_SIGN */
    size_t index;   /* input, or neuron of the system */
    fix position;   /* of an input: in units, see scaling_input */
    bool upper_first;
} tree_split;

/* Where an input is split, exactly; 0 for a neuron. */
void tree_split_value(mpq_t value, const tree_split *split, const prover *p);

typedef struct tree_node {
    struct tree_node *parent, *child[2]; /* child[0]: x <= value or z <= 0 */
    size_t serial;                       /* no other node has or had it: addresses are used again */
    size_t depth;
    tree_kind kind;
    bool taken;   /* in the queue, or at work elsewhere */
    double bound; /* proven upper bound of the objectives here, rounded up; of a split node the children's, or
                     `own` or `before` where that is less */
    double own;   /* of the node itself, before it was split */
    double before; /* of a split node that was a leaf in an earlier round; else HUGE_VAL. Its text then was
                      `earlier`: a later round that is ended must not leave a worse bound */
    tree_text earlier;
    tree_split split;
    tree_step *step; /* of a split node, owned */
    size_t steps;
    size_t leaves;  /* in the text of a leaf: more than one where a subtree has been collapsed */
    tree_text text; /* of a leaf: all its lines; of a split node: its steps and the split */
} tree_node;

tree_node *tree_new(tree_node *parent, double bound);
void tree_free(tree_node *node);

static inline bool tree_is_split(const tree_node *node)
{
    return node->kind >= TREE_INPUT;
}

/* Whether the children of a split node are proved to be at most `value`. */
static inline bool tree_is_split_for(const tree_node *node, double value)
{
    const tree_node *const *child = (const tree_node *const *)node->child;
    return child[0]->kind != TREE_OPEN && child[1]->kind != TREE_OPEN && child[0]->bound <= value &&
           child[1]->bound <= value;
}

/* How much of the tree is proved to be at most `claim`: every split counts as a half for each child. */
double tree_share_proved(const tree_node *root, double claim);

/* The children in the order of the certificate. */
tree_node *tree_first(const tree_node *node);
tree_node *tree_second(const tree_node *node);

/* An open or bounded node becomes a split one; both children inherit the node's bound. The steps become the
 * tree's. Of a node that is split already only the text changes: it has been visited again, with the same
 * steps, which other threads may be carrying out. */
void tree_divide(tree_node *node, const tree_split *split, double bound, tree_step *step, size_t steps,
                 tree_text text);
/* A node becomes a leaf. One that was a leaf with a better bound keeps that, and its text. Bounds of its
 * ancestors follow. */
void tree_settle(tree_node *node, tree_kind kind, double bound, tree_text text);

/* Makes a split node whose children are closed leaves, and whose text is followed by theirs, a closed leaf.
 */
void tree_collapse(tree_node *node);

#endif
