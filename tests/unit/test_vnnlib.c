/* VNN-LIB: random specifications, evaluated as they were made up, against their text as it is read; the pairs
 * of networks of their parts against the margins; answers against full enumeration and samples; certificates
 * and their mutants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/verify_job.h"
#include "enumerate_signed.h"
#include "mutate.h"
#include "number/vector.h"
#include "random_network.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ATOMS  12

/* weight · variables + constant, integers, compared with 0. */
typedef struct made_atom {
    mpq_t *weight;
    mpq_t constant;
    const char *relation;
} made_atom;

/* Variables: inputs of f, outputs of f, inputs of g, outputs of g. */
typedef struct made {
    problem p;
    size_t inputs, outputs, variables;
    bool tied;
    made_atom box[4 * 8 + 8]; /* asserted one by one: bounds and ties */
    size_t boxes;
    made_atom atom[ATOMS];
    size_t atoms;
    bool outer_or;       /* (or (and ...) ...), else (and (or ...) ...) */
    size_t group[ATOMS]; /* of each atom, increasing from 0 */
    char *text;
    size_t size;
} made;

static size_t input_of_g(const made *m)
{
    return m->inputs + m->outputs;
}

static void atom_init(made_atom *a, const made *m, const char *relation)
{
    a->weight = vector_new(m->variables);
    mpq_init(a->constant);
    a->relation = relation;
}

static void atom_clear(made_atom *a, const made *m)
{
    vector_free(a->weight, m->variables);
    mpq_clear(a->constant);
}

static void atom_value(mpq_t value, const made_atom *a, const made *m, mpq_t *x)
{
    mpq_t product;
    mpq_init(product);
    mpq_set(value, a->constant);
    for (size_t v = 0; v < m->variables; v++) {
        mpq_mul(product, a->weight[v], x[v]);
        mpq_add(value, value, product);
    }
    mpq_clear(product);
}

static bool made_atom_holds(const made_atom *a, const made *m, mpq_t *x)
{
    mpq_t value;
    mpq_init(value);
    atom_value(value, a, m, x);
    int sign = mpq_sgn(value);
    mpq_clear(value);
    switch (a->relation[0]) {
    case '<':
        return a->relation[1] == '=' ? sign <= 0 : sign < 0;
    case '>':
        return a->relation[1] == '=' ? sign >= 0 : sign > 0;
    default:
        return (sign == 0) == (a->relation[0] == '=');
    }
}

static bool made_holds(const made *m, mpq_t *x)
{
    for (size_t k = 0; k < m->boxes; k++)
        if (!made_atom_holds(&m->box[k], m, x))
            return false;
    bool result = !m->outer_or;
    for (size_t k = 0; k < m->atoms;) {
        bool inner = m->outer_or;
        for (size_t group = m->group[k]; k < m->atoms && m->group[k] == group; k++)
            inner = m->outer_or ? inner & made_atom_holds(&m->atom[k], m, x)
                                : inner | made_atom_holds(&m->atom[k], m, x);
        result = m->outer_or ? result | inner : result & inner;
    }
    return result;
}

/* --- making up ------------------------------------------------------------------------------------------ */

/* A random point that meets box and ties, with its outputs. */
static void sample(mpq_t *x, const made *m, rng *r)
{
    random_point(x, r, &m->p.box);
    random_point(x + input_of_g(m), r, &m->p.box);
    if (m->tied)
        vector_copy(x + input_of_g(m), x, m->inputs);
    network_eval(x + m->inputs, &m->p.f, x);
    network_eval(x + input_of_g(m) + m->inputs, &m->p.g, x + input_of_g(m));
}

