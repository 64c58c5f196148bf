/* Building fooling pairs: random samples, boxes and wishes; every answer is looked at naively. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gmp.h>

#include <cmocka.h>

#include "fool/fool.h"
#include "fool/volume.h"
#include "import/import.h"
#include "number/rational.h"
#include "number/vector.h"
#include "plain.h"
#include "random.h"
#include "temporary.h"

static char *path;

static const char *const powers[] = {"1", "3/2", "2", "3", "inf"};
#define POWERS (sizeof powers / sizeof *powers)

static const char g_digest[DIGEST_SIZE] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

typedef struct trial {
    sample_set samples;
    mpq_t *lower, *upper, *at;
    size_t inputs;
    mpq_t amount, noise;
    net_class class;
    plain p;
    network g;
    bool has_target;
    fool_question q;
} trial;

static void write_samples(trial *t, rng *r, size_t count)
{
    FILE *out = fopen(path, "w");
    mpq_t value;
    mpq_init(value);
    for (size_t k = 0; k < count; k++)
        for (size_t copy = 0; copy <= rng_chance(r, 10); copy++)
            for (size_t i = 0; i < t->inputs; i++) {
                long share = rng_chance(r, 20) ? 16 * rng_between(r, 0, 1) : rng_between(r, 0, 16);
                mpq_sub(value, t->upper[i], t->lower[i]);
                mpz_mul_si(mpq_numref(value), mpq_numref(value), share);
                mpq_canonicalize(value);
                mpq_div_2exp(value, value, 4);
                mpq_add(value, value, t->lower[i]);
                char *text = rational_text(value);
                fprintf(out, "%s%s", text, i + 1 == t->inputs ? "\n" : ",");
                free(text);
            }
    mpq_clear(value);
    fclose(out);
    error e = ERROR_NONE;
    assert_true(sample_set_read(&t->samples, path, t->inputs, &e));
    assert_true(sample_set_check_box(&t->samples, t->lower, t->upper, &e));
}

static void choose_class(trial *t, rng *r, size_t k)
{
    const char *q = powers[k % POWERS];
    t->class.largest = strcmp(q, "inf") == 0;
    assert_null(rational_parse(t->class.q, t->class.largest ? "1" : q, strlen(t->class.largest ? "1" : q)));
    mpq_set_ui(t->class.c, 1 + rng_below(r, 9), 1 + rng_below(r, 5));
    mpq_canonicalize(t->class.c);
    t->class.width = 3 * t->inputs + rng_below(r, 7);
    t->class.layers = 3 + rng_below(r, 6);
    t->q.class = &t->class;
}

static void random_trial(trial *t, rng *r, size_t k)
{
    *t = (trial){.has_target = rng_chance(r, 50)};
    class_init(&t->class);
    mpq_inits(t->amount, t->noise, NULL);
    plain_random(&t->p, r);
    plain_network(&t->g, &t->p);
    t->inputs = t->g.inputs;
    t->lower = vector_new(t->inputs);
    t->upper = vector_new(t->inputs);
    for (size_t i = 0; i < t->inputs; i++) {
        mpq_set_si(t->lower[i], rng_between(r, -3, 1), 2);
        mpq_canonicalize(t->lower[i]);
        mpq_set_ui(t->upper[i], 1 + rng_below(r, 4), 1 + rng_below(r, 3));
        mpq_canonicalize(t->upper[i]);
        mpq_add(t->upper[i], t->lower[i], t->upper[i]);
    }
    write_samples(t, r, 1 + rng_below(r, 15)); /* a single one, too */
    t->q = (fool_question){.samples = &t->samples,
                           .box_lower = t->lower,
                           .box_upper = t->upper,
                           .target_digest = g_digest,
                           .target_name = "g",
                           .wish = t->has_target ? DESIGN_HEIGHT + (k & 1) : (design_wish)(k % 3),
                           .amount = t->amount,
                           .noise = t->noise};
    if (t->has_target) {
        t->q.target = &t->g;
        t->q.output = rng_below(r, network_outputs(&t->g));
    }
    mpq_set_ui(t->amount, 1 + rng_below(r, 30), 1 + rng_below(r, 10));
    mpq_canonicalize(t->amount);
    if (rng_chance(r, 50)) {
        mpq_set_ui(t->noise, 1 + rng_below(r, 10), 1 + rng_below(r, 100));
        mpq_canonicalize(t->noise);
    }
    if (t->q.wish == DESIGN_CLASS)
        choose_class(t, r, k);
    if (rng_chance(r, 50)) { /* often a corner or a face */
        t->at = vector_new(t->inputs);
        for (size_t i = 0; i < t->inputs; i++)
            mpq_set(t->at[i], rng_chance(r, 50) ? t->lower[i] : t->upper[i]);
        t->q.at = t->at;
    }
}

