/* What a user may demand of a certificate about a pair: another box, other outputs, bounds a hair beside what
 * is true. Whatever certificate is accepted for a demand, the demand is then true. */
#ifndef SUPCERT_TESTS_FORGE_DEMANDING_H
#define SUPCERT_TESTS_FORGE_DEMANDING_H

#include "proof/demand.h"
#include "subject.h"

typedef struct demanding {
    demand d; /* for the checker; points into the rest */
    mpq_t *lower, *upper;
    mpq_t most, least;
    size_t inputs;
} demanding;

void demanding_init(demanding *x, const subject *s, rng *r);
void demanding_clear(demanding *x);

/* Whether what is demanded is true; `stated` is the verified claim, whose box counts where none is demanded.
 */
bool demanding_is_true(const demanding *x, const subject *s, const claim *stated);

#endif
