/* JUnit reports: see junit.h. */
#include "cli/junit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"

static char *copy(const char *text)
{
    return text == NULL ? NULL : mem_copy_string(text);
}

void junit_init(junit *j, const char *suite)
{
    *j = (junit){.suite = mem_copy_string(suite)};
}

void junit_add(junit *j, const junit_case *c)
{
    j->list = mem_grow(j->list, &j->capacity, mem_sum(j->count, 1), sizeof *j->list);
    j->list[j->count++] = (junit_case){.name = copy(c->name),
                                       .seconds = c->seconds,
                                       .outcome = c->outcome,
                                       .message = copy(c->message),
                                       .output = copy(c->output)};
}

void junit_clear(junit *j)
{
    for (size_t k = 0; k < j->count; k++) {
        free((char *)j->list[k].name);
        free((char *)j->list[k].message);
        free((char *)j->list[k].output);
    }
    free(j->list);
    free(j->suite);
    *j = (junit){.count = 0};
}

char *junit_message(const error *e)
{
    mem_text line;
    if (e->message == NULL)
        return NULL;
    error_print(mem_text_begin(&line), e);
    char *text = mem_text_end(&line);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* --- XML
 * -------------------------------------------------------------------------------------------------------------
 */

/* The length of the UTF-8 sequence that starts with this byte, and the payload of the byte; 0: no sequence
 * does. */
static size_t sequence_length(unsigned char byte, unsigned long *payload)
{
    static const struct {
        unsigned char mask, value;
    } leads[] = {{0x80, 0x00}, {0xe0, 0xc0}, {0xf0, 0xe0}, {0xf8, 0xf0}};
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        if ((byte & leads[k].mask) == leads[k].value) {
            *payload = byte & (unsigned char)~leads[k].mask;
            return k + 1;
        }
    return 0;
}

/* Whether XML 1.0 allows the character (its production Char). */
static bool is_allowed(unsigned long c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* Length of the allowed character at the start of the text; 0 where there is none. */
static size_t character_length(const char *text)
{
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length; below it is overlong */
    unsigned long c;
    size_t length = sequence_length((unsigned char)text[0], &c);
    for (size_t k = 1; k < length; k++) { /* the zero at the end is no continuation */
        if (((unsigned char)text[k] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | ((unsigned char)text[k] & 0x3f);
    }
    return length > 0 && c >= least[length] && is_allowed(c) ? length : 0;
}

/* How the character has to be written in the content of an element or in an attribute in double quotes; NULL:
 * as it is. */
static const char *entity(char c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\r': /* it would be read as the end of a line */
        return "&#13;";
    case '\n': /* in an attribute these two would be read as blanks */
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void put_text(FILE *out, const char *text, bool attribute)
{
    while (*text != '\0') {
        size_t length = character_length(text);
        const char *special = length == 0 ? "?" : entity(*text, attribute);
        if (special != NULL)
            fputs(special, out);
        else
            fwrite(text, 1, length, out);
        text += length == 0 ? 1 : length;
    }
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_text(out, value, true);
    fputc('"', out);
}

static void put_totals(FILE *out, const junit *j)
{
    size_t outcomes[] = {0, 0, 0};
    double seconds = 0;
    for (size_t k = 0; k < j->count; k++) {
        outcomes[j->list[k].outcome]++;
        seconds += j->list[k].seconds;
    }
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\">\n", j->count,
            outcomes[JUNIT_FAILURE], outcomes[JUNIT_ERROR], seconds);
}

static void put_case(FILE *out, const junit *j, const junit_case *c)
{
    fputs("    <testcase", out);
    put_attribute(out, "classname", j->suite);
    put_attribute(out, "name", c->name);
    fprintf(out, " time=\"%.3f\">\n", c->seconds);
    if (c->outcome != JUNIT_PASSED) {
        const char *message = c->message == NULL ? "" : c->message;
        const char *element = c->outcome == JUNIT_FAILURE ? "failure" : "error";
        fprintf(out, "      <%s", element);
        put_attribute(out, "message", message);
        fputc('>', out);
        put_text(out, message, false);
        fprintf(out, "</%s>\n", element);
    }
    if (c->output != NULL) {
        fputs("      <system-out>", out);
        put_text(out, c->output, false);
        fputs("</system-out>\n", out);
    }
    fputs("    </testcase>\n", out);
}

static const char beginning[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";

void junit_print(FILE *out, const junit *j)
{
    fputs(beginning, out);
    put_totals(out, j);
    fputs("  <testsuite", out);
    put_attribute(out, "name", j->suite);
    put_totals(out, j);
    for (size_t k = 0; k < j->count; k++)
        put_case(out, j, &j->list[k]);
    fputs("  </testsuite>\n</testsuites>\n", out);
}

bool junit_write(const junit *j, const char *path, error *e)
{
    file_output out = {.stream = NULL};
    if (!file_output_open(&out, path, e))
        return false;
    junit_print(out.stream, j);
    return file_output_commit(&out, e);
}

bool junit_is_report(const char *path)
{
    struct stat about;
    bool regular = stat(path, &about) == 0 && S_ISREG(about.st_mode);
    FILE *stream = regular ? fopen(path, "rb") : NULL;
    if (stream == NULL)
        return false;
    char text[sizeof beginning - 1];
    bool ours =
        fread(text, 1, sizeof text, stream) == sizeof text && memcmp(text, beginning, sizeof text) == 0;
    fclose(stream);
    return ours;
}
