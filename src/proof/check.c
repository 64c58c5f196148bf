/* The checker: certs/FORMAT.md in code. The header is the claim; the tree is replayed through the kernel,
 * step by step. */
#include "proof/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/vector.h"
#include "proof/line.h"
#include "kernel/prover.h"
#include "proof/steps.h"

typedef struct checker {
    line_reader *in;
    claim *claim;
    const check_subject *about;
    check_mode mode;
    pair_system system;
    prover prover;
    bool falls_short; /* the claim does not imply what is demanded */
    error *e;
} checker;

static bool fail(checker *c, const char *what)
{
    return line_error(c->in, c->e, what);
}

static bool read_network(checker *c, const char *which, const char *digest)
{
    if (!line_next(c->in, c->e) || !line_word(c->in, "network", c->e) || !line_word(c->in, which, c->e))
        return false;
    char stated[DIGEST_SIZE];
    if (!line_digest(c->in, stated, c->e))
        return false;
    if (strcmp(stated, digest) != 0)
        return error_set(c->e, c->in->name, c->in->number,
                         "the certificate is about another network %s, with SHA-256 %s (yours has %s)", which,
                         stated, digest);
    return line_finish(c->in, c->e);
}

/* The second line of the pair: a network or a formula, as the user's is. */
static bool read_reference(checker *c)
{
    line_reader *in = c->in;
    if (c->about->u == NULL)
        return read_network(c, "g", c->about->g_digest);
    if (!line_next(in, c->e) || !line_word(in, "formula", c->e) || !line_word(in, "g", c->e))
        return false;
    return line_rest_is(in, c->about->u->text) ||
           error_set(c->e, in->name, in->number,
                     "the certificate is about another formula g than yours, which is %s", c->about->u->text);
}

static bool read_scope(checker *c)
{
    size_t inputs, length;
    line_reader *in = c->in;
    if (!line_next(in, c->e) || !line_word(in, "inputs", c->e) || !line_size(in, &inputs, c->e) ||
        !line_finish(in, c->e))
        return false;
    if (inputs != c->about->f->inputs)
        return fail(c, "number of inputs differs from the networks'");
    if (!line_next(in, c->e) || !line_word(in, "outputs", c->e))
        return false;
    const char *all = in->text + in->cursor;
    length = in->length - (in->cursor < in->length ? in->cursor : in->length);
    c->claim->all_outputs = length == 3 && memcmp(all, "all", 3) == 0;
    if (c->claim->all_outputs)
        return true;
    if (!line_size(in, &c->claim->output, c->e) || !line_finish(in, c->e))
        return false;
    return c->claim->output < network_outputs(c->about->f) || fail(c, "the networks have no such output");
}

/* signed, where that is expected, and nowhere else. */
static bool read_side(checker *c)
{
    c->claim->is_signed = c->mode.is_signed;
    return !c->mode.is_signed ||
           (line_next(c->in, c->e) && line_word(c->in, "signed", c->e) && line_finish(c->in, c->e));
}

static bool read_box(checker *c)
{
    claim *stated = c->claim;
    for (size_t i = 0; i < stated->inputs; i++) {
        if (!line_next(c->in, c->e) || !line_word(c->in, "box", c->e) ||
            !line_rational(c->in, stated->box_lower[i], c->e) ||
            !line_rational(c->in, stated->box_upper[i], c->e) || !line_finish(c->in, c->e))
            return false;
        if (mpq_cmp(stated->box_lower[i], stated->box_upper[i]) > 0)
            return fail(c, "the box is empty (lower end above upper end)");
    }
    return true;
}

static bool read_bound(checker *c, const char *which, mpq_t value)
{
    return line_next(c->in, c->e) && line_word(c->in, which, c->e) && line_rational(c->in, value, c->e) &&
           line_finish(c->in, c->e);
}

