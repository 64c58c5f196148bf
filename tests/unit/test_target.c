/* The kernel with a formula as reference: in random nodes, no bound of s·(f − u) that it proves is below a
 * value that is attained; with an affine formula its bounds are those of the pair of networks; and
 * certificates by hand, with the reasons for which they are refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "network/native.h"
#include "number/vector.h"
#include "proof/check.h"
#include "kernel/choice.h"
#include "kernel/prover.h"
#include "random_formula.h"
#include "random_network.h"
#include "target/formula.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* --- random nodes --------------------------------------------------------------------------------------- */

typedef struct trial {
    problem q; /* its g is not used */
    network zero;
    pair_system system;
    expression u;
    formula reference;
    prover p;
    mpq_t claim, *x, *y;
    multiplier list[4];
} trial;

/* Random formulas, one an output. */
static char *random_outputs(rng *r, size_t inputs, size_t outputs)
{
    char *text = mem_copy_string("");
    for (size_t j = 0; j < outputs; j++) {
        char *one = random_formula(r, inputs, 1 + rng_below(r, 8));
        char *longer = mem_printf("%s%s;", text, one);
        free(text);
        free(one);
        text = longer;
    }
    return text;
}

/* False: the text is no formula, since a constant in it is not defined. */
static bool trial_init(trial *t, rng *r, const char *text)
{
    error e = ERROR_NONE;
    size_t inputs = t->q.f.inputs, outputs = network_outputs(&t->q.f);
    if (!expression_parse(&t->u, inputs, "u", text, strlen(text), &e)) {
        error_clear(&e);
        return false;
    }
    formula_init(&t->reference, &t->u);
    network_init_zero(&t->zero, inputs, outputs);
    system_init(&t->system, &t->q.f, &t->zero);
    mpq_init(t->claim);
    mpq_set_si(t->claim, rng_between(r, 0, 40), 4);
    mpq_canonicalize(t->claim);
    prover_init(&t->p, &t->system, t->q.box.lower, t->q.box.upper, (proof_scope){.all_outputs = true},
                t->claim);
    prover_set_target(&t->p, &t->reference.target);
    t->x = vector_new(inputs);
    t->y = vector_new(outputs);
    for (size_t m = 0; m < 4; m++)
        mpq_init(t->list[m].value);
    return true;
}

static void trial_clear(trial *t)
{
    for (size_t m = 0; m < 4; m++)
        mpq_clear(t->list[m].value);
    vector_free(t->x, t->q.f.inputs);
    vector_free(t->y, network_outputs(&t->q.f));
    prover_clear(&t->p);
    mpq_clear(t->claim);
    system_clear(&t->system);
    network_clear(&t->zero);
    formula_clear(&t->reference);
    expression_clear(&t->u);
}

static size_t random_multipliers(trial *t, rng *r)
{
    const frame *fr = prover_frame(&t->p);
    size_t count = 0;
    for (size_t row = 0; row < fr->count && count < 4; row++) {
        if (!rng_chance(r, 30))
            continue;
        t->list[count].neuron = fr->neuron[row];
        mpq_set_si(t->list[count].value, rng_between(r, -1000, 1000), (unsigned long)rng_between(r, 1, 300));
        mpq_canonicalize(t->list[count].value);
        count++;
    }
    return count;
}

/* A lower bound of s·(f − u) at the point, which is in the node, and so of the objective's maximum there. */
static void attained(mpq_t value, trial *t, const objective *o)
{
    mpq_t width, lower, upper;
    bool narrow;
    mpq_inits(width, lower, upper, NULL);
    mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, 200);
    assert_int_equal(enclosure_point(&t->reference.m, o->output, t->x, width, lower, upper, &narrow),
                     DOMAIN_INSIDE);
    if (o->sign > 0)
        mpq_sub(value, t->y[o->output], upper);
    else
        mpq_sub(value, lower, t->y[o->output]);
    mpq_clears(width, lower, upper, NULL);
}

