/* The oracle against itself: enumeration of regions, sweep over breakpoints, grid, and maxima known by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>

#include "arrays.h"
#include "enumerate.h"
#include "random_network.h"
#include "simplex.h"

#define PROGRAM_LIMIT 4000

/* A network with one hidden layer of up to 4 neurons and one output, from small integers. row: inputs weights
 * and the bias of each hidden neuron; out: the output's weights and bias. */
static void one_hidden_layer(network *net, size_t inputs, size_t neurons, const long *row, const long *out)
{
    static const unsigned char relu[4] = {NEURON_RELU, NEURON_RELU, NEURON_RELU, NEURON_RELU};
    static const unsigned char linear[1] = {NEURON_LINEAR};
    const size_t first[1] = {0}, second[1] = {1};
    mpq_t *weight = rationals_new(neurons * inputs), *bias = rationals_new(neurons);
    mpq_t *out_weight = rationals_new(neurons), *out_bias = rationals_new(1);
    for (size_t n = 0; n < neurons; n++) {
        for (size_t i = 0; i < inputs; i++)
            mpq_set_si(weight[n * inputs + i], row[n * (inputs + 1) + i], 1);
        mpq_set_si(bias[n], row[n * (inputs + 1) + inputs], 1);
        mpq_set_si(out_weight[n], out[n], 1);
    }
    mpq_set_si(*out_bias, out[neurons], 1);
    network_init(net, inputs);
    network_append(net, neurons, relu, 1, first, weight, bias);
    network_append(net, 1, linear, 1, second, out_weight, out_bias);
    rationals_free(weight, neurons * inputs);
    rationals_free(bias, neurons);
    rationals_free(out_weight, neurons);
    rationals_free(out_bias, 1);
}

/* The constant `value`, of one hidden neuron that does nothing. */
static void constant_network(network *net, size_t inputs, long value)
{
    const long row[5] = {0, 0, 0, 0, 0}, out[2] = {1, value};
    one_hidden_layer(net, inputs, 1, row, out);
}

static void assert_rational(const mpq_t value, long numerator, unsigned long denominator)
{
    if (mpq_cmp_si(value, numerator, denominator) != 0) {
        gmp_printf("%Qd is not %ld/%lu\n", value, numerator, denominator);
        fail();
    }
}

/* The maximum of |f - g| over [lower, upper]^inputs, by every route. */
static void expect_maximum(network *f, network *g, long lower, long upper, long numerator,
                           unsigned long denominator)
{
    mpq_t *low = rationals_new(f->inputs), *high = rationals_new(f->inputs);
    for (size_t i = 0; i < f->inputs; i++) {
        mpq_set_si(low[i], lower, 1);
        mpq_set_si(high[i], upper, 1);
    }
    enumeration result;
    assert_true(enumerate_maximum(&result, f, g, low, high, EVERY_OUTPUT, PROGRAM_LIMIT));
    assert_rational(result.maximum, numerator, denominator);
    enumeration_clear(&result);
    if (f->inputs == 1) {
        enumerate_sweep(&result, f, g, low, high, 0);
        assert_rational(result.maximum, numerator, denominator);
        enumeration_clear(&result);
    }
    rationals_free(low, f->inputs);
    rationals_free(high, f->inputs);
    network_clear(f);
    network_clear(g);
}

static void expect_of_one(size_t inputs, size_t neurons, const long *row, const long *out, long lower,
                          long upper, long numerator, unsigned long denominator)
{
    network f, g;
    one_hidden_layer(&f, inputs, neurons, row, out);
    constant_network(&g, inputs, 0);
    expect_maximum(&f, &g, lower, upper, numerator, denominator);
}

static void test_absolute_value(void **state)
{
    (void)state;
    const long row[] = {1, 0, -1, 0}, out[] = {1, 1, 0}, lowered[] = {1, 1, -2};
    expect_of_one(1, 2, row, out, -3, 2, 3, 1);
    expect_of_one(1, 2, row, out, 0, 2, 2, 1);
    expect_of_one(1, 2, row, out, 0, 0, 0, 1);
    expect_of_one(1, 2, row, lowered, -3, 3, 2, 1); /* | |x| - 2 |, greatest inside */
}

