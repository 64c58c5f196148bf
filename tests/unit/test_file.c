/* Files: reading, digests, and output that is there whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "temporary.h"

static char *folder;

/* A name in the folder; owned by the caller (free). */
static char *in_folder(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static size_t files_in_folder(void)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void expect_content(const char *path, const char *text)
{
    file_bytes bytes;
    error e = ERROR_NONE;
    assert_true(file_read(&bytes, path, &e));
    assert_int_equal(bytes.size, strlen(text));
    assert_string_equal((char *)bytes.data, text);
    file_bytes_clear(&bytes);
}

/* Opens, writes and commits; what fails sets *e. */
static bool write_file(const char *path, const char *text, error *e)
{
    file_output out;
    if (!file_output_open(&out, path, e))
        return false;
    fputs(text, out.stream);
    bool good = file_output_commit(&out, e);
    assert_null(out.stream);
    assert_null(out.temporary);
    return good;
}

/* Checks the message, and clears the error. */
static void expect_error(error *e, const char *path, const char *message)
{
    assert_string_equal(e->file, path);
    assert_string_equal(e->message, message);
    error_clear(e);
}

/* --- reading ---------------------------------------------------------------------------------------------
 */

static void test_read_errors(void **state)
{
    (void)state;
    file_bytes bytes;
    error e = ERROR_NONE;
    char *missing = in_folder("missing");
    assert_false(file_read(&bytes, missing, &e));
    expect_error(&e, missing, "cannot open: No such file or directory (check the path)");
    assert_null(bytes.data);
    assert_false(file_read(&bytes, folder, &e));
    expect_error(&e, folder, "is a directory (name a file)");
    free(missing);
}

/* Through a pipe, whose length is not known; longer than one read. */
static void test_read_pipe(void **state)
{
    (void)state;
    enum { SIZE = 50000 };
    int ends[2];
    char data[SIZE];
    memset(data, 'x', SIZE);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], data, SIZE), SIZE);
    close(ends[1]);
    char *path = mem_printf("/dev/fd/%d", ends[0]);
    file_bytes bytes;
    error e = ERROR_NONE;
    assert_true(file_read(&bytes, path, &e));
    assert_int_equal(bytes.size, SIZE);
    assert_memory_equal(bytes.data, data, SIZE);
    assert_int_equal(bytes.data[SIZE], 0);
    file_bytes_clear(&bytes);
    close(ends[0]);
    free(path);
}

/* The examples of the standard, FIPS 180-4. */
static void test_digest(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    for (size_t k = 0; k < 3; k++) {
        file_bytes bytes = {(unsigned char *)mem_copy_string(cases[k][0]), strlen(cases[k][0])};
        char digest[FILE_DIGEST_SIZE];
        file_digest(digest, &bytes);
        assert_string_equal(digest, cases[k][1]);
        file_bytes_clear(&bytes);
    }
}

/* --- writing ---------------------------------------------------------------------------------------------
 */

static void test_commit_replaces(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *path = in_folder("out");
    assert_true(write_file(path, "first", &e));
    expect_content(path, "first");
    assert_int_equal(chmod(path, 0640), 0);
    file_output out;
    assert_true(file_output_open(&out, path, &e));
    fputs("second", out.stream);
    fflush(out.stream);
    expect_content(path, "first");
    assert_int_equal(files_in_folder(), 2);
    assert_true(file_output_commit(&out, &e));
    expect_content(path, "second");
    assert_int_equal(files_in_folder(), 1);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    file_output_discard(&out);
    unlink(path);
    free(path);
}

/* After commit the temporary name is no longer ours to remove. */
static void test_commit_forgets(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    file_output out;
    char *path = in_folder("out");
    assert_true(file_output_open(&out, path, &e));
    char *temporary = mem_copy_string(out.temporary);
    assert_true(file_output_commit(&out, &e));
    assert_true(write_file(temporary, "another", &e));
    file_output_remove_all();
    expect_content(temporary, "another");
    unlink(temporary);
    unlink(path);
    free(temporary);
    free(path);
}

static void test_discard(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *path = in_folder("out");
    file_output out;
    assert_true(file_output_open(&out, path, &e));
    fputs("lost", out.stream);
    file_output_discard(&out);
    file_output_discard(&out);
    assert_int_equal(files_in_folder(), 0);
    free(path);
}

