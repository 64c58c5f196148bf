/* The kernel against naive rational arithmetic, in random nodes of random pairs: no bound that any step
 * proves, in any of its arithmetics, with any multipliers, is below a value that is attained, nor below what
 * the same coefficients give without rounding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attained.h"
#include "naive_forward.h"
#include "naive_pass.h"
#include "kernel/choice.h"
#include "kernel/prover.h"

/* --- passes, repeated by naive arithmetic --- */

/* How many have been; tilted: of the objective's. */
typedef struct pass_count {
    size_t narrow, wide, difference, objective, tilted, exact, forward, forward_difference;
} pass_count;

/* What must not be touched by a look at a quantity: a neuron, or a difference. */
typedef struct saved_bounds {
    size_t quantity, trail;
    fix lower, upper;
} saved_bounds;

/* Beyond all bounds, so that whatever is proved is kept. */
#define FAR ((fix)1 << 60)

static void forget_coefficient(prover *p, size_t row)
{
    p->coefficient[row] = p->opposite[row] = 0;
    p->narrow[0][row] = p->narrow[1][row] = 0;
}

static void forget_coefficients(prover *p)
{
    for (size_t row = 0; row < prover_frame(p)->count; row++)
        forget_coefficient(p, row);
}

static saved_bounds forget_bounds(prover *p, size_t quantity)
{
    saved_bounds old = {quantity, p->trail_count, p->lower[quantity], p->upper[quantity]};
    p->lower[quantity] = -FAR;
    p->upper[quantity] = FAR;
    forget_coefficients(p);
    return old;
}

static void restore(prover *p, const saved_bounds *old)
{
    p->lower[old->quantity] = old->lower;
    p->upper[old->quantity] = old->upper;
    p->slope[old->quantity] = choice_slope(old->lower, old->upper);
    for (size_t k = old->trail; k < p->trail_count; k++) {
        if (p->trail[k].neuron == old->quantity) {
            p->trail[k].lower = old->lower;
            p->trail[k].upper = old->upper;
            p->trail[k].slope = p->slope[old->quantity];
        }
    }
}

/* Whether it is known how each neuron without a row is treated: one whose pre-activation is 0 was left out as
 * active or as inactive. */
static bool is_plain(const prover *p)
{
    for (size_t n = 0; n < p->system->neurons; n++)
        if (p->system->relu[n] && p->lower[n] >= 0 && p->upper[n] <= 0 &&
            prover_row(p, n) == SYSTEM_NO_NEURON)
            return false;
    return true;
}

/* One end of a quantity that the last pass has bounded, whose coefficients are `choice`: sign · z of neuron
 * n, or of its difference with `partner`. */
static void check_end(const prover *p, size_t n, size_t partner, int sign, fix end,
                      naive_kernel_choice *choice, pass_count *count)
{
    const system_row *row = p->system->row;
    naive_functional of = {&row[n], partner == SYSTEM_NO_NEURON ? NULL : &row[partner], sign};
    if (end == FAR) /* no bound */
        return;
    mpq_t naive, proved;
    mpq_inits(naive, proved, NULL);
    naive_bound(naive, p, &of, naive_choose_as_kernel, choice, true);
    naive_real(proved, p, n, end);
    assert_true(mpq_cmp(naive, proved) <= 0);
    mpq_clears(naive, proved, NULL);
    *(choice->grain > 0 ? &count->narrow : &count->wide) += 1;
    count->difference += partner != SYSTEM_NO_NEURON;
}

/* Both ends. The coefficient of the functional's last row, which no other pass has written, tells in which
 * arithmetic the last pass was; and whether one of both ends failed, so that there was one for each and the
 * lower end's coefficients are what is left. */
static void check_ends(prover *p, size_t n, size_t partner, size_t quantity, pass_count *count)
{
    naive_kernel_choice choice = {.grain = p->sc.bits - NARROW_BITS};
    bool alone = partner == SYSTEM_NO_NEURON;
    fix own = alone ? p->coefficient[prover_row(p, n)] : -p->coefficient[prover_row(p, partner)];
    if (own != 0)
        choice.grain = 0;
    forget_coefficient(p, prover_row(p, n)); /* the functional itself */
    if (!alone)
        forget_coefficient(p, prover_row(p, partner));
    mpq_init(choice.unit);
    naive_real(choice.unit, p, n, 1);
    if (own >= 0)
        check_end(p, n, partner, +1, p->upper[quantity], &choice, count);
    choice.lane = own >= 0 ? 1 : 0;
    check_end(p, n, partner, -1, -p->lower[quantity], &choice, count);
    mpq_clear(choice.unit);
}