/* upper Q, or, of a formula: upper none. */
static bool read_upper(checker *c)
{
    line_reader *in = c->in;
    if (!line_next(in, c->e) || !line_word(in, "upper", c->e))
        return false;
    c->claim->unbounded = c->about->u != NULL && line_rest_is(in, "none");
    return c->claim->unbounded || (line_rational(in, c->claim->upper, c->e) && line_finish(in, c->e));
}

static bool read_point(checker *c)
{
    claim *stated = c->claim;
    size_t output;
    if (!line_next(c->in, c->e) || !line_word(c->in, "at", c->e) || !line_size(c->in, &output, c->e))
        return false;
    if (output >= network_outputs(c->about->f) || (!stated->all_outputs && output != stated->output))
        return fail(c, "the lower bound is about an output outside the claim");
    stated->output = output;
    for (size_t i = 0; i < stated->inputs; i++) {
        if (!line_rational(c->in, stated->point[i], c->e))
            return false;
        if (mpq_cmp(stated->point[i], stated->box_lower[i]) < 0 ||
            mpq_cmp(stated->point[i], stated->box_upper[i]) > 0)
            return fail(c, "the point is outside the box");
    }
    return line_finish(c->in, c->e);
}

/* |f_j − u_j| at the point, enclosed to 2^-64 of the lower bound, must be at least that bound. */
static bool check_point_of_formula(checker *c)
{
    const claim *stated = c->claim;
    size_t j = stated->output;
    mpq_t width, least, most;
    mpq_inits(width, least, most, NULL);
    mpq_t *y = vector_new(network_outputs(c->about->f));
    network_eval(y, c->about->f, stated->point);
    mpq_abs(width, stated->lower);
    if (mpq_sgn(width) == 0)
        mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, 64);
    int sign;
    bool known = target_distance(c->about->u, j, y[j], stated->point, width, least, most, &sign);
    bool holds = known && mpq_cmp(stated->lower, least) <= 0;
    vector_free(y, network_outputs(c->about->f));
    mpq_clears(width, least, most, NULL);
    return holds || fail(c, known ? "the lower bound is not reached by |f-g| at the point"
                                  : "the formula is not shown to be defined at the point");
}

/* |f_j − g_j| at the point, or f_j − g_j, evaluated exactly, must be the lower bound. */
static bool check_point(checker *c)
{
    if (c->about->u != NULL)
        return check_point_of_formula(c);
    mpq_t distance;
    mpq_init(distance);
    network_difference(distance, c->about->f, c->about->g, c->claim->output, c->claim->point);
    if (!c->mode.is_signed)
        mpq_abs(distance, distance);
    bool equal = mpq_equal(distance, c->claim->lower);
    mpq_clear(distance);
    return equal || fail(c, "the lower bound is not the value of |f-g| at the point");
}

/* No claim is true without this, however much of its tree is carried out. */
static bool are_in_order(checker *c)
{
    return c->claim->unbounded || mpq_cmp(c->claim->lower, c->claim->upper) <= 0 ||
           fail(c, "the lower bound is above the upper one");
}

static bool read_header(checker *c)
{
    return read_network(c, "f", c->about->f_digest) && read_reference(c) && read_scope(c) && read_side(c) &&
           read_box(c) && read_upper(c) && read_bound(c, "lower", c->claim->lower) && are_in_order(c) &&
           read_point(c) && check_point(c);
}

static bool check_steps(checker *c)
{
    bool holds = true;
    stepper steps = {.in = c->in, .prover = &c->prover, .e = c->e};
    while (holds && !steps.finished)
        holds = line_next(c->in, c->e) && stepper_step(&steps);
    stepper_clear(&steps);
    c->claim->nodes = c->prover.nodes;
    c->claim->leaves = c->prover.leaves;
    return holds;
}

static bool check_part_of_steps(checker *c)
{
    bool holds = shard_check_tree(c->mode.part, c->in, &c->prover, c->e);
    c->claim->nodes = c->mode.part->nodes;
    c->claim->leaves = c->mode.part->leaves;
    return holds;
}

