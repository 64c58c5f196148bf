/* Checking the answer to a VNN-LIB specification from the command line: a kind of check_core.h's run. */
#ifndef SUPCERT_CLI_CHECK_QUERY_H
#define SUPCERT_CLI_CHECK_QUERY_H

#include "cli/check_core.h"

/* Reads the files (operands CERT SPEC) and checks. Unless the result is CHECK_VERIFIED, *e says why. */
check_status check_query_run(check_outcome *o, const arguments *a, error *e);

/* As check_core_print. */
void check_query_print(FILE *out, const check_outcome *o, const arguments *a);

#endif
