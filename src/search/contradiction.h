/* Whether a point refutes what a search believes to have proved: always on, since no answer is to be given
 * then. Untrusted, and asked of the search alone: a checker that is right would reject its certificate. */
#ifndef SUPCERT_SEARCH_CONTRADICTION_H
#define SUPCERT_SEARCH_CONTRADICTION_H

#include "search/worker.h"

#define CONTRADICTION "a point has been found where |f - g| is above a bound that has been proved"

/* Whether `value`, which |f - g| has at the point at least, is above a bound of a part of the box that
 * contains the point; parts that are proved for good are so for the search's final claim. `p` is any worker's
 * kernel. With the lock. */
bool contradiction_at(const search *s, const prover *p, mpq_t *point, const mpq_t value);

#endif
