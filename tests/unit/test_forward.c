/* Forward bounds by hand and against passes: what they are in a small network, that they are as good as
 * passes where the format says so, and that numbers which are too large are let go. That no rounding is
 * inward is test_prover's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draft.h"
#include "number/vector.h"
#include "kernel/choice.h"
#include "kernel/prover.h"
#include "random_network.h"

typedef struct node {
    pair_system system;
    prover p;
} node;

/* The root of f − 0 on [0, 1], with f of one input. */
static void make_node(node *n, const draft *f)
{
    rng r;
    rng_seed(&r, 1);
    network net, zero;
    draft none;
    size_t one_output = 1;
    draft_network(&net, f, &r);
    draft_init(&none, 1, 1, &one_output);
    draft_network(&zero, &none, &r);
    draft_clear(&none);
    mpq_t claim, *ends = vector_new(2);
    mpq_init(claim);
    mpq_set_ui(ends[1], 1, 1);
    system_init(&n->system, &net, &zero);
    prover_init(&n->p, &n->system, ends, ends + 1, (proof_scope){.all_outputs = true}, claim);
    network_clear(&net);
    network_clear(&zero);
    vector_free(ends, 2);
    mpq_clear(claim);
}

static void clear_node(node *n)
{
    prover_clear(&n->p);
    system_clear(&n->system);
}

static double real(const node *n, size_t neuron, fix units)
{
    return (double)units * choice_neuron_unit(&n->p, neuron);
}

/* Forgets all bounds, as if only 2 units of size were known. */
static void forget(prover *p)
{
    for (size_t n = 0; n < p->system->neurons; n++) {
        p->lower[n] = -((fix)2 << p->sc.bits);
        p->upper[n] = (fix)2 << p->sc.bits;
    }
}

/* y = relu(x − 1/2), z = 1 − 2y and relu(z): with 0 <= y <= x/2 on [0, 1], z is between 1 − x and 1. */
static void by_hand(void **state)
{
    (void)state;
    size_t widths[] = {1, 1, 1};
    draft f;
    node n;
    draft_init(&f, 1, 3, widths);
    f.kind[1] = f.kind[2] = NEURON_RELU;
    mpq_set_ui(*draft_weight(&f, 1, 0), 1, 1);
    mpq_set_si(f.bias[1], -1, 2);
    mpq_set_si(*draft_weight(&f, 2, 1), -2, 1);
    mpq_set_ui(f.bias[2], 1, 1);
    mpq_set_ui(*draft_weight(&f, 3, 2), 1, 1);
    make_node(&n, &f);
    forget(&n.p);
    prover_bound_forward(&n.p, false);
    assert_int_equal(n.system.neurons, 2);
    assert_true(fabs(real(&n, 0, n.p.lower[0]) + 0.5) < 1e-9);
    assert_true(fabs(real(&n, 0, n.p.upper[0]) - 0.5) < 1e-9);
    assert_true(fabs(real(&n, 1, n.p.lower[1]) - 0) < 1e-9);
    assert_true(fabs(real(&n, 1, n.p.upper[1]) - 1) < 1e-9);
    clear_node(&n);
    draft_clear(&f);
}

/* z = w·relu(w·x) on [1/2, 1], where x̂ is between 0 and 1: of the coefficient w²/2 of x̂, and of the constant
 * w²/2, nine tenths of a unit are left over. Both must be made good, the coefficient's at the larger size of
 * x̂, which is 1; the smaller one is 0. */
static void a_lost_unit_is_made_good_at_the_larger_end(void **state)
{
    (void)state;
    size_t widths[] = {1, 1, 1};
    draft f;
    node n;
    mpq_t w, half, bound;
    mpq_inits(w, half, bound, NULL);
    mpq_set_si(w, (1L << 30) - 343, 1UL << 30); /* 343² is 0.9 of 2^17, less than a whole number of it */
    mpq_set_ui(half, 1, 2);
    draft_init(&f, 1, 3, widths);
    f.kind[1] = f.kind[2] = NEURON_RELU;
    mpq_set(*draft_weight(&f, 1, 0), w);
    mpq_set(*draft_weight(&f, 2, 1), w);
    mpq_set_ui(*draft_weight(&f, 3, 2), 1, 1);
    make_node(&n, &f);
    assert_true(prover_split_input(&n.p, 0, half, true));
    prover_bound_forward(&n.p, false);
    mpq_set_d(bound, real(&n, 1, n.p.upper[1])); /* exactly: the unit is a power of two */
    mpq_mul(w, w, w);
    assert_true(mpq_cmp(bound, w) >= 0);
    assert_true(fabs(mpq_get_d(bound) - mpq_get_d(w)) < 1e-12);
    mpq_clears(w, half, bound, NULL);
    clear_node(&n);
    draft_clear(&f);
}

/* A chain y = relu(z), whose weights are then made 2^7 times as large, so that coefficients of the third and
 * later neurons are too large for a function, and without a limit soon for any number. The bound known before
 * is kept, and used further on. */
