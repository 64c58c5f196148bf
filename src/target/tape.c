/* Tapes: see tape.h. */
#include "target/tape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Bits that all registers together may have. */
static const size_t register_room = (size_t)1 << 33;

/* --- dependence on inputs ------------------------------------------------------------------------------- */

static size_t *copy_list(const size_t *list, size_t count)
{
    size_t *copy = mem_alloc(count, sizeof *copy);
    memcpy(copy, list, count * sizeof *copy);
    return copy;
}

/* The union of two increasing lists, and where its members stand in them. */
static void merge(tape_unit *unit, const tape_unit *a, const tape_unit *b)
{
    size_t room = mem_sum(a->inputs, b->inputs), i = 0, j = 0, n = 0;
    size_t *input = mem_alloc(room, sizeof *input), *in_a = mem_alloc(room, sizeof *in_a),
           *in_b = mem_alloc(room, sizeof *in_b);
    for (; i < a->inputs || j < b->inputs; n++) {
        size_t x = i < a->inputs ? a->input[i] : SIZE_MAX, y = j < b->inputs ? b->input[j] : SIZE_MAX;
        input[n] = x < y ? x : y;
        in_a[n] = x <= y ? i++ : TAPE_NONE;
        in_b[n] = y <= x ? j++ : TAPE_NONE;
    }
    unit->inputs = n;
    unit->input = mem_resize(input, n, sizeof *input);
    unit->in_a = mem_resize(in_a, n, sizeof *in_a);
    unit->in_b = mem_resize(in_b, n, sizeof *in_b);
}

/* Once there are more than enough entries, the lists are of no use. */
static void find_inputs(tape *t, tape_unit *unit)
{
    int operands = expression_operands(unit->op);
    unit->constant = unit->op != EXPRESSION_INPUT && (operands < 1 || t->unit[unit->a].constant) &&
                     (operands < 2 || t->unit[unit->b].constant);
    if (operands >= 1 && t->gradients > TAPE_ENTRIES)
        return;
    if (operands == 2)
        merge(unit, &t->unit[unit->a], &t->unit[unit->b]);
    else if (operands == 1) {
        unit->inputs = t->unit[unit->a].inputs;
        unit->input = copy_list(t->unit[unit->a].input, unit->inputs);
    } else {
        unit->inputs = unit->op == EXPRESSION_INPUT ? 1 : 0;
        unit->input = copy_list(&unit->a, unit->inputs);
    }
}

size_t tape_find_input(const tape_unit *unit, size_t input)
{
    size_t low = 0, high = unit->inputs; /* it is in [low, high) if at all */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unit->input[middle] == input)
            return middle;
        if (unit->input[middle] < input)
            low = middle + 1;
        else
            high = middle;
    }
    return TAPE_NONE;
}

/* --- making --------------------------------------------------------------------------------------------- */

static const elementary_power *new_power(const mpq_t exponent)
{
    elementary_power *p = mem_alloc(1, sizeof *p);
    elementary_power_init(p, exponent);
    return p;
}

static const elementary_power *new_square(void)
{
    mpq_t two;
    mpq_init(two);
    mpq_set_ui(two, 2, 1);
    const elementary_power *p = new_power(two);
    mpq_clear(two);
    return p;
}

static void find_affine(tape *t, tape_unit *unit, const expression_node *n)
{
    int operands = expression_operands(n->op);
    const affine_form *a = operands >= 1 ? t->unit[n->a].affine : NULL;
    const affine_form *b = operands == 2 ? t->unit[n->b].affine : NULL;
    mpq_srcptr value = n->op == EXPRESSION_CONSTANT ? t->u->constant[n->a] : NULL;
    if (operands == 0 || (a != NULL && t->gradients <= TAPE_ENTRIES))
        unit->affine = affine_form_new(n->op, a, b, value, unit->inputs, unit->input);
}

static void make_unit(tape *t, size_t k)
{
    const expression_node *n = &t->u->node[k];
    tape_unit *unit = &t->unit[k];
    *unit = (tape_unit){.op = n->op, .a = n->a, .b = n->b};
    if (n->op == EXPRESSION_MUL && n->a == n->b) {
        unit->op = EXPRESSION_POWER; /* whose value is never negative, and which is known to */
        unit->power = new_square();
    } else if (n->op == EXPRESSION_POWER)
        unit->power = new_power(t->u->constant[n->b]);
    find_inputs(t, unit);
    find_affine(t, unit, n);
    mpfi_init2(unit->value, t->precision);
}

static size_t pairs(size_t inputs)
{
    return inputs > TAPE_ENTRIES ? SIZE_MAX / 2 : inputs * (inputs + 1) / 2;
}

