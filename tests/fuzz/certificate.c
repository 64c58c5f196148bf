/* Certificates of every kind about the networks f.net and g.net beside this file, formulas, specifications
 * and samples: what is accepted is true, by enumeration of all linear regions, by interval arithmetic at
 * points, by known answers and by plain evaluation. The first line tells the kind, as in the checker. */
#include "enumerate.h"
#include "fuzz.h"
#include "import/import.h"
#include "number/vector.h"
#include "point_value.h"
#include "proof/check.h"
#include "proof/fooling.h"
#include "proof/relative.h"
#include "target/formula.h"
#include "vnnlib/query_check.h"

/* More linear programs than all regions of this pair need. */
#define PROGRAMS 100000

static import_model f, g;
static network zero;

/* Two outputs each: smooth, with kinks, with a dead unit, and defined on parts of [0,1]² alone as far as
 * intervals see. */
static const char *const formulas[] = {"x1^2-x2;x1*x2", "abs(x1-1/2);max(x1,x2)", "relu(-abs(x1))+x1;x2",
                                       "1/(x1*x1-x1+1);log(x2*x2-x2+1)"};
enum { FORMULAS = sizeof formulas / sizeof *formulas };
static expression expressions[FORMULAS];
static formula references[FORMULAS];

/* One specification that is satisfied at 0, and one that is not satisfied anywhere: |f| is small on the box.
 */
static const char *const specifications[] = {
    "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)\n"
    "(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= X_1 0))(assert (<= X_1 1))\n"
    "(assert (or (and (>= Y_0 -1000)) (and (>= Y_1 1000))))\n",
    "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)\n"
    "(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= X_1 0))(assert (<= X_1 1))\n"
    "(assert (or (and (>= Y_0 100) (> Y_1 0)) (and (<= Y_1 -100))))\n"};
enum { SPECIFICATIONS = 2 };
static vnnlib_query queries[SPECIFICATIONS];
static vnnlib_problem problems[SPECIFICATIONS];
static char query_digest[SPECIFICATIONS][DIGEST_SIZE];

static void prepare_specification(size_t k)
{
    error e = ERROR_NONE;
    size_t size = strlen(specifications[k]);
    must(vnnlib_read(&queries[k], "specification", specifications[k], size, &e));
    must(vnnlib_problem_init(&problems[k], &queries[k], &e));
    digest_state *d = digest_new();
    digest_add(d, size, specifications[k]);
    digest_text(query_digest[k], d);
    digest_free(d);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    error e = ERROR_NONE;
    import_options options = {.nnet_normalise = false};
    must(import_model_read(&f, "tests/fuzz/f.net", &options, &e));
    must(import_model_read(&g, "tests/fuzz/g.net", &options, &e));
    network_init_zero(&zero, f.net.inputs, network_outputs(&f.net));
    for (size_t k = 0; k < FORMULAS; k++) {
        must(expression_parse(&expressions[k], f.net.inputs, "u", formulas[k], strlen(formulas[k]), &e));
        formula_init(&references[k], &expressions[k]);
    }
    for (size_t k = 0; k < SPECIFICATIONS; k++)
        prepare_specification(k);
    return 0;
}

/* --- pairs and comparisons --- */

static void maximum(mpq_t most, const claim *c, const network *a, const network *b)
{
    enumeration truth;
    must(enumerate_maximum(&truth, a, b, c->box_lower, c->box_upper,
                             c->all_outputs ? EVERY_OUTPUT : c->output, PROGRAMS));
    mpq_set(most, truth.maximum);
    enumeration_clear(&truth);
}

static void expect_bounds(mpq_t most, const claim *c, const network *a, const network *b)
{
    maximum(most, c, a, b);
    must(mpq_cmp(c->lower, most) <= 0);
    must(mpq_cmp(most, c->upper) <= 0);
}

static bool check_pair(line_reader *in, error *e)
{
    claim c;
    mpq_t most;
    mpq_init(most);
    check_subject about = {.f = &f.net, .f_digest = f.digest, .g = &g.net, .g_digest = g.digest};
    bool accepted = check_lines(&c, in, &about, (check_mode){.part = NULL}, e) == CHECK_VERIFIED;
    if (accepted)
        expect_bounds(most, &c, &f.net, &g.net);
    claim_clear(&c);
    mpq_clear(most);
    return accepted;
}

static bool check_comparison(line_reader *in, error *e)
{
    relative_claim c;
    mpq_t difference, reference;
    mpq_inits(difference, reference, NULL);
    check_subject about = {.f = &f.net, .f_digest = f.digest, .g = &g.net, .g_digest = g.digest};
    bool accepted = relative_check(&c, in, &about, e) == CHECK_VERIFIED;
    if (accepted) {
        expect_bounds(difference, &c.difference, &f.net, &g.net);
        expect_bounds(reference, &c.reference, &g.net, &zero);
        mpq_mul(reference, reference, c.tolerance);
        bool within = mpq_cmp(difference, reference) <= 0;
        must(c.verdict == RELATIVE_UNDECIDED || (c.verdict == RELATIVE_WITHIN) == within);
    }
    relative_clear(&c);
    mpq_clears(difference, reference, NULL);
    return accepted;
}

/* --- formulas --- */

