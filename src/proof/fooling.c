/* Fooling certificates: see fooling.h. First the lines are read into a claim, then the claim is verified. */
#include "proof/fooling.h"

#include <stdlib.h>
#include <string.h>

#include "network/samples.h"
#include "number/vector.h"
#include "proof/difference.h"

void fooling_init(fooling_claim *c, size_t inputs)
{
    *c = (fooling_claim){.inputs = inputs};
    class_init(&c->class);
    mpq_inits(c->noise, c->difference, c->miss, NULL);
    c->box_lower = vector_new(inputs);
    c->box_upper = vector_new(inputs);
    c->point = vector_new(inputs);
}

void fooling_clear(fooling_claim *c)
{
    if (c->point == NULL)
        return;
    vector_free(c->box_lower, c->inputs);
    vector_free(c->box_upper, c->inputs);
    vector_free(c->point, c->inputs);
    mpq_clears(c->noise, c->difference, c->miss, NULL);
    class_clear(&c->class);
    *c = (fooling_claim){.point = NULL};
}

/* --- reading ----------------------------------------------------------------------------------------------
 */

static bool next(line_reader *in, const char *word, error *e)
{
    return line_next(in, e) && line_word(in, word, e);
}

static bool read_network(line_reader *in, const char *which, char digest[DIGEST_SIZE], error *e)
{
    return next(in, "network", e) && line_word(in, which, e) && line_digest(in, digest, e) &&
           line_finish(in, e);
}

static bool read_model(fooling_claim *c, line_reader *in, error *e)
{
    if (!next(in, "model", e))
        return false;
    c->has_model = !line_rest_is(in, "none");
    return !c->has_model || (line_digest(in, c->model_digest, e) && line_finish(in, e));
}

static bool read_samples(fooling_claim *c, line_reader *in, error *e)
{
    return next(in, "samples", e) && line_size(in, &c->samples, e) && line_digest(in, c->samples_digest, e) &&
           line_finish(in, e);
}

static bool read_inputs(const fooling_claim *c, line_reader *in, error *e)
{
    size_t inputs;
    return next(in, "inputs", e) && line_size(in, &inputs, e) && line_finish(in, e) &&
           (inputs == c->inputs || line_error(in, e, "number of inputs differs from the networks'"));
}

static bool read_box(fooling_claim *c, line_reader *in, error *e)
{
    for (size_t i = 0; i < c->inputs; i++) {
        if (!next(in, "box", e) || !line_rational(in, c->box_lower[i], e) ||
            !line_rational(in, c->box_upper[i], e) || !line_finish(in, e))
            return false;
        if (mpq_cmp(c->box_lower[i], c->box_upper[i]) > 0)
            return line_error(in, e, "the box is empty (lower end above upper end)");
    }
    return true;
}

/* class none, or class Q C B L with Q = inf or a rational of at least 1. */
static bool read_class(fooling_claim *c, line_reader *in, error *e)
{
    net_class *h = &c->class;
    if (!next(in, "class", e))
        return false;
    c->has_class = !line_rest_is(in, "none");
    if (!c->has_class)
        return true;
    h->largest = line_next_is(in, "inf");
    if (h->largest ? !line_word(in, "inf", e) : !line_rational(in, h->q, e))
        return false;
    if (!h->largest && mpq_cmp_ui(h->q, 1, 1) < 0)
        return line_error(in, e, "q is less than 1");
    if (!line_rational(in, h->c, e) || !line_size(in, &h->width, e) || !line_size(in, &h->layers, e) ||
        !line_finish(in, e))
        return false;
    return mpq_sgn(h->c) > 0 || line_error(in, e, "c is not positive");
}

static bool read_number(line_reader *in, const char *word, mpq_t value, error *e)
{
    if (!next(in, word, e) || !line_rational(in, value, e) || !line_finish(in, e))
        return false;
    return mpq_sgn(value) >= 0 || line_error(in, e, "a number of at least 0 is expected");
}

static bool read_point(fooling_claim *c, line_reader *in, error *e)
{
    if (!next(in, "at", e) || !line_size(in, &c->output, e))
        return false;
    for (size_t i = 0; i < c->inputs; i++)
        if (!line_rational(in, c->point[i], e))
            return false;
    return line_finish(in, e);
}

static bool read_end(line_reader *in, error *e)
{
    if (!next(in, "end", e) || !line_finish(in, e))
        return false;
    return getc(in->stream) == EOF || line_error(in, e, "text after the end of the certificate");
}

static bool read_claim(fooling_claim *c, line_reader *in, error *e)
{
    return read_network(in, "u", c->u_digest, e) && read_network(in, "v", c->v_digest, e) &&
           read_model(c, in, e) && read_samples(c, in, e) && read_inputs(c, in, e) && read_box(c, in, e) &&
           read_number(in, "noise", c->noise, e) && read_class(c, in, e) && read_point(c, in, e) &&
           read_number(in, "difference", c->difference, e) &&
           (!c->has_model || read_number(in, "miss", c->miss, e)) && read_end(in, e);
}

/* --- verifying --------------------------------------------------------------------------------------------
 */

static bool is_about(const char *stated, const char *given, const char *what, error *e)
{
    return strcmp(stated, given) == 0 ||
           error_set(e, NULL, 0, "the certificate is about %s with SHA-256 %s (yours has %s)", what, stated,
                     given);
}

static bool check_digests(const fooling_claim *c, const fooling_given *given, error *e)
{
    if (!is_about(c->u_digest, given->u_digest, "another first network", e) ||
        !is_about(c->v_digest, given->v_digest, "another second network", e))
        return false;
    return given->model == NULL || !c->has_model ||
           is_about(c->model_digest, given->model_digest, "another model", e);
}

