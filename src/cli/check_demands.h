/* What the options of a check demand of a certificate about a maximum or of a relative one, and in words what
 * a claim lacks. */
#ifndef SUPCERT_CLI_CHECK_DEMANDS_H
#define SUPCERT_CLI_CHECK_DEMANDS_H

#include "cli/check_core.h"

/* The box, the output, --at-most and --at-least; borrowed from o->pair and *a. */
demand check_demand(const check_outcome *o, const arguments *a);

/* Whether o->claim, or with --relative o->compared, implies the demand; otherwise *e says why not. */
bool check_demands(const check_outcome *o, const arguments *a, error *e);

#endif
