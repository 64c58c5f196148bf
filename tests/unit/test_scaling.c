/* Scales by hand: which exponents proven bounds allow, and that bounds are converted outward. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number/binary.h"
#include "number/vector.h"
#include "random.h"
#include "system/scaling.h"

#define ONE ((fix)1 << FRAME_BITS)

/* relu(weight · x), then the identity. */
static void make_network(network *net, long weight)
{
    static const size_t first = 0, second = 1;
    unsigned char relu = NEURON_RELU, linear = NEURON_LINEAR;
    mpq_t *numbers = vector_new(2); /* weight and bias 0 */
    network_init(net, 1);
    mpq_set_si(numbers[0], weight, 1);
    network_append(net, 1, &relu, 1, &first, numbers, numbers + 1);
    mpq_set_ui(numbers[0], 1, 1);
    network_append(net, 1, &linear, 1, &second, numbers, numbers + 1);
    vector_free(numbers, 2);
}

/* f = relu(x), g = relu(weight · x) on [-1, 1]: neurons 0 and 1. */
typedef struct pair {
    pair_system system;
    scaling sc;
} pair;

static void make_pair(pair *p, long weight)
{
    network f, g;
    make_network(&f, 1);
    make_network(&g, weight);
    mpq_t *ends = vector_new(2);
    mpq_set_si(ends[0], -1, 1);
    mpq_set_si(ends[1], 1, 1);
    system_init(&p->system, &f, &g);
    scaling_init(&p->sc, &p->system, ends, ends + 1);
    vector_free(ends, 2);
    network_clear(&f);
    network_clear(&g);
}

static void clear_pair(pair *p)
{
    scaling_clear(&p->sc, &p->system);
    system_clear(&p->system);
}

static void intervals_scale_first(void **state)
{
    (void)state;
    pair p;
    make_pair(&p, 8);
    assert_int_equal(p.system.neurons, 2);
    assert_int_equal(p.sc.exponent[0], 1);
    assert_int_equal(p.sc.exponent[1], 4);
    assert_int_equal(p.sc.partner[0], SYSTEM_NO_NEURON); /* too far apart to share a unit */
    clear_pair(&p);
}

/* A unit that becomes finer: bounds stay what they are. */
static void finer_units_are_exact(void **state)
{
    (void)state;
    pair p;
    make_pair(&p, 1024);
    fix lower[2] = {-ONE, -3}, upper[2] = {ONE, ONE / 1024};
    assert_false(scaling_tighten(&p.sc, &p.system, lower, upper));
    assert_int_equal(p.sc.exponent[1], 7); /* 11 less the gain of 4, not less ten */
    assert_int_equal(lower[1], -3 * 16);
    assert_int_equal(upper[1], ONE / 1024 * 16);
    clear_pair(&p);
}

static void expect_coarser(fix lower, fix upper, fix new_lower, fix new_upper)
{
    pair p;
    make_pair(&p, 8);
    fix lo[2] = {lower, -ONE / 2}, hi[2] = {upper, ONE / 2};
    scaling_tighten(&p.sc, &p.system, lo, hi);
    assert_int_equal(p.sc.partner[0], 1); /* 8x is known to be at most 2^3 now: partners, with one unit */
    assert_int_equal(p.sc.exponent[1], 3);
    assert_int_equal(p.sc.exponent[0], 3);
    assert_int_equal(lo[0], new_lower);
    assert_int_equal(hi[0], new_upper);
    clear_pair(&p);
}

/* A unit that becomes four times as large, to be shared by partners: outward. */
static void coarser_units_round_outward(void **state)
{
    (void)state;
    expect_coarser(-ONE + 3, ONE - 3, -ONE / 4, ONE / 4);
    expect_coarser(-ONE + 4, ONE - 4, -ONE / 4 + 1, ONE / 4 - 1);
    expect_coarser(1, ONE, 0, ONE / 4);
    expect_coarser(5, ONE, 1, ONE / 4);
    expect_coarser(-ONE, -1, -ONE / 4, 0);
    expect_coarser(-ONE, -5, -ONE / 4, -1);
}

/* C·(f − g) of a total, compared with a number: the largest total that is not above it. */
static void limits_of_totals_are_exact(void **state)
{
    (void)state;
    pair p;
    rng r;
    rng_seed(&r, random_seed("limits_of_totals_are_exact"));
    make_pair(&p, 8);
    mpz_t limit;
    mpq_t real, total;
    mpz_init(limit);
    mpq_inits(real, total, NULL);
    for (size_t k = 0, cases = random_effort(1000); k < cases; k++) {
        fix_product wide;
        mpq_set_si(real, rng_between(&r, -1000, 1000), (unsigned long)rng_between(&r, 1, 1000));
        mpq_canonicalize(real);
        scaling_largest_total(limit, &p.sc, &p.system, 0, real);
        assert_true(binary_wide(&wide, limit, 126));
        scaling_total(total, &p.sc, &p.system, 0, wide);
        assert_true(mpq_cmp(total, real) <= 0);
        scaling_total(total, &p.sc, &p.system, 0, wide + 1);
        assert_true(mpq_cmp(total, real) > 0);
    }
    mpz_clear(limit);
    mpq_clears(real, total, NULL);
    clear_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_of_totals_are_exact), cmocka_unit_test(intervals_scale_first),
        cmocka_unit_test(finer_units_are_exact), cmocka_unit_test(coarser_units_round_outward)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
