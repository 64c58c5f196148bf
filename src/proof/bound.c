/* The backward pass in fixed point. A linear functional of post-activations goes down through the rows of a
 * frame; every rounding is outward. Coefficients are in units of 2^-bits, sums in units of 2^-2bits. */
#include "proof/bound.h"

#include <math.h>
#include <string.h>

fix bound_slope(fix lower, fix upper)
{
    if (lower >= 0 || upper <= 0)
        return 0;
    return (fix)(((fix_product)upper << 31) / ((fix_product)upper - lower));
}

/* Coefficients beyond this size could make a sum overflow; a pass that meets one fails. */
static fix coefficient_limit(const prover *p)
{
    return (fix)1 << (p->sc.bits + 10);
}

static fix_product dot(const fix *a, const fix *b, size_t count)
{
    fix_product sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += (fix_product)a[k] * b[k];
    return sum;
}

static fix_product larger(fix_product a, fix_product b)
{
    return a > b ? a : b;
}

/* Σ over the rows below `top` of coefficient · weight of the source. */
static fix_product gather(const prover *p, const frame *fr, size_t source, size_t top)
{
    const frame_column *column = &fr->column[source];
    size_t end = column->end < top ? column->end : top;
    return column->begin >= end ? 0
                                : dot(p->coefficient + column->begin, column->weight, end - column->begin);
}

/* The rule: a·y <= c·z + K. Chooses c (any choice is valid) and adds K to the sum. */
static fix relax(const prover *p, size_t n, fix a, fix_product *sum)
{
    fix lo = p->lower[n], hi = p->upper[n], delta = p->delta[n], c;
    bool relu = p->system->relu[n];
    if (!relu || lo >= 0)
        c = a;
    else if (hi <= 0)
        c = 0;
    else if (a > 0)
        c = (fix)(((fix_product)a * p->slope[n]) >> 31);
    else
        c = hi > -lo ? a : 0;
    bool affine = !relu || lo >= 0 || hi <= 0;
    if (affine && delta == 0)
        return c;
    c += delta;
    fix_product at_lo = (fix_product)(relu && lo < 0 ? 0 : a) * lo - (fix_product)c * lo;
    fix_product at_hi = (fix_product)(relu && hi < 0 ? 0 : a) * hi - (fix_product)c * hi;
    fix_product k = larger(at_lo, at_hi);
    *sum += relu && lo < 0 && hi > 0 ? larger(k, 0) : k;
    return c;
}

static void add_row(const prover *p, const frame *fr, size_t row, fix_product *sum)
{
    fix c = p->coefficient[row];
    *sum += (fix_product)c * fr->bias[row] + (fix_product)(c < 0 ? -c : c) * fr->radius[row];
}

