/* Visits of nodes: one that has been split is made ready once, by the steps on record, and what the kernel
 * then knows is what it knew when the node was split. And points that refute what nodes are believed to
 * prove. */
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
#include "search/contradiction.h"
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

/* --- contradictions --- */

static bool refutes(alone *a, mpq_t *x, double value)
{
    mpq_t exact;
    mpq_init(exact);
    mpq_set_d(exact, value);
    bool refuted = contradiction_at(&a->s, &a->w.p, x, exact);
    mpq_clear(exact);
    return refuted;
}

/* The root is split in the middle of its first input: below it, a leaf of at most 1; above, one that is
 * proved for the claim 2. */
static void split_root(alone *a, mpq_t middle)
{
    tree_node *root = a->s.root;
    tree_split split = {.kind = TREE_INPUT, .index = 0, .position = 0};
    tree_divide(root, &split, 100, NULL, 0, (tree_text){0});
    tree_settle(root->child[0], TREE_LEAF, 1, (tree_text){0});
    tree_settle(root->child[1], TREE_LEAF, TREE_CLOSED, (tree_text){0});
    tree_split_value(middle, &split, &a->w.p);
    mpq_set_ui(a->s.final, 2, 1);
}

static void check_bounds(alone *a, mpq_t *x, const mpq_t middle)
{
    mpq_t step;
    mpq_init(step);
    mpq_set_d(step, 0x1p-20);
    mpq_set(x[0], middle); /* belongs to both */
    assert_true(refutes(a, x, 1.5) && !refutes(a, x, 1));
    mpq_sub(x[0], middle, step);
    assert_true(refutes(a, x, 1.5) && !refutes(a, x, 1));
    mpq_add(x[0], middle, step);
    assert_true(!refutes(a, x, 1.5) && !refutes(a, x, 2) && refutes(a, x, 2.5));
    mpq_clear(step);
}

/* Where a sign is split the point may be on either side, so that the larger bound counts. */
static void check_signs(alone *a, mpq_t *x, const mpq_t middle)
{
    tree_node *leaf = a->s.root->child[1];
    tree_split split = {.kind = TREE_SIGN};
    leaf->kind = TREE_OPEN;
    leaf->bound = leaf->own = 100;
    tree_divide(leaf, &split, 100, NULL, 0, (tree_text){0});
    tree_settle(leaf->child[0], TREE_LEAF, 1, (tree_text){0});
    tree_settle(leaf->child[1], TREE_LEAF, 3, (tree_text){0});
    mpq_set_d(x[0], 0x1p-20);
    mpq_add(x[0], x[0], middle);
    assert_true(!refutes(a, x, 2) && !refutes(a, x, 3) && refutes(a, x, 3.5));
}

/* A point that is found there ends the search, with a message. */
static void check_publishing(alone *a, mpq_t *x)
{
    assert_false(a->s.broken);
    mpq_set_ui(a->w.mine.value, 4, 1);
    mpq_set(a->w.mine.point[0], x[0]);
    worker_publish(&a->w);
    assert_true(a->s.broken && a->s.stopping);
    assert_non_null(strstr(a->s.failure.message, "internal error: " CONTRADICTION));
    error_clear(&a->s.failure);
}

static void points_refute_bounds(void **state)
{
    (void)state;
    uint64_t seed = random_seed("points_refute_bounds");
    for (size_t k = 0; k < random_effort(20); k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem p;
        random_problem(&p, &r);
        alone a;
        mpq_t middle;
        mpq_init(middle);
        set_up(&a, &p);
        mpq_t *x = a.w.mine.point;
        assert_false(refutes(&a, x, 1e300)); /* nothing has been proved */
        split_root(&a, middle);
        mpq_set_si(a.s.best.value, -1, 1);
        check_bounds(&a, x, middle);
        check_signs(&a, x, middle);
        check_publishing(&a, x);
        mpq_clear(middle);
        clear(&a);
        problem_clear(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(split_nodes_are_made_ready_once),
                                       cmocka_unit_test(points_refute_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