#define CHAIN 20
static void large_numbers_are_let_go(void **state)
{
    (void)state;
    size_t widths[CHAIN + 1];
    draft f;
    node n;
    for (size_t v = 0; v <= CHAIN; v++)
        widths[v] = 1;
    draft_init(&f, 1, CHAIN + 1, widths);
    for (size_t v = 1; v <= CHAIN + 1; v++) {
        f.kind[v] = v <= CHAIN ? NEURON_RELU : NEURON_LINEAR;
        mpq_set_ui(*draft_weight(&f, v, v - 1), 1, 1);
        mpq_set_si(f.bias[v], -1, 100);
    }
    make_node(&n, &f);
    prover *p = &n.p;
    assert_int_equal(n.system.neurons, CHAIN);
    for (size_t source = 0; source < CHAIN; source++)
        p->frames[0].column[source].weight[0] <<= 7;
    forget(p);
    fix known = p->upper[2];
    prover_bound_forward(p, false);
    for (size_t neuron = 2; neuron < CHAIN; neuron++)
        assert_true(p->upper[neuron] == known);
    clear_node(&n);
    draft_clear(&f);
}

static bool has_partners(const prover *p)
{
    for (size_t n = 0; n < p->system->neurons; n++)
        if (p->sc.partner[n] != SYSTEM_NO_NEURON)
            return true;
    return false;
}

/* Rows that are unstable by both ways, and their widths after passes for all rows, and after forward bounds
 * and passes for deep rows. */
typedef struct widths {
    size_t shallow, deep, worse; /* worse: shallow ones that passes bound better */
    double by_passes, by_both;
} widths;

static bool is_unstable(const prover *p, size_t n)
{
    return p->system->relu[n] && p->lower[n] < 0 && p->upper[n] > 0;
}

static void compare(widths *sum, prover *passes, prover *both)
{
    const frame *fr = prover_frame(passes);
    double one = (double)((fix)1 << passes->sc.bits);
    prover_bound_all(passes, false);
    prover_bound_forward(both, false);
    prover_bound_deep(both);
    assert_true(passes->empty == both->empty);
    for (size_t row = 0; row < fr->count && !both->empty; row++) {
        size_t n = fr->neuron[row];
        if (!is_unstable(passes, n) || !is_unstable(both, n))
            continue;
        double by_passes = (double)(passes->upper[n] - passes->lower[n]) / one;
        double by_both = (double)(both->upper[n] - both->lower[n]) / one;
        bool is_deep = fr->depth[row] > 2;
        sum->worse += !is_deep && by_both > by_passes + 1e-9;
        sum->shallow += !is_deep;
        sum->deep += is_deep;
        sum->by_passes += by_passes;
        sum->by_both += by_both;
    }
}

static void split_both(prover *passes, prover *both, rng *r)
{
    mpq_t middle;
    mpq_init(middle);
    size_t i = rng_below(r, passes->system->inputs);
    bool upper_first = rng_chance(r, 50);
    mpq_add(middle, passes->box_lower[i], passes->box_upper[i]);
    mpq_div_2exp(middle, middle, 1);
    assert_true(prover_split_input(passes, i, middle, upper_first));
    assert_true(prover_split_input(both, i, middle, upper_first));
    mpq_clear(middle);
}

/* But for rounding, which decides what a neuron with lo = −hi loses. */
static void no_worse_than_passes(void **state)
{
    (void)state;
    uint64_t seed = random_seed("no_worse_than_passes");
    size_t cases = random_effort(1000);
    widths sum = {0};
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        problem q;
        random_problem(&q, &r);
        pair_system system;
        prover passes, both;
        mpq_t claim;
        mpq_init(claim);
        system_init(&system, &q.f, &q.g);
        prover_init(&passes, &system, q.box.lower, q.box.upper, (proof_scope){.all_outputs = true}, claim);
        prover_fork(&both, &passes);
        for (int level = 0; level < 2 && !has_partners(&passes) && !passes.empty; level++) {
            split_both(&passes, &both, &r);
            compare(&sum, &passes, &both);
        }
        prover_clear(&both);
        prover_clear(&passes);
        system_clear(&system);
        mpq_clear(claim);
        problem_clear(&q);
    }
    print_message(
        "%zu rows of depth 1 and 2, %zu of them worse; %zu deeper ones; widths by both ways %.6f of "
        "those by passes\n",
        sum.shallow, sum.worse, sum.deep, sum.by_both / sum.by_passes);
    assert_true(sum.shallow > cases && sum.deep > cases / 4);
    assert_true(sum.worse * 100 < sum.shallow);
    assert_true(sum.by_both < 1.001 * sum.by_passes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand), cmocka_unit_test(a_lost_unit_is_made_good_at_the_larger_end),
        cmocka_unit_test(large_numbers_are_let_go), cmocka_unit_test(no_worse_than_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