/* max over the node's box of Σ a_i x̂_i, each a_i rounded down with its error of less than a unit added. */
static bool add_inputs(const prover *p, const frame *fr, const fix *weight, size_t top, fix_product *sum)
{
    for (size_t i = 0; i < fr->inputs; i++) {
        fix_product exact =
            gather(p, fr, i, top) + (weight == NULL ? 0 : (fix_product)weight[i] << p->sc.bits);
        fix_product a = exact >> p->sc.bits;
        fix lo = p->input_lower[i], hi = p->input_upper[i];
        if (a > coefficient_limit(p) || a < -coefficient_limit(p))
            return false;
        *sum += larger(a * lo, a * hi);
        if (a << p->sc.bits != exact)
            *sum += larger(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
    }
    return true;
}

/* Brings a functional down from below row `top` to the inputs. The coefficients of the rows from `top` on are
 * given (all zero for an objective, whose own weights are `weight`); `skip_f` says that the functional
 * belongs to g alone. False: a coefficient grew too large. */
static bool pass_down(prover *p, const frame *fr, size_t top, bool skip_f, const fix *weight,
                      fix_product *sum)
{
    size_t end = top < fr->count ? top + 1 : top;
    fix limit = coefficient_limit(p);
    for (size_t r = top; r-- > 0;) {
        if (skip_f && r < fr->f_end && r >= fr->shared) {
            p->coefficient[r] = 0;
            continue;
        }
        size_t source = fr->inputs + r, n = fr->neuron[r];
        fix_product exact = gather(p, fr, source, end);
        if (weight != NULL)
            exact += (fix_product)weight[source] << p->sc.bits;
        fix_product a = -(-exact >> p->sc.bits); /* rounded up: outward, as y >= 0 for a ReLU */
        if (!p->system->relu[n])
            *sum += (fix_product)1 << p->sc.bits; /* |y| <= 1, and a is off by less than a unit */
        if (a > limit || a < -limit)
            return false;
        fix c = relax(p, n, (fix)a, sum);
        if (c > limit || c < -limit)
            return false;
        p->coefficient[r] = c;
        add_row(p, fr, r, sum);
    }
    return add_inputs(p, fr, weight, end, sum);
}

/* An upper bound of sign · z of a row, in units, rounded up; `old` where the pass fails. */
static fix bound_row(prover *p, const frame *fr, size_t row, int sign, fix old)
{
    fix_product sum = 0;
    p->coefficient[row] = (fix)sign * ((fix)1 << p->sc.bits);
    add_row(p, fr, row, &sum);
    if (!pass_down(p, fr, row, row >= fr->f_end, NULL, &sum))
        return old;
    fix_product bound = -(-sum >> p->sc.bits);
    return bound < old ? (fix)bound : old;
}

static void bound_frame_row(prover *p, const frame *fr, size_t row)
{
    size_t n = fr->neuron[row];
    fix upper = bound_row(p, fr, row, +1, p->upper[n]);
    fix lower = -bound_row(p, fr, row, -1, -p->lower[n]);
    if (upper < p->upper[n] || lower > p->lower[n])
        prover_set_bounds(p, n, lower, upper, p->is_fact[n]);
}

bool prover_bound(prover *p, size_t neuron)
{
    size_t row = prover_row(p, neuron);
    if (row == SYSTEM_NO_NEURON)
        return false;
    bound_frame_row(p, prover_frame(p), row);
    return true;
}

void prover_bound_all(prover *p)
{
    const frame *fr = prover_frame(p);
    for (size_t r = 0; r < fr->count && !p->empty; r++) {
        size_t n = fr->neuron[r];
        if (p->system->relu[n] && (p->is_fact[n] || (p->lower[n] < 0 && p->upper[n] > 0)))
            bound_frame_row(p, fr, r);
    }
}

void prover_mark_proved(prover *p, size_t k)
{
    if (p->is_proved[k])
        return;
    p->is_proved[k] = true;
    p->proved_list[p->proved_count++] = k;
}

/* Turns multipliers into units. A choice needs no proof, so doubles will do; false where one is beyond the
 * limit. */
static bool set_deltas(prover *p, size_t output, size_t count, const multiplier *list)
{
    double unit = prover_objective_unit(p, output), limit = (double)coefficient_limit(p);
    for (size_t k = 0; k < count; k++) {
        double value = mpq_get_d(list[k].value) * (prover_neuron_unit(p, list[k].neuron) / unit);
        value = ldexp(value, p->sc.bits);
        if (!(fabs(value) < limit))
            return false;
        p->delta[list[k].neuron] = llrint(value);
    }
    return true;
}

static bool objective_pass(prover *p, const objective *o, fix_product *sum)
{
    const frame *fr = prover_frame(p);
    const frame_objective *f = &fr->objective[o->output];
    const fix *weight = f->weight;
    *sum = (fix_product)(o->sign * f->bias) << p->sc.bits;
    *sum += (fix_product)f->radius << p->sc.bits;
    if (o->sign > 0)
        return pass_down(p, fr, fr->count, false, weight, sum);
    fix *negated = p->negated;
    for (size_t s = 0; s < fr->inputs + fr->count; s++)
        negated[s] = -weight[s];
    return pass_down(p, fr, fr->count, false, negated, sum);
}

bool prover_prove(prover *p, size_t k, size_t count, const multiplier *list, fix_product *total)
{
    const objective *o = &p->objectives[k];
    for (size_t m = 0; m < count; m++)
        if (prover_row(p, list[m].neuron) == SYSTEM_NO_NEURON)
            return false;
    fix_product sum = 0;
    bool works = set_deltas(p, o->output, count, list) && objective_pass(p, o, &sum);
    for (size_t m = 0; m < count; m++)
        p->delta[list[m].neuron] = 0;
    if (total != NULL)
        *total = works ? sum : (fix_product)1 << 126;
    if (!works || sum > p->threshold[k])
        return false;
    prover_mark_proved(p, k);
    return true;
}
