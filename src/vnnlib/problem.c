/* From cases to parts: see problem.h. */
#include "vnnlib/problem.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

/* One case while it is worked on. Arrays are by variable of the query. */
typedef struct draft {
    const vnnlib_query *q;
    linear *input;    /* an input as a form over the free ones; of outputs: themselves */
    bool *is_defined; /* an equation has been solved for it */
    bool *has_lower, *has_upper;
    mpq_t *lower, *upper;
    vnnlib_alternative margins;
    size_t strict; /* of the margins */
    bool is_empty;
    mpq_t work, one;
} draft;

static bool is_output(const vnnlib_query *q, size_t variable)
{
    return vnnlib_tensor_of(q, variable)->is_output;
}

static void draft_init(draft *d, const vnnlib_query *q)
{
    size_t n = q->variables;
    *d = (draft){.q = q};
    d->input = mem_alloc(n, sizeof *d->input);
    d->is_defined = mem_alloc(n, sizeof *d->is_defined);
    d->has_lower = mem_alloc(n, sizeof *d->has_lower);
    d->has_upper = mem_alloc(n, sizeof *d->has_upper);
    d->lower = vector_new(n);
    d->upper = vector_new(n);
    mpq_inits(d->work, d->one, NULL);
    mpq_set_ui(d->one, 1, 1);
    for (size_t v = 0; v < n; v++) {
        linear_init(&d->input[v]);
        linear_add_variable(&d->input[v], v, d->one);
    }
}

static void alternative_clear(vnnlib_alternative *a)
{
    for (size_t k = 0; k < a->margins; k++)
        linear_clear(&a->margin[k].form);
    free(a->margin);
    *a = (vnnlib_alternative){.margin = NULL};
}

static void draft_clear(draft *d)
{
    for (size_t v = 0; v < d->q->variables; v++)
        linear_clear(&d->input[v]);
    free(d->input);
    free(d->is_defined);
    free(d->has_lower);
    free(d->has_upper);
    vector_free(d->lower, d->q->variables);
    vector_free(d->upper, d->q->variables);
    alternative_clear(&d->margins);
    mpq_clears(d->work, d->one, NULL);
}

/* Initialises *result as the form with the solved inputs replaced. */
static void substitute(linear *result, const draft *d, const linear *form)
{
    linear_init(result);
    mpq_set(result->constant, form->constant);
    for (size_t t = 0; t < form->terms; t++)
        linear_add(result, &d->input[form->term[t].variable], form->term[t].weight);
}

/* --- equations ------------------------------------------------------------------------------------------ */

/* Replaces the variable by its definition in those of the others. */
static void eliminate(draft *d, size_t variable)
{
    for (size_t v = 0; v < d->q->variables; v++) {
        mpq_srcptr weight = d->is_defined[v] && v != variable ? linear_weight(&d->input[v], variable) : NULL;
        if (weight == NULL)
            continue;
        mpq_t factor;
        mpq_init(factor);
        mpq_set(factor, weight);
        linear_add(&d->input[v], &d->input[variable], factor);
        mpq_neg(factor, factor);
        linear_add_variable(&d->input[v], variable, factor);
        mpq_clear(factor);
    }
}

/* Solves form = 0, a form over inputs, for the last of them. */
static void solve(draft *d, const linear *form)
{
    linear rest;
    substitute(&rest, d, form);
    if (rest.terms == 0) {
        d->is_empty |= mpq_sgn(rest.constant) != 0;
        linear_clear(&rest);
        return;
    }
    size_t pivot = rest.term[rest.terms - 1].variable;
    mpq_inv(d->work, rest.term[rest.terms - 1].weight);
    mpq_neg(d->work, d->work);
    linear_scale(&rest, d->work); /* pivot's weight is -1 now */
    linear_add_variable(&rest, pivot, d->one);
    linear_clear(&d->input[pivot]);
    d->input[pivot] = rest;
    d->is_defined[pivot] = true;
    eliminate(d, pivot);
}

/* --- bounds and margins --------------------------------------------------------------------------------- */

