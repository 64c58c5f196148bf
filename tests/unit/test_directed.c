/* The direction of every rounding: calculated with a few bits, so that rounding errors are large, each bound
 * is on its safe side of the same bound calculated with many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <mpfr.h>

#include "fool/directed.h"
#include "fool/height.h"
#include "fool/midpoints.h"
#include "fool/need.h"
#include "fool/remain.h"
#include "random.h"
#include "random_learning.h"

enum { MANY_BITS = 800, MOST_INPUTS = 5 };

static uint64_t seed;

static void test_powers(void **state)
{
    (void)state;
    mpq_t e;
    mpq_init(e);
    for (size_t k = 0; k < random_effort(2000); k++) {
        rng r;
        mpfr_t x, y, exact;
        rng_seed(&r, seed + k);
        mpfr_init2(x, 40);
        mpfr_init2(y, rng_between(&r, 3, 12));
        mpfr_init2(exact, MANY_BITS);
        mpfr_set_ui_2exp(x, 1 + rng_below(&r, 1000000), rng_between(&r, -30, 5), MPFR_RNDN);
        mpq_set_si(e, rng_between(&r, -300, 300), 1 + rng_below(&r, 99));
        mpq_canonicalize(e);
        directed_power(exact, x, e, MPFR_RNDD);
        directed_power(y, x, e, MPFR_RNDD);
        assert_true(mpfr_cmp(y, exact) <= 0);
        directed_power(exact, x, e, MPFR_RNDU);
        directed_power(y, x, e, MPFR_RNDU);
        assert_true(mpfr_cmp(y, exact) >= 0);
        mpfr_clears(x, y, exact, (mpfr_ptr)NULL);
    }
    mpq_clear(e);
}

/* From here on both calculate with the same numbers, so that only the errors of later steps differ. */
static void equalise(height *many, const height *few)
{
    mpfr_set(many->slope, few->slope, MPFR_RNDN);
    mpfr_set(many->cap, few->cap, MPFR_RNDN);
    mpfr_set(many->factorial, few->factorial, MPFR_RNDN);
    mpfr_set(many->rising, few->rising, MPFR_RNDN);
}

/* The chains of need.h and remain.h for one n. */
static void check_bounds(const height *few, const height *many, const mpq_t tolerance, const mpz_t samples)
{
    typedef bool need(mpfr_t x, claim * why, const height *h, const mpq_t given);
    typedef bool remain(mpfr_t x, claim * why, const height *h, const mpz_t given);
    need *needs[] = {few->problem->uniform ? need_hole : need_inner, need_random};
    remain *remains[] = {few->problem->uniform ? remain_hole : remain_inner, remain_random};
    mpfr_t x, y;
    claim why;
    mpfr_init2(x, few->precision);
    mpfr_init2(y, many->precision);
    for (int k = 0; k < 2; k++) {
        if (needs[k](x, &why, few, tolerance))
            assert_true(needs[k](y, &why, many, tolerance) && mpfr_cmp(x, y) <= 0);
        if (remains[k](x, &why, few, samples))
            assert_true(remains[k](y, &why, many, samples) && mpfr_cmp(x, y) <= 0);
    }
    mpfr_clears(x, y, (mpfr_ptr)NULL);
}

static void check_upper(const learning *t, const mpq_t tolerance, const mpz_t samples, mpfr_prec_t bits)
{
    mpfr_t x, y;
    mpfr_init2(x, bits);
    mpfr_init2(y, MANY_BITS);
    midpoints_lipschitz(x, t);
    midpoints_lipschitz(y, t);
    assert_true(mpfr_cmp(x, y) >= 0);
    midpoints_enough(x, t, tolerance);
    midpoints_enough(y, t, tolerance);
    assert_true(mpfr_cmp(x, y) >= 0);
    midpoints_error(x, t, samples);
    midpoints_error(y, t, samples);
    assert_true(mpfr_cmp(x, y) >= 0);
    mpfr_clears(x, y, (mpfr_ptr)NULL);
}

static void test_bounds(void **state)
{
    (void)state;
    mpq_t tolerance;
    mpz_t samples;
    mpq_init(tolerance);
    mpz_init(samples);
    for (size_t k = 0; k < random_effort(1500); k++) {
        rng r;
        learning t;
        height few, many;
        rng_seed(&r, seed + k);
        random_learning(&t, &r, MOST_INPUTS);
        random_tolerance(tolerance, &t, &r);
        mpz_set_ui(samples, rng_below(&r, rng_chance(&r, 50) ? 30 : 100000));
        height_init(&few, &t, rng_between(&r, 4, 14));
        height_init(&many, &t, MANY_BITS);
        while (height_next(&few) && height_next(&many)) {
            assert_true(mpfr_cmp(few.slope, many.slope) <= 0 && mpfr_cmp(few.cap, many.cap) <= 0);
            assert_true(mpfr_cmp(few.factorial, many.factorial) <= 0 &&
                        mpfr_cmp(few.rising, many.rising) >= 0);
            equalise(&many, &few);
            check_bounds(&few, &many, tolerance, samples);
        }
        check_upper(&t, tolerance, samples, few.precision);
        height_clear(&few);
        height_clear(&many);
        learning_clear(&t);
    }
    mpq_clear(tolerance);
    mpz_clear(samples);
}

int main(void)
{
    seed = random_seed("directed");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_powers),
        cmocka_unit_test(test_bounds),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
