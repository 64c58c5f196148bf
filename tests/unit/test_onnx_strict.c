/* What an ONNX file says about itself must be true and be known: versions, functions, declared types and
 * shapes, data, forms of operators by version, and integers that fit their type. Each limit is tested on both
 * sides. */
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

static void plain_relu(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
}

/* --- the model ---------------------------------------------------------------------------------------------
 */

static int64_t version, format;

static void set_version(onnx_builder *b)
{
    plain_relu(b);
    b->set.version = version;
}

static void set_format(onnx_builder *b)
{
    plain_relu(b);
    b->model.ir_version = format;
}

static void no_format(onnx_builder *b)
{
    plain_relu(b);
    b->model.has_ir_version = false;
}

static void test_versions(void **state)
{
    (void)state;
    for (version = 7; version <= 22; version++)
        onnx_judge_read(set_version);
    static const struct {
        int64_t version;
        const char *reason;
    } wrong[] = {{6, "version 6 of the ONNX operators (convert"},
                 {23, "version 23 of the ONNX operators, which is not known"},
                 {9999, "version 9999"},
                 {-1, "version -1"},
                 {INT64_MAX, "version 9223372036854775807"},
                 {(INT64_C(1) << 32) + 13, "version 4294967309"}};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        version = wrong[k].version;
        onnx_judge_refused(set_version, wrong[k].reason);
    }
    for (format = 3; format <= 13; format++)
        onnx_judge_read(set_format);
    for (format = 0; format <= 2; format++)
        onnx_judge_refused(set_format, "of the ONNX format (versions 3 to 13 are known)");
    format = 14;
    onnx_judge_refused(set_format, "version 14 of the ONNX format");
    onnx_judge_refused(no_format, "does not say which version of the ONNX format");
}

/* A second set of operators. */
static const char *domain;

static void two_sets(onnx_builder *b)
{
    static Onnx__OperatorSetIdProto set;
    static Onnx__OperatorSetIdProto *sets[2];
    plain_relu(b);
    onnx__operator_set_id_proto__init(&set);
    set.domain = onnx_builder_text(b, domain);
    set.has_version = true;
    set.version = 12;
    sets[0] = &set;
    sets[1] = &b->set;
    b->model.n_opset_import = 2;
    b->model.opset_import = sets;
}

/* A function of the model's own, and a node that may call it. */
static struct {
    const char *domain, *name, *node;
} function;

static void own_function(onnx_builder *b)
{
    static Onnx__FunctionProto f;
    static Onnx__FunctionProto *functions[1] = {&f};
    onnx__function_proto__init(&f);
    f.domain = function.domain == NULL ? NULL : onnx_builder_text(b, function.domain);
    f.name = onnx_builder_text(b, function.name);
    b->model.n_functions = 1;
    b->model.functions = functions;
    onnx_builder_node(b, function.node, "x", "y");
}

static ProtobufCBinaryData nothing;

static void training(onnx_builder *b)
{
    plain_relu(b);
    b->model.n_training_info = 1;
    b->model.training_info = &nothing;
}

static void quantised(onnx_builder *b)
{
    plain_relu(b);
    b->graph.n_quantization_annotation = 1;
    b->graph.quantization_annotation = &nothing;
}

static void described(onnx_builder *b)
{
    static Onnx__EntryProto entry;
    static Onnx__EntryProto *entries[1] = {&entry};
    onnx__entry_proto__init(&entry);
    plain_relu(b);
    b->model.n_metadata_props = b->graph.n_metadata_props = 1;
    b->model.metadata_props = b->graph.metadata_props = entries;
}

