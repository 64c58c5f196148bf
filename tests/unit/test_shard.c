/* Parts of certificates: all parts accept a tree exactly where a check of the whole does, for certificates of
 * random pairs and for damaged ones; every leaf belongs to one part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutate.h"
#include "network/native.h"
#include "proof/check.h"
#include "random_network.h"
#include "search/maximise.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *certificate_text(const problem *p, rng *r, size_t *length)
{
    error e = ERROR_NONE;
    search_result result;
    search_options options = {.node_limit = 5 + rng_below(r, 60), .threads = 1};
    query q = {.f = &p->f,
               .g = &p->g,
               .f_digest = DIGEST,
               .g_digest = DIGEST,
               .lower = p->box.lower,
               .upper = p->box.upper,
               .all_outputs = true};
    char *text = NULL;
    FILE *certificate = open_memstream(&text, length);
    assert_true(search_maximise(&result, &q, &options, certificate, &e));
    search_result_clear(&result);
    fclose(certificate);
    return text;
}

static size_t count_leaves(char *text, size_t length)
{
    FILE *stream = fmemopen(text, length, "r");
    size_t count = shard_count_leaves(stream);
    fclose(stream);
    return count;
}

/* Checks the text, or one part of it. Adds up the nodes and leaves of the claim where that is accepted. */
static bool accepts(check_part *part, const problem *p, char *text, size_t length, size_t *nodes,
                    size_t *leaves)
{
    error e = ERROR_NONE;
    claim c;
    FILE *stream = fmemopen(text, length, "r");
    line_reader in = {.stream = stream, .name = "certificate"};
    check_subject about = {.f = &p->f, .f_digest = DIGEST, .g = &p->g, .g_digest = DIGEST};
    bool accepted = false;
    if (line_next(&in, &e)) {
        accepted = check_lines(&c, &in, &about, (check_mode){.part = part}, &e) == CHECK_VERIFIED;
        *nodes += accepted ? c.nodes : 0;
        *leaves += accepted ? c.leaves : 0;
        claim_clear(&c);
    }
    assert_true(accepted == (e.message == NULL));
    line_clear(&in);
    error_clear(&e);
    fclose(stream);
    return accepted;
}

/* Whether a check of the whole and the checks of all parts agree; *accepted says on what. */
static bool parts_agree(const problem *p, char *text, size_t length, size_t shards, bool *accepted)
{
    size_t nodes = 0, leaves = 0, part_nodes = 0, part_leaves = 0, own = 0, good = 0;
    *accepted = accepts(NULL, p, text, length, &nodes, &leaves);
    for (size_t k = 1; k <= shards; k++) {
        check_part part = {.shards = shards, .shard = k, .expected = count_leaves(text, length)};
        good += accepts(&part, p, text, length, &part_nodes, &part_leaves);
        own += part.own_leaves;
    }
    if (!*accepted)
        return good < shards;
    return good == shards && own == leaves && part_nodes == shards * nodes && part_leaves == shards * leaves;
}

/* The same of processes that share all of the tree in blocks: here one after the other, each of which finds
 * some blocks taken by the others. A block that is not the process's own is not looked into. */
static bool blocks_agree(const problem *p, char *text, size_t length, rng *r, bool accepted)
{
    enum { MOST = 40 };
    size_t expected = count_leaves(text, length), blocks = 1 + rng_below(r, MOST), own = 0, good = 0;
    size_t nodes = 0, leaves = 0, processes = 1 + rng_below(r, 3), owner[MOST];
    for (size_t b = 0; b < blocks; b++)
        owner[b] = rng_below(r, processes);
    for (size_t k = 0; k < processes; k++) {
        atomic_bool taken[MOST];
        for (size_t b = 0; b < blocks; b++)
            atomic_init(&taken[b], owner[b] != k);
        check_part part = {.shards = 1, .shard = 1, .expected = expected, .blocks = blocks, .taken = taken};
        good += accepts(&part, p, text, length, &nodes, &leaves);
        own += part.own_leaves;
        for (size_t b = 0; accepted && b < blocks && blocks <= expected; b++)
            assert_true(atomic_load(&taken[b])); /* it came to all of them */
    }
    return accepted ? good == processes && own == expected : good < processes;
}

