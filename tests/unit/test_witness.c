/* Witnesses. Rounding is compared with a search through the C library's neighbours of a number, the values
 * with a plain evaluation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/witness.h"
#include "number/rational.h"
#include "number/vector.h"
#include "plain.h"
#include "random.h"
#include "random_rational.h"

static uint64_t seed;

/* --- rounding by search
 * ---------------------------------------------------------------------------------------------------- */

static double neighbour(double number, double towards, witness_form form)
{
    return form == WITNESS_FLOAT64 ? nextafter(number, towards)
                                   : (double)nextafterf((float)number, (float)towards);
}

/* A finite number of the form somewhere near x. */
static double near(const mpq_t x, witness_form form)
{
    double most = form == WITNESS_FLOAT64 ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;
    double d = rational_double_down(x);
    d = fmin(fmax(d, -most), most);
    return form == WITNESS_FLOAT64 ? d : (double)(float)d;
}

static bool is_even(double number, witness_form form)
{
    if (form == WITNESS_FLOAT64) {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        return bits % 2 == 0;
    }
    float small = (float)number;
    uint32_t bits;
    memcpy(&bits, &small, sizeof bits);
    return bits % 2 == 0;
}

/* The best among the numbers near x: of all (lower NULL) or of those in the box. */
static bool search(mpq_t best, const mpq_t x, witness_form form, mpq_srcptr lower, mpq_srcptr upper)
{
    mpq_t value, distance, least;
    bool found = false;
    mpq_inits(value, distance, least, NULL);
    double d = near(x, form);
    for (int k = 0; k < 3; k++)
        d = neighbour(d, -INFINITY, form);
    for (int k = 0; k < 7; k++, d = neighbour(d, INFINITY, form)) {
        if (!rational_from_float64(value, d) || (lower != NULL && mpq_cmp(value, lower) < 0) ||
            (upper != NULL && mpq_cmp(value, upper) > 0))
            continue;
        mpq_sub(distance, value, x);
        mpq_abs(distance, distance);
        int order = found ? mpq_cmp(distance, least) : -1;
        if (order < 0 || (order == 0 && is_even(d, form))) {
            mpq_set(best, value);
            mpq_set(least, distance);
        }
        found = true;
    }
    mpq_clears(value, distance, least, NULL);
    return found;
}

static void expect_rounding(const mpq_t x, mpq_srcptr lower, mpq_srcptr upper, const char *what)
{
    mpq_t got, wanted;
    mpq_inits(got, wanted, NULL);
    for (witness_form form = WITNESS_FLOAT64; form < WITNESS_FORMS; form++) {
        bool inside = search(wanted, x, form, lower, upper);
        if (!inside)
            assert_true(search(wanted, x, form, NULL, NULL));
        if (witness_round(got, x, form, lower, upper) != inside || !mpq_equal(got, wanted)) {
            gmp_fprintf(stderr, "%s of %Qd: %Qd instead of %Qd (%s)\n", witness_form_name(form), x, got,
                        wanted, inside ? "inside" : "outside");
            if (lower != NULL && upper != NULL)
                gmp_fprintf(stderr, "box [%Qd, %Qd]\n", lower, upper);
            fail_msg("%s", what);
        }
    }
    assert_true(witness_round(got, x, WITNESS_EXACT, lower, upper) && mpq_equal(got, x));
    mpq_clears(got, wanted, NULL);
}

/* --- rounding
 * ----------------------------------------------------------------------------------------------------------------
 */

