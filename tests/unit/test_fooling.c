/* Fooling certificates: differences against two evaluations, true certificates of random grafts and twins,
 * claims that say too much, and certificates with every byte changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gmp.h>

#include <cmocka.h>

#include "arrays.h"
#include "base/file.h"
#include "base/memory.h"
#include "fool/bump.h"
#include "fool/certificate.h"
#include "fool/graft.h"
#include "network/native.h"
#include "number/rational.h"
#include "number/vector.h"
#include "plain.h"
#include "proof/difference.h"
#include "proof/fooling.h"
#include "random.h"
#include "temporary.h"

static char *path;

static void random_point(mpq_t *x, size_t count, rng *r)
{
    for (size_t i = 0; i < count; i++) {
        mpq_set_si(x[i], rng_between(r, -40, 40), 1 + rng_below(r, 40));
        mpq_canonicalize(x[i]);
    }
}

static void test_difference(void **state)
{
    (void)state;
    uint64_t seed = random_seed("differences");
    for (size_t k = 0; k < random_effort(200); k++) {
        rng r;
        plain p;
        network f, g;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        plain_network(&f, &p);
        if (rng_chance(&r, 50)) { /* the same, or with one weight or bias changed */
            net_layer *layer = &f.layer[rng_below(&r, f.layers)];
            plain_network(&g, &p);
            mpz_add_ui(layer->bias[0], layer->bias[0], rng_below(&r, 2));
            if (layer->blocks > 0)
                mpz_add_ui(layer->block[0].weight[0], layer->block[0].weight[0], rng_below(&r, 2));
        } else {
            mpq_t *centre = vector_new(f.inputs), one;
            bump b;
            mpq_init(one);
            mpq_set_ui(one, 1, 1);
            bump_init(&b, f.inputs, 3, centre, one);
            graft_onto(&g, &f, &b, 0, 1);
            bump_clear(&b);
            mpq_clear(one);
            vector_free(centre, f.inputs);
        }
        difference d;
        size_t outputs = network_outputs(&f);
        difference_init(&d, &f, &g);
        mpq_t *x = vector_new(f.inputs), *y = vector_new(outputs), *a = vector_new(outputs),
              *b = vector_new(outputs);
        for (size_t n = 0; n < 5; n++) {
            random_point(x, f.inputs, &r);
            difference_at(y, &d, x);
            network_eval(a, &f, x);
            network_eval(b, &g, x);
            for (size_t j = 0; j < outputs; j++) {
                mpq_sub(a[j], a[j], b[j]);
                assert_true(mpq_equal(a[j], y[j]));
            }
        }
        vector_free(x, f.inputs);
        vector_free(y, outputs);
        vector_free(a, outputs);
        vector_free(b, outputs);
        difference_clear(&d);
        difference_clear(&d);
        network_clear(&f);
        network_clear(&g);
        plain_clear(&p);
    }
}

/* Two networks, their samples and a true claim about them. */
typedef struct example {
    network u, v, model;
    fooling_claim claim;
    fooling_given given;
    size_t count;
    mpq_t *sample; /* count × inputs */
} example;

static void constant_network(network *net, size_t inputs, long numerator, unsigned long denominator)
{
    mpq_t value;
    unsigned char kind = NEURON_LINEAR;
    mpq_init(value);
    mpq_set_si(value, numerator, denominator);
    mpq_canonicalize(value);
    network_init(net, inputs);
    network_append(net, 1, &kind, 0, NULL, NULL, &value);
    mpq_clear(value);
}

/* Random samples in [0,1]^d, some of them twice; the smallest distance from the centre. */
static void random_samples(example *x, rng *r, size_t inputs, mpq_t *centre, mpq_t radius)
{
    x->count = 1 + rng_below(r, 12);
    x->sample = vector_new(x->count * inputs);
    mpq_t distance;
    mpq_init(distance);
    for (size_t k = 0; k < x->count; k++) {
        bool copy = k > 0 && rng_chance(r, 20);
        for (size_t i = 0; i < inputs; i++) {
            mpq_t *value = &x->sample[k * inputs + i];
            mpq_set_si(*value, rng_between(r, 0, 64), 64);
            mpq_canonicalize(*value);
            if (copy)
                mpq_set(*value, x->sample[(k - 1) * inputs + i]);
        }
        rationals_l1_distance(distance, inputs, x->sample + k * inputs, centre);
        if (k == 0 || mpq_cmp(distance, radius) < 0)
            mpq_set(radius, distance);
    }
    mpq_clear(distance);
}

