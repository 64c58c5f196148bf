/* Mutations of certificates: what a forger does to the lines of an honest one, or of one from scratch. */
#ifndef SUPCERT_TESTS_FORGE_MUTATION_H
#define SUPCERT_TESTS_FORGE_MUTATION_H

#include <gmp.h>
#include <stddef.h>

#include "random.h"
#include "script.h"

/* What mutations draw from. All is borrowed. */
typedef struct material {
    const script *donor; /* another certificate, honest perhaps, of another question; may be NULL */
    size_t inputs, outputs, names;
    mpq_t *value; /* numbers worth trying as ends, points, splits and claims */
    size_t values;
} material;

/* One of the numbers worth trying, or any number. */
void material_number(mpq_t value, const material *m, rng *r);
/* A line of a tree: a step that may be right or wrong; owned by the caller. */
char *material_step(const material *m, rng *r);
/* The same of a split. */
char *material_split(const material *m, rng *r);

/* One mutation, anywhere. Where it finds nothing to change, nothing is changed. */
void mutate_script(script *s, const material *m, rng *r);
/* One mutation of a tree or of its steps. */
void mutate_tree(script *s, const material *m, rng *r);

#endif