/* The form becomes the draft's. */
static void add_margin(draft *d, linear form, bool strict)
{
    vnnlib_alternative *a = &d->margins;
    a->margin = mem_grow(a->margin, &a->capacity, a->margins + 1, sizeof *a->margin);
    a->margin[a->margins++] = (vnnlib_margin){form, strict};
    d->strict += strict;
}

/* weight · variable + constant >= 0 */
static void add_bound(draft *d, const linear *form)
{
    size_t v = form->term[0].variable;
    bool from_below = mpq_sgn(form->term[0].weight) > 0;
    mpq_div(d->work, form->constant, form->term[0].weight);
    mpq_neg(d->work, d->work);
    if (from_below && (!d->has_lower[v] || mpq_cmp(d->work, d->lower[v]) > 0))
        mpq_set(d->lower[v], d->work);
    if (!from_below && (!d->has_upper[v] || mpq_cmp(d->work, d->upper[v]) < 0))
        mpq_set(d->upper[v], d->work);
    *(from_below ? &d->has_lower[v] : &d->has_upper[v]) = true;
}

/* form >= 0, or > 0; the form becomes the draft's. */
static void restrict_to(draft *d, linear form, bool strict)
{
    int sign = mpq_sgn(form.constant);
    if (form.terms == 0) {
        d->is_empty |= sign < 0 || (sign == 0 && strict);
        linear_clear(&form);
        return;
    }
    bool bounds = form.terms == 1 && !is_output(d->q, form.term[0].variable);
    if (bounds)
        add_bound(d, &form);
    if (!bounds || strict)
        add_margin(d, form, strict);
    else
        linear_clear(&form);
}

static void take_atom(draft *d, const vnnlib_atom *atom)
{
    linear form;
    substitute(&form, d, &atom->form);
    if (atom->relation == VNNLIB_EQUAL) {
        linear negative;
        linear_copy(&negative, &form);
        mpq_neg(d->work, d->one);
        linear_scale(&negative, d->work);
        restrict_to(d, negative, false);
    }
    restrict_to(d, form, atom->relation == VNNLIB_ABOVE);
}

/* Every free input needs a box; an empty one is an answer. */
static bool check_box(draft *d, error *e)
{
    for (size_t v = 0; v < d->q->variables && !d->is_empty; v++) {
        if (is_output(d->q, v) || d->is_defined[v])
            continue;
        if (!d->has_lower[v] || !d->has_upper[v]) {
            char *name = vnnlib_variable_name(d->q, v);
            error_set(e, d->q->file, 0, "input %s has no %s bound in one of the cases (assert one)", name,
                      d->has_lower[v] ? "upper" : "lower");
            free(name);
            return false;
        }
        d->is_empty = mpq_cmp(d->lower[v], d->upper[v]) > 0;
    }
    return true;
}

static bool draft_case(draft *d, const vnnlib_case *c, error *e)
{
    const vnnlib_atom *atom = d->q->atom;
    for (size_t k = 0; k < c->atoms; k++)
        if (atom[c->atom[k]].over_inputs && atom[c->atom[k]].relation == VNNLIB_EQUAL)
            solve(d, &atom[c->atom[k]].form);
    for (size_t k = 0; k < c->atoms; k++)
        if (!atom[c->atom[k]].over_inputs || atom[c->atom[k]].relation != VNNLIB_EQUAL)
            take_atom(d, &atom[c->atom[k]]);
    return check_box(d, e);
}

/* --- parts ---------------------------------------------------------------------------------------------- */

size_t vnnlib_part_inputs(const vnnlib_part *part)
{
    return part->frees > 0 ? part->frees : 1;
}

static vnnlib_kind kind_of(const draft *d)
{
    return d->strict == 0 ? VNNLIB_REACH : d->strict == d->margins.margins ? VNNLIB_PASS : VNNLIB_MIXED;
}

static bool is_free(const draft *d, size_t v)
{
    return !is_output(d->q, v) && !d->is_defined[v];
}

