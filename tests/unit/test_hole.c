/* The largest hole against sorting, every cell, and grids; its proofs, limits and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <time.h>

#include "arrays.h"
#include "fool/cloud.h"
#include "fool/hole.h"
#include "fool/hole_proof.h"
#include "hole_oracle.h"

static const hole_limits no_limits = {0, NULL, 1};

static void find(hole *h, const sampling *s, const hole_limits *limits)
{
    error e = ERROR_NONE;
    if (!hole_find(h, s->x, s->count, s->d, s->box.lower, s->box.upper, limits, &e)) {
        error_print(stdout, &e);
        fail();
    }
}

static void fail_with(const sampling *s, const hole *h, uint64_t seed)
{
    sampling_print(s);
    gmp_printf("radius %Qd\nupper %Qd\n", h->radius, h->upper);
    fail_msg("seed %lu", (unsigned long)seed);
}

/* What holds of every result: the centre is in the box, the radius is that of the centre, the volume bound is
 * not above the upper bound. */
static bool is_sound(const hole *h, const sampling *s)
{
    mpq_t radius, volume;
    mpq_inits(radius, volume, NULL);
    hole_radius(radius, s->x, s->count, s->d, h->centre);
    hole_volume_bound(volume, s->box.lower, s->box.upper, s->d, s->count);
    bool sound = mpq_equal(radius, h->radius) && mpq_cmp(h->radius, h->upper) <= 0 &&
                 mpq_cmp(volume, h->upper) <= 0 && h->proven_largest == (mpq_equal(h->radius, h->upper) != 0);
    for (size_t j = 0; j < s->d; j++)
        sound = sound && mpq_cmp(h->centre[j], s->box.lower[j]) >= 0 &&
                mpq_cmp(h->centre[j], s->box.upper[j]) <= 0;
    mpq_clears(radius, volume, NULL);
    return sound;
}

typedef void oracle(mpq_t radius, const sampling *s);

static void compare(oracle *truth, uint64_t seed, size_t cases, size_t d, size_t most)
{
    mpq_t expected;
    mpq_init(expected);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        hole h;
        random_sampling(&s, &r, d, most);
        find(&h, &s, &no_limits);
        truth(expected, &s);
        if (!is_sound(&h, &s) || !h.proven_largest || !mpq_equal(h.radius, expected)) {
            gmp_printf("expected %Qd\n", expected);
            fail_with(&s, &h, seed + k);
        }
        hole_clear(&h);
        sampling_clear(&s);
    }
    mpq_clear(expected);
}

static void holes_on_a_line_are_gaps(void **state)
{
    (void)state;
    uint64_t seed = random_seed("holes_on_a_line_are_gaps");
    compare(largest_gap, seed, random_effort(300), 1, 300);
}

static void holes_are_those_of_every_cell(void **state)
{
    (void)state;
    uint64_t seed = random_seed("holes_are_those_of_every_cell");
    compare(largest_of_cells, seed, random_effort(100), 1, 12);
    compare(largest_of_cells, seed, random_effort(300), 2, 8);
    compare(largest_of_cells, seed, random_effort(100), 3, 4);
    compare(largest_of_cells, seed, random_effort(20), 4, 2);
}

/* Radius and upper bound relative to the longest side of the box. */
static double in_units(const sampling *s, const mpq_t value)
{
    mpq_t side, unit;
    mpq_inits(side, unit, NULL);
    for (size_t j = 0; j < s->d; j++) {
        mpq_sub(side, s->box.upper[j], s->box.lower[j]);
        if (mpq_cmp(side, unit) > 0)
            mpq_set(unit, side);
    }
    if (mpq_sgn(unit) != 0)
        mpq_div(side, value, unit);
    else
        mpq_set(side, value);
    double result = mpq_get_d(side);
    mpq_clears(side, unit, NULL);
    return result;
}

