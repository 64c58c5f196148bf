/* Checkpoints: searches that are stopped again and again and go on find what an uninterrupted one does; a
 * checkpoint that is cut off, damaged or about something else is an error, or leads to a true result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "enumerate.h"
#include "mutate.h"
#include "network/native.h"
#include "proof/check.h"
#include "random_network.h"
#include "search/maximise.h"
#include "temporary.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static query query_of(const problem *p)
{
    return (query){.f = &p->f,
                   .g = &p->g,
                   .f_digest = DIGEST,
                   .g_digest = DIGEST,
                   .lower = p->box.lower,
                   .upper = p->box.upper,
                   .all_outputs = true};
}

/* Runs the search; where it works, the checker must verify what it says, and the maximum must lie between. */
static bool run(search_result *result, const problem *p, const mpq_t maximum, const search_options *options,
                error *e)
{
    query q = query_of(p);
    FILE *certificate = tmpfile();
    bool works = search_maximise(result, &q, options, certificate, e);
    if (works) {
        claim c;
        rewind(certificate);
        check_subject about = {.f = &p->f, .f_digest = DIGEST, .g = &p->g, .g_digest = DIGEST};
        check_status status = check_certificate(&c, certificate, "certificate", &about, e);
        if (status != CHECK_VERIFIED)
            error_print(stdout, e);
        assert_int_equal(status, CHECK_VERIFIED);
        assert_true(mpq_equal(c.lower, result->lower) && mpq_equal(c.upper, result->upper));
        assert_true(mpq_cmp(c.lower, maximum) <= 0 && mpq_cmp(maximum, c.upper) <= 0);
        claim_clear(&c);
    }
    fclose(certificate);
    return works;
}

static search_options step_options(rng *r, const char *path, bool first)
{
    return (search_options){.threads = 1 + (unsigned)rng_below(r, 2),
                            .node_limit = 1 + rng_below(r, 12),
                            .patience = rng_below(r, 4),
                            .checkpoint = path,
                            .checkpoint_interval = 1000,
                            .resume = first ? NULL : path};
}

/* Stops after a few nodes, at most `times` times; whether the search then was complete. */
static bool run_in_steps(search_result *result, const problem *p, const mpq_t maximum, rng *r,
                         const char *path, size_t times)
{
    error e = ERROR_NONE;
    size_t nodes = 0;
    for (size_t k = 0; k < times; k++) {
        search_options options = step_options(r, path, k == 0);
        if (k > 0)
            search_result_clear(result);
        assert_true(run(result, p, maximum, &options, &e));
        assert_true(result->nodes >= nodes);
        nodes = result->nodes;
        if (result->ended_by == SEARCH_DONE)
            return true;
        assert_int_equal(result->ended_by, SEARCH_NODES);
    }
    return false;
}

typedef struct tally {
    size_t complete, stopped;
} tally;

static void interrupt(tally *t, uint64_t seed, const char *path)
{
    rng r;
    rng_seed(&r, seed);
    problem p;
    random_problem(&p, &r);
    enumeration truth;
    if (enumerate_maximum(&truth, &p.f, &p.g, p.box.lower, p.box.upper, EVERY_OUTPUT, 500)) {
        search_result result;
        bool done = run_in_steps(&result, &p, truth.maximum, &r, path, 30);
        t->complete += done && mpq_equal(result.lower, result.upper);
        t->stopped += !done;
        search_result_clear(&result);
    }
    enumeration_clear(&truth);
    problem_clear(&p);
}

static void interrupted_searches_find_the_maximum(void **state)
{
    (void)state;
    uint64_t seed = random_seed("interrupted_searches_find_the_maximum");
    size_t cases = random_effort(200);
    tally t = {0};
    char *path = temporary_file(".checkpoint");
    for (size_t k = 0; k < cases; k++)
        interrupt(&t, seed + k, path);
    temporary_remove(path);
    print_message("%zu exact in steps, %zu not within 30 of them\n", t.complete, t.stopped);
    assert_true(t.complete > cases / 3);
}

