/* Problems of learning: see learning.h. */
#include "fool/learning.h"

void learning_init(learning *t)
{
    *t = (learning){.width = 1, .layers = 1, .dimension = 1, .uniform = true};
    mpq_inits(t->q, t->c, t->p, NULL);
    mpq_set_ui(t->q, 2, 1);
    mpq_set_ui(t->c, 1, 1);
    mpq_set_ui(t->p, 1, 1);
}

void learning_clear(learning *t)
{
    mpq_clears(t->q, t->c, t->p, NULL);
}

void learning_width_exponent(mpq_t exponent, const learning *t)
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
