/* A formula on a box, with what is needed to look at its enclosures; for tests. */
#ifndef SUPCERT_TESTS_FORMULA_TRIAL_H
#define SUPCERT_TESTS_FORMULA_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "target/tangent.h"

typedef struct trial {
    uint64_t seed; /* for messages */
    const char *text;
    expression u;
    enclosure m;
    tangent form;
    size_t d;
    mpq_t *lower, *upper, *x, *y;
} trial;

/* False if the text is refused, for a constant in it that is not defined. */
bool trial_init(trial *t, const char *text, size_t d);
void trial_clear(trial *t);

/* A trial with the same box "L U" for all inputs. */
void trial_start(trial *t, const char *text, size_t d, const char *lower, const char *upper);

/* Ends the test with a message about this trial unless `good`. */
void expect(const trial *t, bool good, const char *what);

#endif