/* Writes the file and enters its digest into the claim. */
static void write_samples(example *x, size_t inputs)
{
    FILE *out = fopen(path, "w");
    for (size_t v = 0; v < x->count * inputs; v++) {
        char *text = rational_text(x->sample[v]);
        fprintf(out, "%s%s", text, (v + 1) % inputs == 0 ? "\n" : ",");
        free(text);
    }
    fclose(out);
    error e = ERROR_NONE;
    file_bytes bytes;
    assert_true(file_read(&bytes, path, &e));
    file_digest(x->claim.samples_digest, &bytes);
    file_bytes_clear(&bytes);
}

/* Twins of a class (k even) or a graft on a random network with a model (k odd); with noise now and then. */
static void make_example(example *x, rng *r, size_t k)
{
    plain p;
    network g;
    bump b;
    plain_random(&p, r);
    plain_network(&g, &p);
    size_t inputs = g.inputs, output = 0;
    fooling_claim *c = &x->claim;
    fooling_init(c, inputs);
    mpq_t radius, noise;
    mpq_inits(radius, noise, NULL);
    for (size_t i = 0; i < inputs; i++) {
        mpq_set_ui(c->box_upper[i], 1, 1);
        mpq_set_si(c->point[i], rng_between(r, 0, 32), 32);
        mpq_canonicalize(c->point[i]);
    }
    do {
        vector_free(x->sample, x->sample == NULL ? 0 : x->count * inputs);
        random_samples(x, r, inputs, c->point, radius);
    } while (mpq_sgn(radius) == 0);
    if (k % 2 == 0) {
        error e = ERROR_NONE;
        room all;
        c->has_class = true;
        c->class.largest = k % 6 == 0;
        mpq_set_ui(c->class.q, 3, k % 4 == 0 ? 2 : 1);
        mpq_set_ui(c->class.c, 2, 1);
        c->class.width = 3 * inputs + 1;
        c->class.layers = 4;
        assert_true(room_init(&all, &c->class, NULL, "", &e));
        bump_init(&b, inputs, 4, c->point, radius);
        assert_true(bump_fit(&b, &all, BUMP_SHORT, &e));
        bump_network(&x->u, &b, 1);
        bump_network(&x->v, &b, -1);
        constant_network(&x->model, inputs, 1, 3);
        mpq_mul_2exp(c->difference, b.height, 1);
        room_clear(&all);
    } else {
        output = rng_below(r, network_outputs(&g));
        /* r = 9/8 of the distance, height 8: at a sample at most 8/9 <= 2·4/9 */
        if (rng_chance(r, 50)) {
            mpq_set_ui(c->noise, 4, 9);
            mpq_set_ui(noise, 9, 8);
            mpq_mul(radius, radius, noise);
        }
        bump_init(&b, inputs, 3, c->point, radius);
        mpq_set_ui(c->difference, 8, 1);
        bump_raise(&b, c->difference);
        graft_onto(&x->u, &g, &b, output, rng_chance(r, 50) ? 1 : -1);
        plain_network(&x->v, &p);
        plain_network(&x->model, &p);
        c->has_model = true;
        mpq_set_ui(c->miss, 8, 1);
    }
    c->output = output;
    c->samples = x->count;
    memset(c->u_digest, 'a', 64);
    memset(c->v_digest, 'b', 64);
    memset(c->model_digest, 'c', 64);
    write_samples(x, inputs);
    x->given = (fooling_given){.u = &x->u,
                               .v = &x->v,
                               .model = &x->model,
                               .u_digest = c->u_digest,
                               .v_digest = c->v_digest,
                               .model_digest = c->model_digest,
                               .samples = path};
    bump_clear(&b);
    network_clear(&g);
    plain_clear(&p);
    mpq_clears(radius, noise, NULL);
}

