/* Scanning formulas: see scanner.h. */
#include "target/scanner.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A byte within a character of UTF-8, after its first. */
static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static void advance(scanner *s)
{
    char c = *s->at++;
    if (c == '\n' || (c == '\r' && (s->at >= s->end || *s->at != '\n'))) {
        s->line++;
        s->column = 1;
    } else if (s->at >= s->end || !continues(*s->at))
        s->column++;
}

static void skip_blanks(scanner *s)
{
    bool comment = false;
    while (s->at < s->end) {
        char c = *s->at;
        comment = c != '\n' && c != '\r' && (comment || c == '#');
        if (!comment && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return;
        advance(s);
    }
}

static void advance_digits(scanner *s)
{
    while (s->at < s->end && is_digit(*s->at))
        advance(s);
}

/* digits . digits e ± digits, where an e that no digits follow belongs to the next token. */
static void scan_number(scanner *s)
{
    advance_digits(s);
    if (s->at < s->end && *s->at == '.') {
        advance(s);
        advance_digits(s);
    }
    const char *p = s->at;
    if (p < s->end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < s->end && (*p == '+' || *p == '-'))
            p++;
        if (p < s->end && is_digit(*p)) {
            while (s->at < p)
                advance(s);
            advance_digits(s);
        }
    }
}

static bool starts_number(const scanner *s)
{
    return is_digit(*s->at) || (*s->at == '.' && s->end - s->at > 1 && is_digit(s->at[1]));
}

void scanner_start(scanner *s, const char *text, size_t size)
{
    *s = (scanner){.at = text, .end = text + size, .line = 1, .column = 1, .token = text};
}

void scanner_next(scanner *s)
{
    skip_blanks(s);
    s->token = s->at;
    s->token_line = s->line;
    s->token_column = s->column;
    if (s->at >= s->end)
        s->kind = TOKEN_END;
    else if (starts_number(s)) {
        s->kind = TOKEN_NUMBER;
        scan_number(s);
    } else if (is_letter(*s->at)) {
        s->kind = TOKEN_NAME;
        while (s->at < s->end && (is_letter(*s->at) || is_digit(*s->at)))
            advance(s);
    } else {
        s->kind = *s->at != '\0' && strchr("+-*/^(),;=", *s->at) != NULL ? TOKEN_SIGN : TOKEN_OTHER;
        advance(s);
        while (s->at < s->end && continues(*s->at))
            advance(s);
    }
    s->length = (size_t)(s->at - s->token);
}

bool scanner_sign(const scanner *s, char sign)
{
    return s->kind == TOKEN_SIGN && *s->token == sign;
}
