/* Damaged ONNX files are refused or read, but never crash the reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "onnx_compare.h"
#include "onnx_judge.h"

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;
static const onnx_style style = {ONNX_DOUBLE, true, &randomness};

static file_bytes sound_file(void)
{
    onnx_builder b;
    onnx_builder_init(&b);
    onnx_builder_input(&b, "x", ONNX_DOUBLE, 2, DIM(-1, 4));
    onnx_weights(&b, &style, "w", 2, DIM(4, 3));
    onnx_weights(&b, &style, "c", 1, DIM(3));
    onnx_list(&b, "shape", 2, DIM(0, -1));
    Onnx__TensorProto *low = onnx_builder_tensor(&b, "", ONNX_DOUBLE, false, 0, NULL, (const double[]){-2});
    onnx_builder_tensor_attribute(&b, onnx_builder_node(&b, "Constant", "", "low"), "value", low);
    onnx_builder_node(&b, "Gemm", "x,w,c", "z");
    onnx_builder_node(&b, "Clip", "z,low", "h");
    onnx_builder_integer(&b, onnx_builder_node(&b, "Concat", "h,x", "j"), "axis", 1);
    onnx_builder_float(&b, onnx_builder_node(&b, "LeakyRelu", "j", "k"), "alpha", 0.1f);
    onnx_builder_node(&b, "Reshape", "k,shape", "y");
    onnx_builder_output(&b, "y", ONNX_DOUBLE);
    file_bytes bytes = onnx_builder_bytes(&b);
    onnx_builder_clear(&b);
    return bytes;
}

/* Reads bytes in a block of their exact size, so that the sanitizer sees every byte beyond them. */
static void read_somehow(const unsigned char *data, size_t size)
{
    unsigned char *copy = mem_alloc(size + 1, 1);
    memcpy(copy, data, size);
    file_bytes bytes = {copy, size};
    network net;
    error e = ERROR_NONE;
    if (onnx_read(&net, NULL, "damaged.onnx", &bytes, &e))
        network_clear(&net);
    else
        assert_non_null(e.message);
    error_clear(&e);
    free(copy);
}

static void test_truncations(void **state)
{
    (void)state;
    file_bytes bytes = sound_file();
    for (size_t size = 0; size <= bytes.size; size++)
        read_somehow(bytes.data, size);
    free(bytes.data);
}

static void mutate(unsigned char *data, size_t size, rng *r)
{
    for (uint64_t n = rng_below(r, 4) + 1; n > 0; n--) {
        unsigned char *byte = &data[rng_below(r, size)];
        if (rng_chance(r, 50))
            *byte = (unsigned char)(*byte ^ (1u << rng_below(r, 8)));
        else
            *byte = (unsigned char)rng_below(r, 256);
    }
}

static void mutate_often(const file_bytes *bytes, size_t times)
{
    unsigned char *copy = mem_alloc(bytes->size, 1);
    for (size_t k = 0; k < times; k++) {
        memcpy(copy, bytes->data, bytes->size);
        mutate(copy, bytes->size, &randomness);
        read_somehow(copy, bytes->size);
    }
    free(copy);
}

static void test_mutations(void **state)
{
    (void)state;
    file_bytes bytes = sound_file(), trained;
    error e = ERROR_NONE;
    mutate_often(&bytes, random_effort(5000));
    assert_true(file_read(&trained, "tests/data/t2p/teacher_d1_s0.onnx", &e));
    mutate_often(&trained, random_effort(50));
    free(bytes.data);
    file_bytes_clear(&trained);
}

/* Two files one after the other are, to the encoding, one model given in two parts; as a file that is no
 * model. */
static void test_concatenation(void **state)
{
    (void)state;
    file_bytes bytes = sound_file();
    unsigned char *twice = mem_alloc(bytes.size, 2);
    memcpy(twice, bytes.data, bytes.size);
    memcpy(twice + bytes.size, bytes.data, bytes.size);
    free(bytes.data);
    onnx_judge((file_bytes){twice, 2 * bytes.size}, "is given twice");
}

int main(void)
{
    rng_seed(&randomness, random_seed("damaged onnx"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_concatenation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