static void compare_with_grid(uint64_t seed, size_t cases, size_t d, size_t most, size_t parts,
                              double seconds)
{
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        hole h;
        double more;
        hole_limits limits = {seconds, NULL, 2};
        random_sampling(&s, &r, d, most);
        find(&h, &s, &limits);
        double best = largest_of_grid(&s, parts, &more);
        double radius = in_units(&s, h.radius), upper = in_units(&s, h.upper);
        if (!is_sound(&h, &s) || best > upper + 1e-9 || radius > best + more + 1e-9 ||
            (seconds <= 0 && !h.proven_largest))
            fail_with(&s, &h, seed + k);
        hole_clear(&h);
        sampling_clear(&s);
    }
}

static void holes_agree_with_grids(void **state)
{
    (void)state;
    uint64_t seed = random_seed("holes_agree_with_grids");
    compare_with_grid(seed, random_effort(30), 2, 400, 60, 0);
    compare_with_grid(seed, random_effort(30), 3, 200, 16, 0);
}

static void brackets_hold_in_more_dimensions(void **state)
{
    (void)state;
    uint64_t seed = random_seed("brackets_hold_in_more_dimensions");
    compare_with_grid(seed, random_effort(5), 4, 100, 8, 0.1);
    compare_with_grid(seed, random_effort(5), 5, 100, 5, 0.1);
    compare_with_grid(seed, random_effort(5), 6, 100, 4, 0.1);
}

/* --- holes known by hand -------------------------------------------------------------------------------- */

static void expect_radius(const sampling *s, long numerator, unsigned long denominator)
{
    hole h;
    find(&h, s, &no_limits);
    assert_true(is_sound(&h, s));
    assert_true(h.proven_largest);
    if (mpq_cmp_si(h.radius, numerator, denominator) != 0) {
        gmp_printf("%Qd is not %ld/%lu\n", h.radius, numerator, denominator);
        fail_with(s, &h, 0);
    }
    hole_clear(&h);
}

/* In the middle of every cell the distance from its corners is half the sum of its sides. */
static void grids_leave_half_their_cells(void **state)
{
    (void)state;
    for (size_t d = 1; d <= 4; d++)
        for (size_t side = 2; side <= (d < 3 ? 9 : 12 - 2 * d); side++) {
            sampling s;
            grid_sampling(&s, d, side);
            expect_radius(&s, (long)d, 2 * (side - 1));
            sampling_clear(&s);
        }
}

/* One sample: the farthest point is a corner. */
static void one_sample_leaves_a_corner(void **state)
{
    (void)state;
    sampling s;
    grid_sampling(&s, 3, 2);
    s.count = 1;
    expect_radius(&s, 3, 1);
    for (size_t j = 0; j < 3; j++)
        mpq_set_si(s.x[j], 1, 3);
    expect_radius(&s, 2, 1);
    mpq_set_si(s.x[1], 6, 7);
    expect_radius(&s, 2 * 14 + 18, 21);
    s.count = 8;
    sampling_clear(&s);
}

/* The unit square with samples at three corners: the fourth is 1 away from two of them. */
static void holes_touch_the_boundary(void **state)
{
    (void)state;
    sampling s;
    grid_sampling(&s, 2, 2);
    s.count = 3;
    hole h;
    find(&h, &s, &no_limits);
    assert_true(h.proven_largest);
    assert_int_equal(mpq_cmp_si(h.radius, 1, 1), 0);
    hole_clear(&h);
    s.count = 2; /* the corners (0,0) and (1,0): the hole is above them */
    find(&h, &s, &no_limits);
    assert_int_equal(mpq_cmp_si(h.radius, 3, 2), 0);
    assert_int_equal(mpq_cmp_si(h.centre[0], 1, 2), 0);
    assert_int_equal(mpq_cmp_si(h.centre[1], 1, 1), 0);
    hole_clear(&h);
    s.count = 4;
    sampling_clear(&s);
}

static void boxes_without_freedom(void **state)
{
    (void)state;
    sampling s;
    grid_sampling(&s, 3, 3);
    for (size_t i = 0; i < s.count; i++)
        mpq_set_si(s.x[3 * i + 1], 5, 7);
    mpq_set_si(s.box.lower[1], 5, 7);
    mpq_set_si(s.box.upper[1], 5, 7);
    expect_radius(&s, 1, 2); /* as in the square */
    for (size_t i = 0; i < s.count * 3; i++)
        mpq_set_si(s.x[i], 5, 7);
    for (size_t j = 0; j < 3; j++) {
        mpq_set_si(s.box.lower[j], 5, 7);
        mpq_set_si(s.box.upper[j], 5, 7);
    }
    expect_radius(&s, 0, 1);
    sampling_clear(&s);
}

