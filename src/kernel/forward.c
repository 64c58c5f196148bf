/* Forward bounds: two affine functions of the inputs for every pre-activation z of a frame, one never below z
 * on the node's box, the other never below −z. They go from the inputs up, row by row, so that one walk
 * through all weights bounds all rows, where the backward pass walks once for every row; but what a neuron
 * loses is decided once for all that read it, and not anew for each of them. By the one inequality
 * (prover.h), a·y <= c·z + K with a = 1 and a = −1, and a and c have one sign, so that an upper bound of a·y
 * needs but one of the two functions. With pairs, the differences z − z' and y − y' of partners get functions
 * of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/inside.h"
#include "kernel/relax.h"

/* An affine function has a coefficient for every input and a constant: in units in a form, in units squared
 * in a sum. Lane 0 is never below a quantity, lane 1 never below minus that quantity. */
typedef fix *form[2];

/* Of the row at hand, which has a partner or none: the forms of its z, then of its y, and so on. */
enum { OWN, PARTNER, DIFFERENCE, FORMS };

typedef struct forward {
    prover *p;
    const frame *fr;
    bool with_pairs;
    size_t terms;     /* of a function */
    fix_product *sum; /* two functions for every row, with pairs four: of z, and of z − z' */
    form of[FORMS];
    fix_product *part; /* work space: two functions */
} forward;

static fix size_of(fix a)
{
    return a < 0 ? -a : a;
}

static fix_product *sum_of(const forward *w, size_t row, bool difference, size_t lane)
{
    size_t lanes = w->with_pairs ? 4 : 2;
    return w->sum + w->terms * (lanes * row + (difference ? 2 : 0) + lane);
}

/* Adds `factor` times the quantity of the form to that of the sum, of which it is the given lane. */
static void add_times(const forward *w, fix_product *sum, size_t lane, const form f, fix factor)
{
    const fix *function = f[factor < 0 ? 1 - lane : lane];
    fix size = size_of(factor);
    for (size_t t = 0; t < w->terms && size != 0; t++)
        sum[t] += (fix_product)size * function[t];
}

/* A sum has for every row that is read at most three terms, each a function's coefficient times a weight, or
 * a difference of weights, and one more of a row that is relaxed, times a choice. */
_Static_assert(FRAME_BITS + COEFFICIENT_BITS + FRAME_BITS + FRAME_WEIGHT + 1 + FRAME_ROWS + 2 <= TOTAL_BITS,
               "sums of forward bounds");
_Static_assert(FRAME_BITS + COEFFICIENT_BITS + CHOICE_BITS + 1 + 2 < TOTAL_BITS, "forward bounds of values");
/* And with the maximum over the box of a function whose coefficients fit. */
_Static_assert(FRAME_BITS + COEFFICIENT_BITS + FRAME_BITS + FRAME_ROWS < TOTAL_BITS,
               "maxima of forward bounds");

/* Rounds a sum to a function. Coefficients are rounded down, and each unit lost is made good at the input's
 * largest size. Returns the function's maximum over the box, in units, rounded up, or `known`, another bound,
 * where that is less; it takes the function's place, too, if a number is too large. */
static fix_product round_sum(fix *function, const prover *p, const fix_product *sum, size_t inputs, fix known)
{
    fix_product constant = sum[inputs], varying = 0;
    bool all_fit = true;
    for (size_t i = 0; i < inputs; i++)
        all_fit &= prover_fits(p, sum[i] >> p->sc.bits);
    for (size_t i = 0; i < inputs && all_fit; i++) {
        fix lo = p->input_lower[i], hi = p->input_upper[i];
        function[i] = (fix)(sum[i] >> p->sc.bits);
        varying += larger((fix_product)function[i] * lo, (fix_product)function[i] * hi);
        if (sum[i] % ((fix_product)1 << p->sc.bits) != 0)
            constant += larger(size_of(lo), size_of(hi));
    }
    fix_product rounded = -(-constant >> p->sc.bits);
    if (all_fit && prover_fits(p, rounded)) {
        fix_product most = -(-(constant + varying) >> p->sc.bits);
        function[inputs] = (fix)rounded;
        return most < known ? most : known;
    }
    memset(function, 0, inputs * sizeof *function);
    function[inputs] = known;
    return known;
}

