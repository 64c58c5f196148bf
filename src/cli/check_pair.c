/* Checking a certificate about a pair: see check_pair.h. */
#include "cli/check_pair.h"

#include "target/formula.h"

check_status check_pair(claim *verified, check_part *part, line_reader *in, const model_pair *p, error *e)
{
    if (!p->has_formula)
        return check_lines_part(verified, part, in, &p->f.net, p->f.digest, &p->g.net, p->g.digest, e);
    formula u;
    formula_init(&u, &p->formula);
    check_status status = check_formula_lines(verified, in, &p->f.net, p->f.digest, &u.target, part, e);
    formula_clear(&u);
    return status;
}
