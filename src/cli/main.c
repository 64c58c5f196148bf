/* supcert: chooses the command. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/junit_report.h"

static const command *const commands[] = {
    &command_max,  &command_decide,  &command_batch, &command_check,   &command_witness, &command_eval,
    &command_info, &command_convert, &command_fool,  &command_samples, &command_verify,  &command_supports,
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* The status of a text that has been printed. */
static int printed(void)
{
    error e = ERROR_NONE;
    bool written = command_flush(&e);
    if (!written)
        error_print(stderr, &e);
    error_clear(&e);
    return written ? STATUS_GOOD : STATUS_BAD;
}

static int print_words(void)
{
    for (size_t k = 0; k < COMMANDS; k++)
        printf("%s\n", commands[k]->name);
    return printed();
}

/* As the standard of VNN-LIB asks. */
static int print_name(void)
{
    printf("supcert\n");
    return printed();
}

static int print_overview(void)
{
    printf("usage: supcert COMMAND ... [options]\n\n"
           "How far apart can two ReLU networks be, at worst? The exact answer, with a certificate that can "
           "be checked.\n\n"
           "commands:\n");
    for (size_t k = 0; k < COMMANDS; k++)
        printf("  %-9s %-11s %s\n", commands[k]->name, commands[k]->usage->operands,
               commands[k]->usage->purpose);
    printf("\n`supcert COMMAND --help` explains a command; `supcert --version` tells the version.\n\n"
           "exit status of every command: 0 holds, verified or done; 1 rejected or not implied; 2 bad usage "
           "or input;\n"
           "3 not decided within the limits\n");
    return printed();
}

static int no_command(void)
{
    fprintf(stderr, "supcert: no command is given (`supcert --help` lists them)\n");
    return STATUS_BAD;
}

static int unknown_command(int argc, char **argv)
{
    const char *name = argv[1];
    const char *list[COMMANDS];
    error e = ERROR_NONE;
    for (size_t k = 0; k < COMMANDS; k++)
        list[k] = commands[k]->name;
    error_set(&e, NULL, 0, "unknown command %.40s (did you mean %s? `supcert --help` lists all)", name,
              list[nearest_word(name, list, COMMANDS)]);
    junit_report_refused("supcert", argc - 1, argv + 1, &e); /* behind the command */
    error_print(stderr, &e);
    error_clear(&e);
    return STATUS_BAD;
}

int main(int argc, char **argv)
{
    command_prepare();
    json_set_alloc_funcs(mem_block, free);
    if (argc < 2)
        return no_command();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        (strcmp(argv[1], "help") == 0 && argc == 2))
        return print_overview();
    if (strcmp(argv[1], COMMAND_WORDS) == 0 && argc == 2)
        return print_words();
    if (strcmp(argv[1], "--name") == 0)
        return print_name();
    if (strcmp(argv[1], "--version") == 0)
        return command_version("supcert");
    for (size_t k = 0; k < COMMANDS; k++)
        if (strcmp(argv[1], commands[k]->name) == 0)
            return command_run(commands[k], argc - 1, argv + 1);
    return unknown_command(argc, argv);
}
