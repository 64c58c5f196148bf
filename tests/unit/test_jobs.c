/* Checks by several processes that read different files, as they do where a file is replaced while it is
 * read: each of the files may be right, but no claim is proved by pieces of several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/check_jobs.h"
#include "network/native.h"
#include "temporary.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char head[] = "supcert-certificate 5\nnetwork f " DIGEST "\nnetwork g " DIGEST
                           "\ninputs 1\noutputs all\nbox 0 1\nupper 1\nlower 1\nat 0 1\ntree\n";
static const char tree[] = "i< 1 1/2\ni< 1 1/4\n.\n.\ni> 1 3/4\n.\n.\nend\n";
static const char other_tree[] = "i< 1 1/2\ni< 1 1/4\n.\n.\ni> 1 7/8\n.\n.\nend\n";
static const char one_leaf_less[] = "i< 1 1/2\n.\ni> 1 3/4\n.\n.\nend\n";
static const char broken_tree[] = "i< 1 1/2\ni< 1 1/4\n.\n.\ni> 1 3/4\nnonsense\n.\n.\nend\n";

static char *write_file(const char *text)
{
    char *path = temporary_file(".cert");
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fprintf(out, "%s%s", head, text);
    assert_int_equal(fclose(out), 0);
    return path;
}

static void read_network(network *net, const char *text)
{
    error e = ERROR_NONE;
    file_bytes bytes = {(unsigned char *)text, strlen(text)};
    assert_true(native_read(net, "test", &bytes, &e));
}

/* x against 0 on [0,1], by so many processes: the first one reads `own`, the others read `others`. */
static check_status check(const char *own, const char *others, size_t jobs, const demand *asked, error *e)
{
    model_pair p = {.f = {.digest = DIGEST}, .g = {.digest = DIGEST}};
    claim verified;
    char digest[DIGEST_SIZE], *path = write_file(own), *name = write_file(others);
    read_network(&p.f.net, "supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 1\nend\n");
    read_network(&p.g.net, "supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n");
    line_reader in = {.stream = fopen(path, "rb"), .name = name, .digest = digest_new()};
    digest_state *state = in.digest;
    assert_true(in.stream != NULL && line_next(&in, e));
    check_status status = check_pair_jobs(&verified, digest, jobs, 4, asked, &in, &p, e);
    claim_clear(&verified);
    fclose(in.stream);
    line_clear(&in);
    digest_free(state);
    network_clear(&p.f.net);
    network_clear(&p.g.net);
    temporary_remove(path);
    temporary_remove(name);
    return status;
}

static void expect(const char *own, const char *others, check_status wanted, const char *message)
{
    for (size_t jobs = 2; jobs <= 4; jobs++) {
        error e = ERROR_NONE;
        assert_int_equal(check(own, others, jobs, NULL, &e), wanted);
        assert_true((e.message == NULL) == (message == NULL));
        assert_true(message == NULL || strstr(e.message, message) != NULL);
        error_clear(&e);
    }
}

static void one_file(void **state)
{
    (void)state;
    expect(tree, tree, CHECK_VERIFIED, NULL);
    expect(other_tree, other_tree, CHECK_VERIFIED, NULL);
    expect(one_leaf_less, one_leaf_less, CHECK_REJECTED, "has not as many leaves");
    expect(broken_tree, broken_tree, CHECK_REJECTED, "");
}

static void two_files(void **state)
{
    (void)state;
    expect(tree, other_tree, CHECK_BAD_INPUT, "changed while it was read");
    expect(other_tree, tree, CHECK_BAD_INPUT, "changed while it was read");
    expect(tree, one_leaf_less, CHECK_REJECTED, "has not as many leaves");
}

/* What the claim does not imply is no process's to prove. */
static void demands(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    mpq_t most;
    mpq_init(most);
    demand asked = {.all_outputs = true, .outputs = 1, .most = most};
    assert_int_equal(check(broken_tree, broken_tree, 3, &asked, &e), CHECK_NOT_IMPLIED);
    mpq_set_ui(most, 1, 1);
    assert_int_equal(check(tree, tree, 3, &asked, &e), CHECK_VERIFIED);
    mpq_clear(most);
    error_clear(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_file), cmocka_unit_test(two_files),
                                       cmocka_unit_test(demands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
