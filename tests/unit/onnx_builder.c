/* Building ONNX models in memory: see onnx_builder.h. */
#include "onnx_builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void *own(onnx_builder *b, size_t count, size_t size)
{
    b->owned = mem_grow(b->owned, &b->owned_capacity, b->owned_count + 1, sizeof *b->owned);
    return b->owned[b->owned_count++] = mem_alloc(count, size);
}

/* Copy of an array with one entry more, the old one stays with the builder. */
static void *extended(onnx_builder *b, const void *old, size_t count, size_t size)
{
    void *result = own(b, count + 1, size);
    if (count > 0)
        memcpy(result, old, count * size);
    return result;
}

char *onnx_builder_text(onnx_builder *b, const char *text)
{
    return strcpy(own(b, strlen(text) + 1, 1), text);
}

char *onnx_builder_name(onnx_builder *b)
{
    char *text = mem_printf("v%zu", b->names++);
    char *name = onnx_builder_text(b, text);
    free(text);
    return name;
}

void onnx_builder_init(onnx_builder *b)
{
    memset(b, 0, sizeof *b);
    onnx__model_proto__init(&b->model);
    onnx__graph_proto__init(&b->graph);
    onnx__operator_set_id_proto__init(&b->set);
    b->set.has_version = true;
    b->set.version = 13;
    b->model.has_ir_version = true;
    b->model.ir_version = 7;
    b->model.graph = &b->graph;
    b->model.n_opset_import = 1;
    b->model.opset_import = own(b, 1, sizeof(void *));
    b->model.opset_import[0] = &b->set;
}

void onnx_builder_clear(onnx_builder *b)
{
    for (size_t i = 0; i < b->owned_count; i++)
        free(b->owned[i]);
    free(b->owned);
}

static Onnx__ValueInfoProto *value_info(onnx_builder *b, const char *name, int type)
{
    Onnx__ValueInfoProto *info = own(b, 1, sizeof *info);
    onnx__value_info_proto__init(info);
    info->name = onnx_builder_text(b, name);
    info->type = own(b, 1, sizeof *info->type);
    onnx__type_proto__init(info->type);
    info->type->tensor_type = own(b, 1, sizeof *info->type->tensor_type);
    onnx__tensor_type_proto__init(info->type->tensor_type);
    info->type->tensor_type->has_elem_type = true;
    info->type->tensor_type->elem_type = type;
    return info;
}

static Onnx__ValueInfoProto *shaped_info(onnx_builder *b, const char *name, int type, size_t rank,
                                         const int64_t *dim)
{
    Onnx__ValueInfoProto *info = value_info(b, name, type);
    Onnx__TensorShapeProto *shape = own(b, 1, sizeof *shape);
    onnx__tensor_shape_proto__init(shape);
    shape->n_dim = rank;
    shape->dim = own(b, rank, sizeof *shape->dim);
    for (size_t i = 0; i < rank; i++) {
        shape->dim[i] = own(b, 1, sizeof **shape->dim);
        onnx__dimension_proto__init(shape->dim[i]);
        if (dim[i] == -1)
            shape->dim[i]->dim_param = onnx_builder_text(b, "N");
        shape->dim[i]->has_dim_value = dim[i] != -1;
        shape->dim[i]->dim_value = dim[i] == -1 ? 0 : dim[i];
    }
    info->type->tensor_type->shape = shape;
    return info;
}

static void add_info(onnx_builder *b, Onnx__ValueInfoProto ***list, size_t *count, Onnx__ValueInfoProto *info)
{
    *list = extended(b, *list, *count, sizeof **list);
    (*list)[(*count)++] = info;
}

void onnx_builder_input(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim)
{
    add_info(b, &b->graph.input, &b->graph.n_input, shaped_info(b, name, type, rank, dim));
}

void onnx_builder_output(onnx_builder *b, const char *name, int type)
{
    add_info(b, &b->graph.output, &b->graph.n_output, value_info(b, name, type));
}

void onnx_builder_shaped_output(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim)
{
    add_info(b, &b->graph.output, &b->graph.n_output, shaped_info(b, name, type, rank, dim));
}

void onnx_builder_declare(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim)
{
    add_info(b, &b->graph.value_info, &b->graph.n_value_info, shaped_info(b, name, type, rank, dim));
}

/* Splits at commas; the empty text has no parts. */
static char **split(onnx_builder *b, const char *text, size_t *count)
{
    *count = text[0] != '\0';
    for (const char *at = text; *at != '\0'; at++)
        *count += *at == ',';
    char **part = own(b, *count, sizeof *part), *copy = onnx_builder_text(b, text);
    for (size_t i = 0; i < *count; i++) {
        part[i] = copy;
        copy += strcspn(copy, ",");
        if (*copy == ',')
            *copy++ = '\0';
    }
    return part;
}

Onnx__NodeProto *onnx_builder_node(onnx_builder *b, const char *type, const char *inputs, const char *outputs)
{
    Onnx__NodeProto *node = own(b, 1, sizeof *node);
    onnx__node_proto__init(node);
    node->op_type = onnx_builder_text(b, type);
    node->input = split(b, inputs, &node->n_input);
    node->output = split(b, outputs, &node->n_output);
    b->graph.node = extended(b, b->graph.node, b->graph.n_node, sizeof *b->graph.node);
    b->graph.node[b->graph.n_node++] = node;
    return node;
}

static Onnx__AttributeProto *attribute(onnx_builder *b, Onnx__NodeProto *node, const char *name, int type)
{
    Onnx__AttributeProto *a = own(b, 1, sizeof *a);
    onnx__attribute_proto__init(a);
    a->name = onnx_builder_text(b, name);
    a->has_type = true;
    a->type = type;
    node->attribute = extended(b, node->attribute, node->n_attribute, sizeof *node->attribute);
    node->attribute[node->n_attribute++] = a;
    return a;
}