/* Clears denominators: specifications hold decimals only. */
static void make_integral(made_atom *a, const made *m)
{
    mpq_t factor;
    mpq_init(factor);
    mpz_set(mpq_numref(factor), mpq_denref(a->constant));
    for (size_t v = 0; v < m->variables; v++)
        mpz_lcm(mpq_numref(factor), mpq_numref(factor), mpq_denref(a->weight[v]));
    mpq_mul(a->constant, a->constant, factor);
    for (size_t v = 0; v < m->variables; v++)
        mpq_mul(a->weight[v], a->weight[v], factor);
    mpq_clear(factor);
}

static void make_bound(made *m, size_t variable, mpq_t end, const char *relation)
{
    made_atom *a = &m->box[m->boxes++];
    atom_init(a, m, relation);
    mpq_set_ui(a->weight[variable], 1, 1);
    mpq_neg(a->constant, end);
    make_integral(a, m);
}

static void make_box(made *m, rng *r)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < m->inputs; i++) {
            size_t variable = side == 0 ? i : input_of_g(m) + i;
            if (side == 1 && m->tied) {
                made_atom *a = &m->box[m->boxes++];
                atom_init(a, m, "==");
                mpq_set_si(a->weight[i], rng_chance(r, 50) ? 1 : -3, 1);
                mpq_neg(a->weight[variable], a->weight[i]);
                continue;
            }
            make_bound(m, variable, m->p.box.lower[i], rng_chance(r, 5) ? ">" : ">=");
            make_bound(m, variable, m->p.box.upper[i], "<=");
        }
}

/* A form over a few variables that is 0, or nearly so, at a point of the box. */
static void make_atom(made *m, rng *r, mpq_t *x, bool plain)
{
    static const char *const relations[] = {"<=", ">=", "<=", ">=", "<", ">", "==", "!="};
    made_atom *a = &m->atom[m->atoms++];
    atom_init(a, m, relations[rng_below(r, plain ? 2 : 8)]);
    mpq_t value;
    mpq_init(value);
    size_t terms = 1 + rng_below(r, 3);
    bool difference = rng_chance(r, 40);
    for (size_t t = 0; t < terms && !difference; t++)
        mpq_set_si(a->weight[rng_below(r, m->variables)], rng_between(r, -3, 3), 1);
    size_t output = rng_below(r, m->outputs);
    if (difference) {
        mpq_set_si(a->weight[m->inputs + output], 1, 1);
        mpq_set_si(a->weight[input_of_g(m) + m->inputs + output], -1, 1);
    }
    sample(x, m, r);
    atom_value(value, a, m, x);
    mpq_neg(a->constant, value);
    if (rng_chance(r, 50)) {
        mpq_set_si(value, rng_between(r, -8, 8), 4);
        mpq_add(a->constant, a->constant, value);
    }
    make_integral(a, m);
    mpq_clear(value);
}

static void print_variable(FILE *out, const made *m, size_t v)
{
    size_t g = input_of_g(m), local = v < g ? v : v - g;
    bool is_output = local >= m->inputs;
    fprintf(out, "%s_%c[%zu]", is_output ? "Y" : "X", v < g ? 'f' : 'g',
            is_output ? local - m->inputs : local);
}

/* The product, its factors in one of the orders that there are. */
static void print_product(FILE *out, const mpq_t weight, const made *m, size_t v)
{
    if (v % 3 == 0)
        gmp_fprintf(out, " (* %Qd ", weight);
    else
        fprintf(out, v % 3 == 1 ? " (* " : " (* 1 ");
    print_variable(out, m, v);
    if (v % 3 != 0)
        gmp_fprintf(out, " %Qd", weight);
    putc(')', out);
}

/* Terms on the left, the constant on the right with the other sign. */
static void print_atom(FILE *out, const made_atom *a, const made *m)
{
    fprintf(out, "(%s (+ 0", a->relation);
    for (size_t v = 0; v < m->variables; v++)
        if (mpq_sgn(a->weight[v]) != 0)
            print_product(out, a->weight[v], m, v);
    gmp_fprintf(out, ") (- %Qd))", a->constant);
}

