/* Comparisons of max |f-g| with max |g| against full enumeration of both maxima, on random small pairs: all
 * verdicts, exact ties and tolerances a hair below, limits, and damaged certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "enumerate.h"
#include "mutate.h"
#include "random_network.h"
#include "search/relative_search.h"

#define F_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define G_DIGEST "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

/* Both maxima on the problem's box. */
typedef struct truth {
    mpq_t difference, reference;
} truth;

static bool enumerate(mpq_t maximum, const network *f, const network *g, mpq_t *lower, mpq_t *upper,
                      size_t output, size_t limit)
{
    enumeration found;
    bool whole = enumerate_maximum(&found, f, g, lower, upper, output, limit);
    mpq_set(maximum, found.maximum);
    enumeration_clear(&found);
    return whole;
}

/* Both maxima on a box, over an output or all; false where that takes too long. Initialises *t. */
static bool truth_init(truth *t, const problem *p, mpq_t *lower, mpq_t *upper, size_t output, size_t limit)
{
    network zero;
    network_init_zero(&zero, p->f.inputs, network_outputs(&p->f));
    mpq_inits(t->difference, t->reference, NULL);
    bool whole = enumerate(t->difference, &p->f, &p->g, lower, upper, output, limit) &&
                 enumerate(t->reference, &p->g, &zero, lower, upper, output, limit);
    network_clear(&zero);
    return whole;
}

static void truth_clear(truth *t)
{
    mpq_clears(t->difference, t->reference, NULL);
}

/* What is true, decided without any bounds. */
static relative_verdict true_verdict(const truth *t, const mpq_t tolerance)
{
    mpq_t product;
    mpq_init(product);
    mpq_mul(product, tolerance, t->reference);
    bool within = mpq_cmp(t->difference, product) <= 0;
    mpq_clear(product);
    return within ? RELATIVE_WITHIN : RELATIVE_MISSED;
}

static query query_of(const problem *p, size_t output)
{
    return (query){.f = &p->f,
                   .g = &p->g,
                   .f_digest = F_DIGEST,
                   .g_digest = G_DIGEST,
                   .lower = p->box.lower,
                   .upper = p->box.upper,
                   .all_outputs = output == EVERY_OUTPUT,
                   .output = output == EVERY_OUTPUT ? 0 : output};
}

/* Runs the checker on the text. *c is to be cleared. */
static check_status check_text(relative_claim *c, char *text, size_t length, const problem *p, error *e)
{
    FILE *stream = fmemopen(text, length == 0 ? 1 : length, "r");
    line_reader in = {.stream = stream, .name = "certificate"};
    check_subject about = {.f = &p->f, .f_digest = F_DIGEST, .g = &p->g, .g_digest = G_DIGEST};
    check_status status = CHECK_BAD_INPUT;
    *c = (relative_claim){.initialised = false};
    if (line_next(&in, e) && line_rest_is(&in, RELATIVE_FIRST_LINE))
        status = relative_check(c, &in, &about, e);
    else if (e->message == NULL)
        error_set(e, "certificate", 1, "another kind of certificate");
    line_clear(&in);
    fclose(stream);
    return status;
}

static bool encloses(const mpq_t lower, const mpq_t value, const mpq_t upper)
{
    return mpq_cmp(lower, value) <= 0 && mpq_cmp(value, upper) <= 0;
}

/* Whether the bounds of the result and of the verified claim are the same, and hold. */
static bool bounds_hold(const relative_result *r, const relative_claim *c, const truth *t)
{
    return mpq_equal(c->difference.lower, r->difference.lower) &&
           mpq_equal(c->difference.upper, r->difference.upper) &&
           mpq_equal(c->reference.lower, r->reference.lower) &&
           mpq_equal(c->reference.upper, r->reference.upper) && c->verdict == r->verdict &&
           c->difference.leaves + c->reference.leaves == r->leaves &&
           encloses(c->difference.lower, t->difference, c->difference.upper) &&
           encloses(c->reference.lower, t->reference, c->reference.upper);
}