/* relu(3x) - 2 relu(3x - 1) + relu(3x - 2): height 1 at 1/3, between zeros at 0 and 2/3. */
static void test_tent(void **state)
{
    (void)state;
    const long row[] = {3, 0, 3, -1, 3, -2}, out[] = {1, -2, 1, 0}, raised[] = {7, -14, 7, -3};
    expect_of_one(1, 3, row, out, 0, 1, 1, 1);
    expect_of_one(1, 3, row, raised, 0, 1, 4, 1);
    network f, g;
    const long other[] = {3, -1, 3, -2, 3, -3};
    one_hidden_layer(&f, 1, 3, row, out);
    one_hidden_layer(&g, 1, 3, other, out);
    expect_maximum(&f, &g, 0, 1, 1, 1); /* two tents, side by side */
}

/* relu(x) - relu(x - 1): 1 on a whole face of the box. */
static void test_plateau(void **state)
{
    (void)state;
    const long row[] = {1, 0, 1, -1}, out[] = {1, -1, 0}, plane[] = {1, 0, 0, 1, 0, -1};
    expect_of_one(1, 2, row, out, -1, 5, 1, 1);
    expect_of_one(2, 2, plane, out, -1, 5, 1, 1);
}

/* max(x, y) = relu(x - y) + relu(y) - relu(-y), and |x| + |y| <= 2, whose kinks meet in the middle. */
static void test_two_inputs(void **state)
{
    (void)state;
    const long maximum[] = {1, -1, 0, 0, 1, 0, 0, -1, 0}, out[] = {1, 1, -1, 0};
    expect_of_one(2, 3, maximum, out, -3, 2, 3, 1);
    expect_of_one(2, 3, maximum, out, -2, 3, 3, 1);
    const long corners[] = {1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0}, sum[] = {-1, -1, -1, -1, 7};
    expect_of_one(2, 4, corners, sum, -1, 1, 7, 1);
}

/* relu(s) - w relu(2s - 1) + constant, with s = x + y: a ridge of height 1/2 + constant along s = 1/2. */
static void test_fraction(void **state)
{
    (void)state;
    const long row[] = {1, 1, 0, 2, 2, -1}, out[] = {1, -2, 0}, shallow[] = {1, -1, 0};
    expect_of_one(2, 2, row, shallow, 0, 1, 1, 1);
    expect_of_one(2, 2, row, out, 0, 1, 4, 1);
    const long lifted[] = {1, -2, 3};
    expect_of_one(2, 2, row, lifted, 0, 1, 7, 2);
}

static void test_constants(void **state)
{
    (void)state;
    for (size_t inputs = 1; inputs <= 4; inputs++) {
        network f, g;
        constant_network(&f, inputs, 5);
        constant_network(&g, inputs, 7);
        expect_maximum(&f, &g, -1, 1, 2, 1);
        constant_network(&f, inputs, 5);
        constant_network(&g, inputs, 5);
        expect_maximum(&f, &g, 3, 3, 0, 1);
    }
}

static void test_limit(void **state)
{
    (void)state;
    const long row[] = {1, 0, -1, 0}, out[] = {1, 1, 0};
    network f, g;
    mpq_t lower, upper;
    mpq_inits(lower, upper, NULL);
    mpq_set_si(lower, -1, 1);
    mpq_set_si(upper, 1, 1);
    one_hidden_layer(&f, 1, 2, row, out);
    constant_network(&g, 1, 0);
    enumeration whole, cut;
    assert_true(enumerate_maximum(&whole, &f, &g, &lower, &upper, 0, PROGRAM_LIMIT));
    assert_int_equal(whole.regions, 2);
    assert_true(enumerate_maximum(&cut, &f, &g, &lower, &upper, 0, whole.programs));
    enumeration_clear(&cut);
    assert_false(enumerate_maximum(&cut, &f, &g, &lower, &upper, 0, whole.programs - 1));
    enumeration_clear(&cut);
    enumeration_clear(&whole);
    network_clear(&f);
    network_clear(&g);
    mpq_clears(lower, upper, NULL);
}

