/* Steps that prove bounds of rows, and objectives, by passes in fixed point: see prover.h. Trusted. */
#include "kernel/choice.h"
#include "kernel/inside.h"
#include "kernel/pass.h"

/* A bound by narrow arithmetic is worth keeping if it tells the neuron's sign, or if its range is
 * 2^NARROW_KEPT times as wide as the coefficients' rounding can make it. */
#define NARROW_KEPT 5

/* Whether a range is wide enough for narrow arithmetic, whose rounding adds up to a grain for every row. */
static bool is_wide(const frame *fr, size_t row, fix_product width, int grain)
{
    return width >> NARROW_KEPT >= (fix_product)(fr->position[row] + 1) << grain;
}

static const fix both_signs[2] = {+1, -1};

/* Bounds of a quantity in narrow arithmetic; false where others are wanted. */
static bool bound_narrow(fix_product bound[2], prover *p, const frame *fr, size_t row, size_t partner,
                         size_t q)
{
    int grain = p->sc.bits - NARROW_BITS;
    if (grain <= 0 || !is_wide(fr, row, (fix_product)p->upper[q] - p->lower[q], grain))
        return false;
    return pass_bound_rows(bound, p, fr, row, partner, 2, both_signs, grain) &&
           (bound[0] <= 0 || bound[1] <= 0 || is_wide(fr, row, bound[0] + bound[1], grain));
}

/* Proves bounds of a row, or of the difference of partners: both ends at once, or one by one where a pass
 * fails. */
static void bound_quantity(prover *p, const frame *fr, size_t row, size_t partner)
{
    size_t q = fr->neuron[row] + (partner == SYSTEM_NO_NEURON ? 0 : p->system->neurons);
    fix_product bound[2]; /* of the quantity, and of what it is with the other sign */
    if (!bound_narrow(bound, p, fr, row, partner, q)) {
        bound[0] = p->upper[q];
        bound[1] = -(fix_product)p->lower[q];
        if (!pass_bound_rows(bound, p, fr, row, partner, 2, both_signs, 0))
            for (size_t lane = 0; lane < 2; lane++)
                pass_bound_rows(&bound[lane], p, fr, row, partner, 1, &both_signs[lane], 0);
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

/* Leaves the bound of a pass in p->found, if it is better than what is there; with a target, that of both. */
static void try_pass(prover *p, size_t k, bool tilted)
{
    objective_bound *found = &p->found;
    fix_product total;
    if (!pass_objective(p, k, tilted, &total))
        return;
    if (p->target != NULL) {
        found->kind = target_finish_pass(found->value, p, k, total) ? BOUND_RATIONAL : BOUND_NONE;
    } else if (found->kind == BOUND_NONE || total < found->total) {
        found->kind = BOUND_TOTAL;
        found->total = total;
    }
}

/* Without multipliers there are two kinds of passes: the second is made where the first does not prove the
 * claim.
 */
bool prover_prove(prover *p, size_t k, size_t count, const multiplier *list)
{
    p->found.kind = BOUND_NONE;
    for (size_t m = 0; m < count; m++)
        if (prover_row(p, list[m].neuron) == SYSTEM_NO_NEURON)
            return false;
    if (count == 0 || choice_multipliers(p, p->objectives[k].output, count, list))
        try_pass(p, k, false);
    if (count == 0 && has_partners(prover_frame(p)) && !bound_proves(&p->found, p->claim, p->limit[k]))
        try_pass(p, k, true);
    for (size_t m = 0; m < count; m++)
        p->delta[list[m].neuron] = 0;
    return prover_accept(p, k);
}
