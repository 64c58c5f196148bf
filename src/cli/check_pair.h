/* Checking a certificate about the pair that a command has read: two networks, or a network and a formula. */
#ifndef SUPCERT_CLI_CHECK_PAIR_H
#define SUPCERT_CLI_CHECK_PAIR_H

#include "cli/pair.h"
#include "proof/check.h"

/* check_lines_part or check_formula_lines, whichever the pair asks for; the first line has been read; part:
 * which part of the tree, NULL: all. */
check_status check_pair(claim *verified, check_part *part, line_reader *in, const model_pair *p, error *e);

#endif