/* --- random pairs ----------------------------------------------------------------------------------------
 */

static uint64_t seed;

static void complain(const problem *p, uint64_t at, const char *what)
{
    printf("SUPCERT_SEED=%" PRIu64 ": %s\n", at, what);
    problem_print(stdout, p);
    fail();
}

/* |f - g| of the output at x, by the networks' own evaluation; with every output: the greatest. */
static void evaluate(mpq_t value, const problem *p, mpq_t *x, size_t output)
{
    size_t outputs = network_outputs(&p->f);
    mpq_t *y = rationals_new(outputs), *y_g = rationals_new(outputs);
    network_eval(y, &p->f, x);
    network_eval(y_g, &p->g, x);
    mpq_set_si(value, -1, 1);
    for (size_t j = 0; j < outputs; j++) {
        mpq_sub(y[j], y[j], y_g[j]);
        mpq_abs(y[j], y[j]);
        if ((output == EVERY_OUTPUT || output == j) && mpq_cmp(y[j], value) > 0)
            mpq_set(value, y[j]);
    }
    rationals_free(y, outputs);
    rationals_free(y_g, outputs);
}

static void check_point(const problem *p, const enumeration *found, uint64_t at)
{
    mpq_t value;
    mpq_init(value);
    for (size_t i = 0; i < p->f.inputs; i++) {
        if (mpq_cmp(found->point[i], p->box.lower[i]) < 0 || mpq_cmp(found->point[i], p->box.upper[i]) > 0)
            complain(p, at, "the maximiser is outside the box");
    }
    evaluate(value, p, found->point, found->output);
    if (!mpq_equal(value, found->maximum))
        complain(p, at, "the maximum is not the value at the maximiser");
    mpq_clear(value);
}

static void check_grid(const problem *p, const enumeration *found, uint64_t at)
{
    enumeration grid;
    enumerate_grid(&grid, &p->f, &p->g, p->box.lower, p->box.upper, EVERY_OUTPUT, p->f.inputs > 2 ? 2 : 6);
    if (mpq_cmp(grid.maximum, found->maximum) > 0)
        complain(p, at, "a point of the grid exceeds the maximum");
    check_point(p, &grid, at);
    enumeration_clear(&grid);
}

static void check_random_points(const problem *p, const enumeration *found, rng *r, uint64_t at)
{
    mpq_t value, *x = rationals_new(p->f.inputs);
    mpq_init(value);
    for (int i = 0; i < 10; i++) {
        random_point(x, r, &p->box);
        evaluate(value, p, x, EVERY_OUTPUT);
        if (mpq_cmp(value, found->maximum) > 0)
            complain(p, at, "a random point exceeds the maximum");
    }
    mpq_clear(value);
    rationals_free(x, p->f.inputs);
}

/* The maximum of each output, and their maximum. */
static void check_outputs(const problem *p, const enumeration *found, uint64_t at)
{
    mpq_t most;
    mpq_init(most);
    for (size_t j = 0; j < network_outputs(&p->f); j++) {
        enumeration one;
        if (!enumerate_maximum(&one, &p->f, &p->g, p->box.lower, p->box.upper, j, PROGRAM_LIMIT) ||
            one.output != j)
            complain(p, at, "one output fails where all succeed");
        if (mpq_cmp(one.maximum, most) > 0)
            mpq_set(most, one.maximum);
        check_point(p, &one, at);
        enumeration_clear(&one);
    }
    if (!mpq_equal(most, found->maximum))
        complain(p, at, "the outputs' maxima do not agree with the maximum");
    mpq_clear(most);
}

