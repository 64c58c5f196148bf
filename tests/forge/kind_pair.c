/* Forged certificates about pairs of networks, and signed ones: honest trees under claims that are a hair too
 * low, changed trees, and trees from scratch. */
#include <stdlib.h>

#include "base/memory.h"
#include "demanding.h"
#include "number.h"
#include "number/vector.h"
#include "scratch.h"
#include "subject.h"

enum { FORGERIES = 150 };

/* A claim that is too low, as a new last resort: with any number in its place. */
static void forge_upper(script *s, const subject *about, rng *r)
{
    size_t at = script_find(s, 0, "upper");
    if (at == s->count)
        return;
    mpq_t bound;
    mpq_init(bound);
    mpq_set(bound, about->maximum);
    number_lower(bound, r);
    char *number = number_text(bound);
    script_set(s, at, mem_printf("upper %s", number));
    free(number);
    mpq_clear(bound);
}

/* The pair's head with a point of the box, its value, and a claim. */
static void scratch(script *s, const subject *about, rng *r)
{
    size_t outputs = about->m.outputs, inputs = about->m.inputs;
    mpq_t lower, upper, *x = vector_new(inputs);
    mpq_inits(lower, upper, NULL);
    char *reference = mem_printf("g %s", about->g_digest);
    random_point(x, r, &about->p.box);
    head h = {.f_digest = about->f_digest,
              .reference = reference,
              .all_outputs = about->all_outputs,
              .is_signed = about->is_signed,
              .inputs = inputs,
              .output = about->all_outputs ? rng_below(r, outputs) : about->output,
              .lower_end = about->p.box.lower,
              .upper_end = about->p.box.upper,
              .point = x,
              .upper = upper,
              .lower = lower};
    network_difference(lower, &about->p.f, &about->p.g, h.output, x);
    if (!about->is_signed)
        mpq_abs(lower, lower);
    mpq_set(upper, about->maximum);
    if (rng_chance(r, 75))
        number_lower(upper, r);
    scratch_head(s, &h);
    scratch_tree(s, &about->m, about->p.box.lower, about->p.box.upper, r);
    free(reference);
    vector_free(x, inputs);
    mpq_clears(lower, upper, NULL);
}

static void report(forge *c, const subject *about, const char *what, const char *text)
{
    exhibit list[] = {{"f.net", subject_text(&about->p.f)},
                      {"g.net", subject_text(&about->p.g)},
                      {"forged.cert", mem_copy_string(text)},
                      {"maximum", number_text(about->maximum)}};
    forge_untrue(c, what, sizeof list / sizeof *list, list);
}

/* Puts one certificate to the checker; whether it is accepted. `wanted` may be NULL. */
static bool put(forge *c, const subject *about, const script *s, const demanding *wanted)
{
    claim stated;
    size_t length;
    char *text = script_text(s, &length);
    bool accepted = subject_check(&stated, about, text, length, NULL, wanted == NULL ? NULL : &wanted->d) ==
                    CHECK_VERIFIED;
    if (accepted) {
        script read; /* a line may have become two */
        script_init(&read, text);
        if (!subject_is_true(about, &stated, &read))
            report(c, about, "a false claim is verified", text);
        else if (wanted != NULL && !demanding_is_true(wanted, about, &stated))
            report(c, about, "a demand that is false is taken to be implied", text);
        script_clear(&read);
    }
    claim_clear(&stated);
    free(text);
    return accepted;
}

/* The same with a demand. */
static bool put_demanding(forge *c, const subject *about, const script *s)
{
    demanding wanted;
    demanding_init(&wanted, about, &c->r);
    bool accepted = put(c, about, s, &wanted);
    demanding_clear(&wanted);
    return accepted;
}

static void forge_one(forge *c, const subject *about, const script *honest)
{
    script s;
    rng *r = &c->r;
    if (honest == NULL || rng_chance(r, 35)) {
        s = (script){.count = 0};
        scratch(&s, about, r);
    } else {
        script_copy(&s, honest);
        if (rng_chance(r, 75))
            forge_upper(&s, about, r);
    }
    for (uint64_t k = rng_below(r, 4); k > 0; k--)
        mutate_script(&s, &about->m, r);
    forge_tried(c, rng_chance(r, 30) ? put_demanding(c, about, &s) : put(c, about, &s, NULL));
    script_clear(&s);
}

static void run(forge *c, bool is_signed)
{
    subject about;
    if (!subject_init(&about, c, is_signed))
        return;
    char *text = subject_certificate(&about, &c->r), *other = subject_certificate(&about, &c->r);
    script honest, donor;
    script_init(&honest, text == NULL ? "" : text);
    script_init(&donor, other == NULL ? "" : other);
    if (text == NULL) {
        forge_failure(c, "the search fails", 0, NULL);
    } else {
        bool accepted = put(c, &about, &honest, NULL);
        forge_honest(c, accepted);
        if (!accepted)
            report(c, &about, "an honest certificate is rejected", text);
    }
    about.m.donor = &donor;
    for (int k = 0; k < FORGERIES; k++)
        forge_one(c, &about, text == NULL ? NULL : &honest);
    script_clear(&honest);
    script_clear(&donor);
    free(text);
    free(other);
    subject_clear(&about);
}

void forge_pair(forge *c)
{
    run(c, false);
}

void forge_signed(forge *c)
{
    run(c, true);
}
