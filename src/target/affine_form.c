/* Affine parts of expressions: see affine_form.h. */
#include "target/affine_form.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

void affine_form_free(affine_form *f)
{
    if (f == NULL)
        return;
    vector_free(f->coefficient, f->terms);
    mpq_clear(f->constant);
    free(f);
}

/* f += factor · g */
static void add_multiple(affine_form *f, const affine_form *g, const mpq_t factor)
{
    mpq_t product;
    mpq_init(product);
    mpq_mul(product, factor, g->constant);
    mpq_add(f->constant, f->constant, product);
    for (size_t k = 0, j = 0; k < g->terms; k++) {
        while (f->input[j] != g->input[k])
            j++;
        mpq_mul(product, factor, g->coefficient[k]);
        mpq_add(f->coefficient[j], f->coefficient[j], product);
    }
    mpq_clear(product);
}

/* Sets f to the result of the operation; false if that is not affine. */
static bool combine(affine_form *f, expression_op op, const affine_form *a, const affine_form *b,
                    const mpq_t value)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, op == EXPRESSION_NEG || op == EXPRESSION_SUB ? -1 : 1, 1);
    bool affine = true;
    if (op == EXPRESSION_CONSTANT)
        mpq_set(f->constant, value);
    else if (op == EXPRESSION_INPUT)
        mpq_set_ui(f->coefficient[0], 1, 1);
    else if (op == EXPRESSION_NEG && a != NULL)
        add_multiple(f, a, factor);
    else if ((op == EXPRESSION_ADD || op == EXPRESSION_SUB) && a != NULL && b != NULL) {
        add_multiple(f, b, factor);
        mpq_set_ui(factor, 1, 1);
        add_multiple(f, a, factor);
    } else if (op == EXPRESSION_MUL && a != NULL && b != NULL && a->terms == 0)
        add_multiple(f, b, a->constant);
    else if (op == EXPRESSION_MUL && a != NULL && b != NULL && b->terms == 0)
        add_multiple(f, a, b->constant);
    else if (op == EXPRESSION_DIV && a != NULL && b != NULL && b->terms == 0 && mpq_sgn(b->constant) != 0) {
        mpq_inv(factor, b->constant);
        add_multiple(f, a, factor);
    } else
        affine = false;
    mpq_clear(factor);
    return affine;
}

static bool is_short(const mpq_t value)
{
    return mpz_sizeinbase(mpq_numref(value), 2) <= AFFINE_FORM_BITS &&
           mpz_sizeinbase(mpq_denref(value), 2) <= AFFINE_FORM_BITS;
}

static bool all_short(const affine_form *f)
{
    for (size_t k = 0; k < f->terms; k++) {
        if (!is_short(f->coefficient[k]))
            return false;
    }
    return is_short(f->constant);
}

affine_form *affine_form_new(expression_op op, const affine_form *a, const affine_form *b, const mpq_t value,
                             size_t terms, const size_t *input)
{
    affine_form *f = mem_alloc(1, sizeof *f);
    *f = (affine_form){.terms = terms, .input = input, .coefficient = vector_new(terms)};
    mpq_init(f->constant);
    bool leaf = op == EXPRESSION_CONSTANT || op == EXPRESSION_INPUT;
    if (combine(f, op, a, b, value) && (leaf || all_short(f)))
        return f;
    affine_form_free(f);
    return NULL;
}

void affine_form_end(mpq_t value, const affine_form *f, int sign, mpq_t *lower, mpq_t *upper)
{
    mpq_t product;
    mpq_init(product);
    mpq_set(value, f->constant);
    for (size_t k = 0; k < f->terms; k++) {
        size_t i = f->input[k];
        mpq_mul(product, f->coefficient[k], mpq_sgn(f->coefficient[k]) == sign ? upper[i] : lower[i]);
        mpq_add(value, value, product);
    }
    mpq_clear(product);
}
