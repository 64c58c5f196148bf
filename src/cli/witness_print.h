/* Witnesses in words, as JSON and as CSV. The coordinates of float64 and float32 points have 17 significant
 * digits, which read as a float64 (and then as a float32) give the coordinate exactly. */
#ifndef SUPCERT_CLI_WITNESS_PRINT_H
#define SUPCERT_CLI_WITNESS_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/option.h"
#include "cli/output.h"
#include "cli/witness.h"
#include "cli/pair.h"

/* The row of commands that find a witness. */
#define WITNESS_OPTION_ROW                                                                                   \
    {                                                                                                        \
        .name = "witness", .kind = OPTION_TEXT, .value = "FILE", .fallback = "none is written",              \
        .help = "write the point, also as float64 and float32; .json, .csv or text"                          \
    }

/* What else a file about a witness says. All is borrowed. */
typedef struct witness_context {
    const char *command; /* that found it: "max" */
    const model_pair *pair;
    const char *certificate; /* its file; NULL: none */
    const error *unwritten;  /* what could not be written so far; without a message: nothing */
} witness_context;

/* The largest error, the point, the values at every output in question, and the rounded points. */
void witness_print(FILE *out, const witness *w);
/* The rounded points alone: a few lines to go below a statement about the exact one. */
void witness_print_rounded(FILE *out, const witness *w);

/* "f > g" and the like; and as a sign, null where it is not decided. */
const char *witness_side(witness_order order);
json_t *witness_sign_json(witness_order order);

/* The object of share/schema/witness.json; owned by the caller. */
json_t *witness_object(const witness *w, const witness_context *c);
/* The list under "witnesses": one object a form. Owned by the caller. */
json_t *witness_json(const witness *w);

/* The header form,quantity,index,inside,decimal,fraction and a line a value, for all outputs in question. */
void witness_print_csv(FILE *out, const witness *w);

/* Writes to an open file in the format that the end of its name asks for: .json, .csv, else words. */
void witness_write(const file_output *out, const witness *w, const witness_context *c);

#endif
