/* Affine forms: see linear.h. */
#include "vnnlib/linear.h"

#include <stdlib.h>

#include "base/budget.h"
#include "base/memory.h"

void linear_init(linear *a)
{
    *a = (linear){.terms = 0};
    mpq_init(a->constant);
}

static void drop_terms(linear *a)
{
    for (size_t t = 0; t < a->terms; t++)
        mpq_clear(a->term[t].weight);
    free(a->term);
    a->term = NULL;
    a->terms = a->capacity = 0;
}

void linear_clear(linear *a)
{
    drop_terms(a);
    mpq_clear(a->constant);
}

static void append(linear *a, size_t variable, const mpq_t weight)
{
    if (mpq_sgn(weight) == 0)
        return;
    a->term = mem_grow(a->term, &a->capacity, a->terms + 1, sizeof *a->term);
    linear_term *term = &a->term[a->terms++];
    term->variable = variable;
    mpq_init(term->weight);
    mpq_set(term->weight, weight);
}

void linear_copy(linear *a, const linear *b)
{
    linear_init(a);
    mpq_set(a->constant, b->constant);
    for (size_t t = 0; t < b->terms; t++)
        append(a, b->term[t].variable, b->term[t].weight);
}

void linear_add(linear *a, const linear *b, const mpq_t factor)
{
    linear sum;
    mpq_t weight;
    mpq_init(weight);
    linear_init(&sum);
    mpq_mul(weight, b->constant, factor);
    mpq_add(sum.constant, a->constant, weight);
    size_t s = 0, t = 0;
    while (s < a->terms || t < b->terms) {
        bool from_a = t == b->terms || (s < a->terms && a->term[s].variable <= b->term[t].variable);
        bool from_b = s == a->terms || (t < b->terms && b->term[t].variable <= a->term[s].variable);
        size_t variable = from_a ? a->term[s].variable : b->term[t].variable;
        mpq_set_ui(weight, 0, 1);
        if (from_b)
            mpq_mul(weight, b->term[t++].weight, factor);
        if (from_a)
            mpq_add(weight, weight, a->term[s++].weight);
        append(&sum, variable, weight);
    }
    mpq_clear(weight);
    linear_clear(a);
    *a = sum;
}

static int compare_variables(const void *a, const void *b)
{
    size_t left = ((const linear_term *)a)->variable, right = ((const linear_term *)b)->variable;
    return (left > right) - (left < right);
}

void linear_add_all(linear *a, const linear *const *b, size_t count, const mpq_t factor)
{
    linear all, sum;
    mpq_t scaled;
    mpq_init(scaled);
    linear_init(&all);
    linear_init(&sum);
    for (size_t k = 0; k < count; k++) {
        mpq_add(all.constant, all.constant, b[k]->constant);
        for (size_t t = 0; t < b[k]->terms; t++)
            append(&all, b[k]->term[t].variable, b[k]->term[t].weight);
    }
    if (all.terms > 0)
        qsort(all.term, all.terms, sizeof *all.term, compare_variables);
    mpq_set(sum.constant, all.constant);
    for (size_t t = 0; t < all.terms;) {
        size_t variable = all.term[t].variable;
        mpq_set(scaled, all.term[t].weight);
        for (t++; t < all.terms && all.term[t].variable == variable; t++)
            mpq_add(scaled, scaled, all.term[t].weight);
        append(&sum, variable, scaled);
    }
    linear_add(a, &sum, factor);
    linear_clear(&all);
    linear_clear(&sum);
    mpq_clear(scaled);
}

size_t linear_words(const linear *a)
{
    const size_t words_per_number = 4;
    size_t words = words_per_number + budget_words(a->constant);
    for (size_t t = 0; t < a->terms; t++)
        words += 2 * words_per_number + budget_words(a->term[t].weight);
    return words;
}

void linear_add_variable(linear *a, size_t variable, const mpq_t factor)
{
    linear one;
    mpq_t unit;
    mpq_init(unit);
    mpq_set_ui(unit, 1, 1);
    linear_init(&one);
    append(&one, variable, unit);
    linear_add(a, &one, factor);
    linear_clear(&one);
    mpq_clear(unit);
}

void linear_append(linear *a, size_t count, mpq_t *weight)
{
    for (size_t v = 0; v < count; v++)
        append(a, v, weight[v]);
}

void linear_scale(linear *a, const mpq_t factor)
{
    if (mpq_sgn(factor) == 0)
        drop_terms(a);
    for (size_t t = 0; t < a->terms; t++)
        mpq_mul(a->term[t].weight, a->term[t].weight, factor);
    mpq_mul(a->constant, a->constant, factor);
}

mpq_srcptr linear_weight(const linear *a, size_t variable)
{
    size_t low = 0, high = a->terms;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->term[middle].variable < variable)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->terms && a->term[low].variable == variable ? a->term[low].weight : NULL;
}

bool linear_equal(const linear *a, const linear *b)
{
    bool equal = a->terms == b->terms && mpq_equal(a->constant, b->constant);
    for (size_t t = 0; equal && t < a->terms; t++)
        equal = a->term[t].variable == b->term[t].variable && mpq_equal(a->term[t].weight, b->term[t].weight);
    return equal;
}

void linear_value(mpq_t value, const linear *a, mpq_t *x)
{
    mpq_t product;
    mpq_init(product);
    mpq_set(value, a->constant);
    for (size_t t = 0; t < a->terms; t++) {
        mpq_mul(product, a->term[t].weight, x[a->term[t].variable]);
        mpq_add(value, value, product);
    }
    mpq_clear(product);
}
