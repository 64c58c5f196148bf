/* The parenthesised text of VNN-LIB as a tree: words and lists, each with the line where it begins. Whatever
 * the depth, nothing here or above recurses. Trusted. */
#ifndef SUPCERT_VNNLIB_SEXP_H
#define SUPCERT_VNNLIB_SEXP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define SEXP_NONE ((size_t)-1)

/* Nodes are in the order of the text: a list comes before its items. */
typedef struct sexp {
    const char *text; /* of a word, borrowed from the file's bytes; NULL for a list */
    size_t length;
    long line;
    size_t first, next; /* first item of a list, next item of the list around it; or SEXP_NONE */
    size_t items;       /* of a list */
} sexp;

typedef struct sexp_tree {
    const char *name; /* of the file, borrowed */
    sexp *node;       /* owned */
    size_t count, capacity;
} sexp_tree;

/* Reads `size` bytes at `text`, which must live as long as the tree. Words are runs of printable ASCII
 * without blanks, parentheses or ';'; brackets [1, 2] after a word, and alone, are one word without blanks as
 * long as they hold no parenthesis; ';' begins a comment, which ends at LF. On failure *e is set and *tree is
 * empty. */
bool sexp_read(sexp_tree *tree, const char *name, const char *text, size_t size, error *e);
void sexp_clear(sexp_tree *tree);

/* Whether the node is this word. */
bool sexp_is(const sexp_tree *tree, size_t node, const char *word);
/* Whether the node is a list that begins with this word. */
bool sexp_begins(const sexp_tree *tree, size_t node, const char *word);

/* Sets *e to the message (printf's) about the node; false. */
bool sexp_error(const sexp_tree *tree, size_t node, error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The node in a few characters, for messages: a word, or a list by its first word. The caller frees it. */
char *sexp_name(const sexp_tree *tree, size_t node);

#endif
