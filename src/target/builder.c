/* Building expressions: see builder.h. */
#include "target/builder.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/vector.h"

static const char too_long[] = "a constant of more than 65536 bits (round it)";
_Static_assert(EXPRESSION_BITS == 65536, "as the message says");
static const char no_room[] = "the constants are too long to be held exactly (round them)";
static const char zero_divisor[] = "division by zero (the divisor is the constant 0)";
static const char zero_base[] = "0 to a negative power (it has no value)";
static const char negative_base[] =
    "a negative number to a power that is not an integer (it has no real value)";
static const char varying_exponent[] =
    "the exponent is not a rational constant (write exp(b*log(a)) for a to the power b)";
static const char huge_exponent[] =
    "an exponent beyond 1000000000 (write exp(b*log(a)) for a to the power b)";
_Static_assert(EXPRESSION_EXPONENT_LIMIT == 1000000000, "as the message says");

void builder_init(builder *b)
{
    *b = (builder){.room = EXPRESSION_ROOM};
}

void builder_clear(builder *b)
{
    vector_free(b->constant, b->constants);
    free(b->node);
    lookup_clear(&b->node_index);
    lookup_clear(&b->constant_index);
    *b = (builder){0};
}

/* --- nodes ---------------------------------------------------------------------------------------------- */

typedef struct node_wanted {
    const builder *b;
    expression_node node;
} node_wanted;

static bool is_node(const void *owner, size_t item)
{
    const node_wanted *w = owner;
    const expression_node *n = &w->b->node[item];
    return n->op == w->node.op && n->a == w->node.a && n->b == w->node.b;
}

static size_t add_node(builder *b, expression_op op, size_t a, size_t c, builder_place place)
{
    node_wanted wanted = {b, {op, a, c, place.line, place.column}};
    size_t key[3] = {op, a, c};
    uint64_t hash = lookup_hash(0, key, sizeof key);
    size_t found = lookup_find(&b->node_index, hash, is_node, &wanted);
    if (found != LOOKUP_NONE)
        return found;
    b->node = mem_grow(b->node, &b->node_capacity, mem_sum(b->nodes, 1), sizeof *b->node);
    b->node[b->nodes] = wanted.node;
    lookup_add(&b->node_index, hash, b->nodes);
    return b->nodes++;
}

/* --- constants ------------------------------------------------------------------------------------------ */

typedef struct constant_wanted {
    const builder *b;
    mpq_srcptr value;
} constant_wanted;

static bool is_constant(const void *owner, size_t item)
{
    const constant_wanted *w = owner;
    return mpq_equal(w->b->constant[item], w->value);
}

static uint64_t hash_integer(uint64_t start, mpz_srcptr value)
{
    return lookup_hash(start, mpz_limbs_read(value), mpz_size(value) * sizeof(mp_limb_t));
}

static uint64_t hash_rational(const mpq_t value)
{
    uint64_t hash = hash_integer(mpq_sgn(value) < 0, mpq_numref(value));
    return hash_integer(hash, mpq_denref(value));
}

static size_t bits(mpz_srcptr value)
{
    return mpz_sizeinbase(value, 2);
}

/* The number of an equal constant, which is added if there is none. */
static const char *add_constant(builder *b, size_t *number, const mpq_t value)
{
    constant_wanted wanted = {b, value};
    uint64_t hash = hash_rational(value);
    *number = lookup_find(&b->constant_index, hash, is_constant, &wanted);
    if (*number != LOOKUP_NONE)
        return NULL;
    size_t numerator = bits(mpq_numref(value)), denominator = bits(mpq_denref(value));
    if (numerator > EXPRESSION_BITS || denominator > EXPRESSION_BITS)
        return too_long;
    if (numerator + denominator > b->room)
        return no_room;
    b->room -= numerator + denominator;
    *number = b->constants++;
    b->constant = mem_grow(b->constant, &b->constant_capacity, b->constants, sizeof *b->constant);
    mpq_init(b->constant[*number]);
    mpq_set(b->constant[*number], value);
    lookup_add(&b->constant_index, hash, *number);
    return NULL;
}

const char *builder_constant(builder *b, size_t *node, const mpq_t value, builder_place place)
{
    size_t number;
    const char *wrong = add_constant(b, &number, value);
    if (wrong == NULL)
        *node = add_node(b, EXPRESSION_CONSTANT, number, 0, place);
    return wrong;
}

