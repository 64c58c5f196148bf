/* Problems of learning: see problem.h. */
#include "fool/problem.h"

void problem_init(problem *t)
{
    *t = (problem){.width = 1, .layers = 1, .dimension = 1, .uniform = true};
    mpq_inits(t->q, t->c, t->p, NULL);
    mpq_set_ui(t->q, 2, 1);
    mpq_set_ui(t->c, 1, 1);
    mpq_set_ui(t->p, 1, 1);
}

void problem_clear(problem *t)
{
    mpq_clears(t->q, t->c, t->p, NULL);
}

void problem_width_exponent(mpq_t exponent, const problem *t)
{
    mpq_set_ui(exponent, 1, 1);
    if (t->largest)
        return;
    mpq_t part;
    mpq_init(part);
    mpq_set_ui(part, 2, 1);
    mpq_div(part, part, t->q);
    mpq_sub(exponent, exponent, part);
    mpq_clear(part);
}