/* The forms of a row's z, or of its difference with its partner, and by them its bounds. */
static void finish(forward *w, size_t row, bool difference, form f)
{
    prover *p = w->p;
    size_t quantity = w->fr->neuron[row] + (difference ? p->system->neurons : 0), inputs = w->fr->inputs;
    fix_product upper = round_sum(f[0], p, sum_of(w, row, difference, 0), inputs, p->upper[quantity]);
    fix_product lower = -round_sum(f[1], p, sum_of(w, row, difference, 1), inputs, -p->lower[quantity]);
    prover_improve_bounds(p, quantity, lower, upper);
}

/* What has been gathered in `part` becomes a form; `known`: other bounds of its two functions. */
static void take_parts(const forward *w, const form f, const fix known[2])
{
    for (size_t lane = 0; lane < 2; lane++)
        round_sum(f[lane], w->p, w->part + lane * w->terms, w->fr->inputs, known[lane]);
    memset(w->part, 0, 2 * w->terms * sizeof *w->part);
}

/* The forms of z become those of y. */
static void relax(const forward *w, size_t row, form f)
{
    const prover *p = w->p;
    size_t n = w->fr->neuron[row];
    for (size_t lane = 0; lane < 2; lane++) {
        fix_product k = 0, *part = w->part + lane * w->terms;
        fix one = (lane == 0 ? 1 : -1) * ((fix)1 << p->sc.bits), c = relax_neuron(p, n, one, &k);
        add_times(w, part, 0, f, c);
        part[w->terms - 1] += k;
    }
    bool relu = p->system->relu[n];
    const fix known[2] = {relu && p->upper[n] < 0 ? 0 : p->upper[n],
                          relu && p->lower[n] < 0 ? 0 : -p->lower[n]};
    take_parts(w, f, known);
}

/* The forms of z − z' become those of y − y', where those of z and z' are still at hand. With c and d of the
 * rule for pairs, c·z + d·z' = t·(z − z') + (c − t)·z + (d + t)·z' for any t. As y grows with z, and no
 * faster, y − y' is at most the larger one of z − z' and 0, which is what is known otherwise. */
static void relax_difference(const forward *w, size_t row)
{
    const prover *p = w->p;
    size_t n = w->fr->neuron[row], partner = w->fr->neuron[w->fr->partner[row]], q = p->system->neurons + n;
    for (size_t lane = 0; lane < 2; lane++) {
        fix_product k = 0, *part = w->part + lane * w->terms;
        fix one = (lane == 0 ? 1 : -1) * ((fix)1 << p->sc.bits), c = one, d = -one;
        relax_pair(p, n, partner, false, &c, &d, &k);
        fix t = (c < 0) == (d < 0) ? 0 : size_of(c) < size_of(d) ? c : -d;
        add_times(w, part, 0, w->of[DIFFERENCE], t);
        add_times(w, part, 0, w->of[OWN], c - t);
        add_times(w, part, 0, w->of[PARTNER], d + t);
        part[w->terms - 1] += k;
    }
    const fix known[2] = {p->upper[q] < 0 ? 0 : p->upper[q], p->lower[q] > 0 ? 0 : -p->lower[q]};
    take_parts(w, w->of[DIFFERENCE], known);
}

static fix weight_at(const frame_column *column, size_t row)
{
    return row < column->begin || row >= column->end ? 0 : column->weight[row - column->begin];
}

/* Adds a row's y to all rows that read it. */
static void spread(forward *w, size_t row, const form f)
{
    const frame_column *column = &w->fr->column[w->fr->inputs + row];
    for (size_t r = column->begin; r < column->end; r++)
        for (size_t lane = 0; lane < 2; lane++)
            add_times(w, sum_of(w, r, false, lane), lane, f, column->weight[r - column->begin]);
}

/* Adds y of the row at hand, and y' of its partner, to the differences of rows that read them. Of partners
 * a·y − b·y' = t·(y − y') + (a − t)·y − (b − t)·y' for any t. */
