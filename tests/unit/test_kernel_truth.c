/* What the kernel believes in a node, after every step, against true values: pre-activations, differences of
 * partners, objectives and rows of frames are evaluated exactly at points of the node, from the networks
 * themselves. Weights, inputs, outputs and claims are of sizes that are independent of each other over
 * 2^±300; some references are formulas. The tree is walked as searches and checkers walk it, and the path is
 * kept here a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "believed.h"
#include "kernel/prover.h"
#include "number/binary.h"
#include "number/vector.h"
#include "random_network.h"
#include "rescale.h"
#include "target/formula.h"

enum { PLACES = 9, SPAN = 300, MULTIPLIERS = 3, NEURONS = 30 };
#define NOTHING SIZE_MAX

/* A split on the path to the node at hand. */
typedef struct step_down {
    bool is_input, upper, second;
    size_t index;
    mpq_t value;
} step_down;

typedef struct trial {
    uint64_t seed;
    size_t step;
    const char *last; /* the step that was made last */
    problem pair;
    bool has_formula;
    expression u;
    formula target;
    pair_system system;
    prover root, fork, *p; /* p: the one at work */
    place place[PLACES];
    step_down *path;
    size_t depth, capacity, serial; /* serial: of the last frame that was looked at */
    size_t tried;                   /* the objective of the last attempt */
    bool finished;
    mpq_t bound;
} trial;

static struct {
    size_t trials, steps, inside, proved, empty, closed, reduced, formulas, differences;
} tally;

static void wrong(const trial *t, const char *what)
{
    fail_msg("seed %ju, step %zu (%s): %s", (uintmax_t)t->seed, t->step, t->last, what);
}

static bool is_inside(const trial *t, const place *at)
{
    for (size_t k = 0; k < t->depth; k++) {
        const step_down *s = &t->path[k];
        int side = s->is_input ? mpq_cmp(at->x[s->index], s->value) : mpq_sgn(at->z[s->index]);
        if (s->upper ? side < 0 : side > 0)
            return false;
    }
    return true;
}

static void count_differences(const prover *p)
{
    for (size_t n = 0; n < p->system->neurons; n++)
        tally.differences += p->sc.partner[n] != SYSTEM_NO_NEURON;
}

/* Everything, at every point of the node. */
static void check_node(trial *t)
{
    const prover *p = t->p;
    bool is_new = prover_frame(p)->serial != t->serial;
    t->serial = prover_frame(p)->serial;
    tally.empty += p->empty;
    for (size_t k = 0; k < PLACES; k++) {
        const place *at = &t->place[k];
        if (!is_inside(t, at))
            continue;
        tally.inside++;
        count_differences(p);
        const char *what = believed_bounds(p, at);
        what = what != NULL ? what : believed_proofs(p, at, &tally.proved);
        what = what != NULL || t->tried == NOTHING ? what : believed_attempt(p, at, t->tried);
        what = what != NULL || !is_new ? what : believed_frame(p, at, t->has_formula);
        if (what != NULL)
            wrong(t, what);
    }
}

/* --- numbers --- */

static long any_exponent(rng *r)
{
    return rng_chance(r, 50) ? 0 : rng_chance(r, 40) ? rng_between(r, -20, 20) : rng_between(r, -SPAN, SPAN);
}

static void any_number(mpq_t value, rng *r)
{
    mpq_set_si(value, rng_between(r, -40, 40), (unsigned long)rng_between(r, 1, 12));
    mpq_canonicalize(value);
    binary_scale(value, value, any_exponent(r));
}

/* A hair below or above what is attained, in units of any size, or anything. */
static void any_claim(mpq_t bound, const trial *t, rng *r)
{
    const place *at = &t->place[rng_below(r, PLACES)];
    size_t j = rng_below(r, t->system.outputs);
    any_number(bound, r);
    if (rng_chance(r, 25) || !at->is_known[j])
        return;
    mpq_t part;
    mpq_init(part);
    mpq_abs(bound, at->least[j]);
    mpq_set(part, bound);
    binary_scale(part, part, -rng_between(r, -3, 130));
    if (rng_chance(r, 60))
        mpq_sub(bound, bound, part);
    else
        mpq_add(bound, bound, part);
    mpq_clear(part);
}