/* Sums that stop growing once they are beyond the limit. */
static void count_entries(tape *t, size_t inputs)
{
    if (t->gradients <= TAPE_ENTRIES)
        t->gradients += inputs;
    if (t->hessians <= TAPE_ENTRIES)
        t->hessians += pairs(inputs);
    t->order_most = t->gradients > TAPE_ENTRIES ? 0 : t->hessians > TAPE_ENTRIES ? 1 : 2;
}

void tape_init(tape *t, const expression *u)
{
    *t = (tape){.u = u, .precision = TAPE_PRECISION_LEAST, .output = SIZE_MAX};
    t->unit = mem_alloc(u->nodes, sizeof *t->unit);
    for (size_t k = 0; k < u->nodes; k++) {
        make_unit(t, k);
        count_entries(t, t->unit[k].inputs);
    }
    mpfi_init2(t->scratch.s, t->precision);
    mpfi_init2(t->scratch.t, t->precision);
}

static void free_registers(mpfi_t *list, size_t count)
{
    for (size_t k = 0; list != NULL && k < count; k++)
        mpfi_clear(list[k]);
    free(list);
}

static void clear_unit(tape_unit *unit)
{
    mpfi_clear(unit->value);
    free_registers(unit->gradient, unit->inputs);
    free(unit->still);
    free_registers(unit->hessian, pairs(unit->inputs));
    if (unit->power != NULL)
        elementary_power_clear((elementary_power *)unit->power);
    free((void *)unit->power);
    affine_form_free((affine_form *)unit->affine);
    free((void *)unit->input);
    free((void *)unit->in_a);
    free((void *)unit->in_b);
}

void tape_clear(tape *t)
{
    for (size_t k = 0; k < t->u->nodes; k++)
        clear_unit(&t->unit[k]);
    mpfi_clear(t->scratch.s);
    mpfi_clear(t->scratch.t);
    free(t->unit);
}

/* --- preparing ------------------------------------------------------------------------------------------ */

mpfr_prec_t tape_most(const tape *t)
{
    size_t registers = t->u->nodes;
    if (t->order_most >= 1)
        registers += t->gradients;
    if (t->order_most == 2)
        registers += t->hessians;
    size_t most = register_room / registers / 2;
    if (most > TAPE_PRECISION_MOST)
        return TAPE_PRECISION_MOST;
    return most < TAPE_PRECISION_LEAST ? TAPE_PRECISION_LEAST : (mpfr_prec_t)most;
}

/* From the output down; the operands of an affine unit are not looked at. */
static void mark_needed(tape *t, size_t output)
{
    for (size_t k = 0; k < t->u->nodes; k++)
        t->unit[k].needed = k == t->u->output[output];
    for (size_t k = t->u->output[output] + 1; k-- > 0;) {
        const tape_unit *unit = &t->unit[k];
        int operands = expression_operands(unit->op);
        if (!unit->needed || unit->affine != NULL)
            continue;
        if (operands >= 1)
            t->unit[unit->a].needed = true;
        if (operands == 2)
            t->unit[unit->b].needed = true;
    }
    t->output = output;
}

static mpfi_t *new_registers(size_t count, mpfr_prec_t precision)
{
    mpfi_t *list = mem_alloc(count, sizeof *list);
    for (size_t k = 0; k < count; k++) {
        mpfi_init2(list[k], precision);
        mpfi_set_ui(list[k], 0);
    }
    return list;
}

static void add_registers(tape *t, int order)
{
    for (size_t k = 0; k < t->u->nodes; k++) {
        tape_unit *unit = &t->unit[k];
        if (t->order < 1) {
            unit->gradient = new_registers(unit->inputs, t->precision);
            unit->still = mem_alloc(unit->inputs, sizeof *unit->still);
        }
        if (order == 2)
            unit->hessian = new_registers(pairs(unit->inputs), t->precision);
    }
    t->order = order;
}

/* Hessians of affine units are set to 0 once and stay so. */
static void set_list_precision(mpfi_t *list, size_t count, mpfr_prec_t precision)
{
    for (size_t k = 0; list != NULL && k < count; k++) {
        mpfi_set_prec(list[k], precision);
        mpfi_set_ui(list[k], 0);
    }
}

static void set_precision(tape *t, mpfr_prec_t precision)
{
    for (size_t k = 0; k < t->u->nodes; k++) {
        tape_unit *unit = &t->unit[k];
        mpfi_set_prec(unit->value, precision);
        set_list_precision(unit->gradient, unit->inputs, precision);
        set_list_precision(unit->hessian, pairs(unit->inputs), precision);
        unit->fixed = unit->fixed_slope = false;
    }
    mpfi_set_prec(t->scratch.s, precision);
    mpfi_set_prec(t->scratch.t, precision);
    t->precision = precision;
}

void tape_prepare(tape *t, size_t output, int order, mpfr_prec_t precision)
{
    if (t->precision != precision)
        set_precision(t, precision);
    if (t->order < order)
        add_registers(t, order);
    if (t->output != output)
        mark_needed(t, output);
}
