/* Forged witnesses: certificates whose claim is the value at a point. Of a formula they have no tree; of a
 * pair, a tree of one leaf under a claim that holds anyway. Lower bounds lie just above the value. */
#include <stdlib.h>

#include "base/memory.h"
#include "formula_subject.h"
#include "number.h"
#include "number/vector.h"

enum { FORGERIES = 60 };

/* Above a bound by which `value` is known, by a little or much. */
static void raise(mpq_t value, rng *r)
{
    mpq_neg(value, value);
    number_lower(value, r);
    mpq_neg(value, value);
}

/* --- of a formula --- */

static bool put_formula(forge *c, formula_subject *s, const script *lines)
{
    claim stated;
    size_t length;
    char *text = script_text(lines, &length);
    bool accepted = formula_check(&stated, s, text, length) == CHECK_VERIFIED;
    if (accepted) {
        distance_point wrong;
        distance_point_init(&wrong, s);
        const char *what = formula_untruth(&wrong, s, &stated, &c->r);
        if (what != NULL)
            formula_report(c, s, what, text);
        distance_point_clear(&wrong, s);
    }
    claim_clear(&stated);
    free(text);
    return accepted;
}

/* The lower bound is the value at the point, less a little, or above it. Whether it is honest. */
static bool write_formula_witness(script *lines, const formula_subject *s, rng *r, bool honest)
{
    mpq_t lower;
    mpq_init(lower);
    char *reference;
    const distance_point *at = &s->point[rng_below(r, FORMULA_POINTS)];
    head h = formula_head(s, &reference);
    h.output = s->all_outputs ? rng_below(r, s->m.outputs) : s->output;
    h.point = at->x;
    h.lower = lower;
    bool known = at->state[h.output] == POINT_KNOWN;
    if (known) {
        mpq_set(lower, honest ? at->least[h.output] : at->most[h.output]);
        if (honest) {
            mpq_t part;
            mpq_init(part);
            mpq_div_2exp(part, lower, 50);
            mpq_sub(lower, lower, part);
            mpq_clear(part);
        } else {
            raise(lower, r);
        }
    }
    scratch_head(lines, &h);
    free(reference);
    mpq_clear(lower);
    return honest && known;
}

static void run_formula(forge *c)
{
    formula_subject s;
    if (!formula_subject_init(&s, c))
        return;
    for (int k = 0; k < FORGERIES; k++) {
        script lines = {.count = 0};
        bool honest = write_formula_witness(&lines, &s, &c->r, k < 3);
        for (uint64_t n = honest ? 0 : rng_below(&c->r, 3); n > 0; n--)
            mutate_script(&lines, &s.m, &c->r);
        bool accepted = put_formula(c, &s, &lines);
        if (honest)
            forge_honest(c, accepted);
        else
            forge_tried(c, accepted);
        script_clear(&lines);
    }
    formula_subject_clear(&s);
}

/* --- of a pair --- */

static bool put_pair(forge *c, const subject *s, const script *lines)
{
    claim stated;
    size_t length;
    char *text = script_text(lines, &length);
    bool accepted = subject_check(&stated, s, text, length, NULL, NULL) == CHECK_VERIFIED;
    if (accepted && !subject_is_true(s, &stated, lines)) {
        exhibit list[] = {{"f.net", subject_text(&s->p.f)},
                          {"g.net", subject_text(&s->p.g)},
                          {"forged.cert", mem_copy_string(text)}};
        forge_untrue(c, "a false witness is verified", sizeof list / sizeof *list, list);
    }
    claim_clear(&stated);
    free(text);
    return accepted;
}

/* The upper bound is far above everything, so that one leaf proves it. */
static void write_pair_witness(script *lines, const subject *s, rng *r, bool honest)
{
    mpq_t lower, upper, *x = vector_new(s->m.inputs);
    mpq_inits(lower, upper, NULL);
    char *reference = mem_printf("g %s", s->g_digest);
    random_point(x, r, &s->p.box);
    head h = {.f_digest = s->f_digest,
              .reference = reference,
              .all_outputs = s->all_outputs,
              .inputs = s->m.inputs,
              .output = s->all_outputs ? rng_below(r, s->m.outputs) : s->output,
              .lower_end = s->p.box.lower,
              .upper_end = s->p.box.upper,
              .point = x,
              .upper = upper,
              .lower = lower};
    network_distance(lower, &s->p.f, &s->p.g, h.output, x);
    if (!honest)
        raise(lower, r);
    mpq_set_ui(upper, 1, 1);
    mpq_mul_2exp(upper, upper, 2000);
    scratch_head(lines, &h);
    script_insert(lines, lines->count, mem_copy_string("."));
    script_insert(lines, lines->count, mem_copy_string("end"));
    free(reference);
    vector_free(x, s->m.inputs);
    mpq_clears(lower, upper, NULL);
}

static void run_pair(forge *c)
{
    subject s;
    if (!subject_init(&s, c, false))
        return;
    for (int k = 0; k < FORGERIES; k++) {
        script lines = {.count = 0};
        bool honest = k < 3;
        write_pair_witness(&lines, &s, &c->r, honest);
        for (uint64_t n = honest ? 0 : rng_below(&c->r, 3); n > 0; n--)
            mutate_script(&lines, &s.m, &c->r);
        bool accepted = put_pair(c, &s, &lines);
        if (honest)
            forge_honest(c, accepted);
        else
            forge_tried(c, accepted);
        script_clear(&lines);
    }
    subject_clear(&s);
}

void forge_witness(forge *c)
{
    if (rng_chance(&c->r, 50))
        run_formula(c);
    else
        run_pair(c);
}