/* Whether the case is an alternative of the part. Single margins stay among themselves: of two networks they
 * are compared neuron by neuron. */
static bool belongs(const draft *d, const vnnlib_part *part)
{
    if (kind_of(d) != part->kind || part->kind == VNNLIB_MIXED ||
        (d->margins.margins > 1) != (part->alternative[0].margins > 1))
        return false;
    for (size_t v = 0, k = 0; v < part->variables; v++) {
        if (is_output(d->q, v))
            continue;
        if (!linear_equal(&d->input[v], &part->input[v]))
            return false;
        if (!is_free(d, v))
            continue;
        if (!mpq_equal(d->lower[v], part->lower[k]) || !mpq_equal(d->upper[v], part->upper[k]))
            return false;
        k++;
    }
    return true;
}

/* Moves the draft's margins into the part. */
static void add_alternative(vnnlib_part *part, draft *d)
{
    part->alternative =
        mem_grow(part->alternative, &part->capacity, part->alternatives + 1, sizeof *part->alternative);
    part->alternative[part->alternatives++] = d->margins;
    d->margins = (vnnlib_alternative){.margin = NULL};
}

static void add_part(vnnlib_problem *p, draft *d)
{
    p->part = mem_grow(p->part, &p->capacity, p->parts + 1, sizeof *p->part);
    vnnlib_part *part = &p->part[p->parts++];
    *part = (vnnlib_part){.kind = kind_of(d), .variables = p->q->variables};
    part->free = mem_alloc(part->variables, sizeof *part->free);
    part->input = mem_alloc(part->variables, sizeof *part->input);
    for (size_t v = 0; v < part->variables; v++) {
        linear_copy(&part->input[v], &d->input[v]);
        if (is_free(d, v))
            part->free[part->frees++] = v;
    }
    part->lower = vector_new(vnnlib_part_inputs(part));
    part->upper = vector_new(vnnlib_part_inputs(part));
    for (size_t k = 0; k < part->frees; k++) {
        mpq_set(part->lower[k], d->lower[part->free[k]]);
        mpq_set(part->upper[k], d->upper[part->free[k]]);
    }
    add_alternative(part, d);
}

/* --- finding the part of a case --------------------------------------------------------------------------
 */

/* Parts by what cases of one part agree in: open addressing, index + 1 of a part, 0 where free. */
typedef struct part_table {
    size_t slots, *slot;
    size_t *hash; /* of every part */
    size_t capacity;
} part_table;

static size_t mix(size_t hash, size_t value)
{
    hash = (hash ^ value) * 0x100000001b3;
    return hash ^ hash >> 29;
}

static size_t mix_number(size_t hash, mpq_srcptr number)
{
    const mpz_srcptr half[2] = {mpq_numref(number), mpq_denref(number)};
    for (size_t k = 0; k < 2; k++)
        for (size_t limb = 0; limb < mpz_size(half[k]); limb++)
            hash = mix(hash, mpz_getlimbn(half[k], (mp_size_t)limb));
    return mix(hash, mpq_sgn(number) < 0);
}

/* Equal where a case belongs to a part: its kind, whether its margins are single, its box. */
static size_t hash_of(const draft *d)
{
    size_t hash = mix(kind_of(d), d->margins.margins > 1);
    for (size_t v = 0; v < d->q->variables; v++)
        if (is_free(d, v))
            hash = mix_number(mix_number(mix(hash, v), d->lower[v]), d->upper[v]);
    return hash;
}

static void insert(part_table *t, size_t part)
{
    size_t s = t->hash[part] % t->slots;
    while (t->slot[s] != 0)
        s = (s + 1) % t->slots;
    t->slot[s] = part + 1;
}

/* Makes room for one part more. */
static void grow_table(part_table *t, size_t parts)
{
    t->hash = mem_grow(t->hash, &t->capacity, parts + 1, sizeof *t->hash);
    if (2 * (parts + 1) <= t->slots)
        return;
    free(t->slot);
    t->slots = t->slots == 0 ? 64 : mem_product(t->slots, 2);
    t->slot = mem_alloc(t->slots, sizeof *t->slot);
    for (size_t k = 0; k < parts; k++)
        insert(t, k);
}