static void test_model(void **state)
{
    (void)state;
    static const char *const standard[] = {"", "ai.onnx"}, *const other[] = {"ai.onnx.ml", "com.microsoft",
                                                                             "AI.ONNX"};
    for (size_t k = 0; k < 2; k++) {
        domain = standard[k];
        onnx_judge_refused(two_sets, "version of the ONNX operators twice, as 12 and 13");
        function.domain = standard[k], function.name = function.node = "Relu";
        onnx_judge_refused(own_function, "its own definition of the operator 'Relu' and uses it");
        function.node = "Neg";
        onnx_judge_read(own_function);
    }
    for (size_t k = 0; k < 3; k++) {
        domain = function.domain = other[k];
        function.node = "Relu";
        onnx_judge_read(two_sets);
        onnx_judge_read(own_function);
    }
    function.domain = NULL;
    onnx_judge_refused(own_function, "its own definition of the operator 'Relu'");
    onnx_judge_refused(training, "how it is to be trained");
    onnx_judge_refused(quantised, "values that are quantised");
    onnx_judge_read(described);
}

/* --- declarations ------------------------------------------------------------------------------------------
 */

/* What is declared about h, or about the output y after it; both are doubles of shape 1×4. */
static struct {
    bool output;
    int type;
    size_t rank;
    const int64_t *dim;
} declared;

static void declaration(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "h");
    onnx_builder_node(b, "Neg", "h", "y");
    if (declared.output)
        onnx_builder_shaped_output(b, "y", declared.type, declared.rank, declared.dim);
    else
        onnx_builder_declare(b, "h", declared.type, declared.rank, declared.dim);
}

static void declare(int type, size_t rank, const int64_t *dim, const char *reason)
{
    declared.type = type;
    declared.rank = rank;
    declared.dim = dim;
    for (int k = 0; k < 2; k++) {
        declared.output = k == 1;
        onnx_judge(onnx_judge_file(declaration), reason);
    }
}

static void declared_twice(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_declare(b, "y", ONNX_DOUBLE, 2, DIM(1, 4));
    onnx_builder_declare(b, "y", ONNX_DOUBLE, 2, DIM(1, 4));
}

static void declared_input_shape(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_declare(b, "x", ONNX_DOUBLE, 2, DIM(1, 5));
}

/* Tools that remove nodes leave such declarations behind. */
static void declared_nothing(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_declare(b, "gone", ONNX_INT64, 1, DIM(7));
}

static void number_and_name(onnx_builder *b)
{
    plain_relu(b);
    b->graph.input[0]->type->tensor_type->shape->dim[0]->dim_param = onnx_builder_text(b, "N");
}

static void number_and_name_of_output(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_shaped_output(b, "y", ONNX_DOUBLE, 2, DIM(1, 4));
    b->graph.output[0]->type->tensor_type->shape->dim[0]->dim_param = onnx_builder_text(b, "N");
}

static void input_is_sequence(onnx_builder *b)
{
    plain_relu(b);
    b->graph.input[0]->type->has_sequence_type = true;
}

static void output_is_sequence(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_output(b, "y", ONNX_DOUBLE);
    b->graph.output[0]->type->tensor_type = NULL;
    b->graph.output[0]->type->has_sequence_type = true;
}

static void untyped_output(onnx_builder *b)
{
    plain_relu(b);
    onnx_builder_output(b, "y", ONNX_DOUBLE);
    b->graph.output[0]->type = NULL;
}

static void test_declarations(void **state)
{
    (void)state;
    declare(ONNX_DOUBLE, 2, DIM(1, 4), NULL);
    declare(ONNX_DOUBLE, 2, DIM(-1, 4), NULL); /* -1 leaves it open */
    declare(ONNX_DOUBLE, 2, DIM(-1, -1), NULL);
    declare(ONNX_DOUBLE, 2, DIM(1, 3), "declared with shape [1,3], but the graph gives it [1,4]");
    declare(ONNX_DOUBLE, 2, DIM(4, 1), "declared with shape [4,1]");
    declare(ONNX_DOUBLE, 1, DIM(4), "declared with shape [4]");
    declare(ONNX_DOUBLE, 3, DIM(1, 1, 4), "declared with shape [1,1,4]");
    declare(ONNX_DOUBLE, 0, NULL, "declared with shape []");
    declare(ONNX_DOUBLE, 2, DIM(-4, 4), "declared with shape [-4,4]");
    declare(ONNX_FLOAT, 2, DIM(1, 4), "declared with element type float32, but the graph gives it float64");
    declare(ONNX_INT64, 2, DIM(1, 4), "declared with element type int64");
    declare(99, 2, DIM(1, 4), "declared with element type unknown");
    declare(0, 2, DIM(1, 4), "declared as a tensor without an element type");
    onnx_judge_refused(declared_twice, "value 'y' is declared twice");
    onnx_judge_refused(declared_input_shape, "value 'x' is declared with shape [1,5]");
    onnx_judge_read(declared_nothing);
    onnx_judge_refused(number_and_name, "dimension 0 is declared both as 1 and as 'N'");
    onnx_judge_refused(number_and_name_of_output, "dimension 0 is declared both as 1 and as 'N'");
    onnx_judge_refused(input_is_sequence, "input 'x' is not a tensor");
    onnx_judge_refused(output_is_sequence, "value 'y' is declared as no tensor");
    onnx_judge_read(untyped_output);
}