static void spread_differences(forward *w, size_t row, size_t partner)
{
    const frame *fr = w->fr;
    const frame_column *column = &fr->column[fr->inputs + row];
    bool is_pair = partner != SYSTEM_NO_NEURON;
    const frame_column *other = is_pair ? &fr->column[fr->inputs + partner] : column;
    for (size_t r = fr->shared; r < fr->f_end; r++) {
        if (fr->partner[r] == SYSTEM_NO_NEURON)
            continue;
        fix a = weight_at(column, r), b = weight_at(other, fr->partner[r]);
        if (a == 0 && b == 0)
            continue;
        fix t = !is_pair || (a < 0) != (b < 0) ? 0 : size_of(a) < size_of(b) ? a : b;
        for (size_t lane = 0; lane < 2; lane++) {
            fix_product *sum = sum_of(w, r, true, lane);
            add_times(w, sum, lane, w->of[DIFFERENCE], t);
            add_times(w, sum, lane, w->of[OWN], is_pair ? a - t : a - b);
            if (is_pair)
                add_times(w, sum, lane, w->of[PARTNER], t - b);
        }
    }
}

/* What a row, or the difference of partners, is made of besides rows. */
static void start_sum(const forward *w, size_t row, size_t partner)
{
    const frame *fr = w->fr;
    bool is_pair = partner != SYSTEM_NO_NEURON;
    fix_product one = (fix_product)1 << w->p->sc.bits, *up = sum_of(w, row, is_pair, 0),
                *down = up + w->terms;
    for (size_t i = 0; i < fr->inputs; i++) {
        fix weight = weight_at(&fr->column[i], row) - (is_pair ? weight_at(&fr->column[i], partner) : 0);
        up[i] = weight * one;
        down[i] = -weight * one;
    }
    fix bias = fr->bias[row] - (is_pair ? fr->bias[partner] : 0);
    fix radius = fr->radius[row] + (is_pair ? fr->radius[partner] : 0);
    up[fr->inputs] = (bias + radius) * one;
    down[fr->inputs] = (radius - bias) * one;
}

static void start(const forward *w)
{
    const frame *fr = w->fr;
    for (size_t r = 0; r < fr->count; r++) {
        start_sum(w, r, SYSTEM_NO_NEURON);
        if (w->with_pairs && fr->partner[r] != SYSTEM_NO_NEURON)
            start_sum(w, r, fr->partner[r]);
    }
}

/* Bounds partners, whose z' = z − (z − z') gives another bound of z'. */
static void walk_pair(forward *w, size_t row, size_t partner)
{
    prover *p = w->p;
    size_t n = w->fr->neuron[row], q = p->system->neurons + n;
    finish(w, row, false, w->of[OWN]);
    finish(w, partner, false, w->of[PARTNER]);
    finish(w, row, true, w->of[DIFFERENCE]);
    prover_improve_bounds(p, w->fr->neuron[partner], p->lower[n] - p->upper[q], p->upper[n] - p->lower[q]);
    relax_difference(w, row);
    relax(w, partner, w->of[PARTNER]);
    spread(w, partner, w->of[PARTNER]);
}

void prover_bound_forward(prover *p, bool with_pairs)
{
    const frame *fr = prover_frame(p);
    forward w = {.p = p, .fr = fr, .with_pairs = with_pairs, .terms = mem_sum(fr->inputs, 1)};
    size_t functions = mem_product(fr->count, with_pairs ? 4 : 2);
    w.sum = mem_alloc(mem_product(w.terms, functions), sizeof *w.sum);
    w.part = mem_alloc(mem_product(w.terms, 2), sizeof *w.part);
    fix *forms = mem_alloc(mem_product(w.terms, 2 * FORMS), sizeof *forms);
    for (size_t k = 0; k < 2 * FORMS; k++)
        w.of[k / 2][k % 2] = forms + k * w.terms;
    start(&w);
    for (size_t k = 0; k < fr->count && !p->empty; k++) {
        size_t row = fr->order[k], partner = with_pairs ? fr->partner[row] : SYSTEM_NO_NEURON;
        if (partner == SYSTEM_NO_NEURON) {
            finish(&w, row, false, w.of[OWN]);
        } else {
            walk_pair(&w, row, partner);
            k++;
        }
        relax(&w, row, w.of[OWN]);
        spread(&w, row, w.of[OWN]);
        if (with_pairs)
            spread_differences(&w, row, partner);
    }
    free(w.sum);
    free(w.part);
    free(forms);
}
