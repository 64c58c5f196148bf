/* Tensors while an ONNX model is read: see onnx_tensor.h. */
#include "import/onnx_tensor.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

/* --- tensors -----------------------------------------------------------------------------------------------
 */

static bool product(size_t rank, const size_t *dim, size_t *count)
{
    size_t all = 1; /* of those that are not 0 */
    bool fits = true, empty = false;
    for (size_t i = 0; i < rank; i++) {
        empty = empty || dim[i] == 0;
        fits = fits && (dim[i] == 0 || !__builtin_mul_overflow(all, dim[i], &all)) && all <= INT64_MAX;
    }
    *count = empty ? 0 : all;
    return fits;
}

tensor *tensor_new(affine_space *space, int type, size_t rank, const size_t *dim)
{
    size_t count;
    if (!product(rank, dim, &count))
        space->budget->exceeded = true;
    if (space->budget->exceeded || !budget_take(space->budget, count))
        return NULL;
    tensor *t = mem_alloc(1, sizeof *t);
    *t = (tensor){.type = type, .rank = rank, .count = count};
    t->dim = mem_alloc(rank, sizeof *t->dim);
    memcpy(t->dim, dim, rank * sizeof *dim);
    t->element = mem_alloc(count, sizeof(affine *));
    return t;
}

void tensor_free(affine_space *space, tensor *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->count; i++)
        affine_release(space, t->element[i]);
    budget_give_back(space->budget, t->count);
    free(t->element);
    free(t->dim);
    free(t);
}

tensor *tensor_reshaped(affine_space *space, const tensor *t, size_t rank, const size_t *dim)
{
    tensor *result = tensor_new(space, t->type, rank, dim);
    for (size_t i = 0; result != NULL && i < t->count; i++)
        result->element[i] = affine_retain(t->element[i]);
    return result;
}

bool tensor_is_constant(const tensor *t)
{
    for (size_t i = 0; i < t->count; i++) {
        if (!affine_is_constant(t->element[i]))
            return false;
    }
    return true;
}

bool tensor_is_float(const tensor *t)
{
    return t->type == ONNX_FLOAT || t->type == ONNX_DOUBLE;
}

static bool in_range(mpq_srcptr value, int64_t low, int64_t high)
{
    return mpz_cmp_ui(mpq_denref(value), 1) == 0 && mpz_cmp_si(mpq_numref(value), low) >= 0 &&
           mpz_cmp_si(mpq_numref(value), high) <= 0;
}

bool tensor_fits_type(const tensor *t)
{
    int64_t low = t->type == ONNX_INT64 ? INT64_MIN : t->type == ONNX_INT32 ? INT32_MIN : 0;
    int64_t high = t->type == ONNX_INT64 ? INT64_MAX : t->type == ONNX_INT32 ? INT32_MAX : 1;
    bool fits = true;
    for (size_t i = 0; i < t->count && fits && !tensor_is_float(t); i++)
        fits = affine_is_constant(t->element[i]) && in_range(t->element[i]->constant, low, high);
    return fits;
}

char *shape_text(size_t rank, const int64_t *dim)
{
    const size_t most = 16;
    char *text = mem_copy_string("[");
    for (size_t i = 0; i < rank && i < most; i++) {
        char *longer = dim[i] == -1 ? mem_printf("%s%s?", text, i == 0 ? "" : ",")
                                    : mem_printf("%s%s%lld", text, i == 0 ? "" : ",", (long long)dim[i]);
        free(text);
        text = longer;
    }
    char *closed = mem_printf(rank > most ? "%s,...]" : "%s]", text);
    free(text);
    return closed;
}

char *tensor_shape_text(const tensor *t)
{
    int64_t *dim = mem_alloc(t->rank, sizeof *dim);
    for (size_t i = 0; i < t->rank; i++)
        dim[i] = (int64_t)t->dim[i];
    char *text = shape_text(t->rank, dim);
    free(dim);
    return text;
}

const char *tensor_type_name(int type)
{
    static const char *const name[] = {
        "undefined",      "float32",    "uint8",          "int8",       "uint16",   "int16",
        "int32",          "int64",      "string",         "bool",       "float16",  "float64",
        "uint32",         "uint64",     "complex64",      "complex128", "bfloat16", "float8e4m3fn",
        "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",      "int4",     "float4e2m1",
    };
    return type >= 0 && (size_t)type < sizeof name / sizeof name[0] ? name[type] : "unknown";
}

/* --- constants from the file -------------------------------------------------------------------------------
 */

/* One constant being read: its elements come from raw bytes or from the typed field of its element type. */
typedef struct source {
    const Onnx__TensorProto *proto;
    size_t width; /* bytes of an element in raw_data */
    size_t typed; /* elements in the typed field */
    bool raw;
} source;

static source find_source(const Onnx__TensorProto *proto)
{
    source s = {.proto = proto, .raw = proto->has_raw_data};
    switch (proto->data_type) {
    case ONNX_FLOAT:
        s.width = 4;
        s.typed = proto->n_float_data;
        break;
    case ONNX_DOUBLE:
        s.width = 8;
        s.typed = proto->n_double_data;
        break;
    case ONNX_INT64:
        s.width = 8;
        s.typed = proto->n_int64_data;
        break;
    case ONNX_INT32:
    case ONNX_BOOL:
        s.width = proto->data_type == ONNX_BOOL ? 1 : 4;
        s.typed = proto->n_int32_data;
        break;
    default:
        break;
    }
    return s;
}

