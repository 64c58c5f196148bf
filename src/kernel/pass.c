/* The backward pass in fixed point: see pass.h. A linear functional of post-activations goes down through the
 * rows of a frame; every rounding is outward. Coefficients are in units of 2^-bits, sums in units of
 * 2^-2bits. Trusted.
 */
#include "kernel/pass.h"

#include "base/vectorised.h"
#include "kernel/inside.h"
#include "kernel/relax.h"

/* In narrow arithmetic a coefficient must keep within 31 bits, and the sizes of all of a functional below
 * 2^NARROW_LOAD, when they are multiplied with weights. */
#define NARROW_LIMIT 6
#define NARROW_LOAD  36
_Static_assert(NARROW_BITS + NARROW_LIMIT < 31, "a narrow coefficient is an int32_t");
_Static_assert(NARROW_WEIGHT < 31, "a narrow weight is an int32_t");
_Static_assert(NARROW_LOAD + NARROW_WEIGHT < 63, "a sum of narrow products is an int64_t");
_Static_assert(NARROW_LIMIT <= COEFFICIENT_BITS,
               "what is small enough in narrow arithmetic is so in the other");

/* The rows that a functional may have coefficients at: those before f_limit (shared rows and f's), and g's
 * before g_limit. */
typedef struct row_limits {
    size_t f_limit, g_limit;
} row_limits;

/* One or two functionals that are brought down together, since both read the same weights. */
typedef struct sweep {
    prover *p;
    const frame *fr;
    row_limits limits;
    size_t lanes;        /* 1 or 2 */
    int grain;           /* coefficients are multiples of 2^grain units: 0, or more in narrow arithmetic */
    int64_t load[2];     /* the sizes of all narrow coefficients */
    fix *coefficient[2]; /* of every row, the functionals' own among them */
    fix_product sum[2];  /* the constants so far */
    const fix *weight;   /* of an objective at the sources, or NULL; lanes is then 1 */
    bool tilted;         /* which default coefficients partners get */
} sweep;

static void dot(fix_product *sum, const fix *a, const fix *weight, size_t count)
{
    for (size_t k = 0; k < count; k++)
        *sum += (fix_product)a[k] * weight[k];
}

static void dot_two(fix_product sum[2], const fix *a, const fix *b, const fix *weight, size_t count)
{
    fix_product first = sum[0], second = sum[1];
    for (size_t k = 0; k < count; k++) {
        first += (fix_product)a[k] * weight[k];
        second += (fix_product)b[k] * weight[k];
    }
    sum[0] = first;
    sum[1] = second;
}

VECTORISED
static void dot_narrow(int64_t sum[2], const int32_t *a, const int32_t *b, const int32_t *weight,
                       size_t count)
{
    int64_t first = 0, second = 0;
    for (size_t k = 0; k < count; k++) {
        first += (int64_t)a[k] * weight[k];
        second += (int64_t)b[k] * weight[k];
    }
    sum[0] = first;
    sum[1] = second;
}

/* The same in narrow arithmetic, whose sums are in units of 2^-NARROW_BITS times those of the weights. */
static void gather_narrow(fix_product sum[2], const sweep *w, const frame_column *column, size_t begin,
                          size_t end)
{
    int64_t part[2];
    int shift = w->grain + w->p->sc.bits - w->fr->narrow_bits;
    dot_narrow(part, w->p->narrow[0] + begin, w->p->narrow[1] + begin,
               column->narrow + (begin - column->begin), end - begin);
    sum[0] += (fix_product)part[0] * ((fix_product)1 << shift);
    sum[1] += (fix_product)part[1] * ((fix_product)1 << shift);
}

static void gather_range(fix_product sum[2], const sweep *w, const frame_column *column, size_t begin,
                         size_t end)
{
    if (begin < column->begin)
        begin = column->begin;
    if (end > column->end)
        end = column->end;
    if (begin >= end)
        return;
    if (w->grain > 0) {
        gather_narrow(sum, w, column, begin, end);
        return;
    }
    const fix *weight = column->weight + (begin - column->begin), *a = w->coefficient[0] + begin;
    if (w->lanes == 1)
        dot(sum, a, weight, end - begin);
    else
        dot_two(sum, a, w->coefficient[1] + begin, weight, end - begin);
}

