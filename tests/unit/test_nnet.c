/* NNet: random files against a direct evaluation of what they say, errors with their lines, damaged files,
 * and the ACAS Xu files where they are at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "number/rational.h"
#include "number/vector.h"
#include "random.h"

/* --- random files ------------------------------------------------------------------------------------------
 */

enum { MOST_LAYERS = 4 };

/* A network in the file's own terms. */
typedef struct plain {
    size_t layers, size[MOST_LAYERS + 1];
    mpq_t *weight[MOST_LAYERS], *bias[MOST_LAYERS], *mean, *range;
} plain;

/* Writes a random decimal in one of several forms, and its value. */
static void put_number(FILE *out, mpq_t value, rng *r, bool positive)
{
    static const char *const form[] = {"%ld.%02ld", "%ld.%02lde0", "+%ld.%02ld", "%ld%02ld.0e-02"};
    long whole = rng_between(r, 0, 3), cents = rng_between(r, positive ? 1 : 0, 99);
    bool minus = !positive && rng_chance(r, 50);
    const char *chosen = form[rng_below(r, 4)];
    if (minus)
        fprintf(out, "-");
    fprintf(out, minus && chosen[0] == '+' ? chosen + 1 : chosen, whole, cents);
    mpq_set_si(value, (minus ? -1 : 1) * (100 * whole + cents), 100);
    mpq_canonicalize(value);
}

static void put_row(FILE *out, size_t count, mpq_t *value, rng *r, bool positive)
{
    bool comma = rng_chance(r, 80);
    for (size_t i = 0; i < count; i++) {
        put_number(out, value[i], r, positive);
        fprintf(out, "%s", i + 1 < count || comma ? rng_chance(r, 10) ? " , " : "," : "");
    }
    fprintf(out, rng_chance(r, 20) ? "\r\n" : "\n");
}

static void put_header(FILE *out, const plain *p, rng *r)
{
    for (uint64_t n = rng_below(r, 3); n > 0; n--)
        fprintf(out, "// a comment, 1,2,3\n");
    fprintf(out, "%zu,%zu,%zu,%d,\n", p->layers, p->size[0], p->size[p->layers], 5);
    for (size_t k = 0; k <= p->layers; k++)
        fprintf(out, "%zu,", p->size[k]);
    fprintf(out, "\n0,\n");
    for (int line = 0; line < 2; line++) {
        for (size_t i = 0; i < p->size[0]; i++)
            fprintf(out, "%d.0,", line);
        fprintf(out, "\n");
    }
    put_row(out, p->size[0] + 1, p->mean, r, false);
    put_row(out, p->size[0] + 1, p->range, r, true);
}

static char *random_file(plain *p, rng *r)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    p->layers = (size_t)rng_between(r, 1, MOST_LAYERS);
    for (size_t k = 0; k <= p->layers; k++)
        p->size[k] = (size_t)rng_between(r, 1, 5);
    p->mean = vector_new(p->size[0] + 1);
    p->range = vector_new(p->size[0] + 1);
    put_header(out, p, r);
    for (size_t k = 0; k < p->layers; k++) {
        size_t rows = p->size[k + 1], columns = p->size[k];
        p->weight[k] = vector_new(rows * columns);
        p->bias[k] = vector_new(rows);
        for (size_t row = 0; row < rows; row++)
            put_row(out, columns, p->weight[k] + row * columns, r, false);
        for (size_t row = 0; row < rows; row++)
            put_row(out, 1, p->bias[k] + row, r, false);
    }
    fclose(out);
    return text;
}

static void plain_clear(plain *p)
{
    for (size_t k = 0; k < p->layers; k++) {
        vector_free(p->weight[k], p->size[k + 1] * p->size[k]);
        vector_free(p->bias[k], p->size[k + 1]);
    }
    vector_free(p->mean, p->size[0] + 1);
    vector_free(p->range, p->size[0] + 1);
}