static void print_text(made *m)
{
    FILE *out = open_memstream(&m->text, &m->size);
    fprintf(out, "(vnnlib-version <2.0>) ; made up\n");
    for (int side = 0; side < 2; side++)
        fprintf(out,
                "(declare-network %c (declare-input X_%c real [%zu]) (declare-output Y_%c Real [%zu]))\n",
                "fg"[side], "fg"[side], m -> inputs, "fg"[side], m -> outputs);
    for (size_t k = 0; k < m->boxes; k++) {
        fprintf(out, "(assert ");
        print_atom(out, &m->box[k], m);
        fprintf(out, ")\n");
    }
    fprintf(out, "(assert (%s", m->outer_or ? "or" : "and");
    for (size_t k = 0; k < m->atoms;) {
        fprintf(out, "\n  (%s", m->outer_or ? "and" : "or");
        for (size_t group = m->group[k]; k < m->atoms && m->group[k] == group; k++) {
            putc(' ', out);
            print_atom(out, &m->atom[k], m);
        }
        putc(')', out);
    }
    fprintf(out, "))\n");
    fclose(out);
}

static void make(made *m, rng *r)
{
    *m = (made){.tied = rng_chance(r, 80), .outer_or = rng_chance(r, 60)};
    random_problem_of(&m->p, r, 1 + rng_below(r, m->tied ? 3 : 2));
    m->inputs = m->p.f.inputs;
    m->outputs = network_outputs(&m->p.f);
    m->variables = 2 * (m->inputs + m->outputs);
    make_box(m, r);
    mpq_t *x = vector_new(m->variables);
    size_t groups = 1 + rng_below(r, 3);
    bool plain = rng_chance(r, 60);
    for (size_t group = 0; group < groups; group++)
        for (size_t count = 1 + rng_below(r, 3); count > 0; count--) {
            m->group[m->atoms] = group;
            make_atom(m, r, x, plain);
        }
    vector_free(x, m->variables);
    print_text(m);
}

