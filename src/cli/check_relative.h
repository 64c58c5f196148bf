/* Checking a relative certificate from the command line; see check_core.h. */
#ifndef SUPCERT_CLI_CHECK_RELATIVE_H
#define SUPCERT_CLI_CHECK_RELATIVE_H

#include "cli/check_core.h"
#include "proof/line.h"

/* Checks the certificate on `in`, whose first line has been read, against o->pair. CHECK_VERIFIED:
 * o->compared holds what it proves, o->claim the part about f and g. */
check_status check_relative_run(check_outcome *o, line_reader *in, error *e);

/* Whether what has been verified implies --at-most and --at-least, meant relative to max |g|; otherwise *e
 * says why not. */
bool check_relative_demands(const check_outcome *o, const arguments *a, error *e);

/* Says in words what the certificate's own verdict is. */
void check_relative_print(FILE *out, const check_outcome *o);

#endif
