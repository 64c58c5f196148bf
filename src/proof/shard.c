/* Parts of a certificate: see shard.h. The lines of the path to the node at hand are kept; the kernel has
 * carried out the first of them, and does the others only when a leaf of the part asks for it. */
#include "proof/shard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "proof/steps.h"

typedef struct held_line {
    char *text; /* owned, ends with '\n' and a zero */
    long number;
} held_line;

typedef struct path_split {
    size_t line; /* which of the lines splits */
    bool second; /* the path goes on in the second child */
} path_split;

typedef struct walk {
    check_part *part;
    line_reader *in;
    line_reader held; /* the line that is carried out */
    stepper steps;
    held_line *line; /* all lines of the nodes on the path, each node's split after its steps */
    size_t lines, line_capacity, done; /* done: so many of them have been carried out */
    path_split *split;
    size_t splits, split_capacity;
    size_t begin, end; /* of the part's leaves */
    size_t block;      /* the last that has been come to, and */
    bool is_own;       /* whether it was there to be taken */
} walk;

static void drop_lines(walk *w, size_t kept)
{
    while (w->lines > kept)
        free(w->line[--w->lines].text);
}

static void hold_line(walk *w)
{
    char *text = mem_alloc(mem_sum(w->in->length, 2), 1);
    memcpy(text, w->in->text, w->in->length);
    text[w->in->length] = '\n';
    w->line = mem_grow(w->line, &w->line_capacity, w->lines + 1, sizeof *w->line);
    w->line[w->lines++] = (held_line){text, w->in->number};
}

static bool is_split(const line_reader *in)
{
    return line_next_is(in, "i<") || line_next_is(in, "i>") || line_next_is(in, "n<") ||
           line_next_is(in, "n>");
}

/* Carries out the steps on the path that have not been. */
static bool catch_up(walk *w)
{
    for (; w->done < w->lines; w->done++) {
        line_hold(&w->held, w->line[w->done].text);
        w->held.number = w->line[w->done].number;
        if (!stepper_step(&w->steps))
            return false;
    }
    return true;
}

/* Whether the leaf on the line that has been read is for this process to check. */
static bool is_own_leaf(walk *w)
{
    const check_part *part = w->part;
    if (part->leaves < w->begin || part->leaves >= w->end)
        return false;
    if (part->taken == NULL)
        return true;
    size_t block =
        (size_t)((unsigned __int128)(part->leaves - w->begin) * part->blocks / (w->end - w->begin));
    if (block != w->block) {
        w->block = block;
        w->is_own = !atomic_exchange(&part->taken[block], true);
    }
    return w->is_own;
}

static bool check_leaf(walk *w)
{
    if (!is_own_leaf(w))
        return true;
    w->part->own_leaves++;
    return catch_up(w) && (prover_prove_rest(w->steps.prover) ||
                           line_error(w->in, w->steps.e, "a leaf's bound is above the claim"));
}

/* Goes on to the second child of the last split whose first one has been read; false where there is none. */
static bool next_child(walk *w)
{
    while (w->splits > 0 && w->split[w->splits - 1].second)
        w->splits--;
    if (w->splits == 0)
        return false;
    path_split *s = &w->split[w->splits - 1];
    s->second = true;
    drop_lines(w, s->line + 1);
    if (w->done > s->line) {
        while (w->steps.prover->split_count >= w->splits)
            prover_back(w->steps.prover);
        w->done = s->line;
    }
    char *side = &w->line[s->line].text[1]; /* the kernel enters the child that is named first */
    *side = *side == '<' ? '>' : '<';
    w->part->nodes++;
    return true;
}

/* Takes in the line that has been read. */
static bool take_line(walk *w, bool *finished)
{
    if (line_rest_is(w->in, ".")) {
        if (!check_leaf(w))
            return false;
        w->part->leaves++;
        *finished = !next_child(w);
        return true;
    }
    if (is_split(w->in)) {
        w->split = mem_grow(w->split, &w->split_capacity, w->splits + 1, sizeof *w->split);
        w->split[w->splits++] = (path_split){w->lines, false};
        w->part->nodes++;
    }
    hold_line(w);
    return true;
}

/* floor(shard · expected / shards) */
static size_t end_of_shard(const check_part *part, size_t shard)
{
    return (size_t)((unsigned __int128)shard * part->expected / part->shards);
}

size_t shard_count_leaves(FILE *stream)
{
    size_t count = 0;
    int before = '\n', byte, last = EOF; /* the byte before the last one, and that */
    while ((byte = getc_unlocked(stream)) != EOF) {
        count += byte == '\n' && last == '.' && before == '\n';
        before = last;
        last = byte;
    }
    return count;
}

bool shard_check_tree(check_part *part, line_reader *in, prover *kernel, error *e)
{
    walk w = {.part = part, .in = in, .held = {.name = in->name}, .block = SIZE_MAX};
    w.steps = (stepper){.in = &w.held, .prover = kernel, .e = e};
    if (part->shard > 0) {
        w.begin = end_of_shard(part, part->shard - 1);
        w.end = end_of_shard(part, part->shard);
    }
    part->nodes = 1;
    part->leaves = part->own_leaves = 0;
    bool finished = false, holds = true;
    while (holds && !finished)
        holds = line_next(in, e) && take_line(&w, &finished);
    drop_lines(&w, 0);
    free(w.line);
    free(w.split);
    line_clear(&w.held);
    stepper_clear(&w.steps);
    if (holds && part->shard > 0 && part->leaves != part->expected)
        return line_error(in, e, "the tree has not as many leaves as the file had (did it change?)");
    return holds;
}
