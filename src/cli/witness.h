/* Witnesses: what two networks, or a network and a formula, do at one point of a box, exactly; and at the
 * points nearby in the box whose coordinates are float64 and float32 numbers, so that they can be replayed by
 * programs that calculate in these. Every value is that of the networks over the reals; a replay differs by
 * its own rounding. */
#ifndef SUPCERT_CLI_WITNESS_H
#define SUPCERT_CLI_WITNESS_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "network/network.h"
#include "kernel/target.h"

typedef enum witness_form { WITNESS_EXACT, WITNESS_FLOAT64, WITNESS_FLOAT32, WITNESS_FORMS } witness_form;

/* How f compares with g at a point, as far as that is proved: of a formula the enclosure may not tell. */
typedef enum witness_order { WITNESS_BELOW, WITNESS_EQUAL, WITNESS_ABOVE, WITNESS_NOT_DECIDED } witness_order;

/* One of the three points, and the values there. All is owned by the witness. */
typedef struct witness_point {
    mpq_t *x;      /* inputs */
    bool *outside; /* inputs: no number of this form lies between the ends of the box, so x is the nearest of
                      all */
    size_t outsiders;     /* how many of them */
    mpq_t *f, *g, *error; /* outputs: f(x), g(x), |f(x) - g(x)|; of a formula lower ends of enclosures */
    mpq_t *g_upper, *error_upper; /* of a formula: upper ends, so close that the ends show the same 17 digits,
                                     or nearly; otherwise NULL */
    bool undefined;               /* the formula is not shown to be defined here: no values */
    size_t output;                /* where the error is largest, the first such one */
    witness_order order;          /* of f and g there */
} witness_point;

typedef struct witness {
    size_t inputs, outputs;
    bool all_outputs; /* the question is about all outputs, else about `output` alone */
    size_t output;
    witness_point point[WITNESS_FORMS];
    bool has_formula;
    size_t undefined; /* output, where the formula is not shown to be defined at x */
} witness;

/* Initialises *w for the point x, which must lie in the box (lower, upper: the networks' number of inputs;
 * both NULL: no box, every point is inside). f and g have the same shape. Where all_outputs is false,
 * `output` alone is compared. Nothing is borrowed afterwards. */
void witness_init(witness *w, const network *f, const network *g, mpq_t *x, mpq_t *lower, mpq_t *upper,
                  bool all_outputs, size_t output);
/* The same with a formula in place of g. Returns whether it is shown to be defined at x itself; w->undefined
 * tells at which output it is not. */
bool witness_init_formula(witness *w, const network *f, const proof_target *u, mpq_t *x, mpq_t *lower,
                          mpq_t *upper, bool all_outputs, size_t output);
void witness_clear(witness *w);

/* The error at the point's output. */
mpq_srcptr witness_error(const witness_point *p);

/* "exact", "float64", "float32". */
const char *witness_form_name(witness_form form);

/* to = the finite number of the form nearest to x among those in [lower, upper] (NULL: no such end), of two
 * equally near the one with the even last bit; false if there is none, and then the nearest of all. Requires
 * lower <= x <= upper. WITNESS_EXACT: x itself. */
bool witness_round(mpq_t to, const mpq_t x, witness_form form, mpq_srcptr lower, mpq_srcptr upper);

#endif
