/* The answers of a batch: a table or one JSON object, and a JUnit report with a test case a row. */
#ifndef SUPCERT_CLI_BATCH_OUTPUT_H
#define SUPCERT_CLI_BATCH_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/junit.h"

/* What became of a row. All is borrowed. */
typedef struct batch_answer {
    const char *name, *verdict;
    long line;
    int status;              /* as of the command that the row stands for */
    double seconds;          /* that it took */
    const json_t *answer;    /* what the command printed; NULL: it has not answered */
    const char *certificate; /* its file; NULL: none */
    const char *message;     /* of an error; "": none */
} batch_answer;

typedef struct batch_output {
    FILE *table;  /* where the table goes, a line as soon as there is one; NULL with JSON */
    json_t *list; /* of the answers; NULL without JSON */
    junit report;
    size_t rows, errors, missed, undecided;
} batch_output;

/* Begins the table on `out`, or with `json` the object, which is written at the end. `suite`: see
 * junit_init. */
void batch_output_begin(batch_output *o, FILE *out, bool json, const char *suite);
void batch_output_add(batch_output *o, const batch_answer *answer);
/* The exit status of the whole: an error outweighs a tolerance that is missed, and that a row that is not
 * decided. */
int batch_output_status(const batch_output *o);
/* Writes the object to `out`, if JSON is asked for. */
void batch_output_end(batch_output *o, FILE *out);
void batch_output_clear(batch_output *o);

#endif
