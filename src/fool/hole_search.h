/* Branch and bound for the largest hole. Boxes are taken greatest bound first, in rounds of a fixed size;
 * within a round all are measured against the same record, and what they find is merged in their order, so
 * that the course of the search does not depend on the threads. */
#ifndef SUPCERT_FOOL_HOLE_SEARCH_H
#define SUPCERT_FOOL_HOLE_SEARCH_H

#include "fool/cloud.h"
#include "fool/deadline.h"
#include "fool/hole.h"

/* Fills in an initialised hole: a centre, its exact radius and a proven upper bound. threads 0: all cores. */
void hole_search(hole *h, const cloud *c, deadline *limit, unsigned threads);

#endif
