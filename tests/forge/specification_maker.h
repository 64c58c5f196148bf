/* Small VNN-LIB specifications over one input, whose answers are known: networks are cut into the pieces on
 * which they are affine, and each case of the specification is solved on every piece. */
#ifndef SUPCERT_TESTS_FORGE_SPECIFICATION_MAKER_H
#define SUPCERT_TESTS_FORGE_SPECIFICATION_MAKER_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "network/network.h"
#include "random.h"

enum { MADE_CASES = 3, MADE_ATOMS = 3 };

/* first − second + constant, or first + constant, compared with 0; these are values of the table. */
typedef struct made_atom {
    size_t first, second; /* second: MADE_NONE */
    mpq_t constant;
    int relation;  /* 0: >=, 1: >, 2: = */
    bool is_below; /* the form is negated */
} made_atom;
#define MADE_NONE ((size_t)-1)

typedef struct made_specification {
    size_t networks, outputs;
    mpq_t lower, upper; /* of the input, which all networks share */
    mpq_t *at;          /* ends of pieces, increasing */
    mpq_t *table;       /* points × values: x, then the outputs of all networks */
    size_t points, values;
    made_atom atom[MADE_CASES][MADE_ATOMS];
    size_t cases, atoms[MADE_CASES];
} made_specification;

/* Networks of one input with as many outputs. */
void made_init(made_specification *m, size_t networks, const network *const *net, const mpq_t lower,
               const mpq_t upper);
void made_clear(made_specification *m);

/* New assertions, whose constants are values that are attained, or a hair beside them. */
void made_draw(made_specification *m, rng *r);
/* One constant a hair lower or higher. */
void made_nudge(made_specification *m, rng *r);

/* Whether there is an input for which the assertions hold. */
bool made_is_satisfiable(const made_specification *m);
/* Whether they hold at an input between the ends of the pieces or at one. */
bool made_holds(const made_specification *m, const mpq_t x);
/* Its text, in version 2.0; owned by the caller. */
char *made_text(const made_specification *m);

#endif
