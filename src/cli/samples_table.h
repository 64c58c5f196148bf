/* Tables of sample complexity: a problem for every choice of dimension, layers and tolerance, or number of
 * samples, and how they are printed. */
#ifndef SUPCERT_CLI_SAMPLES_TABLE_H
#define SUPCERT_CLI_SAMPLES_TABLE_H

#include <gmp.h>
#include <stdbool.h>

#include "cli/list.h"
#include "fool/complexity.h"
#include "fool/learning.h"

typedef struct samples_table {
    learning problem; /* dimension and layers are set row by row */
    number_list dimension, layers, given;
    bool inverse; /* `given` are numbers of samples, else tolerances */
} samples_table;

/* The only row in words. */
void samples_print_words(samples_table *s);
/* Tab-separated values with a line of names. */
void samples_print_table(samples_table *s);
/* One JSON object with all rows. */
void samples_print_json(samples_table *s);

#endif
