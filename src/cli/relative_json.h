/* Comparisons of max |f - g| with max |g| as JSON, for `decide` and `check`. */
#ifndef SUPCERT_CLI_RELATIVE_JSON_H
#define SUPCERT_CLI_RELATIVE_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "proof/relative.h"

/* An object with the verdict, the bounds of the ratio, and those of max |g|, whose lower one is attained by
 * that output at the point. */
json_t *relative_json(const relative_bounds *b, relative_verdict verdict, const mpq_t tolerance,
                      size_t output, size_t inputs, mpq_t *point);

#endif
