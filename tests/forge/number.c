/* Moves of numbers: see number.h. */
#include "number.h"

#include <stdbool.h>

#include "number/binary.h"

long number_exponent(rng *r)
{
    return rng_chance(r, 55)   ? 0
           : rng_chance(r, 30) ? rng_between(r, -20, 20)
                               : rng_between(r, -NUMBER_SPAN, NUMBER_SPAN);
}

void number_scale(mpq_t value, long exponent)
{
    binary_scale(value, value, exponent);
}

void number_random(mpq_t value, rng *r)
{
    mpq_set_si(value, rng_between(r, -9, 9), rng_below(r, 8) + 1);
    mpq_canonicalize(value);
    number_scale(value, number_exponent(r));
}

static void set_power(mpq_t value, long exponent)
{
    mpq_set_ui(value, 1, 1);
    number_scale(value, exponent);
}

/* By one in the numerator or in the denominator. */
static void move_unit(mpq_t value, rng *r)
{
    mpz_ptr part = rng_chance(r, 70) ? mpq_numref(value) : mpq_denref(value);
    if (rng_chance(r, 50) || part == mpq_denref(value))
        mpz_add_ui(part, part, 1);
    else
        mpz_sub_ui(part, part, 1);
    mpq_canonicalize(value);
}

void number_move(mpq_t value, rng *r)
{
    mpq_t by;
    mpq_init(by);
    switch (rng_below(r, 8)) {
    case 0:
        move_unit(value, r);
        break;
    case 1: /* by a part of itself */
        mpq_set(by, value);
        number_scale(by, -rng_between(r, 1, 250));
        break;
    case 2:
        set_power(by, rng_between(r, -250, 20));
        break;
    case 3:
        number_scale(value, rng_chance(r, 60) ? rng_between(r, -4, 4) : rng_between(r, -300, 300));
        break;
    case 4:
        mpq_neg(value, value);
        break;
    case 5:
        number_random(value, r);
        break;
    case 6:
        mpq_set_si(value, rng_between(r, -2, 2), 1);
        break;
    default: /* by a unit of the kernel, more or less */
        mpq_set(by, value);
        number_scale(by, -rng_between(r, 40, 48));
    }
    if (rng_chance(r, 50))
        mpq_neg(by, by);
    mpq_add(value, value, by);
    mpq_clear(by);
}

void number_lower(mpq_t value, rng *r)
{
    mpq_t by;
    mpq_init(by);
    switch (rng_below(r, 6)) {
    case 0:
    case 1:
        mpq_abs(by, value);
        number_scale(by, -rng_between(r, 1, 60));
        break;
    case 2:
        mpq_abs(by, value);
        number_scale(by, -rng_between(r, 1, 250));
        break;
    case 3:
        set_power(by, rng_between(r, -250, 0));
        break;
    case 4: /* of another size: positive, so long as it was */
        if (mpq_sgn(value) > 0)
            number_scale(value, -rng_between(r, 1, rng_chance(r, 50) ? 60 : 2 * NUMBER_SPAN));
        else
            set_power(by, rng_between(r, -250, 250));
        break;
    default:
        number_random(by, r);
        mpq_abs(by, by);
        if (mpq_sgn(by) == 0)
            mpq_set_ui(by, 1, 1);
    }
    mpq_sub(value, value, by);
    mpq_clear(by);
}
