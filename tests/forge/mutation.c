/* The table of mutations: see mutation.h. */
#include "mutation.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mutate.h"
#include "number.h"

/* --- places --- */

/* Lines after one line "tree" and before its "end"; false where there is no tree. */
static bool find_tree(const script *s, rng *r, size_t *begin, size_t *end)
{
    size_t trees = 0;
    *begin = *end = 0;
    for (size_t k = script_find(s, 0, "tree"); k < s->count; k = script_find(s, k + 1, "tree"))
        if (rng_below(r, ++trees) == 0)
            *begin = k + 1;
    if (trees == 0)
        return false;
    *end = script_find(s, *begin, "end");
    return *end > *begin;
}

/* A node's lines, the root's among them. */
static bool find_node(const script *s, rng *r, size_t *begin, size_t *end)
{
    size_t first, last, nodes = 0;
    *begin = *end = 0;
    if (!find_tree(s, r, &first, &last))
        return false;
    for (size_t k = first; k < last; k++) {
        bool starts = k == first || line_is_split(s->line[k - 1]) || line_is_leaf(s->line[k - 1]);
        if (starts && rng_below(r, ++nodes) == 0)
            *begin = k;
    }
    *end = script_node_end(s, *begin, last);
    return true;
}

/* A line of a tree of which `is_one` holds. */
static bool find_line(const script *s, rng *r, bool (*is_one)(const char *line), size_t *at)
{
    size_t begin, end, found = 0;
    *at = 0;
    if (!find_tree(s, r, &begin, &end))
        return false;
    for (size_t k = begin; k < end; k++)
        if (is_one(s->line[k]) && rng_below(r, ++found) == 0)
            *at = k;
    return found > 0;
}

static bool is_step(const char *line)
{
    return !line_is_split(line) && !line_is_leaf(line);
}

static bool is_objective(const char *line)
{
    return (line[0] == 'o' || line[0] == 'e') && line[1] == ' ';
}

static bool is_any(const char *line)
{
    (void)line;
    return true;
}

/* --- mutations of trees --- */

/* A subtree becomes a leaf. */
static void drop_subtree(script *s, const material *m, rng *r)
{
    size_t begin, end;
    (void)m;
    if (!find_node(s, r, &begin, &end))
        return;
    script_remove(s, begin, end);
    script_insert(s, begin, mem_copy_string("."));
}

/* A subtree is gone, without a leaf in its place. */
static void cut_subtree(script *s, const material *m, rng *r)
{
    size_t begin, end;
    (void)m;
    if (find_node(s, r, &begin, &end))
        script_remove(s, begin, end);
}

/* A subtree stands twice. */
static void double_subtree(script *s, const material *m, rng *r)
{
    size_t begin, end;
    (void)m;
    if (find_node(s, r, &begin, &end))
        script_paste(s, end, s, begin, end);
}

/* A subtree in the place of another one. */
static void replace_subtree(script *s, const script *donor, rng *r)
{
    size_t begin, end, from, to;
    if (!find_node(s, r, &begin, &end) || !find_node(donor, r, &from, &to))
        return;
    script_paste(s, end, donor, from, to);
    script_remove(s, begin, end);
}

static void copy_subtree(script *s, const material *m, rng *r)
{
    (void)m;
    replace_subtree(s, s, r);
}

static void borrow_subtree(script *s, const material *m, rng *r)
{
    if (m->donor != NULL)
        replace_subtree(s, m->donor, r);
}

/* The two children of a split change places. */
static void swap_children(script *s, const material *m, rng *r)
{
    size_t split;
    (void)m;
    if (!find_line(s, r, line_is_split, &split))
        return;
    size_t end = script_find(s, split, "end"), middle = script_node_end(s, split + 1, end);
    size_t last = script_node_end(s, middle, end), first = middle - split - 1;
    script_paste(s, last, s, split + 1, middle);
    script_remove(s, split + 1, split + 1 + first);
}