static void test_special_numbers(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0",
        "1",
        "-1",
        "1/3",
        "-2/3",
        "0.1",
        "0x1p-149",
        "0x1p-150", /* a tie between 0 and the least float32 */
        "0x3p-150", /* a tie between subnormal numbers */
        "-0x1p-1074",
        "0x1p-1075",
        "0x1.8p-1074",
        "0x1.000001p0", /* a tie of float32 */
        "0x1.000003p0",
        "0x1.000001000001p0",
        "0x1.00000000000008p0", /* a tie of float64 */
        "0x1.00000000000018p0",
        "0x1.fffffffffffff8p0", /* rounds to the next power of two */
        "0x1.ffffffp0",
        "0x1.fffffep127", /* the largest float32, and a little more */
        "0x1.ffffffp127",
        "0x1.fffffffffffffp1023", /* the largest float64, and more */
        "0x1p1024",
        "-1e400",
        "0x1.fffffffffffffp-1022",
        "0x1.fffffffffffff8p-1023", /* a tie at the border of the subnormal numbers */
        "0x1.fffffdp-127",
    };
    mpq_t x;
    mpq_init(x);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_null(rational_parse(x, cases[k], strlen(cases[k])));
        expect_rounding(x, NULL, NULL, cases[k]);
        expect_rounding(x, x, NULL, cases[k]);
        expect_rounding(x, NULL, x, cases[k]);
        expect_rounding(x, x, x, cases[k]);
        mpq_neg(x, x);
        expect_rounding(x, NULL, NULL, cases[k]);
        expect_rounding(x, x, NULL, cases[k]);
    }
    mpq_clear(x);
}

/* A number that is, or is near, one of the formats' or a tie between two. */
static void random_number(mpq_t x, rng *r)
{
    mpq_t little;
    mpq_init(little);
    if (rng_chance(r, 30)) {
        random_rational(x, r);
    } else {
        long exponent = rng_chance(r, 50) ? rng_between(r, -30, 5) : rng_between(r, -1200, 1100);
        rng_integer(mpq_numref(x), r, (unsigned)rng_between(r, 1, 56));
        mpz_set_ui(mpq_denref(x), 1);
        if (exponent < 0)
            mpq_div_2exp(x, x, (mp_bitcnt_t)-exponent);
        else
            mpq_mul_2exp(x, x, (mp_bitcnt_t)exponent);
    }
    if (rng_chance(r, 30)) {
        mpq_set_si(little, rng_chance(r, 50) ? 1 : -1, 1);
        mpq_div_2exp(little, little, (mp_bitcnt_t)rng_between(r, 40, 1300));
        mpq_add(x, x, little);
    }
    if (rng_chance(r, 50))
        mpq_neg(x, x);
    mpq_clear(little);
}

/* An end of a box at or below x (or above), often so near that no float fits. */
static void random_end(mpq_t end, const mpq_t x, rng *r, bool above)
{
    mpq_set_ui(end, 0, 1);
    if (rng_chance(r, 70)) {
        mpq_set_si(end, above ? 1 : -1, 1 + rng_below(r, 5));
        mpq_canonicalize(end);
        mpq_div_2exp(end, end, (mp_bitcnt_t)rng_between(r, 0, 60));
        if (rng_chance(r, 50)) { /* relative to x */
            mpq_t size;
            mpq_init(size);
            mpq_abs(size, x);
            mpq_mul(end, end, size);
            mpq_clear(size);
        }
    }
    mpq_add(end, end, x);
}

static void test_random_numbers(void **state)
{
    (void)state;
    mpq_t x, lower, upper;
    mpq_inits(x, lower, upper, NULL);
    size_t cases = random_effort(4000);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        char what[64];
        snprintf(what, sizeof what, "SUPCERT_SEED=%llu", (unsigned long long)(seed + k));
        rng_seed(&r, seed + k);
        random_number(x, &r);
        random_end(lower, x, &r, false);
        random_end(upper, x, &r, true);
        expect_rounding(x, rng_chance(&r, 80) ? lower : NULL, rng_chance(&r, 80) ? upper : NULL, what);
    }
    mpq_clears(x, lower, upper, NULL);
}

