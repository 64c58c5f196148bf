/* The native text format: the examples in tests/native (pass: read, and written back canonically; fail: the
 * expected message; crash: whatever happens, cleanly), and random networks in random spellings, whole, cut
 * off and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "network/native.h"
#include "plain.h"
#include "random.h"

static uint64_t seed;

/* --- helpers ---------------------------------------------------------------------------------------------
 */

/* A copy in a block of exactly its size and the final zero, so that reading past it is noticed. */
static file_bytes copy_bytes(const void *data, size_t size)
{
    file_bytes bytes = {mem_alloc(size + 1, 1), size};
    memcpy(bytes.data, data, size);
    return bytes;
}

static char *written(const network *net)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    native_write(out, net);
    assert_int_equal(ferror(out), 0);
    fclose(out);
    return text;
}

/* The canonical text of what is read; NULL with *e set where reading fails. Owned by the caller (free). */
static char *rewritten(const void *data, size_t size, error *e)
{
    file_bytes bytes = copy_bytes(data, size);
    network net;
    bool good = native_read(&net, "test", &bytes, e);
    file_bytes_clear(&bytes);
    if (!good) {
        assert_int_equal(net.layers, 0);
        assert_null(net.layer);
        assert_non_null(e->message);
        assert_string_equal(e->file, "test");
        assert_true(e->line > 0);
        assert_null(strchr(e->message, '\n'));
        return NULL;
    }
    assert_null(e->message);
    char *text = written(&net);
    network_clear(&net);
    return text;
}

/* Reads data of which nothing is known; what is accepted must come back the same from its canonical text. */
static bool survives(const void *data, size_t size)
{
    error e = ERROR_NONE;
    char *text = rewritten(data, size, &e);
    error_clear(&e);
    if (text == NULL)
        return false;
    char *again = rewritten(text, strlen(text), &e);
    assert_string_equal(again, text);
    free(text);
    free(again);
    return true;
}

/* --- examples --------------------------------------------------------------------------------------------
 */

/* Calls `check` for every file.net in the folder, with the path without its suffix. */
static void for_each_example(const char *folder, void (*check)(const char *path))
{
    DIR *directory = opendir(folder);
    size_t files = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".net") != 0)
            continue;
        char *path = mem_printf("%s/%.*s", folder, (int)length - 4, entry->d_name);
        check(path);
        free(path);
        files++;
    }
    closedir(directory);
    assert_true(files > 0);
}

/* The file `path` with the suffix; false, without bytes, if there is none. */
static bool load(file_bytes *bytes, const char *path, const char *suffix)
{
    char *name = mem_printf("%s%s", path, suffix);
    error e = ERROR_NONE;
    bool good = file_read(bytes, name, &e);
    error_clear(&e);
    free(name);
    return good;
}

static void check_pass(const char *path)
{
    file_bytes bytes, canonical;
    error e = ERROR_NONE;
    assert_true(load(&bytes, path, ".net"));
    assert_true(native_recognise(&bytes));
    bool own = !load(&canonical, path, ".canonical");
    char *text = rewritten(bytes.data, bytes.size, &e);
    if (text == NULL)
        fail_msg("%s: line %ld: %s", path, e.line, e.message);
    else if (strcmp(text, (const char *)(own ? bytes.data : canonical.data)) != 0)
        fail_msg("%s is written back as\n%s", path, text);
    free(text);
    file_bytes_clear(&bytes);
    file_bytes_clear(&canonical);
}

static void check_fail(const char *path)
{
    file_bytes bytes, expected;
    error e = ERROR_NONE;
    assert_true(load(&bytes, path, ".net"));
    assert_true(load(&expected, path, ".expect"));
    char *text = rewritten(bytes.data, bytes.size, &e);
    if (text != NULL)
        fail_msg("%s was read", path);
    char *message = mem_printf("%ld: %s\n", e.line, e.message);
    if (strcmp(message, (const char *)expected.data) != 0)
        fail_msg("%s: the message is\n%s", path, message);
    free(message);
    error_clear(&e);
    file_bytes_clear(&bytes);
    file_bytes_clear(&expected);
}

