/* Depth first over the neurons in order: at a ReLU neuron, its exact minimum and maximum over the polyhedron
 * of the signs so far say which signs occur in it; the vertices where they are attained start the linear
 * programs of the two children. */
#include "enumerate.h"

#include <stdlib.h>

#include "base/memory.h"
#include "integer_pair.h"
#include "simplex.h"
#include "arrays.h"

typedef struct walk {
    const integer_pair *pair;
    size_t output;
    polyhedron region;
    mpz_t *form;        /* of every value: its affine form on the region, times its scale: d + 1 integers */
    vertex *high, *low; /* by value: where it is greatest and least */
    vertex probe;
    mpz_t *difference; /* d + 1 integers */
    mpz_t number;
    mpq_t candidate;
    size_t limit;
    enumeration *result;
} walk;

void enumeration_init(enumeration *result, size_t inputs)
{
    *result = (enumeration){.inputs = inputs, .sign = 1};
    mpq_init(result->maximum);
    mpq_set_si(result->maximum, -1, 1);
    result->point = rationals_new(inputs);
}

void enumeration_clear(enumeration *result)
{
    mpq_clear(result->maximum);
    rationals_free(result->point, result->inputs);
}

static void walk_init(walk *w, enumeration *result, const integer_pair *pair, mpq_t *lower, mpq_t *upper)
{
    size_t d = pair->inputs;
    *w = (walk){.pair = pair, .result = result};
    polyhedron_init(&w->region, d, lower, upper);
    w->form = integers_new(pair->values * (d + 1));
    for (size_t i = 0; i < d; i++)
        mpz_set_ui(w->form[i * (d + 1) + i], 1);
    w->high = mem_alloc(pair->values, sizeof *w->high);
    w->low = mem_alloc(pair->values, sizeof *w->low);
    for (size_t v = 0; v < pair->values; v++) {
        vertex_init(&w->high[v], d);
        vertex_init(&w->low[v], d);
    }
    vertex_init(&w->probe, d);
    w->difference = integers_new(d + 1);
    mpz_init(w->number);
    mpq_init(w->candidate);
}

static void walk_clear(walk *w)
{
    size_t d = w->pair->inputs, values = w->pair->values;
    polyhedron_clear(&w->region);
    integers_free(w->form, values * (d + 1));
    for (size_t v = 0; v < values; v++) {
        vertex_clear(&w->high[v]);
        vertex_clear(&w->low[v]);
    }
    free(w->high);
    free(w->low);
    vertex_clear(&w->probe);
    integers_free(w->difference, d + 1);
    mpz_clear(w->number);
    mpq_clear(w->candidate);
}

/* The pre-activation of value v in x. */
static void set_form(walk *w, size_t v)
{
    size_t d = w->pair->inputs;
    mpz_t *form = &w->form[v * (d + 1)], *weight = &w->pair->weight[v * w->pair->values];
    for (size_t i = 0; i <= d; i++)
        mpz_set_ui(form[i], 0);
    mpz_set(form[d], w->pair->bias[v]);
    for (size_t u = 0; u < v; u++) {
        if (mpz_sgn(weight[u]) == 0)
            continue;
        for (size_t i = 0; i <= d; i++)
            mpz_addmul(form[i], weight[u], w->form[u * (d + 1) + i]);
    }
}

static void set_form_zero(walk *w, size_t v)
{
    size_t width = w->pair->inputs + 1;
    for (size_t i = 0; i < width; i++)
        mpz_set_ui(w->form[v * width + i], 0);
}

/* Keeps the probe's vertex if the difference of output j, known there times determinant, f's scale and g's
 * scale, is a new best. */
