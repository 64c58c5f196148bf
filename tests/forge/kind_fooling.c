/* Forged fooling certificates: differences, noise, classes, samples, points and digests a little or much
 * other than they are. What is accepted is compared with plain rational evaluation and with norms of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gmp.h>
#include <mpfr.h>

#include "base/file.h"
#include "base/memory.h"
#include "fool/bump.h"
#include "fool/certificate.h"
#include "fool/graft.h"
#include "number.h"
#include "number/vector.h"
#include "plain.h"
#include "proof/fooling.h"
#include "subject.h"
#include "temporary.h"

enum { FORGERIES = 120 };

typedef struct fooled {
    plain model; /* v is this; u has a bump */
    network u, v;
    fooling_claim honest;
    fooling_given given;
    size_t samples;
    mpq_t *sample; /* samples × inputs */
    char *path;
} fooled;

/* --- an honest claim --- */

static void choose_samples(fooled *x, rng *r, mpq_t *centre, mpq_t radius)
{
    size_t inputs = x->v.inputs;
    mpq_t distance, part;
    mpq_inits(distance, part, NULL);
    x->sample = vector_new(x->samples * inputs);
    for (size_t k = 0; k < x->samples; k++) {
        mpq_set_ui(distance, 0, 1);
        for (size_t i = 0; i < inputs; i++) {
            mpq_t *value = &x->sample[k * inputs + i];
            mpq_set_si(*value, rng_between(r, 0, 32), 32);
            mpq_canonicalize(*value);
            mpq_sub(part, *value, centre[i]);
            mpq_abs(part, part);
            mpq_add(distance, distance, part);
        }
        if (k == 0 || mpq_cmp(distance, radius) < 0)
            mpq_set(radius, distance);
    }
    mpq_clears(distance, part, NULL);
}

static void write_samples(fooled *x)
{
    size_t inputs = x->v.inputs;
    FILE *out = fopen(x->path, "w");
    for (size_t k = 0; k < x->samples * inputs; k++) {
        char *number = number_text(x->sample[k]);
        fprintf(out, "%s%s", number, (k + 1) % inputs == 0 ? "\n" : ",");
        free(number);
    }
    fclose(out);
    error e = ERROR_NONE;
    file_bytes bytes;
    if (file_read(&bytes, x->path, &e)) {
        file_digest(x->honest.samples_digest, &bytes);
        file_bytes_clear(&bytes);
    }
}

/* A class that the networks are in, now and then just so. */
static void choose_class(fooled *x, rng *r)
{
    net_class *h = &x->honest.class;
    x->honest.has_class = rng_chance(r, 60);
    h->largest = rng_chance(r, 30);
    mpq_set_ui(h->q, 1 + rng_below(r, 3), rng_chance(r, 30) ? 1 : 1);
    if (rng_chance(r, 30))
        mpq_set_ui(h->q, 3, 2);
    mpq_set_ui(h->c, 1, 1);
    mpq_mul_2exp(h->c, h->c, rng_below(r, 80));
    h->width = 1 + rng_below(r, 60);
    h->layers = x->u.layers;
}

/* False where a sample lies at the bump's centre; *x is then clear. */
static bool fooled_init(fooled *x, rng *r)
{
    *x = (fooled){.samples = 1 + rng_below(r, 8)};
    plain_random(&x->model, r);
    plain_network(&x->v, &x->model);
    size_t inputs = x->v.inputs;
    fooling_claim *c = &x->honest;
    fooling_init(c, inputs);
    mpq_t radius, height;
    mpq_inits(radius, height, NULL);
    for (size_t i = 0; i < inputs; i++) {
        mpq_set_ui(c->box_upper[i], 1, 1);
        mpq_set_si(c->point[i], rng_between(r, 0, 16), 16);
        mpq_canonicalize(c->point[i]);
    }
    choose_samples(x, r, c->point, radius);
    bool apart = mpq_sgn(radius) > 0;
    if (!apart)
        mpq_set_ui(radius, 1, 1);
    mpq_set_ui(height, 8, 1);
    number_scale(height, number_exponent(r));
    if (rng_chance(r, 40)) { /* 9/8 of the distance: at a sample at most 1/9 of the height */
        mpq_set_ui(c->noise, 9, 8);
        mpq_mul(radius, radius, c->noise);
        mpq_set_ui(c->noise, 1, 18);
        mpq_mul(c->noise, c->noise, height);
    }
    bump b;
    c->output = rng_below(r, network_outputs(&x->v));
    bump_init(&b, inputs, 3, c->point, radius);
    bump_raise(&b, height);
    graft_onto(&x->u, &x->v, &b, c->output, 1);
    bump_clear(&b);
    mpq_set(c->difference, height);
    mpq_set(c->miss, height);
    c->has_model = rng_chance(r, 50);
    c->samples = x->samples;
    choose_class(x, r);
    mpq_clears(radius, height, NULL);
    x->path = temporary_file(".samples");
    write_samples(x);
    subject_digest(c->u_digest, &x->u);
    subject_digest(c->v_digest, &x->v);
    memcpy(c->model_digest, c->v_digest, DIGEST_SIZE);
    x->given = (fooling_given){.u = &x->u,
                               .v = &x->v,
                               .model = c->has_model ? &x->v : NULL,
                               .u_digest = c->u_digest,
                               .v_digest = c->v_digest,
                               .model_digest = c->model_digest,
                               .samples = x->path};
    return apart;
}

