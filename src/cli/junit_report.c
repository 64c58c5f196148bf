/* JUnit reports of commands: see junit_report.h. */
#include "cli/junit_report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/output.h"

static bool is_read(const char *path, const char *other, error *e)
{
    return output_is_input(path, other) &&
           !error_set(e, path, 0, "is a file that is being read (write to another one)");
}

bool junit_report_allowed(const char *path, const arguments *a, const junit_file *files, size_t count,
                          error *e)
{
    for (size_t k = 0; k < a->operands; k++)
        if (is_read(path, a->operand[k] + (a->operand[k][0] == '@'), e))
            return false;
    for (size_t k = 0; k < count; k++) {
        const char *other = arguments_text(a, files[k].option);
        if (other == NULL)
            continue;
        if (!files[k].written && is_read(path, other, e))
            return false;
        if (files[k].written && (strcmp(path, other) == 0 || output_is_input(path, other)))
            return error_set(e, path, 0, "is to hold both the report and what --%s writes (name two files)",
                             a->usage->option[files[k].option].name);
    }
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