/* A split names its other child first. */
static void turn_split(script *s, const material *m, rng *r)
{
    size_t at;
    (void)m;
    if (!find_line(s, r, line_is_split, &at))
        return;
    char *line = mem_copy_string(s->line[at]);
    line[1] = line[1] == '<' ? '>' : '<';
    script_set(s, at, line);
}

/* A split is gone, with one of its children. */
static void remove_split(script *s, const material *m, rng *r)
{
    size_t split;
    (void)m;
    if (!find_line(s, r, line_is_split, &split))
        return;
    size_t end = script_find(s, split, "end"), middle = script_node_end(s, split + 1, end);
    if (rng_chance(r, 50))
        script_remove(s, middle, script_node_end(s, middle, end));
    else
        script_remove(s, split + 1, middle);
    script_remove(s, split, split + 1);
}

/* A node is split; both children are leaves, or the first has what the node had. */
static void insert_split(script *s, const material *m, rng *r)
{
    size_t begin, end;
    if (!find_node(s, r, &begin, &end))
        return;
    if (rng_chance(r, 50)) {
        script_remove(s, begin, end);
        script_insert(s, begin, mem_copy_string("."));
        end = begin + 1;
    }
    script_insert(s, end, mem_copy_string("."));
    script_insert(s, begin, material_split(m, r));
}

static void insert_step(script *s, const material *m, rng *r)
{
    size_t at;
    if (find_line(s, r, is_any, &at))
        script_insert(s, at, material_step(m, r));
}

static void remove_step(script *s, const material *m, rng *r)
{
    size_t at;
    (void)m;
    if (find_line(s, r, is_step, &at))
        script_remove(s, at, at + 1);
}

static void move_step(script *s, const material *m, rng *r)
{
    size_t at, to;
    (void)m;
    if (!find_line(s, r, is_step, &at) || !find_line(s, r, is_any, &to))
        return;
    script_paste(s, to, s, at, at + 1);
    script_remove(s, at + (to <= at), at + (to <= at) + 1);
}

static void replace_step(script *s, const material *m, rng *r)
{
    size_t at;
    if (find_line(s, r, is_step, &at))
        script_set(s, at, material_step(m, r));
}

/* An objective is proved in the name of another one. */
static void rename_objective(script *s, const material *m, rng *r)
{
    size_t at;
    if (!find_line(s, r, is_objective, &at))
        return;
    char *name = mem_printf("%c%zu", rng_chance(r, 50) ? '+' : '-', (size_t)rng_below(r, m->outputs));
    script_set(s, at, line_with_word(s->line[at], 1, name));
    free(name);
}

/* --- mutations of numbers --- */

/* A word of the line that can be read as a number moves, or becomes one worth trying. */
static void move_number_of(script *s, size_t at, const material *m, rng *r)
{
    size_t words = line_words(s->line[at]);
    mpq_t value;
    mpq_init(value);
    size_t word = words < 2 ? 0 : 1 + rng_below(r, words - 1);
    if (word > 0 && line_number(value, s->line[at], word)) {
        if (rng_chance(r, 30))
            material_number(value, m, r);
        else
            number_move(value, r);
        char *text = number_text(value);
        script_set(s, at, line_with_word(s->line[at], word, text));
        free(text);
    }
    mpq_clear(value);
}

static void move_number_of_tree(script *s, const material *m, rng *r)
{
    size_t at;
    if (find_line(s, r, is_any, &at))
        move_number_of(s, at, m, r);
}

static void move_split(script *s, const material *m, rng *r)
{
    size_t at;
    if (find_line(s, r, line_is_split, &at))
        move_number_of(s, at, m, r);
}

static void move_multiplier(script *s, const material *m, rng *r)
{
    size_t at;
    if (find_line(s, r, is_objective, &at))
        move_number_of(s, at, m, r);
}

static void move_any_number(script *s, const material *m, rng *r)
{
    if (s->count > 0)
        move_number_of(s, rng_below(r, s->count), m, r);
}

