/* Formulas as references: see formula.h. The kernel asks for the same output on the same box again and again
 * (both signs, several multipliers, subtrees that split signs), so the last answer is kept; that changes no
 * result, since an enclosure depends on its arguments only. Trusted. */
#include "target/formula.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

static bool is_same_box(const formula_form *last, mpq_t *lower, mpq_t *upper, double tolerance)
{
    if (!last->known || last->tolerance != tolerance)
        return false;
    for (size_t i = 0; i < last->t.inputs; i++)
        if (!mpq_equal(last->lower[i], lower[i]) || !mpq_equal(last->upper[i], upper[i]))
            return false;
    return true;
}

const formula_form *formula_enclose(formula *f, size_t output, mpq_t *lower, mpq_t *upper, double tolerance)
{
    formula_form *last = &f->last[output];
    if (is_same_box(last, lower, upper, tolerance))
        return last;
    last->state = tangent_enclose(&last->t, &f->m, output, lower, upper, 2, tolerance);
    last->form = (target_form){last->t.centre, last->t.slope, last->t.value, last->t.error};
    last->tolerance = tolerance;
    last->known = true;
    vector_copy(last->lower, lower, f->u->inputs);
    vector_copy(last->upper, upper, f->u->inputs);
    return last;
}

/* "x1 = 0, x2 in [1/4, 1/2], …" */
static char *box_text(size_t inputs, mpq_t *lower, mpq_t *upper)
{
    const size_t shown = 6;
    char *text = mem_copy_string("");
    for (size_t i = 0; i < inputs && i <= shown; i++) {
        double a = mpq_get_d(lower[i]), b = mpq_get_d(upper[i]);
        char *one = i == shown                      ? mem_printf("... (%zu more)", inputs - shown)
                    : mpq_equal(lower[i], upper[i]) ? mem_printf("x%zu = %.9g", i + 1, a)
                                                    : mem_printf("x%zu in [%.9g, %.9g]", i + 1, a, b);
        char *longer = mem_printf("%s%s%s", text, i == 0 ? "" : ", ", one);
        free(text);
        free(one);
        text = longer;
    }
    return text;
}

bool formula_complain(formula *f, size_t output, mpq_t *lower, mpq_t *upper, const char *name, error *e)
{
    error reason = ERROR_NONE;
    f->last[output].known = false;
    formula_enclose(f, output, lower, upper, 1);
    enclosure_complain(&f->m, name, &reason);
    char *where = box_text(f->u->inputs, lower, upper);
    error_set(e, reason.file, reason.line, "%s, where %s", reason.message, where);
    free(where);
    error_clear(&reason);
    return false;
}

static const target_form *enclose(void *context, size_t output, mpq_t *lower, mpq_t *upper, double tolerance)
{
    const formula_form *last = formula_enclose(context, output, lower, upper, tolerance);
    return last->state == DOMAIN_INSIDE ? &last->form : NULL;
}

static bool evaluate(void *context, size_t output, mpq_t *x, const mpq_t width, mpq_t lower, mpq_t upper)
{
    formula *f = context;
    bool narrow;
    return enclosure_point(&f->m, output, x, width, lower, upper, &narrow) == DOMAIN_INSIDE && narrow;
}

void formula_init(formula *f, const expression *u)
{
    *f = (formula){.u = u, .text = expression_text(u)};
    enclosure_init(&f->m, u);
    f->last = mem_alloc(u->outputs, sizeof *f->last);
    for (size_t j = 0; j < u->outputs; j++) {
        tangent_init(&f->last[j].t, u->inputs);
        f->last[j].lower = vector_new(u->inputs);
        f->last[j].upper = vector_new(u->inputs);
    }
    f->target = (proof_target){.inputs = u->inputs,
                               .outputs = u->outputs,
                               .text = f->text,
                               .context = f,
                               .enclose = enclose,
                               .evaluate = evaluate};
}

void formula_clear(formula *f)
{
    for (size_t j = 0; j < f->u->outputs; j++) {
        tangent_clear(&f->last[j].t);
        vector_free(f->last[j].lower, f->u->inputs);
        vector_free(f->last[j].upper, f->u->inputs);
    }
    free(f->last);
    enclosure_clear(&f->m);
    free(f->text);
}
