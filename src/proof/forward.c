/* Forward bounds: two affine functions of the inputs for every pre-activation z of a frame, one never below z
 * on the node's box, the other never below −z. They go from the inputs up, row by row, so that one walk
 * through all weights bounds all rows, where the backward pass walks once for every row; but what a neuron
 * loses is decided once for all that read it, and not anew for each of them. By the one inequality
 * (prover.h), a·y <= c·z + K with a = 1 and a = −1, and a and c have one sign, so that an upper bound of a·y
 * needs but one of the two functions. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "proof/bound.h"
#include "proof/relax.h"

/* An affine function is inputs coefficients and a constant: in units in a form, in units squared in a sum.
 * Lane 0 is the one of z, or of y, lane 1 the one of −z, or of −y. */
typedef struct forward {
    prover *p;
    const frame *fr;
    size_t terms;      /* of a function */
    fix_product *sum;  /* two functions for every row */
    fix *form[2];      /* of the row at hand */
    fix_product *part; /* work space: one function */
} forward;

static fix size_of(fix a)
{
    return a < 0 ? -a : a;
}

/* Adds to the rows that read a source their weights times the forms, which are the source's. */
static void spread(forward *w, const frame_column *column)
{
    for (size_t r = column->begin; r < column->end; r++) {
        fix weight = column->weight[r - column->begin], size = size_of(weight);
        fix_product *sum = w->sum + 2 * w->terms * r;
        for (size_t lane = 0; lane < 2; lane++, sum += w->terms) {
            const fix *form = w->form[weight < 0 ? 1 - lane : lane];
            for (size_t t = 0; t < w->terms; t++)
                sum[t] += (fix_product)size * form[t];
        }
    }
}

/* Rounds a sum to a form. Coefficients are rounded down, and each unit lost is made good at the input's
 * largest size. Returns the form's maximum over the box, in units, rounded up, or `known`, another bound,
 * where that is less; it takes the form's place, too, if a number is too large. */
static fix round_form(fix *form, const prover *p, const fix_product *sum, size_t inputs, fix known)
{
    fix unit = (fix)1 << p->sc.bits;
    fix_product constant = sum[inputs], varying = 0;
    bool all_fit = true;
    for (size_t i = 0; i < inputs && all_fit; i++) {
        fix lo = p->input_lower[i], hi = p->input_upper[i];
        fix_product a = sum[i] >> p->sc.bits;
        all_fit = bound_fits(p, a);
        form[i] = (fix)a;
        varying += larger(a * lo, a * hi);
        if (a * unit != sum[i])
            constant += larger(size_of(lo), size_of(hi));
    }
    fix_product rounded = -(-constant >> p->sc.bits), most = -(-(constant + varying) >> p->sc.bits);
    form[inputs] = (fix)rounded;
    if (all_fit && bound_fits(p, rounded))
        return most < known ? (fix)most : known;
    memset(form, 0, inputs * sizeof *form);
    form[inputs] = known;
    return known;
}

/* The forms of a row's z and, by them, its bounds. */
static void finish_row(forward *w, size_t row)
{
    prover *p = w->p;
    size_t n = w->fr->neuron[row], inputs = w->fr->inputs;
    const fix_product *sum = w->sum + 2 * w->terms * row;
    fix upper = round_form(w->form[0], p, sum, inputs, p->upper[n]);
    fix lower = -round_form(w->form[1], p, sum + w->terms, inputs, -p->lower[n]);
    bound_improve(p, n, lower, upper);
}

/* The forms of z become those of y. */
static void relax_row(forward *w, size_t row)
{
    const prover *p = w->p;
    size_t n = w->fr->neuron[row];
    for (size_t lane = 0; lane < 2; lane++) {
        fix sign = lane == 0 ? 1 : -1, known = lane == 0 ? p->upper[n] : -p->lower[n];
        fix_product k = 0;
        fix size = size_of(relax_neuron(p, n, sign * ((fix)1 << p->sc.bits), &k));
        for (size_t t = 0; t < w->terms; t++)
            w->part[t] = (fix_product)size * w->form[lane][t];
        w->part[w->terms - 1] += k;
        if (p->system->relu[n] && known * sign < 0)
            known = 0;
        round_form(w->form[lane], p, w->part, w->fr->inputs, known);
    }
}

static void start(forward *w)
{
    const frame *fr = w->fr;
    fix one = (fix)1 << w->p->sc.bits;
    for (size_t r = 0; r < fr->count; r++) {
        fix_product *sum = w->sum + 2 * w->terms * r;
        sum[w->terms - 1] = ((fix_product)fr->bias[r] + fr->radius[r]) * one;
        sum[2 * w->terms - 1] = ((fix_product)fr->radius[r] - fr->bias[r]) * one;
    }
    for (size_t i = 0; i < fr->inputs; i++) {
        const frame_column *column = &fr->column[i];
        for (size_t r = column->begin; r < column->end; r++) {
            fix_product weight = column->weight[r - column->begin], *sum = w->sum + 2 * w->terms * r;
            sum[i] = weight * one;
            sum[w->terms + i] = -weight * one;
        }
    }
}

void prover_bound_forward(prover *p)
{
    const frame *fr = prover_frame(p);
    forward w = {.p = p, .fr = fr, .terms = mem_sum(fr->inputs, 1)};
    size_t both = mem_product(w.terms, 2);
    w.sum = mem_alloc(mem_product(both, fr->count), sizeof *w.sum);
    w.part = mem_alloc(w.terms, sizeof *w.part);
    w.form[0] = mem_alloc(both, sizeof(fix));
    w.form[1] = w.form[0] + w.terms;
    start(&w);
    for (size_t k = 0; k < fr->count && !p->empty; k++) {
        size_t row = fr->order[k];
        finish_row(&w, row);
        relax_row(&w, row);
        spread(&w, &fr->column[fr->inputs + row]);
    }
    free(w.sum);
    free(w.part);
    free(w.form[0]);
}
