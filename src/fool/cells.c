/* Bumps in cells: see cells.h. */
#include "fool/cells.h"

#include "fool/directed.h"

void cells_norm(mpfr_t result, const height *h, const mpfr_t k)
{
    mpfr_t side;
    mpfr_init2(side, h->precision);
    mpfr_ui_div(side, 1, k, MPFR_RNDD);
    height_norm(result, h, side);
    mpfr_clear(side);
}

/* The whole numbers around `guess`, from 1 on. */
static bool try_around(mpfr_t best, bool found, const cells *s, const mpfr_t guess)
{
    mpfr_t k, value;
    mpfr_inits2(s->height->precision, k, value, (mpfr_ptr)NULL);
    for (long step = -1; step <= 2; step++) {
        mpfr_floor(k, guess);
        mpfr_add_si(k, k, step, MPFR_RNDN);
        mpfr_rint(k, k, MPFR_RNDN); /* whole already, unless the sum was rounded */
        if (mpfr_cmp_ui(k, 1) < 0)
            mpfr_set_ui(k, 1, MPFR_RNDN);
        if (s->value(value, s, k) && (!found || mpfr_cmp(value, best) > 0)) {
            mpfr_set(best, value, MPFR_RNDD);
            found = true;
        }
    }
    mpfr_clears(k, value, (mpfr_ptr)NULL);
    return found;
}

/* α_1 (index 1) or α_0 (index 0). */
static void set_alpha(mpq_t alpha, const height *h, unsigned long index)
{
    mpq_t part;
    mpq_set_ui(alpha, index, 1);
    if (h->problem->uniform)
        return;
    mpq_init(part);
    mpq_set_ui(part, h->n, 1);
    mpq_div(part, part, h->problem->p);
    mpq_add(alpha, alpha, part);
    mpq_clear(part);
}

/* constant × R. */
static void integrate(mpfr_t constant, const height *h)
{
    mpq_t exponent;
    mpfr_t root;
    if (h->problem->uniform)
        return;
    mpq_init(exponent);
    mpfr_init2(root, h->precision);
    mpq_inv(exponent, h->problem->p);
    directed_power(root, h->rising, exponent, MPFR_RNDU);
    mpfr_div(constant, constant, root, MPFR_RNDN);
    mpfr_clear(root);
    mpq_clear(exponent);
}

bool cells_best(mpfr_t best, const cells *s)
{
    const height *h = s->height;
    mpfr_t constant, guess;
    mpq_t alpha;
    mpfr_inits2(h->precision, constant, guess, (mpfr_ptr)NULL);
    mpq_init(alpha);
    mpfr_div(guess, h->slope, h->cap, MPFR_RNDN);
    mpfr_div_2ui(guess, guess, 1, MPFR_RNDN);
    bool found = try_around(best, false, s, guess);
    for (unsigned long index = 0; index < 2; index++) {
        set_alpha(alpha, h, index);
        if (mpq_sgn(alpha) == 0 || (index == 0 && mpfr_inf_p(h->cap)))
            continue;
        if (index == 0)
            mpfr_set(constant, h->cap, MPFR_RNDN);
        else
            mpfr_div_2ui(constant, h->slope, 1, MPFR_RNDN);
        integrate(constant, h);
        s->peak(guess, s, constant, alpha);
        found = try_around(best, found, s, guess);
    }
    mpq_clear(alpha);
    mpfr_clears(constant, guess, (mpfr_ptr)NULL);
    return found;
}
