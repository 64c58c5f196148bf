/* Checking a fooling certificate from the command line; see check_core.h. */
#ifndef SUPCERT_CLI_CHECK_FOOLING_H
#define SUPCERT_CLI_CHECK_FOOLING_H

#include "cli/check_core.h"
#include "proof/line.h"

/* Checks the certificate on `in`, whose first line has been read, against o->pair and the options. Returns
 * the exit status; unless it is STATUS_GOOD, *e says why. */
int check_fooling_run(check_outcome *o, const arguments *a, line_reader *in, error *e);

/* Says in words what has been verified. */
void check_fooling_print(FILE *out, const check_outcome *o, const arguments *a);

#endif
