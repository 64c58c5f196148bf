/* Bounds do not rest on the kernel's choices: here they are made at random, in place of choice.c, and no
 * bound is below what is attained. Coefficients of the wrong sign or size among them, and ones that do not
 * fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attained.h"
#include "kernel/choice.h"

static rng choices;

/* Something like a, or quite unlike it. */
static fix choose(fix a)
{
    fix size = a < 0 ? -a : a;
    switch (rng_below(&choices, 12)) {
    case 0:
        return 0;
    case 1:
        return -a;
    case 2:
        return rng_between(&choices, -(1L << 50), 1L << 50);
    case 3:
        return rng_chance(&choices, 90) ? a : rng_between(&choices, INT64_MIN / 2, INT64_MAX / 2);
    case 4:
        return size >= 1L << 60 ? a : a + rng_between(&choices, -size, size);
    default:
        return (fix)((fix_product)a * rng_between(&choices, 0, 1L << 16) >> 16);
    }
}

fix choice_slope(fix lower, fix upper)
{
    (void)lower;
    (void)upper;
    return rng_between(&choices, INT32_MIN, INT32_MAX);
}

fix choice_neuron(const prover *p, size_t n, fix a)
{
    return rng_chance(&choices, 50) && p->lower[n] >= 0 ? a : choose(a);
}

void choice_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b)
{
    (void)tilted;
    *a = choice_neuron(p, n, *a);
    *b = choice_neuron(p, partner, *b);
}

void choice_exact(mpz_t c, const prover *p, size_t n, const mpz_t a)
{
    (void)p;
    (void)n;
    mpz_mul_si(c, a, rng_between(&choices, -300, 1000));
    mpz_fdiv_q_2exp(c, c, 9);
    if (rng_chance(&choices, 10))
        mpz_add_ui(c, c, rng_below(&choices, 1L << 60));
}

bool choice_multipliers(prover *p, size_t output, size_t count, const multiplier *list)
{
    (void)p;
    (void)output;
    (void)count;
    (void)list;
    return true;
}

double choice_neuron_unit(const prover *p, size_t neuron)
{
    (void)p;
    (void)neuron;
    return 1;
}

double choice_objective_unit(const prover *p, size_t output)
{
    (void)p;
    (void)output;
    return 1;
}

static void no_choice_makes_a_bound_wrong(void **state)
{
    (void)state;
    uint64_t seed = random_seed("no_choice_makes_a_bound_wrong");
    size_t cases = random_effort(1500), nodes = 0;
    for (size_t k = 0; k < cases; k++) {
        rng r;
        rng_seed(&r, seed + k);
        rng_seed(&choices, ~(seed + k));
        attained t;
        attained_init(&t, &r);
        for (int step = 0; step < 8 && attained_in_node(&t); step++) {
            attained_check(&t, &r);
            attained_step(&t, &r);
            nodes++;
        }
        attained_clear(&t);
    }
    print_message("%zu nodes of %zu pairs\n", nodes, cases);
    assert_true(nodes > 2 * cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_choice_makes_a_bound_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
