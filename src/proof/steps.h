/* The steps of a certificate's tree, read line by line and carried out by the kernel. Trusted. */
#ifndef SUPCERT_PROOF_STEPS_H
#define SUPCERT_PROOF_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "proof/line.h"
#include "kernel/prover.h"

typedef struct stepper {
    line_reader *in; /* borrowed, like the others */
    prover *prover;
    error *e;
    bool finished;    /* a step has closed the tree */
    multiplier *list; /* of the line at hand; owned */
    size_t list_count, list_capacity;
} stepper;

/* Carries out the step on the line that has been read; false with *e set where it is no step or does not
 * hold. */
bool stepper_step(stepper *c);
void stepper_clear(stepper *c);

#endif