static void example_clear(example *x)
{
    vector_free(x->sample, x->count * x->claim.inputs);
    network_clear(&x->u);
    network_clear(&x->v);
    network_clear(&x->model);
    fooling_clear(&x->claim);
    fooling_clear(&x->claim);
}

/* Checks a text; *read holds the claim afterwards and is to be cleared unless NULL. */
static check_status check_text(const char *text, size_t size, const fooling_given *given, fooling_claim *read)
{
    FILE *stream = fmemopen((char *)text, size, "r");
    error e = ERROR_NONE;
    line_reader in = {.stream = stream, .name = "test"};
    fooling_claim c = {.point = NULL};
    check_status status = CHECK_BAD_INPUT;
    assert_non_null(stream);
    if (line_next(&in, &e) && line_rest_is(&in, FOOLING_FIRST_LINE))
        status = fooling_check(&c, &in, given, &e);
    if (status == CHECK_VERIFIED)
        assert_null(e.message);
    line_clear(&in);
    fclose(stream);
    error_clear(&e);
    if (read != NULL)
        *read = c;
    else
        fooling_clear(&c);
    return status;
}

static char *written(const fooling_claim *c)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    certificate_write(out, c);
    fclose(out);
    return text;
}

static check_status verify(const example *x)
{
    error e = ERROR_NONE;
    check_status status = fooling_verify(&x->claim, &x->given, &e);
    assert_int_equal(status == CHECK_VERIFIED, e.message == NULL);
    error_clear(&e);
    return status;
}

/* What the claim says, looked at naively: one evaluation of each network for every sample. */
static bool within_noise(const example *x, const fooling_claim *c, mpq_t *sample)
{
    size_t outputs = network_outputs(&x->u);
    mpq_t *y = vector_new(outputs), *z = vector_new(outputs), twice;
    bool within = true;
    mpq_init(twice);
    mpq_add(twice, c->noise, c->noise);
    network_eval(y, &x->u, sample);
    network_eval(z, &x->v, sample);
    for (size_t j = 0; j < outputs; j++) {
        mpq_sub(y[j], y[j], z[j]);
        mpq_abs(y[j], y[j]);
        within = within && mpq_cmp(y[j], twice) <= 0;
    }
    mpq_clear(twice);
    vector_free(y, outputs);
    vector_free(z, outputs);
    return within;
}

static bool has_distance(const network *a, const network *b, const fooling_claim *c, const mpq_t wanted)
{
    size_t outputs = network_outputs(a);
    mpq_t *y = vector_new(outputs), *z = vector_new(outputs);
    network_eval(y, a, c->point);
    network_eval(z, b, c->point);
    mpq_sub(y[c->output], y[c->output], z[c->output]);
    mpq_abs(y[c->output], y[c->output]);
    bool equal = mpq_equal(y[c->output], wanted);
    vector_free(y, outputs);
    vector_free(z, outputs);
    return equal;
}

static bool inside(const fooling_claim *c, mpq_t *point)
{
    for (size_t i = 0; i < c->inputs; i++)
        if (mpq_cmp(point[i], c->box_lower[i]) < 0 || mpq_cmp(point[i], c->box_upper[i]) > 0)
            return false;
    return true;
}

static bool is_true(const example *x, const fooling_claim *c)
{
    error e = ERROR_NONE;
    bool holds = c->inputs == x->claim.inputs && c->samples == x->count && inside(c, c->point) &&
                 c->output < network_outputs(&x->u) && has_distance(&x->u, &x->v, c, c->difference) &&
                 (!c->has_model || has_distance(&x->u, &x->model, c, c->miss)) &&
                 strcmp(c->u_digest, x->given.u_digest) == 0 && strcmp(c->v_digest, x->given.v_digest) == 0 &&
                 strcmp(c->samples_digest, x->claim.samples_digest) == 0;
    for (size_t k = 0; k < x->count; k++)
        holds =
            holds && inside(c, x->sample + k * c->inputs) && within_noise(x, c, x->sample + k * c->inputs);
    holds = holds && (!c->has_class || (class_contains(&c->class, &x->u, "u", &e) &&
                                        class_contains(&c->class, &x->v, "v", &e)));
    error_clear(&e);
    return holds;
}

