/* Laws of sample complexity on random problems: the two directions (samples for an error, error after
 * samples) against each other; lower bounds never above upper bounds; chance never needs more, nor a weaker
 * norm; and everything monotone in every argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <mpfr.h>

#include "fool/complexity.h"
#include "random.h"
#include "random_learning.h"

enum { MOST_INPUTS = 5, NEEDED = 0, CHANCE, ENOUGH };

static uint64_t seed;

static void count(sample_count *m, const learning *t, const mpq_t tolerance, int what)
{
    if (what == ENOUGH)
        complexity_enough(m, t, tolerance);
    else
        complexity_needed(m, t, tolerance, what == CHANCE);
}

static void left(error_bound *e, const learning *t, const mpz_t samples, int what)
{
    if (what == ENOUGH)
        complexity_reached(e, t, samples);
    else
        complexity_remaining(e, t, samples, what == CHANCE);
}

static void fail_for(const learning *t, const mpq_t tolerance, const char *law)
{
    char *words = learning_words(t);
    print_error("%s, tolerance %g: %s\n", words, mpq_get_d(tolerance), law);
    free(words);
    fail();
}

/* Runs `check` on random problems. */
static void for_random(size_t cases, void (*check)(learning *t, mpq_t tolerance, rng *r))
{
    mpq_t tolerance;
    mpq_init(tolerance);
    for (size_t k = 0; k < random_effort(cases); k++) {
        rng r;
        learning t;
        rng_seed(&r, seed + k);
        random_learning(&t, &r, MOST_INPUTS);
        random_tolerance(tolerance, &t, &r);
        check(&t, tolerance, &r);
        learning_clear(&t);
    }
    mpq_clear(tolerance);
}

/* --- two directions ----------------------------------------------------------------------------------------
 */

/* Whether the error after `samples` is at least the tolerance, up to a relative 2^-900 in its favour. */
static bool exceeds(const learning *t, const mpz_t samples, const mpq_t tolerance, int what)
{
    error_bound e;
    mpfr_t slack;
    left(&e, t, samples, what);
    mpfr_init2(slack, 1280);
    mpfr_set_ui(slack, 1, MPFR_RNDN);
    mpfr_mul_2si(slack, slack, -900, MPFR_RNDN);
    mpfr_add_ui(slack, slack, 1, MPFR_RNDN);
    mpfr_mul(e.value, e.value, slack, MPFR_RNDN);
    bool more = mpfr_cmp_q(e.value, tolerance) >= 0;
    mpfr_clear(slack);
    error_bound_clear(&e);
    return more;
}

/* If m samples are needed, then after m - 1 the error exceeds ε, and after m it need not. */
static void check_directions(learning *t, mpq_t tolerance, rng *r)
{
    (void)r;
    for (int what = NEEDED; what <= CHANCE; what++) {
        sample_count m;
        mpq_t more;
        mpq_init(more);
        count(&m, t, tolerance, what);
        assert_true(m.whole);
        mpq_set_ui(more, 1000001, 1000000);
        mpq_mul(more, more, tolerance);
        if (exceeds(t, m.number, more, what))
            fail_for(t, tolerance, "an error is left after as many samples as are needed");
        mpz_sub_ui(m.number, m.number, 1);
        if (mpz_sgn(m.number) >= 0 && !exceeds(t, m.number, tolerance, what))
            fail_for(t, tolerance, "no error is left after fewer samples than are needed");
        mpq_clear(more);
        sample_count_clear(&m);
    }
}

static void test_directions(void **state)
{
    (void)state;
    for_random(250, check_directions);
}

/* --- lower and upper bounds --------------------------------------------------------------------------------
 */

static void check_order(learning *t, mpq_t tolerance, rng *r)
{
    sample_count needed, chance, enough;
    count(&needed, t, tolerance, NEEDED);
    count(&chance, t, tolerance, CHANCE);
    count(&enough, t, tolerance, ENOUGH);
    if (sample_count_compare(&chance, &needed) > 0)
        fail_for(t, tolerance, "chance needs more");
    if (sample_count_compare(&needed, &enough) > 0)
        fail_for(t, tolerance, "more are needed than suffice");
    mpz_t samples;
    error_bound a, b, c;
    mpz_init_set_ui(samples, rng_below(r, 20));
    mpz_mul_ui(samples, samples, rng_chance(r, 50) ? 1 : rng_below(r, 100000));
    left(&a, t, samples, CHANCE);
    left(&b, t, samples, NEEDED);
    left(&c, t, samples, ENOUGH);
    assert_true(mpfr_cmp(a.value, b.value) <= 0);
    assert_true(mpfr_cmp(b.value, c.value) <= 0);
    error_bound_clear(&a);
    error_bound_clear(&b);
    error_bound_clear(&c);
    mpz_clear(samples);
    sample_count_clear(&needed);
    sample_count_clear(&chance);
    sample_count_clear(&enough);
}

