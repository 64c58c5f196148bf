/* Pairs of small networks: see subject.h. */
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "enumerate.h"
#include "enumerate_signed.h"
#include "network/native.h"
#include "number.h"
#include "number/vector.h"

/* Both networks together, and what enumeration may take. */
#define NEURONS  18
#define PROGRAMS 250

char *subject_text(const network *net)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    native_write(out, net);
    fclose(out);
    return text;
}

void subject_digest(char digest[DIGEST_SIZE], const network *net)
{
    char *text = subject_text(net);
    file_digest(digest, &(file_bytes){(unsigned char *)text, strlen(text)});
    free(text);
}

/* --- numbers worth trying --- */

void subject_add_value(material *m, const mpq_t value)
{
    m->value = mem_resize(m->value, m->values + 1, sizeof *m->value);
    mpq_init(m->value[m->values]);
    mpq_set(m->value[m->values++], value);
}

void subject_add_box(material *m, mpq_t *lower, mpq_t *upper, rng *r)
{
    mpq_t at, width;
    mpq_inits(at, width, NULL);
    for (size_t i = 0; i < m->inputs; i++)
        for (int k = 0; k < 8; k++) {
            long part = k < 3 ? 8 * k : rng_between(r, 0, 16);
            mpq_set_si(at, part, 16);
            mpq_canonicalize(at);
            mpq_sub(width, upper[i], lower[i]);
            mpq_mul(at, at, width);
            mpq_add(at, at, lower[i]);
            subject_add_value(m, at);
        }
    mpq_clears(at, width, NULL);
}

/* --- the pair --- */

/* Small enough for a throughput of thousands of checks a second. */
static void make_problem(problem *p, rng *r)
{
    for (bool small = false; !small;) {
        if (rng_chance(r, 15))
            random_problem_extreme(p, r);
        else
            random_problem_of(p, r, rng_chance(r, 60) ? 1 : 2);
        small = p->f.inputs <= 3 && network_neurons(&p->f) + network_neurons(&p->g) <= NEURONS;
        if (!small)
            problem_clear(p);
    }
}

static void rescale(problem *p, rng *r)
{
    long input = number_exponent(r), f = number_exponent(r), g = rng_chance(r, 70) ? f : number_exponent(r);
    if (input != 0 || f != 0)
        network_rescale(&p->f, input, f);
    if (input != 0 || g != 0)
        network_rescale(&p->g, input, g);
    for (size_t i = 0; i < p->f.inputs; i++) {
        number_scale(p->box.lower[i], input);
        number_scale(p->box.upper[i], input);
    }
}

bool subject_maximum(mpq_t most, const subject *s, mpq_t *lower, mpq_t *upper, bool all_outputs,
                     size_t output)
{
    const network *f = &s->p.f, *g = &s->p.g;
    if (s->is_signed)
        return all_outputs && enumerate_signed(most, f, g, lower, upper, PROGRAMS);
    enumeration truth;
    bool whole = true;
    if (f->inputs == 1)
        enumerate_sweep(&truth, f, g, lower, upper, all_outputs ? EVERY_OUTPUT : output);
    else
        whole = enumerate_maximum(&truth, f, g, lower, upper, all_outputs ? EVERY_OUTPUT : output, PROGRAMS);
    mpq_set(most, truth.maximum);
    enumeration_clear(&truth);
    return whole;
}

bool subject_init(subject *s, forge *c, bool is_signed)
{
    rng *r = &c->r;
    *s = (subject){.is_signed = is_signed};
    make_problem(&s->p, r);
    rescale(&s->p, r);
    size_t outputs = network_outputs(&s->p.f);
    subject_digest(s->f_digest, &s->p.f);
    subject_digest(s->g_digest, &s->p.g);
    s->all_outputs = is_signed || rng_chance(r, 70);
    s->output = s->all_outputs ? 0 : rng_below(r, outputs);
    s->m = (material){.inputs = s->p.f.inputs,
                      .outputs = outputs,
                      .names = network_neurons(&s->p.f) + network_neurons(&s->p.g)};
    mpq_init(s->maximum);
    if (subject_maximum(s->maximum, s, s->p.box.lower, s->p.box.upper, s->all_outputs, s->output)) {
        subject_add_box(&s->m, s->p.box.lower, s->p.box.upper, r);
        return true;
    }
    subject_clear(s);
    return false;
}

void subject_clear(subject *s)
{
    vector_free(s->m.value, s->m.values);
    mpq_clear(s->maximum);
    problem_clear(&s->p);
}

