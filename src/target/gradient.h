/* The rules of forward differentiation with intervals: derivatives of a unit from those of its operands. */
#ifndef SUPCERT_TARGET_GRADIENT_H
#define SUPCERT_TARGET_GRADIENT_H

#include "target/tape.h"

/* Sets the gradient, and with order 2 the Hessian, of a unit whose value has just been calculated, and whose
 * operands have theirs. */
void gradient_of_unit(tape *t, tape_unit *unit, int order);

#endif