/* --- the batch ---------------------------------------------------------------------------------------------
 */

static const int64_t *input_dim;
static const char *product;

static void product_of(onnx_builder *b)
{
    b->graph.n_input = 0;
    onnx_builder_input(b, "x", ONNX_DOUBLE, 2, input_dim);
    onnx_weights(b, &style, "w", 2, DIM(2, 3));
    onnx_weights(b, &style, "v", 2, DIM(5, 8));
    onnx_builder_node(b, "MatMul", product, "y");
}

static void flattened(onnx_builder *b)
{
    b->graph.n_input = 0;
    onnx_builder_input(b, "x", ONNX_DOUBLE, 2, DIM(2, 2));
    onnx_builder_integer(b, onnx_builder_node(b, "Flatten", "x", "y"), "axis", 0);
}

static void list_of_inputs(onnx_builder *b)
{
    b->graph.n_input = 0;
    onnx_builder_input(b, "x", ONNX_DOUBLE, 1, DIM(4));
    plain_relu(b);
}

static void test_batch(void **state)
{
    (void)state;
    product = "x,w";
    input_dim = DIM(8, 2);
    onnx_judge_refused(product_of, "has a batch of 8");
    input_dim = DIM(2, 2);
    onnx_judge_refused(product_of, "has a batch of 2");
    input_dim = DIM(1, 2);
    onnx_judge_read(product_of);
    input_dim = DIM(-1, 2);
    onnx_judge_read(product_of);
    product = "v,x"; /* a column */
    input_dim = DIM(8, 1);
    onnx_judge_read(product_of);
    onnx_judge_read(flattened);
    onnx_judge_read(list_of_inputs);
}

/* --- data --------------------------------------------------------------------------------------------------
 */

static Onnx__TensorProto *weight(onnx_builder *b, bool raw)
{
    const double value[] = {1, 2, 3, 4};
    onnx_builder_initializer(b, onnx_builder_tensor(b, "w", ONNX_DOUBLE, raw, 1, DIM(4), value));
    onnx_builder_node(b, "Add", "x,w", "y");
    return b->graph.initializer[b->graph.n_initializer - 1];
}

/* Runtimes take raw_data, which is empty, for the elements. */
static void empty_raw(onnx_builder *b)
{
    weight(b, false)->has_raw_data = true;
}

static void empty_raw_alone(onnx_builder *b)
{
    weight(b, true)->raw_data.len = 0;
}

static void no_data(onnx_builder *b)
{
    weight(b, true)->has_raw_data = false;
}

static void long_data(onnx_builder *b)
{
    static double value[] = {1, 2, 3, 4, 5};
    Onnx__TensorProto *w = weight(b, false);
    w->n_double_data = 5;
    w->double_data = value;
}

static void unsigned_data(onnx_builder *b)
{
    static uint64_t value[] = {1};
    Onnx__TensorProto *w = weight(b, true);
    w->n_uint64_data = 1;
    w->uint64_data = value;
}

static void string_data(onnx_builder *b)
{
    Onnx__TensorProto *w = weight(b, true);
    w->n_string_data = 1;
    w->string_data = &nothing;
}

static void elsewhere(onnx_builder *b)
{
    Onnx__TensorProto *w = weight(b, true);
    w->n_external_data = 1;
    w->external_data = &nothing;
}