/* What is printed of a float reads back as the same float, directly or through a double. */
static void test_decimals_come_back(void **state)
{
    (void)state;
    mpq_t x, value, again;
    mpq_inits(x, value, again, NULL);
    for (size_t k = 0; k < random_effort(1000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        random_number(x, &r);
        for (witness_form form = WITNESS_FLOAT64; form < WITNESS_FORMS; form++) {
            witness_round(value, x, form, NULL, NULL);
            char *text = rational_decimal(value, 17, NULL);
            double number = form == WITNESS_FLOAT64 ? strtod(text, NULL) : (double)strtof(text, NULL);
            assert_true(rational_from_float64(again, number));
            assert_true(mpq_equal(value, again));
            assert_true(number == strtod(text, NULL));
            free(text);
        }
    }
    mpq_clears(x, value, again, NULL);
}

/* --- values
 * ------------------------------------------------------------------------------------------------------------------
 */

static size_t outputs_of(const plain *p)
{
    return p->layer[p->layers - 1].neurons;
}

/* Two networks of one shape. */
static void random_pair(plain *f, plain *g, rng *r)
{
    plain_random(f, r);
    plain_random(g, r);
    while (g->inputs != f->inputs || outputs_of(g) != outputs_of(f)) {
        plain_clear(g);
        plain_random(g, r);
    }
}

static void expect_values(const witness_point *p, const witness *w, const plain *f, const plain *g)
{
    mpq_t *y = vector_new(w->outputs), *z = vector_new(w->outputs);
    plain_eval(y, f, p->x);
    plain_eval(z, g, p->x);
    for (size_t j = 0; j < w->outputs; j++) {
        assert_true(mpq_equal(y[j], p->f[j]) && mpq_equal(z[j], p->g[j]));
        mpq_sub(y[j], y[j], z[j]);
        if (j == p->output)
            assert_int_equal(p->order, mpq_sgn(y[j]) < 0   ? WITNESS_BELOW
                                       : mpq_sgn(y[j]) > 0 ? WITNESS_ABOVE
                                                           : WITNESS_EQUAL);
        mpq_abs(y[j], y[j]);
        assert_true(mpq_equal(y[j], p->error[j]));
        assert_true(!w->all_outputs || mpq_cmp(y[j], witness_error(p)) <= 0);
    }
    assert_true(w->all_outputs || p->output == w->output);
    vector_free(y, w->outputs);
    vector_free(z, w->outputs);
}

static void run_values(rng *r)
{
    plain f, g;
    network a, b;
    witness w;
    random_pair(&f, &g, r);
    plain_network(&a, &f);
    plain_network(&b, &g);
    mpq_t *x = vector_new(f.inputs), *lower = vector_new(f.inputs), *upper = vector_new(f.inputs);
    for (size_t i = 0; i < f.inputs; i++) {
        random_number(x[i], r);
        random_end(lower[i], x[i], r, false);
        random_end(upper[i], x[i], r, true);
    }
    bool boxed = rng_chance(r, 70), all = rng_chance(r, 50);
    witness_init(&w, &a, &b, x, boxed ? lower : NULL, boxed ? upper : NULL, all,
                 (size_t)rng_below(r, outputs_of(&f)));
    for (witness_form form = WITNESS_EXACT; form < WITNESS_FORMS; form++) {
        const witness_point *p = &w.point[form];
        size_t outsiders = 0;
        for (size_t i = 0; i < f.inputs; i++) {
            bool inside = !boxed || (mpq_cmp(p->x[i], lower[i]) >= 0 && mpq_cmp(p->x[i], upper[i]) <= 0);
            assert_int_equal(p->outside[i], !inside);
            assert_true(form != WITNESS_EXACT || mpq_equal(p->x[i], x[i]));
            outsiders += !inside;
        }
        assert_int_equal(p->outsiders, outsiders);
        expect_values(p, &w, &f, &g);
    }
    witness_clear(&w);
    vector_free(x, f.inputs);
    vector_free(lower, f.inputs);
    vector_free(upper, f.inputs);
    network_clear(&a);
    network_clear(&b);
    plain_clear(&f);
    plain_clear(&g);
}

static void test_values(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(100); k++) {
        rng r;
        rng_seed(&r, seed + k);
        run_values(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_special_numbers),
        cmocka_unit_test(test_random_numbers),
        cmocka_unit_test(test_decimals_come_back),
        cmocka_unit_test(test_values),
    };
    seed = random_seed("test_witness");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