/* Ended when all nodes had bounds below a point that was found only then: the claim must be the point's. */
static void points_above_all_bounds(void **state)
{
    (void)state;
    static const uint64_t seed[] = {217027679, 548162383, 548162327};
    tally t = {0};
    char *path = temporary_file(".checkpoint");
    for (size_t k = 0; k < sizeof seed / sizeof *seed; k++)
        interrupt(&t, seed[k], path);
    temporary_remove(path);
}

static file_bytes read_whole(const char *path)
{
    error e = ERROR_NONE;
    file_bytes bytes;
    assert_true(file_read(&bytes, path, &e));
    return bytes;
}

static void write_whole(const char *path, const void *data, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fwrite(data, 1, size, out);
    fclose(out);
}

/* Goes on from what the file holds: an error, or a true result. */
static bool goes_on(const problem *p, const mpq_t maximum, const char *path)
{
    error e = ERROR_NONE;
    search_result result;
    search_options options = {.threads = 1, .node_limit = 20, .resume = path};
    bool works = run(&result, p, maximum, &options, &e);
    if (works)
        search_result_clear(&result);
    assert_true(works || (e.message != NULL && strchr(e.message, '\n') == NULL && strcmp(e.file, path) == 0));
    error_clear(&e);
    return works;
}

static void damage_is_noticed_or_harmless(void **state)
{
    (void)state;
    uint64_t seed = random_seed("damage_is_noticed_or_harmless");
    size_t cases = random_effort(60), mutants = 0, accepted = 0, cut = 0;
    char *path = temporary_file(".checkpoint"), *damaged = temporary_file(".damaged");
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem p;
        random_problem(&p, &r);
        enumeration truth;
        if (enumerate_maximum(&truth, &p.f, &p.g, p.box.lower, p.box.upper, EVERY_OUTPUT, 500)) {
            search_result result;
            run_in_steps(&result, &p, truth.maximum, &r, path, 1 + rng_below(&r, 3));
            search_result_clear(&result);
            file_bytes whole = read_whole(path);
            for (int m = 0; m < 25; m++) {
                char *copy = malloc(whole.size);
                memcpy(copy, whole.data, whole.size);
                size_t now = whole.size;
                if (m < 8) { /* cut off */
                    now = rng_below(&r, whole.size);
                    write_whole(damaged, copy, now);
                    assert_false(goes_on(&p, truth.maximum, damaged));
                    cut++;
                } else {
                    for (uint64_t times = 1 + rng_below(&r, 3); times > 0 && now > 1; times--)
                        now = mutate_text(copy, now, &r);
                    write_whole(damaged, copy, now);
                    accepted += goes_on(&p, truth.maximum, damaged);
                    mutants++;
                }
                free(copy);
            }
            file_bytes_clear(&whole);
        }
        enumeration_clear(&truth);
        problem_clear(&p);
    }
    temporary_remove(path);
    temporary_remove(damaged);
    print_message("%zu cut off; %zu mutants, %zu of them accepted with a true result\n", cut, mutants,
                  accepted);
    assert_true(accepted > 0 && accepted < mutants);
}

/* --- by hand: |x| against 0 on [-1, 1] --- */

static const char head[] = "supcert-checkpoint 1\nnetwork f " DIGEST "\nnetwork g " DIGEST
                           "\ninputs 1\noutputs all\nbox -1 1\nnodes 3\nmilliseconds 1500\npoint 1/2\ntree\n";

/* Goes on from head and tree; the message, which the caller frees, or NULL and the result. */
static char *go_on_from(const char *lines, const char *tree, search_result *result)
{
    error e = ERROR_NONE;
    char *path = temporary_file(".checkpoint"), *message = NULL;
    FILE *out = fopen(path, "wb");
    fprintf(out, "%s%s", lines, tree);
    fclose(out);
    problem p;
    rng r;
    rng_seed(&r, 1);
    static const char f[] =
        "supcert-network 1\ninputs 1\nlayer 2 reads 0\nrelu 0 : 1\nrelu 0 : -1\nlayer 1 reads 1\n"
        "linear 0 : 1 1\nend\n";
    static const char g[] = "supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n";
    assert_true(native_read(&p.f, "f", &(file_bytes){(unsigned char *)f, sizeof f - 1}, &e));
    assert_true(native_read(&p.g, "g", &(file_bytes){(unsigned char *)g, sizeof g - 1}, &e));
    mpq_t one, minus;
    mpq_inits(one, minus, NULL);
    mpq_set_si(one, 1, 1);
    mpq_set_si(minus, -1, 1);
    p.box = (box){.lower = &minus, .upper = &one};
    search_options options = {.threads = 1, .resume = path, .node_limit = 10};
    if (!run(result, &p, one, &options, &e)) {
        message = strdup(e.message);
        error_clear(&e);
    }
    mpq_clears(one, minus, NULL);
    network_clear(&p.f);
    network_clear(&p.g);
    temporary_remove(path);
    return message;
}