/* Σ over the rows of coefficient · weight of the source, for every lane. */
static void gather(fix_product sum[2], const sweep *w, size_t source)
{
    const frame_column *column = &w->fr->column[source];
    sum[0] = w->weight == NULL ? 0 : (fix_product)w->weight[source] * ((fix)1 << w->p->sc.bits);
    sum[1] = 0;
    gather_range(sum, w, column, 0, w->limits.f_limit);
    gather_range(sum, w, column, w->fr->f_end, w->limits.g_limit);
}

/* Replaces c · z of a row by the row. */
static void add_row(sweep *w, size_t lane, size_t row, fix c)
{
    fix size = c < 0 ? -c : c, radius = w->fr->radius[row];
    if (w->grain > 0) {
        w->p->narrow[lane][row] = (int32_t)(c >> w->grain);
        w->load[lane] += size >> w->grain;
        radius = w->fr->narrow_radius[row];
    } else {
        w->coefficient[lane][row] = c;
    }
    w->sum[lane] += (fix_product)c * w->fr->bias[row] + (fix_product)size * radius;
}

static bool fits(const sweep *w, fix_product a)
{
    fix limit = (fix)1 << (w->p->sc.bits + NARROW_LIMIT);
    return w->grain > 0 ? a <= limit && a >= -limit : prover_fits(w->p, a);
}

static bool is_light(const sweep *w)
{
    return w->load[0] < (int64_t)1 << NARROW_LOAD && w->load[1] < (int64_t)1 << NARROW_LOAD;
}