static bool in_box(const fooling_claim *c, mpq_t *x)
{
    for (size_t i = 0; i < c->inputs; i++)
        if (mpq_cmp(x[i], c->box_lower[i]) < 0 || mpq_cmp(x[i], c->box_upper[i]) > 0)
            return false;
    return true;
}

/* |a_J(X) - b_J(X)| = stated? */
static bool check_distance(const fooling_claim *c, const network *a, const network *b, const mpq_t stated)
{
    mpq_t distance;
    mpq_init(distance);
    network_distance(distance, a, b, c->output, c->point);
    bool equal = mpq_equal(distance, stated);
    mpq_clear(distance);
    return equal;
}

static bool check_point(const fooling_claim *c, const fooling_given *given, error *e)
{
    if (c->output >= network_outputs(given->u))
        return error_set(e, NULL, 0, "the networks have no output %zu", c->output);
    if (!in_box(c, c->point))
        return error_set(e, NULL, 0, "the point is outside the box");
    if (!check_distance(c, given->u, given->v, c->difference))
        return error_set(e, NULL, 0, "the networks differ by another amount at the point");
    return given->model == NULL || !c->has_model || check_distance(c, given->u, given->model, c->miss) ||
           error_set(e, NULL, 0, "the model misses the first network by another amount at the point");
}

static bool check_class(const fooling_claim *c, const fooling_given *given, error *e)
{
    return !c->has_class || (class_contains(&c->class, given->u, "the first network", e) &&
                             class_contains(&c->class, given->v, "the second network", e));
}

/* One sample: inside the box, and |u_j - v_j| <= allowed for every output j. */
static bool check_sample(const fooling_claim *c, const sample_reader *r, difference *d, mpq_t *x, mpq_t *y,
                         const mpq_t allowed, error *e)
{
    if (!in_box(c, x))
        return error_set(e, r->name, r->line, "the sample is outside the box");
    difference_at(y, d, x);
    for (size_t j = 0; j < d->system.outputs; j++) {
        mpq_abs(y[j], y[j]);
        if (mpq_cmp(y[j], allowed) > 0)
            return error_set(e, r->name, r->line, "the networks differ on this sample by more than %s",
                             mpq_sgn(allowed) == 0 ? "nothing" : "twice the noise");
    }
    return true;
}

/* The last word is the digest's: what was read has been hashed on the way. */
static check_status compare_file(const fooling_claim *c, sample_reader *r, bool holds, error *e)
{
    char digest[DIGEST_SIZE];
    if (!samples_digest(digest, r, e))
        return CHECK_BAD_INPUT;
    if (!is_about(c->samples_digest, digest, "other samples", e))
        return CHECK_REJECTED;
    if (holds && r->count != c->samples)
        holds = error_set(e, r->name, 0, "holds %zu samples, the certificate says %zu", r->count, c->samples);
    return holds ? CHECK_VERIFIED : CHECK_REJECTED;
}

static check_status check_samples(const fooling_claim *c, const fooling_given *given, error *e)
{
    sample_reader r;
    difference d;
    mpq_t allowed;
    if (!samples_open(&r, given->samples, c->inputs, e))
        return CHECK_BAD_INPUT;
    mpq_t *x = vector_new(c->inputs), *y = vector_new(network_outputs(given->u));
    mpq_init(allowed);
    mpq_mul_2exp(allowed, c->noise, 1);
    difference_init(&d, given->u, given->v);
    sample_status status = SAMPLE_READ;
    bool holds = true;
    while (holds && (status = samples_next(&r, x, e)) == SAMPLE_READ)
        holds = check_sample(c, &r, &d, x, y, allowed, e);
    check_status result = status == SAMPLE_BAD ? CHECK_BAD_INPUT : compare_file(c, &r, holds, e);
    vector_free(x, c->inputs);
    vector_free(y, network_outputs(given->u));
    mpq_clear(allowed);
    difference_clear(&d);
    samples_close(&r);
    return result;
}

check_status fooling_verify(const fooling_claim *c, const fooling_given *given, error *e)
{
    const network *u = given->u, *v = given->v, *model = given->model;
    if (u->inputs != v->inputs || network_outputs(u) != network_outputs(v) ||
        (model != NULL && (u->inputs != model->inputs || network_outputs(u) != network_outputs(model)))) {
        error_set(e, NULL, 0,
                  "the networks differ in their numbers of inputs or outputs (compare networks of "
                  "one shape)");
        return CHECK_BAD_INPUT;
    }
    if (!check_digests(c, given, e) || !check_point(c, given, e) || !check_class(c, given, e))
        return CHECK_REJECTED;
    return check_samples(c, given, e);
}

/* The error's place is the certificate, where it has none. */
static void name_place(error *e, const char *name)
{
    if (e->file != NULL)
        return;
    char *message = e->message;
    e->message = NULL;
    error_set(e, name, 0, "%s", message);
    free(message);
}

check_status fooling_check(fooling_claim *c, line_reader *in, const fooling_given *given, error *e)
{
    fooling_init(c, given->u->inputs);
    if (!read_claim(c, in, e))
        return ferror(in->stream) ? CHECK_BAD_INPUT : CHECK_REJECTED;
    if (given->demand != NULL && fooling_judge(given->demand, c) != FOOLING_NO_GAP)
        return CHECK_NOT_IMPLIED;
    check_status status = fooling_verify(c, given, e);
    if (status != CHECK_VERIFIED)
        name_place(e, in->name);
    return status;
}
