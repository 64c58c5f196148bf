/* Rational numbers as text. Reading is compared with the arithmetic that the notation stands for, and with
 * what the C library prints; roundings are compared with MPFR and with their definition. */
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
#include "random_rational.h"

static uint64_t seed;

/* --- helpers ---------------------------------------------------------------------------------------------
 */

static void expect_read(rational_parser function, const char *text, const char *canonical)
{
    mpq_t value;
    mpq_init(value);
    const char *wrong = parse_text(function, value, text);
    if (wrong != NULL)
        fail_msg("'%s': %s", text, wrong);
    char *got = rational_text(value);
    assert_string_equal(got, canonical);
    free(got);
    mpq_clear(value);
}

static void expect_refused(rational_parser function, const char *text, const char *message)
{
    mpq_t value;
    mpq_init(value);
    const char *wrong = parse_text(function, value, text);
    if (wrong == NULL)
        fail_msg("'%s' was read as a number", text);
    assert_string_equal(wrong, message);
    assert_int_equal(mpq_sgn(value), 0);
    mpq_clear(value);
}

/* --- reading ---------------------------------------------------------------------------------------------
 */

static void test_liberal_forms(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"+0.00e5", "0"},
        {"0/7", "0"},
        {"-0x0p9", "0"},
        {"007", "7"},
        {"+12", "12"},
        {"-12", "-12"},
        {"3/4", "3/4"},
        {"-6/4", "-3/2"},
        {"+06/003", "2"},
        {"9223372036854775807/9223372036854775807", "1"},
        {"9999999999999999999", "9999999999999999999"},
        {"18446744073709551616", "18446744073709551616"},
        {"36893488147419103232/18446744073709551616", "2"},
        {"0.1", "1/10"},
        {".5", "1/2"},
        {"2.", "2"},
        {"-1.5e-3", "-3/2000"},
        {"1.5E+3", "1500"},
        {"25e-2", "1/4"},
        {"1250e-2", "25/2"},
        {"3125e-3", "25/8"},
        {"0.0000", "0"},
        {"1.25e1", "25/2"},
        {"1e0", "1"},
        {"1e-0000000000000002", "1/100"},
        {"0x10", "16"},
        {"0X1.8P-3", "3/16"},
        {"-0x.8", "-1/2"},
        {"0xfF.p4", "4080"},
        {"0x1.8p1", "3"},
        {"0x1e5", "485"},
        {"0x0.0p-1000000", "0"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_read(rational_parse, cases[k][0], cases[k][1]);
}

static void test_liberal_refusals(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",     "-",    "+",    "--1",   "+-1",   "- 1",   " 1",    "1 ",       "1,5",   "nan",   "inf",
        "-inf", "NaN",  ".",    "-.",    ".e1",   "e1",    "1e",    "1e+",      "1e1.0", "1e+-1", "1e 1",
        "1/",   "/2",   "1/-2", "1/+2",  "1.0/2", "1/2.0", "1/2/3", "1/2e1",    "0x",    "0x.",   "0x.p1",
        "0xg",  "0x1p", "1p3",  "0x1/2", "1f",    "1.2.3", "1_000", "\xc2\xbd", "1\t"};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_refused(rational_parse, cases[k], "not a number");
    expect_refused(rational_parse, "1/0", "zero denominator");
    expect_refused(rational_parse, "-0/000", "zero denominator");
    mpq_t value;
    mpq_init(value);
    assert_string_equal(rational_parse(value, "1\0002", 3), "not a number");
    assert_string_equal(rational_parse_canonical(value, "1\0002", 3), "not a number in canonical form");
    mpq_clear(value);
}

static void test_exponent_limit(void **state)
{
    (void)state;
    static const char *const within[] = {"1e1000000", "7e-1000000", "0x1p1000000", "0x1p-1000000",
                                         "1e0001000000"};
    static const char *const beyond[] = {"1e1000001",
                                         "1e-1000001",
                                         "0x1p1000001",
                                         "0x1p-1000001",
                                         "0e1000001",
                                         "1e99999999999999999999999999",
                                         "1e18446744073709551617",
                                         "1e-9223372036854775808"};
    mpq_t value, power;
    mpq_inits(value, power, NULL);
    for (size_t k = 0; k < sizeof within / sizeof *within; k++)
        assert_null(parse_text(rational_parse, value, within[k]));
    for (size_t k = 0; k < sizeof beyond / sizeof *beyond; k++)
        expect_refused(rational_parse, beyond[k], "exponent beyond 1000000");
    parse_text(rational_parse, value, "7e-1000000");
    mpz_ui_pow_ui(mpq_denref(power), 10, 1000000);
    mpz_set_ui(mpq_numref(power), 7);
    assert_true(mpq_equal(value, power));
    mpq_clears(value, power, NULL);
}