/* max over the node's box of Σ a_i x̂_i, each a_i rounded down with its error of less than a unit added. */
static bool add_inputs(sweep *w)
{
    const prover *p = w->p;
    fix unit = (fix)1 << p->sc.bits;
    fix_product exact[2];
    for (size_t i = 0; i < w->fr->inputs; i++) {
        fix lo = p->input_lower[i], hi = p->input_upper[i];
        gather(exact, w, i);
        for (size_t lane = 0; lane < w->lanes; lane++) {
            fix_product a = exact[lane] >> p->sc.bits;
            if (!fits(w, a))
                return false;
            w->sum[lane] += larger(a * lo, a * hi);
            if (a * unit != exact[lane])
                w->sum[lane] += larger(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
        }
    }
    return true;
}

/* The coefficients of y of a row, rounded up to a multiple of the grain: outward, as y >= 0 for a ReLU; a
 * linear row's y is between −1 and 1. False: one is too large. */
static bool value_coefficients(fix a[2], sweep *w, size_t row)
{
    const prover *p = w->p;
    fix_product exact[2];
    bool all_fit = true;
    gather(exact, w, w->fr->inputs + row);
    for (size_t lane = 0; lane < w->lanes; lane++) {
        fix_product rounded = -(-exact[lane] >> (p->sc.bits + w->grain)) * ((fix)1 << w->grain);
        if (!p->system->relu[w->fr->neuron[row]])
            w->sum[lane] += (fix_product)1 << (p->sc.bits + w->grain);
        all_fit &= fits(w, rounded);
        a[lane] = (fix)rounded;
    }
    return all_fit;
}

/* Replaces the values of one row, or of two partners, by their pre-activations. False: a coefficient is too
 * large. */
static bool pass_row(sweep *w, size_t row, size_t partner)
{
    const prover *p = w->p;
    const size_t *neuron = w->fr->neuron;
    fix a[2], b[2] = {0, 0};
    if (!value_coefficients(a, w, row) || (partner != SYSTEM_NO_NEURON && !value_coefficients(b, w, partner)))
        return false;
    for (size_t lane = 0; lane < w->lanes; lane++) {
        if (partner == SYSTEM_NO_NEURON)
            a[lane] = relax_neuron(p, neuron[row], a[lane], &w->sum[lane]);
        else
            relax_pair(p, neuron[row], neuron[partner], w->tilted, &a[lane], &b[lane], &w->sum[lane]);
        if (!fits(w, a[lane]) || !fits(w, b[lane]))
            return false;
        add_row(w, lane, row, a[lane]);
        if (partner != SYSTEM_NO_NEURON)
            add_row(w, lane, partner, b[lane]);
    }
    return true;
}

/* Brings the functionals down to the inputs, through the rows before `position` in the frame's order and
 * within the limits. The coefficients of the later rows within the limits are given. */
static bool pass_rows(sweep *w, size_t position)
{
    const frame *fr = w->fr;
    for (size_t k = position; k-- > 0;) {
        size_t row = fr->order[k], partner = SYSTEM_NO_NEURON;
        bool is_g = row >= fr->f_end;
        if (row >= (is_g ? w->limits.g_limit : w->limits.f_limit))
            continue;
        if (is_g && k > 0 && fr->partner[fr->order[k - 1]] == row && fr->order[k - 1] < w->limits.f_limit) {
            partner = row;
            row = fr->order[--k];
        }
        if (!pass_row(w, row, partner) || !is_light(w))
            return false;
    }
    return true;
}

/* The same, and the maximum over the node's box. */
static bool pass_down(sweep *w, size_t position)
{
    return pass_rows(w, position) && add_inputs(w);
}

/* The same for one functional, where what remains at the inputs is to be joined with the target. */
static bool pass_to_target(sweep *w, size_t position)
{
    fix_product exact[2];
    if (!pass_rows(w, position))
        return false;
    for (size_t i = 0; i < w->fr->inputs; i++) {
        gather(exact, w, i);
        w->p->functional[i] = exact[0];
    }
    return true;
}

bool pass_bound_rows(fix_product *bound, prover *p, const frame *fr, size_t row, size_t partner, size_t signs,
                     const fix *sign, int grain)
{
    bool is_g = row >= fr->f_end;
    sweep w = {
        .p = p, .fr = fr, .lanes = signs, .grain = grain, .coefficient = {p->coefficient, p->opposite}};
    w.limits = (row_limits){is_g ? fr->shared : row + 1, is_g ? row + 1 : fr->f_end};
    if (partner != SYSTEM_NO_NEURON)
        w.limits.g_limit = partner + 1;
    for (size_t lane = 0; lane < signs; lane++) {
        add_row(&w, lane, row, sign[lane] * ((fix)1 << p->sc.bits));
        if (partner != SYSTEM_NO_NEURON)
            add_row(&w, lane, partner, -sign[lane] * ((fix)1 << p->sc.bits));
    }
    p->grain = -((fix)1 << grain);
    bool works = pass_down(&w, fr->position[row]);
    p->grain = -1;
    for (size_t lane = 0; lane < signs && works; lane++)
        bound[lane] = -(-w.sum[lane] >> p->sc.bits);
    return works;
}

bool pass_objective(prover *p, size_t k, bool tilted, fix_product *sum)
{
    const objective *o = &p->objectives[k];
    const frame *fr = prover_frame(p);
    const frame_objective *f = &fr->objective[o->output];
    sweep w = {.p = p,
               .fr = fr,
               .limits = {fr->f_end, fr->count},
               .lanes = 1,
               .weight = f->weight,
               .tilted = tilted};
    w.coefficient[0] = p->coefficient;
    w.sum[0] = ((fix_product)(o->sign * f->bias) + f->radius) * ((fix)1 << p->sc.bits);
    if (o->sign < 0) {
        for (size_t s = 0; s < fr->inputs + fr->count; s++)
            p->negated[s] = -f->weight[s];
        w.weight = p->negated;
    }
    bool works = p->target == NULL ? pass_down(&w, fr->count) : pass_to_target(&w, fr->count);
    *sum = w.sum[0];
    return works;
}
