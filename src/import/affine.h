/* Affine forms: what one element of a tensor is while a model is read, namely constant + sum of coefficient ×
 * variable with exact rational coefficients. Variables are the inputs (0, 1, …) and then the neurons created
 * so far. A form without terms is a constant. Forms never change once made and are shared by counting
 * references, so that reshaping and broadcasting copy pointers only. */
#ifndef SUPCERT_IMPORT_AFFINE_H
#define SUPCERT_IMPORT_AFFINE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/budget.h"

typedef struct affine {
    size_t references;
    size_t words; /* taken from the budget */
    size_t terms;
    size_t *variable;   /* strictly increasing */
    mpq_t *coefficient; /* not zero */
    mpq_t constant;
} affine;

/* Where forms are made: the budget they count against and the sum being built. */
typedef struct affine_space {
    budget *budget;
    affine *zero;
    /* The sum: dense over the variables, with the list of those that have been touched. */
    size_t variables; /* that the arrays have room for */
    mpq_t *coefficient;
    bool *touched;
    size_t *list;
    size_t listed;
    bool increasing; /* the list is in order */
    mpq_t constant, product;
} affine_space;

void affine_space_init(affine_space *space, budget *left);
/* All forms must have been released. */
void affine_space_clear(affine_space *space);

/* New forms belong to the caller, who releases them. With the budget exceeded every new form is zero. */
affine *affine_constant(affine_space *space, mpq_srcptr value);
affine *affine_variable(affine_space *space, size_t variable);
affine *affine_retain(affine *form);
void affine_release(affine_space *space, affine *form); /* form may be NULL */

/* scale × form + other × rest, the usual case of what follows; rest may be NULL. */
affine *affine_combine(affine_space *space, const affine *form, mpq_srcptr scale, const affine *rest,
                       mpq_srcptr other);

/* Building a sum: any number of additions (scale NULL means 1), then sum_take gives the form and empties the
 * sum. */
void affine_sum_add(affine_space *space, const affine *form, mpq_srcptr scale);
void affine_sum_subtract(affine_space *space, const affine *form);
void affine_sum_add_constant(affine_space *space, mpq_srcptr value);
void affine_sum_scale(affine_space *space, mpq_srcptr factor);
affine *affine_sum_take(affine_space *space);

static inline bool affine_is_constant(const affine *form)
{
    return form->terms == 0;
}

/* Whether the form is one variable with coefficient 1 and nothing else. */
bool affine_is_variable(const affine *form);

#endif
