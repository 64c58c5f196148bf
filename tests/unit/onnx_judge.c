/* Whether the ONNX reader takes a model: see onnx_judge.h. */
#include "onnx_judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/import.h"

file_bytes onnx_judge_file(onnx_making make)
{
    static const int64_t dim[] = {1, 4};
    onnx_builder b;
    onnx_builder_init(&b);
    onnx_builder_input(&b, "x", ONNX_DOUBLE, 2, dim);
    make(&b);
    if (b.graph.n_output == 0)
        onnx_builder_output(&b, "y", ONNX_DOUBLE);
    file_bytes bytes = onnx_builder_bytes(&b);
    onnx_builder_clear(&b);
    return bytes;
}

void onnx_judge(file_bytes bytes, const char *reason)
{
    network net;
    error e = ERROR_NONE;
    bool good = onnx_read(&net, NULL, "file.onnx", &bytes, &e);
    const char *message = good ? "is read" : e.message, *wanted = reason == NULL ? "is read" : reason;
    if (strstr(message, wanted) == NULL)
        print_error("expected \"%s\", got \"%s\"\n", wanted, message);
    assert_int_equal(good, reason == NULL);
    assert_non_null(strstr(message, wanted));
    assert_null(strchr(message, '\n'));
    if (good)
        network_clear(&net);
    error_clear(&e);
    free(bytes.data);
}

void onnx_judge_refused(onnx_making make, const char *reason)
{
    onnx_judge(onnx_judge_file(make), reason);
}

void onnx_judge_read(onnx_making make)
{
    onnx_judge(onnx_judge_file(make), NULL);
}
