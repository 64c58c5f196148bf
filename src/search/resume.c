/* Reading checkpoints: see resume.h. The tree is read as a checker would read it, but with claims out of
 * reach, so that every step of an objective gives its bound; what is proved by one step is forgotten before
 * the next, so that each is measured by itself. */
#include "search/resume.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/vector.h"
#include "proof/steps.h"
#include "search/attempt.h"
#include "search/checkpoint.h"
#include "search/limit.h"
#include "search/visit.h"
#include "search/walk.h"

/* Binary digits of a claim that no bound of an objective in exact arithmetic exceeds. */
#define FAR 1000000

/* --- before the tree ------------------------------------------------------------------------------------ */

/* The question must be word for word the search's. */
static bool read_question(resume *r, const search *s, error *e)
{
    mem_text question;
    bool same = true;
    writer_question(mem_text_begin(&question), s->q);
    char *text = mem_text_end(&question);
    for (char *line = text, *next; same && *line != '\0'; line = next) {
        next = strchr(line, '\n') + 1;
        next[-1] = '\0';
        same = line_next(&r->in, e);
        if (same && !line_rest_is(&r->in, line))
            same = error_set(
                e, r->in.name, r->in.number,
                "the checkpoint is about another question: '%.*s', not '%s' (give the networks, box and "
                "output that it was made with)",
                r->in.length > 200 ? 200 : (int)r->in.length, r->in.text, line);
    }
    free(text);
    return same;
}

static bool read_size(resume *r, const char *word, size_t *value, error *e)
{
    return line_next(&r->in, e) && line_word(&r->in, word, e) && line_size(&r->in, value, e) &&
           line_finish(&r->in, e) &&
           (*value < SIZE_MAX / 4 || line_error(&r->in, e, "the number is too large"));
}

static bool read_point(resume *r, search *s, error *e)
{
    size_t inputs = s->q->f->inputs;
    mpq_t *point = vector_new(inputs);
    bool good = line_next(&r->in, e) && line_word(&r->in, "point", e);
    for (size_t i = 0; good && i < inputs; i++)
        good = line_rational(&r->in, point[i], e) &&
               ((mpq_cmp(point[i], s->q->lower[i]) >= 0 && mpq_cmp(point[i], s->q->upper[i]) <= 0) ||
                line_error(&r->in, e, "the point is outside the box"));
    good = good && line_finish(&r->in, e);
    if (good)
        incumbent_try(&s->best, point);
    vector_free(point, inputs);
    return good;
}

static bool read_head(resume *r, search *s, error *e)
{
    size_t nodes, milliseconds;
    if (!line_next(&r->in, e))
        return false;
    if (!line_rest_is(&r->in, CHECKPOINT_FIRST_LINE))
        return line_error(&r->in, e,
                          "is no checkpoint of this version of the format ('" CHECKPOINT_FIRST_LINE
                          "' expected)");
    if (!read_question(r, s, e) || !read_size(r, "nodes", &nodes, e) ||
        !read_size(r, "milliseconds", &milliseconds, e) || !read_point(r, s, e) || !line_next(&r->in, e) ||
        !line_word(&r->in, "tree", e) || !line_finish(&r->in, e))
        return false;
    s->nodes = s->earlier_nodes = nodes;
    s->earlier_seconds = (double)milliseconds / 1000;
    return true;
}

bool resume_open(resume *r, search *s, const char *path, error *e)
{
    *r = (resume){.stream = fopen(path, "rb"), .in = {.name = path}};
    if (r->stream == NULL)
        return error_set(e, path, 0, "cannot be opened: %s", strerror(errno));
    r->in.stream = r->stream;
    return read_head(r, s, e);
}

void resume_close(resume *r)
{
    line_clear(&r->in);
    if (r->stream != NULL)
        fclose(r->stream);
    r->stream = NULL;
}

/* --- the tree ------------------------------------------------------------------------------------------- */