static void test_true(void **state)
{
    (void)state;
    uint64_t seed = random_seed("true certificates");
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        example x = {.sample = NULL};
        fooling_claim c;
        rng_seed(&r, seed + k);
        make_example(&x, &r, k);
        assert_true(is_true(&x, &x.claim));
        assert_int_equal(verify(&x), CHECK_VERIFIED);
        char *text = written(&x.claim);
        assert_int_equal(check_text(text, strlen(text), &x.given, &c), CHECK_VERIFIED);
        char *again = written(&c);
        assert_string_equal(again, text);
        assert_int_equal(class_equal(&c.class, &x.claim.class), true);
        x.given.model = NULL; /* then nothing is said about it */
        assert_int_equal(verify(&x), CHECK_VERIFIED);
        fooling_clear(&c);
        free(text);
        free(again);
        example_clear(&x);
    }
}

static void expect_lie(const example *x, const char *about)
{
    if (verify(x) == CHECK_VERIFIED)
        fail_msg("a lie about %s is believed", about);
}

/* Every part of the claim, a little stronger or other than it is, is rejected. */
static void test_lies(void **state)
{
    (void)state;
    uint64_t seed = random_seed("lies");
    for (size_t k = 0; k < random_effort(40); k++) {
        rng r;
        example x = {.sample = NULL};
        mpq_t bit, old;
        mpq_inits(bit, old, NULL);
        mpq_set_ui(bit, 1, 1);
        mpq_div_2exp(bit, bit, 300);
        rng_seed(&r, seed + k);
        make_example(&x, &r, k);
        fooling_claim *c = &x.claim;
        mpq_t *changed[] = {&c->difference, &c->box_lower[0], &c->noise, &c->miss};
        for (size_t what = 0; what < 4; what++) {
            if (what == 3 && !c->has_model)
                continue;
            mpq_set(old, *changed[what]);
            if (what == 1) /* the point becomes the corner of a box too small for it */
                mpq_set(*changed[what], c->point[0]);
            if (what == 2) /* less than what the samples need, which is at most 8/9 */
                mpq_set_ui(*changed[what], 0, 1);
            else
                mpq_add(*changed[what], *changed[what], bit);
            if (what != 2)
                expect_lie(&x, "a number");
            else
                assert_int_equal(verify(&x) == CHECK_VERIFIED, is_true(&x, c));
            mpq_set(*changed[what], old);
        }
        c->samples++;
        expect_lie(&x, "the number of samples");
        c->samples--;
        c->output += 7;
        expect_lie(&x, "the output");
        c->output -= 7;
        c->samples_digest[5] ^= 1;
        expect_lie(&x, "the samples");
        c->samples_digest[5] ^= 1;
        x.given.u_digest = "d";
        expect_lie(&x, "the first network");
        x.given.u_digest = c->u_digest;
        x.given.v_digest = "d";
        expect_lie(&x, "the second network");
        x.given.v_digest = c->v_digest;
        if (c->has_model) {
            x.given.model_digest = "d";
            expect_lie(&x, "the model");
        }
        if (c->has_class) {
            mpq_set_ui(c->class.c, 1, 1);
            expect_lie(&x, "the class");
        }
        mpq_clears(bit, old, NULL);
        example_clear(&x);
    }
}

/* One of the twins ten times as high: out of the class, whichever of the two it is, and nothing else is
 * wrong. */
static void test_one_outside(void **state)
{
    (void)state;
    uint64_t seed = random_seed("one outside the class");
    for (size_t k = 0; k < random_effort(20); k++) {
        rng r;
        example x = {.sample = NULL};
        mpq_t factor;
        mpq_init(factor);
        mpq_set_ui(factor, 11, 2); /* (10 + 1) h in place of 2 h */
        rng_seed(&r, seed + k);
        make_example(&x, &r, 2 * k);
        net_layer *last = (k % 2 == 0 ? &x.u : &x.v)->layer + 3;
        for (size_t n = 0; n < last->block[0].columns; n++)
            mpz_mul_ui(last->block[0].weight[n], last->block[0].weight[n], 10);
        mpq_mul(x.claim.difference, x.claim.difference, factor);
        expect_lie(&x, "one network's class");
        x.claim.has_class = false;
        assert_int_equal(verify(&x), CHECK_VERIFIED);
        mpq_clear(factor);
        example_clear(&x);
    }
}

