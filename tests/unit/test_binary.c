/* Powers of two and wide integers, against GMP's own text and arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number/binary.h"
#include "random.h"

static __int128 random_wide(rng *r)
{
    unsigned __int128 bits = (unsigned __int128)rng_next(r) << 64 | rng_next(r);
    return (__int128)(bits >> rng_below(r, 128)) * (rng_chance(r, 50) ? 1 : -1);
}

/* By halves, from the most significant bit down. */
static void set_slowly(mpz_t number, __int128 wide)
{
    unsigned __int128 size = wide < 0 ? -(unsigned __int128)wide : (unsigned __int128)wide;
    mpz_set_ui(number, 0);
    for (int bit = 127; bit >= 0; bit--) {
        mpz_mul_ui(number, number, 2);
        mpz_add_ui(number, number, (unsigned long)(size >> bit & 1));
    }
    if (wide < 0)
        mpz_neg(number, number);
}

static void check_wide(__int128 wide)
{
    const __int128 most = (__int128)1 << 126;
    mpz_t slow, number;
    mpz_inits(slow, number, NULL);
    set_slowly(slow, wide);
    binary_integer(number, wide);
    assert_int_equal(mpz_cmp(slow, number), 0);
    __int128 back = 7;
    bool fits = wide < most && wide > -most;
    assert_true(binary_wide(&back, number, 126) == fits);
    assert_true(back == (fits ? wide : 7));
    mpz_clears(slow, number, NULL);
}

static void wide_integers_go_there_and_back(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("wide_integers_go_there_and_back"));
    for (size_t k = 0, cases = random_effort(5000); k < cases; k++)
        check_wide(random_wide(&r));
    for (int bit = 0; bit < 127; bit++)
        for (int off = -1; off <= 1; off++) {
            check_wide(((__int128)1 << bit) + off);
            check_wide(-((__int128)1 << bit) + off);
        }
    check_wide(-((__int128)1 << 126) * 2); /* the least of all */
}

static void numbers_beyond_are_refused(void **state)
{
    (void)state;
    __int128 back = 7;
    mpz_t number;
    mpz_init_set_ui(number, 1);
    mpz_mul_2exp(number, number, 300);
    assert_false(binary_wide(&back, number, 126));
    mpz_neg(number, number);
    assert_false(binary_wide(&back, number, 126));
    mpz_set_si(number, -4);
    assert_false(binary_wide(&back, number, 2));
    assert_true(back == 7);
    assert_true(binary_wide(&back, number, 3));
    assert_true(back == -4);
    mpz_clear(number);
}

static void scaling_is_a_product(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("scaling_is_a_product"));
    mpq_t value, scaled, power;
    mpq_inits(value, scaled, power, NULL);
    for (size_t k = 0, cases = random_effort(2000); k < cases; k++) {
        long exponent = rng_between(&r, -200, 200);
        mpq_set_si(value, rng_between(&r, -1000, 1000), (unsigned long)rng_between(&r, 1, 1000));
        mpq_canonicalize(value);
        mpz_set_ui(mpq_denref(power), 1);
        mpz_ui_pow_ui(mpq_numref(power), 2, (unsigned long)(exponent < 0 ? -exponent : exponent));
        if (exponent < 0)
            mpq_inv(power, power);
        mpq_mul(power, power, value);
        binary_scale(scaled, value, exponent);
        assert_true(mpq_equal(scaled, power));
        binary_scale(value, value, exponent);
        assert_true(mpq_equal(value, power));
    }
    mpq_clears(value, scaled, power, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wide_integers_go_there_and_back),
                                       cmocka_unit_test(numbers_beyond_are_refused),
                                       cmocka_unit_test(scaling_is_a_product)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