/* The bits of element i of raw_data, which is little-endian whatever the machine. */
static uint64_t raw_bits(const source *s, size_t i)
{
    uint64_t bits = 0;
    for (size_t b = s->width; b > 0; b--)
        bits = bits << 8 | s->proto->raw_data.data[i * s->width + b - 1];
    return bits;
}

static double float32_of_bits(uint64_t bits)
{
    uint32_t narrow = (uint32_t)bits;
    float value;
    memcpy(&value, &narrow, sizeof value);
    return (double)value;
}

static double float64_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int64_t integer_of_bits(const source *s, uint64_t bits)
{
    return s->width == 4 ? (int64_t)(int32_t)(uint32_t)bits : (int64_t)bits;
}

_Static_assert(sizeof(long) >= sizeof(int64_t), "mpq_set_si takes a long");

/* False for NaN and infinities. Other integers than 0 and 1 in place of booleans are found afterwards. */
static bool read_element(mpq_t value, const source *s, size_t i)
{
    const Onnx__TensorProto *p = s->proto;
    switch (p->data_type) {
    case ONNX_FLOAT:
        return rational_from_float64(value,
                                     s->raw ? float32_of_bits(raw_bits(s, i)) : (double)p->float_data[i]);
    case ONNX_DOUBLE:
        return rational_from_float64(value, s->raw ? float64_of_bits(raw_bits(s, i)) : p->double_data[i]);
    case ONNX_INT64:
        mpq_set_si(value, s->raw ? integer_of_bits(s, raw_bits(s, i)) : p->int64_data[i], 1);
        return true;
    default:
        mpq_set_si(value, s->raw ? integer_of_bits(s, raw_bits(s, i)) : p->int32_data[i], 1);
        return true;
    }
}

static bool check_form(const source *s, const char *file, const char *what, error *e)
{
    const Onnx__TensorProto *p = s->proto;
    if (p->data_location != 0 || p->n_external_data > 0)
        return error_set(e, file, 0, "%s: its data is in another file (save the model with its data inside)",
                         what);
    if (p->has_segment)
        return error_set(e, file, 0, "%s: its data is split into segments, which is not supported", what);
    if (s->width == 0)
        return error_set(
            e, file, 0,
            "%s: element type %s (%d) is not supported (use float32 or float64; int32 or int64 for shapes)",
            what, tensor_type_name(p->data_type), (int)p->data_type);
    int fields = (p->n_float_data > 0) + (p->n_double_data > 0) + (p->n_int64_data > 0) +
                 (p->n_int32_data > 0) + (p->n_uint64_data > 0) + (p->n_string_data > 0);
    if (fields + (int)s->raw > 1 || (fields == 1 && s->typed == 0))
        return error_set(e, file, 0, "%s: its data is stored as another type, or twice", what);
    for (size_t i = 0; i < p->n_dims; i++) {
        if (p->dims[i] < 0)
            return error_set(e, file, 0, "%s: dimension %zu is %lld (must not be negative)", what, i,
                             (long long)p->dims[i]);
    }
    return true;
}

/* The number of elements is compared with the data before anything is allocated for it. */
static bool check_count(const source *s, size_t rank, const size_t *dim, const char *file, const char *what,
                        error *e)
{
    size_t count, stored = s->raw ? s->proto->raw_data.len / s->width : s->typed;
    bool whole = !s->raw || s->proto->raw_data.len % s->width == 0;
    if (product(rank, dim, &count) && whole && count == stored)
        return true;
    return error_set(e, file, 0,
                     "%s: its dimensions do not fit its %zu stored elements (the file is damaged)", what,
                     stored);
}

static bool fill(affine_space *space, tensor *t, const source *s, const char *file, const char *what,
                 error *e)
{
    mpq_t value;
    mpq_init(value);
    bool finite = true;
    for (size_t i = 0; i < t->count && finite; i++) {
        finite = read_element(value, s, i);
        if (!finite)
            error_set(e, file, 0, "%s: element %zu is not a finite number (NaN and infinity are refused)",
                      what, i);
        else
            t->element[i] = affine_constant(space, value);
    }
    mpq_clear(value);
    if (finite && !space->budget->exceeded && !tensor_fits_type(t))
        return error_set(e, file, 0, "%s: a boolean is neither 0 nor 1 (the file is damaged)", what);
    return finite;
}

tensor *tensor_read(affine_space *space, const Onnx__TensorProto *proto, const char *file, const char *what,
                    error *e)
{
    source s = find_source(proto);
    if (!check_form(&s, file, what, e))
        return NULL;
    size_t *dim = mem_alloc(proto->n_dims, sizeof *dim);
    for (size_t i = 0; i < proto->n_dims; i++)
        dim[i] = (size_t)proto->dims[i];
    tensor *t = NULL;
    if (check_count(&s, proto->n_dims, dim, file, what, e))
        t = tensor_new(space, proto->data_type, proto->n_dims, dim);
    free(dim);
    if (t != NULL && !fill(space, t, &s, file, what, e)) {
        tensor_free(space, t);
        return NULL;
    }
    return t;
}
