/* The state of a search, and its choices of what to split. Untrusted: a bad choice costs time. */
#ifndef SUPCERT_SEARCH_BRANCH_H
#define SUPCERT_SEARCH_BRANCH_H

#include "search/ascent.h"
#include "search/incumbent.h"
#include "search/maximise.h"
#include "search/mirror.h"
#include "search/numeric.h"
#include "search/region.h"
#include "search/relaxation.h"
#include "search/writer.h"

typedef struct search {
    const query *q;
    const search_options *options;
    pair_system system;
    prover p;
    numeric num;
    ascent climber;
    incumbent best;
    writer out;
    double started;
    double *box_lower, *box_upper; /* the root box in doubles */
    /* of the node at hand */
    mirror *mirrors; /* of the frames on the path */
    size_t mirror_count, mirror_capacity;
    bool *relevant;
    descent down;
    relaxation lp;
    multiplier *list;
    double *point;
    bool *active;
    sign_fact *facts;
    double *excess; /* of the bound over the claim, normalised, of the nodes on the path, by depth */
    size_t excess_capacity;
    bool uses_pairs; /* differences of partners are bounded, too */
    bool stopping;
} search;

/* Rows of the current frame whose sign to split, or SYSTEM_NO_NEURON where no relevant row is unstable: by
 * the solution of the node's linear program (in s->lp), or by the cost of the chords (needs s->down only). */
size_t branch_choose_row_by_solution(const search *s, const mirror *m);
size_t branch_choose_row_by_chord(const search *s, const mirror *m);

/* Split, and note the step in the certificate. branch_split_input chooses the input, by s->down; false where
 * all are too narrow. */
void branch_split_row(search *s, size_t row);
bool branch_split_input(search *s, const mirror *m);

#endif
