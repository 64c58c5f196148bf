/* Climbing from a point to a local maximum of the distance from the samples. It only proposes points. */
#ifndef SUPCERT_FOOL_ASCENT_H
#define SUPCERT_FOOL_ASCENT_H

#include "fool/cloud.h"
#include "fool/maximin.h"

/* Scratch space. */
typedef struct climber {
    const cloud *c;
    maximin lp;
    double *distance;     /* of every sample from the point */
    uint32_t *near;       /* samples that can be nearest after a step */
    double *lower, *side; /* the step's box */
    double *next;
} climber;

void climber_init(climber *k, const cloud *c);
void climber_clear(climber *k);

/* Returns the distance it ends with, by the doubles. Moves the point (in the cloud's doubles, inside the box)
 * to one that is no nearer to the samples. Every distance is convex, so it lies above its tangent at the
 * point, and the farthest point for the tangents is at least as far for the distances. One step maximises the
 * tangents' minimum within an l1 distance of the present radius r; only samples within 3r matter for that.
 * Ends soon after the deadline. */
double climber_ascend(climber *k, double *point, deadline *limit);

#endif
