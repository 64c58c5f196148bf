/* Running this program itself as a child process, so that nothing that happens there can cost the parent more
 * than an answer. */
#ifndef SUPCERT_CLI_CHILD_H
#define SUPCERT_CLI_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Seconds after its limit that a child is given to end by itself. */
#define CHILD_GRACE 30

/* The words of a command line; the texts are borrowed. */
typedef struct words {
    const char **word;
    size_t count, capacity;
} words;

void words_add(words *w, const char *word);
/* Adds the name and the value of an option, unless the value is NULL. */
void words_add_option(words *w, const char *name, const char *value);
void words_clear(words *w);

/* How a child ended. */
typedef struct child_end {
    int status; /* as of waitpid; -1: it could not be started */
    bool late;  /* it was ended by force */
} child_end;

/* Runs the words, the first of which is the program's name, with output and messages in the two files, and
 * waits. A request to stop is passed on; after `limit` seconds and CHILD_GRACE the child is ended by force
 * (0: never). */
child_end child_run(words *w, FILE *said, FILE *messages, double limit, volatile int *stop);

/* What is wrong with a child that gave no answer: how it ended, or the first line of its messages, without
 * tabs. The caller frees it. */
char *child_fault(child_end end, FILE *messages);

#endif