static bool read_end(checker *c)
{
    if (!line_next(c->in, c->e) || !line_word(c->in, "end", c->e) || !line_finish(c->in, c->e))
        return false;
    if (!c->mode.is_section && getc(c->in->stream) != EOF)
        return fail(c, "text after the end of the certificate");
    return true;
}

/* The tree must be complete, and nothing may follow it but the last line. */
static bool check_tree(checker *c)
{
    if (!line_next(c->in, c->e) || !line_word(c->in, "tree", c->e) || !line_finish(c->in, c->e))
        return false;
    return (c->mode.part == NULL ? check_steps(c) : check_part_of_steps(c)) && read_end(c);
}

/* In place of a formula the pair system has a network that is zero. */
static void start_kernel(checker *c)
{
    const check_subject *about = c->about;
    network zero;
    network_init_zero(&zero, about->f->inputs, network_outputs(about->f));
    system_init(&c->system, about->f, about->u == NULL ? about->g : &zero);
    network_clear(&zero);
    proof_scope scope = {c->claim->all_outputs, c->claim->output, c->mode.is_signed};
    prover_init(&c->prover, &c->system, c->claim->box_lower, c->claim->box_upper, scope, c->claim->upper);
    prover_set_target(&c->prover, about->u);
}

static bool check_all(checker *c)
{
    if (!read_header(c))
        return false;
    c->falls_short = c->mode.demand != NULL && demand_judge(c->mode.demand, c->claim).gap != DEMAND_NO_GAP;
    if (c->falls_short)
        return false;
    if (c->claim->unbounded)
        return read_end(c);
    if (c->mode.part != NULL && c->mode.part->shard == 0) /* no step is carried out */
        return check_tree(c);
    start_kernel(c);
    bool holds = check_tree(c);
    if (c->prover.fault != NULL)
        holds = fail(c, c->prover.fault);
    prover_clear(&c->prover);
    system_clear(&c->system);
    return holds;
}

static void claim_init(claim *c, size_t inputs)
{
    *c = (claim){.inputs = inputs};
    mpq_inits(c->lower, c->upper, NULL);
    c->box_lower = vector_new(inputs);
    c->box_upper = vector_new(inputs);
    c->point = vector_new(inputs);
}

void claim_clear(claim *c)
{
    mpq_clears(c->lower, c->upper, NULL);
    vector_free(c->box_lower, c->inputs);
    vector_free(c->box_upper, c->inputs);
    vector_free(c->point, c->inputs);
}

static bool have_one_shape(const check_subject *about)
{
    size_t inputs = about->u == NULL ? about->g->inputs : about->u->inputs;
    size_t outputs = about->u == NULL ? network_outputs(about->g) : about->u->outputs;
    return inputs == about->f->inputs && outputs == network_outputs(about->f);
}

check_status check_lines(claim *verified, line_reader *in, const check_subject *about, check_mode mode,
                         error *e)
{
    claim_init(verified, about->f->inputs);
    checker c = {.in = in, .claim = verified, .about = about, .mode = mode, .e = e};
    if (!have_one_shape(about)) {
        error_set(e, NULL, 0,
                  "f and g differ in their numbers of inputs or outputs (compare networks of one shape)");
        return CHECK_BAD_INPUT;
    }
    if (!line_word(in, "supcert-certificate", e) || !line_word(in, "5", e) || !line_finish(in, e))
        return CHECK_BAD_INPUT;
    bool holds = check_all(&c);
    if (ferror(in->stream))
        return CHECK_BAD_INPUT;
    return holds ? CHECK_VERIFIED : c.falls_short ? CHECK_NOT_IMPLIED : CHECK_REJECTED;
}

check_status check_certificate(claim *verified, FILE *stream, const char *name, const check_subject *about,
                               error *e)
{
    line_reader in = {.stream = stream, .name = name};
    check_status status = CHECK_BAD_INPUT;
    if (line_next(&in, e))
        status = check_lines(verified, &in, about, (check_mode){.part = NULL}, e);
    else
        claim_init(verified, about->f->inputs);
    line_clear(&in);
    return status;
}
