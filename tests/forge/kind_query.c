/* Forged answers to specifications: sat where they are unsat and the other way round, by a hair. An honest
 * answer to a specification that is nearly the same, with the digests of this one, is where forging begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/verify_job.h"
#include "number.h"
#include "number/vector.h"
#include "query_part.h"
#include "specification_maker.h"
#include "subject.h"

enum { FORGERIES = 60 };

/* A specification, read and answered. */
typedef struct asked {
    made_specification *made; /* borrowed, as it is now: `satisfiable` is its answer */
    char *text;
    specification s; /* what the checker is handed */
    char digest[DIGEST_SIZE];
    bool satisfiable;
    char *answer; /* an honest certificate; NULL: none was found */
} asked;

typedef struct networks {
    const network *net[2];
    const char *digest[2];
} networks;

static bool read_specification(asked *a, const networks *n)
{
    error e = ERROR_NONE;
    file_digest(a->digest, &(file_bytes){(unsigned char *)a->text, strlen(a->text)});
    bool good = vnnlib_read(&a->s.q, "forged", a->text, strlen(a->text), &e);
    if (good && !vnnlib_problem_init(&a->s.problem, &a->s.q, &e)) {
        vnnlib_clear(&a->s.q);
        good = false;
    }
    a->s.given = (vnnlib_given){.q = &a->s.q,
                                .problem = &a->s.problem,
                                .digest = a->digest,
                                .model = (const network *const *)n->net,
                                .model_digest = n->digest};
    error_clear(&e);
    return good;
}

static char *answer_of(const specification *s, rng *r)
{
    error e = ERROR_NONE;
    verify_job job;
    search_options options = {.threads = 1, .time_limit = 1, .node_limit = 2 + rng_below(r, 40)};
    char *text = NULL;
    size_t size;
    bool works = verify_run(&job, s, &options, true, &e);
    if (works && (job.status == VERIFY_SAT || job.status == VERIFY_UNSAT)) {
        FILE *out = open_memstream(&text, &size);
        works = verify_write(out, &job, &e);
        fclose(out);
    }
    verify_clear(&job);
    error_clear(&e);
    return text;
}

/* False where the specification is refused. */
static bool ask(asked *a, made_specification *made, const networks *n, rng *r)
{
    *a = (asked){.made = made, .text = made_text(made), .satisfiable = made_is_satisfiable(made)};
    if (!read_specification(a, n)) {
        free(a->text);
        return false;
    }
    a->answer = answer_of(&a->s, r);
    return true;
}

static void asked_clear(asked *a)
{
    vnnlib_problem_clear(&a->s.problem);
    vnnlib_clear(&a->s.q);
    free(a->text);
    free(a->answer);
}

/* --- verdicts --- */

static void report(forge *c, const asked *a, const networks *n, const char *what, const char *text)
{
    exhibit list[3 + 2] = {{"forged.cert", mem_copy_string(text)}, {"spec.vnnlib", mem_copy_string(a->text)}};
    static const char *const names[2] = {"n0.net", "n1.net"};
    for (size_t k = 0; k < a->made->networks; k++)
        list[2 + k] = (exhibit){names[k], subject_text(n->net[k])};
    forge_untrue(c, what, 2 + a->made->networks, list);
}

/* `made` has the specification's constants. */
static bool put(forge *c, const asked *a, const networks *n, const script *lines)
{
    error e = ERROR_NONE;
    vnnlib_answer answer = {.sat = false};
    size_t length;
    char *text = script_text(lines, &length);
    FILE *stream = fmemopen(text, length == 0 ? 1 : length, "r");
    line_reader in = {.stream = stream, .name = "forged"};
    bool begins = line_next(&in, &e) && line_begins(lines->line[0], "supcert-query");
    bool accepted = begins && vnnlib_check(&answer, &in, &a->s.given, &e) == CHECK_VERIFIED;
    line_clear(&in);
    fclose(stream);
    if (accepted && answer.sat != a->satisfiable)
        report(c, a, n,
               answer.sat ? "sat is verified where it is unsat" : "unsat is verified where it is sat", text);
    else if (accepted && answer.sat && !made_holds(a->made, answer.value[0]))
        report(c, a, n, "an assignment is verified that does not satisfy the assertions", text);
    if (begins)
        vnnlib_answer_clear(&answer);
    error_clear(&e);
    free(text);
    return accepted;
}

/* --- forging --- */