/* The value of a node that is a constant, otherwise NULL. */
static mpq_ptr constant_of(const builder *b, size_t node)
{
    return b->node[node].op == EXPRESSION_CONSTANT ? b->constant[b->node[node].a] : NULL;
}

/* --- operations ----------------------------------------------------------------------------------------- */

const char *builder_leaf(builder *b, size_t *node, expression_op op, size_t a, builder_place place)
{
    *node = add_node(b, op, a, 0, place);
    return NULL;
}

/* Carries out what is rational for every rational argument; false: `op` is not. */
static bool fold_unary(mpq_t result, expression_op op, const mpq_t a)
{
    switch (op) {
    case EXPRESSION_NEG:
        mpq_neg(result, a);
        return true;
    case EXPRESSION_ABS:
        mpq_abs(result, a);
        return true;
    case EXPRESSION_RELU:
        if (mpq_sgn(a) > 0)
            mpq_set(result, a);
        return true;
    default:
        return false;
    }
}

const char *builder_unary(builder *b, size_t *node, expression_op op, size_t a, builder_place place)
{
    mpq_ptr value = constant_of(b, a);
    const char *wrong = NULL;
    mpq_t result;
    mpq_init(result);
    if (value != NULL && fold_unary(result, op, value))
        wrong = builder_constant(b, node, result, place);
    else
        *node = add_node(b, op, a, 0, place);
    mpq_clear(result);
    return wrong;
}

static const char *check_exponent(const mpq_t exponent)
{
    bool fits = mpz_cmpabs_ui(mpq_numref(exponent), EXPRESSION_EXPONENT_LIMIT) <= 0 &&
                mpz_cmp_ui(mpq_denref(exponent), EXPRESSION_EXPONENT_LIMIT) <= 0;
    return fits ? NULL : huge_exponent;
}

/* result = base^n, unless it would be too long: then false. A power of ±1 or 0 is never too long. */
static bool power_of_integer(mpz_t result, const mpz_t base, unsigned long n)
{
    if (mpz_cmpabs_ui(base, 1) > 0 && n > 2 * EXPRESSION_BITS / (bits(base) - 1))
        return false;
    if (mpz_cmpabs_ui(base, 1) > 0 || n == 0)
        mpz_pow_ui(result, base, n);
    else if (mpz_sgn(base) < 0 && n % 2 == 0)
        mpz_set_ui(result, 1);
    else
        mpz_set(result, base);
    return true;
}

/* a^n for an integer n within the limit. */
static const char *fold_power(mpq_t result, const mpq_t a, const mpq_t exponent)
{
    unsigned long n = mpz_get_ui(mpq_numref(exponent)); /* its size; the sign is looked at below */
    bool negative = mpq_sgn(exponent) < 0;
    if (negative && mpq_sgn(a) == 0)
        return zero_base;
    if (!power_of_integer(mpq_numref(result), mpq_numref(a), n) ||
        !power_of_integer(mpq_denref(result), mpq_denref(a), n))
        return too_long;
    if (negative)
        mpq_inv(result, result);
    return NULL;
}

static const char *fold_binary(mpq_t result, expression_op op, const mpq_t a, const mpq_t c)
{
    switch (op) {
    case EXPRESSION_ADD:
        mpq_add(result, a, c);
        break;
    case EXPRESSION_SUB:
        mpq_sub(result, a, c);
        break;
    case EXPRESSION_MUL:
        mpq_mul(result, a, c);
        break;
    case EXPRESSION_DIV:
        mpq_div(result, a, c);
        break;
    case EXPRESSION_MIN:
        mpq_set(result, mpq_cmp(a, c) <= 0 ? a : c);
        break;
    case EXPRESSION_MAX:
        mpq_set(result, mpq_cmp(a, c) >= 0 ? a : c);
        break;
    default:
        return fold_power(result, a, c);
    }
    return NULL;
}

/* A power whose exponent is a constant; if the base is one too, and the exponent an integer, it is carried
 * out. */
static const char *add_power(builder *b, size_t *node, size_t a, size_t c, builder_place place)
{
    mpq_ptr base = constant_of(b, a), exponent = constant_of(b, c);
    if (exponent == NULL)
        return varying_exponent;
    const char *wrong = check_exponent(exponent);
    if (wrong != NULL)
        return wrong;
    bool integer = mpz_cmp_ui(mpq_denref(exponent), 1) == 0;
    if (base != NULL && !integer && mpq_sgn(base) < 0)
        return negative_base;
    if (base != NULL && !integer && mpq_sgn(base) == 0 && mpq_sgn(exponent) < 0)
        return zero_base;
    if (base == NULL || !integer) {
        *node = add_node(b, EXPRESSION_POWER, a, b->node[c].a, place);
        return NULL;
    }
    mpq_t result;
    mpq_init(result);
    wrong = fold_power(result, base, exponent);
    if (wrong == NULL)
        wrong = builder_constant(b, node, result, place);
    mpq_clear(result);
    return wrong;
}