/* Scaling by a, moving, reversing the samples and repeating one change the radius by the factor a only. */
static void holes_move_with_the_samples(void **state)
{
    (void)state;
    uint64_t seed = random_seed("holes_move_with_the_samples");
    size_t cases = random_effort(100);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        hole before, after;
        mpq_t factor, shift;
        mpq_inits(factor, shift, NULL);
        random_sampling(&s, &r, 1 + rng_below(&r, 3), 60);
        find(&before, &s, &no_limits);
        mpq_set_si(shift, rng_between(&r, -1000, 1000), 7);
        mpq_canonicalize(shift);
        mpq_set_ui(factor, 3, 1);
        (rng_chance(&r, 50) ? mpq_mul_2exp : mpq_div_2exp)(factor, factor, rng_below(&r, 400));
        for (size_t i = 0; i < s.count * s.d; i++) {
            mpq_mul(s.x[i], s.x[i], factor);
            mpq_add(s.x[i], s.x[i], shift);
        }
        for (size_t j = 0; j < s.d; j++) {
            mpq_mul(s.box.lower[j], s.box.lower[j], factor);
            mpq_add(s.box.lower[j], s.box.lower[j], shift);
            mpq_mul(s.box.upper[j], s.box.upper[j], factor);
            mpq_add(s.box.upper[j], s.box.upper[j], shift);
        }
        for (size_t i = 0; i < s.count / 2 * s.d; i++)
            mpq_swap(s.x[i], s.x[(s.count - 1 - i / s.d) * s.d + i % s.d]);
        find(&after, &s, &no_limits);
        mpq_mul(before.radius, before.radius, factor);
        if (!after.proven_largest || !mpq_equal(before.radius, after.radius))
            fail_with(&s, &after, seed + k);
        hole_clear(&before);
        hole_clear(&after);
        mpq_clears(factor, shift, NULL);
        sampling_clear(&s);
    }
}

/* --- the inequality ------------------------------------------------------------------------------------- */

static void random_cuts(rng *r, const cloud *c, uint32_t *lower, uint32_t *upper)
{
    for (size_t j = 0; j < c->d; j++) {
        lower[j] = (uint32_t)rng_below(r, c->cuts[j]);
        upper[j] = lower[j] + (uint32_t)rng_below(r, c->cuts[j] - lower[j]);
    }
}

/* Any weights prove a bound that no point of the box exceeds, in doubles and exactly. */
static void weights_prove_true_bounds(void **state)
{
    (void)state;
    uint64_t seed = random_seed("weights_prove_true_bounds");
    size_t cases = random_effort(3000), proofs = 0;
    mpq_t *point = rationals_new(3), radius, bound;
    mpq_inits(radius, bound, NULL);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        cloud c;
        uint32_t lower[3], upper[3], sample[4];
        double weight[4];
        random_sampling(&s, &r, 1 + rng_below(&r, 3), 5);
        cloud_init(&c, s.x, s.count, s.d, s.box.lower, s.box.upper);
        random_cuts(&r, &c, lower, upper);
        weighing w = {1 + rng_below(&r, s.d + 1), sample, weight};
        for (size_t i = 0; i < w.count; i++) {
            sample[i] = (uint32_t)rng_below(&r, c.count);
            weight[i] =
                rng_chance(&r, 50) ? (double)(1 + rng_below(&r, 4)) : ldexp((double)rng_below(&r, 1000), -12);
        }
        box within = {s.d, rationals_new(s.d), rationals_new(s.d), "cuts"};
        for (size_t j = 0; j < s.d; j++) {
            mpq_set(within.lower[j], c.cut_exact[j][lower[j]]);
            mpq_set(within.upper[j], c.cut_exact[j][upper[j]]);
        }
        random_point(point, &r, &within);
        hole_radius(radius, s.x, s.count, s.d, point);
        double proved = proof_bound(&c, lower, upper, &w);
        bool wrong = false;
        if (isfinite(proved)) {
            mpq_set_d(bound, proved);
            mpq_mul(bound, bound, c.scale);
            wrong = mpq_cmp(radius, bound) > 0;
            mpq_set_d(bound, fmax(proved - c.slack * (double)rng_below(&r, 3), 0));
            mpq_mul(bound, bound, c.scale);
            bool exact = proof_at_most(&c, lower, upper, &w, bound);
            proofs += exact;
            wrong = wrong || (exact && mpq_cmp(radius, bound) > 0);
        }
        /* A little less than what is attained is never proved. */
        mpq_set_ui(bound, 1, 1);
        mpq_div_2exp(bound, bound, 300);
        mpq_sub(bound, radius, bound);
        wrong = wrong || proof_at_most(&c, lower, upper, &w, bound);
        if (wrong) {
            sampling_print(&s);
            fail_msg("seed %lu", (unsigned long)(seed + k));
        }
        box_clear(&within);
        cloud_clear(&c);
        sampling_clear(&s);
    }
    mpq_clears(radius, bound, NULL);
    rationals_free(point, 3);
    print_message("%zu of %zu proved exactly\n", proofs, cases);
    assert_true(proofs > cases / 5);
}