static void fooled_clear(fooled *x)
{
    vector_free(x->sample, x->samples * x->v.inputs);
    network_clear(&x->u);
    network_clear(&x->v);
    plain_clear(&x->model);
    fooling_clear(&x->honest);
    temporary_remove(x->path);
}

/* --- truth --- */

/* |u_j − v_j| at a point, by plain evaluation of v and of the tents. */
static void distance_at(mpq_t *y, const fooled *x, mpq_t *point)
{
    size_t outputs = network_outputs(&x->v);
    mpq_t *z = vector_new(outputs);
    plain_eval(z, &x->model, point);
    network_eval(y, &x->u, point);
    for (size_t j = 0; j < outputs; j++) {
        mpq_sub(y[j], y[j], z[j]);
        mpq_abs(y[j], y[j]);
    }
    vector_free(z, outputs);
}

static bool is_inside(const fooling_claim *c, mpq_t *point)
{
    for (size_t i = 0; i < c->inputs; i++)
        if (mpq_cmp(point[i], c->box_lower[i]) < 0 || mpq_cmp(point[i], c->box_upper[i]) > 0)
            return false;
    return true;
}

/* Adds |entry / (denominator·c)|^q to the norm so far, or takes the larger one. */
static void add_entry(mpfr_t norm, const net_class *h, const mpz_t entry, const mpz_t denominator)
{
    mpfr_t part;
    mpq_t value;
    mpfr_init2(part, 600);
    mpq_init(value);
    mpq_set_z(value, entry);
    mpz_set(mpq_denref(value), denominator);
    mpq_canonicalize(value);
    mpq_abs(value, value);
    mpq_div(value, value, h->c);
    mpfr_set_q(part, value, MPFR_RNDN);
    if (h->largest) {
        mpfr_max(norm, norm, part, MPFR_RNDN);
    } else if (!mpfr_zero_p(part)) {
        mpfr_log(part, part, MPFR_RNDN);
        mpfr_mul_q(part, part, h->q, MPFR_RNDN);
        mpfr_exp(part, part, MPFR_RNDN);
        mpfr_add(norm, norm, part, MPFR_RNDN);
    }
    mpq_clear(value);
    mpfr_clear(part);
}

/* Whether a layer's entries have a norm above c, beyond doubt. */
static bool is_too_large(const net_class *h, const net_layer *layer)
{
    mpfr_t weights, biases, limit;
    mpfr_inits2(600, weights, biases, limit, (mpfr_ptr)NULL);
    mpfr_set_zero(weights, 1);
    mpfr_set_zero(biases, 1);
    for (size_t b = 0; b < layer->blocks; b++)
        for (size_t k = 0; k < layer->neurons * layer->block[b].columns; k++)
            add_entry(weights, h, layer->block[b].weight[k], layer->denominator);
    for (size_t n = 0; n < layer->neurons; n++)
        add_entry(biases, h, layer->bias[n], layer->denominator);
    mpfr_set_ui_2exp(limit, 1, -300, MPFR_RNDN);
    mpfr_add_ui(limit, limit, 1, MPFR_RNDN);
    bool large = mpfr_cmp(weights, limit) > 0 || mpfr_cmp(biases, limit) > 0;
    mpfr_clears(weights, biases, limit, (mpfr_ptr)NULL);
    return large;
}

static bool is_in_class(const net_class *h, const network *net)
{
    bool in = net->layers == h->layers && network_outputs(net) == 1;
    for (size_t l = 0; l < net->layers && in; l++) {
        const net_layer *layer = &net->layer[l];
        bool last = l + 1 == net->layers;
        in = (last || layer->neurons <= h->width) && !is_too_large(h, layer);
        for (size_t b = 0; b < layer->blocks && in; b++)
            in = layer->block[b].source == l;
        for (size_t n = 0; n < layer->neurons && in; n++)
            in = layer->kind[n] == (last ? NEURON_LINEAR : NEURON_RELU);
    }
    return in;
}

