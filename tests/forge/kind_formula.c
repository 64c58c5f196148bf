/* Forged certificates about a network and a formula: claims just below a value that is known at a point, or
 * of any other size, with trees of splits alone, with honest trees and with changed ones. */
#include <stdlib.h>

#include "base/memory.h"
#include "formula_subject.h"
#include "number.h"
#include "number/vector.h"

enum { FORGERIES = 80 };

/* Puts one certificate to the checker; whether it is accepted. */
static bool put(forge *c, formula_subject *s, const script *lines)
{
    claim stated;
    size_t length;
    char *text = script_text(lines, &length);
    bool accepted = formula_check(&stated, s, text, length) == CHECK_VERIFIED;
    if (accepted) {
        distance_point wrong;
        distance_point_init(&wrong, s);
        const char *what = formula_untruth(&wrong, s, &stated, &c->r);
        if (what != NULL) {
            char *whole = mem_printf("%s; %s", what, formula_blame(s, &wrong, lines));
            formula_report(c, s, whole, text);
            free(whole);
        }
        distance_point_clear(&wrong, s);
    }
    claim_clear(&stated);
    free(text);
    return accepted;
}

/* Near the largest value that is known, mostly below, or of any size. */
static void choose_claim(mpq_t upper, const formula_subject *s, rng *r)
{
    number_random(upper, r);
    mpq_abs(upper, upper);
    if (!s->has_worst || rng_chance(r, 15))
        return;
    mpq_set(upper, s->point[s->worst].least[s->worst_output]);
    if (rng_chance(r, 85))
        number_lower(upper, r);
    else
        number_move(upper, r);
}

static void scratch(script *lines, const formula_subject *s, rng *r)
{
    mpq_t upper, lower;
    mpq_inits(upper, lower, NULL);
    char *reference;
    const distance_point *at = &s->point[rng_below(r, FORMULA_POINTS)];
    head h = formula_head(s, &reference);
    h.output = s->all_outputs ? rng_below(r, s->m.outputs) : s->output;
    h.point = at->x;
    h.upper = upper;
    h.lower = lower; /* 0 holds at every point where the formula is defined */
    choose_claim(upper, s, r);
    scratch_head(lines, &h);
    scratch_tree(lines, &s->m, s->p.box.lower, s->p.box.upper, r);
    free(reference);
    mpq_clears(upper, lower, NULL);
}

static void forge_upper(script *lines, const formula_subject *s, rng *r)
{
    size_t at = script_find(lines, 0, "upper");
    mpq_t upper;
    mpq_init(upper);
    choose_claim(upper, s, r);
    char *number = number_text(upper);
    if (at < lines->count)
        script_set(lines, at, mem_printf("upper %s", number));
    free(number);
    mpq_clear(upper);
}

static void forge_one(forge *c, formula_subject *s, const script *honest)
{
    script lines;
    rng *r = &c->r;
    if (honest->count == 0 || rng_chance(r, 50)) {
        lines = (script){.count = 0};
        scratch(&lines, s, r);
    } else {
        script_copy(&lines, honest);
        if (rng_chance(r, 75))
            forge_upper(&lines, s, r);
    }
    for (uint64_t k = rng_below(r, 3); k > 0; k--)
        mutate_script(&lines, &s->m, r);
    forge_tried(c, put(c, s, &lines));
    script_clear(&lines);
}

/* What the search writes; NULL where it finds that the formula is not defined, or not shown to be. */
static char *search(const formula_subject *s, rng *r)
{
    error e = ERROR_NONE;
    search_result result;
    search_options options = {.threads = 1, .time_limit = 0.5, .node_limit = 1 + rng_below(r, 16)};
    network zero;
    network_init_zero(&zero, s->m.inputs, s->m.outputs);
    query q = {.f = &s->p.f,
               .g = &zero,
               .f_digest = s->f_digest,
               .g_digest = s->f_digest,
               .lower = s->p.box.lower,
               .upper = s->p.box.upper,
               .all_outputs = s->all_outputs,
               .output = s->output,
               .formula = &s->u,
               .formula_name = "u"};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool found = search_maximise(&result, &q, &options, out, &e);
    fclose(out);
    network_clear(&zero);
    error_clear(&e);
    if (found) {
        search_result_clear(&result);
        return text;
    }
    free(text);
    return NULL;
}

void forge_formula(forge *c)
{
    formula_subject s;
    if (!formula_subject_init(&s, c))
        return;
    char *text = search(&s, &c->r);
    script honest;
    script_init(&honest, text == NULL ? "" : text);
    if (text != NULL) {
        bool accepted = put(c, &s, &honest);
        forge_honest(c, accepted);
        if (!accepted)
            formula_report(c, &s, "an honest certificate is rejected", text);
    }
    s.m.donor = text == NULL ? NULL : &honest;
    for (int k = 0; k < FORGERIES; k++)
        forge_one(c, &s, &honest);
    script_clear(&honest);
    free(text);
    formula_subject_clear(&s);
}