static void check_sweep(const problem *p, const enumeration *found, uint64_t at)
{
    enumeration swept;
    enumerate_sweep(&swept, &p->f, &p->g, p->box.lower, p->box.upper, EVERY_OUTPUT);
    if (!mpq_equal(swept.maximum, found->maximum))
        complain(p, at, "sweep and enumeration disagree");
    check_point(p, &swept, at);
    enumeration_clear(&swept);
}

/* True unless the problem is too large. */
static bool check_problem(const problem *p, rng *r, uint64_t at)
{
    enumeration found;
    bool done =
        enumerate_maximum(&found, &p->f, &p->g, p->box.lower, p->box.upper, EVERY_OUTPUT, PROGRAM_LIMIT);
    if (done) {
        check_point(p, &found, at);
        check_grid(p, &found, at);
        check_random_points(p, &found, r, at);
        check_outputs(p, &found, at);
        if (p->f.inputs == 1)
            check_sweep(p, &found, at);
    }
    enumeration_clear(&found);
    return done;
}

static void run_random(size_t cases, size_t inputs)
{
    size_t settled = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        problem p;
        rng_seed(&r, seed + k);
        random_problem_of(&p, &r, inputs);
        settled += check_problem(&p, &r, seed + k);
        problem_clear(&p);
    }
    printf("%zu inputs: %zu of %zu pairs settled\n", inputs, settled, cases);
    assert_true(cases < 20 || settled > cases / 2);
}

static void test_random_one_input(void **state)
{
    (void)state;
    run_random(random_effort(600), 1);
}

static void test_random_more_inputs(void **state)
{
    (void)state;
    run_random(random_effort(200), 2);
    run_random(random_effort(100), 3);
    run_random(random_effort(50), 4);
}

static bool (*const change_of_form[])(draft *, rng *) = {draft_permute_layer, draft_rescale_neuron,
                                                         draft_split_linear,  draft_share_neuron,
                                                         draft_cancel_pair,   draft_deepen};
enum { CHANGES = sizeof change_of_form / sizeof *change_of_form };

static void check_change(const draft *f, const draft *g, const box *domain, rng *r, uint64_t of)
{
    problem p = {.pair = "changed in form", .box = *domain};
    enumeration swept;
    draft_network(&p.f, f, r);
    draft_network(&p.g, g, r);
    enumerate_sweep(&swept, &p.f, &p.g, domain->lower, domain->upper, EVERY_OUTPUT);
    if (mpq_sgn(swept.maximum) != 0)
        complain(&p, of, "a change of form changed the function");
    enumeration_clear(&swept);
    network_clear(&p.f);
    network_clear(&p.g);
}

/* Every change that should leave a function alone leaves it alone. Some functions have nothing to change (no
 * hidden neuron, or no linear one), so cases are drawn until each change has been made often enough. */
static void test_random_disguises(void **state)
{
    (void)state;
    size_t wanted = random_effort(50), changed[CHANGES] = {0}, enough = 0;
    for (size_t k = 0; enough < CHANGES; k++) {
        assert_true(k < 1000 * wanted);
        rng r;
        rng_seed(&r, seed + k);
        size_t i = rng_below(&r, CHANGES);
        draft f, g;
        box domain;
        random_box(&domain, &r, 1);
        random_draft(&f, &r, &domain, 2);
        draft_copy(&g, &f);
        if (changed[i] < wanted && change_of_form[i](&g, &r)) {
            check_change(&f, &g, &domain, &r, seed + k);
            enough += ++changed[i] == wanted;
        }
        draft_clear(&f);
        draft_clear(&g);
        box_clear(&domain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absolute_value),
        cmocka_unit_test(test_tent),
        cmocka_unit_test(test_plateau),
        cmocka_unit_test(test_two_inputs),
        cmocka_unit_test(test_fraction),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_random_one_input),
        cmocka_unit_test(test_random_more_inputs),
        cmocka_unit_test(test_random_disguises),
    };
    seed = random_seed("enumerate");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