/* The last layer's values at x, which is overwritten. */
static mpq_t *plain_eval(const plain *p, mpq_t *x, bool normalise)
{
    mpq_t *value = vector_new(p->size[0]), part;
    mpq_init(part);
    for (size_t i = 0; i < p->size[0]; i++) {
        mpq_set(value[i], x[i]);
        if (normalise) {
            mpq_sub(value[i], value[i], p->mean[i]);
            mpq_div(value[i], value[i], p->range[i]);
        }
    }
    for (size_t k = 0; k < p->layers; k++) {
        mpq_t *next = vector_new(p->size[k + 1]);
        for (size_t row = 0; row < p->size[k + 1]; row++) {
            mpq_set(next[row], p->bias[k][row]);
            for (size_t i = 0; i < p->size[k]; i++) {
                mpq_mul(part, p->weight[k][row * p->size[k] + i], value[i]);
                mpq_add(next[row], next[row], part);
            }
            if (k + 1 < p->layers && mpq_sgn(next[row]) < 0)
                mpq_set_ui(next[row], 0, 1);
            if (k + 1 == p->layers && normalise) {
                mpq_mul(next[row], next[row], p->range[p->size[0]]);
                mpq_add(next[row], next[row], p->mean[p->size[0]]);
            }
        }
        vector_free(value, p->size[k]);
        value = next;
    }
    mpq_clear(part);
    return value;
}

static void compare(const plain *p, const network *net, bool normalise, rng *r)
{
    assert_int_equal(net->layers, p->layers);
    assert_int_equal(net->inputs, p->size[0]);
    size_t outputs = p->size[p->layers];
    assert_int_equal(network_outputs(net), outputs);
    mpq_t *x = vector_new(net->inputs), *y = vector_new(outputs);
    for (int point = 0; point < 5; point++) {
        for (size_t i = 0; i < net->inputs; i++) {
            mpq_set_si(x[i], rng_between(r, -50, 50), (unsigned long)rng_between(r, 1, 20));
            mpq_canonicalize(x[i]);
        }
        network_eval(y, net, x);
        mpq_t *expected = plain_eval(p, x, normalise);
        for (size_t j = 0; j < outputs; j++)
            assert_true(mpq_equal(y[j], expected[j]));
        vector_free(expected, outputs);
    }
    vector_free(x, net->inputs);
    vector_free(y, outputs);
}

static void test_random_files(void **state)
{
    (void)state;
    uint64_t seed = random_seed("nnet");
    for (size_t k = 0; k < random_effort(300); k++) {
        rng r;
        rng_seed(&r, seed + k);
        plain p;
        char *text = random_file(&p, &r);
        file_bytes bytes = {(unsigned char *)text, strlen(text)};
        import_options options = {.nnet_normalise = rng_chance(&r, 50)};
        network net;
        error e = ERROR_NONE;
        bool good = nnet_read(&net, "random.nnet", &bytes, &options, &e);
        if (!good)
            error_print(stderr, &e);
        assert_true(good);
        compare(&p, &net, options.nnet_normalise, &r);
        network_clear(&net);
        plain_clear(&p);
        free(text);
    }
}

/* --- errors ------------------------------------------------------------------------------------------------
 */

#define HEAD "// comment\n2,2,1,2,\n2,2,1,\n0,\n-1,-1,\n1,1,\n0,0,0,\n1,1,1,\n"
#define BODY "1,2,\n3,4,\n0.5,\n-0.5,\n1,-1,\n0.25,\n"

