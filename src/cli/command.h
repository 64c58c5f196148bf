/* One command: its usage, and the function that does it. What happens around every command is here too. */
#ifndef SUPCERT_CLI_COMMAND_H
#define SUPCERT_CLI_COMMAND_H

#include "base/error.h"
#include "cli/option.h"

/* Exit status, the same for every command. */
enum {
    STATUS_GOOD = 0,     /* holds, verified, done */
    STATUS_REFUTED = 1,  /* rejected, or verified but not what was asked for */
    STATUS_BAD = 2,      /* bad usage or input, or output that cannot be written */
    STATUS_UNDECIDED = 3 /* a limit ended the work before the answer was complete */
};

/* Returns the exit status; an error that it leaves in *e is printed. Status 2 always leaves one. */
typedef int command_function(const arguments *a, error *e);

typedef struct command {
    const char *name;
    const usage *usage;
    command_function *run;
} command;

/* The only argument, after the command, with which the words that complete a command line are printed, for
 * the shell; after the program alone, the names of the commands. */
#define COMMAND_WORDS "--completion-words"

/* Readies the process, before anything else: signals, memory, and the three standard streams. One that is
 * closed is replaced by one that cannot be used, so that no file takes its place. */
void command_prepare(void);

/* False with *e set where standard output is closed: for work that would have nowhere to go. */
bool command_can_print(error *e);

/* Reads the command line (argv[0] is not looked at), prints the help or runs the command, prints the error,
 * and makes sure that everything on stdout has been written. Returns the exit status. */
int command_run(const command *c, int argc, char **argv);

/* Writes out what stdout still holds; false with *e set if any output to it has failed. */
bool command_flush(error *e);

/* Prints the program's name and version; returns the exit status. */
int command_version(const char *program);

extern const command command_max, command_decide, command_check, command_witness, command_eval, command_info,
    command_convert, command_fool, command_batch, command_samples, command_verify, command_supports;

#endif
