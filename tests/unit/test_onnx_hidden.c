/* What an ONNX file could hide from a reader that takes it less literally than a runtime: text beyond a byte
 * 0, values given twice, fields without a meaning, outputs that are no value. All of it is refused, with a
 * message that names it; what is just inside the line is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "onnx_compare.h"
#include "onnx_judge.h"

#define DIM(...)                                                                                             \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static rng randomness;
static const onnx_style style = {ONNX_DOUBLE, true, &randomness};

/* --- text --------------------------------------------------------------------------------------------------
 */

/* Builders write C strings: "@#" stands for the bytes that follow here. */
static const char *hidden;

static void refuse_text(onnx_making make, const char *field)
{
    file_bytes bytes = onnx_judge_file(make);
    size_t found = 0;
    for (size_t i = 0; i + 1 < bytes.size; i++) {
        if (memcmp(bytes.data + i, "@#", 2) == 0) {
            memcpy(bytes.data + i, hidden, 2);
            found++;
        }
    }
    assert_true(found > 0);
    onnx_judge(bytes, field);
}

static void text_input(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_builder_node(b, "Gemm", "x,w,@#c", "y");
}

static void text_initialiser(onnx_builder *b)
{
    onnx_weights(b, &style, "w@#", 2, DIM(4, 3));
    onnx_builder_node(b, "MatMul", "x,w", "y");
}

static void text_node_output(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "@#y");
}

static void text_domain(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y")->domain = onnx_builder_text(b, "@#f");
}

static void text_operator(onnx_builder *b)
{
    onnx_builder_node(b, "Relu@#Neg", "x", "y");
}

static void text_attribute(onnx_builder *b)
{
    onnx_builder_float(b, onnx_builder_node(b, "LeakyRelu", "x", "y"), "alpha@#", 0.5f);
}

static void text_graph_input(onnx_builder *b)
{
    onnx_builder_input(b, "@#z", ONNX_DOUBLE, 2, DIM(1, 4));
    onnx_builder_node(b, "Relu", "x", "y");
}

static void text_graph_output(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    onnx_builder_output(b, "y@#", ONNX_DOUBLE);
}

static void text_dimension(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    Onnx__DimensionProto *d = b->graph.input[0]->type->tensor_type->shape->dim[0];
    d->has_dim_value = false;
    d->dim_param = onnx_builder_text(b, "@#");
}

static void text_operator_set(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    b->set.domain = onnx_builder_text(b, "@#");
}

static void text_node_name(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y")->name = onnx_builder_text(b, "n@#");
}

/* A byte 0 would end a C string: the rest, or a whole name, would not be there. */
static void test_bytes_0(void **state)
{
    (void)state;
    static const char forms[][2] = {{'\0', '\0'}, {'\0', '#'}, {'@', '\0'}};
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        hidden = forms[k];
        refuse_text(text_input, "NodeProto.input at byte");
        refuse_text(text_input, "holds a byte 0");
        refuse_text(text_initialiser, "TensorProto.name at byte");
        refuse_text(text_node_output, "NodeProto.output at byte");
        refuse_text(text_domain, "NodeProto.domain at byte");
        refuse_text(text_operator, "NodeProto.op_type at byte");
        refuse_text(text_attribute, "AttributeProto.name at byte");
        refuse_text(text_graph_input, "ValueInfoProto.name at byte");
        refuse_text(text_graph_output, "ValueInfoProto.name at byte");
        refuse_text(text_dimension, "DimensionProto.dim_param at byte");
        refuse_text(text_operator_set, "OperatorSetIdProto.domain at byte");
        refuse_text(text_node_name, "NodeProto.name at byte");
    }
}

static const char *node_name;

static void named_node(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y")->name = onnx_builder_text(b, node_name);
}

/* The ends of what is UTF-8; a byte 0 in two bytes is not. */
static void test_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {"\x7f",         "\xc2\x80",         "\xdf\xbf",
                                       "\xe0\xa0\x80", "\xed\x9f\xbf",     "\xee\x80\x80",
                                       "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "\xc2",
                                      "\xe2\x82",
                                      "a\xc2"
                                      "a"};
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        node_name = good[k];
        onnx_judge_read(named_node);
    }
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        node_name = bad[k];
        onnx_judge_refused(named_node, "is not UTF-8");
    }
}

/* --- the encoding ------------------------------------------------------------------------------------------
 */

static void plain_relu(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
}

/* A sound model with more fields at its end. */
static void refuse_tail(const char *tail, size_t size, const char *reason)
{
    file_bytes sound = onnx_judge_file(plain_relu),
               bytes = {mem_alloc(sound.size + size, 1), sound.size + size};
    memcpy(bytes.data, sound.data, sound.size);
    memcpy(bytes.data + sound.size, tail, size);
    free(sound.data);
    onnx_judge(bytes, reason);
}