void onnx_builder_integer(onnx_builder *b, Onnx__NodeProto *node, const char *name, int64_t value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 2);
    a->has_i = true;
    a->i = value;
}

void onnx_builder_float(onnx_builder *b, Onnx__NodeProto *node, const char *name, float value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 1);
    a->has_f = true;
    a->f = value;
}

void onnx_builder_integers(onnx_builder *b, Onnx__NodeProto *node, const char *name, size_t count,
                           const int64_t *value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 7);
    a->n_ints = count;
    a->ints = own(b, count, sizeof *a->ints);
    memcpy(a->ints, value, count * sizeof *value);
}

void onnx_builder_floats(onnx_builder *b, Onnx__NodeProto *node, const char *name, size_t count,
                         const float *value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 6);
    a->n_floats = count;
    a->floats = own(b, count, sizeof *a->floats);
    memcpy(a->floats, value, count * sizeof *value);
}

void onnx_builder_tensor_attribute(onnx_builder *b, Onnx__NodeProto *node, const char *name,
                                   Onnx__TensorProto *t)
{
    attribute(b, node, name, 4)->t = t;
}

static void put_bytes(unsigned char *to, uint64_t bits, size_t width)
{
    for (size_t i = 0; i < width; i++)
        to[i] = (unsigned char)(bits >> (8 * i));
}

static uint64_t element_bits(int type, double value)
{
    uint64_t bits = 0;
    uint32_t narrow = 0;
    float single = (float)value;
    switch (type) {
    case ONNX_FLOAT:
        memcpy(&narrow, &single, sizeof narrow);
        return narrow;
    case ONNX_DOUBLE:
        memcpy(&bits, &value, sizeof bits);
        return bits;
    default:
        return (uint64_t)(int64_t)value;
    }
}

static void fill_raw(onnx_builder *b, Onnx__TensorProto *t, size_t count, const double *value)
{
    size_t width = t->data_type == ONNX_BOOL                                  ? 1
                   : t->data_type == ONNX_FLOAT || t->data_type == ONNX_INT32 ? 4
                                                                              : 8;
    t->has_raw_data = true;
    t->raw_data.len = count * width;
    t->raw_data.data = own(b, count, width);
    for (size_t i = 0; i < count; i++)
        put_bytes(t->raw_data.data + i * width, element_bits(t->data_type, value[i]), width);
}

static void fill_typed(onnx_builder *b, Onnx__TensorProto *t, size_t count, const double *value)
{
    t->float_data = own(b, count, sizeof *t->float_data);
    t->double_data = own(b, count, sizeof *t->double_data);
    t->int64_data = own(b, count, sizeof *t->int64_data);
    t->int32_data = own(b, count, sizeof *t->int32_data);
    for (size_t i = 0; i < count; i++) {
        if (t->data_type == ONNX_FLOAT)
            t->float_data[t->n_float_data++] = (float)value[i];
        else if (t->data_type == ONNX_DOUBLE)
            t->double_data[t->n_double_data++] = value[i];
        else if (t->data_type == ONNX_INT64)
            t->int64_data[t->n_int64_data++] = (int64_t)value[i];
        else
            t->int32_data[t->n_int32_data++] = (int32_t)value[i];
    }
}

Onnx__TensorProto *onnx_builder_tensor(onnx_builder *b, const char *name, int type, bool raw, size_t rank,
                                       const int64_t *dim, const double *value)
{
    Onnx__TensorProto *t = own(b, 1, sizeof *t);
    onnx__tensor_proto__init(t);
    t->name = onnx_builder_text(b, name);
    t->has_data_type = true;
    t->data_type = type;
    t->n_dims = rank;
    t->dims = own(b, rank, sizeof *t->dims);
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) {
        t->dims[i] = dim[i];
        count *= (size_t)dim[i];
    }
    if (raw)
        fill_raw(b, t, count, value);
    else
        fill_typed(b, t, count, value);
    return t;
}

void onnx_builder_initializer(onnx_builder *b, Onnx__TensorProto *t)
{
    b->graph.initializer =
        extended(b, b->graph.initializer, b->graph.n_initializer, sizeof *b->graph.initializer);
    b->graph.initializer[b->graph.n_initializer++] = t;
}

file_bytes onnx_builder_bytes(const onnx_builder *b)
{
    file_bytes bytes = {NULL, onnx__model_proto__get_packed_size(&b->model)};
    bytes.data = mem_alloc(bytes.size + 1, 1);
    onnx__model_proto__pack(&b->model, bytes.data);
    return bytes;
}

void onnx_builder_reshaped_input(onnx_builder *b, const char *name, int type, size_t rank, const int64_t *dim)
{
    if (rank < 2 || dim[0] == 1 || dim[0] == -1) {
        onnx_builder_input(b, name, type, rank, dim);
        return;
    }
    int64_t count = 1, ranks = (int64_t)rank;
    double *shape = own(b, rank, sizeof *shape);
    for (size_t i = 0; i < rank; i++) {
        shape[i] = (double)dim[i];
        count *= dim[i];
    }
    const char *flat = onnx_builder_name(b), *list = onnx_builder_name(b);
    char *inputs = mem_printf("%s,%s", flat, list);
    onnx_builder_input(b, flat, type, 2, (const int64_t[]){1, count});
    onnx_builder_initializer(b, onnx_builder_tensor(b, list, ONNX_INT64, true, 1, &ranks, shape));
    onnx_builder_node(b, "Reshape", inputs, name);
    free(inputs);
}
