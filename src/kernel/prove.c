/* Steps that prove bounds of rows, and objectives, by passes in fixed point: see prover.h. Trusted. */
#include "kernel/choice.h"
#include "kernel/inside.h"
#include "kernel/pass.h"

/* A bound by narrow arithmetic is worth keeping if it tells the neuron's sign, or if its range is
 * 2^NARROW_KEPT times as wide as the coefficients' rounding can make it. */
#define NARROW_KEPT 5

/* Whether a range is wide enough for narrow arithmetic, whose rounding adds up to a grain for every row. */
static bool is_wide(const frame *fr, size_t row, fix width, int grain)
{
    return width >> NARROW_KEPT >= (fix)(fr->position[row] + 1) << grain;
}

/* Bounds of a quantity in narrow arithmetic; false where others are wanted. */
static bool bound_narrow(fix bound[2], prover *p, const frame *fr, size_t row, size_t partner, size_t q)
{
    static const fix sign[2] = {+1, -1};
    int grain = p->sc.bits - NARROW_BITS;
    if (grain <= 0 || !is_wide(fr, row, p->upper[q] - p->lower[q], grain))
        return false;
    return pass_bound_rows(bound, p, fr, row, partner, 2, sign, grain) &&
           (bound[0] <= 0 || bound[1] <= 0 || is_wide(fr, row, bound[0] + bound[1], grain));
}

/* Proves bounds of a row, or of the difference of partners: both ends at once, or one by one where a pass
 * fails. */
static void bound_quantity(prover *p, const frame *fr, size_t row, size_t partner)
{
    static const fix sign[2] = {+1, -1};
    size_t q = fr->neuron[row] + (partner == SYSTEM_NO_NEURON ? 0 : p->system->neurons);
    fix bound[2];
    if (!bound_narrow(bound, p, fr, row, partner, q) &&
        !pass_bound_rows(bound, p, fr, row, partner, 2, sign, 0)) {
        if (!pass_bound_rows(&bound[0], p, fr, row, partner, 1, &sign[0], 0))
            bound[0] = p->upper[q];
        if (!pass_bound_rows(&bound[1], p, fr, row, partner, 1, &sign[1], 0))
            bound[1] = -p->lower[q];
    }
    prover_improve_bounds(p, q, -bound[1], bound[0]);
}

bool prover_bound(prover *p, size_t neuron)
{
    size_t row = prover_row(p, neuron);
    if (row == SYSTEM_NO_NEURON)
        return false;
    bound_quantity(p, prover_frame(p), row, SYSTEM_NO_NEURON);
    return true;
}

static bool wants_bounds(const prover *p, size_t n)
{
    return p->system->relu[n] && (p->is_fact[n] || (p->lower[n] < 0 && p->upper[n] > 0));
}

/* Of partners: bounds of z and of w = z − z'; those of z' = z − w follow. */
static void bound_pair(prover *p, const frame *fr, size_t row, size_t partner)
{
    size_t n = fr->neuron[row], m = fr->neuron[partner], w = p->system->neurons + n;
    if (!wants_bounds(p, n) && !wants_bounds(p, m))
        return;
    bound_quantity(p, fr, row, SYSTEM_NO_NEURON);
    bound_quantity(p, fr, row, partner);
    prover_improve_bounds(p, m, p->lower[n] - p->upper[w], p->upper[n] - p->lower[w]);
}

/* Bounds of all rows that want them and are at least so deep (frame.h), in the frame's order. */
static void bound_rows(prover *p, size_t depth, bool with_pairs)
{
    const frame *fr = prover_frame(p);
    for (size_t k = 0; k < fr->count && !p->empty; k++) {
        size_t row = fr->order[k], partner = fr->partner[row];
        if (with_pairs && partner != SYSTEM_NO_NEURON) {
            bound_pair(p, fr, row, partner);
            k++;
        } else if (fr->depth[row] >= depth && wants_bounds(p, fr->neuron[row])) {
            bound_quantity(p, fr, row, SYSTEM_NO_NEURON);
        }
    }
}

void prover_bound_all(prover *p, bool with_pairs)
{
    bound_rows(p, 1, with_pairs);
}

void prover_bound_deep(prover *p)
{
    bound_rows(p, 3, false);
}

static bool has_partners(const frame *fr)
{
    for (size_t r = 0; r < fr->f_end; r++)
        if (fr->partner[r] != SYSTEM_NO_NEURON)
            return true;
    return false;
}

/* The default passes: the second kind is tried where the first one's bound is not enough. */
static bool default_passes(prover *p, size_t k, fix_product *sum)
{
    fix_product tilted;
    bool works = pass_objective(p, k, false, sum);
    if ((works && *sum <= p->threshold[k]) || !has_partners(prover_frame(p)) ||
        !pass_objective(p, k, true, &tilted) || (works && tilted >= *sum))
        return works;
    *sum = tilted;
    return true;
}

bool prover_prove(prover *p, size_t k, size_t count, const multiplier *list, fix_product *total)
{
    const objective *o = &p->objectives[k];
    for (size_t m = 0; m < count; m++)
        if (prover_row(p, list[m].neuron) == SYSTEM_NO_NEURON)
            return false;
    fix_product sum = 0;
    bool works = count == 0
                     ? default_passes(p, k, &sum)
                     : choice_multipliers(p, o->output, count, list) && pass_objective(p, k, false, &sum);
    for (size_t m = 0; m < count; m++)
        p->delta[list[m].neuron] = 0;
    if (total != NULL)
        *total = works ? sum : (fix_product)1 << 126;
    if (!works || sum > p->threshold[k])
        return false;
    prover_mark_proved(p, k, sum);
    return true;
}
