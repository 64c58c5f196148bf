/* Command lines: one table of options per command gives the parser, the ranges and the help text. */
#ifndef SUPCERT_CLI_OPTION_H
#define SUPCERT_CLI_OPTION_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

typedef enum option_kind {
    OPTION_SWITCH, /* takes no value */
    OPTION_TEXT,   /* any value; whoever uses it looks at it */
    OPTION_WHOLE,  /* a whole number in a range */
    OPTION_NUMBER  /* a rational number in a range, read exactly */
} option_kind;

/* The default of options that limit a search: with them it ends early, without it does not. 0 is no limit
 * that any of them takes. */
#define NO_LIMIT "no limit"
/* The same of a limit that there is in any case. */
#define OWN_LIMIT "what the machine leaves"

typedef struct option {
    const char *name; /* without the dashes */
    char letter;      /* of the short form; 0: there is none */
    option_kind kind;
    const char *value;        /* what the value is called in the help; NULL for a switch */
    const char *fallback;     /* the default, in words; NULL: nothing to say */
    const char *least, *most; /* the range, ends included, as numbers in text; NULL: open */
    bool many;                /* may be given several times */
    const char *help;
} option;

/* A command, or a program that is one command. */
typedef struct usage {
    const char *program;  /* as it is called: "supcert max" */
    const char *operands; /* as in the help: "F G" */
    size_t least, most;   /* how many operands */
    const char *purpose;  /* one line */
    const char *notes;    /* below the options; ends with a newline; NULL: none */
    const option *option;
    size_t options;
} usage;

/* What was given for one option. */
typedef struct option_value {
    size_t count;      /* times */
    const char **text; /* borrowed from the command line, in order; NULL entries for a switch */
    mpq_t number;      /* of OPTION_WHOLE and OPTION_NUMBER, the last one given */
    size_t whole;      /* of OPTION_WHOLE */
} option_value;

typedef struct arguments {
    const usage *usage;
    option_value *value; /* one per option of the table, by its index there */
    const char **operand;
    size_t operands;
    bool help; /* --help was given; nothing else has then been looked at */
} arguments;

/* Initialises *a and reads argv[1] … argv[argc-1]. Understood are --name VALUE, --name=VALUE, -x VALUE,
 * -xVALUE, and
 * -- after which everything is an operand; a word such as -1/2 is a value, not an option. On failure *e is
 * set; *a must be cleared in either case. */
bool arguments_read(arguments *a, const usage *u, int argc, char **argv, error *e);
void arguments_clear(arguments *a);

/* What a command line gives for the option of this name, however wrong the rest of it is: the first value
 * that is named in argv[*at] … argv[argc-1], or NULL; *at becomes the word after it. *at is 1 at first. */
const char *arguments_seek(const usage *u, const char *name, int argc, char **argv, int *at);

/* Whether option `index` was given; its (first) text, or NULL. */
bool arguments_given(const arguments *a, size_t index);
const char *arguments_text(const arguments *a, size_t index);

void usage_print(FILE *out, const usage *u);

/* The words that complete a command line, for the shell: a line for every long option, with what its value is
 * called, if it takes one: "--box L,U". */
void usage_print_words(FILE *out, const usage *u);

/* Index of the one of `count` words that is nearest to `word` by insertions, deletions and replacements;
 * count >= 1. */
size_t nearest_word(const char *word, const char *const *list, size_t count);

#endif
