/* The tree of the kernel: nodes, splits, and undoing them. See prover.h; the arithmetic of bounds is in
 * bound.c and exact.c. */
#include "proof/prover.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "proof/bound.h"
#include "proof/choice.h"

static void init_box(prover *p, mpq_t *lower, mpq_t *upper)
{
    size_t d = p->system->inputs;
    p->box_lower = mem_alloc(d, sizeof *p->box_lower);
    p->box_upper = mem_alloc(d, sizeof *p->box_upper);
    p->input_lower = mem_alloc(d, sizeof(fix));
    p->input_upper = mem_alloc(d, sizeof(fix));
    for (size_t i = 0; i < d; i++) {
        fix unused;
        mpq_init(p->box_lower[i]);
        mpq_init(p->box_upper[i]);
        mpq_set(p->box_lower[i], lower[i]);
        mpq_set(p->box_upper[i], upper[i]);
        scaling_input(&p->input_lower[i], &unused, &p->sc, i, lower[i]);
        scaling_input(&unused, &p->input_upper[i], &p->sc, i, upper[i]);
    }
}

static void init_objectives(prover *p, proof_scope scope)
{
    size_t outputs = scope.all_outputs ? p->system->outputs : 1, sides = scope.is_signed ? 1 : 2;
    p->scope = scope;
    p->objective_count = mem_product(outputs, sides);
    p->objectives = mem_alloc(p->objective_count, sizeof *p->objectives);
    p->is_proved = mem_alloc(p->objective_count, sizeof *p->is_proved);
    p->proved_list = mem_alloc(p->objective_count, sizeof *p->proved_list);
    p->total = mem_alloc(p->objective_count, sizeof *p->total);
    p->threshold = mem_alloc(p->objective_count, sizeof *p->threshold);
    for (size_t k = 0; k < p->objective_count; k++)
        p->objectives[k] =
            (objective){scope.all_outputs ? k / sides : scope.output, k % sides == 0 ? +1 : -1};
}

static void set_initially(prover *p, size_t quantity, fix lower, fix upper)
{
    p->lower[quantity] = lower;
    p->upper[quantity] = upper;
    p->slope[quantity] = choice_slope(lower, upper);
}

/* Whether there are so many neurons that backward passes for all of them would cost far more than one walk
 * forward, whose cost grows with the inputs. */
#define MANY 200
static bool has_many(const pair_system *system)
{
    return system->neurons / MANY > system->inputs;
}

/* Proves bounds at the root, and again with scales that these bounds allow, until that gains little:
 * intervals alone would leave few digits to the neurons of deep layers. Rounds: each gains a factor of 32, or
 * is the last. */
static void bound_root(prover *p)
{
    const pair_system *system = p->system;
    bool finer = true;
    while (finer) {
        scaling_root(&p->frames[0], &p->sc, system);
        p->frame_count = 1;
        if (has_many(system))
            prover_bound_forward(p, false);
        else
            prover_bound_all(p, false);
        finer = scaling_tighten(&p->sc, system, p->lower, p->upper);
        frame_clear(&p->frames[0]);
    }
    scaling_root(&p->frames[0], &p->sc, system);
    for (size_t k = 0; k < system->neurons; k++) {
        size_t partner = p->sc.partner[k];
        set_initially(p, k, p->lower[k], p->upper[k]);
        if (partner != SYSTEM_NO_NEURON)
            set_initially(p, system->neurons + k, p->lower[k] - p->upper[partner],
                          p->upper[k] - p->lower[partner]);
    }
    p->trail_count = 0;
}

/* Everything but the scales, the root's frame and the bounds. */
static void init_storage(prover *p, const pair_system *system)
{
    *p = (prover){.system = system, .nodes = 1};
    size_t n = system->neurons, quantities = mem_product(n, 2);
    p->upper = mem_alloc(quantities, sizeof(fix));
    p->lower = mem_alloc(quantities, sizeof(fix));
    p->slope = mem_alloc(quantities, sizeof(fix));
    p->is_fact = mem_alloc(quantities, sizeof *p->is_fact);
    p->coefficient = mem_alloc(n, sizeof(fix));
    p->opposite = mem_alloc(n, sizeof(fix));
    p->narrow[0] = mem_alloc(n, sizeof(int32_t));
    p->narrow[1] = mem_alloc(n, sizeof(int32_t));
    p->grain = -1;
    p->delta = mem_alloc(n, sizeof(fix));
    p->negated = mem_alloc(mem_sum(system->inputs, n), sizeof(fix));
    p->exact = mem_alloc(mem_sum(system->inputs, n), sizeof *p->exact);
    for (size_t k = 0; k < system->inputs + n; k++)
        mpz_init(p->exact[k]);
    p->frames = mem_grow(p->frames, &p->frame_capacity, 1, sizeof *p->frames);
    mpq_init(p->claim);
}

void prover_init(prover *p, const pair_system *system, mpq_t *lower, mpq_t *upper, proof_scope scope,
                 const mpq_t claim)
{
    init_storage(p, system);
    scaling_init(&p->sc, system, lower, upper);
    init_box(p, lower, upper);
    fix one = (fix)1 << p->sc.bits;
    for (size_t k = 0; k < system->neurons; k++) {
        set_initially(p, k, -one, one);
        set_initially(p, system->neurons + k, -2 * one, 2 * one); /* of differences, where there are any */
    }
    bound_root(p);
    init_objectives(p, scope);
    prover_raise_claim(p, claim);
}

