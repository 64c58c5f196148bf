/* The rules: see relax.h. Each has two parts: a choice of coefficients, which needs no proof, and the
 * constant that makes the inequality true for that choice. */
#include "proof/relax.h"

fix relax_slope(fix lower, fix upper)
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

/* K of a·max(z,0) <= c·z + K for lo <= z <= hi: a·max(z,0) − c·z is affine between lo, 0 and hi. */
static fix_product relu_constant(fix a, fix c, fix lo, fix hi)
{
    fix_product at_lo = (fix_product)(lo < 0 ? 0 : a) * lo - (fix_product)c * lo;
    fix_product at_hi = (fix_product)(hi < 0 ? 0 : a) * hi - (fix_product)c * hi;
    fix_product k = larger(at_lo, at_hi);
    return lo < 0 && hi > 0 ? larger(k, 0) : k;
}

fix relax_neuron(const prover *p, size_t n, fix a, fix_product *sum)
{
    fix lo = p->lower[n], hi = p->upper[n], delta = p->delta[n];
    if (!p->system->relu[n]) {
        *sum += larger(-(fix_product)delta * lo, -(fix_product)delta * hi);
        return a + delta;
    }
    fix c = default_of(p, n, a) + delta;
    if (delta != 0 || (lo < 0 && hi > 0))
        *sum += relu_constant(a, c, lo, hi);
    return c;
}

/* --- partners --- */

/* What is known of the pre-activations of partners: z, z' and w = z − z' lie between these ends. */
typedef struct pair_range {
    fix lo, hi, partner_lo, partner_hi, difference_lo, difference_hi;
} pair_range;

static bool is_unstable(fix lo, fix hi)
{
    return lo < 0 && hi > 0;
}

/* The functional a·max(z,0) + b·max(z',0) − c·z − d·z', and the largest of its values met so far. */
typedef struct pair_gap {
    fix a, b, c, d;
    fix_product most;
    bool met;
} pair_gap;

static void meet(pair_gap *g, fix z, fix partner)
{
    fix_product value = (fix_product)((z > 0 ? g->a : 0) - g->c) * z +
                        (fix_product)((partner > 0 ? g->b : 0) - g->d) * partner;
    g->most = g->met ? larger(g->most, value) : value;
    g->met = true;
}

/* The ends of the segment of the region on the line z = at. */
static void meet_line(pair_gap *g, const pair_range *r, fix at)
{
    fix low = at - r->difference_hi, high = at - r->difference_lo;
    low = low < r->partner_lo ? r->partner_lo : low;
    high = high > r->partner_hi ? r->partner_hi : high;
    if (low > high)
        return;
    meet(g, at, low);
    meet(g, at, high);
}

/* The same on the line z' = at. */
static void meet_partner_line(pair_gap *g, const pair_range *r, fix at)
{
    fix low = at + r->difference_lo, high = at + r->difference_hi;
    low = low < r->lo ? r->lo : low;
    high = high > r->hi ? r->hi : high;
    if (low > high)
        return;
    meet(g, low, at);
    meet(g, high, at);
}

/* K of a·y + b·y' <= c·z + d·z' + K. The ranges of z, z' and w leave a convex region with at most six sides,
 * each on a line z = const, z' = const or w = const. The lines z = 0 and z' = 0 cut it into pieces on which
 * the difference of the two sides is affine, so its maximum is attained at a corner of a piece. Each corner
 * is an end of a segment of the region on one of the lines z = lo, z = hi, z' = lo', z' = hi', z = 0, z' = 0,
 * or the origin. */
static fix_product pair_constant(pair_gap g, const pair_range *r)
{
    bool kinks = is_unstable(r->lo, r->hi), partner_kinks = is_unstable(r->partner_lo, r->partner_hi);
    meet_line(&g, r, r->lo);
    meet_line(&g, r, r->hi);
    meet_partner_line(&g, r, r->partner_lo);
    meet_partner_line(&g, r, r->partner_hi);
    if (kinks)
        meet_line(&g, r, 0);
    if (partner_kinks)
        meet_partner_line(&g, r, 0);
    if (g.met && kinks && partner_kinks && r->difference_lo <= 0 && r->difference_hi >= 0)
        meet(&g, 0, 0);
    if (g.met)
        return g.most;
    /* No point has these ranges; this holds without the difference. */
    return relu_constant(g.a, g.c, r->lo, r->hi) + relu_constant(g.b, g.d, r->partner_lo, r->partner_hi);
}

/* Size of a ReLU's default relaxation: the largest distance between the two sides, for a unit coefficient. */
static fix chord_gap(const prover *p, size_t quantity)
{
    fix lo = p->lower[quantity], hi = p->upper[quantity];
    return is_unstable(lo, hi) ? (fix)(((fix_product)-lo * p->slope[quantity]) >> 31) : 0;
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
    if (!is_unstable(p->lower[n], up))
        return 0;
    if (lo >= 0 && lo <= down && up < down)
        return (fix)((fix_product)m * lo / down) & p->grain;
    if (hi <= 0 && -hi <= up && down < up)
        return (fix)((fix_product)m * hi / up) & p->grain;
    return 0;
}

/* The default coefficients of z and z'. Of a·y + b·y' with opposite signs, the part m·(y − y') or m·(y' − y),
 * m > 0, is taken for m·max(w,0) or m·max(−w,0), if that pays; the rest is treated neuron by neuron. */
static void default_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b)
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
    *a = default_of(p, n, *a) + through + tilt;
    *b = default_of(p, partner, *b) - through;
}

void relax_pair(const prover *p, size_t n, size_t partner, bool tilted, fix *a, fix *b, fix_product *sum)
{
    pair_range r = {p->lower[n],
                    p->upper[n],
                    p->lower[partner],
                    p->upper[partner],
                    p->lower[p->system->neurons + n],
                    p->upper[p->system->neurons + n]};
    pair_gap g = {.a = *a, .b = *b};
    default_pair(p, n, partner, tilted, a, b);
    *a += p->delta[n];
    *b += p->delta[partner];
    g.c = *a;
    g.d = *b;
    *sum += pair_constant(g, &r);
}
