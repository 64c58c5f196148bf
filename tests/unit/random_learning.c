#include "random_learning.h"

#include "base/memory.h"
#include "fool/complexity.h"
#include "number/rational.h"
#include "random_rational.h"

void random_learning(learning *t, rng *r, size_t dimensions)
{
    static const long q[][2] = {{1, 1}, {3, 2}, {2, 1}, {3, 1}};
    static const long c[][2] = {{1, 3}, {1, 2}, {9, 10}, {1, 1}, {3, 2}, {2, 1}, {5, 1}};
    learning_init(t);
    size_t choice = rng_below(r, 6);
    t->largest = choice == 5;
    if (choice < 4)
        mpq_set_si(t->q, q[choice][0], (unsigned long)q[choice][1]);
    else
        mpq_set_ui(t->q, 20 + rng_below(r, 200), 20);
    mpq_canonicalize(t->q);
    choice = rng_below(r, 7);
    mpq_set_si(t->c, c[choice][0], (unsigned long)c[choice][1]);
    t->width = 1 + rng_below(r, 60);
    t->layers = rng_chance(r, 90) ? 3 + rng_below(r, 6) : 1 + rng_below(r, 2);
    t->dimension = 1 + rng_below(r, dimensions);
    t->uniform = rng_chance(r, 50);
    mpq_set_ui(t->p, rng_chance(r, 30) ? 4 : 4 + rng_below(r, 40), 4);
    mpq_canonicalize(t->p);
}

void learning_copy(learning *to, const learning *from)
{
    *to = *from;
    mpq_inits(to->q, to->c, to->p, NULL);
    mpq_set(to->q, from->q);
    mpq_set(to->c, from->c);
    mpq_set(to->p, from->p);
}

void random_tolerance(mpq_t tolerance, const learning *t, rng *r)
{
    error_bound e;
    mpz_t none;
    mpq_t scale;
    mpz_init(none);
    mpq_init(scale);
    mpq_set_ui(tolerance, 1 + rng_below(r, 500), 200);
    mpq_canonicalize(tolerance);
    scale_slowly(tolerance, 10, -rng_between(r, 0, 3));
    complexity_remaining(&e, t, none, false);
    if (e.why != CLAIM_NOTHING) {
        rational_from_float64(scale, mpfr_get_d(e.value, MPFR_RNDN));
        mpq_mul(tolerance, tolerance, scale);
    }
    error_bound_clear(&e);
    mpq_clear(scale);
    mpz_clear(none);
}

char *learning_words(const learning *t)
{
    double q = t->largest ? __builtin_inf() : mpq_get_d(t->q),
           p = t->uniform ? __builtin_inf() : mpq_get_d(t->p);
    return mem_printf("q %g, c %g, B %zu, L %zu, d %zu, p %g", q, mpq_get_d(t->c), t->width, t->layers,
                      t->dimension, p);
}
