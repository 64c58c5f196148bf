/* The tree of the kernel: nodes, splits, and undoing them. See prover.h. Trusted. */
#include "kernel/prover.h"

#include <stdlib.h>

#include "base/memory.h"
#include "kernel/choice.h"
#include "kernel/inside.h"
#include "number/binary.h"

bool bound_proves(const objective_bound *b, const mpq_t claim, const mpz_t limit)
{
    if (b->kind != BOUND_TOTAL)
        return b->kind == BOUND_RATIONAL && mpq_cmp(b->value, claim) <= 0;
    mpz_t total;
    mpz_init(total);
    binary_integer(total, b->total);
    bool proves = mpz_cmp(total, limit) <= 0;
    mpz_clear(total);
    return proves;
}

bool prover_bound_value(mpq_t value, const prover *p, size_t k, const objective_bound *b)
{
    if (b->kind == BOUND_TOTAL)
        scaling_total(value, &p->sc, p->system, p->objectives[k].output, b->total);
    else if (b->kind == BOUND_RATIONAL)
        mpq_set(value, b->value);
    return b->kind != BOUND_NONE;
}

void prover_raise_claim(prover *p, const mpq_t claim)
{
    mpq_set(p->claim, claim);
    for (size_t k = 0; k < p->objective_count; k++)
        scaling_largest_total(p->limit[k], &p->sc, p->system, p->objectives[k].output, claim);
}

const frame *prover_frame(const prover *p)
{
    return &p->frames[p->frame_count - 1];
}

size_t prover_row(const prover *p, size_t neuron)
{
    const frame *fr = prover_frame(p);
    size_t low = 0, high = fr->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fr->neuron[middle] < neuron)
            low = middle + 1;
        else
            high = middle;
    }
    return low < fr->count && fr->neuron[low] == neuron ? low : SYSTEM_NO_NEURON;
}

void prover_set_bounds(prover *p, size_t neuron, fix lower, fix upper, bool is_fact)
{
    p->trail = mem_grow(p->trail, &p->trail_capacity, p->trail_count + 1, sizeof *p->trail);
    p->trail[p->trail_count++] =
        (trail_entry){neuron, p->lower[neuron], p->upper[neuron], p->slope[neuron], p->is_fact[neuron]};
    p->lower[neuron] = lower;
    p->upper[neuron] = upper;
    p->slope[neuron] = choice_slope(lower, upper);
    p->is_fact[neuron] = is_fact;
    if (lower > upper)
        p->empty = true;
}

/* Where the new range and the known one have no point in common, the node has none, and what was known stays:
 * so ranges never leave the one that they start with, which the sizes of sums rest on. */
void prover_improve_bounds(prover *p, size_t quantity, fix_product lower, fix_product upper)
{
    fix old_lower = p->lower[quantity], old_upper = p->upper[quantity];
    if (upper >= old_upper && lower <= old_lower)
        return;
    lower = lower > old_lower ? lower : old_lower;
    upper = upper < old_upper ? upper : old_upper;
    if (lower > upper)
        p->empty = true;
    else
        prover_set_bounds(p, quantity, (fix)lower, (fix)upper, p->is_fact[quantity]);
}

bool prover_accept(prover *p, size_t k)
{
    if (p->fault != NULL || !bound_proves(&p->found, p->claim, p->limit[k]))
        return false;
    if (!p->is_proved[k]) {
        p->is_proved[k] = true;
        p->proved[k].kind = p->found.kind;
        p->proved[k].total = p->found.total;
        mpq_set(p->proved[k].value, p->found.value);
        p->proved_list[p->proved_count++] = k;
    }
    return true;
}

/* Restricts the node to one child of the last split. */
static void enter_child(prover *p, bool upper_child)
{
    proof_split *s = &p->split[p->split_count - 1];
    fix down, up;
    p->nodes++;
    if (s->is_input) {
        scaling_input(&down, &up, &p->sc, s->index, s->value);
        mpq_set(upper_child ? p->box_lower[s->index] : p->box_upper[s->index], s->value);
        if (upper_child)
            p->input_lower[s->index] = down;
        else
            p->input_upper[s->index] = up;
        return;
    }
    fix lower = p->lower[s->index], upper = p->upper[s->index];
    if (upper_child)
        lower = lower < 0 ? 0 : lower;
    else
        upper = upper > 0 ? 0 : upper;
    prover_set_bounds(p, s->index, lower, upper, true);
}

static void push_split(prover *p, bool is_input, size_t index, bool upper_first)
{
    p->split = mem_grow(p->split, &p->split_capacity, p->split_count + 1, sizeof *p->split);
    proof_split *s = &p->split[p->split_count++];
    *s = (proof_split){.is_input = is_input,
                       .index = index,
                       .upper_first = upper_first,
                       .trail = p->trail_count,
                       .frames = p->frame_count,
                       .proved = p->proved_count,
                       .was_empty = p->empty};
    mpq_inits(s->value, s->old_lower, s->old_upper, NULL);
}

