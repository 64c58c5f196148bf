/* The difference of two networks at many points, exactly: from the pair system, in integers, looking only at
 * the neurons on which it depends. What the networks share cancels beforehand. Trusted. */
#ifndef SUPCERT_PROOF_DIFFERENCE_H
#define SUPCERT_PROOF_DIFFERENCE_H

#include <gmp.h>
#include <stddef.h>

#include "system/system.h"

typedef struct difference {
    pair_system system;
    size_t needed;  /* neurons that some objective depends on */
    size_t *neuron; /* them, in increasing order */
    mpz_t *value;   /* of every source at the point at hand: inputs, then neurons; see difference_at */
    mpz_t common;
} difference;

/* f and g have the same numbers of inputs and outputs and may be cleared afterwards. */
void difference_init(difference *d, const network *f, const network *g);
void difference_clear(difference *d);

/* y = f(x) - g(x): x holds the inputs, y as many initialised values as there are outputs. */
void difference_at(mpq_t *y, difference *d, mpq_t *x);

#endif
