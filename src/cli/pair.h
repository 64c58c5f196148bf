/* The network and the reference, a second network or a formula, that a command compares, the box and the
 * outputs: the operands and options that `max` and `check` have in common. */
#ifndef SUPCERT_CLI_PAIR_H
#define SUPCERT_CLI_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/box.h"
#include "cli/option.h"
#include "import/import.h"
#include "target/expression.h"

/* The row of every command that reads networks. */
#define NNET_OPTION_ROW                                                                                      \
    {                                                                                                        \
        .name = "nnet-normalise", .kind = OPTION_SWITCH, .fallback = "leave them out",                       \
        .help = "apply the normalisation of inputs and outputs that NNet files state"                        \
    }

/* The first rows of the option tables of commands that compare two networks, in the order of the names below.
 */
#define PAIR_OPTION_ROWS(default_box)                                                                        \
    {.name = "box",                                                                                          \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "L,U",                                                                                         \
     .fallback = default_box,                                                                                \
     .help = "every input lies between the numbers L and U"},                                                \
        {.name = "box-file",                                                                                 \
         .kind = OPTION_TEXT,                                                                                \
         .value = "FILE",                                                                                    \
         .help = "a line 'lower upper' for each input, # starts a comment"},                                 \
        {.name = "output",                                                                                   \
         .kind = OPTION_WHOLE,                                                                               \
         .value = "J",                                                                                       \
         .least = "0",                                                                                       \
         .fallback = "all outputs",                                                                          \
         .help = "compare output J alone; the first one is output 0"},                                       \
        NNET_OPTION_ROW

enum { PAIR_BOX, PAIR_BOX_FILE, PAIR_OUTPUT, PAIR_NNET, PAIR_OPTIONS };

#define PAIR_NOTES                                                                                           \
    "Networks are read from ONNX, NNet or native text. Numbers are integers, fractions, decimals (with "     \
    "exponents) or\n"                                                                                        \
    "hexadecimal floats, and are taken exactly.\n"

/* The same for commands whose G may be a formula. */
#define FORMULA_NOTES                                                                                        \
    "In place of G, expr:TEXT is a formula in x1, x2, ..., such as 'expr:sin(5*x1)+x2^2', and @FILE is one " \
    "from a file. Several outputs\n"                                                                         \
    "are separated by semicolons; the language is described in supcert-formula(5).\n"

typedef struct model_pair {
    import_model f, g; /* the same numbers of inputs and outputs; of a formula, g.net is a zero network,
                          g.path the operand or its file, g.digest that of the canonical text */
    box box;
    bool box_given;
    bool all_outputs;
    size_t output; /* where not all_outputs */
    bool has_formula;
    expression formula;       /* in place of g, where has_formula */
    char *formula_text;       /* canonical; owned */
    const char *formula_name; /* for messages about it */
} model_pair;

/* Initialises *p from two files, the second of which may be a formula, and the options; on failure it is
 * cleared. */
bool pair_read(model_pair *p, const char *f, const char *g, const arguments *a, error *e);
/* Reads a network. What can only be a formula, in a place where none is taken, is told so. */
bool pair_read_network(import_model *model, const char *operand, const import_options *options, error *e);
/* Whether g is a network; otherwise *e says that `what` needs one. */
bool pair_needs_networks(const model_pair *p, const char *what, error *e);
/* Whether the operand is a formula, by how it begins. */
bool pair_is_formula(const char *operand);
/* Initialises *u from such an operand; *name, for messages, is a part of it. */
bool pair_read_formula(expression *u, const char **name, const char *operand, size_t inputs, error *e);
void pair_clear(model_pair *p);

#endif
