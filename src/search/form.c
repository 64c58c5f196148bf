/* Formulas in a node of the search: see form.h. */
#include "search/form.h"

#include <math.h>
#include <string.h>

#include "kernel/choice.h"

static bool is_open(const prover *p, size_t output)
{
    for (size_t k = 0; k < p->objective_count; k++)
        if (p->objectives[k].output == output && !p->is_proved[k])
            return true;
    return false;
}

/* f's objective, from the frame, less the form; x_i = centre_i + 2^exponent_i · x̂_i. */
static void take_form(mirror *m, const prover *p, size_t output, const target_form *form)
{
    const frame_objective *f = &prover_frame(p)->objective[output];
    double unit = ldexp(1, -p->sc.bits), real = ldexp(choice_objective_unit(p, output), p->sc.bits);
    double *weight = m->objective[output], constant = mpq_get_d(form->value);
    for (size_t i = 0; i < m->inputs; i++) {
        double slope = mpq_get_d(form->slope[i]);
        constant -= slope * (mpq_get_d(form->centre[i]) - mpq_get_d(p->sc.centre[i]));
        weight[i] = (double)f->weight[i] * unit - ldexp(slope, (int)p->sc.input_exponent[i]) / real;
    }
    weight[m->inputs + m->count] = (double)f->bias * unit - constant / real;
    m->slack[output] = mpq_get_d(form->error) / real;
}

bool form_take(mirror *m, const prover *p, size_t *output)
{
    for (*output = 0; *output < m->outputs; ++*output) {
        if (!is_open(p, *output))
            continue;
        const target_form *form = prover_target_form(p, *output);
        if (form == NULL)
            return false;
        take_form(m, p, *output, form);
    }
    return true;
}

void form_shares(double *share, const mirror *m, const formula *f, size_t output)
{
    const double *spread = f->last[output].t.spread;
    double sum = 0;
    size_t infinite = 0;
    for (size_t i = 0; i < m->inputs; i++) {
        sum += isinf(spread[i]) ? 0 : spread[i];
        infinite += isinf(spread[i]) != 0;
    }
    for (size_t i = 0; i < m->inputs; i++) {
        double part = infinite > 0 ? (double)(isinf(spread[i]) != 0) / (double)infinite : spread[i] / sum;
        share[i] = isfinite(part) ? m->slack[output] * part : 0;
    }
}

void form_inputs(bool *reads, const expression *u)
{
    memset(reads, false, u->inputs * sizeof *reads);
    for (size_t k = 0; k < u->nodes; k++)
        if (u->node[k].op == EXPRESSION_INPUT)
            reads[u->node[k].a] = true;
}
