/* Formulas as text: what they mean, where errors are found, that what is written is read back as the same,
 * and that hostile texts do no harm. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "number/rational.h"
#include "random.h"
#include "random_formula.h"
#include "target/expression.h"

static uint64_t seed;

/* --- helpers -------------------------------------------------------------------------------------------- */

/* Parses a copy that ends with the text, so that reading past it is noticed. */
static bool parse_bytes(expression *u, size_t inputs, const char *text, size_t size, error *e)
{
    char *copy = mem_alloc(size, 1);
    memcpy(copy, text, size);
    bool good = expression_parse(u, inputs, "f", copy, size, e);
    free(copy);
    return good;
}

static void parse(expression *u, size_t inputs, const char *text)
{
    error e = ERROR_NONE;
    if (!parse_bytes(u, inputs, text, strlen(text), &e))
        fail_msg("'%s': %ld: %s", text, e.line, e.message);
}

static void expect_written(size_t inputs, const char *text, const char *canonical)
{
    expression u;
    parse(&u, inputs, text);
    char *written = expression_text(&u);
    assert_string_equal(written, canonical);
    free(written);
    expression_clear(&u);
}

static void expect_refused(size_t inputs, const char *text, long line, const char *message)
{
    expression u;
    error e = ERROR_NONE;
    if (parse_bytes(&u, inputs, text, strlen(text), &e))
        fail_msg("'%s' was accepted", text);
    if (e.line != line || strncmp(e.message, message, strlen(message)) != 0)
        fail_msg("'%s': %ld: %s (expected %ld: %s)", text, e.line, e.message, line, message);
    assert_string_equal(e.file, "f");
    error_clear(&e);
}

/* --- meaning -------------------------------------------------------------------------------------------- */

/* Constants are calculated exactly, so that the value shows how the text was understood. */
static void test_precedence(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"1+2*3", "7"},
        {"(1+2)*3", "9"},
        {"8-3-2", "3"},
        {"8-(3-2)", "7"},
        {"8/4/2", "1"},
        {"8/(4/2)", "4"},
        {"2*3/4*5", "15/2"},
        {"2^3^2", "512"},
        {"(2^3)^2", "64"},
        {"-2^2", "-4"},
        {"(-2)^2", "4"},
        {"2^-2", "1/4"},
        {"2^-2^2", "1/16"},
        {"2*-3", "-6"},
        {"2--3", "5"},
        {"2- -+-3", "-1"},
        {"+2", "2"},
        {"-3*2^2", "-12"},
        {"1/2^2", "1/4"},
        {"2^2/8", "1/2"},
        {"-1/2", "-1/2"},
        {"0^0", "1"},
        {"(-1)^1000000000", "1"},
        {"(-1)^999999999", "-1"},
        {"(-2/3)^-3", "-27/8"},
        {"0.1", "1/10"},
        {".5e1", "5"},
        {"5.", "5"},
        {"1E-2", "1/100"},
        {"abs(-2)+relu(-3)+relu(4)", "6"},
        {"min(3,1,2)", "1"},
        {"max(1,3,2)-max(-1,-2)", "4"},
        {"min(1+1,2*2)*3", "6"},
        {"let a = 3; let b = a^2; b-a", "6"},
        {"1 # one\n + # and\n 2", "3"},
        {"1 # one\r + 2", "3"},
        {"1 # one\r\n + # and\r 2", "3"},
        {"\t1\r\n", "1"},
        {"3;", "3"},
        {"1; 2 ;3;\n", "1; 2; 3"},
        {"let a=1;a;let b=a+1;b", "1; 2"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_written(1, cases[k][0], cases[k][1]);
}

static void test_canonical_text(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"log(sin(50*x1)+2)+sin(5*x1)", "log(sin(50*x1)+2)+sin(5*x1)"},
        {"((x1))", "x1"},
        {"(x1+x2)+x3", "x1+x2+x3"},
        {"x1+(x2+x3)", "x1+(x2+x3)"},
        {"x1-(x2-x3)-(x1*x2)", "x1-(x2-x3)-x1*x2"},
        {"x1/(x2*x3)/(x2/x3)", "x1/(x2*x3)/(x2/x3)"},
        {"-x1^2", "-x1^2"},
        {"(-x1)^2", "(-x1)^2"},
        {"(x1^2)^3", "(x1^2)^3"},
        {"x1^2^3", "x1^8"},
        {"x1^-0.5", "x1^(-1/2)"},
        {"0.5*x1 + x2*-3", "(1/2)*x1+x2*(-3)"},
        {"-x1*x2; -(x1*x2)", "-x1*x2; -(x1*x2)"},
        {"sqrt(1/2)", "sqrt(1/2)"},
        {"max(x1,x2,x3)", "max(max(x1, x2), x3)"},
        {"sin(x1)*sin(x1)", "let t1 = sin(x1); t1*t1"},
        {"let t2 = x1*x1; exp(t2)+t2; t2", "let t1 = x1*x1; exp(t1)+t1; t1"},
        {"let unused = x3^2; pi*e", "pi*e"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_written(3, cases[k][0], cases[k][1]);
}