/* Two outputs of the same name at once, each whole; the later commit wins. */
static void test_two_at_once(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *path = in_folder("out");
    file_output a, b;
    assert_true(file_output_open(&a, path, &e));
    assert_true(file_output_open(&b, path, &e));
    fputs("a", a.stream);
    fputs("b", b.stream);
    assert_true(file_output_commit(&b, &e));
    expect_content(path, "b");
    assert_true(file_output_commit(&a, &e));
    expect_content(path, "a");
    assert_int_equal(files_in_folder(), 1);
    unlink(path);
    free(path);
}

/* What a signal handler calls: only the outputs that are still open lose their files. */
static void test_remove_all(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *kept = in_folder("kept"), *lost = in_folder("lost");
    file_output a, b, c;
    assert_true(write_file(kept, "kept", &e));
    assert_true(file_output_open(&a, lost, &e));
    assert_true(file_output_open(&b, kept, &e));
    assert_true(file_output_open(&c, lost, &e));
    file_output_discard(&b);
    file_output_remove_all();
    assert_int_equal(files_in_folder(), 1);
    expect_content(kept, "kept");
    assert_false(file_output_commit(&a, &e));
    expect_error(&e, lost, "cannot write: No such file or directory (make room or choose another place)");
    file_output_discard(&c);
    unlink(kept);
    free(kept);
    free(lost);
}

static void test_open_errors(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    file_output out;
    char *nowhere = in_folder("nowhere/out");
    assert_false(file_output_open(&out, nowhere, &e));
    expect_error(
        &e, nowhere,
        "cannot write: No such file or directory (choose a place that exists and can be written to)");
    assert_false(file_output_open(&out, folder, &e));
    expect_error(&e, folder,
                 "cannot write: Is a directory (choose a place that exists and can be written to)");
    assert_int_equal(files_in_folder(), 0);
    file_output_discard(&out);
    free(nowhere);
}

/* A link stays a link, and what it points to is replaced. */
static void test_symbolic_link(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *target = in_folder("target"), *link = in_folder("link");
    assert_true(write_file(target, "old", &e));
    assert_int_equal(symlink("target", link), 0);
    assert_true(write_file(link, "new", &e));
    expect_content(target, "new");
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    unlink(link);
    unlink(target);
    free(target);
    free(link);
}

/* Devices and pipes are written to, not replaced. */
static void test_not_regular(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *fifo = in_folder("fifo"), got[5] = "";
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_true(write_file(fifo, "text", &e));
    assert_int_equal(read(reader, got, 4), 4);
    assert_string_equal(got, "text");
    close(reader);
    struct stat status;
    assert_int_equal(stat(fifo, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_true(write_file("/dev/null", "text", &e));
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    unlink(fifo);
    free(fifo);
}

/* A full device: found at commit, whether or not the stream has tried to write before. */
static void test_full_device(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *text = mem_alloc(100001, 1);
    assert_false(write_file("/dev/full", "short", &e));
    expect_error(&e, "/dev/full",
                 "cannot write: No space left on device (make room or choose another place)");
    memset(text, 'x', 100000);
    assert_false(write_file("/dev/full", text, &e));
    expect_error(&e, "/dev/full",
                 "cannot write: a write failed, as on a full disk (make room or choose another place)");
    free(text);
}

/* A regular file that cannot grow, as on a full disk: the old file stays, and nothing else does. */
static void test_no_room(void **state)
{
    (void)state;
    error e = ERROR_NONE;
    char *path = in_folder("out"), *text = mem_alloc(3001, 1);
    assert_true(write_file(path, "old", &e));
    memset(text, 'x', 3000);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){1000, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool good = write_file(path, text, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_false(good);
    expect_error(&e, path, "cannot write: File too large (make room or choose another place)");
    expect_content(path, "old");
    assert_int_equal(files_in_folder(), 1);
    unlink(path);
    free(path);
    free(text);
}

static int make_folder(void **state)
{
    (void)state;
    folder = temporary_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    int failed = rmdir(folder);
    free(folder);
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_errors),    cmocka_unit_test(test_read_pipe),
        cmocka_unit_test(test_digest),         cmocka_unit_test(test_commit_replaces),
        cmocka_unit_test(test_commit_forgets), cmocka_unit_test(test_discard),
        cmocka_unit_test(test_two_at_once),    cmocka_unit_test(test_remove_all),
        cmocka_unit_test(test_open_errors),    cmocka_unit_test(test_symbolic_link),
        cmocka_unit_test(test_not_regular),    cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
