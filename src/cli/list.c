/* Lists of numbers: see list.h. */
#include "cli/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

static mpq_t *add_number(number_list *l)
{
    l->number = mem_grow(l->number, &l->capacity, l->count + 1, sizeof *l->number);
    mpq_init(l->number[l->count]);
    return &l->number[l->count++];
}

void list_clear(number_list *l)
{
    for (size_t k = 0; k < l->count; k++)
        mpq_clear(l->number[k]);
    free(l->number);
    *l = (number_list){.number = NULL};
}

/* Order of value and a number in text. */
static int compare(const mpq_t value, const char *text)
{
    mpq_t other;
    mpq_init(other);
    rational_parse(other, text, strlen(text));
    int order = mpq_cmp(value, other);
    mpq_clear(other);
    return order;
}

static bool fits(const mpq_t value, const list_rule *rule)
{
    if (rule->whole && mpz_cmp_ui(mpq_denref(value), 1) != 0)
        return false;
    if (rule->least == NULL ? mpq_sgn(value) <= 0 : compare(value, rule->least) < 0)
        return false;
    return rule->most == NULL || compare(value, rule->most) <= 0;
}

bool list_read_number(mpq_t value, const char *text, const char *end, const list_rule *rule, error *e)
{
    const char *reason = rational_parse(value, text, (size_t)(end - text));
    if (reason != NULL)
        return error_set(e, NULL, 0, "--%s: '%.*s': %s (write %s)", rule->option, (int)(end - text), text,
                         reason, rule->wanted);
    if (!fits(value, rule))
        return error_set(e, NULL, 0, "--%s: %.*s is out of range (write %s)", rule->option, (int)(end - text),
                         text, rule->wanted);
    return true;
}

/* Adds the numbers after `first`, which is in the list, up to `last`. */
static bool fill_range(number_list *l, size_t first, const mpq_t last, const list_rule *rule, error *e)
{
    mpz_t steps;
    mpz_init(steps);
    mpz_sub(steps, mpq_numref(last), mpq_numref(l->number[first]));
    bool good = mpz_sgn(steps) >= 0 && mpz_cmp_ui(steps, LIST_RANGE_LIMIT) < 0;
    for (size_t k = good ? mpz_get_ui(steps) : 0; k > 0; k--) {
        mpq_t *next = add_number(l);
        mpz_add_ui(mpq_numref(*next), mpq_numref(next[-1]), 1);
    }
    mpz_clear(steps);
    return good || error_set(e, NULL, 0, "--%s: a range must go up, by fewer than %d steps (write 1..8)",
                             rule->option, LIST_RANGE_LIMIT);
}

/* One item: a number, or a range. */
static bool read_item(number_list *l, const char *text, const char *end, const list_rule *rule, error *e)
{
    const char *dots = rule->whole ? memmem(text, (size_t)(end - text), "..", 2) : NULL;
    size_t first = l->count;
    if (!list_read_number(*add_number(l), text, dots == NULL ? end : dots, rule, e))
        return false;
    if (dots == NULL)
        return true;
    mpq_t last;
    mpq_init(last);
    bool good = list_read_number(last, dots + 2, end, rule, e) && fill_range(l, first, last, rule, e);
    mpq_clear(last);
    return good;
}

bool list_read(number_list *l, const char *text, const list_rule *rule, error *e)
{
    *l = (number_list){.number = NULL};
    for (;;) {
        const char *end = strchrnul(text, ',');
        if (!read_item(l, text, end, rule, e))
            return false;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
}
