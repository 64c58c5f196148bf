/* Samples: points, one a line, read from CSV text as a stream. Memory does not depend on their number.
 *
 * A line holds the inputs x_1 … x_d and, optionally, an answer y, as exact numbers (integers, fractions,
 * decimals with exponents, hexadecimal floats), separated by commas, semicolons or tabs: whichever of
 * semicolon, tab, comma occurs in the first line, in this order of preference. Blanks around a number, a
 * carriage return before the end of a line, blank lines and a byte order mark are skipped. The first line is
 * a header if every field of it starts with a letter, '_' or '"' and none is "nan", "inf" or "infinity". All
 * lines have the same number of fields. Trusted. */
#ifndef SUPCERT_NETWORK_SAMPLES_H
#define SUPCERT_NETWORK_SAMPLES_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/error.h"

typedef struct sample_reader {
    const char *name; /* for messages, borrowed */
    long line;        /* of the sample read last */
    size_t inputs;    /* d */
    bool answers;     /* every line has one field more than inputs */
    mpq_t answer;     /* of the sample read last, where there are answers */
    size_t count;     /* samples read so far */
    size_t bytes;     /* of the file read so far */
    /* private: */
    FILE *stream;
    char separator;
    char *text; /* the line at hand */
    size_t capacity, length;
    bool held; /* the line at hand is a sample that is still to be returned */
    digest_state *digest;
} sample_reader;

typedef enum sample_status { SAMPLE_READ, SAMPLE_END, SAMPLE_BAD } sample_status;

/* Opens the file. Its lines must have `inputs` fields, or one more; with inputs = 0 the file decides: if the
 * header's last field is "y", all others are inputs, else all. A file without any sample is an error. On
 * failure *r is cleared. */
bool samples_open(sample_reader *r, const char *path, size_t inputs, error *e);
void samples_close(sample_reader *r);

/* Reads the next sample into x (r->inputs initialised values). SAMPLE_BAD: *e says where and why. */
sample_status samples_next(sample_reader *r, mpq_t *x, error *e);

/* SHA-256 of the whole file; reads what is left of it. False with *e if it cannot be read. */
bool samples_digest(char text[DIGEST_SIZE], sample_reader *r, error *e);

#endif
