/* The rules of forward differentiation with intervals: derivatives of a unit from those of its operands. */
#ifndef SUPCERT_TARGET_GRADIENT_H
#define SUPCERT_TARGET_GRADIENT_H

#include "target/tape.h"

/* Sets the gradient on a box, and with order 2 the Hessian, of a unit whose value has just been calculated,
 * and whose operands have theirs. Notes the branch that the unit takes on the box, and which of its slopes
 * are 0 there. */
void gradient_on_box(tape *t, tape_unit *unit, int order);

/* Sets the gradient at a point of that box, of a unit whose value at the point has just been calculated, and
 * whose operands have theirs: the gradient of what was noted (doc/enclosures.md, section 3). */
void gradient_at_point(tape *t, tape_unit *unit);

#endif
