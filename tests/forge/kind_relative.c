/* Forged comparisons of max |f−g| with max |g|: tolerances a hair on the wrong side of the true ratio,
 * verdicts exchanged, and sections that are changed, doubled, swapped or about something else. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "enumerate.h"
#include "number.h"
#include "number/vector.h"
#include "proof/relative.h"
#include "search/relative_search.h"
#include "subject.h"

enum { FORGERIES = 100, PROGRAMS = 250 };

/* The pair, and the same question about g and 0. */
typedef struct comparison {
    subject s;
    network zero;
    mpq_t reference; /* the maximum of |g| */
} comparison;

static bool reference_maximum(mpq_t most, const comparison *x, mpq_t *lower, mpq_t *upper, bool all_outputs,
                              size_t output)
{
    enumeration found;
    bool whole = enumerate_maximum(&found, &x->s.p.g, &x->zero, lower, upper,
                                   all_outputs ? EVERY_OUTPUT : output, PROGRAMS);
    mpq_set(most, found.maximum);
    enumeration_clear(&found);
    return whole;
}

static bool comparison_init(comparison *x, forge *c)
{
    if (!subject_init(&x->s, c, false))
        return false;
    network_init_zero(&x->zero, x->s.m.inputs, x->s.m.outputs);
    mpq_init(x->reference);
    if (reference_maximum(x->reference, x, x->s.p.box.lower, x->s.p.box.upper, x->s.all_outputs,
                          x->s.output)) {
        subject_add_value(&x->s.m, x->reference);
        subject_add_value(&x->s.m, x->s.maximum);
        return true;
    }
    mpq_clear(x->reference);
    network_clear(&x->zero);
    subject_clear(&x->s);
    return false;
}

static void comparison_clear(comparison *x)
{
    mpq_clear(x->reference);
    network_clear(&x->zero);
    subject_clear(&x->s);
}

/* The true ratio, or what is near it. */
static void choose_tolerance(mpq_t tolerance, const comparison *x, rng *r)
{
    if (mpq_sgn(x->reference) == 0)
        mpq_set_ui(tolerance, (unsigned long)rng_below(r, 2), 1);
    else
        mpq_div(tolerance, x->s.maximum, x->reference);
    if (rng_chance(r, 40))
        number_move(tolerance, r);
    else if (rng_chance(r, 60))
        number_lower(tolerance, r);
    mpq_abs(tolerance, tolerance);
}

static bool bounds_hold(const claim *c, const mpq_t truth)
{
    return mpq_cmp(c->lower, truth) <= 0 && mpq_cmp(truth, c->upper) <= 0;
}

/* Whether the verified comparison is true, on whatever box it is. */
static bool is_true(const comparison *x, const relative_claim *c)
{
    mpq_t difference, reference, product;
    mpq_inits(difference, reference, product, NULL);
    const claim *d = &c->difference, *g = &c->reference;
    bool known = subject_maximum(difference, &x->s, d->box_lower, d->box_upper, d->all_outputs, d->output) &&
                 reference_maximum(reference, x, d->box_lower, d->box_upper, d->all_outputs, d->output);
    mpq_mul(product, c->tolerance, reference);
    int order = mpq_cmp(difference, product);
    bool verdict = c->verdict == RELATIVE_UNDECIDED || (c->verdict == RELATIVE_WITHIN) == (order <= 0);
    bool holds = !known || (verdict && bounds_hold(d, difference) && bounds_hold(g, reference));
    for (size_t i = 0; i < d->inputs; i++)
        holds = holds && mpq_equal(d->box_lower[i], g->box_lower[i]) &&
                mpq_equal(d->box_upper[i], g->box_upper[i]);
    mpq_clears(difference, reference, product, NULL);
    return holds && d->all_outputs == g->all_outputs && mpq_sgn(c->tolerance) >= 0;
}

