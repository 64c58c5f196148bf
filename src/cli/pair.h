/* The two networks that a command compares, the box and the outputs: the operands and options that `max` and
 * `check` have in common. */
#ifndef SUPCERT_CLI_PAIR_H
#define SUPCERT_CLI_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/box.h"
#include "cli/option.h"
#include "import/import.h"

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

typedef struct model_pair {
    import_model f, g; /* the same numbers of inputs and outputs */
    box box;
    bool box_given;
    bool all_outputs;
    size_t output; /* where not all_outputs */
} model_pair;

/* Initialises *p from two files and the options; on failure it is cleared. */
bool pair_read(model_pair *p, const char *f, const char *g, const arguments *a, error *e);
void pair_clear(model_pair *p);

#endif