/* --- steps --- */

static void push(trial *t, bool is_input, size_t index, const mpq_t value, bool upper)
{
    t->path = mem_grow(t->path, &t->capacity, t->depth + 1, sizeof *t->path);
    step_down *s = &t->path[t->depth++];
    *s = (step_down){.is_input = is_input, .upper = upper, .index = index};
    mpq_init(s->value);
    mpq_set(s->value, value);
}

static void pop(trial *t)
{
    mpq_clear(t->path[--t->depth].value);
}

/* At the middle, at a point's coordinate, at an end, or anywhere. */
static void step_split_input(trial *t, rng *r)
{
    size_t i = rng_below(r, t->system.inputs);
    const prover *p = t->p;
    mpq_t value, width;
    mpq_inits(value, width, NULL);
    mpq_sub(width, p->box_upper[i], p->box_lower[i]);
    mpq_set_si(value, rng_between(r, 0, 16), 16);
    mpq_canonicalize(value);
    mpq_mul(value, value, width);
    mpq_add(value, value, p->box_lower[i]);
    if (rng_chance(r, 40))
        mpq_set(value, t->place[rng_below(r, PLACES)].x[i]);
    bool upper = rng_chance(r, 50);
    bool fits = mpq_cmp(value, p->box_lower[i]) >= 0 && mpq_cmp(value, p->box_upper[i]) <= 0;
    if (prover_split_input(t->p, i, value, upper) != fits)
        wrong(t, "a split's side condition is decided wrongly");
    if (fits)
        push(t, true, i, value, upper);
    mpq_clears(value, width, NULL);
}

static void step_split_neuron(trial *t, rng *r)
{
    mpq_t zero;
    mpq_init(zero);
    size_t n = t->system.neurons == 0 ? 0 : rng_below(r, t->system.neurons);
    bool upper = rng_chance(r, 50);
    if (t->system.neurons > 0 && prover_split_neuron(t->p, n, upper))
        push(t, false, n, zero, upper);
    mpq_clear(zero);
}

static void step_bound(trial *t, rng *r)
{
    if (t->system.neurons > 0)
        prover_bound(t->p, rng_below(r, t->system.neurons));
}

static void step_bound_exact(trial *t, rng *r)
{
    if (t->system.neurons > 0)
        prover_bound_exact(t->p, rng_below(r, t->system.neurons));
}

static void step_bound_all(trial *t, rng *r)
{
    prover_bound_all(t->p, rng_chance(r, 60));
}

static void step_bound_forward(trial *t, rng *r)
{
    prover_bound_forward(t->p, rng_chance(r, 60));
}

static void step_bound_deep(trial *t, rng *r)
{
    (void)r;
    prover_bound_deep(t->p);
}

/* Rows that must go: stable ones that are no facts. */
static size_t stable_rows(const prover *p)
{
    const frame *fr = prover_frame(p);
    size_t stable = 0;
    for (size_t row = 0; row < fr->count; row++) {
        size_t n = fr->neuron[row];
        stable += !p->is_fact[n] && (!p->system->relu[n] || p->lower[n] >= 0 || p->upper[n] <= 0);
    }
    return stable;
}

static void step_reduce(trial *t, rng *r)
{
    size_t rows = prover_frame(t->p)->count, stable = stable_rows(t->p);
    (void)r;
    bool reduced = prover_reduce(t->p);
    tally.reduced += reduced;
    if (reduced && (stable == 0 || prover_frame(t->p)->count != rows - stable))
        wrong(t, "other rows are left out than stable ones");
    if (!reduced && prover_frame(t->p)->count != rows)
        wrong(t, "a frame has become smaller by a step that fails");
}

/* Mostly of the size that matters: a few times the scale of the objective over that of the neuron. */
static void any_multiplier(mpq_t value, const trial *t, size_t k, size_t n, rng *r)
{
    const prover *p = t->p;
    size_t j = p->objectives[k].output;
    any_number(value, r);
    if (rng_chance(r, 20))
        return;
    mpq_set_si(value, rng_between(r, -40, 40), 16);
    mpz_mul(mpq_numref(value), mpq_numref(value), p->system->row[n].scale);
    mpz_mul(mpq_denref(value), mpq_denref(value), p->system->objective[j].scale);
    mpq_canonicalize(value);
    binary_scale(value, value, p->sc.objective_exponent[j] - p->sc.exponent[n]);
}

