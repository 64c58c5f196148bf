/* Visits of nodes: one that has been split is made ready once, by the steps on record, and what the kernel
 * then knows is what it knew when the node was split. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "random_network.h"
#include "search/limit.h"
#include "search/visit.h"
#include "search/walk.h"

/* A search of one worker, as maximise.c sets it up, whose walk the test does itself. */
typedef struct alone {
    query q;
    search_options options;
    search s;
    worker w;
    writer *store;
} alone;

static void set_up(alone *a, const problem *p)
{
    search *s = &a->s;
    *a = (alone){
        .q = {.f = &p->f, .g = &p->g, .lower = p->box.lower, .upper = p->box.upper, .all_outputs = true}};
    s->q = &a->q;
    s->options = &a->options;
    s->started = limit_now();
    s->store = &a->store;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    incumbent_init(&s->best, s->q, NULL);
    mpq_inits(s->final, s->target, NULL);
    s->root = tree_new(NULL, HUGE_VAL);
    system_init(&s->system, &p->f, &p->g);
    numeric_init(&s->num, &s->system);
    s->box_lower = calloc(p->box.inputs, sizeof(double));
    s->box_upper = calloc(p->box.inputs, sizeof(double));
    for (size_t i = 0; i < p->box.inputs; i++) {
        s->box_lower[i] = mpq_get_d(p->box.lower[i]);
        s->box_upper[i] = mpq_get_d(p->box.upper[i]);
    }
    worker_init(&a->w, s, NULL, 0, false);
    search_update_claims(s);
    worker_follow(&a->w);
    stopwatch_start(&a->w.watch, PHASE_WALK);
}

static void clear(alone *a)
{
    search *s = &a->s;
    worker_clear(&a->w);
    tree_free(s->root);
    incumbent_clear(&s->best);
    numeric_clear(&s->num);
    system_clear(&s->system);
    mpq_clears(s->final, s->target, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s->box_lower);
    free(s->box_upper);
}

/* What the kernel knows of a node. */
typedef struct knowledge {
    size_t frames, rows;
    fix *lower, *upper;
} knowledge;

static knowledge look(const prover *p)
{
    size_t size = 2 * p->system->neurons * sizeof(fix);
    knowledge k = {p->frame_count, prover_frame(p)->count, malloc(size + 1), malloc(size + 1)};
    memcpy(k.lower, p->lower, size);
    memcpy(k.upper, p->upper, size);
    return k;
}

static void forget(knowledge *k)
{
    free(k->lower);
    free(k->upper);
}

static void check_same(const prover *p, const knowledge *k)
{
    assert_int_equal(p->frame_count, k->frames);
    assert_int_equal(prover_frame(p)->count, k->rows);
    for (size_t n = 0; n < 2 * p->system->neurons; n++)
        assert_true(p->lower[n] == k->lower[n] && p->upper[n] == k->upper[n]);
}

/* The node's first visit; whether it is now split. */
static bool visit_first(alone *a, tree_node *node)
{
    visit v = {.is_split = false};
    visit_node(&a->w, node, &v);
    if (!v.is_split)
        return false;
    tree_divide(node, &v.split, v.bound, a->w.out.step, a->w.out.steps, v.text);
    a->w.out.step = NULL;
    a->w.out.steps = a->w.out.capacity = 0;
    return true;
}

/* Visits the split node again, where the kernel is at it and has done its steps, and where it comes to it
 * anew from the node above. Counts the nodes whose steps would do more if they were done twice. */
static void visit_again(alone *a, const tree_node *node, size_t *would_change)
{
    worker *w = &a->w;
    visit v = {.is_split = false};
    knowledge before = look(&w->p);
    visit_node(w, node, &v);
    check_same(&w->p, &before);
    size_t trail = w->p.trail_count;
    visit_replay(w, node);
    *would_change += w->p.trail_count > trail;
    if (node->parent == NULL) {
        prover_restart(&w->p, w->p.claim);
    } else {
        prover_back(&w->p);
        walk_enter(&w->p, node);
    }
    w->ready = false;
    visit_node(w, node, &v);
    assert_true(w->ready);
    check_same(&w->p, &before);
    forget(&before);
}

static void split_nodes_are_made_ready_once(void **state)
{
    (void)state;
    uint64_t seed = random_seed("split_nodes_are_made_ready_once");
    size_t cases = random_effort(300), nodes = 0, would_change = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem p;
        random_problem(&p, &r);
        alone a;
        set_up(&a, &p);
        tree_node *node = a.s.root;
        for (int depth = 0; depth < 6; depth++) {
            a.w.path = mem_grow(a.w.path, &a.w.path_capacity, a.w.path_count + 1, sizeof *a.w.path);
            a.w.path[a.w.path_count++] = (path_node){node, node->serial};
            a.w.ready = false;
            if (!visit_first(&a, node))
                break;
            visit_again(&a, node, &would_change);
            nodes++;
            node = node->child[rng_below(&r, 2)];
            walk_enter(&a.w.p, node);
        }
        clear(&a);
        problem_clear(&p);
    }
    print_message("%zu split nodes; %zu whose steps would do more a second time\n", nodes, would_change);
    assert_true(nodes > cases / 2 && would_change > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(split_nodes_are_made_ready_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
