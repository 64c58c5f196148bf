/* JSON of results, on top of the JSON library. Rationals are strings in lowest terms, whole however long. */
#ifndef SUPCERT_CLI_JSON_H
#define SUPCERT_CLI_JSON_H

#include <gmp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/pair.h"
#include "import/import.h"

/* Each returns a new value, owned by the caller. */
json_t *json_of_rational(const mpq_t value);
json_t *json_of_rationals(size_t count, mpq_t *values);
json_t *json_of_box(size_t inputs, mpq_t *lower, mpq_t *upper); /* pairs of fractions */
json_t *json_of_decimal(const mpq_t value); /* 17 significant digits, rounded to nearest */
json_t *json_of_size(size_t value);
json_t *json_of_text(const char *text); /* bytes that are not UTF-8 become '?'; null for NULL */
json_t *json_of_model(const import_model *model);
json_t *json_of_pair(const model_pair *p); /* a list of two */

/* Prints the object to `out` or stdout, with a newline, and releases it. */
void json_write(FILE *out, json_t *object);
void json_print(json_t *object);

/* The line that error_print prints; null where there is no error. */
json_t *json_of_error(const error *e);

#endif