/* Multipliers for objective k, each of another neuron. */
static size_t any_multipliers(multiplier *list, const trial *t, size_t k, rng *r)
{
    size_t count = t->system.neurons == 0 ? 0 : rng_below(r, MULTIPLIERS + 1), from = rng_below(r, 20);
    if (count > t->system.neurons)
        count = t->system.neurons;
    for (size_t m = 0; m < count; m++) {
        list[m].neuron = (from + m) % t->system.neurons;
        mpq_init(list[m].value);
        any_multiplier(list[m].value, t, k, list[m].neuron, r);
    }
    return count;
}

/* No point of the node is above the claim, if it is proved. */
static void step_prove(trial *t, rng *r)
{
    multiplier list[MULTIPLIERS];
    size_t k = rng_below(r, t->p->objective_count), count = any_multipliers(list, t, k, r);
    bool exact = rng_chance(r, 40);
    bool holds = exact ? prover_prove_exact(t->p, k, count, list) : prover_prove(t->p, k, count, list);
    t->tried = k;
    if (holds && !t->p->is_proved[k])
        wrong(t, "a proved objective is not marked");
    for (size_t m = 0; m < count; m++)
        mpq_clear(list[m].value);
}

/* Ends the node, if all of it can be proved, and goes where the path says. */
static void step_close(trial *t, rng *r)
{
    bool finished = false;
    (void)r;
    if (!prover_close(t->p, &finished))
        return;
    tally.closed++;
    while (t->depth > 0 && t->path[t->depth - 1].second)
        pop(t);
    if (finished != (t->depth == 0))
        wrong(t, "the end of the tree is decided wrongly");
    if (t->depth > 0) {
        t->path[t->depth - 1].second = true;
        t->path[t->depth - 1].upper = !t->path[t->depth - 1].upper;
    }
    t->finished = finished;
}

static void step_back(trial *t, rng *r)
{
    (void)r;
    if (t->depth == 0)
        return;
    prover_back(t->p);
    pop(t);
}

/* Back at the root, with another claim. */
static void step_restart(trial *t, rng *r)
{
    while (t->depth > 0)
        pop(t);
    any_claim(t->bound, t, r);
    prover_restart(t->p, t->bound);
}

static const struct {
    unsigned weight;
    const char *name;
    void (*run)(trial *t, rng *r);
} steps[] = {
    {12, "split of an input", step_split_input},
    {12, "split of a neuron", step_split_neuron},
    {6, "bound", step_bound},
    {6, "exact bound", step_bound_exact},
    {12, "bounds of all", step_bound_all},
    {10, "bounds forward", step_bound_forward},
    {4, "deep bounds", step_bound_deep},
    {10, "smaller frame", step_reduce},
    {14, "objective", step_prove},
    {10, "end of a node", step_close},
    {3, "back", step_back},
    {1, "restart", step_restart},
};
enum { STEPS = sizeof steps / sizeof *steps };

static void any_step(trial *t, rng *r)
{
    unsigned all = 0;
    for (size_t k = 0; k < STEPS; k++)
        all += steps[k].weight;
    uint64_t at = rng_below(r, all);
    size_t k = 0;
    for (; at >= steps[k].weight; k++)
        at -= steps[k].weight;
    t->last = steps[k].name;
    t->tried = NOTHING;
    steps[k].run(t, r);
    tally.steps++;
}

/* --- trials --- */