static void test_order(void **state)
{
    (void)state;
    for_random(250, check_order);
}

/* --- monotone ----------------------------------------------------------------------------------------------
 */

/* Makes the class larger, or the error stricter; false if this change says nothing. */
static bool enlarge(learning *t, mpq_t tolerance, rng *r, const char **law)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_ui(factor, 1000 + rng_below(r, 3000), 1000);
    mpq_canonicalize(factor);
    bool good = true;
    switch (rng_below(r, 7)) {
    case 0:
        mpq_mul(t->c, t->c, factor);
        *law = "c";
        break;
    case 1:
        t->width += 1 + rng_below(r, rng_chance(r, 50) ? 3 : 40);
        *law = "B";
        break;
    case 2:
        t->dimension += 1 + rng_below(r, 3);
        *law = "d";
        break;
    case 3:
        mpq_mul(t->q, t->q, factor);
        t->largest = t->largest || rng_chance(r, 20);
        *law = "q";
        break;
    case 4:
        mpq_mul(t->p, t->p, factor);
        t->uniform = t->uniform || rng_chance(r, 20);
        *law = "p";
        break;
    case 5:
        mpq_div(tolerance, tolerance, factor);
        *law = "tolerance";
        break;
    default: /* a layer with a gain of at least 1, as is certain for c >= 1 */
        good = mpq_cmp_ui(t->c, 1, 1) >= 0;
        t->layers += 1 + rng_below(r, 3);
        *law = "L";
    }
    mpq_clear(factor);
    return good;
}

static void check_monotone(learning *t, mpq_t tolerance, rng *r)
{
    learning larger;
    mpq_t stricter;
    mpz_t samples;
    const char *law;
    learning_copy(&larger, t);
    mpq_init(stricter);
    mpq_set(stricter, tolerance);
    mpz_init_set_ui(samples, rng_below(r, rng_chance(r, 50) ? 10 : 1000000));
    if (enlarge(&larger, stricter, r, &law))
        for (int what = NEEDED; what <= ENOUGH; what++) {
            sample_count m, n;
            error_bound e, f;
            count(&m, t, tolerance, what);
            count(&n, &larger, stricter, what);
            if (sample_count_compare(&m, &n) > 0)
                fail_for(t, tolerance, law);
            left(&e, t, samples, what);
            left(&f, &larger, samples, what);
            if (mpfr_cmp(e.value, f.value) > 0)
                fail_for(t, tolerance, law);
            error_bound_clear(&f);
            mpz_add_ui(samples, samples, rng_below(r, 3));
            left(&f, t, samples, what);
            if (mpfr_cmp(e.value, f.value) < 0)
                fail_for(t, tolerance, "samples");
            sample_count_clear(&m);
            sample_count_clear(&n);
            error_bound_clear(&e);
            error_bound_clear(&f);
        }
    learning_clear(&larger);
    mpq_clear(stricter);
    mpz_clear(samples);
}

static void test_monotone(void **state)
{
    (void)state;
    for_random(1000, check_monotone);
}

/* A layer whose gain c max(1, B^(1-2/q)) is below 1 makes a class poorer. */
static void test_deeper_is_poorer(void **state)
{
    (void)state;
    learning t;
    mpq_t tolerance;
    mpq_init(tolerance);
    mpq_set_ui(tolerance, 1, 1000000000);
    learning_init(&t);
    mpq_set_ui(t.c, 1, 2);
    t.width = 9;
    t.dimension = 3;
    for (int what = NEEDED; what <= ENOUGH; what++) {
        sample_count m, n;
        t.layers = 3;
        for (count(&m, &t, tolerance, what); t.layers < 8; sample_count_clear(&n)) {
            t.layers++;
            count(&n, &t, tolerance, what);
            assert_true(sample_count_compare(&n, &m) < 0);
            mpz_set(m.number, n.number);
        }
        sample_count_clear(&m);
    }
    learning_clear(&t);
    mpq_clear(tolerance);
}

int main(void)
{
    seed = random_seed("complexity_laws");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_deeper_is_poorer),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
