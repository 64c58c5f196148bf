/* Checking a certificate about a pair: see check_pair.h. */
#include "cli/check_pair.h"

check_subject check_pair_begin(const model_pair *p, formula *u)
{
    check_subject about = {.f = &p->f.net, .f_digest = p->f.digest};
    if (p->has_formula) {
        formula_init(u, &p->formula);
        about.u = &u->target;
    } else {
        about.g = &p->g.net;
        about.g_digest = p->g.digest;
    }
    return about;
}

void check_pair_end(const model_pair *p, formula *u)
{
    if (p->has_formula)
        formula_clear(u);
}

check_status check_pair(claim *verified, check_part *part, const demand *asked, line_reader *in,
                        const model_pair *p, error *e)
{
    formula u;
    check_subject about = check_pair_begin(p, &u);
    check_status status = check_lines(verified, in, &about, (check_mode){.part = part, .demand = asked}, e);
    check_pair_end(p, &u);
    return status;
}