/* Networks with any one number changed: rejected, or still true. */
static void test_changed_networks(void **state)
{
    (void)state;
    uint64_t seed = random_seed("changed networks");
    size_t refused = 0;
    for (size_t k = 0; k < random_effort(60); k++) {
        rng r;
        example x = {.sample = NULL};
        rng_seed(&r, seed + k);
        make_example(&x, &r, k);
        for (size_t times = 0; times < 5; times++) {
            network *net = rng_chance(&r, 50) ? &x.u : &x.v;
            net_layer *layer = &net->layer[rng_below(&r, net->layers)];
            mpz_t *number = &layer->bias[rng_below(&r, layer->neurons)];
            if (layer->blocks > 0 && rng_chance(&r, 70))
                number = &layer->block[0].weight[rng_below(&r, layer->neurons * layer->block[0].columns)];
            mpz_add_ui(*number, *number, 1);
            check_status status = verify(&x);
            assert_int_equal(status == CHECK_VERIFIED, is_true(&x, &x.claim));
            refused += status != CHECK_VERIFIED;
            mpz_sub_ui(*number, *number, 1);
        }
        example_clear(&x);
    }
    assert_true(refused > 0);
}

/* Certificates with a byte changed, left out or put in, or cut off: rejected, or still true. */
static void test_changed_certificates(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789 /-\nabcdefinlox\t\x7f";
    uint64_t seed = random_seed("changed certificates");
    for (size_t k = 0; k < random_effort(12); k++) {
        rng r;
        example x = {.sample = NULL};
        rng_seed(&r, seed + k);
        make_example(&x, &r, k);
        char *text = written(&x.claim);
        size_t size = strlen(text);
        char *other = mem_alloc(size + 2, 1);
        for (size_t at = 0; at < size; at++) {
            fooling_claim c = {.point = NULL};
            unsigned way = (unsigned)rng_below(&r, 4);
            size_t length = at;
            memcpy(other, text, at);
            if (way != 1 && way != 3)
                other[length++] = bytes[rng_below(&r, sizeof bytes - 1)];
            if (way != 3) {
                size_t from = way == 2 ? at : at + 1; /* 0: changed, 1: left out, 2: put in, 3: cut off */
                memcpy(other + length, text + from, size - from);
                length += size - from;
            }
            if (length > 0 && check_text(other, length, &x.given, &c) == CHECK_VERIFIED)
                assert_true(is_true(&x, &c));
            fooling_clear(&c);
        }
        free(other);
        free(text);
        example_clear(&x);
    }
}

/* A sample outside the box, where the networks agree. */
static void test_outside(void **state)
{
    (void)state;
    rng r;
    example x = {.sample = NULL};
    error e = ERROR_NONE;
    rng_seed(&r, 1);
    make_example(&x, &r, 0);
    mpq_set_si(x.sample[0], -9, 1);
    write_samples(&x, x.claim.inputs);
    assert_int_equal(fooling_verify(&x.claim, &x.given, &e), CHECK_REJECTED);
    assert_non_null(strstr(e.message, "the sample is outside the box"));
    assert_int_equal(e.line, 1);
    error_clear(&e);
    x.given.samples = "/nonexistent/samples";
    assert_int_equal(fooling_verify(&x.claim, &x.given, &e), CHECK_BAD_INPUT);
    error_clear(&e);
    example_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_difference),
                                       cmocka_unit_test(test_true),
                                       cmocka_unit_test(test_lies),
                                       cmocka_unit_test(test_one_outside),
                                       cmocka_unit_test(test_changed_networks),
                                       cmocka_unit_test(test_changed_certificates),
                                       cmocka_unit_test(test_outside)};
    path = temporary_file("");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_remove(path);
    return failed;
}
