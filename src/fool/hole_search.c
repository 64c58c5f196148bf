/* Rounds of boxes, and what is attained so far: see hole_search.h. */
#include "fool/hole_search.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "fool/box_heap.h"
#include "fool/crew.h"
#include "fool/hole_finish.h"
#include "number/rational.h"
#include "number/vector.h"

#define ROUND 256

/* What became of a box in a round. */
typedef struct outcome {
    hole_box *box;     /* in: the box; out: NULL, or the box because the search was stopped */
    hole_box *half[2]; /* its halves that stay open, or NULL */
    double value;      /* of the most promising point, by doubles; below 0: none */
    double *point;
    bool exact; /* an exact point was found as well */
    mpq_t radius, *exact_point;
} outcome;

typedef struct search {
    const cloud *c;
    const hole_limits *limits;
    double started;
    atomic_bool stopping;
    crew *crew;
    scout *scout; /* one for each of the crew */
    box_heap open;
    hole_record record;
    outcome outcome[ROUND];
} search;

double hole_search_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool should_stop(search *s)
{
    const hole_limits *l = s->limits;
    if ((l->stop != NULL && *l->stop) || (l->seconds > 0 && hole_search_clock() - s->started > l->seconds))
        atomic_store(&s->stopping, true);
    return atomic_load(&s->stopping);
}

/* --- one box -------------------------------------------------------------------------------------------- */

static void note_point(outcome *o, const scout *k)
{
    if (k->value <= o->value)
        return;
    o->value = k->value;
    memcpy(o->point, k->point, k->c->d * sizeof *o->point);
}

static void cut_box(outcome *o, scout *k, const hole_record *record)
{
    for (int above = 0; above < 2; above++) {
        hole_box *half = hole_box_half(k->c, o->box, above);
        if (scout_bound(k, record, half)) {
            note_point(o, k);
            scout_shorten(k, half);
            o->half[above] = half;
        } else {
            hole_box_free(half);
        }
    }
}

/* Whether the box needs its halves: not if the record, which may have risen since it was bounded, or an exact
 * finish settles it. */
static bool stays_open(outcome *o, scout *k, const hole_record *record)
{
    hole_box *b = o->box;
    bool finish = b->dimension == k->c->d;
    if (!finish && b->bound > record->down + 8 * k->c->slack)
        return true;
    if (!scout_bound(k, record, b))
        return false;
    if (b->dimension < k->c->d)
        return true;
    o->exact = true;
    return !hole_finish(o->radius, o->exact_point, k, record, b);
}

static void work_on_box(void *context, size_t task, unsigned worker)
{
    search *s = context;
    outcome *o = &s->outcome[task];
    scout *k = &s->scout[worker];
    if (should_stop(s))
        return;
    if (stays_open(o, k, &s->record))
        cut_box(o, k, &s->record);
    hole_box_free(o->box);
    o->box = NULL;
}

/* --- the record ----------------------------------------------------------------------------------------- */

/* Measures a point of the box against all samples, and keeps it if it is better. */
static void try_point(search *s, mpq_t *point)
{
    mpq_t radius;
    mpq_init(radius);
    cloud_radius(radius, NULL, s->c, point, NULL, s->c->count);
    if (mpq_cmp(radius, s->record.radius) > 0) {
        mpq_set(s->record.radius, radius);
        vector_copy(s->record.point, point, s->c->d);
        mpq_div(radius, radius, s->c->scale);
        s->record.down = rational_double_down(radius);
    }
    mpq_clear(radius);
}

static void try_doubles(search *s, const double *relative)
{
    const cloud *c = s->c;
    mpq_t *point = vector_new(c->d);
    for (size_t j = 0; j < c->d; j++) {
        mpq_set_d(point[j], fmax(relative[j], 0));
        mpq_mul(point[j], point[j], c->scale);
        mpq_add(point[j], point[j], c->lower[j]);
        if (mpq_cmp(point[j], c->upper[j]) > 0)
            mpq_set(point[j], c->upper[j]);
    }
    try_point(s, point);
    vector_free(point, c->d);
}

