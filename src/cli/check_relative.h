/* Checking a relative certificate from the command line; see check_core.h. */
#ifndef SUPCERT_CLI_CHECK_RELATIVE_H
#define SUPCERT_CLI_CHECK_RELATIVE_H

#include "cli/check_core.h"
#include "proof/line.h"

/* Checks the certificate on `in`, whose first line has been read, against o->pair. CHECK_VERIFIED:
 * o->compared holds what it proves, o->claim the part about f and g. CHECK_NOT_IMPLIED: whether it is right
 * or not, it does not imply what the options ask, and *e says why not; nothing has been proved, where the
 * stream can be read twice. */
check_status check_relative_run(check_outcome *o, const arguments *a, line_reader *in, error *e);

/* What the ratio's bounds lack, as a part of a sentence; the caller frees it. */
char *check_relative_words(const check_outcome *o, demand_verdict v);

/* Says in words what the certificate's own verdict is. */
void check_relative_print(FILE *out, const check_outcome *o);

#endif
