/* Comparing the ONNX reader with the direct interpreter: see onnx_compare.h. */
#include "onnx_compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "import/import.h"
#include "number/vector.h"
#include "onnx_reference.h"

enum { POINTS = 6 };

double onnx_random_weight(rng *r)
{
    switch (rng_below(r, 8)) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return -1;
    case 3:
        return (double)rng_between(r, -8000000, 8000000) / 4194304;
    default:
        return (double)rng_between(r, -64, 64) / 16;
    }
}

const char *onnx_values(onnx_builder *b, const onnx_style *style, const char *name, size_t rank,
                        const int64_t *dim, const double *value)
{
    onnx_builder_initializer(b, onnx_builder_tensor(b, name, style->type, style->raw, rank, dim, value));
    return name;
}

const char *onnx_weights(onnx_builder *b, const onnx_style *style, const char *name, size_t rank,
                         const int64_t *dim)
{
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        count *= (size_t)dim[i];
    double *value = mem_alloc(count, sizeof *value);
    for (size_t i = 0; i < count; i++)
        value[i] = onnx_random_weight(style->random);
    onnx_values(b, style, name, rank, dim, value);
    free(value);
    return name;
}

const char *onnx_list(onnx_builder *b, const char *name, size_t count, const int64_t *value)
{
    int64_t dim = (int64_t)count;
    double *numbers = mem_alloc(count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (double)value[i];
    onnx_builder_initializer(b, onnx_builder_tensor(b, name, ONNX_INT64, true, 1, &dim, numbers));
    free(numbers);
    return name;
}

static void compare_at(const onnx_builder *b, const network *net, mpq_t *x)
{
    size_t count;
    mpq_t *expected = onnx_reference_eval(&b->model, x, &count);
    assert_int_equal(count, network_outputs(net));
    mpq_t *y = vector_new(count);
    network_eval(y, net, x);
    for (size_t j = 0; j < count; j++)
        assert_true(mpq_equal(y[j], expected[j]));
    vector_free(y, count);
    vector_free(expected, count);
}

void onnx_compare(const onnx_builder *b, rng *r, network *net)
{
    error e = ERROR_NONE;
    file_bytes bytes = onnx_builder_bytes(b);
    bool good = onnx_read(net, NULL, "model.onnx", &bytes, &e);
    if (!good)
        error_print(stderr, &e);
    assert_true(good);
    mpq_t *x = vector_new(net->inputs);
    for (int point = 0; point < POINTS; point++) {
        for (size_t i = 0; i < net->inputs; i++) {
            mpq_set_si(x[i], rng_between(r, -60, 60), (unsigned long)rng_between(r, 1, 24));
            mpq_canonicalize(x[i]);
        }
        compare_at(b, net, x);
    }
    vector_free(x, net->inputs);
    free(bytes.data);
}