typedef enum outcome { RIGHT, OPEN, WRONG } outcome;

/* Decides and checks. OPEN: undecided, with a valid certificate, where the options allow that. */
static outcome decide(const problem *p, size_t output, const mpq_t tolerance, const truth *t,
                      const search_options *options)
{
    error e = ERROR_NONE;
    relative_result r;
    relative_claim c;
    char *text = NULL;
    size_t length;
    query q = query_of(p, output);
    FILE *certificate = open_memstream(&text, &length);
    assert_true(search_relative(&r, &q, tolerance, options, certificate, &e));
    fclose(certificate);
    bool verified = check_text(&c, text, length, p, &e) == CHECK_VERIFIED;
    outcome result = r.verdict == RELATIVE_UNDECIDED ? OPEN : RIGHT;
    if (!verified || !mpq_equal(c.tolerance, tolerance) || !bounds_hold(&r, &c, t) ||
        (result == RIGHT && r.verdict != true_verdict(t, tolerance)) ||
        (result == OPEN) != (r.ended_by != SEARCH_DONE)) {
        gmp_printf("tolerance %Qd\ndifference %Qd\nreference %Qd\nverdict %s\n%s", tolerance, t->difference,
                   t->reference, relative_verdict_word(r.verdict), text);
        error_print(stdout, &e);
        result = WRONG;
    }
    relative_clear(&c);
    relative_result_clear(&r);
    error_clear(&e);
    free(text);
    return result;
}

/* A tolerance of some kind: the exact ratio of both maxima, a hair below or above, 0, or near it. */
static void random_tolerance(mpq_t tolerance, const truth *t, rng *r)
{
    mpq_t factor;
    mpq_init(factor);
    if (mpq_sgn(t->reference) > 0)
        mpq_div(tolerance, t->difference, t->reference);
    else
        mpq_set_ui(tolerance, (unsigned long)rng_below(r, 2), 1);
    switch (rng_below(r, 6)) {
    case 0:
        mpq_set_ui(tolerance, 0, 1);
        break;
    case 1:
    case 2:
        break;
    case 3:
        mpq_set_ui(factor, 1, 1);
        mpq_div_2exp(factor, factor, 20 + 60 * rng_below(r, 2));
        (rng_chance(r, 50) ? mpq_sub : mpq_add)(tolerance, tolerance, factor);
        break;
    default:
        mpq_set_ui(factor, (unsigned long)rng_below(r, 40), 20);
        mpq_canonicalize(factor);
        mpq_mul(tolerance, tolerance, factor);
    }
    if (mpq_sgn(tolerance) < 0)
        mpq_set_ui(tolerance, 0, 1);
    mpq_clear(factor);
}

/* One case of each of the tests below. Returns how it ended. */
static outcome random_case(uint64_t seed, bool limited, size_t *skipped)
{
    rng r;
    problem p;
    truth t;
    outcome result = RIGHT;
    rng_seed(&r, seed);
    random_problem(&p, &r);
    size_t output = rng_chance(&r, 70) ? EVERY_OUTPUT : rng_below(&r, network_outputs(&p.f));
    mpq_t tolerance;
    mpq_init(tolerance);
    if (truth_init(&t, &p, p.box.lower, p.box.upper, output, 500)) {
        search_options options = {.threads = 1 + (unsigned)rng_below(&r, 2)};
        options.patience = rng_below(&r, 5);
        volatile int stop = limited && rng_chance(&r, 20);
        options.stop = &stop;
        options.node_limit = limited ? 1 + rng_below(&r, 20) : 2000;
        random_tolerance(tolerance, &t, &r);
        result = decide(&p, output, tolerance, &t, &options);
        if (result == WRONG) {
            problem_print(stdout, &p);
            fail_msg("seed %lu (%s, box %s)", (unsigned long)seed, p.pair, p.box.kind);
        }
    } else {
        (*skipped)++;
    }
    mpq_clear(tolerance);
    truth_clear(&t);
    problem_clear(&p);
    return result;
}

