/* Copies of certificates in which the lower bound is another one. Two lines before the tree state it, and no
 * other line depends on them: the tree proves the upper bound alone. */
#ifndef SUPCERT_SEARCH_COPY_H
#define SUPCERT_SEARCH_COPY_H

#include <gmp.h>
#include <stddef.h>
#include <stdio.h>

/* What the copy says: |f - g| of that output is `lower` (or, of a formula, at least that) at the point. */
typedef struct lower_bound {
    mpq_srcptr lower;
    size_t output, inputs;
    mpq_t *point;
} lower_bound;

/* Copies the certificate that `from` holds from where it stands to its end; the caller looks at both error
 * flags. */
void certificate_copy(FILE *out, FILE *from, const lower_bound *bound);

#endif