/* 2^64 elements, or none: the product of the other dimensions still leaves 63 bits. */
static void zero_hides_overflow(onnx_builder *b)
{
    static int64_t dim[] = {INT64_C(1) << 32, INT64_C(1) << 32, 0};
    Onnx__TensorProto *w = weight(b, true);
    w->n_dims = 3;
    w->dims = dim;
    w->raw_data.len = 0;
}

static void boolean_2(onnx_builder *b)
{
    double two = 2;
    onnx_builder_initializer(b, onnx_builder_tensor(b, "t", ONNX_BOOL, true, 0, NULL, &two));
    onnx_builder_node(b, "Dropout", "x,,t", "y");
}

static void boolean_256(onnx_builder *b)
{
    double many = 256;
    onnx_builder_initializer(b, onnx_builder_tensor(b, "t", ONNX_BOOL, false, 0, NULL, &many));
    onnx_builder_node(b, "Dropout", "x,,t", "y");
}

static void test_data(void **state)
{
    (void)state;
    onnx_judge_refused(empty_raw, "initialiser 'w': its data is stored as another type, or twice");
    onnx_judge_refused(empty_raw_alone, "initialiser 'w': its dimensions do not fit its 0 stored elements");
    onnx_judge_refused(no_data, "initialiser 'w': its dimensions do not fit its 0 stored elements");
    onnx_judge_refused(long_data, "initialiser 'w': its dimensions do not fit its 5 stored elements");
    onnx_judge_refused(unsigned_data, "stored as another type, or twice");
    onnx_judge_refused(string_data, "stored as another type, or twice");
    onnx_judge_refused(elsewhere, "its data is in another file");
    onnx_judge_refused(zero_hides_overflow, "its dimensions do not fit its 0 stored elements");
    onnx_judge_refused(boolean_2, "a boolean is neither 0 nor 1");
    onnx_judge_refused(boolean_256, "a boolean is neither 0 nor 1");
}

/* --- attributes --------------------------------------------------------------------------------------------
 */

static Onnx__AttributeProto *slope(onnx_builder *b)
{
    Onnx__NodeProto *n = onnx_builder_node(b, "LeakyRelu", "x", "y");
    onnx_builder_float(b, n, "alpha", 0.5f);
    return n->attribute[0];
}

static void two_values(onnx_builder *b)
{
    Onnx__AttributeProto *a = slope(b);
    a->has_i = true;
}

static void a_list_as_well(onnx_builder *b)
{
    static float values[] = {1};
    Onnx__AttributeProto *a = slope(b);
    a->n_floats = 1;
    a->floats = values;
}

static void a_graph_as_well(onnx_builder *b)
{
    slope(b)->has_g = true;
}

static void other_type(onnx_builder *b)
{
    slope(b)->type = 2;
}

static void no_type(onnx_builder *b)
{
    slope(b)->has_type = false;
}

/* Writers that leave out zeros leave out the value. */
static void zero_left_out(onnx_builder *b)
{
    slope(b)->has_f = false;
}

static void of_a_function(onnx_builder *b)
{
    slope(b)->ref_attr_name = onnx_builder_text(b, "a");
}

static void test_attributes(void **state)
{
    (void)state;
    onnx_judge_refused(two_values, "attribute 'alpha' has a value of another type, too");
    onnx_judge_refused(a_list_as_well, "attribute 'alpha' has a value of another type, too");
    onnx_judge_refused(a_graph_as_well, "attribute 'alpha' has a value of another type, too");
    onnx_judge_refused(other_type, "attribute 'alpha' must be a float");
    onnx_judge_refused(no_type, "attribute 'alpha' must be a float");
    onnx_judge_read(zero_left_out);
    onnx_judge_refused(of_a_function, "attribute 'alpha' refers to a function's attribute");
}

int main(void)
{
    rng_seed(&randomness, random_seed("strict onnx"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions), cmocka_unit_test(test_model), cmocka_unit_test(test_declarations),
        cmocka_unit_test(test_batch),    cmocka_unit_test(test_data),  cmocka_unit_test(test_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
