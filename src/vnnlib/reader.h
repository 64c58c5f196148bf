/* The parts of reading a specification: see query.h. Private to this room. Trusted. */
#ifndef SUPCERT_VNNLIB_READER_H
#define SUPCERT_VNNLIB_READER_H

#include "vnnlib/query.h"
#include "vnnlib/sexp.h"

typedef struct reader {
    sexp_tree tree;
    vnnlib_query *q;
    error *e;
} reader;

/* (declare-network ...) of version 2.0. */
bool read_network(reader *r, size_t node);
/* (declare-const ...) of version 1.0; numbered when all are known, by finish_constants. */
bool read_constant(reader *r, size_t node);
bool finish_constants(reader *r);

/* The variable that a word names, with its index. */
bool read_variable(reader *r, size_t node, size_t *variable);

/* (assert ...), of which `end` is the first node after it: its cases replace those of the query by all pairs.
 */
bool read_assertion(reader *r, size_t node, size_t end);

void case_clear(vnnlib_case *c);

/* Whether the word is a number of the version, and which. */
bool read_number(const reader *r, size_t node, mpq_t value);
/* A word of letters, digits and underscores that begins with a letter; a copy, or NULL. */
char *read_name(const reader *r, size_t node);

#endif