static void verdicts_are_those_of_enumeration(void **state)
{
    (void)state;
    uint64_t seed = random_seed("verdicts_are_those_of_enumeration");
    size_t cases = random_effort(600), skipped = 0, open = 0;
    for (size_t k = 0; k < cases; k++)
        open += random_case(seed + k, false, &skipped) == OPEN;
    print_message("%zu pairs; %zu too large to enumerate, %zu left open\n", cases, skipped, open);
    assert_true(skipped < cases / 2);
    assert_true(open <= 2 + cases / 50);
}

static void limits_leave_true_certificates(void **state)
{
    (void)state;
    uint64_t seed = random_seed("limits_leave_true_certificates");
    size_t cases = random_effort(200), skipped = 0, open = 0;
    for (size_t k = 0; k < cases; k++)
        open += random_case(seed + k, true, &skipped) == OPEN;
    print_message("%zu pairs; %zu too large to enumerate, %zu left open\n", cases, skipped, open);
    assert_true(skipped < cases / 2);
    assert_true(open > 0 || cases < 200);
}

/* Whether the claim, which has been accepted, is true, whatever box and outputs it is about. */
static bool is_true(const relative_claim *c, const problem *p)
{
    truth t;
    size_t output = c->difference.all_outputs ? EVERY_OUTPUT : c->difference.output;
    bool good = true;
    if (truth_init(&t, p, c->difference.box_lower, c->difference.box_upper, output, 20000))
        good = encloses(c->difference.lower, t.difference, c->difference.upper) &&
               encloses(c->reference.lower, t.reference, c->reference.upper) &&
               (c->verdict == RELATIVE_UNDECIDED || c->verdict == true_verdict(&t, c->tolerance));
    truth_clear(&t);
    return good;
}

/* Changes the text, or puts together what does not belong together: the certificates of two scopes. */
static size_t damage(char *text, size_t length, rng *r)
{
    if (rng_chance(r, 60))
        return mutate_text(text, length, r);
    text[rng_below(r, length)] = (char)(rng_chance(r, 50) ? '0' + rng_below(r, 10) : rng_below(r, 256));
    return length;
}

static void damaged_certificates_are_rejected_or_true(void **state)
{
    (void)state;
    uint64_t seed = random_seed("damaged_certificates_are_rejected_or_true");
    size_t cases = random_effort(60), accepted = 0, mutants = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        problem p;
        truth t;
        rng_seed(&r, seed + k);
        random_problem(&p, &r);
        mpq_t tolerance;
        mpq_init(tolerance);
        if (truth_init(&t, &p, p.box.lower, p.box.upper, EVERY_OUTPUT, 300)) {
            error e = ERROR_NONE;
            relative_result found;
            char *text = NULL;
            size_t length;
            query q = query_of(&p, EVERY_OUTPUT);
            search_options options = {.node_limit = 1000, .threads = 1};
            FILE *certificate = open_memstream(&text, &length);
            random_tolerance(tolerance, &t, &r);
            assert_true(search_relative(&found, &q, tolerance, &options, certificate, &e));
            fclose(certificate);
            relative_result_clear(&found);
            for (int m = 0; m < 60; m++) {
                char *copy = mem_alloc(length, 1);
                memcpy(copy, text, length);
                relative_claim c;
                size_t now = damage(copy, length, &r);
                bool verified = check_text(&c, copy, now, &p, &e) == CHECK_VERIFIED;
                if (verified ? !is_true(&c, &p) : e.message == NULL)
                    fail_msg("seed %lu, mutant %d:\n%.*s", (unsigned long)(seed + k), m, (int)now, copy);
                accepted += verified;
                mutants++;
                relative_clear(&c);
                error_clear(&e);
                free(copy);
            }
            free(text);
        }
        mpq_clear(tolerance);
        truth_clear(&t);
        problem_clear(&p);
    }
    print_message("%zu mutants, %zu accepted and true\n", mutants, accepted);
    assert_true(accepted < mutants / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_those_of_enumeration),
        cmocka_unit_test(limits_leave_true_certificates),
        cmocka_unit_test(damaged_certificates_are_rejected_or_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