/* Both arithmetics; returns how many bounds there were. */
static size_t check_objectives(trial *t, rng *r)
{
    prover *p = &t->p;
    size_t bounds = 0;
    mpq_t fixed, exact, value;
    mpq_inits(fixed, exact, value, NULL);
    for (size_t k = 0; k < p->objective_count; k++) {
        size_t count = rng_chance(r, 50) ? random_multipliers(t, r) : 0;
        bool fixed_holds = prover_prove(p, k, count, t->list);
        if (!prover_bound_value(fixed, p, k, &p->found))
            continue; /* not shown to be defined, or a pass failed */
        assert_true(fixed_holds == (mpq_cmp(fixed, p->claim) <= 0));
        attained(value, t, &p->objectives[k]);
        bool holds = prover_prove_exact(p, k, count, t->list);
        assert_true(prover_bound_value(exact, p, k, &p->found));
        assert_true(holds == (mpq_cmp(exact, p->claim) <= 0));
        assert_true(mpq_cmp(value, exact) <= 0);
        assert_true(mpq_cmp(value, fixed) <= 0);
        assert_false(p->is_proved[k] && mpq_cmp(value, p->claim) > 0);
        bounds++;
    }
    mpq_clears(fixed, exact, value, NULL);
    return bounds;
}

/* Splits so that the point stays in the node, whose neurons' signs nobody asks. */
static void random_step(trial *t, rng *r)
{
    prover *p = &t->p;
    mpq_t middle;
    mpq_init(middle);
    size_t i = rng_below(r, p->system->inputs);
    switch (rng_below(r, 4)) {
    case 0:
    case 1:
        mpq_add(middle, p->box_lower[i], p->box_upper[i]);
        mpq_div_2exp(middle, middle, 1);
        assert_true(prover_split_input(p, i, middle, mpq_cmp(t->x[i], middle) >= 0));
        break;
    case 2:
        prover_reduce(p);
        break;
    default:
        prover_bound_all(p, false);
    }
    mpq_clear(middle);
}

static void no_bound_is_below_an_attained_value(void **state)
{
    (void)state;
    uint64_t seed = random_seed("no_bound_is_below_an_attained_value");
    size_t cases = random_effort(700), bounds = 0, used = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        random_problem(&t.q, &r);
        char *text = random_outputs(&r, t.q.f.inputs, network_outputs(&t.q.f));
        if (trial_init(&t, &r, text)) {
            used++;
            random_point(t.x, &r, &t.q.box);
            network_eval(t.y, &t.q.f, t.x);
            for (int step = 0; step < 8; step++) {
                bounds += check_objectives(&t, &r);
                random_step(&t, &r);
            }
            trial_clear(&t);
        }
        free(text);
        problem_clear(&t.q);
    }
    print_message("%zu bounds of %zu formulas\n", bounds, used);
    assert_true(bounds > 4 * cases);
}

/* An affine formula with short dyadic coefficients, and the network that computes it. */
static char *random_affine(network *net, rng *r, size_t inputs, size_t outputs)
{
    char *text = mem_copy_string("");
    unsigned char *kind = mem_alloc(outputs, 1);
    mpq_t *weight = vector_new(inputs * outputs), *bias = vector_new(outputs);
    for (size_t j = 0; j < outputs; j++) {
        kind[j] = NEURON_LINEAR;
        mpq_set_si(bias[j], rng_between(r, -8, 8), 1);
        char *row = mem_printf("%ld", mpz_get_si(mpq_numref(bias[j])));
        for (size_t i = 0; i < inputs; i++) {
            long eighths = rng_between(r, -20, 20);
            mpq_set_si(weight[j * inputs + i], eighths, 8);
            mpq_canonicalize(weight[j * inputs + i]);
            char *longer = mem_printf("%s+(%ld)/8*x%zu", row, eighths, i + 1);
            free(row);
            row = longer;
        }
        char *longer = mem_printf("%s%s;", text, row);
        free(text);
        free(row);
        text = longer;
    }
    network_init(net, inputs);
    network_append(net, outputs, kind, 1, (size_t[]){0}, weight, bias);
    free(kind);
    vector_free(weight, inputs * outputs);
    vector_free(bias, outputs);
    return text;
}

/* The two bounds differ by rounding alone. */
static void assert_near(const mpq_t a, const mpq_t b, const prover *p, size_t k)
{
    mpq_t difference;
    mpq_init(difference);
    mpq_sub(difference, a, b);
    double limit = ldexp(choice_objective_unit(p, p->objectives[k].output), 20);
    if (fabs(mpq_get_d(difference)) > fmax(limit, 1e-9))
        fail_msg("%.17g and %.17g", mpq_get_d(a), mpq_get_d(b));
    mpq_clear(difference);
}

