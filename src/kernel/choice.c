/* The kernel's choices: see choice.h. */
#include "kernel/choice.h"

#include <math.h>

#include "kernel/inside.h"

fix choice_slope(fix lower, fix upper)
{
    if (lower >= 0 || upper <= 0)
        return 0;
    return (fix)(((fix_product)upper * ((fix)1 << 31)) / ((fix_product)upper - lower));
}

/* The default c for a·max(z,0), with a proven interval of z and the slope of its chord; rounded down to a
 * multiple of the pass's grain, if a is one. */
static fix default_relu(fix a, fix lo, fix hi, fix slope, fix grain)
{
    if (lo >= 0)
        return a;
    if (hi <= 0)
        return 0;
    if (a > 0)
        return (fix)(((fix_product)a * slope) >> 31) & grain;
    return hi > -lo ? a : 0;
}

static fix default_of(const prover *p, size_t quantity, fix a)
{
    return default_relu(a, p->lower[quantity], p->upper[quantity], p->slope[quantity], p->grain);
}

fix choice_neuron(const prover *p, size_t n, fix a)
{
    return (p->system->relu[n] ? default_of(p, n, a) : a) + p->delta[n];
}

/* --- partners --- */

/* Size of a ReLU's default relaxation: the largest distance between the two sides, for a unit coefficient. */
static fix chord_gap(const prover *p, size_t quantity)
{
    fix lo = p->lower[quantity], hi = p->upper[quantity];
    return lo < 0 && hi > 0 ? (fix)(((fix_product)-lo * p->slope[quantity]) >> 31) : 0;
}

/* Whether a·y + b·y' with opposite signs is better bounded by way of the difference z − z'. */
static bool difference_pays(const prover *p, size_t n, size_t partner)
{
    return chord_gap(p, p->system->neurons + n) < chord_gap(p, n) + chord_gap(p, partner);
}

/* The tilt of the coefficient of z for m·max(w,0), with lo <= w <= hi: where w does not change its sign,
 * m·(y − y') goes from 0 at z < 0 to m·w at z > 0, and the tilt follows the part that is longer. */
static fix tilt_of(const prover *p, size_t n, fix m, fix lo, fix hi)
{
    fix down = -p->lower[n], up = p->upper[n];
    if (down <= 0 || up <= 0)
        return 0;
    if (lo >= 0 && lo <= down && up < down)
        return (fix)((fix_product)m * lo / down) & p->grain;
    if (hi <= 0 && -hi <= up && down < up)
        return (fix)((fix_product)m * hi / up) & p->grain;
    return 0;
}

/* The default coefficients of z and z'. Of a·y + b·y' with opposite signs, the part m·(y − y') or m·(y' − y),
 * m > 0, is taken for m·max(w,0) or m·max(−w,0), if that pays; the rest is treated neuron by neuron. */
void choice_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b)
{
    size_t difference = p->system->neurons + n;
    fix through = 0, tilt = 0; /* coefficient of z − z', and what z gets besides */
    if (((*a > 0 && *b < 0) || (*a < 0 && *b > 0)) && difference_pays(p, n, partner)) {
        fix size_a = *a < 0 ? -*a : *a, size_b = *b < 0 ? -*b : *b, m = size_a < size_b ? size_a : size_b;
        bool forward = *a > 0;
        fix lo = forward ? p->lower[difference] : -p->upper[difference];
        fix hi = forward ? p->upper[difference] : -p->lower[difference];
        fix slope = forward ? p->slope[difference] : ((fix)1 << 31) - p->slope[difference];
        fix c = default_relu(m, lo, hi, slope, p->grain);
        through = forward ? c : -c;
        *a += forward ? -m : m;
        *b += forward ? m : -m;
        tilt = tilted ? tilt_of(p, n, m, lo, hi) : 0;
    }
    *a = default_of(p, n, *a) + through + tilt + p->delta[n];
    *b = default_of(p, partner, *b) - through + p->delta[partner];
}

/* --- exact passes, multipliers --- */

void choice_exact(mpz_t c, const prover *p, size_t n, const mpz_t a)
{
    fix lo = p->lower[n], hi = p->upper[n];
    if (!p->system->relu[n] || lo >= 0) {
        mpz_set(c, a);
    } else if (hi <= 0 || (mpz_sgn(a) < 0 && hi <= -lo)) {
        mpz_set_ui(c, 0);
    } else if (mpz_sgn(a) < 0) {
        mpz_set(c, a);
    } else {
        mpz_mul_si(c, a, p->slope[n]);
        mpz_fdiv_q_2exp(c, c, 31);
    }
}

static double unit_of(const mpz_t scale, long exponent)
{
    long binary;
    double mantissa = mpz_get_d_2exp(&binary, scale);
    long e = exponent - binary;
    return ldexp(1 / mantissa, e > 5000 ? 5000 : e < -5000 ? -5000 : (int)e);
}

double choice_neuron_unit(const prover *p, size_t neuron)
{
    return unit_of(p->system->row[neuron].scale, p->sc.exponent[neuron] - p->sc.bits);
}

double choice_objective_unit(const prover *p, size_t output)
{
    return unit_of(p->system->objective[output].scale, p->sc.objective_exponent[output] - p->sc.bits);
}

bool choice_multipliers(prover *p, size_t output, size_t count, const multiplier *list)
{
    double unit = choice_objective_unit(p, output);
    for (size_t k = 0; k < count; k++) {
        double value = mpq_get_d(list[k].value) * (choice_neuron_unit(p, list[k].neuron) / unit);
        value = ldexp(value, p->sc.bits);
        if (!(fabs(value) < 0x1p62) || !prover_fits(p, (fix_product)value))
            return false;
        p->delta[list[k].neuron] = llrint(value);
    }
    return true;
}
