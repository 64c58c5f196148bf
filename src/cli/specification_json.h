/* Specifications in JSON. */
#ifndef SUPCERT_CLI_SPECIFICATION_JSON_H
#define SUPCERT_CLI_SPECIFICATION_JSON_H

#include <jansson.h>

#include "cli/specification.h"

/* Adds "specification" and "networks", with the names that the specification gives them. */
void specification_add_json(json_t *object, const specification *s);

#endif