static void check_row(prover *p, rng *r, pass_count *count)
{
    const frame *fr = prover_frame(p);
    if (fr->count == 0 || !is_plain(p))
        return;
    size_t n = fr->neuron[rng_below(r, fr->count)];
    saved_bounds old = forget_bounds(p, n);
    prover_bound(p, n);
    check_ends(p, n, SYSTEM_NO_NEURON, n, count);
    restore(p, &old);
}

/* The same of the difference that prover_bound_all bounds last, if it is the last of all. */
static void check_last_difference(prover *p, pass_count *count)
{
    const frame *fr = prover_frame(p);
    size_t last = fr->count < 2 ? SYSTEM_NO_NEURON : fr->order[fr->count - 2];
    if (last == SYSTEM_NO_NEURON || fr->partner[last] != fr->order[fr->count - 1])
        return;
    size_t n = fr->neuron[last], partner = fr->neuron[fr->partner[last]], w = p->system->neurons + n;
    saved_bounds old = forget_bounds(p, w);
    prover_bound_all(p, true);
    if (!p->empty && p->upper[w] < FAR && is_plain(p))
        check_ends(p, n, partner, w, count);
    restore(p, &old);
}

/* Forward bounds of a row, or of a difference, which had none before. */
static void check_forward(prover *p, rng *r, pass_count *count)
{
    const frame *fr = prover_frame(p);
    if (fr->count == 0 || !is_plain(p))
        return;
    size_t row = rng_below(r, fr->count);
    bool with_pairs = rng_chance(r, 70);
    for (int tries = 0; with_pairs && tries < 10 && fr->partner[row] == SYSTEM_NO_NEURON; tries++)
        row = rng_below(r, fr->count);
    size_t n = fr->neuron[row];
    bool is_second = with_pairs && row >= fr->f_end;
    bool difference = with_pairs && fr->partner[row] != SYSTEM_NO_NEURON && rng_chance(r, 70);
    size_t quantity = n + (difference ? p->system->neurons : 0);
    mpq_t lower, upper, proved;
    mpq_inits(lower, upper, proved, NULL);
    saved_bounds old = forget_bounds(p, quantity);
    prover_bound_forward(p, with_pairs);
    assert_false(p->empty);
    if (is_plain(p) && !is_second && naive_forward(lower, upper, p, quantity, with_pairs)) {
        naive_real(proved, p, n, p->upper[quantity]);
        assert_true(p->upper[quantity] == FAR || mpq_cmp(upper, proved) <= 0);
        naive_real(proved, p, n, p->lower[quantity]);
        assert_true(p->lower[quantity] == -FAR || mpq_cmp(lower, proved) >= 0);
        count->forward += p->upper[quantity] < FAR;
        count->forward_difference += difference && p->upper[quantity] < FAR;
    }
    restore(p, &old);
    mpq_clears(lower, upper, proved, NULL);
}

/* Whether the fixed-point bound of the last pass, with its coefficients, is none below the naive one. */
static void check_objective(const prover *p, size_t k, mpq_t proved)
{
    const objective *o = &p->objectives[k];
    const system_row *row = &p->system->objective[o->output];
    naive_functional of = {row, NULL, o->sign};
    naive_kernel_choice choice = {.lane = 0};
    mpq_t naive;
    mpq_inits(naive, choice.unit, NULL);
    mpq_set_ui(choice.unit, 1, 1);
    long shift = p->sc.objective_exponent[o->output] - p->sc.bits;
    if (shift >= 0)
        mpq_mul_2exp(choice.unit, choice.unit, (mp_bitcnt_t)shift);
    else
        mpq_div_2exp(choice.unit, choice.unit, (mp_bitcnt_t)-shift);
    mpz_mul(mpq_denref(choice.unit), mpq_denref(choice.unit), row->scale);
    mpq_canonicalize(choice.unit);
    naive_bound(naive, p, &of, naive_choose_as_kernel, &choice, true);
    assert_true(mpq_cmp(naive, proved) <= 0);
    mpq_clears(naive, choice.unit, NULL);
}

