/* Checking a relative certificate: see check_relative.h. */
#include "cli/check_relative.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/check_demands.h"
#include "cli/check_pair.h"
#include "cli/report.h"

/* The claim, proved or, where `skims`, only read. */
static check_status read_claim(check_outcome *o, line_reader *in, bool skims, error *e)
{
    const model_pair *p = &o->pair;
    formula u;
    check_subject about = check_pair_begin(p, &u);
    check_status status = (skims ? relative_skim : relative_check)(&o->compared, in, &about, e);
    check_pair_end(p, &u);
    if (status == CHECK_VERIFIED) {
        o->claim = o->compared.difference;
        o->claim.nodes += o->compared.reference.nodes;
        o->claim.leaves += o->compared.reference.leaves;
    }
    return status;
}

/* The claim as it stands in a file that can be read twice: whether it implies the demands. */
static check_status look_at_claim(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    long begin = ftell(in->stream), line = in->number;
    check_status status = read_claim(o, in, true, e);
    if (status == CHECK_VERIFIED && !check_demands(o, a, e))
        status = CHECK_NOT_IMPLIED;
    if (status != CHECK_VERIFIED)
        return status;
    relative_clear(&o->compared);
    o->claim = (claim){.inputs = 0};
    in->number = line;
    if (fseek(in->stream, begin, SEEK_SET) == 0)
        return CHECK_VERIFIED;
    error_set(e, in->name, 0, "cannot be read twice: %s", strerror(errno));
    return CHECK_BAD_INPUT;
}

/* The bounds that the demands are about stand at both ends of the file, so a look at it saves the proof of
 * what is not asked for. What counts is the second reading: the file may have become another one. */
check_status check_relative_run(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    check_status status = CHECK_VERIFIED;
    if (ftell(in->stream) >= 0)
        status = look_at_claim(o, a, in, e);
    if (status == CHECK_VERIFIED)
        status = read_claim(o, in, false, e);
    return status == CHECK_VERIFIED && !check_demands(o, a, e) ? CHECK_NOT_IMPLIED : status;
}

char *check_relative_words(const check_outcome *o, demand_verdict v)
{
    const claim *c = &o->claim;
    if (v.gap == DEMAND_BOX)
        return mem_copy_string("its bounds are about another box than you ask for");
    if (v.gap == DEMAND_OUTPUT)
        return c->all_outputs
                   ? mem_printf("it compares the maxima over all outputs, not those of output %zu",
                                o->pair.output)
                   : mem_printf("it compares the maxima of output %zu alone (see --output)", c->output);
    relative_bounds b = relative_bounds_of(&o->compared);
    mpq_t lower, upper;
    mpq_srcptr least, greatest;
    mpq_inits(lower, upper, NULL);
    report_ratios(&least, &greatest, lower, upper, &b);
    mpq_srcptr bound = v.part == DEMAND_MOST ? greatest : least;
    char *text = bound == NULL
                     ? mem_copy_string("not bounded by it (max |g| may be 0, or has no upper bound)")
                     : report_number(bound);
    char *words = mem_printf("max |f-g| / max |g| is %s%s",
                             bound == NULL           ? ""
                             : v.part == DEMAND_MOST ? "at most "
                                                     : "at least ",
                             text);
    free(text);
    mpq_clears(lower, upper, NULL);
    return words;
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