static void test_equal_parts_are_one_node(void **state)
{
    (void)state;
    expression u;
    parse(&u, 2, "let a = sin(x1+0.5); a*sin(x1+1/2) - sin(x1+2/4)");
    assert_int_equal(u.nodes, 6); /* x1, 1/2, +, sin, *, - */
    assert_int_equal(u.constants, 1);
    expression_clear(&u);
    parse(&u, 2, "x1+x2;x2+x1");
    assert_int_equal(u.nodes, 4);
    assert_int_equal(u.outputs, 2);
    expression_clear(&u);
}

/* --- errors --------------------------------------------------------------------------------------------- */

static void test_errors_point_at_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line;
        const char *message;
    } cases[] = {
        {"", 1, "column 1: the formula ends where a number, a name or '(' should follow"},
        {"# nothing\n  ", 2, "column 3: the formula ends"},
        {"# nothing\r\r\n  ", 3, "column 3: the formula ends"},
        {"1+", 1, "column 3: the formula ends where a number, a name or '(' should follow"},
        {"1+*2", 1, "column 3: '*' stands where a number, a name or '(' should"},
        {"1 2", 1, "column 3: '2' stands where an operator, ';' or the end should"},
        {"2x1", 1, "column 2: 'x1' stands where an operator, ';' or the end should"},
        {"2e", 1, "column 2: 'e' stands where an operator, ';' or the end should"},
        {"0x1", 1, "column 2: 'x1' stands where an operator, ';' or the end should"},
        {"1.2.3", 1, "column 4: '.3' stands where an operator"},
        {"x1.", 1, "column 3: '.' stands where an operator"},
        {"(1", 1, "column 1: this '(' is never closed"},
        {"((1)", 1, "column 1: this '(' is never closed"},
        {"1+(2*(3)", 1, "column 3: this '(' is never closed"},
        {"x1 + sin(2", 1, "column 6: the '(' of this function is never closed"},
        {"(1;2)", 1, "column 1: this '(' is never closed"},
        {"1)", 1, "column 2: ')' closes nothing"},
        {"()", 1, "column 2: ')' stands where a number"},
        {"sin()", 1, "column 5: ')' stands where a number"},
        {"sin 1", 1, "column 5: '1' stands where the function's '(' should"},
        {"sin", 1, "column 4: the formula ends where the function's '(' should follow"},
        {"sin(1,2)", 1, "column 1: sin has more than one argument"},
        {"1+max(1)", 1, "column 3: max has one argument (give two or more)"},
        {"max(1,)", 1, "column 7: ')' stands where a number"},
        {"1,2", 1, "column 2: ',' outside of a function's arguments"},
        {"max(1,(2,3))", 1, "column 9: ',' outside of a function's arguments"},
        {"x3", 1, "column 1: 'x3' is beyond the last input, x2"},
        {"x1\n+\n x99999999999999999999999", 3,
         "column 2: 'x99999999999999999999999' is beyond the last input, x2"},
        {"x0", 1, "column 1: 'x0' is no input (the first is x1)"},
        {"x01", 1, "column 1: 'x01' is no input"},
        {"y", 1, "column 1: 'y' is not defined"},
        {"X1", 1, "column 1: 'X1' is not defined"},
        {"Sin(x1)", 1, "column 1: 'Sin' is not defined"},
        {"let a = a; 1", 1, "column 9: 'a' is not defined"},
        {"let a = 1; let a = 2; a", 1, "column 16: 'a' is defined twice"},
        {"let pi = 3; pi", 1, "column 5: 'pi' has a meaning of its own"},
        {"let x7 = 3; x7", 1, "column 5: 'x7' has a meaning of its own"},
        {"let let = 3", 1, "column 5: 'let' has a meaning of its own"},
        {"let max = 3", 1, "column 5: 'max' has a meaning of its own"},
        {"let 3 = 3", 1, "column 5: '3' stands where the name that is defined should"},
        {"let a 3", 1, "column 7: '3' stands where '=' should"},
        {"let a =; 1", 1, "column 8: ';' stands where a number"},
        {"let a = 1;", 1, "column 11: nothing but definitions"},
        {"1 + let", 1, "column 5: 'let' stands where a value should"},
        {"1 = 2", 1, "column 3: '=' stands where an operator"},
        {";1", 1, "column 1: ';' stands where a number"},
        {"1;;2", 1, "column 3: ';' stands where a number"},
        {"x1 ** 2", 1, "column 5: '*' stands where a number"},
        {"x1 $ 2", 1, "column 4: '$' stands where an operator"},
        {"\xc3\xa4 + 1", 1, "column 1: a character that formulas do not use (byte 0xC3)"},
        {"# \xc3\xa4\nx1 \xe2\x88\x92 1", 2, "column 4: a character that formulas do not use (byte 0xE2)"},
        {"x1 + \x01", 1, "column 6: a character that formulas do not use (byte 0x01)"},
        {"1/0", 1, "column 2: division by zero"},
        {"x1/(2-2)", 1, "column 3: division by zero"},
        {"0^-1", 1, "column 2: 0 to a negative power"},
        {"0^(-1/2)", 1, "column 2: 0 to a negative power"},
        {"(-8)^(1/3)", 1, "column 5: a negative number to a power that is not an integer"},
        {"x1^x2", 1, "column 3: the exponent is not a rational constant"},
        {"x1^pi", 1, "column 3: the exponent is not a rational constant"},
        {"1e1000001", 1, "column 1: '1e1000001': exponent beyond 1000000"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_refused(2, cases[k].text, cases[k].line, cases[k].message);
}

/* A character that no formula uses is found exactly where it is, between words, numbers and signs. */
static void test_every_position(void **state)
{
    (void)state;
    static const char text[] = "let a = sin(50*x1)+2;\nlog(a)^(1/3) - min(x1,\n 1.5,-x2);  a\n";
    static const char *const signs[] = {"$", "?", "\xe2\x88\x92"};
    long line = 1, column = 1;
    for (size_t k = 0; k <= strlen(text); k++) {
        bool inside = k > 0 && isalnum((unsigned char)text[k - 1]) && isalnum((unsigned char)text[k]);
        for (size_t s = 0; !inside && s < sizeof signs / sizeof *signs; s++) {
            char *spoilt = mem_printf("%.*s%s%s", (int)k, text, signs[s], text + k);
            char *where = mem_printf("column %ld: ", column);
            expect_refused(2, spoilt, line, where);
            free(spoilt);
            free(where);
        }
        column = text[k] == '\n' ? 1 : column + 1;
        line += text[k] == '\n';
    }
}

/* --- limits --------------------------------------------------------------------------------------------- */

static void test_limits(void **state)
{
    (void)state;
    expression u;
    parse(&u, 1, "2^65535*x1; x1/2^65535; x1^1000000000; x1^(-1/1000000000); 1^1000000000");
    expression_clear(&u);
    static const char *const refused[][2] = {
        {"2^65536", "column 2: a constant of more than 65536 bits"},
        {"1/2^65536", "column 4: a constant of more than 65536 bits"},
        {"2^65535*2", "column 8: a constant of more than 65536 bits"},
        {"2^65535+2^65535", "column 8: a constant of more than 65536 bits"},
        {"1e20000", "column 1: '1e20000': a constant of more than 65536 bits"},
        {"x1^1000000001", "column 3: an exponent beyond 1000000000"},
        {"x1^(1/1000000001)", "column 3: an exponent beyond 1000000000"},
        {"10^10^10", "column 3: an exponent beyond 1000000000"},
        {"10^10^9", "column 3: a constant of more than 65536 bits"},
        {"(3/2)^-10^9", "column 6: a constant of more than 65536 bits"},
    };
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++)
        expect_refused(1, refused[k][0], 1, refused[k][1]);
}

