/* Signed certificates of the parts of a specification, forged from scratch, or honest ones about something
 * else than what refutes the part. */
#ifndef SUPCERT_TESTS_FORGE_QUERY_PART_H
#define SUPCERT_TESTS_FORGE_QUERY_PART_H

#include "script.h"
#include "random.h"
#include "vnnlib/query_check.h"

/* Adds a certificate of the part, and the line before it. */
void query_part_write(script *lines, const vnnlib_given *given, const vnnlib_part *part, rng *r);

#endif