typedef struct replay {
    worker *w;
    line_reader *in;
    stepper steps;
    error *e;
    tree_node *node; /* at hand, the kernel is there */
    double *bound;   /* by level of the path, then by objective: the least bound that a step gives */
    size_t capacity;
    double largest; /* bound of the node's own steps; all of them stand in the text of a leaf */
} replay;

static double *bounds_of_level(replay *r, size_t level)
{
    size_t count = r->w->p.objective_count;
    r->bound = mem_grow(r->bound, &r->capacity, mem_product(level + 1, count), sizeof *r->bound);
    return r->bound + level * count;
}

/* Comes to a node, whose parent's bounds hold there. */
static void begin_node(replay *r, tree_node *node)
{
    size_t level = r->w->p.split_count, count = r->w->p.objective_count;
    double *bound = bounds_of_level(r, level);
    r->node = node;
    r->largest = TREE_CLOSED;
    writer_begin(&r->w->out);
    for (size_t k = 0; k < count; k++)
        bound[k] = level == 0 ? HUGE_VAL : bound[k - count];
}

/* Lets every objective be proved, whatever its bound. */
static void drop_claims(prover *p)
{
    mpq_t far;
    mpq_init(far);
    mpq_set_ui(far, 1, 1);
    mpq_mul_2exp(far, far, FAR);
    prover_raise_claim(p, far);
    mpq_clear(far);
}

/* Forgets the proof that a step has just made, if any, and takes note of its bound. */
static void forget_proof(replay *r)
{
    prover *p = &r->w->p;
    if (p->proved_count == 0)
        return;
    size_t k = p->proved_list[--p->proved_count];
    double *bound = bounds_of_level(r, p->split_count);
    double here = attempt_bound(r->w, k, &p->proved[k]);
    p->is_proved[k] = false;
    bound[k] = fmin(bound[k], here);
    r->largest = fmax(r->largest, here);
}

/* A step that is neither a split nor an end. */
static bool take_step(replay *r)
{
    if (!stepper_step(&r->steps))
        return false;
    double before = r->largest;
    r->largest = TREE_CLOSED;
    forget_proof(r);
    char *line = mem_alloc(mem_sum(r->in->length, 2), 1);
    memcpy(line, r->in->text, r->in->length);
    line[r->in->length] = '\n';
    writer_repeat(&r->w->out, &(tree_step){line, r->largest});
    free(line);
    r->largest = fmax(r->largest, before);
    return true;
}

/* A bound of the node: of every objective the least that a step on the path gives, or that of a pass with
 * default multipliers. */
static double bound_of_node(replay *r)
{
    prover *p = &r->w->p;
    double most = TREE_CLOSED, *bound = bounds_of_level(r, p->split_count);
    for (size_t k = 0; k < p->objective_count && !p->empty; k++) {
        if (bound[k] < HUGE_VAL) {
            most = fmax(most, bound[k]);
            continue;
        }
        bool proved = prover_prove(p, k, 0, NULL);
        most = fmax(most, proved ? attempt_bound(r->w, k, &p->proved[k]) : HUGE_VAL);
        if (proved)
            p->is_proved[p->proved_list[--p->proved_count]] = false;
    }
    return most;
}

static void take_leaf(replay *r)
{
    search *s = r->w->s;
    double bound = fmax(bound_of_node(r), r->largest);
    tree_text text = writer_leaf(&r->w->out);
    pthread_mutex_lock(&s->lock);
    tree_settle(r->node, TREE_LEAF, bound, text);
    s->leaves++;
    s->open -= bound == TREE_CLOSED;
    pthread_mutex_unlock(&s->lock);
}

/* The split that the kernel has just carried out, as one of the search's; false where it makes no such ones.
 */