static bool passes(mpq_t bound, prover *p, size_t k)
{
    prover_prove(p, k, 0, NULL);
    return prover_bound_value(bound, p, k, &p->found);
}

static void an_affine_formula_is_as_good_as_a_network(void **state)
{
    (void)state;
    uint64_t seed = random_seed("an_affine_formula_is_as_good_as_a_network");
    size_t cases = random_effort(200), compared = 0, missed = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        trial t;
        network affine;
        pair_system system;
        prover p;
        mpq_t expected, found;
        mpq_inits(expected, found, NULL);
        random_problem(&t.q, &r);
        char *text = random_affine(&affine, &r, t.q.f.inputs, network_outputs(&t.q.f));
        assert_true(trial_init(&t, &r, text));
        system_init(&system, &t.q.f, &affine);
        prover_init(&p, &system, t.q.box.lower, t.q.box.upper, (proof_scope){.all_outputs = true}, t.claim);
        prover_bound_all(&p, false);
        prover_bound_all(&t.p, false);
        for (size_t o = 0; o < p.objective_count; o++) {
            if (!passes(expected, &p, o))
                continue;
            if (!passes(found, &t.p, o)) { /* in units of f alone, a coefficient was too large */
                missed++;
                continue;
            }
            assert_near(expected, found, &t.p, o);
            compared++;
        }
        prover_clear(&p);
        system_clear(&system);
        network_clear(&affine);
        trial_clear(&t);
        free(text);
        problem_clear(&t.q);
        mpq_clears(expected, found, NULL);
    }
    assert_true(compared > cases && missed <= 1 + cases / 100);
}

/* --- certificates by hand ------------------------------------------------------------------------------- */

static const char ramp_text[] = "supcert-network 1\ninputs 1\nlayer 1 reads 0\nrelu 0 : 1\nlayer 1 reads "
                                "1\nlinear 0 : 1\nend\n";

/* Checks a certificate about a network, or relu(x), and a formula; the error's message, which the caller
 * frees, or NULL. */
static check_status check_with(claim *c, const char *f_text, const char *text, const char *u_text,
                               char **message)
{
    error e = ERROR_NONE;
    network ramp;
    expression u;
    formula reference;
    file_bytes bytes = {.data = (unsigned char *)mem_copy_string(f_text), .size = strlen(f_text)};
    assert_true(native_read(&ramp, "ramp", &bytes, &e));
    assert_true(expression_parse(&u, 1, "u", u_text, strlen(u_text), &e));
    formula_init(&reference, &u);
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    line_reader in = {.stream = stream, .name = "certificate"};
    assert_true(line_next(&in, &e));
    check_subject about = {.f = &ramp, .f_digest = DIGEST, .u = &reference.target};
    check_status status = check_lines(c, &in, &about, (check_mode){.part = NULL}, &e);
    *message = e.message == NULL ? NULL : mem_copy_string(e.message);
    line_clear(&in);
    fclose(stream);
    error_clear(&e);
    formula_clear(&reference);
    expression_clear(&u);
    network_clear(&ramp);
    free(bytes.data);
    return status;
}

static check_status check_text(claim *c, const char *text, const char *u_text, char **message)
{
    return check_with(c, ramp_text, text, u_text, message);
}

static void assert_verified(const char *text, const char *u_text, bool unbounded)
{
    claim c;
    char *message;
    if (check_text(&c, text, u_text, &message) != CHECK_VERIFIED)
        fail_msg("%s", message);
    assert_true(c.unbounded == unbounded);
    claim_clear(&c);
}

static void assert_rejected(const char *text, const char *u_text, const char *why)
{
    claim c;
    char *message;
    assert_int_equal(check_text(&c, text, u_text, &message), CHECK_REJECTED);
    if (strstr(message, why) == NULL)
        fail_msg("'%s' lacks '%s'", message, why);
    free(message);
    claim_clear(&c);
}

#define HEAD(formula, lower_end, bounds)                                                                     \
    "supcert-certificate 5\nnetwork f " DIGEST "\nformula g " formula                                        \
    "\ninputs 1\noutputs all\nbox " lower_end " 1\n" bounds

/* On [0, 1], x − x² is at most 1/4, at 1/2. On a quarter the chord of x² errs by at most 1/64. */
static const char quarters[] = "tree\nb\nr\ni< 1 1/2\ni< 1 1/4\n.\n.\ni< 1 3/4\n.\n.\nend\n";

