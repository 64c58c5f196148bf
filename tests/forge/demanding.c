/* Demands: see demanding.h. */
#include "demanding.h"

#include "number.h"
#include "number/vector.h"

/* The pair's box, a part of it, or more than it. */
static void choose_box(demanding *x, const subject *s, rng *r)
{
    const box *own = &s->p.box;
    vector_copy(x->lower, own->lower, x->inputs);
    vector_copy(x->upper, own->upper, x->inputs);
    for (size_t i = 0; i < x->inputs; i++) {
        if (rng_chance(r, 50))
            continue;
        mpq_t *end = rng_chance(r, 50) ? &x->lower[i] : &x->upper[i];
        if (rng_chance(r, 60))
            material_number(*end, &s->m, r);
        else
            number_move(*end, r);
        if (mpq_cmp(x->lower[i], x->upper[i]) > 0)
            mpq_swap(x->lower[i], x->upper[i]);
    }
}

static void choose_bound(mpq_t bound, const subject *s, rng *r)
{
    mpq_set(bound, s->maximum);
    if (rng_chance(r, 40))
        number_lower(bound, r);
    else if (rng_chance(r, 60))
        number_move(bound, r);
}

void demanding_init(demanding *x, const subject *s, rng *r)
{
    size_t outputs = s->m.outputs;
    *x = (demanding){.inputs = s->m.inputs};
    x->lower = vector_new(x->inputs);
    x->upper = vector_new(x->inputs);
    mpq_inits(x->most, x->least, NULL);
    choose_box(x, s, r);
    choose_bound(x->most, s, r);
    choose_bound(x->least, s, r);
    x->d = (demand){.all_outputs = s->is_signed || rng_chance(r, 60),
                    .output = rng_below(r, outputs),
                    .outputs = outputs,
                    .strictly = rng_chance(r, 20)};
    if (rng_chance(r, 75)) {
        x->d.box_lower = x->lower;
        x->d.box_upper = x->upper;
    }
    if (rng_chance(r, 60))
        x->d.most = x->most;
    if (rng_chance(r, 40))
        x->d.least = x->least;
}

void demanding_clear(demanding *x)
{
    vector_free(x->lower, x->inputs);
    vector_free(x->upper, x->inputs);
    mpq_clears(x->most, x->least, NULL);
}

/* Where no bound is demanded the claim is about this box and output and no others. */
static bool has_scope(const demand *d, const claim *c)
{
    bool same = d->all_outputs || d->outputs == 1 || (!c->all_outputs && c->output == d->output);
    for (size_t i = 0; i < c->inputs && d->box_lower != NULL; i++)
        same = same && mpq_equal(d->box_lower[i], c->box_lower[i]) &&
               mpq_equal(d->box_upper[i], c->box_upper[i]);
    return same;
}

bool demanding_is_true(const demanding *x, const subject *s, const claim *stated)
{
    const demand *d = &x->d;
    if (d->most == NULL && d->least == NULL)
        return has_scope(d, stated);
    bool own = d->box_lower == NULL;
    mpq_t most;
    mpq_init(most);
    bool known = subject_maximum(most, s, own ? stated->box_lower : x->lower,
                                 own ? stated->box_upper : x->upper, d->all_outputs, d->output);
    int order = d->most == NULL ? -1 : mpq_cmp(most, d->most);
    bool holds = !known || ((order < 0 || (order == 0 && !d->strictly)) &&
                            (d->least == NULL || mpq_cmp(most, d->least) >= 0));
    mpq_clear(most);
    return holds;
}