static void refuses(const char *lines, const char *tree, const char *why)
{
    search_result result;
    char *message = go_on_from(lines, tree, &result);
    if (message == NULL || strstr(message, why) == NULL)
        fail_msg("'%s' instead of '%s' for\n%s", message == NULL ? "accepted" : message, why, tree);
    free(message);
}

/* What the checkpoint says is enough where its tree proves the point's value to be the maximum. */
static void accepts(const char *tree, size_t least_nodes)
{
    search_result result;
    char *message = go_on_from(head, tree, &result);
    if (message != NULL)
        fail_msg("%s", message);
    assert_true(mpq_cmp_ui(result.lower, 1, 1) == 0 && mpq_equal(result.lower, result.upper));
    assert_true(result.nodes >= least_nodes && result.seconds >= 1.5 && result.earlier == 1.5);
    search_result_clear(&result);
}

static void trees_by_hand(void **state)
{
    (void)state;
    accepts("?\nend\n", 4);
    accepts("b\n.\nend\n", 3);
    accepts("b\ni> 1 0\nb\n.\n?\nend\n", 3);
    accepts("b\no +0\no -0\ni< 1 1/2\no +0\n.\n?\nend\n", 3);
    refuses(head, "", "ends too early");
    refuses(head, "?\n", "ends too early");
    refuses(head, "?\n.\nend\n", "'end' expected");
    refuses(head, "?\nend\nmore\n", "text after the end");
    refuses(head, "b\n?\nend\n", "has steps");
    refuses(head, "b\n. 1\nend\n", "unexpected text");
    refuses(head, "i< 1 0\n.\nend\n", "unknown step");
    refuses(head, "i< 1 2\n.\n.\nend\n", "outside the node's box");
    refuses(head, "i< 1 1/3\n.\n.\nend\n", "where this search makes none");
    refuses(head, "n< 9\n.\n.\nend\n", "no such neuron");
    refuses(head, "z\n.\nend\n", "unknown step");
    refuses(head, "o +3\n.\nend\n", "outside the claim");
    refuses(head, "e +0 1\n.\nend\n", "number expected");
}

/* The head with one line replaced. */
static void refuses_head(const char *old, const char *new, const char *why)
{
    char text[sizeof head + 200];
    const char *at = strstr(head, old);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - head), head, new, at + strlen(old));
    refuses(text, "?\nend\n", why);
}

static void heads_by_hand(void **state)
{
    (void)state;
    refuses_head("checkpoint 1", "checkpoint 2", "no checkpoint of this version");
    refuses_head("network g 0", "network g 1", "another question: 'network g 1");
    refuses_head("network f", "network h", "another question");
    refuses_head("outputs all", "outputs 0", "another question: 'outputs 0', not 'outputs all'");
    refuses_head("box -1 1", "box -1 2", "another question: 'box -1 2', not 'box -1 1'");
    refuses_head("nodes 3", "nodes 18446744073709551615", "number");
    refuses_head("nodes 3", "nodes 9223372036854775807", "too large");
    refuses_head("nodes 3", "nodes -3", "whole number expected");
    refuses_head("milliseconds 1500", "milliseconds soon", "whole number expected");
    refuses_head("point 1/2", "point 3/2", "outside the box");
    refuses_head("point 1/2", "point 2/4", "lowest terms");
    refuses_head("point 1/2", "point", "number expected");
    refuses_head("point 1/2", "point 1/2 1/2", "unexpected text");
    refuses_head("tree", "bush", "'tree' expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupted_searches_find_the_maximum),
        cmocka_unit_test(points_above_all_bounds),
        cmocka_unit_test(damage_is_noticed_or_harmless),
        cmocka_unit_test(trees_by_hand),
        cmocka_unit_test(heads_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
