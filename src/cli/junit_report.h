/* JUnit reports of commands, most of which are a single test case.
 * Untrusted, but the checkers link it: it only tells what a command has found. */
#ifndef SUPCERT_CLI_JUNIT_REPORT_H
#define SUPCERT_CLI_JUNIT_REPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/junit.h"
#include "cli/option.h"

/* The row of every command that writes such a report. */
#define JUNIT_OPTION_ROW                                                                                     \
    {                                                                                                        \
        .name = "junit", .kind = OPTION_TEXT, .value = "FILE", .fallback = "none is written",                \
        .help = "write a JUnit report (XML) to FILE"                                                         \
    }

/* The report of an earlier run must not pass for that of this one, however this one ends. So, before anything
 * else is read, every report that is there already and that the command line names, be the rest of it right
 * or wrong, and its command one that writes reports or not, is replaced by one of an error: that the run did
 * not finish. A file that is no such report stays: it may be a network that is named by mistake. */
void junit_report_begin(const char *program, int argc, char **argv);

/* The same where the command line is wrong, once that is known: *e says how. */
void junit_report_refused(const char *program, int argc, char **argv, const error *e);

/* Whether the report can be written to `path`, which is found out before the work; what is there stays. */
bool junit_report_ready(const char *path, error *e);

/* What becomes of a test case by the exit status of what it ran: 0 passes, 1 is a failure, all else an error:
 * a search that a limit ended has not shown what it was to show, and many tools count a skipped case as good.
 */
junit_outcome junit_outcome_of(int status);

/* Writes the report about one command, in a suite of the name of the program: the case's outcome follows from
 * the exit status, its message is that of *e, if it has none. Nothing passes if standard output has not taken
 * what was printed. Returns the status, or STATUS_BAD with *e
 * saying why the report cannot be written. */
int junit_report_write(const char *path, const arguments *a, int status, const junit_case *c, error *e);

/* Seconds since some moment. */
double junit_clock(void);

#endif