/* The formula of the third line, which is still to come: each is tried on the whole text. */
static void expect_at(const claim *c, const expression *u, mpq_t *x)
{
    mpq_t low, high, *y = vector_new(network_outputs(&f.net));
    mpq_inits(low, high, NULL);
    network_eval(y, &f.net, x);
    for (size_t j = 0; j < u->outputs; j++) {
        if (!c->all_outputs && j != c->output)
            continue;
        point_state state = point_value(low, high, u, j, x);
        must(state != POINT_UNDEFINED);
        mpq_sub(low, y[j], low); /* the larger end of f − u */
        mpq_sub(high, high, y[j]);
        mpq_neg(high, high);
        bool above = mpq_cmp(high, c->upper) > 0;
        mpq_neg(low, low);
        must(state == POINT_UNKNOWN || !(above || mpq_cmp(low, c->upper) > 0));
    }
    vector_free(y, network_outputs(&f.net));
    mpq_clears(low, high, NULL);
}

/* On a grid of 5 × 5 points. */
static void expect_grid(const claim *c, const expression *u)
{
    mpq_t *x = vector_new(c->inputs), part;
    mpq_init(part);
    for (size_t k = 0; k < 25; k++) {
        for (size_t i = 0; i < c->inputs; i++) {
            mpq_set_ui(part, i == 0 ? k % 5 : k / 5, 4);
            mpq_canonicalize(part);
            mpq_sub(x[i], c->box_upper[i], c->box_lower[i]);
            mpq_mul(x[i], x[i], part);
            mpq_add(x[i], x[i], c->box_lower[i]);
        }
        expect_at(c, u, x);
    }
    mpq_clear(part);
    vector_free(x, c->inputs);
}

static bool check_formula(const uint8_t *data, size_t size, size_t k)
{
    error e = ERROR_NONE;
    claim c;
    FILE *stream = fmemopen((void *)(uintptr_t)data, size, "r");
    check_subject about = {.f = &f.net, .f_digest = f.digest, .u = &references[k].target};
    bool accepted = check_certificate(&c, stream, "input", &about, &e) == CHECK_VERIFIED;
    if (accepted && !c.unbounded)
        expect_grid(&c, &expressions[k]);
    claim_clear(&c);
    fclose(stream);
    error_clear(&e);
    return accepted;
}

/* --- answers and fooling --- */

static bool check_answer(line_reader *in, size_t k, error *e)
{
    const network *const model[] = {&f.net};
    const char *const digest[] = {f.digest};
    vnnlib_given given = {.q = &queries[k],
                          .problem = &problems[k],
                          .digest = query_digest[k],
                          .model = model,
                          .model_digest = digest};
    vnnlib_answer answer;
    bool accepted = vnnlib_check(&answer, in, &given, e) == CHECK_VERIFIED;
    must(!accepted || answer.sat == (k == 0));
    vnnlib_answer_clear(&answer);
    return accepted;
}

/* The samples are (0,0), (1/2,1/4) and (1,1); see samples.csv. */
static void expect_fooled(const fooling_claim *c)
{
    static const long sample[3][2] = {{0, 0}, {2, 1}, {4, 4}};
    mpq_t *x = vector_new(2), distance, twice;
    mpq_inits(distance, twice, NULL);
    mpq_add(twice, c->noise, c->noise);
    must(c->samples == 3 && !c->has_class);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 2; i++) {
            mpq_set_si(x[i], sample[k][i], 4);
            mpq_canonicalize(x[i]);
            must(mpq_cmp(c->box_lower[i], x[i]) <= 0 && mpq_cmp(x[i], c->box_upper[i]) <= 0);
        }
        for (size_t j = 0; j < network_outputs(&f.net); j++) {
            network_distance(distance, &f.net, &g.net, j, x);
            must(mpq_cmp(distance, twice) <= 0);
        }
    }
    network_distance(distance, &f.net, &g.net, c->output, c->point);
    must(mpq_equal(distance, c->difference));
    vector_free(x, 2);
    mpq_clears(distance, twice, NULL);
}

static bool check_fooling(line_reader *in, error *e)
{
    fooling_claim c;
    fooling_given given = {.u = &f.net,
                           .v = &g.net,
                           .u_digest = f.digest,
                           .v_digest = g.digest,
                           .samples = "tests/fuzz/samples.csv"};
    bool accepted = fooling_check(&c, in, &given, e) == CHECK_VERIFIED;
    if (accepted)
        expect_fooled(&c);
    fooling_clear(&c);
    return accepted;
}

/* --- all kinds --- */

/* Which of several subjects the certificate is put to. */
static bool check_kind(line_reader *in, size_t subject, error *e)
{
    if (line_rest_is(in, RELATIVE_FIRST_LINE))
        return check_comparison(in, e);
    if (line_rest_is(in, FOOLING_FIRST_LINE))
        return check_fooling(in, e);
    if (line_rest_is(in, VNNLIB_FIRST_LINE))
        return check_answer(in, subject % SPECIFICATIONS, e);
    return check_pair(in, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char formula_line[] = "\nformula g ";
    for (size_t subject = 0; subject < SPECIFICATIONS && size > 0; subject++) {
        error e = ERROR_NONE;
        FILE *stream = fmemopen((void *)(uintptr_t)data, size, "r");
        line_reader in = {.stream = stream, .name = "input"};
        bool accepted = line_next(&in, &e) && check_kind(&in, subject, &e);
        must(accepted == (e.message == NULL));
        line_clear(&in);
        fclose(stream);
        error_clear(&e);
    }
    if (size > 0 && memmem(data, size, formula_line, sizeof formula_line - 1) != NULL)
        for (size_t k = 0; k < FORMULAS; k++)
            check_formula(data, size, k);
    return 0;
}
