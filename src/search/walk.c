/* Walking the search tree: see walk.h. */
#include "search/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "search/limit.h"
#include "search/visit.h"

static void push_path(worker *w, tree_node *node)
{
    w->path = mem_grow(w->path, &w->path_capacity, w->path_count + 1, sizeof *w->path);
    w->path[w->path_count++] = (path_node){node, node->serial};
    w->ready = false;
}

/* Goes up to the parent. */
static void leave(worker *w)
{
    w->path_count--;
    prover_back(&w->p);
    w->ready = true;
}

void walk_enter(prover *p, const tree_node *child)
{
    const tree_node *node = child->parent;
    bool upper = child == node->child[1];
    bool works;
    if (node->kind == TREE_SIGN) {
        works = prover_split_neuron(p, node->split.index, upper);
    } else {
        mpq_t value;
        mpq_init(value);
        tree_split_value(value, &node->split, p);
        works = prover_split_input(p, node->split.index, value, upper);
        mpq_clear(value);
    }
    if (!works) /* the kernel has not done the node's steps, and what it did would not be what is written */
        mem_abandon(
            "internal error: a node cannot be reached again (please report the networks and the command)");
}

/* Goes down from the split node at hand to its child. */
static void enter(worker *w, tree_node *child)
{
    if (!w->ready)
        visit_replay(w, child->parent);
    walk_enter(&w->p, child);
    push_path(w, child);
}

/* Goes to any node; the nodes above it have been split. */
static void reach(worker *w, tree_node *target)
{
    if (w->path_count == 0)
        push_path(w, w->s->root);
    for (;;) {
        size_t depth = w->path_count - 1;
        tree_node *ancestor = target, *child = NULL;
        while (ancestor->depth > depth) {
            child = ancestor;
            ancestor = ancestor->parent;
        }
        const path_node *here = &w->path[depth];
        if (ancestor != here->node || ancestor->serial != here->serial)
            leave(w);
        else if (child != NULL)
            enter(w, child);
        else
            return;
    }
}

/* Whether a node is for this worker to visit in this round. With the lock, as all below. */
static bool is_work(const search *s, const tree_node *node)
{
    return !node->taken && node->kind != TREE_STUCK && node->bound > s->floor;
}

/* The next node below `top`, depth first, after a visit of `node`; NULL when there is none. Leaves the nodes
 * that are done with. */
static tree_node *advance(worker *w, tree_node *node, const tree_node *top)
{
    const search *s = w->s;
    if (tree_is_split(node)) {
        if (is_work(s, tree_first(node)))
            return tree_first(node);
        if (is_work(s, tree_second(node)))
            return tree_second(node);
    }
    while (node != top) {
        tree_node *parent = node->parent;
        leave(w);
        if (node == tree_first(parent) && is_work(s, tree_second(parent)))
            return tree_second(parent);
        tree_collapse(parent);
        node = parent;
    }
    if (node->parent != NULL)
        leave(w);
    return NULL;
}

/* The second child of the split at place k of the worker's way, if it is still to be visited; or NULL. */
static tree_node *waiting(const worker *w, size_t k)
{
    tree_node *second = tree_second(w->path[k].node);
    return w->path[k + 1].node == second || !is_work(w->s, second) ? NULL : second;
}

/* Gives work to those who have none: of the nodes that wait on this worker's way, the one three fifths of the
 * way down. The topmost one is the most work, but far from where the best points are likely: with that, two
 * threads visited 7 % more nodes than one on property 3 of net 1_3 (1.74 times as fast), and 1 % with this
 * one (1.82 times). Properties 9 and 13 and t2p with d = 5 took as long or a little less, property 12 visited
 * 1.2 times as many nodes in 1.07 of the time. */