/* Two opposite corners of an affine cell, weight one each: exactly half the sum of the sides, and no less. */
static void ties_are_decided_exactly(void **state)
{
    (void)state;
    sampling s;
    cloud c;
    grid_sampling(&s, 3, 4);
    cloud_init(&c, s.x, s.count, 3, s.box.lower, s.box.upper);
    uint32_t lower[3] = {0, 0, 0}, upper[3] = {1, 1, 1}, sample[2] = {0, 1 + 4 + 16};
    double weight[2] = {0.5, 0.5};
    weighing w = {2, sample, weight};
    mpq_t radius;
    mpq_init(radius);
    mpq_set_ui(radius, 1, 2);
    assert_true(proof_at_most(&c, lower, upper, &w, radius));
    mpq_set_str(radius, "499999999999999999999999999/1000000000000000000000000000", 10);
    assert_false(proof_at_most(&c, lower, upper, &w, radius));
    mpq_clear(radius);
    cloud_clear(&c);
    sampling_clear(&s);
}

/* --- volume --------------------------------------------------------------------------------------------- */

static void expect_volume(const char *const side[], size_t d, size_t count, double expected)
{
    mpq_t *lower = rationals_new(d), *upper = rationals_new(d), bound;
    mpq_init(bound);
    for (size_t j = 0; j < d; j++) {
        mpq_set_si(lower[j], -3, 7);
        mpq_set_str(upper[j], side[j], 10);
        mpq_add(upper[j], upper[j], lower[j]);
    }
    hole_volume_bound(bound, lower, upper, d, count);
    double value = mpq_get_d(bound);
    if (value > expected * (1 + 1e-15) || value < expected * (1 - 1e-12))
        fail_msg("%.17g instead of %.17g", value, expected);
    mpq_clear(bound);
    rationals_free(lower, d);
    rationals_free(upper, d);
}

static void volumes_bound_radii(void **state)
{
    (void)state;
    const char *cube[] = {"1", "1", "1"}, *flat[] = {"1/1000000", "2", "0", "3"}, *point[] = {"0", "0"};
    expect_volume(cube, 1, 10, 0.05);
    expect_volume(cube, 2, 1, sqrt(2) / 2);
    expect_volume(cube, 3, 1000, cbrt(6e-3) / 2);
    expect_volume(flat, 4, 12, sqrt(2 * 6 / 12.0) / 2);
    expect_volume(flat, 4, 1, sqrt(12) / 2);
    expect_volume(flat + 2, 2, 4, 3 / 8.0);
    expect_volume(point, 2, 5, 0);
}

