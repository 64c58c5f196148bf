/* supcert-check: the certificate checker as a program of its own. It links the trusted rooms and the readers
 * of networks, and nothing that searches. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/check_report.h"
#include "cli/command.h"

static const usage check_usage = {.program = "supcert-check",
                                  .operands = check_operands,
                                  .least = 2,
                                  .most = SIZE_MAX,
                                  .purpose = check_purpose,
                                  .notes = check_notes,
                                  .option = check_options,
                                  .options = CHECK_OPTIONS};

static int run(const arguments *a, error *e)
{
    return check_report_run(a, check_report_words, e);
}

int main(int argc, char **argv)
{
    const command check = {.name = "supcert-check", .usage = &check_usage, .run = run};
    command_prepare();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return command_version(check_usage.program);
    return command_run(&check, argc, argv);
}
