/* A network and a formula: see formula_subject.h. */
#include "formula_subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "formula_text.h"
#include "number.h"
#include "number/vector.h"

enum { NEURONS = 8 };

void distance_point_init(distance_point *d, const formula_subject *s)
{
    size_t outputs = s->m.outputs;
    *d = (distance_point){vector_new(s->m.inputs), mem_alloc(outputs, sizeof *d->state), vector_new(outputs),
                          vector_new(outputs)};
}

void distance_point_clear(distance_point *d, const formula_subject *s)
{
    vector_free(d->x, s->m.inputs);
    vector_free(d->least, s->m.outputs);
    vector_free(d->most, s->m.outputs);
    free(d->state);
}

/* |y − [lower, upper]| */
static void distance(mpq_t least, mpq_t most, const mpq_t y, const mpq_t lower, const mpq_t upper)
{
    mpq_sub(least, y, upper);
    mpq_sub(most, y, lower);
    if (mpq_sgn(most) <= 0) {
        mpq_neg(least, least);
        mpq_neg(most, most);
        mpq_swap(least, most);
    } else if (mpq_sgn(least) < 0) {
        mpq_neg(least, least);
        if (mpq_cmp(least, most) > 0)
            mpq_set(most, least);
        mpq_set_ui(least, 0, 1);
    }
}

void formula_distances(distance_point *d, const formula_subject *s)
{
    mpq_t lower, upper, *y = vector_new(s->m.outputs);
    mpq_inits(lower, upper, NULL);
    network_eval(y, &s->p.f, d->x);
    for (size_t j = 0; j < s->m.outputs; j++) {
        d->state[j] = point_value(lower, upper, &s->u, j, d->x);
        if (d->state[j] == POINT_KNOWN)
            distance(d->least[j], d->most[j], y[j], lower, upper);
    }
    vector_free(y, s->m.outputs);
    mpq_clears(lower, upper, NULL);
}

/* --- making one --- */

/* Ends that have kinks and poles of the formulas in the middle and at halves. */
static void simple_box(box *b, rng *r, long input)
{
    static const long ends[][3] = {{0, 1, 1},      {-1, 1, 1},  {0, 2, 1},  {-1, 2, 1}, {-2, 2, 1},
                                   {1, 2, 1},      {-1, 1, 2},  {1, 3, 2},  {0, 4, 1},  {-3, 5, 4},
                                   {99, 101, 100}, {-1, 1, 64}, {-1, 3, 1}, {0, 0, 1}};
    for (size_t i = 0; i < b->inputs; i++) {
        const long *e = ends[rng_below(r, sizeof ends / sizeof *ends)];
        mpq_set_si(b->lower[i], e[0], (unsigned long)e[2]);
        mpq_set_si(b->upper[i], e[1], (unsigned long)e[2]);
        mpq_canonicalize(b->lower[i]);
        mpq_canonicalize(b->upper[i]);
        number_scale(b->lower[i], input);
        number_scale(b->upper[i], input);
    }
}

static void make_network(problem *p, rng *r, long input)
{
    for (bool small = false; !small;) {
        random_problem_of(p, r, rng_chance(r, 70) ? 1 : 2);
        small = network_neurons(&p->f) <= NEURONS && network_outputs(&p->f) <= 2;
        if (!small)
            problem_clear(p);
    }
    network_rescale(&p->f, input, rng_chance(r, 40) ? -(long)rng_below(r, 200) : number_exponent(r));
    simple_box(&p->box, r, input);
}

/* Corners first, then the middle, then points at sixteenths and at random. */
static void choose_point(mpq_t *x, const formula_subject *s, size_t k, rng *r)
{
    size_t corners = (size_t)1 << s->m.inputs;
    if (k > corners) {
        random_point(x, r, &s->p.box);
        return;
    }
    for (size_t i = 0; i < s->m.inputs; i++) {
        mpq_set(x[i], k >> i & 1 ? s->p.box.upper[i] : s->p.box.lower[i]);
        if (k == corners) {
            mpq_add(x[i], s->p.box.lower[i], s->p.box.upper[i]);
            mpq_div_2exp(x[i], x[i], 1);
        }
    }
}