/* --- limits and threads --------------------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void limits_leave_valid_brackets(void **state)
{
    (void)state;
    uint64_t seed = random_seed("limits_leave_valid_brackets");
    size_t cases = random_effort(60), open = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        hole whole, part;
        volatile int stop = rng_chance(&r, 50);
        hole_limits limits = {stop ? 0 : ldexp(1, (int)rng_between(&r, -20, -8)), &stop, 2};
        random_sampling(&s, &r, 2 + rng_below(&r, 2), 500);
        find(&whole, &s, &no_limits);
        find(&part, &s, &limits);
        open += !part.proven_largest;
        if (!is_sound(&part, &s) || mpq_cmp(part.radius, whole.radius) > 0 ||
            mpq_cmp(whole.radius, part.upper) > 0)
            fail_with(&s, &part, seed + k);
        hole_clear(&whole);
        hole_clear(&part);
        sampling_clear(&s);
    }
    assert_true(open > 0);
}

/* A search that would take long ends soon after its time. */
static void time_limits_are_kept(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, 1);
    sampling s;
    grid_sampling(&s, 14, 2);
    s.count = 4000;
    for (size_t i = 0; i < s.count * s.d; i++)
        mpq_set_d(s.x[i], (double)(rng_next(&r) >> 11) * 0x1p-53);
    hole h;
    hole_limits limits = {0.3, NULL, 2};
    double started = seconds_now();
    find(&h, &s, &limits);
    double took = seconds_now() - started;
    assert_true(is_sound(&h, &s));
    assert_false(h.proven_largest);
    assert_true(took < 30); /* generous: sanitizers and a loaded machine; the whole search takes far longer */
    hole_clear(&h);
    s.count = 16384;
    sampling_clear(&s);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    uint64_t seed = random_seed("threads_do_not_matter");
    size_t cases = random_effort(40);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        sampling s;
        hole one, many;
        hole_limits limits = {0, NULL, 3};
        random_sampling(&s, &r, 1 + rng_below(&r, 4), 200);
        find(&one, &s, &no_limits);
        find(&many, &s, &limits);
        bool same = mpq_equal(one.radius, many.radius) && mpq_equal(one.upper, many.upper);
        for (size_t j = 0; j < s.d; j++)
            same = same && mpq_equal(one.centre[j], many.centre[j]);
        if (!same)
            fail_with(&s, &many, seed + k);
        hole_clear(&one);
        hole_clear(&many);
        sampling_clear(&s);
    }
}

/* --- errors --------------------------------------------------------------------------------------------- */

static void expect_error(const sampling *s, size_t count, size_t d, const char *message)
{
    error e = ERROR_NONE;
    hole h;
    assert_false(hole_find(&h, s->x, count, d, s->box.lower, s->box.upper, &no_limits, &e));
    assert_string_equal(e.message, message);
    assert_null(h.centre);
    hole_clear(&h);
    error_clear(&e);
}

static void wrong_arguments_are_errors(void **state)
{
    (void)state;
    sampling s;
    grid_sampling(&s, 2, 3);
    expect_error(&s, 0, 2, "there are no samples (give at least one)");
    expect_error(&s, 9, 0, "samples have no coordinates (give at least one)");
    mpq_set_si(s.x[5], 8, 7);
    expect_error(&s, 9, 2, "sample 3 lies outside the box in coordinate 2 (give a larger box)");
    mpq_set_si(s.x[5], -1, 1000000000);
    expect_error(&s, 9, 2, "sample 3 lies outside the box in coordinate 2 (give a larger box)");
    mpq_set_si(s.box.lower[0], 2, 1);
    expect_error(&s, 9, 2, "coordinate 1 of the box has its lower end above its upper end (swap them)");
    sampling_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_on_a_line_are_gaps),     cmocka_unit_test(holes_are_those_of_every_cell),
        cmocka_unit_test(holes_agree_with_grids),       cmocka_unit_test(brackets_hold_in_more_dimensions),
        cmocka_unit_test(grids_leave_half_their_cells), cmocka_unit_test(one_sample_leaves_a_corner),
        cmocka_unit_test(holes_touch_the_boundary),     cmocka_unit_test(boxes_without_freedom),
        cmocka_unit_test(holes_move_with_the_samples),  cmocka_unit_test(weights_prove_true_bounds),
        cmocka_unit_test(ties_are_decided_exactly),     cmocka_unit_test(volumes_bound_radii),
        cmocka_unit_test(limits_leave_valid_brackets),  cmocka_unit_test(time_limits_are_kept),
        cmocka_unit_test(threads_do_not_matter),        cmocka_unit_test(wrong_arguments_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