static void share(worker *w, const tree_node *top)
{
    search *s = w->s;
    size_t count = 0;
    if (s->idle <= s->queued)
        return;
    for (size_t k = top->depth; k + 1 < w->path_count; k++)
        count += waiting(w, k) != NULL;
    if (count == 0)
        return;
    tree_node *given = NULL;
    size_t wanted = 1 + 3 * count / 5;
    for (size_t k = top->depth; wanted > 0; k++) {
        given = waiting(w, k);
        wanted -= given != NULL;
    }
    given->taken = true;
    s->queue = mem_grow(s->queue, &s->queue_capacity, s->queued + 1, sizeof *s->queue);
    s->queue[s->queued++] = given;
    pthread_cond_signal(&s->changed);
}

static void store_visit(worker *w, tree_node *node, const visit *v)
{
    search *s = w->s;
    s->nodes++;
    s->leaves += !v->is_split;
    s->leaves -= node->kind == TREE_LEAF;
    if (!tree_is_split(node)) {
        s->open += v->is_split;
        s->open -= v->bound == TREE_CLOSED;
    }
    if (v->is_split) {
        tree_divide(node, &v->split, v->bound, w->out.step, w->out.steps, v->text);
        w->out.step = NULL;
        w->out.steps = w->out.capacity = 0;
    } else {
        tree_settle(node, v->is_stuck ? TREE_STUCK : TREE_LEAF, v->bound, v->text);
    }
}

static void report(const search *s, double seconds)
{
    search_progress now = {.lower = s->best.approximate,
                           .upper = fmax(s->root->bound, mpq_get_d(s->final)),
                           .nodes = s->nodes,
                           .seconds = seconds,
                           .open = s->open};
    s->options->progress(s->options->progress_context, &now);
}

/* Once. */
static void tell_lost_text(search *s)
{
    int failure = atomic_load(&s->text_failure);
    if (failure == 0 || s->text_told)
        return;
    error e = ERROR_NONE;
    s->text_told = true;
    error_set(&e, NULL, 0,
              "temporary file: %s; the search goes on without its text (make room for the next one)",
              strerror(failure));
    search_warn(s, &e);
    error_clear(&e);
}

static bool should_end(search *s)
{
    if (s->options->progress != NULL)
        report(s, limit_now() - s->started + s->earlier_seconds);
    limit_check(s);
    tell_lost_text(s);
    s->round_over |= (s->node_limit > 0 && s->nodes >= s->node_limit) || limit_now() >= s->round_until;
    return s->stopping || s->round_over;
}

/* Visits what is to be visited in the subtree. */
static void work_on(worker *w, tree_node *top)
{
    search *s = w->s;
    for (tree_node *node = top; node != NULL;) {
        visit v = {.is_split = false};
        reach(w, node);
        visit_node(w, node, &v);
        stopwatch_enter(&w->watch, PHASE_WALK);
        pthread_mutex_lock(&s->lock);
        store_visit(w, node, &v);
        share(w, top);
        node = should_end(s) ? NULL : advance(w, node, top);
        worker_follow(w);
        pthread_mutex_unlock(&s->lock);
    }
}

/* Whether the round has been ended; but the root is always visited, to have an upper bound. */
static bool is_over(const search *s)
{
    if (s->abandoned != NULL)
        return true;
    return s->root->kind != TREE_OPEN && (s->stopping || s->round_over);
}

void walk_round(worker *w)
{
    search *s = w->s;
    stopwatch_start(&w->watch, PHASE_WALK);
    pthread_mutex_lock(&s->lock);
    prover_restart(&w->p, s->target);
    w->path_count = 0;
    w->version = s->version - 1;
    worker_follow(w);
    for (;;) {
        while (s->queued == 0 && s->idle + 1 < s->working && !is_over(s)) {
            s->idle++;
            pthread_cond_wait(&s->changed, &s->lock);
            s->idle--;
        }
        if (s->queued == 0 || is_over(s))
            break;
        tree_node *top = s->queue[--s->queued];
        worker_follow(w);
        pthread_mutex_unlock(&s->lock);
        work_on(w, top);
        pthread_mutex_lock(&s->lock);
        top->taken = false;
    }
    stopwatch_stop(&w->watch);
    s->working--;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}
