/* A check with its reports: see check_report.h. */
#include "cli/check_report.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/junit_report.h"
#include "cli/output.h"

/* What check_core_print prints; the caller frees it. */
static char *outcome_text(const check_outcome *o, const arguments *a)
{
    mem_text text;
    check_core_print(mem_text_begin(&text), o, a);
    return mem_text_end(&text);
}

/* The test case is named as the certificate, and the part of it that is checked; the caller frees it. */
static char *case_name(const check_outcome *o, const arguments *a)
{
    return o->in_parts ? mem_printf("%s, shard %zu of %zu", a->operand[0], o->part.shard, o->part.shards)
                       : mem_copy_string(a->operand[0]);
}

void check_report_words(const check_outcome *o, const arguments *a, const error *e)
{
    (void)e;
    check_core_print(stdout, o, a);
}

int check_report_run(const arguments *a, check_print_function *print, error *e)
{
    static const file_option files[] = {{PAIR_BOX_FILE, FILE_READ},    {CHECK_SAMPLES, FILE_READ},
                                        {CHECK_NETWORK, FILE_NAMED},   {CHECK_MODEL, FILE_READ},
                                        {CHECK_RECEIPT, FILE_WRITTEN}, {CHECK_JUNIT, FILE_WRITTEN}};
    check_outcome outcome;
    const char *path = arguments_text(a, CHECK_JUNIT);
    if (!output_files_apart(a, files, sizeof files / sizeof *files, e) ||
        (path != NULL && !junit_report_ready(path, e)))
        return STATUS_BAD;
    double start = junit_clock();
    int status = check_core_run(&outcome, a, e);
    double seconds = junit_clock() - start;
    if (status != STATUS_BAD)
        print(&outcome, a, e);
    if (path != NULL) {
        char *text = status == STATUS_BAD ? NULL : outcome_text(&outcome, a);
        char *name = case_name(&outcome, a);
        junit_case c = {.name = name, .seconds = seconds, .output = text};
        status = junit_report_write(path, a, status, &c, e);
        free(name);
        free(text);
    }
    check_outcome_clear(&outcome);
    return status;
}
