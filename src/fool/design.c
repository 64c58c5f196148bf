/* Designs: see design.h. */
#include "fool/design.h"

#include "fool/power.h"

enum {
    LONG_BITS = 64,   /* a radius with longer numerator or denominator is rounded */
    RADIUS_BITS = 53, /* to this many bits */
    BINARY_RADIUS_BITS = 16,
    BINARY_SLOPE_BITS = 20,
    CENTRE_BITS = 24,
    BISECTIONS = 56
};

/* A radius that is wished for becomes one that may be used. */
static void limit_radius(const design *w, mpq_t radius)
{
    if (w->most != NULL && mpq_cmp(w->most, radius) < 0)
        mpq_set(radius, w->most);
    if (w->numbers == BUMP_BINARY)
        power_shorten(radius, BINARY_RADIUS_BITS);
    else if (!power_is_short(radius, LONG_BITS))
        power_shorten(radius, RADIUS_BITS);
}

/* value := slope·radius, the slope rounded so that it is a short double; up or down. */
static void round_slope(mpq_t value, const mpq_t radius, bool up)
{
    mpq_t slope, rest;
    mpq_inits(slope, rest, NULL);
    mpq_div(slope, value, radius);
    mpq_set(rest, slope);
    power_shorten(slope, BINARY_SLOPE_BITS);
    mpq_sub(rest, rest, slope);
    if (up && mpq_sgn(rest) > 0) { /* the next number of so many bits is at most a relative 2^-19 above */
        mpq_div_2exp(rest, slope, BINARY_SLOPE_BITS - 1);
        mpq_add(slope, slope, rest);
        power_shorten(slope, BINARY_SLOPE_BITS);
    }
    mpq_mul(value, slope, radius);
    mpq_clears(slope, rest, NULL);
}

/* Initialises *b with this radius > 0. */
static bool try_radius(bump *b, const design *w, const mpq_t radius, error *e)
{
    bump_init(b, w->inputs, w->wish == DESIGN_CLASS ? w->room->class.layers : 3, w->centre, radius);
    if (w->wish == DESIGN_CLASS) {
        if (bump_fit(b, w->room, w->numbers, e))
            return true;
        bump_clear(b);
        return false;
    }
    mpq_t height;
    mpq_init(height);
    mpq_set(height, w->amount);
    if (w->wish == DESIGN_SLOPE)
        mpq_mul(height, height, radius);
    if (w->numbers == BUMP_BINARY)
        round_slope(height, radius, w->wish == DESIGN_HEIGHT);
    bump_raise(b, height);
    mpq_clear(height);
    return true;
}

/* h·(1 - R/r) <= D */
static bool keeps_samples(const bump *b, const design *w)
{
    mpq_t value;
    mpq_init(value);
    bump_value(value, b, w->distance);
    bool keeps = mpq_cmp(value, w->tolerated) <= 0;
    mpq_clear(value);
    return keeps;
}

/* Initialises *b with this radius; *b stays clear, without an error, if samples would notice. */
static bool try_quietly(bump *b, const design *w, const mpq_t radius)
{
    error ignored = ERROR_NONE;
    bool made = mpq_sgn(radius) > 0 && try_radius(b, w, radius, &ignored);
    error_clear(&ignored);
    if (made && !keeps_samples(b, w)) {
        bump_clear(b);
        made = false;
    }
    return made;
}

/* radius := the largest found between it, where samples do not notice, and R + span. */
static void widen(const design *w, mpq_t radius)
{
    mpq_t low, high, middle;
    bump b = {.centre = NULL};
    mpq_inits(low, high, middle, NULL);
    mpq_set(low, radius);
    mpq_add(high, w->distance, w->span);
    limit_radius(w, high);
    mpq_set(middle, high);
    for (size_t k = 0; k < BISECTIONS && mpq_cmp(low, middle) < 0; k++) {
        bool fits = try_quietly(&b, w, middle);
        bump_clear(&b);
        mpq_set(fits ? low : high, middle);
        mpq_add(middle, low, high);
        mpq_div_2exp(middle, middle, 1);
        power_shorten(middle, w->numbers == BUMP_BINARY ? BINARY_RADIUS_BITS : RADIUS_BITS);
    }
    mpq_set(radius, low);
    mpq_clears(low, high, middle, NULL);
}

bool design_bump(bump *b, const design *w, error *e)
{
    mpq_t radius;
    *b = (bump){.centre = NULL};
    mpq_init(radius);
    mpq_set(radius, w->distance);
    limit_radius(w, radius);
    if (mpq_sgn(w->tolerated) > 0)
        widen(w, radius);
    bool good =
        mpq_sgn(radius) > 0 ||
        error_set(e, NULL, 0, "there is no room for a bump: its centre is a sample (choose another one)");
    good = good && try_radius(b, w, radius, e);
    mpq_clear(radius);
    if (good && !keeps_samples(b, w)) { /* cannot be: a radius of at most R keeps all */
        bump_clear(b);
        good = error_set(e, NULL, 0, "the samples would notice the bump");
    }
    return good;
}

void design_round_centre(mpq_t *centre, size_t inputs, mpq_t *lower, mpq_t *upper)
{
    mpq_t moved;
    mpq_init(moved);
    for (size_t i = 0; i < inputs; i++)
        for (unsigned long up = 0; up <= 1; up++) {
            mpq_mul_2exp(moved, centre[i], CENTRE_BITS);
            mpz_fdiv_q(mpq_numref(moved), mpq_numref(moved), mpq_denref(moved));
            mpz_add_ui(mpq_numref(moved), mpq_numref(moved), up);
            mpz_set_ui(mpq_denref(moved), 1);
            mpq_div_2exp(moved, moved, CENTRE_BITS);
            if (mpq_cmp(moved, lower[i]) >= 0 && mpq_cmp(moved, upper[i]) <= 0) {
                mpq_set(centre[i], moved);
                break;
            }
        }
    mpq_clear(moved);
}