static bool describe_split(tree_split *split, const prover *p)
{
    const proof_split *done = &p->split[p->split_count - 1];
    fix up;
    *split = (tree_split){done->is_input ? TREE_INPUT : TREE_SIGN, done->index, 0, done->upper_first};
    if (!done->is_input)
        return true;
    scaling_input(&split->position, &up, &p->sc, split->index, done->value);
    return split->position == up;
}

static bool take_split(replay *r)
{
    search *s = r->w->s;
    prover *p = &r->w->p;
    double own = bound_of_node(r);
    tree_split split;
    if (!stepper_step(&r->steps))
        return false;
    if (!describe_split(&split, p))
        return line_error(r->in, r->e, "the split is at a place where this search makes none");
    writer *out = &r->w->out;
    tree_text text = writer_split(out, &split, p->split[p->split_count - 1].value);
    pthread_mutex_lock(&s->lock);
    tree_divide(r->node, &split, own, out->step, out->steps, text);
    s->open++;
    pthread_mutex_unlock(&s->lock);
    out->step = NULL;
    out->steps = out->capacity = 0;
    begin_node(r, tree_first(r->node));
    return true;
}

/* Goes on to the next node; false where there is none. */
static bool go_on(replay *r)
{
    search *s = r->w->s;
    prover *p = &r->w->p;
    tree_node *node = r->node;
    while (node->parent != NULL && node == tree_second(node->parent)) {
        node = node->parent;
        prover_back(p);
        pthread_mutex_lock(&s->lock);
        tree_collapse(node);
        pthread_mutex_unlock(&s->lock);
    }
    if (node->parent == NULL)
        return false;
    prover_back(p);
    walk_enter(p, tree_second(node->parent));
    begin_node(r, tree_second(node->parent));
    return true;
}

static bool is_split(const line_reader *in)
{
    return line_next_is(in, "i<") || line_next_is(in, "i>") || line_next_is(in, "n<") ||
           line_next_is(in, "n>");
}

/* Takes in the line that has been read. */
static bool take_line(replay *r, bool *finished)
{
    bool open = line_rest_is(r->in, CHECKPOINT_OPEN);
    if (open && r->w->out.steps > 0)
        return line_error(r->in, r->e, "a node that has not been visited has steps");
    if (open || line_rest_is(r->in, ".")) {
        if (!open)
            take_leaf(r);
        *finished = !go_on(r);
        return true;
    }
    if (line_next_is(r->in, "."))
        return line_error(r->in, r->e, "unexpected text at the end of the line");
    return is_split(r->in) ? take_split(r) : take_step(r);
}

static bool must_end(const worker *w)
{
    search *s = w->s;
    search_end end = limit_of_time(s->options, s->started);
    if (end == SEARCH_DONE)
        return false;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    s->ended_by = end;
    pthread_mutex_unlock(&s->lock);
    return true;
}

static bool read_tree(replay *r)
{
    bool finished = false;
    while (!finished && !must_end(r->w))
        if (!line_next(r->in, r->e) || !take_line(r, &finished))
            return false;
    if (!finished)
        return true;
    if (!line_next(r->in, r->e) || !line_word(r->in, "end", r->e) || !line_finish(r->in, r->e))
        return false;
    if (getc(r->in->stream) != EOF)
        return line_error(r->in, r->e, "text after the end of the checkpoint");
    r->w->s->resuming = false;
    return true;
}

bool resume_tree(resume *from, worker *w, error *e)
{
    search *s = w->s;
    replay r = {.w = w, .in = &from->in, .e = e};
    r.steps = (stepper){.in = &from->in, .prover = &w->p, .e = e};
    pthread_mutex_lock(&s->lock);
    s->resuming = true;
    worker_follow(w);
    pthread_mutex_unlock(&s->lock);
    drop_claims(&w->p);
    begin_node(&r, s->root);
    bool good = read_tree(&r);
    writer_begin(&w->out);
    prover_restart(&w->p, s->final);
    free(r.bound);
    stepper_clear(&r.steps);
    return good;
}