static char *join(const char *head, const char *tail)
{
    return mem_printf("%s%s", head, tail);
}

static void certificates_by_hand(void **state)
{
    (void)state;
    char *good = join(HEAD("x1^2", "0", "upper 17/64\nlower 1/4\nat 0 1/2\n"), quarters);
    assert_verified(good, "x1^(2)", false);
    assert_rejected(good, "x1^3", "about another formula g than yours, which is x1^3");
    free(good);
    char *tight = join(HEAD("x1^2", "0", "upper 1/4\nlower 1/4\nat 0 1/2\n"), quarters);
    assert_rejected(tight, "x1^2", "a leaf's bound is above the claim");
    free(tight);
    char *high = join(HEAD("x1^2", "0", "upper 17/64\nlower 257/1024\nat 0 1/2\n"), quarters);
    assert_rejected(high, "x1^2", "the lower bound is not reached by |f-g| at the point");
    free(high);
    char *outside = join(HEAD("x1^2", "0", "upper 17/64\nlower 1/4\nat 0 3/2\n"), quarters);
    assert_rejected(outside, "x1^2", "the point is outside the box");
    free(outside);
}

/* --- distances -------------------------------------------------------------------------------------------
 */

typedef struct fixed_values {
    mpq_t lower, upper;
} fixed_values;

static bool evaluate_fixed(void *context, size_t output, mpq_t *x, const mpq_t width, mpq_t lower,
                           mpq_t upper)
{
    const fixed_values *v = context;
    (void)output, (void)x, (void)width;
    mpq_set(lower, v->lower);
    mpq_set(upper, v->upper);
    return mpq_cmp(lower, upper) <= 0;
}

/* Of all whole numbers f, l <= u from −3 to 3: the distances |f − u| for l <= u <= h are those from *lower to
 * *upper, and the sign is the one that all of them have. */
static void distances_are_those_of_the_interval(void **state)
{
    (void)state;
    fixed_values v;
    mpq_t f, lower, upper;
    mpq_inits(v.lower, v.upper, f, lower, upper, NULL);
    proof_target u = {.inputs = 1, .outputs = 1, .context = &v, .evaluate = evaluate_fixed};
    for (int a = -3; a <= 3; a++)
        for (int b = -3; b <= 3; b++)
            for (int c = -3; c <= 3; c++) {
                int sign, below = c - b, above = c - a; /* f − u is between */
                mpq_set_si(v.lower, a, 1);
                mpq_set_si(v.upper, b, 1);
                mpq_set_si(f, c, 1);
                assert_int_equal(target_distance(&u, 0, f, NULL, f, lower, upper, &sign), a <= b);
                if (a > b)
                    continue;
                int least = below > 0 ? below : above < 0 ? -above : 0;
                int most = above > -below ? above : -below;
                assert_int_equal(mpq_cmp_si(lower, least, 1), 0);
                assert_int_equal(mpq_cmp_si(upper, most, 1), 0);
                assert_int_equal(sign, below > 0 ? 1 : above < 0 ? -1 : 0);
            }
    mpq_clears(v.lower, v.upper, f, lower, upper, NULL);
}

/* A miss is a point, and nothing but a point. */
static void a_miss_is_a_point(void **state)
{
    (void)state;
    assert_verified(HEAD("x1^2", "0", "upper none\nlower 1/4\nat 0 1/2\nend\n"), "x1^2", true);
    assert_rejected(HEAD("x1^2", "0", "upper none\nlower 1/4\nat 0 1/2\ntree\n.\nend\n"), "x1^2",
                    "'end' expected");
    assert_rejected(HEAD("x1^2", "0", "upper none\nlower 1/4\nat 0 1/2\nend\nend\n"), "x1^2",
                    "text after the end");
    assert_rejected(HEAD("log(x1)", "0", "upper none\nlower 0\nat 0 0\nend\n"), "log(x1)",
                    "the formula is not shown to be defined at the point");
}

