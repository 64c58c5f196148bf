/* A fooling claim in words, as `supcert fool` states it and the checker verifies it. */
#ifndef SUPCERT_CLI_FOOLING_REPORT_H
#define SUPCERT_CLI_FOOLING_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "proof/fooling.h"

/* "H(q,c; d,B,L) with q = 3/2, c = 4, d = 3, B = 96, L = 5"; the caller frees it. */
char *fooling_class_text(const net_class *h, size_t inputs);

/* Prints the claim, a few lines. `verdict` is the first word, `outputs` how many the networks have;
 * with_model: what it says about a model, too. */
void fooling_report(FILE *out, const char *verdict, const fooling_claim *c, size_t outputs, bool with_model,
                    const char *box_note);

#endif
