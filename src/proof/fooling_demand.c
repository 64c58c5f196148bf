/* Demands of fooling certificates: see fooling_demand.h. */
#include "proof/fooling_demand.h"

#include "proof/fooling.h"

/* Whether the claim's box is a part of the demanded one. */
static bool is_in_box(const fooling_claim *c, const fooling_demand *d)
{
    bool inside = true;
    for (size_t i = 0; i < c->inputs && d->box_lower != NULL; i++)
        inside = inside && mpq_cmp(d->box_lower[i], c->box_lower[i]) <= 0 &&
                 mpq_cmp(c->box_upper[i], d->box_upper[i]) <= 0;
    return inside;
}

static bool is_exact_enough(const fooling_claim *c, const fooling_demand *d)
{
    return d->noise == NULL ? mpq_sgn(c->noise) == 0 : mpq_cmp(c->noise, d->noise) <= 0;
}

static bool is_in_class(const fooling_claim *c, const fooling_demand *d)
{
    return d->class == NULL || (c->has_class && class_within(&c->class, d->class));
}

static bool differs_enough(const fooling_claim *c, const fooling_demand *d)
{
    return d->difference == NULL ? mpq_sgn(c->difference) > 0 : mpq_cmp(c->difference, d->difference) >= 0;
}

static bool misses_enough(const fooling_claim *c, const fooling_demand *d)
{
    return d->miss == NULL || (c->has_model && mpq_cmp(c->miss, d->miss) >= 0);
}

fooling_gap fooling_judge(const fooling_demand *d, const fooling_claim *c)
{
    if (!is_in_box(c, d))
        return FOOLING_BOX;
    if (!d->any_output && d->output != c->output)
        return FOOLING_OUTPUT;
    if (!is_exact_enough(c, d))
        return FOOLING_NOISE;
    if (!is_in_class(c, d))
        return FOOLING_CLASS;
    if (!differs_enough(c, d))
        return FOOLING_DIFFERENCE;
    if (d->has_model && !c->has_model)
        return FOOLING_MODEL;
    return misses_enough(c, d) ? FOOLING_NO_GAP : FOOLING_MISS;
}