static void trial_clear(trial *t)
{
    sample_set_clear(&t->samples);
    vector_free(t->lower, t->inputs);
    vector_free(t->upper, t->inputs);
    vector_free(t->at, t->inputs);
    mpq_clears(t->amount, t->noise, NULL);
    class_clear(&t->class);
    network_clear(&t->g);
    plain_clear(&t->p);
}

/* |u - v| at x in output j */
static void gap_at(mpq_t gap, const trial *t, const fool_answer *a, mpq_t *x, size_t j)
{
    const network *v = t->has_target ? &t->g : &a->v.net;
    size_t outputs = network_outputs(v);
    mpq_t *y = vector_new(outputs), *z = vector_new(outputs);
    network_eval(y, &a->u.net, x);
    network_eval(z, v, x);
    mpq_sub(gap, y[j], z[j]);
    mpq_abs(gap, gap);
    vector_free(y, outputs);
    vector_free(z, outputs);
}

static void brute_distance(mpq_t distance, const trial *t, mpq_t *x)
{
    mpq_t sum, step;
    mpq_inits(sum, step, NULL);
    for (size_t k = 0; k < t->samples.count; k++) {
        mpq_set_ui(sum, 0, 1);
        for (size_t i = 0; i < t->inputs; i++) {
            mpq_sub(step, x[i], t->samples.value[k * t->inputs + i]);
            mpq_abs(step, step);
            mpq_add(sum, sum, step);
        }
        if (k == 0 || mpq_cmp(sum, distance) < 0)
            mpq_set(distance, sum);
    }
    mpq_clears(sum, step, NULL);
}

static void check_samples(const trial *t, const fool_answer *a)
{
    mpq_t gap, twice;
    mpq_inits(gap, twice, NULL);
    mpq_mul_2exp(twice, t->noise, 1);
    for (size_t k = 0; k < t->samples.count; k++)
        for (size_t j = 0; j < network_outputs(&a->u.net); j++) {
            gap_at(gap, t, a, t->samples.value + k * t->inputs, j);
            assert_true(mpq_cmp(gap, twice) <= 0);
        }
    mpq_clears(gap, twice, NULL);
}

/* What was wished for, and radius and height that belong together. */
static void check_bump(const trial *t, const fool_answer *a)
{
    mpq_t value, span;
    mpq_inits(value, span, NULL);
    brute_distance(value, t, a->claim.point);
    assert_true(mpq_equal(value, a->distance));
    bool wide = mpq_cmp(a->bump.radius, value) > 0;
    assert_true(!wide || mpq_sgn(t->noise) > 0);
    if (t->q.radius != NULL)
        assert_true(mpq_cmp(a->bump.radius, t->q.radius) <= 0);
    if (t->q.radius != NULL && mpq_cmp(t->q.radius, value) < 0)
        mpq_set(value, t->q.radius);
    if (mpq_sgn(t->noise) == 0 && t->q.numbers == BUMP_SHORT)
        assert_true(mpq_equal(value, a->bump.radius)); /* numbers are short here */
    mpq_mul_2exp(value, a->bump.height, !t->has_target);
    assert_true(mpq_equal(value, a->claim.difference));
    gap_at(value, t, a, a->claim.point, t->q.output);
    assert_true(mpq_equal(value, a->claim.difference));
    if (t->q.wish == DESIGN_HEIGHT)
        assert_true(t->q.numbers == BUMP_SHORT ? mpq_equal(a->bump.height, t->amount)
                                               : mpq_cmp(a->bump.height, t->amount) >= 0);
    mpq_mul(value, t->amount, a->bump.radius);
    if (t->q.wish == DESIGN_SLOPE)
        assert_true(t->q.numbers == BUMP_SHORT ? mpq_equal(a->bump.height, value)
                                               : mpq_cmp(a->bump.height, value) <= 0);
    mpq_clears(value, span, NULL);
}

static void check_text(const fool_network *n)
{
    FILE *out = fopen(path, "w");
    error e = ERROR_NONE;
    import_options options = {.nnet_normalise = false};
    import_model model;
    assert_int_equal(fwrite(n->text, 1, n->size, out), n->size);
    fclose(out);
    assert_true(import_model_read(&model, path, &options, &e));
    assert_string_equal(model.digest, n->digest);
    import_model_clear(&model);
}

static bool on_sample(const trial *t, mpq_t *x)
{
    mpq_t distance;
    mpq_init(distance);
    brute_distance(distance, t, x);
    bool is = mpq_sgn(distance) == 0;
    mpq_clear(distance);
    return is;
}

