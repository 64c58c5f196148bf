/* A certificate as lines, which a forger takes out, puts in, moves and changes. */
#ifndef SUPCERT_TESTS_FORGE_SCRIPT_H
#define SUPCERT_TESTS_FORGE_SCRIPT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct script {
    char **line; /* without ends; borrowed from another script, or owned: */
    size_t count, capacity;
    char **owned;
    size_t owned_count, owned_capacity;
} script;

/* The lines of a text. */
void script_init(script *s, const char *text);
/* The same lines as another script, which must live longer. */
void script_copy(script *s, const script *from);
void script_clear(script *s);

/* The text; owned by the caller. *length is without the zero at its end. */
char *script_text(const script *s, size_t *length);

/* `text` is taken over. */
void script_set(script *s, size_t at, char *text);
void script_insert(script *s, size_t at, char *text);
void script_remove(script *s, size_t from, size_t to);
/* Puts lines from … to−1 of another script, which may be s itself, before line `at`. */
void script_paste(script *s, size_t at, const script *other, size_t from, size_t to);

/* The first line from `from` on that begins with the word; s->count if there is none. */
size_t script_find(const script *s, size_t from, const char *word);
bool line_begins(const char *line, const char *word);

/* --- trees --- */

bool line_is_split(const char *line);
/* Also of an open node, in checkpoints. */
bool line_is_leaf(const char *line);
/* The first line after a node's subtree, of which `begin` is the first line; `end` if it does not end. */
size_t script_node_end(const script *s, size_t begin, size_t end);

/* --- words of a line, separated by single blanks --- */

size_t line_words(const char *line);
/* The word's text and its length; `at` < line_words(line). */
const char *line_word_at(const char *line, size_t at, size_t *length);
/* The line with another word in that place; owned by the caller. */
char *line_with_word(const char *line, size_t at, const char *word);
/* Reads the word as a rational; false if it is none. */
bool line_number(mpq_t value, const char *line, size_t at);
/* Owned by the caller. */
char *number_text(const mpq_t value);

#endif
