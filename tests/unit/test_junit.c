/* JUnit reports: every kind of text must come out as XML that says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "cli/junit.h"
#include "random.h"

static uint64_t seed;

static char *printed(const junit *j)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    junit_print(stream, j);
    fclose(stream);
    return text;
}

/* The report of one case with this message. */
static char *report_of(const char *message)
{
    junit j;
    junit_init(&j, "suite");
    junit_add(&j, &(junit_case){.name = "case", .outcome = JUNIT_FAILURE, .message = message});
    char *text = printed(&j);
    junit_clear(&j);
    return text;
}

static void expect_texts(const char *message, const char *attribute, const char *content)
{
    char *report = report_of(message);
    char *wanted = mem_printf("<failure message=\"%s\">%s</failure>", attribute, content);
    if (strstr(report, wanted) == NULL)
        fail_msg("no %s in %s", wanted, report);
    free(report);
    free(wanted);
}

static void test_whole_report(void **state)
{
    (void)state;
    junit j;
    junit_init(&j, "supcert check");
    junit_add(&j, &(junit_case){.name = "a", .seconds = 0.25, .output = "fine\n"});
    junit_add(&j, &(junit_case){.name = "b", .seconds = 1, .outcome = JUNIT_FAILURE, .message = "1 < 2"});
    junit_add(&j, &(junit_case){.name = "c", .outcome = JUNIT_ERROR});
    char *text = printed(&j);
    assert_string_equal(text,
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<testsuites tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"0\" time=\"1.250\">\n"
                        "  <testsuite name=\"supcert check\" tests=\"3\" failures=\"1\" errors=\"1\" "
                        "skipped=\"0\" time=\"1.250\">\n"
                        "    <testcase classname=\"supcert check\" name=\"a\" time=\"0.250\">\n"
                        "      <system-out>fine\n</system-out>\n"
                        "    </testcase>\n"
                        "    <testcase classname=\"supcert check\" name=\"b\" time=\"1.000\">\n"
                        "      <failure message=\"1 &lt; 2\">1 &lt; 2</failure>\n"
                        "    </testcase>\n"
                        "    <testcase classname=\"supcert check\" name=\"c\" time=\"0.000\">\n"
                        "      <error message=\"\"></error>\n"
                        "    </testcase>\n"
                        "  </testsuite>\n"
                        "</testsuites>\n");
    free(text);
    junit_clear(&j);
}

static void test_no_cases(void **state)
{
    (void)state;
    junit j;
    junit_init(&j, "none");
    char *text = printed(&j);
    assert_non_null(strstr(text, "<testsuite name=\"none\" tests=\"0\" failures=\"0\""));
    free(text);
    junit_clear(&j);
}

static void test_markup(void **state)
{
    (void)state;
    expect_texts("a & b < c > d \" e ' f", "a &amp; b &lt; c &gt; d &quot; e ' f",
                 "a &amp; b &lt; c &gt; d &quot; e ' f");
    expect_texts("]]>", "]]&gt;", "]]&gt;");
    expect_texts("a\tb\nc\rd", "a&#9;b&#10;c&#13;d", "a\tb\nc&#13;d");
    expect_texts("", "", "");
}

static void test_characters(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\x01\x08\x0b\x1f\x7f", "????\x7f"},
        {"\x1b[31m", "?[31m"},
        {"\xc3\xa4", "\xc3\xa4"},
        {"\xe2\x82\xac\xf0\x9f\x98\x80", "\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xff\xfe", "??"},
        {"a\x80z", "a?z"},
        {"\xc3", "?"}, /* cut off */
        {"\xe2\x82", "??"},
        {"\xf0\x9f\x98", "???"},
        {"\xc3(", "?("},
        {"\xc1\xbf", "??"}, /* overlong */
        {"\xe0\x9f\xbf", "???"},
        {"\xe0\xa0\x80", "\xe0\xa0\x80"},
        {"\xf0\x8f\xbf\xbf", "????"},
        {"\xf0\x90\x80\x80", "\xf0\x90\x80\x80"},
        {"\xed\x9f\xbf", "\xed\x9f\xbf"},
        {"\xed\xa0\x80", "???"}, /* surrogates */
        {"\xee\x80\x80", "\xee\x80\x80"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},
        {"\xef\xbf\xbe", "???"}, /* U+FFFE */
        {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
        {"\xf4\x90\x80\x80", "????"}, /* beyond U+10FFFF */
        {"\xf8\x88\x80\x80\x80", "?????"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_texts(cases[k][0], cases[k][1], cases[k][1]);
}

/* Whatever the bytes, the message adds no markup: the report has as many tags as one without it. */
static void test_random_bytes(void **state)
{
    (void)state;
    for (size_t k = 0; k < random_effort(500); k++) {
        rng r;
        char bytes[32] = "";
        rng_seed(&r, seed + k);
        for (size_t i = 0; i + 1 < sizeof bytes; i++)
            bytes[i] = (char)rng_next(&r);
        char *report = report_of(bytes);
        size_t tags = 0;
        for (const char *c = report; *c != '\0'; c++) {
            unsigned char byte = (unsigned char)*c;
            tags += byte == '<';
            assert_true(byte >= 0x20 || byte == '\n' || byte == '\t');
        }
        assert_int_equal(tags, 9);
        free(report);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_report), cmocka_unit_test(test_no_cases),
        cmocka_unit_test(test_markup),       cmocka_unit_test(test_characters),
        cmocka_unit_test(test_random_bytes),
    };
    seed = random_seed("test_junit");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
