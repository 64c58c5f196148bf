/* Fooling pairs: see fool.h.
 *
 * Noise. Samples known up to ±δ fit two networks u and v if |u - v| <= 2δ at each: the middle of both values
 * is within δ of both. Twins ±bump differ by twice the bump, so it may be δ at samples; g ± bump and g differ
 * by the bump, which may be 2δ. */
#include "fool/fool.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fool/graft.h"
#include "fool/nearest.h"
#include "network/native.h"
#include "number/vector.h"

/* --- where ------------------------------------------------------------------------------------------------
 */

static bool choose_centre(fool_answer *a, const fool_question *q, mpq_t *centre, error *e)
{
    const sample_set *s = q->samples;
    a->searched = q->at == NULL;
    if (a->searched &&
        !hole_find(&a->hole, s->value, s->count, s->inputs, q->box_lower, q->box_upper, &q->limits, e))
        return false;
    vector_copy(centre, a->searched ? a->hole.centre : q->at, s->inputs);
    if (q->numbers == BUMP_BINARY)
        design_round_centre(centre, s->inputs, q->box_lower, q->box_upper);
    nearest_distance(a->distance, centre, s->value, s->count, s->inputs);
    return true;
}

/* The l1 diameter of the box: a wider bump is positive everywhere. */
static void set_span(mpq_t span, const fool_question *q)
{
    mpq_t width;
    mpq_init(width);
    for (size_t i = 0; i < q->samples->inputs; i++) {
        mpq_sub(width, q->box_upper[i], q->box_lower[i]);
        mpq_add(span, span, width);
    }
    mpq_clear(width);
}

/* --- how high ---------------------------------------------------------------------------------------------
 */

static bool build_bump(fool_answer *a, const fool_question *q, mpq_t *centre, error *e)
{
    room left = {.width = NULL};
    mpq_t tolerated, span;
    mpq_inits(tolerated, span, NULL);
    mpq_set(tolerated, q->noise);
    if (q->target != NULL)
        mpq_mul_2exp(tolerated, tolerated, 1);
    set_span(span, q);
    design w = {.inputs = q->samples->inputs,
                .centre = centre,
                .distance = a->distance,
                .tolerated = tolerated,
                .span = span,
                .most = q->radius,
                .wish = q->wish,
                .room = &left,
                .amount = q->amount,
                .numbers = q->numbers};
    bool good = q->wish != DESIGN_CLASS || room_init(&left, q->class, q->target, q->target_name, e);
    good = good && design_bump(&a->bump, &w, e);
    room_clear(&left);
    mpq_clears(tolerated, span, NULL);
    return good;
}

/* The sign of g - model at the centre, + for 0. */
static int choose_sign(const fool_question *q, mpq_t *centre)
{
    if (q->target == NULL || q->model == NULL)
        return 1;
    size_t outputs = network_outputs(q->target);
    mpq_t *g = vector_new(outputs), *f = vector_new(outputs);
    network_eval(g, q->target, centre);
    network_eval(f, q->model, centre);
    int order = mpq_cmp(g[q->output], f[q->output]);
    vector_free(g, outputs);
    vector_free(f, outputs);
    return order >= 0 ? 1 : -1;
}

/* --- the networks -----------------------------------------------------------------------------------------
 */

static void write_text(fool_network *n)
{
    mem_text text;
    native_write(mem_text_begin(&text), &n->net);
    n->text = mem_text_end(&text);
    n->size = text.length;
    digest_state *d = digest_new();
    digest_add(d, n->size, n->text);
    digest_text(n->digest, d);
    digest_free(d);
}

static void build_networks(fool_answer *a, const fool_question *q)
{
    a->twins = q->target == NULL;
    a->sign = choose_sign(q, a->bump.centre);
    if (a->twins) {
        bump_network(&a->u.net, &a->bump, a->sign);
        bump_network(&a->v.net, &a->bump, -a->sign);
    } else if (q->wish == DESIGN_CLASS) {
        graft_beside(&a->u.net, q->target, &a->bump, a->sign);
    } else {
        graft_onto(&a->u.net, q->target, &a->bump, q->output, a->sign);
    }
    write_text(&a->u);
    if (a->twins)
        write_text(&a->v);
}

/* --- the claim --------------------------------------------------------------------------------------------
 */

static void make_claim(fool_answer *a, const fool_question *q, const fooling_given *given)
{
    fooling_claim *c = &a->claim;
    memcpy(c->u_digest, given->u_digest, DIGEST_SIZE);
    memcpy(c->v_digest, given->v_digest, DIGEST_SIZE);
    memcpy(c->samples_digest, q->samples->digest, DIGEST_SIZE);
    c->samples = q->samples->count;
    vector_copy(c->box_lower, q->box_lower, c->inputs);
    vector_copy(c->box_upper, q->box_upper, c->inputs);
    mpq_set(c->noise, q->noise);
    c->has_class = q->wish == DESIGN_CLASS;
    if (c->has_class)
        class_copy(&c->class, q->class);
    c->output = q->output;
    vector_copy(c->point, a->bump.centre, c->inputs);
    network_distance(c->difference, given->u, given->v, c->output, c->point);
    c->has_model = given->model != NULL;
    if (c->has_model) {
        memcpy(c->model_digest, given->model_digest, DIGEST_SIZE);
        network_distance(c->miss, given->u, given->model, c->output, c->point);
    }
}

static bool state_and_verify(fool_answer *a, const fool_question *q, error *e)
{
    fooling_given given = {.u = &a->u.net,
                           .v = a->twins ? &a->v.net : q->target,
                           .model = q->model,
                           .u_digest = a->u.digest,
                           .v_digest = a->twins ? a->v.digest : q->target_digest,
                           .model_digest = q->model_digest,
                           .samples = q->samples->path};
    make_claim(a, q, &given);
    return fooling_verify(&a->claim, &given, e) == CHECK_VERIFIED;
}

bool fool_find(fool_answer *a, const fool_question *q, error *e)
{
    size_t inputs = q->samples->inputs;
    mpq_t *centre = vector_new(inputs);
    *a = (fool_answer){.sign = 1};
    mpq_init(a->distance);
    fooling_init(&a->claim, inputs);
    bool good = choose_centre(a, q, centre, e) && build_bump(a, q, centre, e);
    vector_free(centre, inputs);
    if (good) {
        build_networks(a, q);
        good = state_and_verify(a, q, e);
    }
    if (!good)
        fool_clear(a);
    return good;
}

static void clear_network(fool_network *n)
{
    network_clear(&n->net);
    free(n->text);
}

void fool_clear(fool_answer *a)
{
    if (a->claim.point == NULL)
        return;
    mpq_clear(a->distance);
    hole_clear(&a->hole);
    bump_clear(&a->bump);
    clear_network(&a->u);
    clear_network(&a->v);
    fooling_clear(&a->claim);
}