/* Many long constants: each is within its limit, all together are not. */
static void test_room_for_constants(void **state)
{
    (void)state;
    size_t count = EXPRESSION_ROOM / EXPRESSION_BITS + 100, length = 0;
    char *text = mem_alloc(count, 32);
    length += (size_t)sprintf(text, "let a = 2^65535;");
    for (size_t k = 0; k < count; k++)
        length += (size_t)sprintf(text + length, "x1*(a+%zu);", k);
    expression u;
    error e = ERROR_NONE;
    assert_false(parse_bytes(&u, 1, text, length, &e));
    assert_non_null(strstr(e.message, "the constants are too long to be held exactly"));
    error_clear(&e);
    free(text);
}

/* `count` times the first text, then the second, then `count` times the third. */
static char *nest(size_t count, const char *before, const char *inner, const char *after)
{
    size_t a = strlen(before), b = strlen(after), i = strlen(inner);
    char *text = mem_alloc(count * (a + b) + i + 1, 1);
    for (size_t k = 0; k < count; k++) {
        memcpy(text + k * a, before, a);
        memcpy(text + count * a + i + k * b, after, b);
    }
    memcpy(text + count * a, inner, i);
    return text;
}

/* Nesting of any depth is read, written and read again, or refused; the stack does not matter. */
static void test_deep_nesting(void **state)
{
    (void)state;
    static const char *const good[][3] = {{"(", "x1", ")"},   {"-", "x1", ""},      {"sin(", "x1", ")"},
                                          {"x1+(", "1", ")"}, {"(", "x1", "*x1)"},  {"max(x1,", "1", ")"},
                                          {"", "x1", "-x1"},  {"(1+", "x1", ")^2"}, {"+", "x1", ""},
                                          {"", "x1", "/2"},   {"x1/(", "x1", ")"},  {"1-(", "x1", ")/x1"}};
    static const char *const bad[][3] = {{"(", "", ""}, {"", "1", ")"},  {"sin(", "", ""}, {"min(1,", "", ""},
                                         {"-", "", ""}, {"2^", "1", ""}, {"x1^", "1", "x"}};
    const size_t depth = 40000;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        char *text = nest(depth, good[k][0], good[k][1], good[k][2]);
        expression u, v;
        parse(&u, 1, text);
        char *written = expression_text(&u);
        parse(&v, 1, written);
        assert_true(expression_equal(&u, &v));
        free(written);
        free(text);
        expression_clear(&u);
        expression_clear(&v);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char *text = nest(depth, bad[k][0], bad[k][1], bad[k][2]);
        expression u;
        error e = ERROR_NONE;
        bool accepted = parse_bytes(&u, 1, text, strlen(text), &e);
        if (accepted) /* 2^2^…^1 is a small constant */
            expression_clear(&u);
        assert_true(accepted == (k == 5 && e.message == NULL));
        error_clear(&e);
        free(text);
    }
}

