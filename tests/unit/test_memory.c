/* Memory: attempts that are left in the middle, texts, and what control groups leave, from files as the
 * system has them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <gmp.h>

#include "base/cgroup.h"
#include "base/memory.h"
#include "base/processors.h"
#include "base/room.h"
#include "temporary.h"

/* --- attempts --- */

static void work_well(void *context)
{
    assert_true(mem_is_attempting());
    ++*(int *)context;
}

static void overflow(void *context)
{
    (void)context;
    mem_product(SIZE_MAX, 2);
    fail();
}

static void give_up(void *context)
{
    (void)context;
    mem_abandon("a reason");
}

/* The outer attempt goes on where the inner one has been left. */
static void nest(void *context)
{
    assert_string_equal(mem_attempt(give_up, NULL), "a reason");
    assert_true(mem_is_attempting());
    work_well(context);
    mem_sum(SIZE_MAX, 1);
    fail();
}

static void attempts_come_back(void **state)
{
    (void)state;
    int count = 0;
    assert_null(mem_attempt(work_well, &count));
    assert_non_null(strstr(mem_attempt(overflow, NULL), "out of memory for"));
    assert_non_null(strstr(mem_attempt(nest, &count), "out of memory for"));
    assert_int_equal(count, 2);
    assert_false(mem_is_attempting());
}

static void *refuse(size_t size)
{
    (void)size;
    return NULL;
}

/* GMP's own functions are replaced, those of others stay. */
static void gmp_allocates_here(void **state)
{
    (void)state;
    void *(*allocate)(size_t);
    mp_set_memory_functions(refuse, NULL, NULL);
    mem_prepare();
    mp_get_memory_functions(&allocate, NULL, NULL);
    assert_true(allocate == refuse);
    mp_set_memory_functions(NULL, NULL, NULL);
}

static void texts_are_whole(void **state)
{
    (void)state;
    mem_text t;
    mem_text_begin(&t);
    char *text = mem_text_end(&t);
    assert_string_equal(text, "");
    free(text);
    FILE *out = mem_text_begin(&t);
    for (int k = 0; k < 100000; k++)
        fprintf(out, "%d\n", k);
    text = mem_text_end(&t);
    assert_int_equal(t.length, 588890);
    assert_int_equal(strlen(text), t.length);
    assert_string_equal(text + t.length - 6, "99999\n");
    free(text);
}

/* --- control groups --- */

static char *root;

/* Writes a file below the root, in a folder that is made. */
static void put(const char *path, const char *text)
{
    char *whole = mem_printf("%s/%s", root, path);
    for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *out = fopen(whole, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    free(whole);
}

static void second_version(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/a/b\n");
    assert_true(cgroup_memory_left(root) == UINT64_MAX); /* nothing is there yet */
    assert_true(cgroup_processors(root) == HUGE_VAL);
    put("sys/fs/cgroup/a/b/memory.max", "max\n");
    put("sys/fs/cgroup/a/b/memory.current", "500\n");
    assert_true(cgroup_memory_left(root) == UINT64_MAX);
    put("sys/fs/cgroup/a/memory.max", "1000\n"); /* a limit above counts, too */
    put("sys/fs/cgroup/a/memory.current", "700\n");
    assert_int_equal(cgroup_memory_left(root), 300);
    put("sys/fs/cgroup/a/memory.stat", "anon 600\ninactive_file 100\nfile 100\n");
    assert_int_equal(cgroup_memory_left(root), 400);
    put("sys/fs/cgroup/a/b/memory.high", "600\n");
    assert_int_equal(cgroup_memory_left(root), 100);
    put("sys/fs/cgroup/a/b/memory.max", "400\n"); /* more than allowed has been taken */
    assert_int_equal(cgroup_memory_left(root), 0);
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    assert_true(cgroup_processors(root) == HUGE_VAL);
    put("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
    assert_true(cgroup_processors(root) == 1.5);
    put("sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
    assert_true(cgroup_processors(root) == 0.5);
}

/* A container may see itself as the root, under a path that is not there. */
static void groups_out_of_sight(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/../elsewhere/c\n");
    put("sys/fs/cgroup/memory.max", "4096\n");
    put("sys/fs/cgroup/memory.current", "1096\n");
    assert_int_equal(cgroup_memory_left(root), 3000);
}

/* Version 1, and both at once: the hierarchy that has the controller is in force. */
static void first_version(void **state)
{
    (void)state;
    put("proc/self/cgroup", "12:pids:/x\n4:cpu,cpuacct:/job\n3:memory:/job/one\n0::/a/b\n");
    put("sys/fs/cgroup/memory/job/one/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/job/one/memory.usage_in_bytes", "100\n");
    put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "5000\n");
    put("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "2000\n");
    put("sys/fs/cgroup/memory/job/memory.stat", "total_inactive_file 500\n");
    assert_int_equal(cgroup_memory_left(root), 3500);
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    assert_true(cgroup_processors(root) == HUGE_VAL);
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
    assert_true(cgroup_processors(root) == 3);
}

static void damage_is_no_limit(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "", "\n", ":", "::", "0:", "0::", "7:memory", "memory:/a\n", "0::/a", "x\n0::/a/b"};
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        put("proc/self/cgroup", lines[k]);
        cgroup_memory_left(root);
        cgroup_processors(root);
    }
    put("proc/self/cgroup", "0::/d\n");
    put("sys/fs/cgroup/d/cpu.max", "100000 0\n");
    put("sys/fs/cgroup/d/memory.max", "none\n");
    assert_true(cgroup_processors(root) == HUGE_VAL);
}

static void this_process_has_room(void **state)
{
    (void)state;
    assert_in_range(processors_usable(), 1, 1 << 16);
    assert_true(room_taken() > 100000);
    assert_true(room_for_memory() > 0);
}

static int make_root(void **state)
{
    (void)state;
    root = temporary_folder();
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    char *command = mem_printf("rm -rf '%s'", root);
    int status = system(command);
    free(command);
    free(root);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_come_back),
        cmocka_unit_test(gmp_allocates_here),
        cmocka_unit_test(texts_are_whole),
        cmocka_unit_test_setup_teardown(second_version, make_root, remove_root),
        cmocka_unit_test_setup_teardown(groups_out_of_sight, make_root, remove_root),
        cmocka_unit_test_setup_teardown(first_version, make_root, remove_root),
        cmocka_unit_test_setup_teardown(damage_is_no_limit, make_root, remove_root),
        cmocka_unit_test(this_process_has_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
