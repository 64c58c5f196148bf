/* The exact end of the search in a box that doubles cannot decide: the linear program of chords in
 * rationals. */
#ifndef SUPCERT_FOOL_HOLE_FINISH_H
#define SUPCERT_FOOL_HOLE_FINISH_H

#include <gmp.h>
#include <stdbool.h>

#include "fool/cloud.h"
#include "fool/hole_box.h"

/* Works on the box that the scout has bounded last. `point` (d coordinates) becomes a point of the box with
 * the exact radius `radius`. Returns true if the box is finished: nothing in it exceeds the larger of radius
 * and the record. Otherwise b->dimension and b->cut say where to cut it. */
bool hole_finish(mpq_t radius, mpq_t *point, const scout *s, const hole_record *record, hole_box *b);

#endif
