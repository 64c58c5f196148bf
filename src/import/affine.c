/* Affine forms: see affine.h. */
#include "import/affine.h"

#include <stdlib.h>

#include "base/memory.h"

/* Words that a form and one of its terms take besides their digits, allocator included. */
enum { FORM_WORDS = 12, TERM_WORDS = 9 };

void affine_space_init(affine_space *space, budget *left)
{
    *space = (affine_space){.budget = left, .increasing = true};
    mpq_inits(space->constant, space->product, NULL);
    space->zero = mem_alloc(1, sizeof *space->zero);
    space->zero->references = 1;
    mpq_init(space->zero->constant);
}

void affine_space_clear(affine_space *space)
{
    affine_release(space, space->zero);
    for (size_t v = 0; v < space->variables; v++)
        mpq_clear(space->coefficient[v]);
    free(space->coefficient);
    free(space->touched);
    free(space->list);
    mpq_clears(space->constant, space->product, NULL);
}

affine *affine_retain(affine *form)
{
    form->references++;
    return form;
}

void affine_release(affine_space *space, affine *form)
{
    if (form == NULL || --form->references > 0)
        return;
    budget_give_back(space->budget, form->words);
    for (size_t t = 0; t < form->terms; t++)
        mpq_clear(form->coefficient[t]);
    free(form->coefficient);
    free(form->variable);
    mpq_clear(form->constant);
    free(form);
}

bool affine_is_variable(const affine *form)
{
    return form->terms == 1 && mpq_sgn(form->constant) == 0 && mpq_cmp_ui(form->coefficient[0], 1, 1) == 0;
}

static void reserve(affine_space *space, size_t variables)
{
    if (variables <= space->variables)
        return;
    size_t old = space->variables;
    space->coefficient = mem_grow(space->coefficient, &space->variables, variables, sizeof(mpq_t));
    space->touched = mem_resize(space->touched, space->variables, sizeof *space->touched);
    space->list = mem_resize(space->list, space->variables, sizeof *space->list);
    for (size_t v = old; v < space->variables; v++) {
        mpq_init(space->coefficient[v]);
        space->touched[v] = false;
    }
}

static bool is_one(mpq_srcptr value)
{
    return value == NULL || mpq_cmp_ui(value, 1, 1) == 0;
}

/* target += value × scale, with the cheap cases kept cheap: rows of weights meet plain variables most of the
 * time. */
static void accumulate(affine_space *space, mpq_t target, bool fresh, mpq_srcptr value, mpq_srcptr scale,
                       bool unit)
{
    bool one = unit || is_one(value);
    mpq_srcptr factor = unit ? value : scale;
    if (fresh && one) {
        mpq_set(target, factor);
    } else if (fresh) {
        mpq_mul(target, value, scale);
    } else if (one) {
        mpq_add(target, target, factor);
    } else {
        mpq_mul(space->product, value, scale);
        mpq_add(target, target, space->product);
    }
}

void affine_sum_add(affine_space *space, const affine *form, mpq_srcptr scale)
{
    bool unit = is_one(scale);
    if (!unit && mpq_sgn(scale) == 0)
        return;
    if (form->terms > 0)
        reserve(space, form->variable[form->terms - 1] + 1);
    for (size_t t = 0; t < form->terms; t++) {
        size_t v = form->variable[t];
        bool fresh = !space->touched[v];
        if (fresh) {
            space->touched[v] = true;
            if (space->listed > 0 && space->list[space->listed - 1] > v)
                space->increasing = false;
            space->list[space->listed++] = v;
        }
        accumulate(space, space->coefficient[v], fresh, form->coefficient[t], scale, unit);
    }
    if (mpq_sgn(form->constant) != 0)
        accumulate(space, space->constant, false, form->constant, scale, unit);
}

void affine_sum_subtract(affine_space *space, const affine *form)
{
    mpq_t minus;
    mpq_init(minus);
    mpq_set_si(minus, -1, 1);
    affine_sum_add(space, form, minus);
    mpq_clear(minus);
}

void affine_sum_add_constant(affine_space *space, mpq_srcptr value)
{
    mpq_add(space->constant, space->constant, value);
}

void affine_sum_scale(affine_space *space, mpq_srcptr factor)
{
    for (size_t i = 0; i < space->listed; i++) {
        mpq_t *c = &space->coefficient[space->list[i]];
        mpq_mul(*c, *c, factor);
    }
    mpq_mul(space->constant, space->constant, factor);
}

static int compare_variables(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Empties the sum without making a form of it. */
static void forget(affine_space *space)
{
    for (size_t i = 0; i < space->listed; i++) {
        size_t v = space->list[i];
        mpq_set_ui(space->coefficient[v], 0, 1);
        space->touched[v] = false;
    }
    mpq_set_ui(space->constant, 0, 1);
    space->listed = 0;
    space->increasing = true;
}

/* Words of one number; too many exceed the budget, so that repeated squaring stops while it is still quick.
 */
static size_t number_words(const affine_space *space, mpq_srcptr number)
{
    size_t words = budget_words(number);
    if (words > BUDGET_NUMBER_WORDS)
        space->budget->exceeded = true;
    return words;
}

static size_t sum_words(const affine_space *space, size_t *terms)
{
    size_t words = FORM_WORDS + number_words(space, space->constant);
    *terms = 0;
    for (size_t i = 0; i < space->listed; i++) {
        mpq_srcptr c = space->coefficient[space->list[i]];
        if (mpq_sgn(c) != 0) {
            ++*terms;
            words += TERM_WORDS + number_words(space, c);
        }
    }
    return words;
}

affine *affine_sum_take(affine_space *space)
{
    size_t terms, words = sum_words(space, &terms);
    if ((terms == 0 && mpq_sgn(space->constant) == 0) || !budget_take(space->budget, words)) {
        forget(space);
        return affine_retain(space->zero);
    }
    if (!space->increasing)
        qsort(space->list, space->listed, sizeof *space->list, compare_variables);
    affine *form = mem_alloc(1, sizeof *form);
    *form = (affine){.references = 1, .words = words};
    mpq_init(form->constant);
    mpq_swap(form->constant, space->constant);
    if (terms > 0) {
        form->variable = mem_alloc(terms, sizeof *form->variable);
        form->coefficient = mem_alloc(terms, sizeof(mpq_t));
    }
    for (size_t i = 0; i < space->listed; i++) {
        size_t v = space->list[i];
        if (mpq_sgn(space->coefficient[v]) == 0)
            continue;
        form->variable[form->terms] = v;
        mpq_init(form->coefficient[form->terms]);
        mpq_swap(form->coefficient[form->terms++], space->coefficient[v]);
    }
    forget(space);
    return form;
}

affine *affine_constant(affine_space *space, mpq_srcptr value)
{
    affine_sum_add_constant(space, value);
    return affine_sum_take(space);
}

affine *affine_variable(affine_space *space, size_t variable)
{
    reserve(space, variable + 1);
    space->touched[variable] = true;
    space->list[space->listed++] = variable;
    mpq_set_ui(space->coefficient[variable], 1, 1);
    return affine_sum_take(space);
}

affine *affine_combine(affine_space *space, const affine *form, mpq_srcptr scale, const affine *rest,
                       mpq_srcptr other)
{
    affine_sum_add(space, form, scale);
    if (rest != NULL)
        affine_sum_add(space, rest, other);
    return affine_sum_take(space);
}
