/* The words and signs of a formula's text, with their places. */
#ifndef SUPCERT_TARGET_SCANNER_H
#define SUPCERT_TARGET_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER, /* digits, perhaps with a point and an exponent */
    TOKEN_NAME,   /* a letter or _, then letters, digits and _ */
    TOKEN_SIGN,   /* one of + - * / ^ ( ) , ; = */
    TOKEN_OTHER   /* any other character */
} token_kind;

typedef struct scanner {
    const char *at, *end; /* the rest of the text */
    long line, column;    /* of `at`, from 1, in characters of UTF-8 */
    token_kind kind;      /* the current token: */
    const char *token;
    size_t length; /* bytes */
    long token_line, token_column;
} scanner;

/* Starts before the first token. */
void scanner_start(scanner *s, const char *text, size_t size);
/* Moves to the next token. Blanks, newlines and comments, which begin with #, are skipped. */
void scanner_next(scanner *s);
/* Whether the current token is this sign. */
bool scanner_sign(const scanner *s, char sign);

#endif
