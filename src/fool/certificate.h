/* Writing fooling certificates, in the format of certs/FORMAT.md. */
#ifndef SUPCERT_FOOL_CERTIFICATE_H
#define SUPCERT_FOOL_CERTIFICATE_H

#include <stdio.h>

#include "proof/fooling.h"

/* The stream's error flag tells about failures. */
void certificate_write(FILE *out, const fooling_claim *c);

#endif
