/* Ascent: many short local searches for points where |f-g| is large. Untrusted; its points become lower
 * bounds by exact evaluation. */
#ifndef SUPCERT_SEARCH_ASCENT_H
#define SUPCERT_SEARCH_ASCENT_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "search/numeric.h"
#include "target/estimate.h"

typedef struct ascent {
    const numeric *num;          /* borrowed */
    const double *lower, *upper; /* the box, borrowed */
    proof_scope scope;
    unsigned long random; /* state of the climb's generator; never 0 */
    /* work space */
    double *y, *z, *value, *jacobian, *x, *direction;
    bool *active;
    bool has_formula; /* |f_j - u_j| is climbed */
    estimate formula;
    double *slope;                   /* of u_j: work space */
    bool has_hole;                   /* a point has been met where u is not defined, as far as doubles tell */
    double *hole;                    /* it */
    bool (*must_end)(void *context); /* asked between steps: whether to be content with what has been found;
                                        NULL: never */
    void *context;
} ascent;

void ascent_init(ascent *s, const numeric *num, const double *lower, const double *upper, proof_scope scope);
/* Compares f with u, in place of the g of `num`, which is zero. Points where u is not defined count for
 * nothing. */
void ascent_set_formula(ascent *s, const expression *u);
void ascent_clear(ascent *s);

/* The largest |f_j - g_j| (f_j - g_j in a signed scope) over the outputs in question at x; tells which output
 * and sign (either may be NULL). */
double ascent_value(ascent *s, const double *x, size_t *output, int *sign);

/* A value that is above the given one by that much of its size. */
static inline double ascent_above(double value, double share)
{
    return value + fabs(value) * share;
}

/* Climbs from x, in place, until no step helps; returns the value reached. */
double ascent_climb(ascent *s, double *x);

/* The best of many climbs from random points and the box's middle, or the first that reaches more than
 * `enough`, or what there is when must_end says so; x receives the point. Of the climbs only every `step`th
 * is made, from number `first` on, so that threads can share them; where a climb begins depends on its number
 * alone. -HUGE_VAL, and no point, if none is made; number 0 always is. */
double ascent_search(ascent *s, double *x, double enough, size_t first, size_t step);

/* How many weights all the climbs together read, roughly. */
double ascent_effort(const numeric *num);

#endif
