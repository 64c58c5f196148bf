/* Strict reading of certificate lines: see line.h. */
#include "proof/line.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

bool line_error(const line_reader *r, error *e, const char *what)
{
    return error_set(e, r->name, r->number, "%s", what);
}

/* Tokens are separated by exactly one blank. */
static bool is_well_formed(const line_reader *r)
{
    bool after_blank = true;
    for (size_t k = 0; k < r->length; k++) {
        bool blank = r->text[k] == ' ';
        if (r->text[k] < ' ' || r->text[k] > '~' || (blank && after_blank))
            return false;
        after_blank = blank;
    }
    return !after_blank;
}

bool line_next(line_reader *r, error *e)
{
    r->length = r->cursor = 0;
    r->number++;
    int byte;
    while ((byte = getc_unlocked(r->stream)) != EOF && byte != '\n') {
        r->text = mem_grow(r->text, &r->capacity, r->length + 1, 1);
        r->text[r->length++] = (char)byte;
    }
    if (ferror(r->stream))
        return error_set(e, r->name, r->number, "cannot be read: %s", strerror(errno));
    if (byte == EOF)
        return line_error(r, e, "the certificate ends too early (was it written completely?)");
    if (!is_well_formed(r))
        return line_error(r, e, "malformed line (tokens are printable and separated by one blank)");
    if (r->digest != NULL) {
        digest_add(r->digest, r->length, r->text);
        digest_add(r->digest, 1, "\n");
    }
    return true;
}

void line_hold(line_reader *r, const char *line)
{
    r->length = strcspn(line, "\n");
    r->cursor = 0;
    r->text = mem_grow(r->text, &r->capacity, r->length + 1, 1);
    memcpy(r->text, line, r->length);
}

void line_clear(line_reader *r)
{
    free(r->text);
    *r = (line_reader){0};
}

bool line_at_end(const line_reader *r)
{
    return r->cursor >= r->length;
}

const char *line_token(line_reader *r, size_t *length)
{
    if (line_at_end(r))
        return NULL;
    const char *token = r->text + r->cursor;
    const char *blank = memchr(token, ' ', r->length - r->cursor);
    *length = blank == NULL ? r->length - r->cursor : (size_t)(blank - token);
    r->cursor += *length + 1;
    return token;
}

bool line_word(line_reader *r, const char *word, error *e)
{
    size_t length;
    const char *token = line_token(r, &length);
    if (token == NULL || length != strlen(word) || memcmp(token, word, length) != 0)
        return error_set(e, r->name, r->number, "'%s' expected", word);
    return true;
}

bool line_size(line_reader *r, size_t *value, error *e)
{
    size_t length;
    const char *token = line_token(r, &length);
    *value = 0;
    if (token == NULL || length == 0 || (length > 1 && token[0] == '0'))
        return line_error(r, e, "whole number expected");
    for (size_t k = 0; k < length; k++) {
        if (token[k] < '0' || token[k] > '9' || *value > (SIZE_MAX - 9) / 10)
            return line_error(r, e, "whole number expected");
        *value = *value * 10 + (size_t)(token[k] - '0');
    }
    return true;
}

bool line_rational(line_reader *r, mpq_t value, error *e)
{
    size_t length;
    const char *token = line_token(r, &length);
    const char *wrong = token == NULL ? "number expected" : rational_parse_canonical(value, token, length);
    return wrong == NULL ||
           error_set(e, r->name, r->number, "%s (numbers are integers or fractions in lowest terms)", wrong);
}

bool line_digest(line_reader *r, char digest[DIGEST_SIZE], error *e)
{
    size_t length;
    const char *token = line_token(r, &length);
    bool whole = token != NULL && length == DIGEST_SIZE - 1;
    if (whole)
        memcpy(digest, token, DIGEST_SIZE - 1);
    digest[whole ? DIGEST_SIZE - 1 : 0] = '\0';
    return (whole && strspn(digest, "0123456789abcdef") == DIGEST_SIZE - 1) ||
           line_error(r, e, "SHA-256 digest expected (64 hexadecimal digits)");
}

bool line_next_is(const line_reader *r, const char *text)
{
    line_reader copy = *r;
    size_t length;
    const char *token = line_token(&copy, &length);
    return token != NULL && length == strlen(text) && memcmp(token, text, length) == 0;
}

bool line_rest_is(const line_reader *r, const char *text)
{
    size_t length = r->cursor < r->length ? r->length - r->cursor : 0;
    return length == strlen(text) && memcmp(r->text + r->cursor, text, length) == 0;
}

bool line_finish(const line_reader *r, error *e)
{
    return line_at_end(r) || line_error(r, e, "unexpected text at the end of the line");
}