static bool is_true(const fooled *x, const fooling_claim *c)
{
    size_t outputs = network_outputs(&x->v);
    mpq_t *y = vector_new(outputs), twice;
    mpq_init(twice);
    mpq_add(twice, c->noise, c->noise);
    bool holds = mpq_sgn(c->noise) >= 0 && c->samples == x->samples && c->output < outputs &&
                 strcmp(c->u_digest, x->given.u_digest) == 0 && strcmp(c->v_digest, x->given.v_digest) == 0 &&
                 strcmp(c->samples_digest, x->honest.samples_digest) == 0 && is_inside(c, c->point);
    for (size_t k = 0; k < x->samples && holds; k++) {
        mpq_t *point = x->sample + k * c->inputs;
        distance_at(y, x, point);
        holds = is_inside(c, point);
        for (size_t j = 0; j < outputs && holds; j++)
            holds = mpq_cmp(y[j], twice) <= 0;
    }
    if (holds) {
        distance_at(y, x, c->point);
        holds = mpq_equal(y[c->output], c->difference);
        if (c->has_model && x->given.model != NULL)
            holds = holds && mpq_equal(y[c->output], c->miss) &&
                    strcmp(c->model_digest, x->given.model_digest) == 0;
    }
    if (c->has_class)
        holds = holds && is_in_class(&c->class, &x->u) && is_in_class(&c->class, &x->v);
    vector_free(y, outputs);
    mpq_clear(twice);
    return holds;
}

/* --- forging --- */

static bool put(forge *c, const fooled *x, const script *lines)
{
    error e = ERROR_NONE;
    fooling_claim stated = {.point = NULL};
    size_t length;
    char *text = script_text(lines, &length);
    FILE *stream = fmemopen(text, length == 0 ? 1 : length, "r");
    line_reader in = {.stream = stream, .name = "forged"};
    bool accepted = line_next(&in, &e) && line_rest_is(&in, FOOLING_FIRST_LINE) &&
                    fooling_check(&stated, &in, &x->given, &e) == CHECK_VERIFIED;
    line_clear(&in);
    fclose(stream);
    if (accepted && !is_true(x, &stated)) {
        exhibit list[] = {{"u.net", subject_text(&x->u)},
                          {"v.net", subject_text(&x->v)},
                          {"forged.cert", mem_copy_string(text)}};
        forge_untrue(c, "a false fooling certificate is verified", sizeof list / sizeof *list, list);
    }
    fooling_clear(&stated);
    error_clear(&e);
    free(text);
    return accepted;
}

static char *written(const fooling_claim *c)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    certificate_write(out, c);
    fclose(out);
    return text;
}

/* A line of the claim says a little more or less. */
static void forge_line(script *lines, rng *r)
{
    static const char *const words[] = {"difference", "noise", "miss",    "class",
                                        "box",        "at",    "samples", "inputs"};
    size_t at = script_find(lines, 0, words[rng_below(r, sizeof words / sizeof *words)]);
    if (at >= lines->count || line_words(lines->line[at]) < 2)
        return;
    size_t word = 1 + rng_below(r, line_words(lines->line[at]) - 1);
    mpq_t value;
    mpq_init(value);
    if (line_number(value, lines->line[at], word)) {
        number_move(value, r);
        char *number = number_text(value);
        script_set(lines, at, line_with_word(lines->line[at], word, number));
        free(number);
    }
    mpq_clear(value);
}

void forge_fooling(forge *c)
{
    fooled x;
    rng *r = &c->r;
    if (fooled_init(&x, r)) {
        char *text = written(&x.honest);
        script honest;
        script_init(&honest, text);
        material m = {.inputs = x.v.inputs, .outputs = network_outputs(&x.v), .donor = &honest};
        bool accepted = put(c, &x, &honest);
        if (!x.honest.has_class) /* the class is a guess */
            forge_honest(c, accepted);
        for (int k = 0; k < FORGERIES; k++) {
            script lines;
            script_copy(&lines, &honest);
            for (uint64_t n = rng_below(r, 3); n > 0; n--)
                forge_line(&lines, r);
            if (rng_chance(r, 40))
                mutate_script(&lines, &m, r);
            forge_tried(c, put(c, &x, &lines));
            script_clear(&lines);
        }
        script_clear(&honest);
        free(text);
    }
    fooled_clear(&x);
}
