/* What the search expects of multipliers is what the kernel proves with them, in random nodes of random
 * pairs, with partners and without: the optimum of a node's linear program, and the least bound of the
 * subgradient steps. Doubles may break a promise where ranges are nearly empty or coefficients beyond the
 * kernel's limit, but not often. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "random_network.h"
#include "search/dual.h"
#include "search/relaxation.h"

/* Normalised bounds are of order one; GLPK's tolerances are 1e-7. */
static bool exceeds(double proved, double promised, double loss)
{
    return proved > promised + loss + 1e-6 * (1 + fabs(promised));
}

typedef struct node {
    pair_system system;
    prover p;
    relaxation lp;
    dual better;
    bool *relevant;
    multiplier *list;
} node;

typedef struct tally {
    size_t solved, empty, steps, partners, shorter, longer;
    size_t broken, broken_rounded, broken_steps; /* promises */
} tally;

static void node_init(node *n, const problem *q)
{
    mpq_t claim; /* that nothing proves */
    mpq_init(claim);
    mpq_set_si(claim, -1, 1);
    mpq_mul_2exp(claim, claim, 100);
    *n = (node){.list = NULL};
    system_init(&n->system, &q->f, &q->g);
    prover_init(&n->p, &n->system, q->box.lower, q->box.upper, (proof_scope){.all_outputs = true}, claim);
    size_t inputs = n->system.inputs, rows = n->system.neurons;
    relaxation_init(&n->lp, inputs, rows);
    dual_init(&n->better, inputs, rows);
    n->relevant = mem_alloc(rows, sizeof *n->relevant);
    n->list = mem_alloc(rows, sizeof *n->list);
    for (size_t k = 0; k < rows; k++)
        mpq_init(n->list[k].value);
    mpq_clear(claim);
}

static void node_clear(node *n)
{
    for (size_t k = 0; k < n->system.neurons; k++)
        mpq_clear(n->list[k].value);
    free(n->list);
    free(n->relevant);
    dual_clear(&n->better);
    relaxation_clear(&n->lp);
    prover_clear(&n->p);
    system_clear(&n->system);
}

/* The bound of objective k that the kernel proves with the multipliers at hand, normalised. */
static double proved_bound(node *n, const mirror *m, size_t k, double loss, size_t *count)
{
    *count = dual_multipliers(n->list, &n->better, m, &n->p, &n->p.objectives[k], loss);
    prover_prove(&n->p, k, *count, n->list);
    return n->p.found.kind == BOUND_TOTAL ? ldexp((double)n->p.found.total, -2 * n->p.sc.bits) : HUGE_VAL;
}

static void check_program(node *n, const mirror *m, size_t k, tally *t)
{
    size_t exact, rounded;
    const objective *o = &n->p.objectives[k];
    relaxation_status status = relaxation_solve(&n->lp, &n->p, m, n->relevant, o);
    t->empty += status == RELAXATION_EMPTY;
    if (status != RELAXATION_SOLVED)
        return;
    t->solved++;
    dual_take(&n->better, m, &n->p, o, n->lp.c);
    t->broken += exceeds(proved_bound(n, m, k, 0, &exact), n->lp.bound, 0);
    t->broken_rounded += exceeds(proved_bound(n, m, k, 0.01, &rounded), n->lp.bound, 0.05);
    t->shorter += rounded < exact;
    t->longer += rounded > exact;
}

static void check_steps(node *n, const mirror *m, size_t k, tally *t)
{
    size_t count;
    dual_improve(&n->better, m, &n->p, &n->p.objectives[k], -1, 20);
    t->broken_steps += exceeds(proved_bound(n, m, k, 0, &count), n->better.least, 0);
    t->steps++;
}

static void check_node(node *n, tally *t)
{
    mirror m;
    mirror_init(&m, &n->p);
    mirror_relevant(n->relevant, &m, &n->p);
    const frame *fr = prover_frame(&n->p);
    for (size_t r = 0; r < fr->f_end; r++)
        t->partners += fr->partner[r] != SYSTEM_NO_NEURON;
    for (size_t k = 0; k < n->p.objective_count; k++) {
        check_program(n, &m, k, t);
        check_steps(n, &m, k, t);
    }
    mirror_clear(&m);
}

static void random_step(prover *p, rng *r)
{
    size_t neuron = p->system->neurons == 0 ? 0 : rng_below(r, p->system->neurons);
    if (rng_chance(r, 50))
        prover_split_neuron(p, neuron, rng_chance(r, 50));
    else if (rng_chance(r, 20))
        prover_reduce(p);
    prover_bound_all(p, rng_chance(r, 70));
}

static void multipliers_prove_what_they_promise(void **state)
{
    (void)state;
    uint64_t seed = random_seed("multipliers_prove_what_they_promise");
    size_t cases = random_effort(1000);
    tally t = {0};
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem q;
        random_problem(&q, &r);
        node n;
        node_init(&n, &q);
        for (int step = 0; step < 5 && !n.p.empty; step++) {
            check_node(&n, &t);
            random_step(&n.p, &r);
        }
        node_clear(&n);
        problem_clear(&q);
    }
    print_message(
        "%zu programs and %zu times steps, with %zu partners; %zu programs of nodes without a point; "
        "rounded lists shorter %zu times, longer %zu times; broken promises: %zu, %zu rounded, %zu of "
        "steps\n",
        t.solved, t.steps, t.partners, t.empty, t.shorter, t.longer, t.broken, t.broken_rounded,
        t.broken_steps);
    assert_true(t.solved > cases && t.steps > cases && t.partners > cases / 2 && t.shorter > t.longer);
    assert_true(t.broken < t.solved / 100 && t.broken_rounded < t.solved / 50 &&
                t.broken_steps < t.steps / 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(multipliers_prove_what_they_promise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
