/* Checking a relative certificate: see check_relative.h. */
#include "cli/check_relative.h"

#include <stdlib.h>

#include "cli/check_pair.h"
#include "cli/report.h"

check_status check_relative_run(check_outcome *o, line_reader *in, error *e)
{
    const model_pair *p = &o->pair;
    formula u;
    check_subject about = check_pair_begin(p, &u);
    check_status status = relative_check(&o->compared, in, &about, e);
    check_pair_end(p, &u);
    if (status == CHECK_VERIFIED) {
        o->claim = o->compared.difference;
        o->claim.nodes += o->compared.reference.nodes;
        o->claim.leaves += o->compared.reference.leaves;
    }
    return status;
}

/* The ratio of maxima over all outputs says nothing about one of them, nor the other way round. */
static bool has_scope(const check_outcome *o)
{
    const model_pair *p = &o->pair;
    const claim *c = &o->claim;
    return network_outputs(&p->f.net) == 1 ||
           (p->all_outputs ? c->all_outputs : !c->all_outputs && p->output == c->output);
}

/* D >= E >= q·M >= q·G where q >= 0; where q < 0, D >= 0 >= q·G. */
static bool reaches(const relative_bounds *b, const mpq_t q)
{
    if (b->reference_upper == NULL)
        return mpq_sgn(q) <= 0;
    mpq_t product;
    mpq_init(product);
    mpq_mul(product, q, b->reference_upper);
    bool holds = mpq_cmp(b->difference_lower, product) >= 0;
    mpq_clear(product);
    return holds;
}

static bool is_implied(const relative_bounds *b, const arguments *a, size_t which)
{
    mpq_srcptr q = a->value[which].number;
    return !arguments_given(a, which) ||
           (which == CHECK_AT_MOST ? relative_judge(b, q) == RELATIVE_WITHIN : reaches(b, q));
}

static bool check_ratio(const relative_bounds *b, const arguments *a, size_t which, error *e)
{
    if (is_implied(b, a, which))
        return true;
    bool most = which == CHECK_AT_MOST;
    mpq_t lower, upper;
    mpq_srcptr least, greatest;
    mpq_inits(lower, upper, NULL);
    report_ratios(&least, &greatest, lower, upper, b);
    mpq_srcptr bound = most ? greatest : least;
    char *text = bound == NULL ? NULL : report_number(bound);
    error_set(e, a->operand[0], 0,
              "is verified, but does not imply what --%s %s --relative asks: max |f-g| / max |g| is %s %s",
              check_options[which].name, arguments_text(a, which),
              text == NULL ? "not bounded by it"
              : most       ? "proven to be at most"
                           : "proven to be at least",
              text == NULL ? "(max |g| may be 0, or has no upper bound)" : text);
    free(text);
    mpq_clears(lower, upper, NULL);
    return false;
}

bool check_relative_demands(const check_outcome *o, const arguments *a, error *e)
{
    relative_bounds b = relative_bounds_of(&o->compared);
    if (!has_scope(o))
        return error_set(e, a->operand[0], 0,
                         o->claim.all_outputs
                             ? "is verified, but compares the maxima over all outputs, not those of output "
                               "%zu"
                             : "is verified, but compares the maxima of output %zu alone (see --output)",
                         o->claim.all_outputs ? o->pair.output : o->claim.output);
    return check_ratio(&b, a, CHECK_AT_MOST, e) && check_ratio(&b, a, CHECK_AT_LEAST, e);
}

void check_relative_print(FILE *out, const check_outcome *o)
{
    static const char *const words[] = {[RELATIVE_WITHIN] = "max |f - g| is at most",
                                        [RELATIVE_MISSED] = "max |f - g| is more than",
                                        [RELATIVE_UNDECIDED] = "max |f - g| may be at most, or more than,"};
    char *text = report_number(o->compared.tolerance);
    fprintf(out, "  %-12s %s: %s %s times max |g|\n", "verdict", relative_verdict_word(o->compared.verdict),
            words[o->compared.verdict], text);
    free(text);
}