static void check_crash(const char *path)
{
    file_bytes bytes;
    assert_true(load(&bytes, path, ".net"));
    survives(bytes.data, bytes.size);
    file_bytes_clear(&bytes);
}

static void test_examples(void **state)
{
    (void)state;
    for_each_example("tests/native/pass", check_pass);
    for_each_example("tests/native/fail", check_fail);
    for_each_example("tests/native/crash", check_crash);
}

/* --- random networks -------------------------------------------------------------------------------------
 */

/* Both texts, written here by other code, give the network; the canonical one comes back byte for byte. */
static void test_round_trip(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(500); k++) {
        rng r;
        plain p;
        network net;
        error e = ERROR_NONE;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        plain_network(&net, &p);
        char *canonical = plain_canonical_text(&p), *spelled = plain_random_text(&p, &r);
        char *texts[] = {written(&net), rewritten(canonical, strlen(canonical), &e),
                         rewritten(spelled, strlen(spelled), &e)};
        for (size_t i = 0; i < 3; i++) {
            if (texts[i] == NULL || strcmp(texts[i], canonical) != 0)
                fail_msg("seed %ju, text %zu: %s", (uintmax_t)(seed + k), i,
                         texts[i] == NULL ? e.message : texts[i]);
            free(texts[i]);
        }
        free(canonical);
        free(spelled);
        network_clear(&net);
        plain_clear(&p);
    }
}

/* Wherever the text of a small network is cut off before 'end' is complete, reading fails. */
static void test_cut_off(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(20); k++) {
        rng r;
        plain p;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        char *text = plain_canonical_text(&p);
        size_t whole = strlen(text) - 1, step = whole / 500 + 1;
        for (size_t size = rng_below(&r, step); size < whole; size += step)
            assert_false(survives(text, size));
        for (size_t size = whole < 40 ? 0 : whole - 40; size < whole; size++)
            assert_false(survives(text, size));
        assert_true(survives(text, whole));
        free(text);
        plain_clear(&p);
    }
}

/* Changes, removes, doubles or inserts a byte, or moves one to another place. */
static size_t damage(char *text, size_t size, rng *r)
{
    static const char likely[] = "0019-+./:;#ex \t\r\n\0\xff";
    size_t at = rng_below(r, size);
    switch (rng_below(r, 4)) {
    case 0:
        text[at] = likely[rng_below(r, sizeof likely - 1)];
        return size;
    case 1:
        text[at] = (char)rng_below(r, 256);
        return size;
    case 2:
        memmove(text + at, text + at + 1, size - at - 1);
        return size - 1;
    default:
        memmove(text + at + 1, text + at, size - at);
        text[at] = likely[rng_below(r, sizeof likely - 1)];
        return size + 1;
    }
}

static void test_damaged(void **state)
{
    (void)state;
    size_t accepted = 0, refused = 0;
    for (size_t k = 0; k < random_effort(3000); k++) {
        rng r;
        plain p;
        rng_seed(&r, seed + k);
        plain_random(&p, &r);
        char *text = plain_random_text(&p, &r);
        size_t size = strlen(text), changes = 1 + rng_below(&r, 4);
        text = mem_resize(text, size + changes, 1);
        for (size_t i = 0; i < changes && size > 0; i++)
            size = damage(text, size, &r);
        bool good = survives(text, size);
        accepted += good;
        refused += !good;
        free(text);
        plain_clear(&p);
    }
    assert_true(accepted > 0 && refused > 0);
}

/* --- limits ----------------------------------------------------------------------------------------------
 */

/* One linear neuron over `count` inputs whose k-th weight is printed by `put`. */
static char *row_text(size_t count, void (*put)(FILE *out, size_t k))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "supcert-network 1\ninputs %zu\nlayer 1 reads 0\nlinear 0 :", count);
    for (size_t k = 0; k < count; k++) {
        putc(' ', out);
        put(out, k);
    }
    fputs("\nend\n", out);
    fclose(out);
    return text;
}