#define TAIL(bytes, reason) refuse_tail(bytes, sizeof bytes - 1, reason)

static void test_encoding(void **state)
{
    (void)state;
    TAIL("", NULL);
    TAIL("\x12\x03"
         "abc",
         NULL);                 /* the producer's name */
    TAIL("\x32\x01\x00", NULL); /* doc_string is for people, and may hold anything */
    TAIL("\x28\x80\x00", NULL); /* model_version 0 in two bytes */
    TAIL("\x08\x07", "ModelProto.ir_version at byte");
    TAIL("\x08\x07", "is given twice");
    TAIL("\x3a\x00", "ModelProto.graph at byte"); /* would be merged with the first one */
    TAIL("\x78\x00", "field 15 of ModelProto");
    TAIL("\xb8\x3e\x00", "field 999 of ModelProto");
    TAIL("\x2a\x00", "ModelProto.model_version at byte"); /* a number as bytes */
    TAIL("\x13\x0c", "ModelProto.producer_name at byte 55 is encoded as another type"); /* a group is no way
                                                                                           to write a field */
    TAIL("\x02\x00", "encoding is not valid");                                          /* field 0 */
    TAIL("\x28", "encoding is not valid");
    TAIL("\x12\x05"
         "ab",
         "encoding is not valid");
    TAIL("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
         "ab",
         "encoding is not valid");
    TAIL("\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", NULL); /* -1 */
    TAIL("\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "encoding is not valid");
    TAIL("\x28\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", "encoding is not valid");
    TAIL("\x28\x00", NULL);
}

/* A model of one node, which is given by its bytes. */
static void refuse_node(const char *node, size_t size, const char *reason)
{
    static const char head[] = "\x08\x07\x42\x02\x10\x0d\x3a";
    static const char ends[] =
        "\x5a\x13\x0a\x01x\x12\x0e\x0a\x0c\x08\x0b\x12\x08\x0a\x02\x08\x01\x0a\x02\x08\x04"
        "\x62\x03\x0a\x01y";
    size_t graph = 2 + size + sizeof ends - 1, at = 0;
    file_bytes bytes = {mem_alloc(graph + sizeof head, 1), graph + sizeof head};
    assert_true(graph < 128);
    memcpy(bytes.data, head, sizeof head - 1);
    at = sizeof head - 1;
    bytes.data[at++] = (unsigned char)graph;
    bytes.data[at++] = 0x0a;
    bytes.data[at++] = (unsigned char)size;
    memcpy(bytes.data + at, node, size);
    memcpy(bytes.data + at + size, ends, sizeof ends - 1);
    onnx_judge(bytes, reason);
}

#define NODE(bytes, reason) refuse_node(bytes, sizeof bytes - 1, reason)

static void test_node_encoding(void **state)
{
    (void)state;
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu", NULL);
    NODE("\x22\x04Relu\x12\x01y\x0a\x01x", NULL);
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu\x22\x03Neg", "NodeProto.op_type at byte 23 is given twice");
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu\x3a\x01"
         "f\x3a\x00",
         "NodeProto.domain at byte");
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu\x42\x01o", "calls a function, 'o'");
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu\x5a\x00", "field 11 of NodeProto");
    NODE("\x0a\x01x\x12\x01y\x22\x04Relu\x08\x00", "NodeProto.input at byte");
    /* axis as an integer, without a type, with a type that does not fit in 32 bits */
    NODE("\x0a\x01x\x12\x01y\x22\x07"
         "Flatten\x2a\x0b\x0a\x04"
         "axis\x18\x01\xa0\x01\x02",
         NULL);
    NODE("\x0a\x01x\x12\x01y\x22\x07"
         "Flatten\x2a\x08\x0a\x04"
         "axis\x18\x01",
         "attribute 'axis' must be an integer");
    NODE("\x0a\x01x\x12\x01y\x22\x07"
         "Flatten\x2a\x0f\x0a\x04"
         "axis\x18\x01\xa0\x01\x82\x80\x80\x80\x10",
         "AttributeProto.type at byte");
    /* packed and unpacked lists are the same */
    NODE("\x0a\x01x\x12\x01y\x22\x09Transpose\x2a\x0d\x0a\x04perm\x42\x02\x00\x01\xa0\x01\x07", NULL);
    NODE("\x0a\x01x\x12\x01y\x22\x09Transpose\x2a\x0d\x0a\x04perm\x40\x00\x40\x01\xa0\x01\x07", NULL);
    NODE("\x0a\x01x\x12\x01y\x22\x09Transpose\x2a\x0d\x0a\x04perm\x42\x02\x00\x81\xa0\x01\x07",
         "encoding is not valid");
}