/* A bound is a bound only if the formula is defined on all of the box, which no step can get around. */
static void a_formula_must_be_defined_on_the_box(void **state)
{
    (void)state;
    static const char bounds[] = "upper 1000\nlower 0\nat 0 1\n";
    char *steps[] = {"tree\n.\nend\n", "tree\no +0\no -0\n.\nend\n", "tree\ne +0\ne -0\n.\nend\n",
                     "tree\ni< 1 1/2\n.\n.\nend\n"};
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        char *head = mem_printf(HEAD("sqrt(x1)", "0", "%s"), bounds), *good = join(head, steps[k]);
        assert_verified(good, "sqrt(x1)", false);
        free(good);
        free(head);
        head = mem_printf(HEAD("sqrt(x1)", "-1/1024", "%s"), bounds);
        char *bad = join(head, steps[k]);
        assert_rejected(bad, "sqrt(x1)", "above the claim");
        free(bad);
        free(head);
    }
}

/* A certificate whose tree halves the box again and again, and has no other step. */
static char *halved(const char *head, long lower, long upper, int depth)
{
    char *tree = mem_printf(".\n");
    long middle = lower + upper, below = 2L << (9 - depth);
    for (; middle % 2 == 0 && below > 1; below /= 2)
        middle /= 2;
    if (depth > 0) {
        char *left = halved("", 2 * lower, lower + upper, depth - 1);
        char *right = halved("", lower + upper, 2 * upper, depth - 1);
        free(tree);
        tree = below > 1 ? mem_printf("i< 1 %ld/%ld\n%s%s", middle, below, left, right)
                         : mem_printf("i< 1 %ld\n%s%s", middle, left, right);
        free(left);
        free(right);
    }
    char *text = *head == '\0' ? mem_copy_string(tree) : mem_printf("%stree\n%send\n", head, tree);
    free(tree);
    return text;
}

#define TWO_TO_200 "1606938044258990275541962092341162602522202993782792835301376"

/* Where f is far smaller than the formula, or the formula than f, a bound is compared with the claim all the
 * same: each case states a claim that is false by far, or by little, and one that is true. */
static void claims_of_any_size_are_compared(void **state)
{
    (void)state;
    static const struct {
        const char *f_weight, *u, *upper_end, *false_claim, *true_claim;
    } cases[] = {
        {"1/1000000000000000", "1/(x1*x1-x1+1)", "1", "1/1000", "3"},
        {"1", "1099511627776*x1+log(x1*x1-2*x1+(101/100))", "2", "1099511627776", "2199023255560"},
        {"1", "1099511627776*x1+log(x1*x1-2*x1+(101/100))", "2", "2199023255549", "2199023255553"},
        {"1/1000000000000000000000000000000000000000000000000", TWO_TO_200 "*x1", "1",
         "1606938044258990275541962092341162602522202993782792835301375",
         "1606938044258990275541962092341162602522202993782792835301376"},
        {"1000000000000000000000000000000000000000000000000", "x1/" TWO_TO_200, "1",
         "999999999999999999999999999999999999999999999999",
         "1000000000001000000000000000000000000000000000000"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int depth = 0; depth <= 9; depth += 9) {
            char *f =
                mem_printf("supcert-network 1\ninputs 1\nlayer 1 reads 0\nrelu 0 : %s\nlayer 1 reads 1\n"
                           "linear 0 : 1\nend\n",
                           cases[k].f_weight);
            for (int truth = 0; truth < 2; truth++) {
                claim c;
                char *message,
                    *head = mem_printf("supcert-certificate 5\nnetwork f " DIGEST "\nformula g %s\n"
                                       "inputs 1\noutputs all\nbox 0 %s\nupper %s\nlower 0\nat 0 0\n",
                                       cases[k].u, cases[k].upper_end,
                                       truth ? cases[k].true_claim : cases[k].false_claim);
                char *text = halved(head, 0, *cases[k].upper_end - '0', depth);
                check_status status = check_with(&c, f, text, cases[k].u, &message);
                if (truth == 0 && status != CHECK_REJECTED)
                    fail_msg("case %zu: a false claim is verified", k);
                if (truth == 1 && depth > 0 && status != CHECK_VERIFIED)
                    fail_msg("case %zu: %s", k, message);
                claim_clear(&c);
                free(message);
                free(text);
                free(head);
            }
            free(f);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bound_is_below_an_attained_value),
        cmocka_unit_test(an_affine_formula_is_as_good_as_a_network),
        cmocka_unit_test(certificates_by_hand),
        cmocka_unit_test(a_miss_is_a_point),
        cmocka_unit_test(distances_are_those_of_the_interval),
        cmocka_unit_test(claims_of_any_size_are_compared),
        cmocka_unit_test(a_formula_must_be_defined_on_the_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
