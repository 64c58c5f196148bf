/* JUnit reports of commands: see junit_report.h. */
#include "cli/junit_report.h"

#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "cli/command.h"

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
