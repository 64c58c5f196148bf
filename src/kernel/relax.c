/* The rules: see relax.h. */
#include "kernel/relax.h"

#include "kernel/choice.h"
#include "kernel/inside.h"

/* A choice as it is used: a multiple of the pass's grain, and so small that differences of it and a
 * coefficient keep within 64 bits. Passes refuse what is still too large. */
static fix taken(fix c, fix grain)
{
    const fix most = (fix)1 << CHOICE_BITS;
    return (c > most ? most : c < -most ? -most : c) & grain;
}

/* The largest a·y − c·z for lo <= z <= hi, where y is max(z,0) or, of a linear neuron, z: it is affine
 * between lo, 0 and hi. */
static fix_product constant(fix a, fix c, fix lo, fix hi, bool relu)
{
    fix below = relu ? 0 : a;
    fix_product k =
        larger((fix_product)((lo < 0 ? below : a) - c) * lo, (fix_product)((hi < 0 ? below : a) - c) * hi);
    return relu && lo < 0 && hi > 0 ? larger(k, 0) : k;
}

fix relax_neuron(const prover *p, size_t n, fix a, fix_product *sum)
{
    fix c = taken(choice_neuron(p, n, a), p->grain);
    *sum += constant(a, c, p->lower[n], p->upper[n], p->system->relu[n]);
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
    return constant(g.a, g.c, r->lo, r->hi, true) + constant(g.b, g.d, r->partner_lo, r->partner_hi, true);
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
    choice_pair(p, n, partner, tilted, a, b);
    g.c = *a = taken(*a, p->grain);
    g.d = *b = taken(*b, p->grain);
    *sum += pair_constant(g, &r);
}