static void refuse(const char *text, size_t size, bool normalise, long line, const char *reason)
{
    unsigned char *copy = mem_alloc(size + 1, 1);
    memcpy(copy, text, size);
    file_bytes bytes = {copy, size};
    import_options options = {.nnet_normalise = normalise};
    network net;
    error e = ERROR_NONE;
    assert_false(nnet_read(&net, "bad.nnet", &bytes, &options, &e));
    if (strstr(e.message, reason) == NULL || e.line != line)
        print_error("expected line %ld \"%s\", got line %ld \"%s\"\n", line, reason, e.line, e.message);
    assert_int_equal(e.line, line);
    assert_non_null(strstr(e.message, reason));
    assert_string_equal(e.file, "bad.nnet");
    error_clear(&e);
    free(copy);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool normalise;
        long line;
        const char *reason;
    } cases[] = {
        {"", false, 1, "the file ends where the line with the numbers of layers"},
        {"// only\n// comments\n", false, 3, "the file ends where"},
        {"2,2,1\n2,2,1\n", false, 1, "the line ends where the size of the largest layer should be"},
        {"2,2,1,2,9\n2,2,1\n", false, 1, "there is more on the line than the four counts"},
        {"0,2,1,2,\n2,1,\n", false, 1, "the number of layers must be a positive integer"},
        {"2,-2,1,2,\n2,2,1\n", false, 1, "the number of inputs must be a positive integer"},
        {"2,2,1.5,2,\n2,2,1\n", false, 1, "the number of outputs must be a positive integer"},
        {"99999999999999999999,2,1,2,\n2,2\n", false, 1, "the number of layers must be a positive integer"},
        {"100000,2,1,2,\n", false, 1, "the number of layers is larger than the file can hold"},
        {"x,2,1,2,\n2,2,1\n", false, 1, "the number of layers must be a positive integer"},
        {"20e-1,2,1,2,\n2,2,1\n", false, 1, "the number of layers must be a positive integer"},
        {"2,+2,1,2,\n2,2,1\n", false, 1, "the number of inputs must be a positive integer"},
        {"2,4/2,1,2,\n2,2,1\n", false, 1, "the number of inputs must be a positive integer"},
        {"2,,1,2,\n2,2,1\n", false, 1, "the number of inputs must be a positive integer"},
        {"18446744073709551618,2,1,2,\n2,2,1\n", false, 1, "the number of layers must be a positive integer"},
        {"2,2,1,2,\n2,3,1,\n0,\n1,1,1\n", false, 2,
         "a layer has the size 3, but the largest is stated to have 2"},
        {"2,2,1,2,\n2,2,1\n1,\n1,1,1\n", false, 3, "the flag is not 0"},
        {"// a comment\r1,1,1,1,\n2,2,1,2,\n", false, 1, "a carriage return that ends no line"},
        {"2,2,1,2,\r\r\n2,2,1\n", false, 1, "a carriage return that ends no line"},
        {"2,2,1,2,\n2,2,3,\n0,\n1,1,1\n", false, 2, "the layer sizes do not start with"},
        {"2,2,1,2,\n2,2\n0,\n1,1,1\n", false, 2, "the line ends where a layer size should be"},
        {"2,2,1,2,\n2,2,1,1,\n0,\n1,1,1\n", false, 2, "more on the line than the layer sizes"},
        {"2,2,1,2,\n2,2,1\n\n1,1,1\n", false, 3, "the line ends where the flag should be"},
        {"1,1,1,1,\n1,1\n0\n1\n1,2\n0,0\n1,1\n1\n1\n", false, 5, "there are 1 minima but 2 maxima"},
        {"1,1,1,1,\n1,1\n0\n1\n1\n0,0\n1\n1\n1\n", false, 7, "the line ends where the ranges"},
        {"1,1,1,1,\n1,1\n0\n1\n1\n0,0,0\n1,1\n1\n1\n", false, 7, "there are 3 means but 2 ranges"},
        {"1,1,1,1,\n1,1\n0\n1\n1\n0,0\n0,1\n1\n1\n", true, 7, "the ranges must be positive"},
        {HEAD "1,2,\n3,4,5,\n0,\n0,\n1,1,\n0,\n", false, 10, "more on the line than a row of weights"},
        {HEAD "1,2,\n3,\n0,\n0,\n1,1,\n0,\n", false, 10, "the line ends where a row of weights should be"},
        {HEAD "1,1/2,\n3,4,\n0,\n0,\n1,1,\n0,\n", false, 9, "a row of weights: not a decimal number"},
        {HEAD "1,0x1p-1,\n3,4,\n0,\n0,\n1,1,\n0,\n", false, 9, "a row of weights: not a decimal number"},
        {HEAD "1,2 3,\n3,4,\n0,\n0,\n1,1,\n0,\n", false, 9, "a row of weights: not a decimal number"},
        {HEAD "1,nan,\n3,4,\n0,\n0,\n1,1,\n0,\n", false, 9, "a row of weights: "},
        {HEAD "1,2,\n3,4,\n0,\n,\n1,1,\n0,\n", false, 12, "a bias: "},
        {HEAD "1,2,\n3,4,\n0,\n0,\n1,1,\n", false, 14, "the file ends where a bias should be"},
        {HEAD BODY "7,\n", false, 15, "there is more on the line than the format allows"},
        {"1,9,9,9,\n9,9,\n0\n1,1,1,1,1,1,1,1,1\n1,1,1,1,1,1,1,1,1\n0,0,0,0,0,0,0,0,0,0\n1,1,1,1,1,1,1,1,1,"
         "1\n1\n",
         false, 7, "the file ends before layer 1, which has 9×9 weights"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse(cases[i].text, strlen(cases[i].text), cases[i].normalise, cases[i].line, cases[i].reason);
}

/* Sums that differ only by what the options say, and lines that tell more than the network needs. */
static void test_small_file(void **state)
{
    (void)state;
    const char *text = "1,1,1,1,\n1,1,\n0,\n-9,8,8,\n9,8,8,\n2,77,3,\n4,99,5,\n8,\n1,\n\n\n";
    file_bytes bytes = {(unsigned char *)mem_copy_string(text), strlen(text)};
    for (int normalise = 0; normalise < 2; normalise++) {
        import_options options = {.nnet_normalise = normalise == 1};
        network net;
        error e = ERROR_NONE;
        assert_true(nnet_read(&net, "small.nnet", &bytes, &options, &e));
        mpq_t *x = vector_new(1), *y = vector_new(1);
        mpq_set_ui(x[0], 10, 1);
        network_eval(y, &net, x);
        /* 8·10 + 1, and (8·(10 - 2)/4 + 1)·5 + 3 */
        assert_int_equal(mpq_cmp_si(y[0], normalise == 1 ? 88 : 81, 1), 0);
        vector_free(x, 1);
        vector_free(y, 1);
        network_clear(&net);
    }
    free(bytes.data);
}

/* Numbers whose exact values would fill the memory. */
static void test_long_numbers(void **state)
{
    (void)state;
    char *text = mem_copy_string("1,1,50,50,\n1,50,\n0\n0\n0\n0,0\n1,1\n");
    for (int i = 0; i < 100; i++) {
        char *longer = mem_printf("%s1e-%d\n", text, 900000 + 997 * i);
        free(text);
        text = longer;
    }
    file_bytes bytes = {(unsigned char *)text, strlen(text)};
    network net;
    error e = ERROR_NONE;
    if (nnet_read(&net, "long.nnet", &bytes, NULL, &e))
        network_clear(&net);
    error_clear(&e);
    free(text);
}

static void test_damaged_files(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, random_seed("damaged nnet"));
    const char *text = HEAD BODY;
    size_t size = strlen(text);
    static const char alphabet[] = "0123456789,.\n-+eE /x\r";
    for (size_t k = 0; k < random_effort(5000); k++) {
        size_t kept = rng_chance(&r, 30) ? rng_below(&r, size + 1) : size;
        unsigned char *copy = mem_alloc(kept + 1, 1);
        memcpy(copy, text, kept);
        for (uint64_t n = rng_below(&r, 3); n > 0 && kept > 0; n--)
            copy[rng_below(&r, kept)] = (unsigned char)alphabet[rng_below(&r, sizeof alphabet - 1)];
        file_bytes bytes = {copy, kept};
        network net;
        error e = ERROR_NONE;
        if (nnet_read(&net, "damaged.nnet", &bytes, NULL, &e))
            network_clear(&net);
        else
            assert_non_null(e.message);
        error_clear(&e);
        free(copy);
    }
}

