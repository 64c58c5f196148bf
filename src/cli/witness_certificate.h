/* The certificate of a witness: that |f - g| is as large as it is at a given point of a box, next to whatever
 * upper bound the box as a whole allows at once. */
#ifndef SUPCERT_CLI_WITNESS_CERTIFICATE_H
#define SUPCERT_CLI_WITNESS_CERTIFICATE_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/pair.h"
#include "cli/witness.h"

/* Writes the certificate of the witness's exact point: about the pair's box where one is given, with the
 * error at the point as the lower bound; else about the point alone, where the maximum is exactly that error.
 * It has been checked when this returns true. */
bool witness_certify(FILE *out, const model_pair *p, const witness *w, error *e);

#endif
