/* Assignments as VNN-LIB wants them printed: plain decimals without exponents. */
#ifndef SUPCERT_CLI_ASSIGNMENT_H
#define SUPCERT_CLI_ASSIGNMENT_H

#include <stdio.h>

#include "base/error.h"
#include "vnnlib/query.h"

/* The value as a decimal, exact where that takes no more than 60 places, else rounded to 20 significant
 * digits; *exact (may be NULL) says which. The caller frees it. */
char *assignment_number(const mpq_t value, bool *exact);

/* The values of all declared variables in the form of the specification's version; returns whether those of
 * all inputs are exact. */
bool assignment_print(FILE *out, const vnnlib_query *q, mpq_t *value);

/* Writes one file for every declared tensor into the folder, named as the tensor, with the lines that stand
 * for it in version 2.0. The folder is made if it is not there. */
bool assignment_write(const char *folder, const vnnlib_query *q, mpq_t *value, error *e);

#endif