/* The first part to which the case belongs, or the number of parts. */
static size_t find_part(const part_table *t, const vnnlib_problem *p, const draft *d, size_t hash)
{
    for (size_t s = hash % t->slots; t->slot[s] != 0; s = (s + 1) % t->slots) {
        size_t k = t->slot[s] - 1;
        if (t->hash[k] == hash && belongs(d, &p->part[k]))
            return k;
    }
    return p->parts;
}

/* Words that the case takes as an alternative, and as a part. */
static bool take_room(budget *left, const draft *d, bool is_part)
{
    size_t words = 8;
    for (size_t k = 0; k < d->margins.margins; k++)
        words += linear_words(&d->margins.margin[k].form);
    for (size_t v = 0; v < d->q->variables && is_part; v++) {
        words += linear_words(&d->input[v]) + 2;
        if (is_free(d, v))
            words += 8 + budget_words(d->lower[v]) + budget_words(d->upper[v]);
    }
    return budget_take(left, words);
}

static bool place_case(vnnlib_problem *p, part_table *t, budget *left, draft *d, error *e)
{
    grow_table(t, p->parts);
    size_t hash = hash_of(d), k = find_part(t, p, d, hash);
    if (!take_room(left, d, k == p->parts))
        return error_set(
            e, d->q->file, 0,
            "its cases need far more memory than a file of this size justifies (state it with fewer "
            "alternatives)");
    if (k < p->parts) {
        add_alternative(&p->part[k], d);
    } else {
        add_part(p, d);
        t->hash[k] = hash;
        insert(t, k);
    }
    return true;
}

static bool add_case(vnnlib_problem *p, part_table *t, budget *left, const vnnlib_case *c, error *e)
{
    draft d;
    draft_init(&d, p->q);
    bool works = draft_case(&d, c, e) && (d.is_empty || place_case(p, t, left, &d, e));
    draft_clear(&d);
    return works;
}

bool vnnlib_problem_init(vnnlib_problem *p, const vnnlib_query *q, error *e)
{
    *p = (vnnlib_problem){.q = q};
    part_table table = {.slots = 0};
    budget left = q->left;
    bool works = true;
    for (size_t k = 0; k < q->count && works; k++)
        works = add_case(p, &table, &left, &q->cases[k], e);
    free(table.slot);
    free(table.hash);
    if (!works)
        vnnlib_problem_clear(p);
    return works;
}

static void part_clear(vnnlib_part *part)
{
    for (size_t k = 0; k < part->alternatives; k++)
        alternative_clear(&part->alternative[k]);
    for (size_t v = 0; v < part->variables; v++)
        linear_clear(&part->input[v]);
    vector_free(part->lower, vnnlib_part_inputs(part));
    vector_free(part->upper, vnnlib_part_inputs(part));
    free(part->alternative);
    free(part->input);
    free(part->free);
}

void vnnlib_problem_clear(vnnlib_problem *p)
{
    for (size_t k = 0; k < p->parts; k++)
        part_clear(&p->part[k]);
    free(p->part);
    *p = (vnnlib_problem){.q = p->q};
}

/* --- values --------------------------------------------------------------------------------------------- */

void vnnlib_outputs(mpq_t *value, const vnnlib_query *q, const network *const *model)
{
    for (size_t k = 0; k < q->networks; k++)
        network_eval(value + q->network[k].output, model[k], value + q->network[k].input);
}

void vnnlib_part_values(mpq_t *value, const vnnlib_part *part, const vnnlib_query *q,
                        const network *const *model, mpq_t *x)
{
    mpq_t *all = vector_new(part->variables);
    for (size_t k = 0; k < part->frees; k++)
        mpq_set(all[part->free[k]], x[k]);
    for (size_t v = 0; v < part->variables; v++)
        if (!is_output(q, v))
            linear_value(value[v], &part->input[v], all);
    vector_free(all, part->variables);
    vnnlib_outputs(value, q, model);
}