static void put_power(FILE *out, size_t k)
{
    fputs(k % 2 == 0 ? "0x1p1000000" : "-0x1p1000000", out);
}

/* Fermat-like denominators k·2^600 + 1: nearly coprime, so their common multiple is as long as all together.
 */
static void put_coprime(FILE *out, size_t k)
{
    mpz_t z;
    mpz_init_set_ui(z, k + 1);
    mpz_mul_2exp(z, z, 600);
    mpz_add_ui(z, z, 1);
    char *digits = mpz_get_str(NULL, 10, z);
    fprintf(out, "1/%s", digits);
    free(digits);
    mpz_clear(z);
}

static bool reads(size_t count, void (*put)(FILE *out, size_t k))
{
    error e = ERROR_NONE;
    network net;
    char *text = row_text(count, put);
    file_bytes bytes = copy_bytes(text, strlen(text));
    bool good = native_read(&net, "test", &bytes, &e);
    if (good)
        network_clear(&net);
    else {
        assert_int_equal(e.line, 4);
        assert_string_equal(
            e.message,
            "the numbers are too long to be held exactly (round them, or use fewer different denominators)");
    }
    error_clear(&e);
    file_bytes_clear(&bytes);
    free(text);
    return good;
}

/* The digits of a file are bounded: 2^28 bytes and 64 times its size. A power takes 125 kB when it is read
 * and again in the layer. */
static void test_room_for_digits(void **state)
{
    (void)state;
    assert_true(reads(1000, put_power));
    assert_false(reads(2200, put_power));
    assert_true(reads(500, put_coprime));
    assert_false(reads(2500, put_coprime));
}

/* Inputs that nothing reads: 2^20, or as many as the file has bytes. */
static void test_unread_inputs(void **state)
{
    (void)state;
    static const size_t cases[][3] = {
        {1 << 20, 0, true}, {(1 << 20) + 1, 0, false}, {1100000, 1100000, true}, {1100000, 1099000, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        error e = ERROR_NONE;
        char *padding = mem_alloc(cases[k][1] + 1, 1);
        memset(padding, '#', cases[k][1]);
        char *text =
            mem_printf("supcert-network 1\ninputs %zu\nlayer 1 reads\nrelu 1\nend\n%s", cases[k][0], padding);
        char *back = rewritten(text, strlen(text), &e);
        assert_int_equal(back != NULL, cases[k][2]);
        error_clear(&e);
        free(padding);
        free(text);
        free(back);
    }
}

/* A row as long as it likes: 200,000 weights, and one of 200,000 digits. */
static void put_small(FILE *out, size_t k)
{
    fprintf(out, "%zu", k % 10);
}

static void put_long(FILE *out, size_t k)
{
    for (int i = 0; i < 200000; i++)
        putc('1' + (int)(k % 2), out);
}

static void test_long_lines(void **state)
{
    (void)state;
    void (*const put[])(FILE *, size_t) = {put_small, put_long};
    const size_t count[] = {200000, 2};
    for (size_t k = 0; k < 2; k++) {
        error e = ERROR_NONE;
        char *text = row_text(count[k], put[k]), *back = rewritten(text, strlen(text), &e);
        assert_non_null(back);
        assert_true(strcmp(text, back) == 0);
        free(text);
        free(back);
    }
}

static void test_recognise(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool native;
    } cases[] = {{"supcert-network 1\n", true},  {"supcert-network 2", true},
                 {"supcert-networ", false},      {"", false},
                 {"# supcert-network 1", false}, {"supcert-certificate 1", false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        file_bytes bytes = copy_bytes(cases[k].text, strlen(cases[k].text));
        assert_int_equal(native_recognise(&bytes), cases[k].native);
        file_bytes_clear(&bytes);
    }
}

int main(void)
{
    seed = random_seed("native");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),   cmocka_unit_test(test_recognise),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_damaged),    cmocka_unit_test(test_room_for_digits),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_unread_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