query subject_query(const subject *s)
{
    return (query){.f = &s->p.f,
                   .g = &s->p.g,
                   .f_digest = s->f_digest,
                   .g_digest = s->g_digest,
                   .lower = s->p.box.lower,
                   .upper = s->p.box.upper,
                   .all_outputs = s->all_outputs,
                   .output = s->output,
                   .is_signed = s->is_signed};
}

char *subject_certificate(const subject *s, rng *r)
{
    error e = ERROR_NONE;
    search_result result;
    search_options options = {.threads = 1, .time_limit = 2, .node_limit = 1 + rng_below(r, 24)};
    query q = subject_query(s);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool found = search_maximise(&result, &q, &options, out, &e);
    fclose(out);
    error_clear(&e);
    if (found) {
        search_result_clear(&result);
        return text;
    }
    free(text);
    return NULL;
}

/* --- verdicts --- */

check_status subject_check(claim *stated, const subject *s, const char *text, size_t length, check_part *part,
                           const demand *wanted)
{
    error e = ERROR_NONE;
    check_subject about = {.f = &s->p.f, .f_digest = s->f_digest, .g = &s->p.g, .g_digest = s->g_digest};
    FILE *stream = fmemopen((void *)(uintptr_t)text, length == 0 ? 1 : length, "r");
    line_reader in = {.stream = stream, .name = "forged"};
    check_status status = CHECK_BAD_INPUT;
    if (line_next(&in, &e)) {
        check_mode mode = {.is_signed = s->is_signed, .part = part, .demand = wanted};
        status = check_lines(stated, &in, &about, mode, &e);
    } else {
        *stated = (claim){.inputs = 0};
        mpq_inits(stated->lower, stated->upper, NULL);
    }
    line_clear(&in);
    fclose(stream);
    if ((status == CHECK_VERIFIED || status == CHECK_NOT_IMPLIED) != (e.message == NULL))
        abort();
    error_clear(&e);
    return status;
}

/* Whether the line's words from `first` on are these numbers. */
static bool states(const script *text, size_t line, size_t first, mpq_t *value, size_t count)
{
    mpq_t word;
    mpq_init(word);
    bool same = line < text->count && line_words(text->line[line]) == first + count;
    for (size_t k = 0; k < count && same; k++)
        same = line_number(word, text->line[line], first + k) && mpq_equal(word, value[k]);
    mpq_clear(word);
    return same;
}

/* The head, read anew, must say what has been verified. */
static bool head_agrees(const subject *s, const claim *c, const script *text)
{
    char *f = mem_printf("network f %s", s->f_digest), *g = mem_printf("network g %s", s->g_digest);
    bool same = text->count > 3 && strcmp(text->line[1], f) == 0 && strcmp(text->line[2], g) == 0;
    size_t at = script_find(text, 0, "box");
    for (size_t i = 0; i < c->inputs && same; i++) {
        mpq_t ends[2] = {{c->box_lower[i][0]}, {c->box_upper[i][0]}};
        same = states(text, at + i, 1, ends, 2);
    }
    mpq_t bounds[2] = {{c->upper[0]}, {c->lower[0]}};
    same = same && states(text, script_find(text, 0, "upper"), 1, bounds, 1) &&
           states(text, script_find(text, 0, "lower"), 1, bounds + 1, 1) &&
           states(text, script_find(text, 0, "at"), 2, c->point, c->inputs);
    free(f);
    free(g);
    return same;
}

static bool has_own_box(const subject *s, const claim *c)
{
    bool same = c->all_outputs == s->all_outputs && (c->all_outputs || c->output == s->output);
    for (size_t i = 0; i < c->inputs; i++)
        same = same && mpq_equal(c->box_lower[i], s->p.box.lower[i]) &&
               mpq_equal(c->box_upper[i], s->p.box.upper[i]);
    return same;
}

bool subject_is_true(const subject *s, const claim *c, const script *text)
{
    mpq_t most;
    mpq_init(most);
    bool known = true;
    if (has_own_box(s, c))
        mpq_set(most, s->maximum);
    else
        known = subject_maximum(most, s, c->box_lower, c->box_upper, c->all_outputs, c->output);
    bool holds = !known || (mpq_cmp(c->lower, most) <= 0 && mpq_cmp(most, c->upper) <= 0);
    mpq_clear(most);
    return holds && head_agrees(s, c, text);
}