/* The exact pass rounds nothing but its choices. */
static void check_exact(const prover *p, size_t k, size_t count, const multiplier *list, mpq_t proved)
{
    const objective *o = &p->objectives[k];
    const system_row *row = &p->system->objective[o->output];
    naive_functional of = {row, NULL, o->sign};
    naive_exact_choice choice;
    mpq_t naive;
    mpq_init(naive);
    naive_exact_init(&choice, p, row, count, list);
    naive_bound(naive, p, &of, naive_choose_exactly, &choice, false);
    assert_true(mpq_equal(naive, proved));
    mpz_clear(choice.scale);
    mpq_clear(naive);
}

/* Leaves in p->found the bound of objective k that one pass proves, whose coefficients are left behind;
 * without multipliers that of the second default pass, where it is better than the first. */
static void prove_once(prover *p, size_t k, size_t count, multiplier *list, pass_count *done)
{
    const frame *fr = prover_frame(p);
    if (count == 0 && fr->count > 0) { /* the first pass alone */
        list[0].neuron = fr->neuron[0];
        mpq_set_ui(list[0].value, 0, 1);
        count = 1;
        prover_prove(p, k, count, list);
        const objective_bound first = p->found;
        forget_coefficients(p);
        prover_prove(p, k, 0, list);
        if (p->found.kind != BOUND_NONE && (first.kind == BOUND_NONE || p->found.total < first.total)) {
            done->tilted++;
            return;
        }
    }
    forget_coefficients(p);
    prover_prove(p, k, count, list);
}

/* Bounds of every objective in both arithmetics, and of a row and a difference. */
static void check_passes(attained *t, rng *r, pass_count *done)
{
    prover *p = &t->p;
    multiplier *list = t->list;
    mpq_t proved;
    mpq_init(proved);
    check_row(p, r, done);
    check_last_difference(p, done);
    check_forward(p, r, done);
    for (size_t k = 0; k < p->objective_count && !p->empty; k++) {
        size_t count = rng_chance(r, 50) ? attained_multipliers(t, r) : 0;
        prover_prove_exact(p, k, count, list);
        assert_true(prover_bound_value(proved, p, k, &p->found));
        check_exact(p, k, count, list, proved);
        done->exact++;
        prove_once(p, k, count, list, done);
        if (!is_plain(p) || !prover_bound_value(proved, p, k, &p->found)) /* the pass failed */
            continue;
        check_objective(p, k, proved);
        done->objective++;
    }
    mpq_clear(proved);
}

static void no_bound_is_below_an_attained_value(void **state)
{
    (void)state;
    uint64_t seed = random_seed("no_bound_is_below_an_attained_value");
    size_t cases = random_effort(1500), nodes = 0;
    pass_count done = {0};
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        attained t;
        attained_init(&t, &r);
        for (int step = 0; step < 8 && attained_in_node(&t); step++) {
            attained_check(&t, &r);
            if (rng_chance(&r, 30))
                check_passes(&t, &r, &done);
            nodes++;
            attained_step(&t, &r);
        }
        attained_clear(&t);
    }
    print_message("%zu nodes of %zu pairs\n", nodes, cases);
    print_message(
        "repeated: %zu narrow and %zu wide passes, %zu of them of differences; %zu of objectives, %zu of "
        "them tilted; %zu exact; %zu forward, %zu of them of differences\n",
        done.narrow, done.wide, done.difference, done.objective, done.tilted, done.exact, done.forward,
        done.forward_difference);
    assert_true(nodes > 2 * cases);
    assert_true(done.narrow > cases / 2 && done.wide > cases / 20 && done.difference > cases / 20 &&
                done.objective > cases / 2 && done.exact > cases / 2 && done.forward > cases / 2 &&
                done.forward_difference > cases / 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_bound_is_below_an_attained_value)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
