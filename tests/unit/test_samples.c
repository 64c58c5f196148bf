/* Samples: separators, headers, answers, and every kind of bad line; random tables against what was written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gmp.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/samples.h"
#include "number/rational.h"
#include "number/vector.h"
#include "random.h"
#include "random_rational.h"
#include "temporary.h"

static char *path;

static void write_bytes(const void *data, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* All samples as "a,b=y;c,d=y;", or the message as "!line message". Owned by the caller (free). */
static char *read_all(const char *text, size_t inputs)
{
    error e = ERROR_NONE;
    sample_reader r;
    char *result = mem_copy_string("");
    write_bytes(text, strlen(text));
    bool good = samples_open(&r, path, inputs, &e);
    mpq_t *x = good ? vector_new(r.inputs) : NULL;
    sample_status status = good ? SAMPLE_READ : SAMPLE_BAD;
    while (good && (status = samples_next(&r, x, &e)) == SAMPLE_READ) {
        for (size_t k = 0; k < r.inputs + r.answers; k++) {
            char *number = rational_text(k < r.inputs ? x[k] : r.answer);
            char *longer = mem_printf("%s%s%s", result, k == 0 ? "" : k == r.inputs ? "=" : ",", number);
            free(number);
            free(result);
            result = longer;
        }
        char *longer = mem_printf("%s;", result);
        free(result);
        result = longer;
    }
    if (status == SAMPLE_BAD) {
        assert_non_null(e.message);
        assert_string_equal(e.file, path);
        free(result);
        result = mem_printf("!%ld %s", e.line, e.message);
    }
    if (good) {
        vector_free(x, r.inputs);
        samples_close(&r);
    }
    error_clear(&e);
    return result;
}

static void expect(const char *text, size_t inputs, const char *wanted)
{
    char *got = read_all(text, inputs);
    if (wanted[0] == '!')
        assert_memory_equal(got, wanted, strlen(wanted));
    else
        assert_string_equal(got, wanted);
    free(got);
}

static void test_forms(void **state)
{
    (void)state;
    expect("1,2\n3,4\n", 2, "1,2;3,4;");
    expect("1,2\n3,4", 2, "1,2;3,4;");
    expect("1,2\n3,4\n", 1, "1=2;3=4;");
    expect("1;2\r\n3;4\r\n", 0, "1,2;3,4;");
    expect("1\t2\t3\n-4\t5\t6\n", 2, "1,2=3;-4,5=6;");
    expect("x_1,x_2,y\n1/2,0.1,0x1p-3\n", 0, "1/2,1/10=1/8;");
    expect("x_1,x_2,z\n1/2,0.1,0x1p-3\n", 0, "1/2,1/10,1/8;");
    expect("\"a\";\"Y\"\n .5 ; -1e-2\n", 0, "1/2=-1/100;");
    expect("y\n1\n2\n", 0, "1;2;");
    expect("x\n1\n2\n", 1, "1;2;");
    expect("\xEF\xBB\xBFx,y\r\n\r\n7,8\r\n  \n", 0, "7=8;");
    expect("\n\n1\n\n2\n\n", 1, "1;2;");
    expect("a,b;c\n1;2\n", 2, "1,2;");
}

static void test_errors(void **state)
{
    (void)state;
    expect("", 1, "!0 holds no samples");
    expect("\n \n", 1, "!0 holds no samples");
    expect("x,y\n", 0, "!0 holds no samples");
    expect("1,2,3\n", 1, "!1 3 values (write the 1 input ");
    expect("1\n", 2, "!1 1 values (write the 2 inputs ");
    expect("1,2\n3\n", 2, "!2 fewer than 2 values");
    expect("1,2\n3,4,5\n", 2, "!2 more than 2 values");
    expect("1,2\n3,\n", 2, "!2 value 2: not a number (numbers are separated by commas)");
    expect("1,2\n,3\n", 2, "!2 value 1: not a number");
    expect("1\t2\n\t\n", 2, "!2 value 1: not a number (numbers are separated by tabs)");
    expect("1,2\n3,4,\n", 2, "!2 more than 2 values");
    expect("1;2\n3,4;5\n", 2, "!2 value 1: not a number (numbers are separated by semicolons)");
    expect("1 2\n", 1, "!1 value 1: not a number");
    expect("nan,1\n", 2, "!1 value 1: not a number");
    expect("nan,inf\n", 2, "!1 value 1: not a number");
    expect("x,1\n2,3\n", 2, "!1 value 1: not a number");
    expect("O.5,0.5\n", 2, "!1 value 1: not a number");
    expect("1,2\nx,y\n", 2, "!2 value 1: not a number");
    expect("x,y\nx,y\n", 2, "!2 value 1: not a number");
    expect("1,1/0\n", 2, "!1 value 2: zero denominator");
    expect("1,2\n1,1e1000001\n", 2, "!2 value 2: exponent beyond");
    expect("0.5.\n", 1, "!1 value 1: not a number");
}

