/* Certificates from scratch: see scratch.h. */
#include "scratch.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

static void add(script *s, char *line)
{
    script_insert(s, s->count, line);
}

/* "WORD Q Q …" */
static void add_numbers(script *s, const char *word, mpq_t *value, size_t count)
{
    char *line = mem_copy_string(word);
    for (size_t k = 0; k < count; k++) {
        char *number = number_text(value[k]), *longer = mem_printf("%s %s", line, number);
        free(number);
        free(line);
        line = longer;
    }
    add(s, line);
}

static void add_number(script *s, const char *word, mpq_srcptr value)
{
    char *number = number_text(value);
    add(s, mem_printf("%s %s", word, number));
    free(number);
}

void scratch_head(script *s, const head *h)
{
    add(s, mem_copy_string("supcert-certificate 5"));
    add(s, mem_printf("network f %s", h->f_digest));
    add(s, mem_printf("%s %s", h->is_formula ? "formula" : "network", h->reference));
    add(s, mem_printf("inputs %zu", h->inputs));
    add(s, h->all_outputs ? mem_copy_string("outputs all") : mem_printf("outputs %zu", h->output));
    if (h->is_signed)
        add(s, mem_copy_string("signed"));
    for (size_t i = 0; i < h->inputs; i++) {
        mpq_t ends[2] = {{h->lower_end[i][0]}, {h->upper_end[i][0]}};
        add_numbers(s, "box", ends, 2);
    }
    if (h->upper == NULL)
        add(s, mem_copy_string("upper none"));
    else
        add_number(s, "upper", h->upper);
    add_number(s, "lower", h->lower);
    char *at = mem_printf("at %zu", h->output);
    add_numbers(s, at, h->point, h->inputs);
    free(at);
    add(s, mem_copy_string(h->upper == NULL ? "end" : "tree"));
}

/* --- trees --- */

typedef struct tree_style {
    unsigned step, split; /* percent: of a step more, of a split of a node */
    bool halves;          /* splits are at the middles of boxes */
    bool one_side;        /* only first children are split, deep */
    size_t nodes;         /* at most so many more */
} tree_style;

static tree_style any_style(rng *r)
{
    tree_style style = {.step = rng_chance(r, 50) ? 0 : 40,
                        .split = rng_chance(r, 20) ? 0 : 60,
                        .halves = rng_chance(r, 60),
                        .one_side = rng_chance(r, 15)};
    style.nodes = rng_chance(r, 50) ? 3 : 1 + rng_below(r, style.one_side ? 60 : 12);
    return style;
}

static void add_steps(script *s, const tree_style *style, const material *m, rng *r)
{
    while (rng_chance(r, style->step))
        add(s, material_step(m, r));
}

static void add_node(script *s, tree_style *style, const material *m, mpq_t *lower, mpq_t *upper, rng *r,
                     size_t depth);

/* A split in the middle of an input's interval, and both children. */
static void add_halves(script *s, tree_style *style, const material *m, mpq_t *lower, mpq_t *upper, rng *r,
                       size_t depth)
{
    size_t i = rng_below(r, m->inputs);
    mpq_t middle, end;
    mpq_inits(middle, end, NULL);
    mpq_add(middle, lower[i], upper[i]);
    mpq_div_2exp(middle, middle, 1);
    bool upper_first = !style->one_side && rng_chance(r, 50);
    char *number = number_text(middle);
    add(s, mem_printf("i%c %zu %s", upper_first ? '>' : '<', i + 1, number));
    free(number);
    for (int child = 0; child < 2; child++) {
        mpq_t *moved = (child == 0) == upper_first ? &lower[i] : &upper[i];
        mpq_set(end, *moved);
        mpq_set(*moved, middle);
        if (child == 1 && style->one_side)
            add(s, mem_copy_string("."));
        else
            add_node(s, style, m, lower, upper, r, depth + 1);
        mpq_set(*moved, end);
    }
    mpq_clears(middle, end, NULL);
}

static void add_node(script *s, tree_style *style, const material *m, mpq_t *lower, mpq_t *upper, rng *r,
                     size_t depth)
{
    add_steps(s, style, m, r);
    if (style->nodes == 0 || !(style->one_side || rng_chance(r, style->split + (depth == 0 ? 20 : 0)))) {
        add(s, mem_copy_string("."));
        return;
    }
    style->nodes--;
    if (lower != NULL && style->halves) {
        add_halves(s, style, m, lower, upper, r, depth);
        return;
    }
    add(s, material_split(m, r));
    for (int child = 0; child < 2; child++)
        add_node(s, style, m, NULL, NULL, r, depth + 1);
}

void scratch_tree(script *s, const material *m, mpq_t *lower, mpq_t *upper, rng *r)
{
    tree_style style = any_style(r);
    mpq_t *low = vector_new(m->inputs), *high = vector_new(m->inputs);
    if (lower != NULL) {
        vector_copy(low, lower, m->inputs);
        vector_copy(high, upper, m->inputs);
    }
    add_node(s, &style, m, lower == NULL ? NULL : low, lower == NULL ? NULL : high, r, 0);
    add(s, mem_copy_string("end"));
    vector_free(low, m->inputs);
    vector_free(high, m->inputs);
}