static void look_at_points(formula_subject *s, rng *r)
{
    for (size_t k = 0; k < FORMULA_POINTS; k++) {
        distance_point *d = &s->point[k];
        distance_point_init(d, s);
        choose_point(d->x, s, k, r);
        formula_distances(d, s);
        for (size_t j = 0; j < s->m.outputs; j++) {
            if ((!s->all_outputs && j != s->output) || d->state[j] != POINT_KNOWN)
                continue;
            if (!s->has_worst || mpq_cmp(d->least[j], s->point[s->worst].least[s->worst_output]) > 0) {
                s->worst = k;
                s->worst_output = j;
            }
            s->has_worst = true;
        }
        for (size_t i = 0; i < s->m.inputs; i++)
            subject_add_value(&s->m, d->x[i]);
    }
}

bool formula_subject_init(formula_subject *s, forge *c)
{
    error e = ERROR_NONE;
    rng *r = &c->r;
    long input = number_exponent(r);
    *s = (formula_subject){.worst = 0};
    make_network(&s->p, r, input);
    size_t inputs = s->p.f.inputs, outputs = network_outputs(&s->p.f);
    char *text = forged_formula(r, inputs, outputs, input);
    bool parsed = expression_parse(&s->u, inputs, "u", text, strlen(text), &e);
    free(text);
    error_clear(&e);
    if (!parsed) {
        problem_clear(&s->p);
        return false;
    }
    formula_init(&s->reference, &s->u);
    subject_digest(s->f_digest, &s->p.f);
    s->all_outputs = rng_chance(r, 70);
    s->output = s->all_outputs ? 0 : rng_below(r, outputs);
    s->m = (material){.inputs = inputs, .outputs = outputs, .names = network_neurons(&s->p.f) + outputs};
    look_at_points(s, r);
    return true;
}

void formula_subject_clear(formula_subject *s)
{
    for (size_t k = 0; k < FORMULA_POINTS; k++)
        distance_point_clear(&s->point[k], s);
    vector_free(s->m.value, s->m.values);
    formula_clear(&s->reference);
    expression_clear(&s->u);
    problem_clear(&s->p);
}

/* --- verdicts --- */

check_status formula_check(claim *stated, formula_subject *s, const char *text, size_t length)
{
    error e = ERROR_NONE;
    check_subject about = {.f = &s->p.f, .f_digest = s->f_digest, .u = &s->reference.target};
    FILE *stream = fmemopen((void *)(uintptr_t)text, length == 0 ? 1 : length, "r");
    check_status status = check_certificate(stated, stream, "forged", &about, &e);
    fclose(stream);
    if ((status == CHECK_VERIFIED) != (e.message == NULL))
        abort();
    error_clear(&e);
    return status;
}

static bool is_inside(const claim *c, mpq_t *x)
{
    for (size_t i = 0; i < c->inputs; i++)
        if (mpq_cmp(x[i], c->box_lower[i]) < 0 || mpq_cmp(x[i], c->box_upper[i]) > 0)
            return false;
    return true;
}

/* What the upper bound, and that the formula is defined, says at a point of the claim's box. */
static const char *untruth_at(const distance_point *d, const formula_subject *s, const claim *c)
{
    for (size_t j = 0; j < s->m.outputs; j++) {
        if (!c->all_outputs && j != c->output)
            continue;
        if (d->state[j] == POINT_UNDEFINED)
            return "an upper bound is verified where the formula is not defined";
        if (d->state[j] == POINT_KNOWN && mpq_cmp(d->least[j], c->upper) > 0)
            return "an upper bound is verified that a point exceeds";
    }
    return NULL;
}

static void copy_point(distance_point *to, const distance_point *from, const formula_subject *s)
{
    vector_copy(to->x, from->x, s->m.inputs);
    vector_copy(to->least, from->least, s->m.outputs);
    vector_copy(to->most, from->most, s->m.outputs);
    memcpy(to->state, from->state, s->m.outputs * sizeof *to->state);
}

/* The claim's own point. */
static const char *untruth_of_lower(distance_point *d, const formula_subject *s, const claim *c)
{
    vector_copy(d->x, c->point, c->inputs);
    formula_distances(d, s);
    if (!is_inside(c, d->x))
        return "the point of a verified claim is outside of its box";
    if (d->state[c->output] == POINT_UNDEFINED)
        return "a lower bound is verified where the formula is not defined";
    if (d->state[c->output] == POINT_KNOWN && mpq_cmp(c->lower, d->most[c->output]) > 0)
        return "a lower bound is verified that its point does not reach";
    return c->unbounded ? NULL : untruth_at(d, s, c);
}

