#include "random_box.h"

#include "arrays.h"

/* An end of a box with a long denominator, between -2 and 2. */
static void long_end(mpq_t value, rng *r)
{
    rng_integer(mpq_denref(value), r, 80);
    mpz_setbit(mpq_denref(value), 80);
    rng_integer(mpq_numref(value), r, 81);
    mpq_canonicalize(value);
    if (rng_chance(r, 50))
        mpq_neg(value, value);
}

static void order_ends(mpq_t lower, mpq_t upper)
{
    if (mpq_cmp(lower, upper) > 0)
        mpq_swap(lower, upper);
}

typedef enum box_kind {
    BOX_UNIT,
    BOX_SYMMETRIC,
    BOX_INTEGER,
    BOX_LONG,
    BOX_TINY,
    BOX_FLAT,
    BOX_POINT,
    BOX_COUNT
} box_kind;

static void random_interval(mpq_t lower, mpq_t upper, rng *r, box_kind kind)
{
    long half = rng_between(r, 1, 3);
    switch (kind) {
    case BOX_UNIT:
        mpq_set_ui(upper, 1, 1);
        break;
    case BOX_SYMMETRIC:
        mpq_set_si(lower, -half, 2);
        mpq_set_si(upper, half, 2);
        break;
    case BOX_INTEGER:
        mpq_set_si(lower, rng_between(r, -3, 3), 1);
        mpq_set_si(upper, rng_between(r, -3, 3), 1);
        break;
    case BOX_TINY:
        long_end(lower, r);
        mpq_set_ui(upper, 1, 1);
        mpq_div_2exp(upper, upper, 20 + rng_below(r, 60));
        mpq_add(upper, upper, lower);
        break;
    default:
        long_end(lower, r);
        long_end(upper, r);
    }
    mpq_canonicalize(lower);
    mpq_canonicalize(upper);
    order_ends(lower, upper);
}

void random_box(box *b, rng *r, size_t inputs)
{
    static const char *const name[] = {"unit", "symmetric", "integer", "long", "tiny", "flat", "point"};
    box_kind kind = (box_kind)rng_below(r, rng_chance(r, 80) ? BOX_TINY : BOX_COUNT);
    *b = (box){inputs, rationals_new(inputs), rationals_new(inputs), name[kind]};
    for (size_t i = 0; i < inputs; i++) {
        box_kind interval = kind >= BOX_FLAT ? (box_kind)rng_below(r, BOX_FLAT) : kind;
        random_interval(b->lower[i], b->upper[i], r, interval);
        if (kind == BOX_POINT || (kind == BOX_FLAT && rng_chance(r, 50)))
            mpq_set(b->upper[i], b->lower[i]);
    }
}

void box_clear(box *b)
{
    rationals_free(b->lower, b->inputs);
    rationals_free(b->upper, b->inputs);
}

void random_point(mpq_t *x, rng *r, const box *b)
{
    mpq_t part;
    mpq_init(part);
    for (size_t i = 0; i < b->inputs; i++) {
        mpq_set_ui(part, rng_below(r, 9), 8);
        if (rng_chance(r, 20))
            mpq_set_ui(part, rng_below(r, 100001), 100000);
        mpq_canonicalize(part);
        mpq_sub(x[i], b->upper[i], b->lower[i]);
        mpq_mul(x[i], x[i], part);
        mpq_add(x[i], x[i], b->lower[i]);
    }
    mpq_clear(part);
}
