/* Bounding a node: see bounding.h. */
#include "search/bounding.h"

#include <string.h>

#include "search/mirror.h"

/* A range whose end is this close to 0, in units, may be due to rounding. */
#define TOUCH 4096

/* One product of forward bounds costs as much as this many of backward passes, which are narrow. */
#define FORWARD_PRODUCT 4

/* Backward passes are dear where they cost this many times as much as forward bounds. On nine random pairs of
 * 1 to 8 inputs and widths of 128 to 512, and the trained one of width 512, 2 and 8 took as long as 4. */
#define DEAR 4.0

/* Leaves out the stable neurons when they have become many. */
static void reduce_if_worthwhile(worker *w)
{
    const frame *fr = prover_frame(&w->p);
    size_t stable = 0;
    for (size_t r = 0; r < fr->count; r++)
        stable += !mirror_is_unstable(&w->p, r) && !w->p.is_fact[fr->neuron[r]];
    if (stable * 6 > fr->count && prover_reduce(&w->p))
        writer_reduce(&w->out);
}

/* Neurons that fixed point cannot tell from stable ones: one end of the range is within its errors of 0.
 * Exact bounds may settle them, where kinks touch the box or meet in the only point of a flat one. */
static void settle_touching(worker *w)
{
    prover *p = &w->p;
    const frame *fr = prover_frame(p);
    for (size_t r = 0; r < fr->count && !p->empty; r++) {
        size_t n = fr->neuron[r];
        bool touches = p->lower[n] > -TOUCH || p->upper[n] < TOUCH;
        if (!touches || !mirror_is_unstable(p, r))
            continue;
        fix lower = p->lower[n], upper = p->upper[n];
        search_phase before = stopwatch_enter(&w->watch, PHASE_EXACT);
        prover_bound_exact(p, n);
        stopwatch_enter(&w->watch, before);
        if (p->empty || p->lower[n] != lower || p->upper[n] != upper)
            writer_bound_exact(&w->out, n);
    }
}

/* What passes backward would cost for the unstable rows of some depth and more, over what forward bounds do:
 * both go through weights, the passes through those of the rows below the one that they bound, in its
 * network. */
static double cost_ratio(const prover *p, size_t depth)
{
    const frame *fr = prover_frame(p);
    double below[2] = {0, 0}, backward = 0;
    for (size_t k = 0; k < fr->count; k++) {
        size_t row = fr->order[k];
        const frame_column *column = &fr->column[fr->inputs + row];
        double readers = (double)(column->end - column->begin);
        bool is_g = row >= fr->f_end, is_fact = p->is_fact[fr->neuron[row]];
        if (fr->depth[row] >= depth && (is_fact || mirror_is_unstable(p, row)))
            backward += below[is_g];
        below[is_g] += readers;
        if (row < fr->shared)
            below[1] += readers;
    }
    double forward = FORWARD_PRODUCT * (below[0] + below[1]) * (double)(fr->inputs + 1);
    return backward / (forward + 1);
}

bool bounding_is_dear(const prover *p)
{
    return cost_ratio(p, 1) >= DEAR;
}

static bool has_backward_step(const tree_node *node)
{
    for (size_t k = 0; k < node->steps; k++)
        if (strchr("bpd", node->step[k].text[0]) != NULL)
            return true;
    return false;
}

/* Whether the passes can wait for smaller boxes, where more neurons are stable: for as many levels of the
 * tree as it takes forward bounds to cost as much in all of their nodes. On the same pairs, searches took
 * from a quarter of the time that passes in every node took to 0.9 of it; with a level less, up to 1.8 times
 * as long as with this rule, and up to 1.3 times if passes wait while they are dear. With pairs, where passes
 * gain more, two levels less: that took 0.8 of the time for 3 inputs and as long for 5, where this rule took
 * 0.65 and 1.8 of it. */
static bool can_wait(const tree_node *node, double ratio, bool with_pairs)
{
    double nodes = with_pairs ? 4 : 1;
    for (const tree_node *above = node->parent; above != NULL && !has_backward_step(above);
         above = above->parent)
        nodes *= 2;
    return nodes < ratio;
}

/* Passes that do better than forward bounds, which are there. */
static void go_backward(worker *w)
{
    if (w->s->uses_pairs) {
        prover_bound_all(&w->p, true);
        writer_bound_all(&w->out, true);
    } else {
        prover_bound_deep(&w->p);
        writer_bound_deep(&w->out);
    }
}

/* Forward bounds, and passes for the rows where these are better and the cost is not to be put off. False:
 * passes for all rows will do. With pairs they are made for all rows anyway if they are made, so that forward
 * bounds save little before them. */
static bool go_forward(worker *w, const tree_node *node)
{
    prover *p = &w->p;
    bool with_pairs = w->s->uses_pairs;
    if (cost_ratio(p, 1) < (with_pairs ? DEAR : 1))
        return false;
    prover_bound_forward(p, with_pairs);
    writer_bound_forward(&w->out, with_pairs);
    if (p->empty)
        return true;
    reduce_if_worthwhile(w);
    double ratio = cost_ratio(p, with_pairs ? 1 : 3);
    if (ratio > 0 && (ratio < DEAR || !can_wait(node, ratio, with_pairs)))
        go_backward(w);
    return true;
}

void bounding_node(worker *w, const tree_node *node)
{
    prover *p = &w->p;
    if (!go_forward(w, node)) {
        prover_bound_all(p, w->s->uses_pairs);
        writer_bound_all(&w->out, w->s->uses_pairs);
    }
    if (!p->empty && p->target == NULL)
        settle_touching(w);
    if (!p->empty)
        reduce_if_worthwhile(w);
}
