/* The steps of a certificate, each a call of the kernel: see steps.h and certs/FORMAT.md. */
#include "proof/steps.h"

#include <stdlib.h>

#include "base/memory.h"

static bool fail(stepper *c, const char *what)
{
    return line_error(c->in, c->e, what);
}

/* A neuron by its name in the list of f's neurons, then g's, from 1. */
static bool read_neuron(stepper *c, size_t *neuron)
{
    size_t name;
    if (!line_size(c->in, &name, c->e))
        return false;
    const pair_system *system = c->prover->system;
    if (name == 0 || name > system->names || system->by_name[name - 1] == SYSTEM_NO_NEURON)
        return fail(c, "no such neuron");
    *neuron = system->by_name[name - 1];
    return true;
}

/* i< K Q and i> K Q: the children x_K <= Q and x_K >= Q, the first named first. */
static bool step_input(stepper *c, bool upper_first)
{
    size_t input;
    mpq_t value;
    mpq_init(value);
    bool read =
        line_size(c->in, &input, c->e) && line_rational(c->in, value, c->e) && line_finish(c->in, c->e);
    bool works = read && input > 0 && prover_split_input(c->prover, input - 1, value, upper_first);
    mpq_clear(value);
    return works || (read && fail(c, "no such input, or the value is outside the node's box"));
}

/* n< N and n> N: the children z <= 0 and z >= 0. */
static bool step_neuron(stepper *c, bool upper_first)
{
    size_t neuron = 0;
    if (!read_neuron(c, &neuron) || !line_finish(c->in, c->e))
        return false;
    return prover_split_neuron(c->prover, neuron, upper_first) ||
           fail(c, "the neuron is linear or left out of the frame");
}

/* p, f, q, d, r: new bounds of the whole frame, or a smaller frame. */
static bool step_frame(stepper *c, char op)
{
    prover *p = c->prover;
    if (!line_finish(c->in, c->e))
        return false;
    if (op == 'p')
        prover_bound_all(p, true);
    else if (op == 'd')
        prover_bound_deep(p);
    else if (op == 'f' || op == 'q')
        prover_bound_forward(p, op == 'q');
    else
        return prover_reduce(p) || fail(c, "there is no stable neuron to leave out");
    return true;
}

/* b, or b N N …: new bounds of pre-activations. */
static bool step_bound(stepper *c)
{
    if (line_at_end(c->in))
        prover_bound_all(c->prover, false);
    while (!line_at_end(c->in)) {
        size_t neuron = 0;
        if (!read_neuron(c, &neuron))
            return false;
        if (!prover_bound(c->prover, neuron))
            return fail(c, "the neuron is left out of the frame");
    }
    return true;
}

/* x N N …: new bounds in exact arithmetic. */
static bool step_bound_exact(stepper *c)
{
    size_t neuron = 0;
    do {
        if (!read_neuron(c, &neuron))
            return false;
        prover_bound_exact(c->prover, neuron);
    } while (!line_at_end(c->in));
    return true;
}

/* The objective +J or -J of the token. */
static bool read_objective(stepper *c, size_t *k)
{
    size_t length;
    line_reader *in = c->in;
    bool minus = in->cursor < in->length && in->text[in->cursor] == '-';
    bool plus = in->cursor < in->length && in->text[in->cursor] == '+';
    size_t output = 0;
    in->cursor += plus || minus;
    if (!(plus || minus) || !line_size(in, &output, c->e))
        return fail(c, "objective expected: +J or -J");
    length = c->prover->objective_count;
    for (*k = 0; *k < length; (*k)++)
        if (c->prover->objectives[*k].output == output && (c->prover->objectives[*k].sign < 0) == minus)
            return true;
    return fail(c, "the objective is outside the claim");
}

/* A line with more multipliers than there are neurons repeats one: what is kept of a line is bounded by the
 * networks, not by its length. */
static bool read_multipliers(stepper *c)
{
    c->list_count = 0;
    while (!line_at_end(c->in)) {
        if (c->list_count >= c->prover->system->names)
            return fail(c, "more multipliers than neurons");
        if (c->list_count == c->list_capacity) {
            size_t old = c->list_capacity;
            c->list = mem_grow(c->list, &c->list_capacity, old + 1, sizeof *c->list);
            for (size_t k = old; k < c->list_capacity; k++)
                mpq_init(c->list[k].value);
        }
        multiplier *m = &c->list[c->list_count++];
        if (!read_neuron(c, &m->neuron) || !line_rational(c->in, m->value, c->e))
            return false;
    }
    return true;
}

/* o ±J N Q N Q … and e ±J N Q …: an objective is proved here, in fixed point or exactly, with multipliers Q
 * added at neurons N. */
static bool step_objective(stepper *c, bool exact)
{
    size_t k = 0;
    if (!read_objective(c, &k) || !read_multipliers(c))
        return false;
    bool holds = exact ? prover_prove_exact(c->prover, k, c->list_count, c->list)
                       : prover_prove(c->prover, k, c->list_count, c->list);
    return holds || fail(c, "the objective's bound is above the claim, or a multiplier is at a neuron left "
                            "out of the frame");
}

/* .: the node is done. */
static bool step_close(stepper *c)
{
    return line_finish(c->in, c->e) &&
           (prover_close(c->prover, &c->finished) || fail(c, "a leaf's bound is above the claim"));
}

bool stepper_step(stepper *c)
{
    size_t length;
    const char *op = line_token(c->in, &length);
    char kind = length > 2 ? '?' : op[0], side = length == 2 ? op[1] : ' ';
    bool splits = side == '<' || side == '>';
    if (kind == 'i' && splits)
        return step_input(c, side == '>');
    if (kind == 'n' && splits)
        return step_neuron(c, side == '>');
    if (side != ' ')
        return fail(c, "unknown step");
    switch (kind) {
    case '.':
        return step_close(c);
    case 'b':
        return step_bound(c);
    case 'x':
        return step_bound_exact(c);
    case 'o':
    case 'e':
        return step_objective(c, kind == 'e');
    case 'p':
    case 'f':
    case 'q':
    case 'd':
    case 'r':
        return step_frame(c, kind);
    default:
        return fail(c, "unknown step");
    }
}

void stepper_clear(stepper *c)
{
    for (size_t k = 0; k < c->list_capacity; k++)
        mpq_clear(c->list[k].value);
    free(c->list);
    c->list = NULL;
    c->list_count = c->list_capacity = 0;
}