static bool put(forge *c, const comparison *x, const script *lines)
{
    error e = ERROR_NONE;
    relative_claim stated = {.initialised = false};
    size_t length;
    char *text = script_text(lines, &length);
    check_subject about = {
        .f = &x->s.p.f, .f_digest = x->s.f_digest, .g = &x->s.p.g, .g_digest = x->s.g_digest};
    FILE *stream = fmemopen(text, length == 0 ? 1 : length, "r");
    line_reader in = {.stream = stream, .name = "forged"};
    bool accepted = line_next(&in, &e) && line_rest_is(&in, RELATIVE_FIRST_LINE) &&
                    relative_check(&stated, &in, &about, &e) == CHECK_VERIFIED;
    line_clear(&in);
    fclose(stream);
    if (accepted && !is_true(x, &stated)) {
        exhibit list[] = {{"f.net", subject_text(&x->s.p.f)},
                          {"g.net", subject_text(&x->s.p.g)},
                          {"forged.cert", mem_copy_string(text)}};
        forge_untrue(c, "a false comparison is verified", sizeof list / sizeof *list, list);
    }
    relative_clear(&stated);
    error_clear(&e);
    free(text);
    return accepted;
}

/* What the search writes; NULL where it fails. */
static char *search(const comparison *x, rng *r)
{
    error e = ERROR_NONE;
    relative_result result;
    search_options options = {.threads = 1, .time_limit = 2, .node_limit = 2 + rng_below(r, 30)};
    query q = subject_query(&x->s);
    mpq_t tolerance;
    mpq_init(tolerance);
    choose_tolerance(tolerance, x, r);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool found = search_relative(&result, &q, tolerance, &options, out, &e);
    fclose(out);
    mpq_clear(tolerance);
    error_clear(&e);
    if (found) {
        relative_result_clear(&result);
        return text;
    }
    free(text);
    return NULL;
}

/* Another tolerance, and the verdict that is likely to go with it, or another. */
static void forge_verdict(script *lines, const comparison *x, rng *r)
{
    static const char *const verdicts[] = {"within", "missed", "undecided"};
    mpq_t tolerance;
    mpq_init(tolerance);
    choose_tolerance(tolerance, x, r);
    char *number = number_text(tolerance);
    script_set(lines, 1, mem_printf("tolerance %s", number));
    script_set(lines, 2, mem_printf("verdict %s", verdicts[rng_below(r, 3)]));
    free(number);
    mpq_clear(tolerance);
}

/* An upper bound of one of the sections, too low. */
static void forge_upper(script *lines, const comparison *x, rng *r)
{
    size_t at = script_find(lines, 0, "upper"), second = script_find(lines, at + 1, "upper");
    bool is_second = second < lines->count && rng_chance(r, 50);
    if (at >= lines->count)
        return;
    mpq_t upper;
    mpq_init(upper);
    mpq_set(upper, is_second ? x->reference : x->s.maximum);
    number_lower(upper, r);
    char *number = number_text(upper);
    script_set(lines, is_second ? second : at, mem_printf("upper %s", number));
    free(number);
    mpq_clear(upper);
}

/* The two sections change places, or one stands twice. */
static void forge_sections(script *lines, rng *r)
{
    size_t first = script_find(lines, 0, "end"), count = lines->count;
    if (first >= count || count < 4)
        return;
    script_paste(lines, count, lines, 3, first + 1);
    if (rng_chance(r, 50))
        script_remove(lines, 3, first + 1);
    else
        script_remove(lines, first + 1, count);
}

void forge_relative(forge *c)
{
    comparison x;
    if (!comparison_init(&x, c))
        return;
    char *text = search(&x, &c->r), *other = search(&x, &c->r);
    script honest, donor;
    script_init(&honest, text == NULL ? "" : text);
    script_init(&donor, other == NULL ? "" : other);
    x.s.m.donor = &donor;
    if (text != NULL)
        forge_honest(c, put(c, &x, &honest));
    for (int k = 0; k < FORGERIES && honest.count > 3; k++) {
        script lines;
        rng *r = &c->r;
        script_copy(&lines, &honest);
        if (rng_chance(r, 70))
            forge_verdict(&lines, &x, r);
        if (rng_chance(r, 40))
            forge_upper(&lines, &x, r);
        if (rng_chance(r, 8))
            forge_sections(&lines, r);
        for (uint64_t n = rng_below(r, 3); n > 0; n--)
            mutate_script(&lines, &x.s.m, r);
        forge_tried(c, put(c, &x, &lines));
        script_clear(&lines);
    }
    script_clear(&honest);
    script_clear(&donor);
    free(text);
    free(other);
    comparison_clear(&x);
}
