/* Samples: see samples.h. */
#include "network/samples.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "number/rational.h"

/* --- lines ------------------------------------------------------------------------------------------------
 */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_blank_line(const sample_reader *r)
{
    for (size_t k = 0; k < r->length; k++)
        if (!is_blank(r->text[k]) || r->text[k] == r->separator)
            return false;
    return true;
}

/* The next line as it is in the file, entered into the digest; SAMPLE_END at the end of the file. */
static sample_status read_line(sample_reader *r, error *e)
{
    errno = 0;
    ssize_t got = getline(&r->text, &r->capacity, r->stream);
    if (got < 0 && (ferror(r->stream) || !feof(r->stream))) {
        error_set(e, r->name, r->line + 1, "cannot be read: %s", strerror(errno));
        return SAMPLE_BAD;
    }
    if (got < 0)
        return SAMPLE_END;
    r->line++;
    r->length = (size_t)got;
    r->bytes += r->length;
    digest_add(r->digest, r->length, r->text);
    return text_check(r->name, r->line, r->text, r->length, e) ? SAMPLE_READ : SAMPLE_BAD;
}

/* The next line that is not blank, without its end. */
static sample_status next_line(sample_reader *r, error *e)
{
    sample_status status;
    while ((status = read_line(r, e)) == SAMPLE_READ) {
        if (r->line == 1 && r->length >= 3 && memcmp(r->text, "\xEF\xBB\xBF", 3) == 0) {
            r->length -= 3;
            memmove(r->text, r->text + 3, r->length);
        }
        if (r->length > 0 && r->text[r->length - 1] == '\n')
            r->length--;
        if (r->length > 0 && r->text[r->length - 1] == '\r')
            r->length--;
        if (!is_blank_line(r))
            break;
    }
    return status;
}

/* --- fields -----------------------------------------------------------------------------------------------
 */

typedef struct field {
    const char *text;
    size_t length;
} field;

/* Takes the field at *at, without blanks around it, and moves on behind its separator; *at becomes NULL after
 * the last one. */
static field next_field(const sample_reader *r, const char **at)
{
    const char *end = r->text + r->length, *start = *at;
    const char *stop = memchr(start, r->separator, (size_t)(end - start));
    *at = stop == NULL ? NULL : stop + 1;
    stop = stop == NULL ? end : stop;
    while (start < stop && is_blank(*start))
        start++;
    while (stop > start && is_blank(stop[-1]))
        stop--;
    return (field){start, (size_t)(stop - start)};
}

static bool equals(field f, const char *word)
{
    return f.length == strlen(word) && strncasecmp(f.text, word, f.length) == 0;
}

static bool is_name(field f)
{
    bool starts = f.length > 0 && (isalpha((unsigned char)*f.text) || *f.text == '_' || *f.text == '"');
    return starts && !equals(f, "nan") && !equals(f, "inf") && !equals(f, "infinity");
}

static char choose_separator(const sample_reader *r)
{
    if (memchr(r->text, ';', r->length) != NULL)
        return ';';
    return memchr(r->text, '\t', r->length) != NULL ? '\t' : ',';
}

/* Counts the fields of the first line; tells whether it is a header, and whether its last field is y. */
static size_t look_at_first(const sample_reader *r, bool *header, bool *last_is_y)
{
    size_t fields = 0;
    *header = true;
    for (const char *at = r->text; at != NULL; fields++) {
        field f = next_field(r, &at);
        *header = *header && is_name(f);
        *last_is_y = equals(f, "y") || equals(f, "\"y\"");
    }
    return fields;
}

/* --- the file ---------------------------------------------------------------------------------------------
 */

static FILE *open_stream(const char *path, error *e)
{
    struct stat about;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        error_set(e, path, 0, "cannot open: %s (check the path)", strerror(errno));
    } else if (fstat(fileno(stream), &about) == 0 && S_ISDIR(about.st_mode)) {
        error_set(e, path, 0, "is a directory (name a file of samples)");
        fclose(stream);
        return NULL;
    }
    return stream;
}

static bool no_samples(const sample_reader *r, error *e)
{
    return error_set(e, r->name, 0, "holds no samples (write one a line: x_1,...,x_d or x_1,...,x_d,y)");
}

/* Learns from the first line how lines look, and reads on to the first sample. */
static bool start(sample_reader *r, size_t inputs, error *e)
{
    bool header = false, last_is_y = false;
    sample_status status = next_line(r, e);
    if (status != SAMPLE_READ)
        return status == SAMPLE_END ? no_samples(r, e) : false;
    r->separator = choose_separator(r);
    size_t fields = look_at_first(r, &header, &last_is_y);
    r->inputs = inputs > 0 ? inputs : fields - (header && last_is_y && fields > 1);
    r->answers = fields != r->inputs;
    if (fields != r->inputs && fields != r->inputs + 1)
        return error_set(e, r->name, r->line,
                         "%zu values (write the %zu input%s of a sample and, if you like, its answer; "
                         "separated by commas, semicolons or tabs)",
                         fields, r->inputs, r->inputs == 1 ? "" : "s");
    if (header)
        status = next_line(r, e);
    r->held = status == SAMPLE_READ;
    return r->held || (status == SAMPLE_END ? no_samples(r, e) : false);
}

bool samples_open(sample_reader *r, const char *path, size_t inputs, error *e)
{
    *r = (sample_reader){.name = path, .digest = digest_new()};
    mpq_init(r->answer);
    r->stream = open_stream(path, e);
    if (r->stream != NULL && start(r, inputs, e))
        return true;
    samples_close(r);
    return false;
}

void samples_close(sample_reader *r)
{
    if (r->digest == NULL)
        return;
    if (r->stream != NULL)
        fclose(r->stream);
    mpq_clear(r->answer);
    digest_free(r->digest);
    free(r->text);
    *r = (sample_reader){.name = NULL};
}

/* Reads all fields of the line at hand. */
static bool read_values(sample_reader *r, mpq_t *x, error *e)
{
    size_t fields = r->inputs + r->answers, k = 0;
    const char *at = r->text;
    for (; at != NULL && k < fields; k++) {
        field f = next_field(r, &at);
        const char *reason = rational_parse(k < r->inputs ? x[k] : r->answer, f.text, f.length);
        if (reason != NULL)
            return error_set(e, r->name, r->line, "value %zu: %s (numbers are separated by %s)", k + 1,
                             reason,
                             r->separator == ';'    ? "semicolons"
                             : r->separator == '\t' ? "tabs"
                                                    : "commas");
    }
    return (k == fields && at == NULL) ||
           error_set(e, r->name, r->line, "%s %zu values (all lines of the file have equally many)",
                     at == NULL ? "fewer than" : "more than", fields);
}

sample_status samples_next(sample_reader *r, mpq_t *x, error *e)
{
    sample_status status = r->held ? SAMPLE_READ : next_line(r, e);
    r->held = false;
    if (status != SAMPLE_READ)
        return status;
    if (!read_values(r, x, e))
        return SAMPLE_BAD;
    r->count++;
    return SAMPLE_READ;
}

bool samples_digest(char text[DIGEST_SIZE], sample_reader *r, error *e)
{
    sample_status status;
    while ((status = read_line(r, e)) == SAMPLE_READ)
        continue;
    digest_text(text, r->digest);
    return status == SAMPLE_END;
}
