/* Demands: see demand.h. */
#include "proof/demand.h"

/* --- scopes --------------------------------------------------------------------------------------------- */

static bool is_same_box(const demand *d, const claim *c)
{
    bool same = true;
    for (size_t i = 0; i < c->inputs && d->box_lower != NULL; i++)
        same = same && mpq_equal(d->box_lower[i], c->box_lower[i]) &&
               mpq_equal(d->box_upper[i], c->box_upper[i]);
    return same;
}

static bool is_same_output(const demand *d, const claim *c)
{
    return d->all_outputs || d->outputs == 1 || (!c->all_outputs && d->output == c->output);
}

/* Whether the demanded box is a part of the claim's. */
static bool covers_box(const claim *c, const demand *d)
{
    bool covers = true;
    for (size_t i = 0; i < c->inputs && d->box_lower != NULL; i++)
        covers = covers && mpq_cmp(c->box_lower[i], d->box_lower[i]) <= 0 &&
                 mpq_cmp(d->box_upper[i], c->box_upper[i]) <= 0;
    return covers;
}

static bool covers_outputs(const claim *c, const demand *d)
{
    return c->all_outputs || d->outputs == 1 || (!d->all_outputs && d->output == c->output);
}

/* Whether the claim's point lies in the demanded box. */
static bool is_attained_in_box(const claim *c, const demand *d)
{
    bool inside = true;
    for (size_t i = 0; i < c->inputs && d->box_lower != NULL; i++)
        inside = inside && mpq_cmp(d->box_lower[i], c->point[i]) <= 0 &&
                 mpq_cmp(c->point[i], d->box_upper[i]) <= 0;
    return inside;
}

static bool is_attained_at_output(const claim *c, const demand *d)
{
    return d->all_outputs || d->output == c->output;
}

/* What the claim's upper bound lacks to be one over what is demanded. */
static demand_gap gap_above(const claim *c, const demand *d)
{
    return !covers_outputs(c, d) ? DEMAND_OUTPUT : !covers_box(c, d) ? DEMAND_BOX : DEMAND_NO_GAP;
}

/* The same of its lower bound. */
static demand_gap gap_below(const claim *c, const demand *d)
{
    return !is_attained_at_output(c, d) ? DEMAND_OUTPUT
           : !is_attained_in_box(c, d)  ? DEMAND_BOX
                                        : DEMAND_NO_GAP;
}

/* --- bounds --------------------------------------------------------------------------------------------- */

static demand_gap gap_of_most(const demand *d, const claim *c)
{
    demand_gap gap = gap_above(c, d);
    if (gap != DEMAND_NO_GAP)
        return gap;
    if (c->unbounded)
        return DEMAND_BOUND;
    int order = mpq_cmp(c->upper, d->most);
    return order < 0 || (order == 0 && !d->strictly) ? DEMAND_NO_GAP : DEMAND_BOUND;
}

static demand_gap gap_of_least(const demand *d, const claim *c)
{
    demand_gap gap = gap_below(c, d);
    return gap != DEMAND_NO_GAP ? gap : mpq_cmp(c->lower, d->least) >= 0 ? DEMAND_NO_GAP : DEMAND_BOUND;
}

demand_verdict demand_judge(const demand *d, const claim *c)
{
    demand_verdict v = {DEMAND_NO_GAP, DEMAND_SCOPE};
    if (d->most == NULL && d->least == NULL)
        v.gap = !is_same_output(d, c) ? DEMAND_OUTPUT : !is_same_box(d, c) ? DEMAND_BOX : DEMAND_NO_GAP;
    if (d->most != NULL)
        v = (demand_verdict){gap_of_most(d, c), DEMAND_MOST};
    if (v.gap == DEMAND_NO_GAP && d->least != NULL)
        v = (demand_verdict){gap_of_least(d, c), DEMAND_LEAST};
    return v;
}

/* --- ratios --------------------------------------------------------------------------------------------- */

/* Sign of a - q·b. */
static int compare_to_multiple(const mpq_t a, const mpq_t q, const mpq_t b)
{
    mpq_t product;
    mpq_init(product);
    mpq_mul(product, q, b);
    int order = mpq_cmp(a, product);
    mpq_clear(product);
    return order;
}

/* D <= U <= q·L <= q·G, where q >= 0, D is the largest |f_j - g_j|, G the largest |g_j|. */
static demand_gap gap_of_most_ratio(const demand *d, const claim *difference, const claim *reference)
{
    demand_gap gap = gap_above(difference, d);
    if (gap == DEMAND_NO_GAP)
        gap = gap_below(reference, d);
    if (gap != DEMAND_NO_GAP)
        return gap;
    bool holds = mpq_sgn(d->most) >= 0 && !difference->unbounded &&
                 compare_to_multiple(difference->upper, d->most, reference->lower) <= 0;
    return holds ? DEMAND_NO_GAP : DEMAND_BOUND;
}

/* D >= E >= q·M >= q·G, where q > 0; where q <= 0, D >= 0 >= q·G. */
static demand_gap gap_of_least_ratio(const demand *d, const claim *difference, const claim *reference)
{
    demand_gap gap = gap_below(difference, d);
    if (gap == DEMAND_NO_GAP)
        gap = gap_above(reference, d);
    if (gap != DEMAND_NO_GAP)
        return gap;
    bool holds =
        mpq_sgn(d->least) <= 0 ||
        (!reference->unbounded && compare_to_multiple(difference->lower, d->least, reference->upper) >= 0);
    return holds ? DEMAND_NO_GAP : DEMAND_BOUND;
}

demand_verdict demand_judge_ratio(const demand *d, const claim *difference, const claim *reference)
{
    demand_verdict v = {DEMAND_NO_GAP, DEMAND_SCOPE};
    if (d->most != NULL)
        v = (demand_verdict){gap_of_most_ratio(d, difference, reference), DEMAND_MOST};
    if (v.gap == DEMAND_NO_GAP && d->least != NULL)
        v = (demand_verdict){gap_of_least_ratio(d, difference, reference), DEMAND_LEAST};
    return v;
}
