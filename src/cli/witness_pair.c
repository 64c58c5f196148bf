/* Witnesses of a pair: see witness_pair.h. */
#include "cli/witness_pair.h"

#include "target/formula.h"

bool witness_of_pair(witness *w, const model_pair *p, mpq_t *x, mpq_t *lower, mpq_t *upper, error *e)
{
    if (!p->has_formula) {
        witness_init(w, &p->f.net, &p->g.net, x, lower, upper, p->all_outputs, p->output);
        return true;
    }
    formula u;
    formula_init(&u, &p->formula);
    bool defined =
        witness_init_formula(w, &p->f.net, &u.target, x, lower, upper, p->all_outputs, p->output) ||
        formula_complain(&u, w->undefined, x, x, p->formula_name, e);
    formula_clear(&u);
    return defined;
}