static void made_clear(made *m)
{
    for (size_t k = 0; k < m->boxes; k++)
        atom_clear(&m->box[k], m);
    for (size_t k = 0; k < m->atoms; k++)
        atom_clear(&m->atom[k], m);
    problem_clear(&m->p);
    free(m->text);
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* A specification as the command line would have read it. */
typedef struct loaded {
    specification s;
    const network *net[2];
    const char *digest[2];
} loaded;

static void load(loaded *l, const made *m)
{
    error e = ERROR_NONE;
    *l = (loaded){.net = {&m->p.f, &m->p.g}, .digest = {DIGEST, DIGEST}};
    if (!vnnlib_read(&l->s.q, "made.vnnlib", m->text, m->size, &e) ||
        !vnnlib_problem_init(&l->s.problem, &l->s.q, &e)) {
        error_print(stdout, &e);
        fail_msg("not read:\n%s", m->text);
    }
    l->s.given = (vnnlib_given){
        .q = &l->s.q, .problem = &l->s.problem, .digest = DIGEST, .model = l->net, .model_digest = l->digest};
}

static void unload(loaded *l)
{
    vnnlib_problem_clear(&l->s.problem);
    vnnlib_clear(&l->s.q);
}

/* The least margin of an alternative, as the values have it; both kinds apart. */
static void least_margin(mpq_t least, const vnnlib_part *part, size_t j, mpq_t *value, const mpq_t weight)
{
    mpq_t other, now;
    mpq_inits(other, now, NULL);
    bool has_strict = false;
    for (size_t k = 0; k < part->alternative[j].margins; k++) {
        const vnnlib_margin *margin = &part->alternative[j].margin[k];
        linear_value(now, &margin->form, value);
        if (part->kind == VNNLIB_MIXED && !margin->strict) {
            if (mpq_cmp(now, other) < 0)
                mpq_set(other, now); /* min(0, ...) */
        } else if (!has_strict || mpq_cmp(now, least) < 0) {
            mpq_set(least, now);
            has_strict = true;
        }
    }
    if (part->alternative[j].margins == 0)
        mpq_set_ui(least, 1, 1);
    mpq_mul(other, other, weight);
    mpq_add(least, least, other);
    mpq_clears(other, now, NULL);
}

static void check_pair_at(const made *m, const loaded *l, const vnnlib_part *part, const network *f,
                          const network *g, rng *r, const mpq_t weight)
{
    size_t n = vnnlib_part_inputs(part);
    mpq_t *x = vector_new(n), *value = vector_new(m->variables), difference, least;
    mpq_inits(difference, least, NULL);
    box b = {n, part->lower, part->upper, ""};
    random_point(x, r, &b);
    vnnlib_part_values(value, part, &l->s.q, l->net, x);
    for (size_t j = 0; j < part->alternatives; j++) {
        network_difference(difference, f, g, j, x);
        least_margin(least, part, j, value, weight);
        assert_true(mpq_equal(difference, least));
    }
    mpq_clears(difference, least, NULL);
    vector_free(x, n);
    vector_free(value, m->variables);
}

static void texts_mean_what_they_say(void **state)
{
    (void)state;
    uint64_t seed = random_seed("texts_mean_what_they_say");
    size_t cases = random_effort(300), held = 0, points = 0, parts = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        made m;
        loaded l;
        make(&m, &r);
        load(&l, &m);
        mpq_t *x = vector_new(m.variables), weight;
        mpq_init(weight);
        for (int i = 0; i < 20; i++, points++) {
            sample(x, &m, &r);
            assert_int_equal(vnnlib_holds(&l.s.q, x), made_holds(&m, x));
            held += made_holds(&m, x);
        }
        for (size_t j = 0; j < l.s.problem.parts; j++, parts++) {
            network f, g;
            mpq_set_si(weight, rng_between(&r, 1, 50), 3);
            mpq_canonicalize(weight);
            vnnlib_part_pair(&f, &g, &l.s.problem.part[j], &l.s.q, l.net, weight);
            for (int i = 0; i < 8; i++)
                check_pair_at(&m, &l, &l.s.problem.part[j], &f, &g, &r, weight);
            network_clear(&f);
            network_clear(&g);
        }
        mpq_clear(weight);
        vector_free(x, m.variables);
        unload(&l);
        made_clear(&m);
    }
    print_message("%zu of %zu points satisfy; %zu parts\n", held, points, parts);
    assert_true(held > points / 20 && held < points * 19 / 20 && parts > cases / 2);
}

/* --- answers -------------------------------------------------------------------------------------------- */

/* Whether enumeration says that the part cannot hold; *known: whether it can tell. */
static bool is_impossible(const loaded *l, size_t k, bool *known)
{
    const vnnlib_part *part = &l->s.problem.part[k];
    network f, g;
    mpq_t most, weight;
    mpq_inits(most, weight, NULL);
    mpq_set_ui(weight, 1u << 30, 1);
    vnnlib_part_pair(&f, &g, part, &l->s.q, l->net, weight);
    *known = enumerate_signed(most, &f, &g, part->lower, part->upper, 300);
    bool impossible = mpq_sgn(most) < 0 || (mpq_sgn(most) == 0 && part->kind != VNNLIB_REACH);
    *known &= part->kind != VNNLIB_MIXED || impossible;
    mpq_clears(most, weight, NULL);
    network_clear(&f);
    network_clear(&g);
    return impossible;
}

static void check_unsat_answer(const made *m, const loaded *l, rng *r, size_t *enumerated)
{
    mpq_t *x = vector_new(m->variables);
    for (int i = 0; i < 200; i++) {
        sample(x, m, r);
        if (made_holds(m, x))
            fail_msg("unsat, but there is a point:\n%s", m->text);
    }
    vector_free(x, m->variables);
    for (size_t k = 0; k < l->s.problem.parts; k++) {
        bool known;
        if (!is_impossible(l, k, &known) && known)
            fail_msg("unsat, but part %zu is not:\n%s", k, m->text);
        *enumerated += known;
    }
}

