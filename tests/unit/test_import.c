/* Choosing the reader of a file, and the shipped pairs of networks: their difference at the stated maximisers
 * must be exactly the stated maxima, which come from an independent program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "network/native.h"
#include "number/rational.h"
#include "number/vector.h"
#include "temporary.h"

#define DATA "tests/data/t2p/"

static const import_options options = {.nnet_normalise = false};

static void read_model(import_model *model, const char *folder, const char *name)
{
    error e = ERROR_NONE;
    char *path = mem_printf("%s%s", folder, name);
    bool good = import_model_read(model, path, &options, &e);
    if (!good)
        error_print(stderr, &e);
    assert_true(good);
    assert_string_equal(model->path, path);
    assert_int_equal(strlen(model->digest), FILE_DIGEST_SIZE - 1);
    free(path);
}

/* --- shipped pairs -----------------------------------------------------------------------------------------
 */

/* The number at the start of *text, which moves behind it and the separator that follows. */
static void next_number(mpq_t value, char **text)
{
    size_t length = strcspn(*text, " \t\n");
    assert_null(rational_parse(value, *text, length));
    *text += length + 1;
}

/* A row: "student teacher", the maximum, the maximiser, a decimal, between tabs. */
static void check_row(char *row)
{
    char *student_name = row, *teacher_name = strchr(row, ' '), *rest = strchr(row, '\t');
    assert_non_null(teacher_name);
    assert_non_null(rest);
    *teacher_name++ = '\0';
    *rest++ = '\0';
    import_model student, teacher;
    read_model(&student, DATA, student_name);
    read_model(&teacher, DATA, teacher_name);
    assert_int_equal(student.net.layers, 5); /* one per Relu and the output: the normalisation is folded */
    assert_int_equal(network_relus(&student.net), 128);
    size_t inputs = student.net.inputs;
    mpq_t *maximum = vector_new(1), *x = vector_new(inputs), *y = vector_new(1), *z = vector_new(1);
    next_number(maximum[0], &rest);
    for (size_t i = 0; i < inputs; i++)
        next_number(x[i], &rest);
    network_eval(y, &student.net, x);
    network_eval(z, &teacher.net, x);
    mpq_sub(y[0], y[0], z[0]);
    mpq_abs(y[0], y[0]);
    assert_true(mpq_equal(y[0], maximum[0]));
    vector_free(maximum, 1);
    vector_free(x, inputs);
    vector_free(y, 1);
    vector_free(z, 1);
    import_model_clear(&student);
    import_model_clear(&teacher);
}

static void test_shipped_pairs(void **state)
{
    (void)state;
    FILE *table = fopen(DATA "expected.tsv", "r");
    assert_non_null(table);
    char *row = NULL;
    size_t capacity = 0, rows = 0;
    while (getline(&row, &capacity, table) > 0) {
        if (row[0] == '#' || row[0] == '\n')
            continue;
        check_row(row);
        rows++;
    }
    assert_int_equal(rows, 6);
    free(row);
    fclose(table);
}

/* --- choosing the reader -----------------------------------------------------------------------------------
 */

/* Writes `size` bytes to a temporary file with the suffix; returns its path, which the caller removes and
 * frees. */
static char *temporary(const char *suffix, const void *data, size_t size)
{
    char *path = temporary_file(suffix);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void refuse(const char *suffix, const void *data, size_t size, const char *reason)
{
    char *path = temporary(suffix, data, size);
    import_model model;
    error e = ERROR_NONE;
    assert_false(import_model_read(&model, path, &options, &e));
    if (strstr(e.message, reason) == NULL)
        print_error("expected \"%s\", got \"%s\"\n", reason, e.message);
    assert_non_null(strstr(e.message, reason));
    assert_string_equal(e.file, path);
    error_clear(&e);
    unlink(path);
    free(path);
}

static void accept(const char *suffix, const void *data, size_t size)
{
    char *path = temporary(suffix, data, size);
    import_model model;
    read_model(&model, "", path);
    import_model_clear(&model);
    unlink(path);
    free(path);
}

static void test_choice(void **state)
{
    (void)state;
    static const char nnet[] = "1,1,1,1,\n1,1,\n0,\n0,\n0,\n0,0,\n1,1,\n2,\n1,\n";
    char *commented = mem_printf("// NNet\n%s", nnet);
    file_bytes onnx;
    error e = ERROR_NONE;
    assert_true(file_read(&onnx, DATA "teacher_d1_s0.onnx", &e));
    accept(".nnet", nnet, strlen(nnet));
    accept(".NNET", nnet, strlen(nnet));
    accept(".txt", commented, strlen(commented));
    accept(".onnx", onnx.data, onnx.size);
    accept("", onnx.data, onnx.size);
    refuse(".txt", nnet, strlen(nnet), "is no network file");
    refuse(".onnx", nnet, strlen(nnet), "is no ONNX model");
    refuse(".nnet", onnx.data, onnx.size, "begins like an ONNX file, which its name denies");
    refuse(".onnx", commented, strlen(commented), "begins like an NNet file, which its name denies");
    refuse(".nnet", "", 0, "is empty");
    refuse(".onnx", onnx.data, onnx.size / 2, "is no ONNX model, or is damaged");
    file_bytes_clear(&onnx);
    free(commented);
}

static void test_missing_file(void **state)
{
    (void)state;
    import_model model;
    error e = ERROR_NONE;
    assert_false(import_model_read(&model, "tests/data/there-is-no-such-file.onnx", &options, &e));
    assert_string_equal(e.file, "tests/data/there-is-no-such-file.onnx");
    error_clear(&e);
    import_model_clear(&model);
}

/* What is read from ONNX can be written as native text and read back. */
static void test_native(void **state)
{
    (void)state;
    import_model model;
    char *text;
    size_t size;
    read_model(&model, DATA, "student_d2_s0_n100_w32.onnx");
    FILE *out = open_memstream(&text, &size);
    native_write(out, &model.net);
    fclose(out);
    accept(".txt", text, size);
    free(text);
    import_model_clear(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_pairs),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_native),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
