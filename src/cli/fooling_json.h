/* A fooling claim in JSON. */
#ifndef SUPCERT_CLI_FOOLING_JSON_H
#define SUPCERT_CLI_FOOLING_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "proof/fooling.h"

/* Adds the members kind ("fooling"), difference, decimal, output, point, box, noise, samples, class (an
 * object or null) and miss (null unless with_model). */
void fooling_add_json(json_t *object, const fooling_claim *c, bool with_model);

#endif