static void test_files(void **state)
{
    (void)state;
    sample_reader r;
    error e = ERROR_NONE;
    assert_false(samples_open(&r, "/nonexistent/file", 1, &e));
    assert_non_null(strstr(e.message, "cannot open"));
    assert_false(samples_open(&r, "/tmp", 1, &e));
    assert_non_null(strstr(e.message, "is a directory"));
    write_bytes("1\n\0\n", 4);
    assert_true(samples_open(&r, path, 1, &e));
    mpq_t x;
    mpq_init(x);
    assert_int_equal(samples_next(&r, &x, &e), SAMPLE_READ);
    assert_int_equal(samples_next(&r, &x, &e), SAMPLE_BAD);
    assert_int_equal(e.line, 2);
    mpq_clear(x);
    samples_close(&r);
    samples_close(&r);
    error_clear(&e);
}

/* The digest is that of the whole file, wherever reading has stopped. */
static void test_digest(void **state)
{
    (void)state;
    const char *text = "\xEF\xBB\xBFx;y\r\n1;2\n\n3;4\nbad";
    char wanted[FILE_DIGEST_SIZE], got[FILE_DIGEST_SIZE];
    error e = ERROR_NONE;
    file_bytes bytes = {(unsigned char *)mem_copy_string(text), strlen(text)};
    file_digest(wanted, &bytes);
    file_bytes_clear(&bytes);
    for (size_t stop = 0; stop <= 3; stop++) {
        sample_reader r;
        mpq_t x;
        mpq_init(x);
        write_bytes(text, strlen(text));
        assert_true(samples_open(&r, path, 1, &e));
        for (size_t k = 0; k < stop; k++)
            assert_int_equal(samples_next(&r, &x, &e), k < 2 ? SAMPLE_READ : SAMPLE_BAD);
        assert_true(samples_digest(got, &r, &e));
        assert_string_equal(got, wanted);
        samples_close(&r);
        mpq_clear(x);
    }
    error_clear(&e);
}

static void append_field(FILE *out, rng *r, const mpq_t value)
{
    char *text = rational_text(value);
    fprintf(out, "%s%s%s", rng_chance(r, 10) ? " " : "", text, rng_chance(r, 10) ? "  " : "");
    free(text);
}

static void test_random(void **state)
{
    (void)state;
    uint64_t seed = random_seed("samples");
    for (size_t k = 0; k < random_effort(200); k++) {
        rng r;
        rng_seed(&r, seed + k);
        size_t inputs = 1 + rng_below(&r, 4), rows = 1 + rng_below(&r, 20),
               columns = inputs + rng_below(&r, 2);
        char separator = ",;\t"[rng_below(&r, 3)];
        mpq_t *value = vector_new(rows * columns), *x = vector_new(inputs);
        FILE *out = fopen(path, "w");
        for (size_t c = 0; k % 3 == 0 && c < columns; c++)
            fprintf(out, "%sx%zu%s", c == 0 ? "" : (char[]){separator, 0}, c, c + 1 == columns ? "\n" : "");
        for (size_t v = 0; v < rows * columns; v++) {
            random_rational(value[v], &r);
            append_field(out, &r, value[v]);
            fputs((v + 1) % columns != 0 ? (char[]){separator, 0} : rng_chance(&r, 30) ? "\r\n" : "\n", out);
        }
        fclose(out);
        sample_reader in;
        error e = ERROR_NONE;
        assert_true(samples_open(&in, path, inputs, &e));
        for (size_t row = 0; row < rows; row++) {
            assert_int_equal(samples_next(&in, x, &e), SAMPLE_READ);
            for (size_t c = 0; c < columns; c++)
                assert_true(mpq_equal(c < inputs ? x[c] : in.answer, value[row * columns + c]));
        }
        assert_int_equal(samples_next(&in, x, &e), SAMPLE_END);
        assert_int_equal(in.count, rows);
        samples_close(&in);
        vector_free(value, rows * columns);
        vector_free(x, inputs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_files), cmocka_unit_test(test_digest),
                                       cmocka_unit_test(test_random)};
    path = temporary_file("");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_remove(path);
    return failed;
}
