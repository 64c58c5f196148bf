/* Certificates from scratch: a head that the forger likes, and a tree that no search would write. */
#ifndef SUPCERT_TESTS_FORGE_SCRATCH_H
#define SUPCERT_TESTS_FORGE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "mutation.h"

/* Everything before the tree. */
typedef struct head {
    const char *f_digest;
    const char *reference; /* the third line from its second word on: "g DIGEST", after "network" or: */
    bool is_formula;
    bool all_outputs, is_signed;
    size_t inputs, output; /* output: of the point, and of the question */
    mpq_t *lower_end, *upper_end, *point;
    mpq_srcptr upper, lower; /* upper: NULL for none */
} head;

/* Adds the head's lines to an empty script; without a tree also the end, where upper is NULL. */
void scratch_head(script *s, const head *h);
/* Adds a tree and its end: one leaf, splits with no step at all, or steps at random. `lower`, `upper`: the
 * box, by which splits are chosen; NULL: by the material alone. */
void scratch_tree(script *s, const material *m, mpq_t *lower, mpq_t *upper, rng *r);

#endif