static void test_canonical_form(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0", "1", "-1", "10", "1/2", "-1/2", "3/2", "-10/3", "99999999999999999999/100000000000000000000"};
    static const char *const bad[] = {"",    "-",    "-0",   "00",   "01",   "-01",   "+1",   "1/",
                                      "/2",  "1/0",  "1/1",  "1/01", "0/1",  "0/2",   "1/-2", "1 ",
                                      " 1",  "1.0",  "1e1",  "0x1",  "1/2 ", "1/2/3", "--1",  "1//2",
                                      "-/2", "01/2", "-0/2", "1/02", "1;2",  "1/a",   "a/2"};
    static const char *const reducible[] = {"2/4", "-6/3", "18446744073709551616/18446744073709551618",
                                            "10000000000000000000/10000000000000000000", "5/25"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        expect_read(rational_parse_canonical, good[k], good[k]);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        expect_refused(rational_parse_canonical, bad[k], "not a number in canonical form");
    for (size_t k = 0; k < sizeof reducible / sizeof *reducible; k++)
        expect_refused(rational_parse_canonical, reducible[k], "fraction not in lowest terms");
}

/* Printing and both ways of reading give the value back; GMP prints and reads the same. */
static void test_text_round_trip(void **state)
{
    (void)state;
    mpq_t value, back;
    mpq_inits(value, back, NULL);
    for (size_t k = 0; k < random_effort(3000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        random_rational(value, &r);
        char *text = rational_text(value), *gmp = mpq_get_str(NULL, 10, value);
        assert_string_equal(text, gmp);
        assert_null(parse_text(rational_parse_canonical, back, text));
        assert_true(mpq_equal(value, back));
        assert_null(parse_text(rational_parse, back, text));
        assert_true(mpq_equal(value, back));
        free(text);
        free(gmp);
    }
    mpq_clears(value, back, NULL);
}

/* A short string of characters that occur in numbers. */
static void random_string(char *text, rng *r)
{
    static const char alphabet[] = "0000111223459-/-/+. exp";
    size_t length = rng_below(r, 7);
    for (size_t k = 0; k < length; k++)
        text[k] = alphabet[rng_below(r, sizeof alphabet - 1)];
    text[length] = '\0';
}

/* Canonical text is unique: what is accepted is what would be printed; and it means the same in the liberal
 * form. */
static void test_canonical_is_unique(void **state)
{
    (void)state;
    mpq_t value, other;
    mpq_inits(value, other, NULL);
    size_t accepted = 0;
    for (size_t k = 0; k < random_effort(100000); k++) {
        rng r;
        char text[16];
        rng_seed(&r, seed + k);
        random_string(text, &r);
        bool canonical = parse_text(rational_parse_canonical, value, text) == NULL;
        bool liberal = parse_text(rational_parse, other, text) == NULL;
        char *printed = rational_text(liberal ? other : value);
        assert_int_equal(canonical, liberal && strcmp(printed, text) == 0);
        assert_true(!canonical || mpq_equal(value, other));
        accepted += canonical;
        free(printed);
    }
    assert_true(accepted > 0);
    mpq_clears(value, other, NULL);
}

/* Appends random digits of the base to the text and to the number they spell. */
static void append_digits(char *text, mpq_t value, rng *r, size_t count, unsigned base)
{
    static const char digits[] = "0123456789abcdef";
    mpq_t q;
    mpq_init(q);
    bool zeros = rng_chance(r, 30);
    for (size_t k = 0; k < count; k++) {
        uint64_t digit = zeros && rng_chance(r, 90) ? 0 : rng_below(r, base);
        size_t length = strlen(text);
        text[length] = digits[digit];
        text[length + 1] = '\0';
        mpq_set_ui(q, base, 1);
        mpq_mul(value, value, q);
        mpq_set_ui(q, digit, 1);
        mpq_add(value, value, q);
    }
    mpq_clear(q);
}

/* A random number with point and exponent: its text, and its value by the meaning of the notation. */
static void random_float_text(char *text, mpq_t value, rng *r, bool hexadecimal)
{
    unsigned base = hexadecimal ? 16 : 10;
    size_t places = rng_chance(r, 70) ? random_length(r) : 0;
    size_t whole = places == 0 || rng_chance(r, 70) ? random_length(r) : 0;
    bool negative = rng_chance(r, 50);
    strcpy(text, negative ? "-" : rng_chance(r, 20) ? "+" : "");
    strcat(text, hexadecimal ? "0x" : "");
    mpq_set_ui(value, 0, 1);
    append_digits(text, value, r, whole, base);
    if (places > 0 || rng_chance(r, 20))
        strcat(text, ".");
    append_digits(text, value, r, places, base);
    scale_slowly(value, base, -(long)places);
    if (rng_chance(r, 70)) {
        long exponent = rng_between(r, -700, 700);
        sprintf(text + strlen(text), "%c%s%ld", hexadecimal ? 'p' : 'e',
                exponent >= 0 && rng_chance(r, 30) ? "+" : "", exponent);
        scale_slowly(value, hexadecimal ? 2 : 10, exponent);
    }
    if (negative)
        mpq_neg(value, value);
}

static void test_floats_by_meaning(void **state)
{
    (void)state;
    char *text = mem_alloc(4096, 1);
    mpq_t value, expected;
    mpq_inits(value, expected, NULL);
    for (size_t k = 0; k < random_effort(1000); k++) {
        rng r;
        rng_seed(&r, seed + k);
        random_float_text(text, expected, &r, rng_chance(&r, 40));
        const char *wrong = parse_text(rational_parse, value, text);
        if (wrong != NULL || !mpq_equal(value, expected))
            fail_msg("seed %ju: '%s': %s", (uintmax_t)(seed + k), text,
                     wrong == NULL ? "wrong value" : wrong);
    }
    free(text);
    mpq_clears(value, expected, NULL);
}

int main(void)
{
    seed = random_seed("rational");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_liberal_forms),     cmocka_unit_test(test_liberal_refusals),
        cmocka_unit_test(test_exponent_limit),    cmocka_unit_test(test_canonical_form),
        cmocka_unit_test(test_text_round_trip),   cmocka_unit_test(test_canonical_is_unique),
        cmocka_unit_test(test_floats_by_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