/* --- mutations of heads, and of the whole --- */

/* A line that the donor has as well, with the donor's words. */
static void borrow_line(script *s, const material *m, rng *r)
{
    static const char *const words[] = {
        "network f", "network g", "formula g", "inputs",    "outputs", "box",   "upper",   "lower",
        "at",        "signed",    "verdict",   "tolerance", "answer",  "parts", "penalty", "specification"};
    const char *word = words[rng_below(r, sizeof words / sizeof *words)];
    size_t at = script_find(s, 0, word), from = m->donor == NULL ? 0 : script_find(m->donor, 0, word);
    if (m->donor == NULL || at == s->count || from == m->donor->count)
        return;
    script_set(s, at, mem_copy_string(m->donor->line[from]));
}

static void borrow_head(script *s, const material *m, rng *r)
{
    (void)r;
    size_t at = script_find(s, 0, "tree"), from = m->donor == NULL ? 0 : script_find(m->donor, 0, "tree");
    if (m->donor == NULL || at == s->count || from == m->donor->count)
        return;
    script_remove(s, 0, at);
    script_paste(s, 0, m->donor, 0, from);
}

static void remove_line(script *s, const material *m, rng *r)
{
    size_t at = s->count == 0 ? 0 : rng_below(r, s->count);
    (void)m;
    if (s->count > 0)
        script_remove(s, at, at + 1);
}

/* Any run of lines goes to any other place. */
static void move_lines(script *s, const material *m, rng *r)
{
    (void)m;
    if (s->count < 2)
        return;
    size_t from = rng_below(r, s->count),
           to = from + 1 + rng_below(r, s->count - from > 4 ? 4 : s->count - from);
    script paste;
    script_copy(&paste, s);
    script_remove(s, from, to);
    script_paste(s, rng_below(r, s->count + 1), &paste, from, to);
    script_clear(&paste);
}

/* One byte, or a whole line, of the text. */
static void damage_line(script *s, const material *m, rng *r)
{
    (void)m;
    size_t at = s->count == 0 ? 0 : rng_below(r, s->count), length = s->count == 0 ? 0 : strlen(s->line[at]);
    if (length < 2)
        return;
    char *line = mem_copy_string(s->line[at]);
    line[mutate_text(line, length, r)] = '\0';
    script_set(s, at, line);
}

/* --- the tables --- */

typedef struct mutation {
    unsigned weight;
    void (*apply)(script *s, const material *m, rng *r);
} mutation;

static const mutation of_trees[] = {
    {4, drop_subtree},        {1, cut_subtree},      {1, double_subtree}, {3, copy_subtree},
    {3, borrow_subtree},      {3, swap_children},    {3, turn_split},     {3, remove_split},
    {4, insert_split},        {5, insert_step},      {4, remove_step},    {3, move_step},
    {4, replace_step},        {3, rename_objective}, {5, move_split},     {5, move_multiplier},
    {3, move_number_of_tree},
};

static const mutation of_all[] = {
    {30, mutate_tree}, {4, move_any_number}, {4, borrow_line}, {1, borrow_head},
    {2, remove_line},  {2, move_lines},      {2, damage_line},
};

static void apply_one(script *s, const material *m, rng *r, const mutation *table, size_t count)
{
    unsigned all = 0;
    for (size_t k = 0; k < count; k++)
        all += table[k].weight;
    uint64_t at = rng_below(r, all);
    for (size_t k = 0; k < count; at -= table[k++].weight)
        if (at < table[k].weight) {
            table[k].apply(s, m, r);
            return;
        }
}

void mutate_tree(script *s, const material *m, rng *r)
{
    apply_one(s, m, r, of_trees, sizeof of_trees / sizeof *of_trees);
}

void mutate_script(script *s, const material *m, rng *r)
{
    apply_one(s, m, r, of_all, sizeof of_all / sizeof *of_all);
}