bool prover_split_input(prover *p, size_t input, const mpq_t value, bool upper_first)
{
    if (input >= p->system->inputs || mpq_cmp(value, p->box_lower[input]) < 0 ||
        mpq_cmp(value, p->box_upper[input]) > 0)
        return false;
    push_split(p, true, input, upper_first);
    proof_split *s = &p->split[p->split_count - 1];
    mpq_set(s->value, value);
    mpq_set(s->old_lower, p->box_lower[input]);
    mpq_set(s->old_upper, p->box_upper[input]);
    enter_child(p, upper_first);
    return true;
}

bool prover_split_neuron(prover *p, size_t neuron, bool upper_first)
{
    if (neuron >= p->system->neurons || !p->system->relu[neuron] || prover_row(p, neuron) == SYSTEM_NO_NEURON)
        return false;
    push_split(p, false, neuron, upper_first);
    enter_child(p, upper_first);
    return true;
}

/* Returns to the node that was split, keeping the split on the path. */
static void undo_to_split(prover *p, const proof_split *s)
{
    fix unused;
    while (p->trail_count > s->trail) {
        const trail_entry *t = &p->trail[--p->trail_count];
        p->lower[t->neuron] = t->lower;
        p->upper[t->neuron] = t->upper;
        p->slope[t->neuron] = t->slope;
        p->is_fact[t->neuron] = t->is_fact;
    }
    while (p->frame_count > s->frames)
        frame_clear(&p->frames[--p->frame_count]);
    while (p->proved_count > s->proved)
        p->is_proved[p->proved_list[--p->proved_count]] = false;
    p->empty = s->was_empty;
    if (s->is_input) {
        mpq_set(p->box_lower[s->index], s->old_lower);
        mpq_set(p->box_upper[s->index], s->old_upper);
        scaling_input(&p->input_lower[s->index], &unused, &p->sc, s->index, s->old_lower);
        scaling_input(&unused, &p->input_upper[s->index], &p->sc, s->index, s->old_upper);
    }
}

static void pop_split(prover *p)
{
    proof_split *s = &p->split[--p->split_count];
    mpq_clears(s->value, s->old_lower, s->old_upper, NULL);
}

bool prover_is_done(const prover *p)
{
    return p->fault == NULL && (p->empty || p->proved_count == p->objective_count);
}

bool prover_prove_rest(prover *p)
{
    for (size_t k = 0; k < p->objective_count && !p->empty; k++)
        if (!p->is_proved[k] && !prover_prove(p, k, 0, NULL))
            return false;
    return prover_is_done(p);
}

bool prover_close(prover *p, bool *finished)
{
    if (!prover_prove_rest(p))
        return false;
    p->leaves++;
    for (; p->split_count > 0; pop_split(p)) {
        proof_split *s = &p->split[p->split_count - 1];
        undo_to_split(p, s);
        if (!s->second) {
            s->second = true;
            enter_child(p, !s->upper_first);
            *finished = false;
            return true;
        }
    }
    *finished = true;
    return true;
}

void prover_back(prover *p)
{
    undo_to_split(p, &p->split[p->split_count - 1]);
    pop_split(p);
}

void prover_restart(prover *p, const mpq_t claim)
{
    while (p->split_count > 0)
        prover_back(p);
    undo_to_split(p, &(proof_split){.frames = 1});
    prover_raise_claim(p, claim);
}

bool prover_reduce(prover *p)
{
    const frame *big = prover_frame(p);
    unsigned char *fate = mem_alloc(big->count, 1);
    size_t kept = 0;
    for (size_t r = 0; r < big->count; r++) {
        size_t n = big->neuron[r];
        bool passes = !p->system->relu[n] || p->lower[n] >= 0, zero = p->system->relu[n] && p->upper[n] <= 0;
        fate[r] = p->is_fact[n] ? FRAME_KEEP : zero ? FRAME_ZERO : passes ? FRAME_PASS : FRAME_KEEP;
        kept += fate[r] == FRAME_KEEP;
    }
    bool smaller = kept < big->count;
    if (smaller) {
        p->frames = mem_grow(p->frames, &p->frame_capacity, p->frame_count + 1, sizeof *p->frames);
        smaller = frame_reduce(&p->frames[p->frame_count], &p->frames[p->frame_count - 1], fate, p->sc.bits,
                               p->sc.partner);
    }
    if (smaller)
        p->frames[p->frame_count++].serial = ++p->frame_serial;
    free(fate);
    return smaller;
}