/* --- ACAS Xu -----------------------------------------------------------------------------------------------
 */

#define ACAS "../shared/data/acas/"

/* The ONNX files hold the NNet files' decimals rounded to float32, so the networks are close but not equal.
 */
static void test_acas(void **state)
{
    (void)state;
    if (access(ACAS "16bit/ACASXU_run2a_1_1_batch_2000.nnet", R_OK) != 0) {
        print_message("the ACAS Xu files are not at hand (" ACAS ")\n");
        skip();
    }
    import_model nnet, onnx;
    import_options options = {.nnet_normalise = false};
    error e = ERROR_NONE;
    assert_true(import_model_read(&nnet, ACAS "16bit/ACASXU_run2a_1_1_batch_2000.nnet", &options, &e));
    assert_true(import_model_read(&onnx, ACAS "ACASXU_run2a_1_1_batch_2000.onnx", &options, &e));
    assert_int_equal(network_relus(&nnet.net), 300);
    assert_int_equal(network_relus(&onnx.net), 300);
    assert_int_equal(onnx.net.layers, 7);
    mpq_t *x = vector_new(5), *y = vector_new(5), *z = vector_new(5);
    for (unsigned long i = 0; i < 5; i++)
        mpq_set_ui(x[i], i, 10);
    network_eval(y, &nnet.net, x);
    network_eval(z, &onnx.net, x);
    for (size_t j = 0; j < 5; j++) {
        mpq_sub(z[j], z[j], y[j]);
        mpq_abs(z[j], z[j]);
        assert_true(mpq_sgn(z[j]) != 0 && mpq_cmp_ui(z[j], 1, 100000) < 0);
    }
    vector_free(x, 5);
    vector_free(y, 5);
    vector_free(z, 5);
    import_model_clear(&nnet);
    import_model_clear(&onnx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_files),  cmocka_unit_test(test_errors),
        cmocka_unit_test(test_small_file),    cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_damaged_files), cmocka_unit_test(test_acas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
