/* Checking a fooling certificate from the command line; see check_core.h. */
#ifndef SUPCERT_CLI_CHECK_FOOLING_H
#define SUPCERT_CLI_CHECK_FOOLING_H

#include "cli/check_core.h"
#include "proof/line.h"

/* Checks the certificate on `in`, whose first line has been read, against o->pair and the options. Unless the
 * result is CHECK_VERIFIED, which it is only where the claim implies what the options ask, *e says why. */
check_status check_fooling_run(check_outcome *o, const arguments *a, line_reader *in, error *e);

/* Says in words what has been verified. */
void check_fooling_print(FILE *out, const check_outcome *o, const arguments *a);

#endif
