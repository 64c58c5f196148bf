/* The rules of the kernel against every whole point of small ranges: the constant is the least for which the
 * inequality holds. */
#include <setjmp.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/choice.h"
#include "kernel/relax.h"
#include "random.h"

/* A prover that knows two neurons, 0 and its partner 1, and their difference at 2. */
typedef struct pair {
    bool relu[2];
    fix lower[4], upper[4], slope[4], delta[2];
    pair_system system;
    prover p;
} pair;

static void set_range(pair *t, size_t quantity, fix lower, fix upper)
{
    t->lower[quantity] = lower;
    t->upper[quantity] = upper;
    t->slope[quantity] = choice_slope(lower, upper);
}

/* Ranges of z, z' and z − z' that some point has, often with an end at 0. */
static void random_pair(pair *t, rng *r)
{
    *t = (pair){.relu = {true, true}};
    long z = rng_between(r, -12, 12), partner = rng_between(r, -12, 12), at[3] = {z, partner, z - partner};
    for (size_t q = 0; q < 3; q++) {
        long down = rng_between(r, 0, 6), up = rng_between(r, 0, 6);
        if (rng_chance(r, 10))
            down = at[q] > 0 ? at[q] : 0;
        set_range(t, q, at[q] - down, at[q] + up);
    }
    t->delta[0] = rng_chance(r, 50) ? rng_between(r, -40, 40) : 0;
    t->delta[1] = rng_chance(r, 50) ? rng_between(r, -40, 40) : 0;
    t->system = (pair_system){.neurons = 2, .relu = t->relu};
    t->p = (prover){.system = &t->system,
                    .lower = t->lower,
                    .upper = t->upper,
                    .slope = t->slope,
                    .delta = t->delta,
                    .grain = -1};
}

static long relu(long z)
{
    return z > 0 ? z : 0;
}

/* The largest a·y + b·y' − c·z − d·z' over the whole points of the ranges. All corners are whole points. */
static long largest_gap(const pair *t, fix a, fix b, fix c, fix d)
{
    long most = LONG_MIN;
    for (long z = t->lower[0]; z <= t->upper[0]; z++)
        for (long y = t->lower[1]; y <= t->upper[1]; y++) {
            long gap = a * relu(z) + b * relu(y) - c * z - d * y;
            if (z - y >= t->lower[2] && z - y <= t->upper[2] && gap > most)
                most = gap;
        }
    return most;
}

static void constants_of_pairs_are_the_least(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("constants_of_pairs_are_the_least"));
    for (size_t k = 0, cases = random_effort(200000); k < cases; k++) {
        pair t;
        random_pair(&t, &r);
        fix a = rng_between(&r, -50, 50), b = rng_between(&r, -50, 50), c = a, d = b;
        fix_product sum = 7;
        relax_pair(&t.p, 0, 1, rng_chance(&r, 50), &c, &d, &sum);
        assert_int_equal(sum - 7, largest_gap(&t, a, b, c, d));
    }
}

/* In narrow arithmetic all coefficients stay multiples of the grain, and constants belong to them. */
static void grains_stay_whole(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("grains_stay_whole"));
    for (size_t k = 0, cases = random_effort(20000); k < cases; k++) {
        pair t;
        random_pair(&t, &r);
        t.delta[0] = t.delta[1] = 0;
        t.p.grain = -8;
        fix a = 8 * rng_between(&r, -50, 50), b = 8 * rng_between(&r, -50, 50), c = a, d = b;
        fix_product sum = 0, single = 0;
        relax_pair(&t.p, 0, 1, rng_chance(&r, 50), &c, &d, &sum);
        assert_int_equal(sum, largest_gap(&t, a, b, c, d));
        assert_true(c % 8 == 0 && d % 8 == 0 && relax_neuron(&t.p, 0, a, &single) % 8 == 0);
    }
}

static void constants_of_neurons_are_the_least(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("constants_of_neurons_are_the_least"));
    for (size_t k = 0, cases = random_effort(20000); k < cases; k++) {
        pair t;
        random_pair(&t, &r);
        t.relu[0] = rng_chance(&r, 80);
        fix a = rng_between(&r, -50, 50);
        fix_product sum = 7;
        fix c = relax_neuron(&t.p, 0, a, &sum);
        long most = LONG_MIN;
        for (long z = t.lower[0]; z <= t.upper[0]; z++) {
            long gap = a * (t.relu[0] ? relu(z) : z) - c * z;
            most = gap > most ? gap : most;
        }
        assert_int_equal(sum - 7, most);
    }
}

/* Where no point has all three ranges, the constant is that of the neurons by themselves. */
static void ranges_without_a_point(void **state)
{
    (void)state;
    pair t;
    rng r;
    rng_seed(&r, 1);
    random_pair(&t, &r);
    t.delta[0] = t.delta[1] = 0;
    set_range(&t, 0, -2, 2);
    set_range(&t, 1, -2, 2);
    set_range(&t, 2, 5, 6);
    fix a = 10, b = 10;
    fix_product sum = 0;
    relax_pair(&t.p, 0, 1, false, &a, &b, &sum);
    assert_int_equal(a, 5);
    assert_int_equal(b, 5);
    assert_int_equal(sum, 20); /* two chords, each 10 above -2·5 */
}

/* y − y' with w = z − z' in [-2, -1]: 0 at z < 0, w at z > 0. The tilt is −1/10 of z. */
static void tilt_follows_the_longer_part(void **state)
{
    (void)state;
    pair t;
    rng r;
    rng_seed(&r, 1);
    random_pair(&t, &r);
    t.delta[0] = t.delta[1] = 0;
    set_range(&t, 0, -5, 10);
    set_range(&t, 1, -5, 12);
    set_range(&t, 2, -2, -1);
    fix a = 100, b = -100;
    fix_product sum = 0;
    relax_pair(&t.p, 0, 1, true, &a, &b, &sum);
    assert_int_equal(a, -10);
    assert_int_equal(b, 0);
    assert_int_equal(sum, largest_gap(&t, 100, -100, a, b));
    a = 100, b = -100, sum = 0;
    relax_pair(&t.p, 0, 1, false, &a, &b, &sum);
    assert_int_equal(a, 0);
    assert_int_equal(b, 0);
    assert_int_equal(sum, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_of_pairs_are_the_least), cmocka_unit_test(grains_stay_whole),
        cmocka_unit_test(constants_of_neurons_are_the_least), cmocka_unit_test(ranges_without_a_point),
        cmocka_unit_test(tilt_follows_the_longer_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