void prover_fork(prover *p, const prover *root)
{
    init_storage(p, root->system);
    p->borrows_root = true;
    p->sc = root->sc;
    p->frames[0] = root->frames[0];
    p->frame_count = 1;
    for (size_t k = 0; k < 2 * root->system->neurons; k++)
        set_initially(p, k, root->lower[k], root->upper[k]);
    init_box(p, root->box_lower, root->box_upper);
    init_objectives(p, root->scope);
    prover_raise_claim(p, root->claim);
}

void prover_clear(prover *p)
{
    for (size_t i = 0; i < p->system->inputs; i++)
        mpq_clears(p->box_lower[i], p->box_upper[i], NULL);
    for (size_t k = 0; k < p->system->inputs + p->system->neurons; k++)
        mpz_clear(p->exact[k]);
    for (size_t k = p->borrows_root ? 1 : 0; k < p->frame_count; k++)
        frame_clear(&p->frames[k]);
    for (size_t k = 0; k < p->split_count; k++)
        mpq_clears(p->split[k].value, p->split[k].old_lower, p->split[k].old_upper, NULL);
    if (!p->borrows_root)
        scaling_clear(&p->sc, p->system);
    target_release(p);
    mpq_clear(p->claim);
    void *owned[] = {p->box_lower, p->box_upper, p->input_lower, p->input_upper, p->lower,    p->upper,
                     p->slope,     p->is_fact,   p->frames,      p->trail,       p->split,    p->objectives,
                     p->is_proved, p->threshold, p->coefficient, p->delta,       p->exact,    p->proved_list,
                     p->negated,   p->total,     p->opposite,    p->narrow[0],   p->narrow[1]};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    *p = (prover){0};
}

/* number, kept within ±2^126. */
fix_product bound_product(const mpz_t number)
{
    if (mpz_sizeinbase(number, 2) > 126)
        return mpz_sgn(number) < 0 ? -((fix_product)1 << 126) : (fix_product)1 << 126;
    mpz_t high, low;
    mpz_inits(high, low, NULL);
    mpz_fdiv_q_2exp(high, number, 63);
    mpz_fdiv_r_2exp(low, number, 63);
    fix_product result = (fix_product)mpz_get_si(high) * ((fix_product)1 << 63) + mpz_get_si(low);
    mpz_clears(high, low, NULL);
    return result;
}

/* floor(claim · scale · 2^(2 bits − exponent − target_shift)) */
fix_product prover_threshold(const prover *p, size_t output, const mpq_t claim)
{
    mpz_t number;
    mpq_t scaled;
    mpz_init(number);
    mpq_init(scaled);
    mpq_set_z(scaled, p->system->objective[output].scale);
    mpq_mul(scaled, scaled, claim);
    long shift = 2 * p->sc.bits - p->sc.objective_exponent[output] - p->target_shift;
    if (shift >= 0)
        mpq_mul_2exp(scaled, scaled, (mp_bitcnt_t)shift);
    else
        mpq_div_2exp(scaled, scaled, (mp_bitcnt_t)-shift);
    mpz_fdiv_q(number, mpq_numref(scaled), mpq_denref(scaled));
    fix_product result = bound_product(number);
    mpz_clear(number);
    mpq_clear(scaled);
    return result;
}

void prover_raise_claim(prover *p, const mpq_t claim)
{
    mpq_set(p->claim, claim);
    for (size_t k = 0; k < p->objective_count; k++)
        p->threshold[k] = prover_threshold(p, p->objectives[k].output, claim);
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

/* Sets new bounds, remembering the old ones. */
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
    return p->empty || p->proved_count == p->objective_count;
}

bool prover_prove_rest(prover *p)
{
    for (size_t k = 0; k < p->objective_count && !p->empty; k++)
        if (!p->is_proved[k] && !prover_prove(p, k, 0, NULL, NULL))
            return false;
    return true;
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

void prover_total_value(mpq_t value, const prover *p, size_t k, fix_product total)
{
    const objective *o = &p->objectives[k];
    bool negative = total < 0;
    unsigned __int128 size = negative ? -(unsigned __int128)total : (unsigned __int128)total;
    mpz_t number;
    mpz_init_set_ui(number, (unsigned long)(size >> 64));
    mpz_mul_2exp(number, number, 64);
    mpz_add_ui(number, number, (unsigned long)size);
    if (negative)
        mpz_neg(number, number);
    mpq_set_z(value, number);
    mpz_clear(number);
    long shift = p->sc.objective_exponent[o->output] - 2 * p->sc.bits + p->target_shift;
    if (shift >= 0)
        mpq_mul_2exp(value, value, (mp_bitcnt_t)shift);
    else
        mpq_div_2exp(value, value, (mp_bitcnt_t)-shift);
    mpz_mul(mpq_denref(value), mpq_denref(value), p->system->objective[o->output].scale);
    mpq_canonicalize(value);
}
