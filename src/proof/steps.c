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
    if (name == 0 || name > c->system->names || c->system->by_name[name - 1] == SYSTEM_NO_NEURON)
        return fail(c, "no such neuron");
    *neuron = c->system->by_name[name - 1];
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

/* b, or b N N …: new bounds of pre-activations; p: with pairs. */
static bool step_bound(stepper *c, bool with_pairs)
{
    if (with_pairs && !line_at_end(c->in))
        return fail(c, "unexpected text at the end of the line");
    if (line_at_end(c->in))
        prover_bound_all(c->prover, with_pairs);
    while (!line_at_end(c->in)) {
        size_t neuron = 0;
        if (!read_neuron(c, &neuron))
            return false;
        if (!prover_bound(c->prover, neuron))
            return fail(c, "the neuron is left out of the frame");
    }
    return true;
}

/* f, and q with pairs: forward bounds. */
static bool step_forward(stepper *c, bool with_pairs)
{
    if (!line_finish(c->in, c->e))
        return false;
    prover_bound_forward(c->prover, with_pairs);
    return true;
}

/* d: new bounds of the rows that f may leave worse than passes would. */
static bool step_deep(stepper *c)
{
    if (!line_finish(c->in, c->e))
        return false;
    prover_bound_deep(c->prover);
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

/* r: a smaller frame. */
static bool step_reduce(stepper *c)
{
    return line_finish(c->in, c->e) &&
           (prover_reduce(c->prover) || fail(c, "there is no stable neuron to leave out"));
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

static bool read_multipliers(stepper *c)
{
    c->list_count = 0;
    while (!line_at_end(c->in)) {
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
    bool holds = exact ? prover_prove_exact(c->prover, k, c->list_count, c->list, NULL)
                       : prover_prove(c->prover, k, c->list_count, c->list, NULL);
    return holds || fail(c, "the objective's bound is above the claim, or a multiplier is at a neuron left "
                            "out of the frame");
}

/* .: the node is done. */
static bool step_close(stepper *c, bool *finished)
{
    return line_finish(c->in, c->e) &&
           (prover_close(c->prover, finished) || fail(c, "a leaf's bound is above the claim"));
}

bool stepper_step(stepper *c, bool *finished)
{
    size_t length;
    const char *op = line_token(c->in, &length);
    bool upper_first = length == 2 && op[1] == '>';
    if (length == 1 && op[0] == '.')
        return step_close(c, finished);
    if (length == 2 && op[0] == 'i' && (upper_first || op[1] == '<'))
        return step_input(c, upper_first);
    if (length == 2 && op[0] == 'n' && (upper_first || op[1] == '<'))
        return step_neuron(c, upper_first);
    if (length == 1 && (op[0] == 'b' || op[0] == 'p'))
        return step_bound(c, op[0] == 'p');
    if (length == 1 && (op[0] == 'f' || op[0] == 'q'))
        return step_forward(c, op[0] == 'q');
    if (length == 1 && op[0] == 'd')
        return step_deep(c);
    if (length == 1 && op[0] == 'x')
        return step_bound_exact(c);
    if (length == 1 && op[0] == 'r')
        return step_reduce(c);
    if (length == 1 && (op[0] == 'o' || op[0] == 'e'))
        return step_objective(c, op[0] == 'e');
    return fail(c, "unknown step");
}

void stepper_clear(stepper *c)
{
    for (size_t k = 0; k < c->list_capacity; k++)
        mpq_clear(c->list[k].value);
    free(c->list);
    c->list = NULL;
    c->list_count = c->list_capacity = 0;
}