static void parts_accept_what_the_whole_does(void **state)
{
    (void)state;
    uint64_t seed = random_seed("parts_accept_what_the_whole_does");
    size_t cases = random_effort(150), accepted_count = 0, mutants = 0, trees = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem p;
        random_problem(&p, &r);
        size_t length;
        char *text = certificate_text(&p, &r, &length);
        for (int m = 0; m < 20; m++) {
            char *copy = malloc(length);
            memcpy(copy, text, length);
            size_t now = length;
            for (uint64_t times = m == 0 ? 0 : 1 + rng_below(&r, 2); times > 0 && now > 1; times--)
                now = mutate_text(copy, now, &r);
            bool accepted = false;
            if (now > 0 && (!parts_agree(&p, copy, now, 1 + rng_below(&r, 5), &accepted) ||
                            (m == 0 && !accepted) || !blocks_agree(&p, copy, now, &r, accepted)))
                fail_msg("seed %lu, mutant %d:\n%.*s", (unsigned long)(seed + k), m, (int)now, copy);
            accepted_count += accepted;
            mutants++;
            trees += m == 0 && count_leaves(text, length) > 1;
            free(copy);
        }
        free(text);
        problem_clear(&p);
    }
    print_message("%zu texts, %zu accepted; %zu certificates with splits\n", mutants, accepted_count, trees);
    assert_true(accepted_count < mutants / 2 && trees > cases / 10);
}

/* x on [0,1] against 0, split where nobody needs it, by hand. */
static const char tree[] = "supcert-certificate 5\n"
                           "network f " DIGEST "\n"
                           "network g " DIGEST "\n"
                           "inputs 1\noutputs all\nbox 0 1\nupper 1\nlower 1\nat 0 1\ntree\n"
                           "i< 1 1/2\ni< 1 1/4\n.\n.\ni> 1 3/4\n.\n%s\nend\n";

static void read_network(network *net, const char *text)
{
    error e = ERROR_NONE;
    file_bytes bytes = {(unsigned char *)text, strlen(text)};
    assert_true(native_read(net, "test", &bytes, &e));
}

static bool part_of_tree(size_t shards, size_t shard, const char *last, size_t *own)
{
    problem p;
    char text[1000];
    size_t length = (size_t)snprintf(text, sizeof text, tree, last), nodes = 0, leaves = 0;
    read_network(&p.f, "supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 1\nend\n");
    read_network(&p.g, "supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n");
    check_part part = {.shards = shards, .shard = shard, .expected = count_leaves(text, length)};
    bool accepted = accepts(&part, &p, text, length, &nodes, &leaves);
    *own = part.own_leaves;
    network_clear(&p.f);
    network_clear(&p.g);
    return accepted;
}

/* A step that does not hold is noticed by the part it belongs to, and by no other; the shape by all. */
static void only_the_own_part_is_carried_out(void **state)
{
    (void)state;
    size_t own;
    for (size_t shard = 1; shard <= 4; shard++) {
        assert_true(part_of_tree(4, shard, ".", &own));
        assert_int_equal(own, 1);
        assert_true(part_of_tree(5, shard, "n< 1\n.\n.", &own) == (shard < 4));
        assert_true(part_of_tree(4, shard, "nonsense\n.", &own) == (shard != 4));
        assert_true(part_of_tree(2, 1 + shard % 2, "nonsense\n.", &own) == (shard % 2 == 0));
        assert_false(part_of_tree(4, shard, "i< 1 7/8\n.", &own));
        assert_false(part_of_tree(4, shard, ".\n.", &own));
        assert_false(part_of_tree(4, shard, "", &own));
    }
    assert_true(part_of_tree(9, 1, ".", &own));
    assert_int_equal(own, 0);
    assert_true(part_of_tree(9, 9, ".", &own));
    assert_int_equal(own, 1);
    assert_true(part_of_tree(4, 0, "nonsense\n.", &own)); /* the shape alone */
}

/* Where the file had more leaves when they were counted, or fewer, some would be no part's: every part
 * notices. */
static void leaves_must_be_as_many_as_counted(void **state)
{
    (void)state;
    problem p;
    char text[1000];
    size_t length = (size_t)snprintf(text, sizeof text, tree, "."), nodes = 0, leaves = 0;
    read_network(&p.f, "supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 1\nend\n");
    read_network(&p.g, "supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n");
    for (size_t expected = 0; expected <= 8; expected++)
        for (size_t shard = 1; shard <= 3; shard++) {
            check_part part = {.shards = 3, .shard = shard, .expected = expected};
            assert_true(accepts(&part, &p, text, length, &nodes, &leaves) == (expected == 4));
        }
    network_clear(&p.f);
    network_clear(&p.g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_accept_what_the_whole_does),
        cmocka_unit_test(only_the_own_part_is_carried_out),
        cmocka_unit_test(leaves_must_be_as_many_as_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
