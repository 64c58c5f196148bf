/* Models that a runtime refuses, and that must be refused here, too: cases that the comparison with one has
 * found (tests/differential). Each stands next to what is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "onnx_judge.h"

static int64_t version;

/* --- Clip --------------------------------------------------------------------------------------------------
 */

static struct {
    double low, high;
} ends;

static void clip_attributes(onnx_builder *b)
{
    Onnx__NodeProto *n = onnx_builder_node(b, "Clip", "x", "y");
    onnx_builder_float(b, n, "min", (float)ends.low);
    onnx_builder_float(b, n, "max", (float)ends.high);
    b->set.version = version;
}

static void clip_inputs(onnx_builder *b)
{
    onnx_builder_initializer(b, onnx_builder_tensor(b, "low", ONNX_DOUBLE, true, 0, NULL, &ends.low));
    onnx_builder_initializer(b, onnx_builder_tensor(b, "high", ONNX_DOUBLE, true, 0, NULL, &ends.high));
    onnx_builder_node(b, "Clip", "x,low,high", "y");
    b->set.version = version;
}

static void test_clip(void **state)
{
    (void)state;
    ends.low = ends.high = 1;
    version = 7;
    onnx_judge_read(clip_attributes);
    ends.high = 0.5;
    onnx_judge_refused(clip_attributes, "its min is greater than its max");
    version = 10;
    onnx_judge_refused(clip_attributes, "its min is greater than its max");
    version = 11;
    onnx_judge_read(clip_inputs);
}

/* --- Dropout -----------------------------------------------------------------------------------------------
 */

static double ratio;

static void dropout_input(onnx_builder *b)
{
    onnx_builder_initializer(b, onnx_builder_tensor(b, "r", ONNX_DOUBLE, true, 0, NULL, &ratio));
    onnx_builder_node(b, "Dropout", "x,r", "y");
    b->set.version = 13;
}

static void test_dropout(void **state)
{
    (void)state;
    static const double good[] = {0, 0.5, 0.999}, bad[] = {1, -0.001, 2};
    for (size_t k = 0; k < 3; k++) {
        ratio = good[k];
        onnx_judge_read(dropout_input);
        ratio = bad[k];
        onnx_judge_refused(dropout_input, "at least 0 and below 1");
    }
}

/* --- names and types ---------------------------------------------------------------------------------------
 */

static const char *second;

static void two_nodes(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "h")->name = onnx_builder_text(b, "n");
    onnx_builder_node(b, "Neg", "h", "k")->name = onnx_builder_text(b, "m");
    onnx_builder_node(b, "Neg", "k", "y")->name = onnx_builder_text(b, second);
}

static void unnamed_nodes(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "h")->name = onnx_builder_text(b, "");
    onnx_builder_node(b, "Neg", "h", "y")->name = onnx_builder_text(b, "");
}

static void test_names_of_nodes(void **state)
{
    (void)state;
    second = "h"; /* names of values are others */
    onnx_judge_read(two_nodes);
    onnx_judge_read(unnamed_nodes);
    second = "n";
    onnx_judge_refused(two_nodes, "two nodes have the name 'n'");
}

static bool typed;

static void output_type(onnx_builder *b)
{
    onnx_builder_node(b, "Relu", "x", "y");
    onnx_builder_output(b, "y", ONNX_DOUBLE);
    b->graph.output[0]->type->tensor_type->has_elem_type = typed;
    if (!typed)
        b->graph.output[0]->type->tensor_type->elem_type = 0;
}

static void test_element_type(void **state)
{
    (void)state;
    typed = true;
    onnx_judge_read(output_type);
    typed = false;
    onnx_judge_refused(output_type, "value 'y' is declared as a tensor without an element type");
}

/* --- notes -------------------------------------------------------------------------------------------------
 */

/* Adds a note to the model: its tag, its length 4, and in it a tag of the caller's with the text "ab". */
static void judge_note(uint8_t key, const char *reason)
{
    const uint8_t note[] = {14 << 3 | 2, 4, key, 2, 'a', 'b'};
    typed = true;
    file_bytes bytes = onnx_judge_file(output_type);
    bytes.data = mem_resize(bytes.data, bytes.size + sizeof note, 1);
    memcpy(bytes.data + bytes.size, note, sizeof note);
    bytes.size += sizeof note;
    onnx_judge(bytes, reason);
}

static void test_notes(void **state)
{
    (void)state;
    judge_note(1 << 3 | 2, NULL);
    judge_note(2 << 3 | 2, NULL);
    judge_note(3 << 3 | 2, "field 3 of EntryProto");
    judge_note(1 << 3, "EntryProto.key");
    judge_note(0, "its encoding is not valid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clip),           cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_names_of_nodes), cmocka_unit_test(test_element_type),
        cmocka_unit_test(test_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