/* --- rounds --------------------------------------------------------------------------------------------- */

/* Hands out the boxes on top that may hold more than the record. */
static size_t fill_round(search *s)
{
    size_t count = 0;
    while (count < ROUND && s->open.count > 0) {
        hole_box *b = box_heap_pop(&s->open);
        if (b->bound <= s->record.down) {
            hole_box_free(b);
            continue;
        }
        outcome *o = &s->outcome[count++];
        o->box = b;
        o->half[0] = o->half[1] = NULL;
        o->value = -1;
        o->exact = false;
    }
    return count;
}

static void keep_open(search *s, hole_box *b)
{
    if (b != NULL)
        box_heap_push(&s->open, b);
}

static void merge_round(search *s, size_t count)
{
    const outcome *best = NULL;
    for (size_t k = 0; k < count; k++) {
        outcome *o = &s->outcome[k];
        keep_open(s, o->box);
        keep_open(s, o->half[0]);
        keep_open(s, o->half[1]);
        if (o->exact && mpq_cmp(o->radius, s->record.radius) > 0)
            try_point(s, o->exact_point);
        if (o->value >= 0 && (best == NULL || o->value > best->value))
            best = o;
    }
    if (best != NULL && best->value > s->record.down)
        try_doubles(s, best->point);
}

static void search_init(search *s)
{
    size_t d = s->c->d;
    s->crew = crew_new(s->limits->threads);
    s->scout = mem_alloc(crew_size(s->crew), sizeof *s->scout);
    for (unsigned k = 0; k < crew_size(s->crew); k++)
        scout_init(&s->scout[k], s->c);
    for (size_t k = 0; k < ROUND; k++) {
        s->outcome[k].point = mem_alloc(d, sizeof(double));
        s->outcome[k].exact_point = vector_new(d);
        mpq_init(s->outcome[k].radius);
    }
    mpq_init(s->record.radius);
    mpq_set_si(s->record.radius, -1, 1);
    s->record.down = -INFINITY;
    s->record.point = vector_new(d);
    try_point(s, s->c->lower);
}

static void search_clear(search *s)
{
    size_t d = s->c->d;
    for (unsigned k = 0; k < crew_size(s->crew); k++)
        scout_clear(&s->scout[k]);
    free(s->scout);
    crew_free(s->crew);
    for (size_t k = 0; k < ROUND; k++) {
        free(s->outcome[k].point);
        vector_free(s->outcome[k].exact_point, d);
        mpq_clear(s->outcome[k].radius);
    }
    box_heap_clear(&s->open);
    vector_free(s->record.point, d);
    mpq_clear(s->record.radius);
}

/* No point is farther than the record or the greatest bound of an open box. */
static void store(hole *h, const search *s)
{
    vector_copy(h->centre, s->record.point, s->c->d);
    mpq_set(h->radius, s->record.radius);
    mpq_set(h->upper, h->radius);
    if (s->open.count == 0)
        return;
    mpq_t bound;
    mpq_init(bound);
    mpq_set_d(bound, s->open.box[0]->bound);
    mpq_mul(bound, bound, s->c->scale);
    if (mpq_cmp(bound, h->upper) > 0)
        mpq_set(h->upper, bound);
    mpq_clear(bound);
}

void hole_search(hole *h, const cloud *c, const hole_limits *limits, double started)
{
    search *s = mem_alloc(1, sizeof *s);
    s->c = c;
    s->limits = limits;
    s->started = started;
    search_init(s);
    hole_box *whole = hole_box_whole(c);
    if (scout_bound(&s->scout[0], &s->record, whole)) {
        box_heap_push(&s->open, whole);
        try_doubles(s, s->scout[0].point);
    } else {
        hole_box_free(whole);
    }
    while (!should_stop(s) && s->open.count > 0) {
        size_t count = fill_round(s);
        crew_run(s->crew, work_on_box, s, count);
        merge_round(s, count);
    }
    store(h, s);
    search_clear(s);
    free(s);
}
