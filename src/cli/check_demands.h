/* Whether a claim that has been verified implies what the options of the check ask of it. */
#ifndef SUPCERT_CLI_CHECK_DEMANDS_H
#define SUPCERT_CLI_CHECK_DEMANDS_H

#include "cli/check_core.h"

/* The box, the output, --at-most and --at-least of a certificate about a maximum or of a relative one, which
 * has been verified. False with *e saying which demand is not implied. */
bool check_demands(const check_outcome *o, const arguments *a, error *e);

#endif
