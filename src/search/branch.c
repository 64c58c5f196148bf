/* Choosing and making splits: see branch.h. */
#include "search/branch.h"

#include <math.h>

/* z of a row at the linear program's solution. */
static double solution_preactivation(const branch_view *v, size_t r)
{
    double z = v->m->bias[r];
    for (size_t source = 0; source < v->m->inputs + r; source++)
        if (r >= v->m->begin[source] && r < v->m->end[source])
            z += v->m->column[source][r - v->m->begin[source]] *
                 (source < v->m->inputs ? v->lp->point[source] : v->lp->y[source - v->m->inputs]);
    return z;
}

/* The unstable row whose relaxation is farthest from the truth at the solution, or else whose kink is
 * nearest. */
size_t branch_choose_row_by_solution(const branch_view *v)
{
    size_t best = SYSTEM_NO_NEURON;
    double best_score = -HUGE_VAL;
    for (size_t r = 0; r < v->m->count; r++) {
        if (!v->relevant[r] || !mirror_is_unstable(v->p, r))
            continue;
        double z = solution_preactivation(v, r), slack = fabs(v->lp->y[r] - fmax(z, 0));
        double range = mirror_upper(v->p, r) - mirror_lower(v->p, r);
        double score = slack * fabs(v->down->a[r]) > 1e-13 ? slack * fabs(v->down->a[r]) : -fabs(z) / range;
        if (score > best_score) {
            best_score = score;
            best = r;
        }
    }
    return best;
}

static double chord_cost(const branch_view *v, size_t r)
{
    double lo = mirror_lower(v->p, r), hi = mirror_upper(v->p, r);
    return fabs(v->down->a[r]) * -lo * hi / (hi - lo);
}

double branch_chord_loss(const branch_view *v)
{
    double sum = 0;
    for (size_t r = 0; r < v->m->count; r++)
        sum += v->relevant[r] && mirror_is_unstable(v->p, r) ? chord_cost(v, r) : 0;
    return sum;
}

/* The unstable row whose chord costs the objective most. */
size_t branch_choose_row_by_chord(const branch_view *v)
{
    size_t best = SYSTEM_NO_NEURON;
    double best_score = -1;
    for (size_t r = 0; r < v->m->count; r++) {
        if (!v->relevant[r] || !mirror_is_unstable(v->p, r))
            continue;
        double score = chord_cost(v, r);
        if (score > best_score) {
            best_score = score;
            best = r;
        }
    }
    return best;
}

void branch_split_row(tree_split *split, const branch_view *v, size_t row)
{
    size_t n = prover_frame(v->p)->neuron[row];
    *split = (tree_split){.kind = TREE_SIGN, .index = n, .upper_first = v->p->upper[n] > -v->p->lower[n]};
}

/* Σ over the unstable rows of |a| · (cost of the chord) · (share of the input in the range of z): what the
 * relaxation loses by it. */
static double chord_share(const branch_view *v, size_t i)
{
    double sum = 0;
    for (size_t r = v->m->begin[i]; r < v->m->end[i]; r++) {
        if (!v->relevant[r] || !mirror_is_unstable(v->p, r))
            continue;
        double lo = mirror_lower(v->p, r), hi = mirror_upper(v->p, r), range = hi - lo;
        sum += fabs(v->down->a[r]) * (-lo * hi / range) * fabs(v->m->column[i][r - v->m->begin[i]]) / range;
    }
    return sum;
}

static bool is_narrow(const prover *p, size_t input)
{
    return p->input_upper[input] - p->input_lower[input] < 64;
}

/* The input to split: the largest width · (|gradient of the relaxed objective| + chord share). Both parts are
 * needed: on a pruned ACAS pair down to a bound of 0.05 above the maximum, 487 nodes; the chord share alone
 * took over 200,000 down to 0.2, the gradient alone over 470,000, the widest input more than either. Weights
 * between 0.3 and 10 of the chord share do equally well. */
static size_t choose_input(const branch_view *v)
{
    size_t best = 0;
    double best_score = -1;
    for (size_t i = 0; i < v->m->inputs; i++) {
        if (is_narrow(v->p, i))
            continue;
        double width = mirror_input_upper(v->p, i) - mirror_input_lower(v->p, i);
        double score = width * (fabs(v->down->gradient[i]) + chord_share(v, i));
        score += v->share == NULL ? 0 : v->share[i];
        if (score > best_score) {
            best_score = score;
            best = i + 1;
        }
    }
    return best; /* input + 1, or 0 when all are too narrow */
}

/* The middle of the input's range, with as few binary digits as its width allows. */
static fix middle_of(const prover *p, size_t input)
{
    fix lo = p->input_lower[input], hi = p->input_upper[input], middle = lo + (hi - lo) / 2, grain = 1;
    while (grain * 32 < hi - lo)
        grain *= 2;
    return middle / grain * grain;
}

/* Which child is first: the one on the side of the best point so far, where better ones are likely. Before
 * there is a point, the one to which the relaxed objective grows. With that rule alone, thirteen of sixteen
 * 16-bit copies of ACAS networks took more nodes, 1.5 times as many in the geometric mean and up to 4 times;
 * one took 0.7 times as many. On pruned networks, where the ascent finds the best point, neither is better.
 * Of values in the middles of the children, the larger one's was nearly as good, but cost time. */
static bool is_upper_first(const tree_split *split, const branch_view *v)
{
    if (v->best == NULL)
        return v->down->gradient[split->index] > 0;
    mpq_t middle;
    mpq_init(middle);
    tree_split_value(middle, split, v->p);
    bool above = mpq_cmp(v->best[split->index], middle) > 0;
    mpq_clear(middle);
    return above;
}

bool branch_split_input(tree_split *split, const branch_view *v)
{
    size_t choice = choose_input(v);
    if (choice == 0)
        return false;
    *split = (tree_split){.kind = TREE_INPUT, .index = choice - 1, .position = middle_of(v->p, choice - 1)};
    split->upper_first = is_upper_first(split, v);
    return true;
}

bool branch_split_widest(tree_split *split, const prover *p, const bool *marked)
{
    size_t best = p->system->inputs;
    fix best_width = 0;
    for (size_t i = 0; i < p->system->inputs; i++) {
        fix width = p->input_upper[i] - p->input_lower[i];
        if (!marked[i] || is_narrow(p, i) || width <= best_width)
            continue;
        best = i;
        best_width = width;
    }
    if (best == p->system->inputs)
        return false;
    *split = (tree_split){.kind = TREE_INPUT, .index = best, .position = middle_of(p, best)};
    return true;
}