/* Gives the lines the digests of the specification, and of the networks of its parts, one after the other. */
static void adapt(script *lines, const asked *a)
{
    const vnnlib_given *given = &a->s.given;
    size_t at = script_find(lines, 0, "specification");
    if (at < lines->count)
        script_set(lines, at, mem_printf("specification %s", a->digest));
    size_t next = script_find(lines, 0, "supcert-certificate");
    for (size_t k = 0; k < given->problem->parts && next + 2 < lines->count; k++) {
        network f, g;
        char f_digest[DIGEST_SIZE], g_digest[DIGEST_SIZE];
        mpq_t weight;
        mpq_init(weight);
        if (!line_begins(lines->line[next - 1], "penalty") || !line_number(weight, lines->line[next - 1], 1))
            mpq_set_ui(weight, 1, 1);
        vnnlib_part_pair(&f, &g, &given->problem->part[k], given->q, given->model, weight);
        vnnlib_network_digest(f_digest, &f);
        vnnlib_network_digest(g_digest, &g);
        script_set(lines, next + 1, mem_printf("network f %s", f_digest));
        script_set(lines, next + 2, mem_printf("network g %s", g_digest));
        network_clear(&f);
        network_clear(&g);
        mpq_clear(weight);
        next = script_find(lines, next + 1, "supcert-certificate");
    }
}

static void scratch(script *lines, const asked *a, rng *r)
{
    const vnnlib_problem *asked_of = a->s.given.problem;
    bool sat = rng_chance(r, 40);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    vnnlib_write_head(out, &a->s.given, sat);
    fclose(out);
    script_init(lines, text);
    free(text);
    char *x = number_text(a->made->at[rng_below(r, a->made->points)]);
    for (size_t k = 0; k < a->made->networks && sat; k++)
        script_insert(lines, lines->count, mem_printf("input X%zu %s", k, x));
    free(x);
    if (!sat) {
        script_insert(lines, lines->count, mem_printf("parts %zu", asked_of->parts));
        for (size_t k = 0; k < asked_of->parts; k++)
            query_part_write(lines, &a->s.given, &asked_of->part[k], r);
    }
    script_insert(lines, lines->count, mem_copy_string("end"));
}

static void forge_answers(forge *c, const asked *a, const networks *n, const script *base, size_t bases)
{
    rng *r = &c->r;
    material m = {.inputs = 1, .outputs = 1 + rng_below(r, 2), .names = 30, .donor = &base[bases - 1]};
    for (size_t k = 0; k < a->made->points && k < 8; k++)
        subject_add_value(&m, a->made->at[k]);
    for (int k = 0; k < FORGERIES; k++) {
        script lines;
        const script *from = &base[rng_below(r, bases)];
        if (from->count == 0 || rng_chance(r, 30)) {
            scratch(&lines, a, r);
        } else {
            script_copy(&lines, from);
            adapt(&lines, a);
        }
        for (uint64_t times = rng_below(r, 3); times > 0; times--)
            mutate_script(&lines, &m, r);
        forge_tried(c, put(c, a, n, &lines));
        script_clear(&lines);
    }
    vector_free(m.value, m.values);
}

/* Two specifications that are nearly the same. */
static void run(forge *c, made_specification *made, const networks *n)
{
    rng *r = &c->r;
    asked first, second;
    script base[2];
    made_draw(made, r);
    if (!ask(&first, made, n, r))
        return;
    script_init(&base[0], first.answer == NULL ? "" : first.answer);
    if (first.answer != NULL)
        forge_honest(c, put(c, &first, n, &base[0]));
    made_nudge(made, r);
    if (ask(&second, made, n, r)) {
        script_init(&base[1], second.answer == NULL ? "" : second.answer);
        if (second.answer != NULL)
            forge_honest(c, put(c, &second, n, &base[1]));
        forge_answers(c, &second, n, base, 2);
        script_clear(&base[1]);
        asked_clear(&second);
    }
    script_clear(&base[0]);
    asked_clear(&first);
}

void forge_query(forge *c)
{
    problem p;
    rng *r = &c->r;
    for (bool small = false; !small;) {
        random_problem_of(&p, r, 1);
        small = network_neurons(&p.f) + network_neurons(&p.g) <= 16;
        if (!small)
            problem_clear(&p);
    }
    long output = number_exponent(r);
    network_rescale(&p.f, 0, output);
    network_rescale(&p.g, 0, rng_chance(r, 80) ? output : number_exponent(r));
    char f_digest[DIGEST_SIZE], g_digest[DIGEST_SIZE];
    subject_digest(f_digest, &p.f);
    subject_digest(g_digest, &p.g);
    networks n = {{&p.f, &p.g}, {f_digest, g_digest}};
    made_specification made;
    made_init(&made, rng_chance(r, 50) ? 1 : 2, n.net, p.box.lower[0], p.box.upper[0]);
    run(c, &made, &n);
    made_clear(&made);
    problem_clear(&p);
}
