/* Sample complexity: see complexity.h. */
#include "fool/complexity.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fool/directed.h"
#include "fool/height.h"
#include "fool/midpoints.h"
#include "fool/need.h"
#include "fool/remain.h"
#include "number/rational.h"

/* Bits of the calculation. A whole number of 300 digits takes 997, which leaves 283 for rounding errors, so
 * that the number is off by one only where the bound is within 2^-200 of a whole number from above. */
#define PRECISION 1280

/* --- counts ------------------------------------------------------------------------------------------------
 */

/* number = log10 of x > 0 as a whole number, not above (down) or not below (up). */
static void set_power(mpz_t number, const mpfr_t x, mpfr_rnd_t round)
{
    mpfr_t logarithm;
    mpfr_init2(logarithm, PRECISION);
    mpfr_log10(logarithm, x, round);
    mpfr_get_z(number, logarithm, round);
    mpfr_clear(logarithm);
}

/* What a number x of samples says: as a lower bound at least ⌈x⌉, as an upper bound (whole then) at most x.
 * Both kinds of rounding respect the order of numbers. */
static void set_count(sample_count *m, const mpfr_t x, bool lower)
{
    mpz_t limit;
    mpz_init(limit);
    mpz_ui_pow_ui(limit, 10, COMPLEXITY_DIGITS);
    if (mpfr_cmp_z(x, limit) < 0) {
        mpfr_get_z(m->number, x, MPFR_RNDU);
        m->whole = mpz_cmp(m->number, limit) < 0;
        if (!m->whole) /* ⌈x⌉ is the limit itself */
            mpz_set_ui(m->number, COMPLEXITY_DIGITS);
    } else {
        m->whole = false;
        set_power(m->number, x, lower ? MPFR_RNDD : MPFR_RNDU);
    }
    mpz_clear(limit);
}

static void count_init(sample_count *m)
{
    *m = (sample_count){.why = CLAIM_NOTHING, .whole = true};
    mpz_init(m->number);
}

void sample_count_clear(sample_count *m)
{
    mpz_clear(m->number);
}

int sample_count_compare(const sample_count *a, const sample_count *b)
{
    if (a->whole != b->whole)
        return a->whole ? -1 : 1;
    return mpz_cmp(a->number, b->number);
}

char *sample_count_text(const sample_count *m)
{
    char *digits = mpz_get_str(mem_alloc(mem_sum(mpz_sizeinbase(m->number, 10), 2), 1), 10, m->number);
    if (m->whole)
        return digits;
    char *text = mem_printf("10^%s", digits);
    free(digits);
    return text;
}

/* --- errors ------------------------------------------------------------------------------------------------
 */

static void error_bound_init(error_bound *e)
{
    *e = (error_bound){.why = CLAIM_NOTHING};
    mpfr_init2(e->value, PRECISION);
    mpfr_set_zero(e->value, 1);
}

void error_bound_clear(error_bound *e)
{
    mpfr_clear(e->value);
}

char *error_bound_text(const error_bound *e, int digits, bool up)
{
    char *text;
    directed_range range = directed_range_widen();
    mpfr_asprintf(&text, up ? "%.*RUg" : "%.*RDg", digits, e->value);
    directed_range_restore(range);
    char *copy = mem_copy_string(text);
    mpfr_free_str(text);
    return copy;
}

/* --- the best number of inputs -----------------------------------------------------------------------------
 */

/* The largest value over n; nothing where no n says anything. */
static void over_inputs(error_bound *best, const learning *t, const mpq_t tolerance, const mpz_t samples,
                        bool chance)
{
    height h;
    mpfr_t x;
    claim why;
    mpfr_init2(x, PRECISION);
    height_init(&h, t, PRECISION);
    while (height_next(&h)) {
        bool known;
        if (tolerance != NULL)
            known = (chance ? need_random : t->uniform ? need_hole : need_inner)(x, &why, &h, tolerance);
        else
            known = (chance ? remain_random : t->uniform ? remain_hole : remain_inner)(x, &why, &h, samples);
        if (!known || (best->why != CLAIM_NOTHING && mpfr_cmp(x, best->value) <= 0))
            continue;
        mpfr_set(best->value, x, MPFR_RNDD);
        best->why = why;
        best->inputs = h.n;
    }
    height_clear(&h);
    mpfr_clear(x);
}

void complexity_needed(sample_count *m, const learning *t, const mpq_t tolerance, bool chance)
{
    error_bound best;
    directed_range range = directed_range_widen();
    count_init(m);
    error_bound_init(&best);
    over_inputs(&best, t, tolerance, NULL, chance);
    m->why = best.why;
    m->inputs = best.inputs;
    set_count(m, best.value, true);
    error_bound_clear(&best);
    directed_range_restore(range);
}

void complexity_remaining(error_bound *e, const learning *t, const mpz_t samples, bool chance)
{
    directed_range range = directed_range_widen();
    error_bound_init(e);
    over_inputs(e, t, NULL, samples, chance);
    directed_range_restore(range);
}

/* --- enough ------------------------------------------------------------------------------------------------
 */

void complexity_enough(sample_count *m, const learning *t, const mpq_t tolerance)
{
    mpfr_t x;
    directed_range range = directed_range_widen();
    count_init(m);
    mpfr_init2(x, PRECISION);
    midpoints_enough(x, t, tolerance);
    if (mpfr_number_p(x)) { /* else it is beyond the range of MPFR */
        m->why = CLAIM_MIDPOINTS;
        m->inputs = t->dimension;
        set_count(m, x, false);
    }
    mpfr_clear(x);
    directed_range_restore(range);
}

void complexity_reached(error_bound *e, const learning *t, const mpz_t samples)
{
    directed_range range = directed_range_widen();
    error_bound_init(e);
    midpoints_error(e->value, t, samples);
    if (mpfr_number_p(e->value)) {
        e->why = CLAIM_MIDPOINTS;
        e->inputs = t->dimension;
    }
    directed_range_restore(range);
}

char *complexity_reached_text(const error_bound *e, const learning *t, const mpz_t samples, int digits)
{
    char *up = error_bound_text(e, digits, true);
    if (e->why == CLAIM_NOTHING)
        return up;
    char *down = error_bound_text(e, digits, false);
    mpq_t error;
    mpq_init(error);
    /* Decimals too small or too large to be read as rationals stay rounded up. */
    bool equal = rational_parse(error, down, strlen(down)) == NULL && mpq_sgn(error) > 0 &&
                 midpoints_reach(t, samples, error);
    mpq_clear(error);
    free(equal ? up : down);
    return equal ? down : up;
}
