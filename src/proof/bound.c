/* The backward pass in fixed point. A linear functional of post-activations goes down through the rows of a
 * frame; every rounding is outward. Coefficients are in units of 2^-bits, sums in units of 2^-2bits. */
#include "proof/bound.h"

#include <math.h>
#include <string.h>

fix bound_slope(fix lower, fix upper)
{
    if (lower >= 0 || upper <= 0)
        return 0;
    return (fix)(((fix_product)upper * ((fix)1 << 31)) / ((fix_product)upper - lower));
}

/* Coefficients beyond this size could make a sum overflow; a pass that meets one fails. A sum has at most
 * 2^13 products of a coefficient and a weight: 44 + 14 + 44 + FRAME_WEIGHT + 13 = 123 bits. */
static fix coefficient_limit(const prover *p)
{
    return (fix)1 << (p->sc.bits + 14);
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

/* The rows that a functional may have coefficients at: those before f_limit (shared rows and f's), and g's
 * before g_limit. */
typedef struct row_limits {
    size_t f_limit, g_limit;
} row_limits;

static fix_product gather_range(const prover *p, const frame_column *column, size_t begin, size_t end)
{
    if (begin < column->begin)
        begin = column->begin;
    if (end > column->end)
        end = column->end;
    return begin >= end ? 0
                        : dot(p->coefficient + begin, column->weight + (begin - column->begin), end - begin);
}

/* Σ over the rows of coefficient · weight of the source. */
static fix_product gather(const prover *p, const frame *fr, size_t source, row_limits limits)
{
    const frame_column *column = &fr->column[source];
    return gather_range(p, column, 0, limits.f_limit) + gather_range(p, column, fr->f_end, limits.g_limit);
}

/* The rule for a·max(z,0) <= c·z + K with a proven interval of z and the slope of its chord. Returns the
 * default c. */
static fix default_relu(fix a, fix lo, fix hi, fix slope)
{
    if (lo >= 0)
        return a;
    if (hi <= 0)
        return 0;
    if (a > 0)
        return (fix)(((fix_product)a * slope) >> 31);
    return hi > -lo ? a : 0;
}

/* K of that rule, for any c. */
static fix_product relu_constant(fix a, fix c, fix lo, fix hi)
{
    fix_product at_lo = (fix_product)(lo < 0 ? 0 : a) * lo - (fix_product)c * lo;
    fix_product at_hi = (fix_product)(hi < 0 ? 0 : a) * hi - (fix_product)c * hi;
    fix_product k = larger(at_lo, at_hi);
    return lo < 0 && hi > 0 ? larger(k, 0) : k;
}

/* The rule for a neuron: a·y <= c·z + K. Chooses c (any choice is valid) and adds K to the sum. */
static fix relax(const prover *p, size_t n, fix a, fix_product *sum)
{
    fix lo = p->lower[n], hi = p->upper[n], delta = p->delta[n];
    if (!p->system->relu[n]) {
        *sum += larger(-(fix_product)delta * lo, -(fix_product)delta * hi);
        return a + delta;
    }
    fix c = default_relu(a, lo, hi, p->slope[n]) + delta;
    if (delta != 0 || (lo < 0 && hi > 0))
        *sum += relu_constant(a, c, lo, hi);
    return c;
}

/* Size of a ReLU's default relaxation: the largest distance between the two sides, for a unit coefficient. */
static fix chord_gap(fix lo, fix hi, fix slope)
{
    return lo >= 0 || hi <= 0 ? 0 : (fix)(((fix_product)-lo * slope) >> 31);
}

/* Whether a·y + b·y' with opposite signs is better bounded by way of the difference z − z'. A choice: it
 * needs no proof. */
static bool pair_pays(const prover *p, size_t n, size_t partner)
{
    size_t w = p->system->neurons + n;
    return chord_gap(p->lower[w], p->upper[w], p->slope[w]) <
           chord_gap(p->lower[n], p->upper[n], p->slope[n]) +
               chord_gap(p->lower[partner], p->upper[partner], p->slope[partner]);
}

/* The rule for partners: of a·y + b·y', the part m·(y − y') or m·(y' − y), m > 0, is bounded by way of the
 * difference. Sets the coefficients of z and z' and adds the constants to the sum. */
static void relax_pair(const prover *p, size_t n, size_t partner, fix *a, fix *b, fix_product *sum)
{
    size_t w = p->system->neurons + n;
    fix through = 0; /* coefficient of z − z' */
    if (((*a > 0 && *b < 0) || (*a < 0 && *b > 0)) && pair_pays(p, n, partner)) {
        fix size_a = *a < 0 ? -*a : *a, size_b = *b < 0 ? -*b : *b, m = size_a < size_b ? size_a : size_b;
        bool forward = *a > 0;
        fix lo = forward ? p->lower[w] : -p->upper[w], hi = forward ? p->upper[w] : -p->lower[w];
        fix slope = forward ? p->slope[w] : ((fix)1 << 31) - p->slope[w];
        fix c = default_relu(m, lo, hi, slope);
        *sum += relu_constant(m, c, lo, hi);
        through = forward ? c : -c;
        *a += forward ? -m : m;
        *b += forward ? m : -m;
    }
    *a = relax(p, n, *a, sum) + through;
    *b = relax(p, partner, *b, sum) - through;
}

static void add_row(const prover *p, const frame *fr, size_t row, fix_product *sum)
{
    fix c = p->coefficient[row];
    *sum += (fix_product)c * fr->bias[row] + (fix_product)(c < 0 ? -c : c) * fr->radius[row];
}

/* max over the node's box of Σ a_i x̂_i, each a_i rounded down with its error of less than a unit added. */
static bool add_inputs(const prover *p, const frame *fr, const fix *weight, row_limits limits,
                       fix_product *sum)
{
    fix unit = (fix)1 << p->sc.bits;
    for (size_t i = 0; i < fr->inputs; i++) {
        fix_product exact = gather(p, fr, i, limits) + (weight == NULL ? 0 : (fix_product)weight[i] * unit);
        fix_product a = exact >> p->sc.bits;
        fix lo = p->input_lower[i], hi = p->input_upper[i];
        if (a > coefficient_limit(p) || a < -coefficient_limit(p))
            return false;
        *sum += larger(a * lo, a * hi);
        if (a * unit != exact)
            *sum += larger(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
    }
    return true;
}

static bool fits(const prover *p, fix_product a)
{
    return a <= coefficient_limit(p) && a >= -coefficient_limit(p);
}

/* The coefficient of y of a row, rounded up: outward, as y >= 0 for a ReLU; a linear row's y is between −1
 * and 1. */
static fix_product value_coefficient(const prover *p, const frame *fr, size_t row, const fix *weight,
                                     row_limits limits, fix_product *sum)
{
    size_t source = fr->inputs + row;
    fix_product exact = gather(p, fr, source, limits);
    if (weight != NULL)
        exact += (fix_product)weight[source] * ((fix)1 << p->sc.bits);
    if (!p->system->relu[fr->neuron[row]])
        *sum += (fix_product)1 << p->sc.bits;
    return -(-exact >> p->sc.bits);
}

/* Replaces the values of one row, or of two partners, by their pre-activations. False: a coefficient is too
 * large. */
static bool pass_row(prover *p, const frame *fr, size_t row, size_t partner, const fix *weight,
                     row_limits limits, fix_product *sum)
{
    fix_product a = value_coefficient(p, fr, row, weight, limits, sum), b = 0;
    if (partner != SYSTEM_NO_NEURON)
        b = value_coefficient(p, fr, partner, weight, limits, sum);
    if (!fits(p, a) || !fits(p, b))
        return false;
    fix c = (fix)a, c_partner = (fix)b;
    if (partner == SYSTEM_NO_NEURON)
        c = relax(p, fr->neuron[row], c, sum);
    else
        relax_pair(p, fr->neuron[row], fr->neuron[partner], &c, &c_partner, sum);
    if (!fits(p, c) || !fits(p, c_partner))
        return false;
    p->coefficient[row] = c;
    add_row(p, fr, row, sum);
    if (partner != SYSTEM_NO_NEURON) {
        p->coefficient[partner] = c_partner;
        add_row(p, fr, partner, sum);
    }
    return true;
}

/* Brings a functional down to the inputs, through the rows before `position` in the frame's order and within
 * the limits. The coefficients of the later rows within the limits are given; `weight` are an objective's own
 * weights, or NULL. */
static bool pass_down(prover *p, const frame *fr, size_t position, row_limits limits, const fix *weight,
                      fix_product *sum)
{
    for (size_t k = position; k-- > 0;) {
        size_t row = fr->order[k], partner = SYSTEM_NO_NEURON;
        bool is_g = row >= fr->f_end;
        if (row >= (is_g ? limits.g_limit : limits.f_limit))
            continue;
        if (is_g && k > 0 && fr->partner[fr->order[k - 1]] == row && fr->order[k - 1] < limits.f_limit) {
            partner = row;
            row = fr->order[--k];
        }
        if (!pass_row(p, fr, row, partner, weight, limits, sum))
            return false;
    }
    return add_inputs(p, fr, weight, limits, sum);
}

/* An upper bound of a functional of pre-activations, in units, rounded up: sign · z of a row, or sign · (z −
 * z') of partners. `old` where the pass fails or brings nothing. */
static fix bound_rows(prover *p, const frame *fr, size_t row, size_t partner, int sign, fix old)
{
    fix_product sum = 0;
    bool is_g = row >= fr->f_end;
    row_limits limits = {is_g ? fr->shared : row + 1, is_g ? row + 1 : fr->f_end};
    p->coefficient[row] = (fix)sign * ((fix)1 << p->sc.bits);
    add_row(p, fr, row, &sum);
    if (partner != SYSTEM_NO_NEURON) {
        limits.g_limit = partner + 1;
        p->coefficient[partner] = -p->coefficient[row];
        add_row(p, fr, partner, &sum);
    }
    if (!pass_down(p, fr, fr->position[row], limits, NULL, &sum))
        return old;
    fix_product bound = -(-sum >> p->sc.bits);
    return bound < old ? (fix)bound : old;
}

static void improve(prover *p, size_t quantity, fix lower, fix upper)
{
    if (upper < p->upper[quantity] || lower > p->lower[quantity])
        prover_set_bounds(p, quantity, lower > p->lower[quantity] ? lower : p->lower[quantity],
                          upper < p->upper[quantity] ? upper : p->upper[quantity], p->is_fact[quantity]);
}

/* Proves bounds of a row, or of the difference of partners. */
static void bound_quantity(prover *p, const frame *fr, size_t row, size_t partner)
{
    size_t q = fr->neuron[row] + (partner == SYSTEM_NO_NEURON ? 0 : p->system->neurons);
    fix upper = bound_rows(p, fr, row, partner, +1, p->upper[q]);
    improve(p, q, -bound_rows(p, fr, row, partner, -1, -p->lower[q]), upper);
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
    improve(p, m, p->lower[n] - p->upper[w], p->upper[n] - p->lower[w]);
}

void prover_bound_all(prover *p, bool with_pairs)
{
    const frame *fr = prover_frame(p);
    for (size_t k = 0; k < fr->count && !p->empty; k++) {
        size_t row = fr->order[k], partner = fr->partner[row];
        if (with_pairs && partner != SYSTEM_NO_NEURON) {
            bound_pair(p, fr, row, partner);
            k++;
        } else if (wants_bounds(p, fr->neuron[row])) {
            bound_quantity(p, fr, row, SYSTEM_NO_NEURON);
        }
    }
}

void prover_mark_proved(prover *p, size_t k, fix_product total)
{
    if (p->is_proved[k])
        return;
    p->is_proved[k] = true;
    p->total[k] = total;
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
    *sum = (fix_product)(o->sign * f->bias) * ((fix)1 << p->sc.bits);
    *sum += (fix_product)f->radius * ((fix)1 << p->sc.bits);
    row_limits all = {fr->f_end, fr->count};
    if (o->sign > 0)
        return pass_down(p, fr, fr->count, all, weight, sum);
    fix *negated = p->negated;
    for (size_t s = 0; s < fr->inputs + fr->count; s++)
        negated[s] = -weight[s];
    return pass_down(p, fr, fr->count, all, negated, sum);
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
    prover_mark_proved(p, k, sum);
    return true;
}
