/* One-sided queries, which bound f - g alone: the search against full enumeration of pairs that were shifted
 * so that their maximum is known, often 0; the decisions at 0; and that no certificate of one kind is taken
 * for the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "enumerate_signed.h"
#include "proof/check.h"
#include "random_network.h"
#include "random_rational.h"
#include "search/maximise.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Shifts f such that the maximum of f - g becomes `wanted`. */
static bool set_maximum(problem *p, const mpq_t wanted)
{
    mpq_t most;
    mpq_init(most);
    bool small = enumerate_signed(most, &p->f, &p->g, p->box.lower, p->box.upper, 1000);
    mpq_sub(most, wanted, most);
    if (small)
        add_constant(&p->f, most);
    mpq_clear(most);
    return small;
}

static check_status check(claim *c, FILE *certificate, const problem *p, bool is_signed)
{
    error e = ERROR_NONE;
    line_reader in = {.stream = certificate, .name = "certificate"};
    rewind(certificate);
    assert_true(line_next(&in, &e));
    check_subject about = {.f = &p->f, .f_digest = DIGEST, .g = &p->g, .g_digest = DIGEST};
    check_mode mode = {.is_signed = is_signed, .is_section = is_signed};
    check_status status = check_lines(c, &in, &about, mode, &e);
    if (status != CHECK_VERIFIED && is_signed)
        error_print(stdout, &e);
    error_clear(&e);
    line_clear(&in);
    return status;
}

/* Whether the result is what the question asks; false where nodes ran out. */
static bool answers(const search_result *r, const search_options *o, const mpq_t maximum)
{
    int sign = mpq_sgn(maximum), upper = mpq_sgn(r->upper), lower = mpq_sgn(r->lower);
    assert_true(mpq_cmp(r->lower, maximum) <= 0 && mpq_cmp(maximum, r->upper) <= 0);
    if (o->below_zero)
        return sign < 0 ? upper < 0 : lower >= 0;
    if (o->tolerance != NULL)
        return sign <= 0 ? upper <= 0 : lower > 0;
    return mpq_equal(r->lower, r->upper);
}

static bool search_and_check(const problem *p, const search_options *options, const mpq_t maximum)
{
    error e = ERROR_NONE;
    search_result r;
    claim c;
    FILE *certificate = tmpfile();
    query q = {.f = &p->f,
               .g = &p->g,
               .f_digest = DIGEST,
               .g_digest = DIGEST,
               .lower = p->box.lower,
               .upper = p->box.upper,
               .all_outputs = true,
               .is_signed = true};
    assert_true(search_maximise(&r, &q, options, certificate, &e));
    assert_int_equal(check(&c, certificate, p, true), CHECK_VERIFIED);
    assert_true(c.is_signed && mpq_equal(c.lower, r.lower) && mpq_equal(c.upper, r.upper));
    claim_clear(&c);
    assert_int_equal(check(&c, certificate, p, false), CHECK_REJECTED);
    claim_clear(&c);
    bool answered = answers(&r, options, maximum);
    assert_true(answered || r.ended_by == SEARCH_NODES);
    search_result_clear(&r);
    fclose(certificate);
    return answered;
}

/* 0, a hair off it, or any small number. */
static void choose_maximum(mpq_t maximum, rng *r)
{
    mpq_set_si(maximum, rng_between(r, -1, 1), 1);
    if (rng_chance(r, 50))
        mpq_div_2exp(maximum, maximum, (mp_bitcnt_t)rng_between(r, 20, 90));
}

static void choose_options(search_options *options, rng *r, mpq_t zero)
{
    *options = (search_options){.node_limit = 1000};
    if (rng_chance(r, 50)) {
        options->patience = 1 + rng_below(r, 4);
        options->threads = 1 + (unsigned)rng_below(r, 3);
    }
    if (rng_chance(r, 10))
        options->node_limit = 1 + rng_below(r, 6);
    uint64_t question = rng_below(r, 3);
    options->below_zero = question == 0;
    options->tolerance = question == 1 ? zero : NULL;
}

static void shifted_pairs_are_decided(void **state)
{
    (void)state;
    uint64_t seed = random_seed("shifted_pairs_are_decided");
    size_t cases = random_effort(300), done = 0, answered = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem p;
        random_problem(&p, &r);
        mpq_t maximum, zero;
        mpq_inits(maximum, zero, NULL);
        choose_maximum(maximum, &r);
        search_options options;
        choose_options(&options, &r, zero);
        if (set_maximum(&p, maximum)) {
            done++;
            answered += search_and_check(&p, &options, maximum);
        }
        mpq_clears(maximum, zero, NULL);
        problem_clear(&p);
    }
    print_message("%zu of %zu decided\n", answered, done);
    assert_true(done > cases / 3 && answered > done * 8 / 10);
}

/* A two-sided certificate proves more, but is not what is asked for. */
static void two_sided_certificates_are_refused(void **state)
{
    (void)state;
    uint64_t seed = random_seed("two_sided_certificates_are_refused");
    rng r;
    rng_seed(&r, seed);
    problem p;
    random_problem(&p, &r);
    error e = ERROR_NONE;
    search_result result;
    claim c;
    FILE *certificate = tmpfile();
    query q = {.f = &p.f,
               .g = &p.g,
               .f_digest = DIGEST,
               .g_digest = DIGEST,
               .lower = p.box.lower,
               .upper = p.box.upper,
               .all_outputs = true};
    assert_true(search_maximise(&result, &q, &(search_options){.node_limit = 3}, certificate, &e));
    assert_int_equal(check(&c, certificate, &p, false), CHECK_VERIFIED);
    claim_clear(&c);
    assert_int_equal(check(&c, certificate, &p, true), CHECK_REJECTED);
    claim_clear(&c);
    search_result_clear(&result);
    fclose(certificate);
    problem_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifted_pairs_are_decided),
        cmocka_unit_test(two_sided_certificates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
