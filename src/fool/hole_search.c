/* Rounds of boxes, and what is attained so far: see hole_search.h. */
#include "fool/hole_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fool/ascent.h"
#include "fool/box_heap.h"
#include "fool/crew.h"
#include "fool/hole_finish.h"
#include "number/rational.h"
#include "number/vector.h"

#define ROUND 256
/* So many of the best points of a round are starts of ascents in the next. In few dimensions boxes find the
 * best points themselves; there only a new record is. */
#define STARTS         4
#define FEW_DIMENSIONS 3

/* What became of a box, or of an ascent, in a round. */
typedef struct outcome {
    hole_box *box; /* in: the box, NULL for an ascent from `point`; out: NULL, or the box because the search
                      was stopped */
    hole_box *half[2]; /* its halves that stay open, or NULL */
    double value;      /* of the most promising point, by doubles; below 0: none */
    double *point;
    bool exact; /* an exact point was found as well */
    mpq_t radius, *exact_point;
} outcome;

typedef struct search {
    const cloud *c;
    deadline *limit;
    crew *crew;
    scout *scout; /* one for each of the crew */
    climber *climber;
    box_heap open;
    hole_record record;
    outcome outcome[ROUND + STARTS]; /* boxes, then ascents */
    size_t boxes, starts;
    double *start[STARTS]; /* points for the ascents of the next round */
} search;

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

static void work_on(void *context, size_t task, unsigned worker)
{
    search *s = context;
    outcome *o = &s->outcome[task];
    scout *k = &s->scout[worker];
    if (deadline_is_over(s->limit))
        return;
    if (o->box == NULL) {
        o->value = climber_ascend(&s->climber[worker], o->point, s->limit);
        return;
    }
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
    uint32_t nearest;
    cloud_radius(radius, &nearest, s->c, point);
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

static void reset(outcome *o, hole_box *b)
{
    o->box = b;
    o->half[0] = o->half[1] = NULL;
    o->value = -1;
    o->exact = false;
}

/* Hands out the boxes on top that may hold more than the record, and after them the ascents. */
static void fill_round(search *s)
{
    s->boxes = 0;
    while (s->boxes < ROUND && s->open.count > 0) {
        hole_box *b = box_heap_pop(&s->open);
        if (b->bound > s->record.down)
            reset(&s->outcome[s->boxes++], b);
        else
            hole_box_free(b);
    }
    for (size_t k = 0; k < s->starts; k++) {
        outcome *o = &s->outcome[s->boxes + k];
        reset(o, NULL);
        memcpy(o->point, s->start[k], s->c->d * sizeof *o->point);
    }
}

static void keep_open(search *s, hole_box *b)
{
    if (b != NULL)
        box_heap_push(&s->open, b);
}

/* The box with the most promising point, or NULL if there is none. */
static outcome *best_of_boxes(search *s)
{
    outcome *best = NULL;
    for (size_t k = 0; k < s->boxes; k++)
        if (s->outcome[k].value >= 0 && (best == NULL || s->outcome[k].value > best->value))
            best = &s->outcome[k];
    return best;
}

static void choose_starts(search *s)
{
    s->starts = 0;
    while (s->starts < STARTS) {
        outcome *o = best_of_boxes(s);
        if (o == NULL || (s->c->d <= FEW_DIMENSIONS && (s->starts > 0 || o->value <= s->record.down)))
            break;
        memcpy(s->start[s->starts++], o->point, s->c->d * sizeof *o->point);
        o->value = -1;
    }
}

static void merge_round(search *s)
{
    const outcome *best = best_of_boxes(s);
    for (size_t k = 0; k < s->boxes + s->starts; k++) {
        outcome *o = &s->outcome[k];
        keep_open(s, o->box);
        keep_open(s, o->half[0]);
        keep_open(s, o->half[1]);
        if (o->exact && mpq_cmp(o->radius, s->record.radius) > 0)
            try_point(s, o->exact_point);
        if ((o == best || k >= s->boxes) && o->value > s->record.down)
            try_doubles(s, o->point);
    }
    choose_starts(s);
}

static void search_init(search *s, unsigned threads)
{
    size_t d = s->c->d;
    s->crew = crew_new(threads);
    s->scout = mem_alloc(crew_size(s->crew), sizeof *s->scout);
    s->climber = mem_alloc(crew_size(s->crew), sizeof *s->climber);
    for (unsigned k = 0; k < crew_size(s->crew); k++) {
        scout_init(&s->scout[k], s->c, s->limit);
        climber_init(&s->climber[k], s->c);
    }
    for (size_t k = 0; k < ROUND + STARTS; k++) {
        s->outcome[k].point = mem_alloc(d, sizeof(double));
        s->outcome[k].exact_point = vector_new(d);
        mpq_init(s->outcome[k].radius);
    }
    for (size_t k = 0; k < STARTS; k++)
        s->start[k] = mem_alloc(d, sizeof(double));
    mpq_init(s->record.radius);
    mpq_set_si(s->record.radius, -1, 1);
    s->record.down = -INFINITY;
    s->record.point = vector_new(d);
}

static void search_clear(search *s)
{
    size_t d = s->c->d;
    for (unsigned k = 0; k < crew_size(s->crew); k++) {
        scout_clear(&s->scout[k]);
        climber_clear(&s->climber[k]);
    }
    free(s->scout);
    free(s->climber);
    crew_free(s->crew);
    for (size_t k = 0; k < ROUND + STARTS; k++) {
        free(s->outcome[k].point);
        vector_free(s->outcome[k].exact_point, d);
        mpq_clear(s->outcome[k].radius);
    }
    for (size_t k = 0; k < STARTS; k++)
        free(s->start[k]);
    box_heap_clear(&s->open);
    vector_free(s->record.point, d);
    mpq_clear(s->record.radius);
}

/* Every point of the whole box lies in an open box, whose bound holds, or in one that was closed; and a box
 * is closed only when its bound (in doubles or exactly) or its exact finish is at most the record, which
 * never falls, or a radius that was then tried as the record. So no point is farther than the record or the
 * greatest bound of an open box. */
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

/* Bounds the whole box. */
static void begin(search *s)
{
    scout *k = &s->scout[0];
    hole_box *whole = hole_box_whole(s->c);
    try_point(s, s->c->lower);
    if (!scout_bound(k, &s->record, whole)) {
        hole_box_free(whole);
        return;
    }
    box_heap_push(&s->open, whole);
    try_doubles(s, k->point);
    memcpy(s->start[0], k->point, s->c->d * sizeof *k->point);
    s->starts = 1;
}

void hole_search(hole *h, const cloud *c, deadline *limit, unsigned threads)
{
    search *s = mem_alloc(1, sizeof *s);
    s->c = c;
    s->limit = limit;
    search_init(s, threads);
    begin(s);
    while (!deadline_is_over(s->limit) && s->open.count > 0) {
        fill_round(s);
        crew_run(s->crew, work_on, s, s->boxes + s->starts);
        merge_round(s);
    }
    store(h, s);
    search_clear(s);
    free(s);
}
