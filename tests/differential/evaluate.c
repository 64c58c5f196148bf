/* The project's side of the differential campaign: reads models and points from standard input, one request
 * after the other, and writes for each the exact values, rounded to doubles, or why the model is refused. It
 * does what `supcert eval` does, without starting a process per model. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "import/import.h"
#include "number/rational.h"
#include "number/vector.h"

/* What stands in front of a request; then `points` × `width` doubles and `bytes` bytes of model. */
typedef struct request {
    uint32_t bytes, points, width, optimise; /* the last is for the runtime only */
} request;

static void demand(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "evaluate: %s\n", what);
    exit(2);
}

static void *receive(size_t size)
{
    unsigned char *data = mem_alloc(mem_sum(size, 1), 1);
    demand(fread(data, 1, size, stdin) == size, "the request ends too early");
    return data;
}

/* Input i of a point is its number i modulo the width, so that one list serves networks of any size. */
static void set_point(mpq_t *x, size_t inputs, const double *number, size_t width)
{
    for (size_t i = 0; i < inputs; i++)
        demand(rational_from_float64(x[i], number[i % width]), "a coordinate is not finite");
}

static void print_values(const network *net, const request *r, const double *number)
{
    size_t outputs = network_outputs(net);
    mpq_t *x = vector_new(net->inputs), *y = vector_new(outputs);
    printf("read %zu %zu\n", net->inputs, outputs);
    for (size_t k = 0; k < r->points; k++) {
        set_point(x, net->inputs, number + k * r->width, r->width);
        network_eval(y, net, x);
        for (size_t j = 0; j < outputs; j++)
            printf("%.17g%c", mpq_get_d(y[j]), j + 1 < outputs ? ' ' : '\n');
    }
    vector_free(x, net->inputs);
    vector_free(y, outputs);
}

static void answer(const request *r)
{
    double *number = receive((size_t)r->points * r->width * sizeof *number);
    file_bytes model = {receive(r->bytes), r->bytes};
    network net;
    error e = ERROR_NONE;
    if (onnx_read(&net, NULL, "model", &model, &e)) {
        print_values(&net, r, number);
        network_clear(&net);
    } else {
        printf("refused %s\n", e.message);
    }
    error_clear(&e);
    file_bytes_clear(&model);
    free(number);
    fflush(stdout);
}

int main(void)
{
    request r;
    while (fread(&r, sizeof r, 1, stdin) == 1) {
        demand(r.width > 0, "a point needs numbers");
        answer(&r);
    }
    return 0;
}