static void test_pairs(void **state)
{
    (void)state;
    uint64_t seed = random_seed("fooling pairs");
    for (size_t k = 0; k < random_effort(150); k++) {
        rng r;
        trial t;
        fool_answer a;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        random_trial(&t, &r, k);
        if (rng_chance(&r, 25))
            t.q.numbers = BUMP_BINARY;
        if (rng_chance(&r, 20))
            t.q.radius = t.amount;
        bool found = fool_find(&a, &t.q, &e);
        if (!found) { /* only where the bump would sit on a sample */
            assert_non_null(strstr(e.message, "its centre is a sample"));
            assert_true(t.at != NULL && on_sample(&t, t.at));
        } else {
            check_samples(&t, &a);
            check_bump(&t, &a);
            if (t.q.wish == DESIGN_CLASS)
                assert_true(class_contains(&t.class, &a.u.net, "u", &e) &&
                            class_contains(&t.class, &a.v.net, "v", &e));
            check_text(&a.u);
            if (a.twins)
                check_text(&a.v);
            fool_clear(&a);
            fool_clear(&a);
        }
        error_clear(&e);
        trial_clear(&t);
    }
}

/* Noise is worth something, and all of it is used: the bump at the nearest sample is nearly what is
 * tolerated, unless the bump is as wide as it may become. */
static void test_noise(void **state)
{
    (void)state;
    uint64_t seed = random_seed("noise");
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        trial t;
        fool_answer quiet, noisy;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        random_trial(&t, &r, k);
        mpq_set_ui(t.noise, 0, 1);
        if (!fool_find(&quiet, &t.q, &e)) {
            error_clear(&e);
            trial_clear(&t);
            continue;
        }
        mpq_set_ui(t.noise, 1, 50);
        assert_true(fool_find(&noisy, &t.q, &e));
        assert_true(mpq_cmp(noisy.bump.height, quiet.bump.height) >= 0 || t.q.wish == DESIGN_HEIGHT ||
                    t.q.wish == DESIGN_CLASS);
        assert_true(mpq_cmp(noisy.bump.radius, quiet.bump.radius) >= 0);
        mpq_t value, wanted, span;
        mpq_inits(value, wanted, span, NULL);
        bump_value(value, &noisy.bump, noisy.distance);
        mpq_mul_2exp(wanted, t.noise, t.has_target);
        assert_true(mpq_cmp(value, wanted) <= 0);
        for (size_t i = 0; i < t.inputs; i++) {
            mpq_add(span, span, t.upper[i]);
            mpq_sub(span, span, t.lower[i]);
        }
        mpq_add(span, span, noisy.distance);
        mpq_sub(wanted, wanted, value);
        assert_true(mpq_cmp(noisy.bump.radius, span) >= 0 ||
                    mpq_get_d(wanted) < 1e-8 + 1e-8 * mpq_get_d(noisy.bump.height));
        mpq_clears(value, wanted, span, NULL);
        fool_clear(&quiet);
        fool_clear(&noisy);
        trial_clear(&t);
    }
}

/* Binary numbers are doubles where samples and centre are short. */
static void test_binary(void **state)
{
    (void)state;
    uint64_t seed = random_seed("binary numbers");
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        trial t;
        fool_answer a;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        random_trial(&t, &r, k);
        t.q.numbers = BUMP_BINARY;
        t.q.at = NULL;
        if (t.has_target) {
            t.has_target = false;
            t.q.target = NULL;
            t.q.output = 0;
        }
        if (fool_find(&a, &t.q, &e)) {
            FILE *out = fopen("/dev/null", "w");
            assert_true(onnx_write(out, &a.u.net, "u", &e));
            fclose(out);
            fool_clear(&a);
        }
        error_clear(&e);
        trial_clear(&t);
    }
}

/* The bound by volume is no larger than a hole that is there; for one sample in the middle of a cube it is
 * exact in one dimension. */
static void test_volume(void **state)
{
    (void)state;
    mpq_t bound, *lower = vector_new(3), *upper = vector_new(3);
    mpq_init(bound);
    for (size_t i = 0; i < 3; i++)
        mpq_set_ui(upper[i], 1, 1);
    volume_bound(bound, 1, 1, lower, upper);
    assert_true(mpq_cmp_ui(bound, 1, 2) == 0);
    volume_bound(bound, 4, 1, lower, upper);
    assert_true(mpq_cmp_ui(bound, 1, 8) == 0);
    volume_bound(bound, 48, 3, lower, upper); /* ½ (6/48)^(1/3) */
    assert_true(mpq_get_d(bound) <= 0.25 && mpq_get_d(bound) > 0.2499999);
    mpq_set_ui(upper[2], 0, 1);
    volume_bound(bound, 48, 3, lower, upper);
    assert_true(mpq_sgn(bound) == 0);
    mpq_clear(bound);
    vector_free(lower, 3);
    vector_free(upper, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_binary), cmocka_unit_test(test_volume)};
    path = temporary_file("");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_remove(path);
    return failed;
}