const char *formula_untruth(distance_point *wrong, const formula_subject *s, const claim *c, rng *r)
{
    const char *what = untruth_of_lower(wrong, s, c);
    for (size_t k = 0; k < FORMULA_POINTS && what == NULL && !c->unbounded; k++) {
        what = is_inside(c, s->point[k].x) ? untruth_at(&s->point[k], s, c) : NULL;
        if (what != NULL)
            copy_point(wrong, &s->point[k], s);
    }
    box own = {c->inputs, c->box_lower, c->box_upper, "claim"};
    for (size_t k = 0; k < 3 && what == NULL && !c->unbounded; k++) {
        random_point(wrong->x, r, &own);
        formula_distances(wrong, s);
        what = untruth_at(wrong, s, c);
    }
    return what;
}

/* --- reports --- */

/* Follows the splits of inputs to a leaf that has the point; others are taken to be no splits of the box. */
static void find_leaf(mpq_t *lower, mpq_t *upper, mpq_t *x, const script *text)
{
    size_t begin = script_find(text, 0, "tree") + 1, end = script_find(text, 0, "end");
    mpq_t at, input;
    mpq_inits(at, input, NULL);
    while (begin < end && !line_is_leaf(text->line[begin])) {
        const char *line = text->line[begin++];
        if (!line_is_split(line))
            continue;
        bool is_input = line[0] == 'i' && line_number(input, line, 1) && line_number(at, line, 2);
        size_t i = is_input ? mpz_get_ui(mpq_numref(input)) - 1 : 0;
        bool upper_side = is_input && mpq_cmp(x[i], at) >= 0;
        if (is_input)
            mpq_set(upper_side ? lower[i] : upper[i], at);
        if (upper_side != (line[1] == '>'))
            begin = script_node_end(text, begin, end);
    }
    mpq_clears(at, input, NULL);
}

/* Whether the enclosure of u_j on the box has not the value at x. */
static bool is_outside_form(formula_subject *s, size_t j, mpq_t *lower, mpq_t *upper, mpq_t *x,
                            double tolerance)
{
    const formula_form *form = formula_enclose(&s->reference, j, lower, upper, tolerance);
    mpq_t low, high, value, part;
    mpq_inits(low, high, value, part, NULL);
    bool outside = false;
    if (form->state == DOMAIN_INSIDE) {
        point_state state = point_value(low, high, &s->u, j, x);
        mpq_set(value, form->form.value);
        for (size_t i = 0; i < s->m.inputs; i++) {
            mpq_sub(part, x[i], form->form.centre[i]);
            mpq_mul(part, part, form->form.slope[i]);
            mpq_add(value, value, part);
        }
        mpq_sub(low, low, value);
        mpq_sub(high, value, high);
        outside = state == POINT_UNDEFINED || (state == POINT_KNOWN && (mpq_cmp(low, form->form.error) > 0 ||
                                                                        mpq_cmp(high, form->form.error) > 0));
    }
    mpq_clears(low, high, value, part, NULL);
    return outside;
}

const char *formula_blame(formula_subject *s, const distance_point *wrong, const script *text)
{
    static const double tolerances[] = {1, 1e-12, 1e-60, 1e-300};
    mpq_t *lower = vector_new(s->m.inputs), *upper = vector_new(s->m.inputs);
    vector_copy(lower, s->p.box.lower, s->m.inputs);
    vector_copy(upper, s->p.box.upper, s->m.inputs);
    find_leaf(lower, upper, wrong->x, text);
    bool outside = false;
    for (size_t j = 0; j < s->m.outputs; j++)
        for (size_t k = 0; k < sizeof tolerances / sizeof *tolerances; k++)
            outside = outside || is_outside_form(s, j, lower, upper, wrong->x, tolerances[k]);
    vector_free(lower, s->m.inputs);
    vector_free(upper, s->m.inputs);
    return outside ? "the enclosure of the formula on the leaf is wrong"
                   : "enclosures are right, but the decision is wrong";
}

head formula_head(const formula_subject *s, char **reference)
{
    *reference = mem_printf("g %s", s->reference.text);
    return (head){.f_digest = s->f_digest,
                  .reference = *reference,
                  .is_formula = true,
                  .all_outputs = s->all_outputs,
                  .inputs = s->m.inputs,
                  .output = s->output,
                  .lower_end = s->p.box.lower,
                  .upper_end = s->p.box.upper};
}

void formula_report(forge *c, formula_subject *s, const char *what, const char *text)
{
    exhibit list[] = {{"f.net", subject_text(&s->p.f)},
                      {"formula", mem_copy_string(s->reference.text)},
                      {"forged.cert", mem_copy_string(text)}};
    forge_untrue(c, what, sizeof list / sizeof *list, list);
}
