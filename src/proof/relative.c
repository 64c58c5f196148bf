/* Checking relative certificates: see relative.h. Trusted. Nothing is proved here but that four rational
 * numbers, of which check.h has proved what they bound, compare as the verdict says. */
#include "proof/relative.h"

/* Sound: D <= U and L <= G give D <= U <= q·L <= q·G, as q >= 0; E <= D and G <= M give D >= E > q·M >= q·G.
 */
relative_verdict relative_judge(const relative_bounds *b, const mpq_t tolerance)
{
    relative_verdict verdict = RELATIVE_UNDECIDED;
    if (mpq_sgn(tolerance) < 0)
        return verdict;
    mpq_t product;
    mpq_init(product);
    mpq_mul(product, tolerance, b->reference_lower);
    if (b->difference_upper != NULL && mpq_cmp(b->difference_upper, product) <= 0)
        verdict = RELATIVE_WITHIN;
    if (b->reference_upper != NULL) {
        mpq_mul(product, tolerance, b->reference_upper);
        if (mpq_cmp(b->difference_lower, product) > 0)
            verdict = RELATIVE_MISSED;
    }
    mpq_clear(product);
    return verdict;
}

relative_bounds relative_bounds_of(const relative_claim *c)
{
    return (relative_bounds){c->difference.lower, c->difference.unbounded ? NULL : c->difference.upper,
                             c->reference.lower, c->reference.unbounded ? NULL : c->reference.upper};
}

static const char *const verdict_word[] = {
    [RELATIVE_WITHIN] = "within", [RELATIVE_MISSED] = "missed", [RELATIVE_UNDECIDED] = "undecided"};

const char *relative_verdict_word(relative_verdict verdict)
{
    return verdict_word[verdict];
}

static bool read_verdict(relative_claim *c, line_reader *in, error *e)
{
    if (!line_next(in, e) || !line_word(in, "tolerance", e) || !line_rational(in, c->tolerance, e) ||
        !line_finish(in, e))
        return false;
    if (mpq_sgn(c->tolerance) < 0)
        return line_error(in, e, "the tolerance is negative");
    if (!line_next(in, e) || !line_word(in, "verdict", e))
        return false;
    for (relative_verdict v = RELATIVE_WITHIN; v <= RELATIVE_UNDECIDED; v++)
        if (line_rest_is(in, verdict_word[v])) {
            c->verdict = v;
            return true;
        }
    return line_error(in, e, "within, missed or undecided expected");
}

/* Whether both certificates are about the same box and outputs. */
static bool have_one_scope(const claim *a, const claim *b)
{
    bool same = a->all_outputs == b->all_outputs && (a->all_outputs || a->output == b->output);
    for (size_t i = 0; i < a->inputs; i++)
        same = same && mpq_equal(a->box_lower[i], b->box_lower[i]) &&
               mpq_equal(a->box_upper[i], b->box_upper[i]);
    return same;
}

static bool check_verdict(const relative_claim *c, const line_reader *in, error *e)
{
    relative_bounds bounds = relative_bounds_of(c);
    if (!have_one_scope(&c->difference, &c->reference))
        return line_error(in, e, "the two certificates are about different boxes or outputs");
    if (c->verdict != RELATIVE_UNDECIDED && relative_judge(&bounds, c->tolerance) != c->verdict)
        return line_error(in, e, "the verdict does not follow from the bounds");
    return getc(in->stream) == EOF || line_error(in, e, "text after the end of the certificate");
}

/* The certificate about max |g|: the pair is g and 0, or 0 and the formula. */
static check_status check_reference(relative_claim *c, line_reader *in, const check_subject *about,
                                    check_mode section, error *e)
{
    network zero;
    network_init_zero(&zero, about->f->inputs, network_outputs(about->f));
    check_subject reference = {
        .f = about->g, .f_digest = about->g_digest, .g = &zero, .g_digest = RELATIVE_ZERO_DIGEST};
    if (about->u != NULL)
        reference = (check_subject){.f = &zero, .f_digest = RELATIVE_ZERO_DIGEST, .u = about->u};
    check_status status = check_lines(&c->reference, in, &reference, section, e);
    network_clear(&zero);
    return status;
}

static check_status check_file(relative_claim *c, line_reader *in, const check_subject *about,
                               check_mode section, error *e)
{
    *c = (relative_claim){.initialised = true};
    mpq_init(c->tolerance);
    bool proved = read_verdict(c, in, e) && line_next(in, e) &&
                  check_lines(&c->difference, in, about, section, e) == CHECK_VERIFIED && line_next(in, e) &&
                  check_reference(c, in, about, section, e) == CHECK_VERIFIED && check_verdict(c, in, e);
    return proved ? CHECK_VERIFIED : ferror(in->stream) ? CHECK_BAD_INPUT : CHECK_REJECTED;
}

check_status relative_check(relative_claim *c, line_reader *in, const check_subject *about, error *e)
{
    return check_file(c, in, about, (check_mode){.is_section = true}, e);
}

check_status relative_skim(relative_claim *c, line_reader *in, const check_subject *about, error *e)
{
    check_part none = {.shards = 1, .shard = 0};
    return check_file(c, in, about, (check_mode){.is_section = true, .part = &none}, e);
}

void relative_clear(relative_claim *c)
{
    if (c->difference.inputs > 0)
        claim_clear(&c->difference);
    if (c->reference.inputs > 0)
        claim_clear(&c->reference);
    if (c->initialised)
        mpq_clear(c->tolerance);
    *c = (relative_claim){.initialised = false};
}