static void any_pair(trial *t, rng *r)
{
    problem *p = &t->pair;
    /* Bounds are tight, and every constant matters, where there are few neurons. */
    static const size_t most[] = {3, 8, 8, 12, NEURONS};
    size_t limit = most[rng_below(r, sizeof most / sizeof *most)];
    for (bool small = false; !small;) {
        if (rng_chance(r, 20))
            random_problem_extreme(p, r);
        else
            random_problem_of(p, r, 1 + rng_below(r, limit > 8 ? 4 : 2));
        small = network_neurons(&p->f) + network_neurons(&p->g) <= limit;
        if (!small)
            problem_clear(p);
    }
    long input = any_exponent(r), f = any_exponent(r), g = rng_chance(r, 80) ? f : any_exponent(r);
    network_rescale(&p->f, input, f);
    network_rescale(&p->g, input, g);
    if (rng_chance(r, 60)) {
        network_clear(&p->g);
        network_rescaled(&p->g, &p->f, 0, 0);
        random_perturb(&p->g, r);
    }
    for (size_t i = 0; i < p->box.inputs; i++) {
        binary_scale(p->box.lower[i], p->box.lower[i], input);
        binary_scale(p->box.upper[i], p->box.upper[i], input);
    }
}

/* A formula of every output in place of g, of any size. */
static void any_formula(trial *t, rng *r)
{
    static const char *const list[] = {"1/(x1*x1-x1+1)", "x1^2+x1",           "exp(x1)",   "sin(3*x1)",
                                       "abs(x1)-x1/3",   "relu(-abs(x1))+x1", "x1^3-x1",   "log(x1*x1+1)",
                                       "min(x1,1-x1)",   "sqrt(x1*x1+1)",     "1/(1+x1^2)"};
    error e = ERROR_NONE;
    size_t outputs = network_outputs(&t->pair.f);
    char *text = mem_copy_string("");
    for (size_t j = 0; j < outputs; j++) {
        long exponent = any_exponent(r);
        char *longer =
            mem_printf("%s2^%ld*(%s);", text, exponent, list[rng_below(r, sizeof list / sizeof *list)]);
        free(text);
        text = longer;
    }
    t->has_formula = expression_parse(&t->u, t->pair.f.inputs, "u", text, strlen(text), &e);
    assert_true(t->has_formula);
    formula_init(&t->target, &t->u);
    network_clear(&t->pair.g);
    network_init_zero(&t->pair.g, t->pair.f.inputs, outputs);
    free(text);
    tally.formulas++;
}

/* Moves x towards y until a neuron of the first layer that changes its sign between them is 0. */
static void move_to_kink(trial *t, mpq_t *x, mpq_t *y, rng *r)
{
    place from, to;
    const network *net = rng_chance(r, 50) ? &t->pair.f : &t->pair.g;
    size_t first = net == &t->pair.f ? 0 : network_neurons(&t->pair.f);
    size_t n = t->system.by_name[first + rng_below(r, net->layer[0].neurons)];
    place_init(&from, &t->system, &t->pair.f, &t->pair.g, NULL, x);
    place_init(&to, &t->system, &t->pair.f, &t->pair.g, NULL, y);
    if (n != SYSTEM_NO_NEURON && mpq_sgn(from.z[n]) * mpq_sgn(to.z[n]) < 0) {
        mpq_t share, part;
        mpq_inits(share, part, NULL);
        mpq_sub(share, from.z[n], to.z[n]);
        mpq_div(share, from.z[n], share);
        for (size_t i = 0; i < t->system.inputs; i++) {
            mpq_sub(part, y[i], x[i]);
            mpq_mul(part, part, share);
            mpq_add(x[i], x[i], part);
        }
        mpq_clears(share, part, NULL);
    }
    place_clear(&t->system, &from);
    place_clear(&t->system, &to);
}

/* Two corners, then any points, then points at kinks. */
static void any_place(trial *t, size_t which, rng *r)
{
    size_t inputs = t->system.inputs;
    mpq_t *x = vector_new(inputs), *y = vector_new(inputs);
    random_point(x, r, &t->pair.box);
    random_point(y, r, &t->pair.box);
    if (which < 2)
        vector_copy(x, which == 0 ? t->pair.box.lower : t->pair.box.upper, inputs);
    else if (which > PLACES / 2)
        move_to_kink(t, x, y, r);
    if (!place_init(&t->place[which], &t->system, &t->pair.f, &t->pair.g, t->has_formula ? &t->u : NULL, x))
        wrong(t, "neurons of different values are one");
    vector_free(x, inputs);
    vector_free(y, inputs);
}