/* A graph whose tree would have 2^1000 leaves. */
static void test_shared_parts_stay_shared(void **state)
{
    (void)state;
    char *text = mem_copy_string("let a0 = x1;");
    for (int k = 1; k <= 1000; k++) {
        char *longer = mem_printf("%slet a%d = a%d*a%d+1;", text, k, k - 1, k - 1);
        free(text);
        text = longer;
    }
    char *all = mem_printf("%sa1000", text);
    expression u, v;
    parse(&u, 1, all);
    assert_int_equal(u.nodes, 2002);
    char *written = expression_text(&u);
    assert_true(strlen(written) < 50000);
    parse(&v, 1, written);
    assert_true(expression_equal(&u, &v));
    expression_clear(&u);
    expression_clear(&v);
    free(written);
    free(text);
    free(all);
}

/* --- random texts --------------------------------------------------------------------------------------- */

/* What is written is read as the same, and written the same. Some random texts divide by a constant zero and
 * the like. */
static void test_round_trip(void **state)
{
    (void)state;
    size_t refused = 0, cases = random_effort(3000);
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        char *text = random_formulas(&r, 3, 12);
        expression u, v;
        error e = ERROR_NONE;
        if (parse_bytes(&u, 3, text, strlen(text), &e)) {
            char *written = expression_text(&u), *again;
            parse(&v, 3, written);
            again = expression_text(&v);
            if (!expression_equal(&u, &v) || strcmp(written, again) != 0)
                fail_msg("seed %ju: '%s' was written as '%s', then '%s'", (uintmax_t)(seed + k), text,
                         written, again);
            expression_clear(&u);
            expression_clear(&v);
            free(written);
            free(again);
        }
        refused += e.message != NULL;
        error_clear(&e);
        free(text);
    }
    assert_true(refused < cases / 2);
}

/* Cut, spoilt and shuffled texts: accepted or refused, with a place inside the text. */
static void test_damaged_texts(void **state)
{
    (void)state;
    static const char letters[] = "+-*/^(),;=.#\n 0123456789exlt\xff\x80\x00";
    for (size_t k = 0; k < random_effort(6000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        char *text = random_formulas(&r, 2, 8);
        size_t size = strlen(text);
        for (size_t changes = 1 + (size_t)rng_below(&r, 4); changes > 0 && size > 0; changes--)
            text[rng_below(&r, size)] = letters[rng_below(&r, sizeof letters)];
        if (rng_chance(&r, 30))
            size = (size_t)rng_below(&r, size + 1);
        expression u;
        error e = ERROR_NONE;
        if (parse_bytes(&u, 2, text, size, &e)) {
            char *written = expression_text(&u);
            free(written);
            expression_clear(&u);
        } else {
            long column = 0;
            assert_int_equal(sscanf(e.message, "column %ld: ", &column), 1);
            assert_true(e.line >= 1 && column >= 1 && column <= (long)size + 1);
            error_clear(&e);
        }
        free(text);
    }
}

int main(void)
{
    seed = random_seed("expression");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_canonical_text),
        cmocka_unit_test(test_equal_parts_are_one_node),
        cmocka_unit_test(test_errors_point_at_the_place),
        cmocka_unit_test(test_every_position),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_room_for_constants),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_shared_parts_stay_shared),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_damaged_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
