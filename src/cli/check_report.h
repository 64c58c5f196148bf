/* A check with its reports: what `supcert check` and the stand-alone supcert-check do around it. */
#ifndef SUPCERT_CLI_CHECK_REPORT_H
#define SUPCERT_CLI_CHECK_REPORT_H

#include "cli/check_core.h"

/* Prints what has been found to stdout; *e says why it is not all that was asked for. */
typedef void check_print_function(const check_outcome *o, const arguments *a, const error *e);

/* Says it in words. */
check_print_function check_report_words;

/* Runs check_core_run, prints, and writes the JUnit report that the options ask for, whatever the outcome.
 * Returns the exit status; unless it is STATUS_GOOD, *e says why. */
int check_report_run(const arguments *a, check_print_function *print, error *e);

#endif