static void trial_init(trial *t, rng *r, uint64_t seed)
{
    *t = (trial){.seed = seed, .last = "start", .tried = NOTHING};
    any_pair(t, r);
    if (rng_chance(r, 20))
        any_formula(t, r);
    system_init(&t->system, &t->pair.f, &t->pair.g);
    for (size_t k = 0; k < PLACES; k++)
        any_place(t, k, r);
    mpq_init(t->bound);
    any_claim(t->bound, t, r);
    proof_scope scope = {.all_outputs = true, .is_signed = rng_chance(r, 20)};
    prover_init(&t->root, &t->system, t->pair.box.lower, t->pair.box.upper, scope, t->bound);
    t->p = &t->root;
    t->serial = SIZE_MAX;
    if (t->has_formula) {
        prover_set_target(t->p, &t->target.target);
    } else if (rng_chance(r, 20)) {
        prover_fork(&t->fork, &t->root);
        t->p = &t->fork;
    }
}

static void trial_clear(trial *t)
{
    while (t->depth > 0)
        pop(t);
    free(t->path);
    if (t->p == &t->fork)
        prover_clear(&t->fork);
    prover_clear(&t->root);
    for (size_t k = 0; k < PLACES; k++)
        place_clear(&t->system, &t->place[k]);
    mpq_clear(t->bound);
    if (t->has_formula) {
        formula_clear(&t->target);
        expression_clear(&t->u);
    }
    system_clear(&t->system);
    problem_clear(&t->pair);
}

static void what_is_believed_is_true(void **state)
{
    (void)state;
    uint64_t seed = random_seed("what_is_believed_is_true");
    size_t trials = random_effort(400);
    for (size_t k = 0; k < trials; k++) {
        rng r;
        trial t;
        rng_seed(&r, seed + k);
        trial_init(&t, &r, seed + k);
        check_node(&t);
        for (t.step = 1; t.step <= 30 && !t.finished; t.step++) {
            any_step(&t, &r);
            if (!t.finished)
                check_node(&t);
        }
        trial_clear(&t);
        tally.trials++;
    }
    print_message(
        "%zu trials (%zu formulas), %zu steps, %zu looks at points, %zu at proved objectives, %zu at "
        "differences; %zu empty nodes, %zu ends of nodes, %zu smaller frames\n",
        tally.trials, tally.formulas, tally.steps, tally.inside, tally.proved, tally.differences, tally.empty,
        tally.closed, tally.reduced);
    assert_true(tally.proved > trials && tally.differences > trials && tally.closed > trials / 8 &&
                tally.reduced > trials / 8);
}

/* x on [1, 2] and x on [−2, −1] through a ReLU: one row that passes, one that is 0. A frame that is not made
 * smaller would still be sound, and no other test would miss it. */
static void stable_rows_are_left_out(void **state)
{
    (void)state;
    for (long sign = -1; sign <= 1; sign += 2) {
        network f, g;
        pair_system system;
        prover p;
        mpq_t one, lower, upper, none, claim;
        unsigned char relu = NEURON_RELU, linear = NEURON_LINEAR;
        size_t inputs = 0, first = 1;
        mpq_inits(one, lower, upper, none, claim, NULL);
        mpq_set_si(one, 1, 1);
        mpq_set_si(lower, sign > 0 ? 1 : -2, 1);
        mpq_set_si(upper, sign > 0 ? 2 : -1, 1);
        network_init(&f, 1);
        network_append(&f, 1, &relu, 1, &inputs, &one, &none);
        network_append(&f, 1, &linear, 1, &first, &one, &none);
        network_init_zero(&g, 1, 1);
        system_init(&system, &f, &g);
        prover_init(&p, &system, &lower, &upper, (proof_scope){.all_outputs = true}, claim);
        assert_int_equal(prover_frame(&p)->count, 1);
        assert_true(prover_reduce(&p));
        assert_int_equal(prover_frame(&p)->count, 0);
        const frame_objective *o = &prover_frame(&p)->objective[0];
        assert_true(sign > 0 ? o->weight[0] != 0 : o->weight[0] == 0 && o->bias == 0);
        assert_false(prover_reduce(&p));
        prover_clear(&p);
        system_clear(&system);
        network_clear(&f);
        network_clear(&g);
        mpq_clears(one, lower, upper, none, claim, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_believed_is_true),
        cmocka_unit_test(stable_rows_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
