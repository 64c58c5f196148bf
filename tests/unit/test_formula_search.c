/* Searches about random networks and random formulas, and their certificates: what the checker accepts is
 * compared with values by plain MPFR at the claim's point, at corners and at random points of its box; the
 * same for certificates that have been damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "formula_reference.h"
#include "mutate.h"
#include "number/vector.h"
#include "proof/check.h"
#include "random_formula.h"
#include "random_network.h"
#include "search/maximise.h"
#include "target/formula.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum { SAMPLES = 24 };

typedef struct trial {
    uint64_t seed;
    problem q; /* its g is not used */
    network zero;
    expression u;
    char *text;
    char *certificate;
    size_t length;
    mpq_t *best, *x, *y; /* the search's point; for looking */
} trial;

static char *random_outputs(rng *r, size_t inputs, size_t outputs)
{
    char *text = mem_copy_string("");
    for (size_t j = 0; j < outputs; j++) {
        char *one = random_formula(r, inputs, 1 + rng_below(r, 4)), *longer = mem_printf("%s%s;", text, one);
        free(text);
        free(one);
        text = longer;
    }
    return text;
}

static void trial_clear(trial *t)
{
    vector_free(t->best, t->q.f.inputs);
    vector_free(t->x, t->q.f.inputs);
    vector_free(t->y, network_outputs(&t->q.f));
    free(t->certificate);
    free(t->text);
    network_clear(&t->zero);
    expression_clear(&t->u);
    problem_clear(&t->q);
}

/* Searches and keeps the certificate; false where the formula is not defined, and that was said. */
static bool search_once(trial *t, search_options *options)
{
    error e = ERROR_NONE;
    search_result found;
    query q = {.f = &t->q.f,
               .g = &t->zero,
               .f_digest = DIGEST,
               .g_digest = DIGEST,
               .lower = t->q.box.lower,
               .upper = t->q.box.upper,
               .all_outputs = true,
               .formula = &t->u,
               .formula_name = "u"};
    FILE *stream = open_memstream(&t->certificate, &t->length);
    bool works = search_maximise(&found, &q, options, stream, &e);
    fclose(stream);
    if (works) {
        vector_copy(t->best, found.point, t->q.f.inputs);
        search_result_clear(&found);
    } else if (e.message == NULL || strcmp(e.file, "u") != 0)
        fail_msg("seed %ju: no message about the formula", (uintmax_t)t->seed);
    error_clear(&e);
    return works;
}

/* False: no formula, or not defined on the box; *t is cleared. */
static bool trial_init(trial *t, rng *r, uint64_t seed, search_options *options)
{
    error e = ERROR_NONE;
    *t = (trial){.seed = seed};
    random_problem_of(&t->q, r, 1 + rng_below(r, 2));
    size_t inputs = t->q.f.inputs, outputs = network_outputs(&t->q.f);
    t->text = random_outputs(r, inputs, outputs);
    network_init_zero(&t->zero, inputs, outputs);
    t->best = vector_new(inputs);
    t->x = vector_new(inputs);
    t->y = vector_new(outputs);
    bool good = expression_parse(&t->u, inputs, "u", t->text, strlen(t->text), &e);
    error_clear(&e);
    if (good && search_once(t, options))
        return true;
    trial_clear(t);
    return false;
}

static check_status check_text(claim *c, trial *t, char *text, size_t length, error *e)
{
    formula reference;
    formula_init(&reference, &t->u);
    FILE *stream = fmemopen(text, length, "r");
    line_reader in = {.stream = stream, .name = "certificate"};
    *c = (claim){0};
    bool begins = line_next(&in, e);
    check_subject about = {.f = &t->q.f, .f_digest = DIGEST, .u = &reference.target};
    check_status status =
        begins ? check_lines(c, &in, &about, (check_mode){.part = NULL}, e) : CHECK_BAD_INPUT;
    if (!begins)
        mpq_inits(c->lower, c->upper, NULL);
    line_clear(&in);
    fclose(stream);
    formula_clear(&reference);
    return status;
}

/* --- what the claim says, at points ----------------------------------------------------------------------
 */

/* |f_j − u_j| at t->x; false if it is not defined there. *tame as of the reference. */
static bool distance_at(mpfr_t value, trial *t, size_t j, bool *tame)
{
    network_eval(t->y, &t->q.f, t->x);
    bool defined = formula_reference(value, &t->u, t->u.output[j], t->x, tame);
    mpfr_sub_q(value, value, t->y[j], MPFR_RNDN);
    mpfr_abs(value, value, MPFR_RNDN);
    return defined;
}

/* Whether the point t->x, which is in the claim's box, contradicts its upper bound. */
static bool is_below(trial *t, const claim *c, mpfr_t value, mpfr_t slack)
{
    size_t first = c->all_outputs ? 0 : c->output;
    size_t end = c->all_outputs ? network_outputs(&t->q.f) : first + 1;
    for (size_t j = first; j < end; j++) {
        bool tame = true, defined = distance_at(value, t, j, &tame);
        mpfr_sub(value, value, slack, MPFR_RNDN);
        if (tame && (!defined || mpfr_cmp_q(value, c->upper) > 0))
            return false;
    }
    return true;
}

static bool is_in_box(const claim *c, mpq_t *x)
{
    for (size_t i = 0; i < c->inputs; i++) {
        if (mpq_cmp(x[i], c->box_lower[i]) < 0 || mpq_cmp(x[i], c->box_upper[i]) > 0)
            return false;
    }
    return true;
}

