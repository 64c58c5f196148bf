/* JUnit reports of commands: see junit_report.h. */
#include "cli/junit_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "cli/command.h"

/* One case that is an error, in place of every earlier report that the command line names. Where it cannot be
 * written, the command finds that out for itself. */
static void write_errors(const char *program, int argc, char **argv, const char *message)
{
    static const option row = JUNIT_OPTION_ROW;
    const usage any = {.program = program, .option = &row, .options = 1}; /* of whatever command it is */
    const char *path;
    for (int at = 1; (path = arguments_seek(&any, "junit", argc, argv, &at)) != NULL;) {
        if (!junit_is_report(path))
            continue;
        junit report;
        error unwritten = ERROR_NONE;
        junit_init(&report, program);
        junit_add(&report, &(junit_case){.name = "command line", .outcome = JUNIT_ERROR, .message = message});
        junit_write(&report, path, &unwritten);
        junit_clear(&report);
        error_clear(&unwritten);
    }
}

void junit_report_begin(const char *program, int argc, char **argv)
{
    write_errors(program, argc, argv, "the run did not finish, or did not begin");
}

void junit_report_refused(const char *program, int argc, char **argv, const error *e)
{
    char *message = junit_message(e);
    write_errors(program, argc, argv, message);
    free(message);
}

bool junit_report_ready(const char *path, error *e)
{
    file_output out;
    if (!file_output_open(&out, path, e))
        return false;
    file_output_discard(&out);
    return true;
}

junit_outcome junit_outcome_of(int status)
{
    return status == STATUS_GOOD ? JUNIT_PASSED : status == STATUS_REFUTED ? JUNIT_FAILURE : JUNIT_ERROR;
}

int junit_report_write(const char *path, const arguments *a, int status, const junit_case *c, error *e)
{
    junit report;
    error unwritten = ERROR_NONE;
    char *message = c->message == NULL ? junit_message(e) : NULL;
    junit_case whole = *c;
    whole.outcome = junit_outcome_of(status);
    whole.message = c->message == NULL ? message : c->message;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        whole.outcome = JUNIT_ERROR;
        whole.message = "the results cannot be written to standard output";
    }
    junit_init(&report, a->usage->program);
    junit_add(&report, &whole);
    bool written = junit_write(&report, path, &unwritten);
    junit_clear(&report);
    free(message);
    if (written)
        return status;
    error_clear(e);
    *e = unwritten;
    return STATUS_BAD;
}

double junit_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
