/* A small network and a formula on a box, with enclosures of their distance at many points. */
#ifndef SUPCERT_TESTS_FORGE_FORMULA_SUBJECT_H
#define SUPCERT_TESTS_FORGE_FORMULA_SUBJECT_H

#include "forge.h"
#include "point_value.h"
#include "scratch.h"
#include "subject.h"
#include "target/formula.h"

/* |f_j − u_j| at a point, for every output. */
typedef struct distance_point {
    mpq_t *x;
    point_state *state;
    mpq_t *least, *most;
} distance_point;

#define FORMULA_POINTS 16

typedef struct formula_subject {
    problem p; /* its g is not used */
    char f_digest[DIGEST_SIZE];
    expression u;
    formula reference; /* what the checker is handed */
    bool all_outputs;
    size_t output;
    distance_point point[FORMULA_POINTS];
    size_t worst, worst_output; /* where the largest distance of the question is known */
    bool has_worst;
    material m;
} formula_subject;

/* False where no formula came about; *s is then clear. */
bool formula_subject_init(formula_subject *s, forge *c);
void formula_subject_clear(formula_subject *s);

/* Fills in everything at d->x. */
void formula_distances(distance_point *d, const formula_subject *s);
void distance_point_init(distance_point *d, const formula_subject *s);
void distance_point_clear(distance_point *d, const formula_subject *s);

/* The checker's verdict. *stated is initialised in every case. */
check_status formula_check(claim *stated, formula_subject *s, const char *text, size_t length);

/* NULL, or what is false about a verified claim. *wrong, which is initialised, receives the point. */
const char *formula_untruth(distance_point *wrong, const formula_subject *s, const claim *stated, rng *r);

/* Which part of the checker is to blame, found by enclosing the formula on the leaf that has the point. */
const char *formula_blame(formula_subject *s, const distance_point *wrong, const script *text);

/* The head's fixed parts; the caller sets the rest. *reference is to be freed. */
head formula_head(const formula_subject *s, char **reference);
void formula_report(forge *c, formula_subject *s, const char *what, const char *text);

#endif