static void consider(walk *w, size_t j, int sign)
{
    const integer_pair *pair = w->pair;
    mpz_ptr denominator = mpq_denref(w->candidate);
    vertex_value(mpq_numref(w->candidate), &w->probe, w->difference);
    mpz_mul(denominator, pair->scale[pair->f_output[j]], pair->scale[pair->g_output[j]]);
    mpz_mul(denominator, denominator, w->probe.determinant);
    mpq_canonicalize(w->candidate);
    if (sign < 0)
        mpq_neg(w->candidate, w->candidate);
    enumeration *best = w->result;
    if (mpq_cmp(w->candidate, best->maximum) <= 0)
        return;
    mpq_set(best->maximum, w->candidate);
    best->output = j;
    best->sign = sign;
    for (size_t i = 0; i < pair->inputs; i++) {
        mpz_set(mpq_numref(best->point[i]), w->probe.x[i]);
        mpz_set(mpq_denref(best->point[i]), w->probe.determinant);
        mpq_canonicalize(best->point[i]);
    }
}

/* A full pattern: every output is affine here. */
static void finish_region(walk *w, const vertex *start)
{
    const integer_pair *pair = w->pair;
    size_t width = pair->inputs + 1;
    for (size_t j = 0; j < pair->outputs; j++) {
        if (w->output != EVERY_OUTPUT && w->output != j)
            continue;
        size_t f = pair->f_output[j], g = pair->g_output[j];
        for (size_t i = 0; i < width; i++) {
            mpz_mul(w->difference[i], w->form[f * width + i], pair->scale[g]);
            mpz_submul(w->difference[i], w->form[g * width + i], pair->scale[f]);
        }
        for (int sign = 1; sign >= -1; sign -= 2) {
            vertex_copy(&w->probe, start);
            vertex_maximise(&w->probe, &w->region, w->difference, sign);
            consider(w, j, sign);
            w->result->programs++;
        }
    }
    w->result->regions++;
}

/* The least (sign -1) or greatest (sign +1) form of value v over the region, as a sign. */
static int extreme_sign(walk *w, vertex *v, const vertex *start, mpz_t *form, int sign)
{
    vertex_copy(v, start);
    vertex_maximise(v, &w->region, form, sign);
    vertex_value(w->number, v, form);
    w->result->programs++;
    return mpz_sgn(w->number);
}

static bool visit(walk *w, size_t v, const vertex *start);

static bool visit_sides(walk *w, size_t v)
{
    mpz_t *form = &w->form[v * (w->pair->inputs + 1)];
    polyhedron_push(&w->region, form, -1);
    bool done = visit(w, v + 1, &w->high[v]);
    polyhedron_pop(&w->region);
    if (!done)
        return false;
    polyhedron_push(&w->region, form, 1);
    set_form_zero(w, v);
    done = visit(w, v + 1, &w->low[v]);
    polyhedron_pop(&w->region);
    return done;
}

/* Values before v have their forms; `start` is a vertex of the region. */
static bool visit(walk *w, size_t v, const vertex *start)
{
    if (v == w->pair->values) {
        finish_region(w, start);
        return w->result->programs <= w->limit;
    }
    set_form(w, v);
    if (!w->pair->relu[v])
        return visit(w, v + 1, start);
    mpz_t *form = &w->form[v * (w->pair->inputs + 1)];
    if (extreme_sign(w, &w->low[v], start, form, -1) >= 0)
        return visit(w, v + 1, start);
    if (extreme_sign(w, &w->high[v], start, form, 1) <= 0) {
        set_form_zero(w, v);
        return visit(w, v + 1, start);
    }
    return w->result->programs <= w->limit && visit_sides(w, v);
}

bool enumerate_maximum(enumeration *result, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                       size_t output, size_t limit)
{
    integer_pair pair;
    walk w;
    enumeration_init(result, f->inputs);
    integer_pair_init(&pair, f, g);
    walk_init(&w, result, &pair, lower, upper);
    w.output = output;
    w.limit = limit;
    vertex start;
    vertex_init(&start, pair.inputs);
    vertex_start(&start, &w.region);
    bool done = visit(&w, pair.inputs, &start);
    vertex_clear(&start);
    walk_clear(&w);
    integer_pair_clear(&pair);
    return done;
}
