/* JUnit reports of commands: which file may hold one, and the report of a command that is a single test case.
 * Untrusted, but the checkers link it: it only tells what a command has found. */
#ifndef SUPCERT_CLI_JUNIT_REPORT_H
#define SUPCERT_CLI_JUNIT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/junit.h"
#include "cli/option.h"

/* The row of every command that writes such a report. */
#define JUNIT_OPTION_ROW                                                                                     \
    {                                                                                                        \
        .name = "junit", .kind = OPTION_TEXT, .value = "FILE", .fallback = "none is written",                \
        .help = "write a JUnit report (XML) to FILE"                                                         \
    }

/* An option that names a file which its command reads or writes. */
typedef struct junit_file {
    size_t option;
    bool written;
} junit_file;

/* Whether the report may be written to `path`: no operand, whose file may follow an '@', and none of these
 * files. */
bool junit_report_allowed(const char *path, const arguments *a, const junit_file *files, size_t count,
                          error *e);

/* What becomes of a test case by the exit status of what it ran: 0 passes, 1 is a failure, all else an error:
 * a search that a limit ended has not shown what it was to show, and many tools count a skipped case as good.
 */
junit_outcome junit_outcome_of(int status);

/* Writes the report about one command, in a suite of the name of the program: the case's outcome follows from
 * the exit status, its message is that of *e, if it has none. Returns the status, or STATUS_BAD with *e
 * saying why the report cannot be written. */
int junit_report_write(const char *path, const arguments *a, int status, const junit_case *c, error *e);

/* Seconds since some moment. */
double junit_clock(void);

#endif
