/* Lists of numbers as values of options: "3", "1..8", "0.1,0.01,1/1000", "1,2,4..6". */
#ifndef SUPCERT_CLI_LIST_H
#define SUPCERT_CLI_LIST_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A range may not have more numbers. */
#define LIST_RANGE_LIMIT 100000

typedef struct number_list {
    mpq_t *number;
    size_t count, capacity;
} number_list;

/* What a number must be, and how messages say so: "a whole number from 1 to 1000". */
typedef struct list_rule {
    const char *option; /* without the dashes */
    const char *wanted;
    bool whole;
    const char *least; /* ends included, as text; NULL: every number above 0 */
    const char *most;  /* NULL: open */
} list_rule;

/* Reads the one number from `text` up to `end` into an initialised value. */
bool list_read_number(mpq_t value, const char *text, const char *end, const list_rule *rule, error *e);

/* Reads `text` into *l, which is initialised and must be cleared in either case. Ranges a..b, a <= b, are for
 * whole numbers only. */
bool list_read(number_list *l, const char *text, const list_rule *rule, error *e);
void list_clear(number_list *l);

#endif