/* A corner, or a point with coordinates at multiples of 2^-16 of the box's widths. */
static void sample_point(mpq_t *x, const claim *c, rng *r)
{
    mpq_t share;
    mpq_init(share);
    for (size_t i = 0; i < c->inputs; i++) {
        mpq_set_si(share, rng_chance(r, 30) ? 65536 * rng_between(r, 0, 1) : rng_between(r, 0, 65536), 65536);
        mpq_canonicalize(share);
        mpq_sub(x[i], c->box_upper[i], c->box_lower[i]);
        mpq_mul(x[i], x[i], share);
        mpq_add(x[i], x[i], c->box_lower[i]);
    }
    mpq_clear(share);
}

/* NULL, or what is wrong with a claim that the checker has accepted. */
static const char *look_at_claim(trial *t, const claim *c, rng *r)
{
    const char *wrong = NULL;
    bool tame = true;
    mpfr_t value, slack;
    mpfr_inits2(REFERENCE_PRECISION, value, slack, (mpfr_ptr)NULL);
    mpfr_set_ui_2exp(slack, 1, -REFERENCE_SLACK, MPFR_RNDN);
    vector_copy(t->x, c->point, c->inputs);
    bool defined = distance_at(value, t, c->output, &tame);
    mpfr_add(value, value, slack, MPFR_RNDN);
    if (tame && (!defined || mpfr_cmp_q(value, c->lower) < 0))
        wrong = "the lower bound is not reached at the point";
    if (!is_in_box(c, c->point))
        wrong = "the point is outside of the box";
    vector_copy(t->x, t->best, c->inputs);
    for (int k = 0; k < SAMPLES && wrong == NULL && !c->unbounded; k++) {
        if (is_in_box(c, t->x) && !is_below(t, c, value, slack))
            wrong = "a point is above the upper bound, or the formula not defined there";
        sample_point(t->x, c, r);
    }
    mpfr_clears(value, slack, (mpfr_ptr)NULL);
    return wrong;
}

/* Whether a text was accepted; what is then claimed must be true. */
static bool accepted_and_true(trial *t, char *text, size_t length, rng *r)
{
    claim c;
    error e = ERROR_NONE;
    bool accepted = check_text(&c, t, text, length, &e) == CHECK_VERIFIED;
    const char *wrong = accepted            ? look_at_claim(t, &c, r)
                        : e.message == NULL ? "rejected without a reason"
                                            : NULL;
    if (wrong != NULL)
        fail_msg("seed %ju: '%s': %s:\n%.*s", (uintmax_t)t->seed, t->text, wrong, (int)length, text);
    claim_clear(&c);
    error_clear(&e);
    return accepted;
}

/* --- tests -----------------------------------------------------------------------------------------------
 */

/* Options that end the search in all ways: when narrow, early, at a tolerance that is met or missed. */
typedef struct goal {
    mpq_t gap, tolerance;
    search_options options;
} goal;

static void goal_init(goal *g, rng *r, bool narrow)
{
    mpq_inits(g->gap, g->tolerance, NULL);
    mpq_set_ui(g->gap, 1, narrow ? 1000 : (unsigned long)rng_between(r, 1, 1000));
    mpq_set_si(g->tolerance, rng_between(r, 1, 64), 16);
    mpq_canonicalize(g->tolerance);
    g->options = (search_options){.threads = 1 + (unsigned)rng_below(r, 2),
                                  .node_limit = narrow ? 300 : 1 + (size_t)rng_below(r, 300),
                                  .relative_gap = g->gap};
    if (!narrow && rng_chance(r, 30))
        g->options.tolerance = g->tolerance;
}

static void goal_clear(goal *g)
{
    mpq_clears(g->gap, g->tolerance, NULL);
}

static void searches_end_with_true_certificates(void **state)
{
    (void)state;
    uint64_t seed = random_seed("searches_end_with_true_certificates");
    size_t cases = random_effort(250), used = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        goal g;
        goal_init(&g, &r, false);
        if (trial_init(&t, &r, seed + k, &g.options)) {
            if (!accepted_and_true(&t, t.certificate, t.length, &r))
                fail_msg("seed %ju: '%s': rejected", (uintmax_t)t.seed, t.text);
            used++;
            trial_clear(&t);
        }
        goal_clear(&g);
    }
    print_message("%zu searches of %zu formulas\n", used, cases);
    assert_true(used > cases / 4);
}

static void damaged_certificates_are_rejected_or_true(void **state)
{
    (void)state;
    uint64_t seed = random_seed("damaged_certificates_are_rejected_or_true");
    size_t cases = random_effort(100), accepted = 0, mutants = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        goal g;
        goal_init(&g, &r, true);
        if (trial_init(&t, &r, seed + k, &g.options)) {
            char *copy = mem_alloc(t.length, 1);
            for (int m = 0; m < 40; m++) {
                memcpy(copy, t.certificate, t.length);
                size_t length = t.length;
                for (uint64_t times = 1 + rng_below(&r, 2); times > 0 && length > 1; times--)
                    length = mutate_text(copy, length, &r);
                accepted += accepted_and_true(&t, copy, length, &r);
                mutants++;
            }
            free(copy);
            trial_clear(&t);
        }
        goal_clear(&g);
    }
    print_message("%zu mutants, %zu accepted and true\n", mutants, accepted);
    assert_true(mutants > 8 * cases && accepted < mutants / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_end_with_true_certificates),
        cmocka_unit_test(damaged_certificates_are_rejected_or_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
