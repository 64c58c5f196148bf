/* Estimates in doubles: see estimate.h. Forward for the values, backward for the gradient, whose cost so does
 * not depend on the number of inputs. */
#include "target/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void estimate_init(estimate *s, const expression *u)
{
    *s = (estimate){.inputs = u->inputs, .steps = u->nodes, .outputs = u->outputs};
    s->step = mem_alloc(s->steps, sizeof *s->step);
    s->output = mem_alloc(s->outputs, sizeof *s->output);
    s->value = mem_alloc(s->steps, sizeof *s->value);
    s->by_a = mem_alloc(s->steps, sizeof *s->by_a);
    s->by_b = mem_alloc(s->steps, sizeof *s->by_b);
    s->adjoint = mem_alloc(s->steps, sizeof *s->adjoint);
    for (size_t k = 0; k < s->steps; k++) {
        const expression_node *n = &u->node[k];
        s->step[k] = (estimate_step){.op = n->op, .a = n->a, .b = n->b};
        if (n->op == EXPRESSION_CONSTANT)
            s->step[k].constant = mpq_get_d(u->constant[n->a]);
        else if (n->op == EXPRESSION_POWER)
            s->step[k].constant = mpq_get_d(u->constant[n->b]);
    }
    memcpy(s->output, u->output, s->outputs * sizeof *s->output);
}

void estimate_clear(estimate *s)
{
    free(s->step);
    free(s->output);
    free(s->value);
    free(s->by_a);
    free(s->by_b);
    free(s->adjoint);
}

/* Value and derivative of a function of one operand a. */
static double function(const estimate_step *i, double a, double *by_a)
{
    double v;
    switch (i->op) {
    case EXPRESSION_NEG:
        *by_a = -1;
        return -a;
    case EXPRESSION_ABS:
        *by_a = a < 0 ? -1 : 1;
        return fabs(a);
    case EXPRESSION_RELU:
        *by_a = a < 0 ? 0 : 1;
        return a < 0 ? 0 : a;
    case EXPRESSION_POWER:
        *by_a = i->constant * pow(a, i->constant - 1);
        return isnan(a) ? NAN : pow(a, i->constant); /* pow(NAN, 0) is 1 */
    case EXPRESSION_SQRT:
        v = sqrt(a);
        *by_a = 0.5 / v;
        return v;
    case EXPRESSION_EXP:
        return *by_a = exp(a);
    case EXPRESSION_LOG:
        *by_a = 1 / a;
        return a < 0 ? NAN : log(a);
    case EXPRESSION_SIN:
        *by_a = cos(a);
        return sin(a);
    case EXPRESSION_COS:
        *by_a = -sin(a);
        return cos(a);
    case EXPRESSION_TAN:
        v = tan(a);
        *by_a = 1 + v * v;
        return v;
    case EXPRESSION_ASIN:
        *by_a = 1 / sqrt(1 - a * a);
        return asin(a);
    case EXPRESSION_ACOS:
        *by_a = -1 / sqrt(1 - a * a);
        return acos(a);
    case EXPRESSION_ATAN:
        *by_a = 1 / (1 + a * a);
        return atan(a);
    case EXPRESSION_SINH:
        *by_a = cosh(a);
        return sinh(a);
    case EXPRESSION_COSH:
        *by_a = sinh(a);
        return cosh(a);
    case EXPRESSION_TANH:
        v = tanh(a);
        *by_a = 1 - v * v;
        return v;
    default:
        return NAN;
    }
}

/* Value and derivatives of a function of two operands. */
static double function_of_two(expression_op op, double a, double b, double *by_a, double *by_b)
{
    bool first;
    switch (op) {
    case EXPRESSION_ADD:
        *by_a = *by_b = 1;
        return a + b;
    case EXPRESSION_SUB:
        *by_a = 1;
        *by_b = -1;
        return a - b;
    case EXPRESSION_MUL:
        *by_a = b;
        *by_b = a;
        return a * b;
    case EXPRESSION_DIV:
        *by_a = 1 / b;
        *by_b = -a / (b * b);
        return b == 0 ? NAN : a / b;
    case EXPRESSION_MIN:
    case EXPRESSION_MAX:
        first = op == EXPRESSION_MIN ? a <= b : a >= b;
        *by_a = first;
        *by_b = !first;
        return isnan(a) || isnan(b) ? NAN : first ? a : b;
    default:
        return NAN;
    }
}

static double leaf(const estimate_step *i, const double *x)
{
    switch (i->op) {
    case EXPRESSION_INPUT:
        return x[i->a];
    case EXPRESSION_PI:
        return acos(-1);
    case EXPRESSION_E:
        return exp(1);
    default:
        return i->constant;
    }
}

static void add_adjoint(estimate *s, size_t operand, double derivative, double adjoint)
{
    if (adjoint != 0) /* not for an infinite derivative that nothing depends on */
        s->adjoint[operand] += derivative * adjoint;
}

static void go_backward(estimate *s, size_t last, double *gradient)
{
    memset(s->adjoint, 0, s->steps * sizeof *s->adjoint);
    memset(gradient, 0, s->inputs * sizeof *gradient);
    s->adjoint[last] = 1;
    for (size_t k = last + 1; k-- > 0;) {
        const estimate_step *i = &s->step[k];
        int operands = expression_operands(i->op);
        if (i->op == EXPRESSION_INPUT)
            gradient[i->a] = s->adjoint[k];
        if (operands >= 1)
            add_adjoint(s, i->a, s->by_a[k], s->adjoint[k]);
        if (operands == 2)
            add_adjoint(s, i->b, s->by_b[k], s->adjoint[k]);
    }
}

/* Sets value and derivatives of step k, whose operands have theirs. */
static void take_step(estimate *s, size_t k, const double *x)
{
    const estimate_step *i = &s->step[k];
    int operands = expression_operands(i->op);
    if (operands == 0)
        s->value[k] = leaf(i, x);
    else if (operands == 1)
        s->value[k] = function(i, s->value[i->a], &s->by_a[k]);
    else
        s->value[k] = function_of_two(i->op, s->value[i->a], s->value[i->b], &s->by_a[k], &s->by_b[k]);
}

static void forget(double *gradient, size_t inputs)
{
    for (size_t i = 0; i < inputs; i++)
        gradient[i] = NAN;
}

double estimate_at(estimate *s, size_t output, const double *x, double *gradient)
{
    size_t last = s->output[output];
    for (size_t k = 0; k <= last; k++) {
        take_step(s, k, x);
        if (!isfinite(s->value[k])) /* infinity would turn into numbers again, as in atan(log(0)) */
            s->value[k] = NAN;
    }
    if (gradient != NULL && isnan(s->value[last]))
        forget(gradient, s->inputs);
    else if (gradient != NULL)
        go_backward(s, last, gradient);
    return s->value[last];
}
