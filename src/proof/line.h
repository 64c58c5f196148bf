/* Reading a certificate line by line, token by token, strictly: tokens are separated by one blank, lines end
 * with '\n', no line is empty, and a byte that is no printable ASCII is an error. Trusted. */
#ifndef SUPCERT_PROOF_LINE_H
#define SUPCERT_PROOF_LINE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/error.h"

typedef struct line_reader {
    FILE *stream; /* borrowed */
    const char *name;
    long number;
    char *text; /* the line, without its end; owned */
    size_t length, capacity, cursor;
    digest_state *digest; /* borrowed; takes in every line that is read, with its end; NULL: none wanted */
} line_reader;

/* Reads the next line; false with *e at the end of the file, on a read error or on a malformed line. */
bool line_next(line_reader *r, error *e);
/* Takes a line from memory; `line` ends with '\n'. */
void line_hold(line_reader *r, const char *line);
void line_clear(line_reader *r);

/* The next token of the line, not terminated; NULL when there is none. */
const char *line_token(line_reader *r, size_t *length);
bool line_at_end(const line_reader *r);

/* Each reads one token or fails with *e. */
bool line_word(line_reader *r, const char *word, error *e);
bool line_size(line_reader *r, size_t *value, error *e);
bool line_rational(line_reader *r, mpq_t value, error *e);
/* A SHA-256 digest, 64 lower-case hexadecimal digits. */
bool line_digest(line_reader *r, char digest[DIGEST_SIZE], error *e);
bool line_finish(const line_reader *r, error *e); /* nothing may follow */

/* Whether the next token, or all that is left of the line, is `text`; nothing is read. */
bool line_next_is(const line_reader *r, const char *text);
bool line_rest_is(const line_reader *r, const char *text);

bool line_error(const line_reader *r, error *e, const char *what);

#endif
