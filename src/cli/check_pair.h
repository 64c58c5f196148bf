/* Checking a certificate about the pair that a command has read: two networks, or a network and a formula. */
#ifndef SUPCERT_CLI_CHECK_PAIR_H
#define SUPCERT_CLI_CHECK_PAIR_H

#include "cli/pair.h"
#include "proof/check.h"
#include "target/formula.h"

/* What certificates about the pair are about, which is borrowed from *p and *u; *u, which is for formulas, is
 * to be kept until check_pair_end. */
check_subject check_pair_begin(const model_pair *p, formula *u);
void check_pair_end(const model_pair *p, formula *u);

/* check_lines; the first line has been read; part: which part of the tree, NULL: all; asked: what the claim
 * must imply, NULL: nothing. */
check_status check_pair(claim *verified, check_part *part, const demand *asked, line_reader *in,
                        const model_pair *p, error *e);

#endif