const char *builder_binary(builder *b, size_t *node, expression_op op, size_t a, size_t c,
                           builder_place place)
{
    if (op == EXPRESSION_POWER)
        return add_power(b, node, a, c, place);
    mpq_ptr left = constant_of(b, a), right = constant_of(b, c);
    if (op == EXPRESSION_DIV && right != NULL && mpq_sgn(right) == 0)
        return zero_divisor;
    if (left == NULL || right == NULL) {
        *node = add_node(b, op, a, c, place);
        return NULL;
    }
    mpq_t result;
    mpq_init(result);
    const char *wrong = fold_binary(result, op, left, right);
    if (wrong == NULL)
        wrong = builder_constant(b, node, result, place);
    mpq_clear(result);
    return wrong;
}

/* --- canonical order ------------------------------------------------------------------------------------ */

typedef struct walk {
    const builder *b;
    expression *u;
    size_t *node_number, *constant_number; /* in u, or LOOKUP_NONE */
    size_t *stack, depth, capacity;
} walk;

static size_t number_constant(walk *w, size_t old)
{
    expression *u = w->u;
    if (w->constant_number[old] == LOOKUP_NONE) {
        w->constant_number[old] = u->constants;
        mpq_set(u->constant[u->constants++], w->b->constant[old]);
    }
    return w->constant_number[old];
}

static void number_node(walk *w, size_t old)
{
    expression_node n = w->b->node[old];
    int operands = expression_operands(n.op);
    if (n.op == EXPRESSION_CONSTANT)
        n.a = number_constant(w, n.a);
    if (operands >= 1)
        n.a = w->node_number[n.a];
    if (operands == 2)
        n.b = w->node_number[n.b];
    if (n.op == EXPRESSION_POWER)
        n.b = number_constant(w, n.b);
    w->node_number[old] = w->u->nodes;
    w->u->node[w->u->nodes++] = n;
}

static bool push_unnumbered(walk *w, size_t old)
{
    if (w->node_number[old] != LOOKUP_NONE)
        return false;
    w->stack = mem_grow(w->stack, &w->capacity, mem_sum(w->depth, 1), sizeof *w->stack);
    w->stack[w->depth++] = old;
    return true;
}

/* Numbers a node once its operands are numbered; a node below them on the stack waits. */
static void walk_from(walk *w, size_t output)
{
    push_unnumbered(w, output);
    while (w->depth > 0) {
        size_t old = w->stack[w->depth - 1];
        const expression_node *n = &w->b->node[old];
        int operands = expression_operands(n->op);
        if (w->node_number[old] != LOOKUP_NONE)
            w->depth--;
        else if (operands >= 1 && push_unnumbered(w, n->a))
            continue;
        else if (operands == 2 && push_unnumbered(w, n->b))
            continue;
        else
            number_node(w, old);
    }
}

static size_t *unnumbered(size_t count)
{
    size_t *number = mem_alloc(count, sizeof *number);
    for (size_t k = 0; k < count; k++)
        number[k] = LOOKUP_NONE;
    return number;
}

/* Gives back what the numbering did not use. */
static void fit(expression *u, size_t constants)
{
    for (size_t k = u->constants; k < constants; k++)
        mpq_clear(u->constant[k]);
    u->constant = mem_resize(u->constant, u->constants, sizeof *u->constant);
    u->node = mem_resize(u->node, u->nodes, sizeof *u->node);
}

void builder_finish(const builder *b, expression *u, size_t inputs, size_t outputs, const size_t *output)
{
    *u = (expression){.inputs = inputs, .outputs = outputs};
    u->node = mem_alloc(b->nodes, sizeof *u->node);
    u->constant = vector_new(b->constants);
    u->output = mem_alloc(outputs, sizeof *u->output);
    walk w = {
        .b = b, .u = u, .node_number = unnumbered(b->nodes), .constant_number = unnumbered(b->constants)};
    for (size_t k = 0; k < outputs; k++) {
        walk_from(&w, output[k]);
        u->output[k] = w.node_number[output[k]];
    }
    fit(u, b->constants);
    free(w.node_number);
    free(w.constant_number);
    free(w.stack);
}