/* --- what is said twice ------------------------------------------------------------------------------------
 */

static void default_input(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_builder_input(b, "w", ONNX_DOUBLE, 2, DIM(4, 3));
    onnx_builder_node(b, "MatMul", "x,w", "y");
}

static void default_twice(onnx_builder *b)
{
    default_input(b);
    onnx_builder_input(b, "w", ONNX_DOUBLE, 2, DIM(4, 3));
}

static void default_shape(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_builder_input(b, "w", ONNX_DOUBLE, 2, DIM(4, 2));
    onnx_builder_node(b, "MatMul", "x,w", "y");
}

static void default_type(onnx_builder *b)
{
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
    onnx_builder_input(b, "w", ONNX_FLOAT, 2, DIM(4, 3));
    onnx_builder_node(b, "MatMul", "x,w", "y");
}

static void initialisers_twice(onnx_builder *b)
{
    default_input(b);
    onnx_weights(b, &style, "w", 2, DIM(4, 3));
}

static void input_twice(onnx_builder *b)
{
    onnx_builder_input(b, "x", ONNX_DOUBLE, 2, DIM(1, 4));
    onnx_builder_node(b, "Relu", "x", "y");
}

static void output_is_input(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "x");
    onnx_builder_output(b, "x", ONNX_DOUBLE);
}

static void outputs_twice(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", "y,y");
}

static void nameless_input(onnx_builder *b)
{
    onnx_builder_input(b, "", ONNX_DOUBLE, 2, DIM(1, 4));
    onnx_builder_node(b, "Relu", "x", "y");
}

static void nameless_initialiser(onnx_builder *b)
{
    onnx_weights(b, &style, "", 1, DIM(4));
    onnx_builder_node(b, "Relu", "x", "y");
}

static void test_names(void **state)
{
    (void)state;
    onnx_judge_read(default_input);
    onnx_judge_refused(default_twice, "value 'w' is defined twice");
    onnx_judge_refused(default_shape, "value 'w' is declared with shape [4,2], but the graph gives it [4,3]");
    onnx_judge_refused(default_type,
                       "value 'w' is declared with element type float32, but the graph gives it float64");
    onnx_judge_refused(initialisers_twice, "value 'w' is defined twice");
    onnx_judge_refused(input_twice, "value 'x' is defined twice");
    onnx_judge_refused(output_is_input, "value 'x' is defined twice");
    onnx_judge_refused(outputs_twice, "value 'y' is defined twice");
    onnx_judge_refused(nameless_input, "input 1 of the graph has no name");
    onnx_judge_refused(nameless_initialiser, "initialiser 0 has no name");
}

/* --- outputs of nodes --------------------------------------------------------------------------------------
 */

static void mask_is_output(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", "y,mask");
    onnx_builder_output(b, "mask", ONNX_BOOL);
}

static void mask_alone(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", ",mask");
    onnx_builder_output(b, "mask", ONNX_BOOL);
}

static void mask_is_read(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", ",mask");
    onnx_builder_node(b, "Identity", "mask", "y");
}

static void mask_is_not_read(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", "y,mask");
}

static void no_result(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", ",");
    onnx_builder_node(b, "Neg", "x", "y");
}

static void nameless_output(onnx_builder *b)
{
    onnx_builder_node(b, "Dropout", "x", ",");
    onnx_builder_output(b, "", ONNX_DOUBLE);
}

static void trained_statistics(onnx_builder *b)
{
    b->set.version = 9;
    onnx_values(b, &style, "v", 1, DIM(4), (const double[]){1, 1, 1, 1});
    onnx_builder_float(b, onnx_builder_node(b, "BatchNormalization", "x,v,v,v,v", "y,m,s"), "epsilon", 0);
}

static void test_second_outputs(void **state)
{
    (void)state;
    onnx_judge_refused(mask_is_output, "the graph's output 'mask' is a second output of its operator");
    onnx_judge_refused(mask_alone, "the graph's output 'mask' is a second output of its operator");
    onnx_judge_refused(mask_is_read, "input 'mask' is a second output of its operator");
    onnx_judge_read(mask_is_not_read);
    onnx_judge_read(no_result);
    onnx_judge_refused(nameless_output, "the graph's output '' is not defined");
    onnx_judge_refused(trained_statistics, "has 3 outputs"); /* in which case it is being trained */
}

int main(void)
{
    rng_seed(&randomness, random_seed("hidden in onnx"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_0),  cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_encoding), cmocka_unit_test(test_node_encoding),
        cmocka_unit_test(test_names),    cmocka_unit_test(test_second_outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