static check_status check_text(vnnlib_answer *answer, const loaded *l, char *text, size_t size, error *e)
{
    FILE *stream = fmemopen(text, size, "r");
    line_reader in = {.stream = stream, .name = "certificate"};
    check_status status = CHECK_BAD_INPUT;
    if (line_next(&in, e))
        status = vnnlib_check(answer, &in, &l->s.given, e);
    else
        *answer = (vnnlib_answer){.sat = false};
    line_clear(&in);
    fclose(stream);
    return status;
}

/* The certificate is verified; mutants are rejected, or say the same. Returns how many of these. */
static size_t check_certificate_of(const made *m, const loaded *l, const verify_job *job, rng *r)
{
    char *text = NULL;
    size_t size, accepted = 0;
    error e = ERROR_NONE;
    vnnlib_answer answer;
    FILE *out = open_memstream(&text, &size);
    assert_true(verify_write(out, job, &e));
    fclose(out);
    check_status status = check_text(&answer, l, text, size, &e);
    if (status != CHECK_VERIFIED) {
        error_print(stdout, &e);
        fail_msg("not verified:\n%s", m->text);
    }
    assert_int_equal(answer.sat, job->status == VERIFY_SAT);
    assert_true(!answer.sat || made_holds(m, answer.value));
    vnnlib_answer_clear(&answer);
    for (int i = 0; i < 10; i++) {
        char *copy = malloc(size);
        memcpy(copy, text, size);
        size_t now = mutate_text(copy, size, r);
        if (now > 0 && check_text(&answer, l, copy, now, &e) == CHECK_VERIFIED) {
            accepted++;
            assert_int_equal(answer.sat, job->status == VERIFY_SAT);
            assert_true(!answer.sat || made_holds(m, answer.value));
        } else {
            assert_non_null(e.message);
        }
        vnnlib_answer_clear(&answer);
        error_clear(&e);
        free(copy);
    }
    free(text);
    return accepted;
}

static void answers_are_right_and_proved(void **state)
{
    (void)state;
    uint64_t seed = random_seed("answers_are_right_and_proved");
    size_t cases = random_effort(250), count[4] = {0}, enumerated = 0, accepted = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        made m;
        loaded l;
        verify_job job;
        error e = ERROR_NONE;
        make(&m, &r);
        load(&l, &m);
        search_options options = {.threads = 1 + (unsigned)rng_below(&r, 2), .node_limit = 1000};
        assert_true(verify_run(&job, &l.s, &options, true, &e));
        count[job.status]++;
        if (job.status == VERIFY_SAT)
            assert_true(made_holds(&m, job.value));
        if (job.status == VERIFY_UNSAT)
            check_unsat_answer(&m, &l, &r, &enumerated);
        if (job.status == VERIFY_SAT || job.status == VERIFY_UNSAT)
            accepted += check_certificate_of(&m, &l, &job, &r);
        else
            print_message("seed %lu: not answered\n", (unsigned long)(seed + k));
        verify_clear(&job);
        unload(&l);
        made_clear(&m);
    }
    print_message(
        "%zu unsat (%zu parts enumerated), %zu sat, %zu not answered; %zu mutants accepted and true\n",
        count[VERIFY_UNSAT], enumerated, count[VERIFY_SAT], count[VERIFY_UNKNOWN] + count[VERIFY_TIMED_OUT],
        accepted);
    assert_true(count[VERIFY_UNSAT] > cases / 20 && count[VERIFY_SAT] > cases / 5);
    assert_true(count[VERIFY_UNKNOWN] + count[VERIFY_TIMED_OUT] <= cases / 20 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_mean_what_they_say),
        cmocka_unit_test(answers_are_right_and_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
