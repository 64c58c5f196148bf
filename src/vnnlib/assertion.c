/* Assertions: affine expressions, comparisons, and/or multiplied out. The nodes of an assertion are gone
 * through from the last to the first, so that the items of a list are known when the list is reached. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vnnlib/reader.h"

typedef enum value_kind { VALUE_NONE, VALUE_FORM, VALUE_CASES } value_kind;

/* What a node stands for: a form, or the cases of a condition. */
typedef struct node_value {
    value_kind kind;
    linear form;
    vnnlib_case *cases;
    size_t count, capacity;
} node_value;

typedef struct assertion {
    reader *r;
    size_t begin; /* node of value[0] */
    node_value *value;
    mpq_t one, work;
} assertion;

static node_value *value_of(const assertion *a, size_t node)
{
    return &a->value[node - a->begin];
}

static void value_clear(node_value *v)
{
    if (v->kind == VALUE_FORM)
        linear_clear(&v->form);
    for (size_t k = 0; v->kind == VALUE_CASES && k < v->count; k++)
        case_clear(&v->cases[k]);
    free(v->cases);
    *v = (node_value){.kind = VALUE_NONE};
}

/* What a small file can ask for is bounded. */
static bool take(assertion *a, size_t node, size_t words)
{
    return budget_take(&a->r->q->left, words) ||
           sexp_error(
               &a->r->tree, node, a->r->e,
               "the cases and numbers up to here need far more memory than a file of this size justifies "
               "(state it with fewer alternatives or shorter numbers)");
}

/* --- cases ---------------------------------------------------------------------------------------------- */

/* A number of many digits takes longer to read than to keep. */
enum { DIGITS_COST = 16 };

enum { CASE_WORDS = 8 }; /* of a case, besides its atoms */

static void case_append(vnnlib_case *c, const size_t *atom, size_t atoms)
{
    if (atoms == 0)
        return;
    c->atom = mem_grow(c->atom, &c->capacity, mem_sum(c->atoms, atoms), sizeof *c->atom);
    memcpy(c->atom + c->atoms, atom, atoms * sizeof *atom);
    c->atoms += atoms;
}

/* Adds a case, which becomes the value's. */
static void add_case(node_value *v, vnnlib_case c)
{
    v->cases = mem_grow(v->cases, &v->capacity, v->count + 1, sizeof *v->cases);
    v->cases[v->count++] = c;
}

static bool add_atom(assertion *a, size_t node, node_value *v, vnnlib_relation relation)
{
    if (!take(a, node, linear_words(&v->form) + CASE_WORDS + 1))
        return false;
    vnnlib_query *q = a->r->q;
    q->atom = mem_grow(q->atom, &q->atom_capacity, q->atoms + 1, sizeof *q->atom);
    vnnlib_atom *atom = &q->atom[q->atoms];
    *atom = (vnnlib_atom){.relation = relation, .over_inputs = true};
    linear_copy(&atom->form, &v->form);
    for (size_t t = 0; t < atom->form.terms; t++)
        atom->over_inputs &= !vnnlib_tensor_of(q, atom->form.term[t].variable)->is_output;
    vnnlib_case c = {.atom = NULL};
    case_append(&c, &q->atoms, 1);
    q->atoms++;
    add_case(v, c);
    return true;
}

static size_t all_atoms(const vnnlib_case *cases, size_t count)
{
    size_t sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += cases[k].atoms;
    return sum;
}

/* The cases in which one of `left` and one of `right` hold take the place of `left`. */
static bool multiply(assertion *a, size_t node, node_value *left, const vnnlib_case *right, size_t count)
{
    size_t before = all_atoms(left->cases, left->count), more = all_atoms(right, count);
    if (count == 1) {
        if (!budget_take_product(&a->r->q->left, left->count, more))
            return take(a, node, 1);
        for (size_t k = 0; k < left->count; k++)
            case_append(&left->cases[k], right->atom, right->atoms);
        return true;
    }
    if (!budget_take_product(&a->r->q->left, left->count, CASE_WORDS * count) ||
        !budget_take_product(&a->r->q->left, left->count, more) ||
        !budget_take_product(&a->r->q->left, count, before))
        return take(a, node, 1);
    node_value product = {.kind = VALUE_CASES};
    for (size_t k = 0; k < left->count; k++)
        for (size_t m = 0; m < count; m++) {
            vnnlib_case c = {.atom = NULL};
            case_append(&c, left->cases[k].atom, left->cases[k].atoms);
            case_append(&c, right[m].atom, right[m].atoms);
            add_case(&product, c);
        }
    value_clear(left);
    *left = product;
    return true;
}

/* --- lists ---------------------------------------------------------------------------------------------- */

static bool complain(assertion *a, size_t node, const char *what)
{
    char *name = sexp_name(&a->r->tree, node);
    sexp_error(&a->r->tree, node, a->r->e, "%s: %s", name, what);
    free(name);
    return false;
}

/* Every item behind the first must be of the kind. */
static bool items_are(assertion *a, size_t list, value_kind kind)
{
    const sexp *node = a->r->tree.node;
    for (size_t item = node[node[list].first].next; item != SEXP_NONE; item = node[item].next)
        if (value_of(a, item)->kind != kind)
            return complain(a, item,
                            kind == VALUE_FORM ? "an arithmetic expression is expected here"
                                               : "a condition is expected here");
    return true;
}

/* Takes over the first item's value; returns the second, or SEXP_NONE. */
static size_t take_first(assertion *a, size_t list)
{
    const sexp *node = a->r->tree.node;
    size_t item = node[node[list].first].next;
    *value_of(a, list) = *value_of(a, item);
    *value_of(a, item) = (node_value){.kind = VALUE_NONE};
    return node[item].next;
}

static bool take_sum(assertion *a, size_t list, bool subtract)
{
    const sexp *node = a->r->tree.node;
    size_t item = take_first(a, list);
    linear *sum = &value_of(a, list)->form;
    const linear **others = mem_alloc(node[list].items, sizeof *others);
    size_t count = 0;
    for (; item != SEXP_NONE; item = node[item].next)
        others[count++] = &value_of(a, item)->form;
    mpq_set_si(a->work, subtract ? -1 : 1, 1);
    if (subtract && count == 0)
        linear_scale(sum, a->work);
    linear_add_all(sum, others, count, a->work);
    free(others);
    return take(a, list, linear_words(sum));
}

static bool take_product(assertion *a, size_t list)
{
    const sexp *node = a->r->tree.node;
    size_t item = take_first(a, list);
    linear *product = &value_of(a, list)->form;
    for (; item != SEXP_NONE; item = node[item].next) {
        linear *factor = &value_of(a, item)->form;
        if (product->terms > 0 && factor->terms > 0)
            return complain(a, list, "a product of two variables (only linear constraints are supported)");
        if (product->terms == 0) {
            linear swap = *product;
            *product = *factor;
            *factor = swap;
        }
        linear_scale(product, factor->constant);
        if (!take(a, list, linear_words(product)))
            return false;
    }
    return true;
}

/* Left - right is compared with 0, or right - left. */
static bool take_comparison(assertion *a, size_t list, bool reversed, vnnlib_relation relation)
{
    size_t right = take_first(a, list);
    node_value *v = value_of(a, list);
    mpq_set_si(a->work, -1, 1);
    linear_add(&v->form, &value_of(a, right)->form, a->work);
    if (reversed)
        linear_scale(&v->form, a->work);
    bool works = add_atom(a, list, v, relation);
    linear_clear(&v->form);
    v->kind = VALUE_CASES;
    return works;
}

/* Less or greater. */
static bool take_difference(assertion *a, size_t list)
{
    size_t right = take_first(a, list);
    node_value *v = value_of(a, list);
    mpq_set_si(a->work, -1, 1);
    linear_add(&v->form, &value_of(a, right)->form, a->work);
    bool works = add_atom(a, list, v, VNNLIB_ABOVE);
    linear_scale(&v->form, a->work);
    works = works && add_atom(a, list, v, VNNLIB_ABOVE);
    linear_clear(&v->form);
    v->kind = VALUE_CASES;
    return works;
}

static bool take_and(assertion *a, size_t list)
{
    const sexp *node = a->r->tree.node;
    for (size_t item = take_first(a, list); item != SEXP_NONE; item = node[item].next) {
        node_value *v = value_of(a, item);
        if (!multiply(a, list, value_of(a, list), v->cases, v->count))
            return false;
        value_clear(v);
    }
    return true;
}

static bool take_or(assertion *a, size_t list)
{
    const sexp *node = a->r->tree.node;
    node_value *all = value_of(a, list);
    for (size_t item = take_first(a, list); item != SEXP_NONE; item = node[item].next) {
        node_value *v = value_of(a, item);
        for (size_t k = 0; k < v->count; k++)
            add_case(all, v->cases[k]);
        v->count = 0;
        value_clear(v);
    }
    return true;
}

typedef enum operation {
    OP_SUM,
    OP_DIFFERENCE,
    OP_PRODUCT,
    OP_AND,
    OP_OR,
    OP_LESS,
    OP_AT_MOST,
    OP_GREATER,
    OP_AT_LEAST,
    OP_EQUAL,
    OP_UNEQUAL,
    OPERATIONS
} operation;

/* By version: 1.0 writes = and knows no difference. */
static const char *operation_word(const assertion *a, operation op)
{
    static const char *const word[OPERATIONS] = {"+",  "-", "*",  "and", "or", "<",
                                                 "<=", ">", ">=", "==",  "!="};
    if (a->r->q->is_old && op >= OP_EQUAL)
        return op == OP_EQUAL ? "=" : NULL;
    return word[op];
}

static operation find_operation(const assertion *a, size_t word)
{
    operation op = OP_SUM;
    while (op < OPERATIONS &&
           (operation_word(a, op) == NULL || !sexp_is(&a->r->tree, word, operation_word(a, op))))
        op++;
    return op;
}

static bool apply(assertion *a, size_t list, operation op)
{
    switch (op) {
    case OP_SUM:
    case OP_DIFFERENCE:
        return take_sum(a, list, op == OP_DIFFERENCE);
    case OP_PRODUCT:
        return take_product(a, list);
    case OP_AND:
        return take_and(a, list);
    case OP_OR:
        return take_or(a, list);
    case OP_LESS:
    case OP_AT_MOST:
        return take_comparison(a, list, true, op == OP_LESS ? VNNLIB_ABOVE : VNNLIB_AT_LEAST);
    case OP_GREATER:
    case OP_AT_LEAST:
        return take_comparison(a, list, false, op == OP_GREATER ? VNNLIB_ABOVE : VNNLIB_AT_LEAST);
    case OP_EQUAL:
        return take_comparison(a, list, false, VNNLIB_EQUAL);
    default:
        return take_difference(a, list);
    }
}

static bool take_list(assertion *a, size_t list)
{
    const sexp *node = &a->r->tree.node[list];
    if (node->first == SEXP_NONE)
        return complain(a, list, "an empty list (an operator is expected)");
    operation op = find_operation(a, node->first);
    if (op == OPERATIONS)
        return complain(a, node->first, "is no operator of this version of VNN-LIB that is supported");
    bool compares = op >= OP_LESS, joins = op == OP_AND || op == OP_OR;
    if (node->items < 2 || (compares && node->items != 3))
        return complain(a, list, compares ? "two sides are expected" : "there is nothing to combine");
    return items_are(a, list, joins ? VALUE_CASES : VALUE_FORM) && apply(a, list, op);
}

static bool take_word(assertion *a, size_t node)
{
    node_value *v = value_of(a, node);
    size_t variable;
    bool is_number = read_number(a->r, node, a->work);
    if (!is_number && !read_variable(a->r, node, &variable))
        return false;
    v->kind = VALUE_FORM;
    linear_init(&v->form);
    if (is_number) {
        mpq_set(v->form.constant, a->work);
        return take(a, node, DIGITS_COST * budget_words(a->work));
    }
    linear_add_variable(&v->form, variable, a->one);
    return true;
}

/* Whether the node is the operator of a list. */
static bool is_operator(const assertion *a, size_t node)
{
    return node > a->begin && a->r->tree.node[node - 1].first == node;
}

static bool evaluate(assertion *a, size_t body, size_t end)
{
    for (size_t node = end; node-- > body;)
        if (!(a->r->tree.node[node].text == NULL ? take_list(a, node)
                                                 : is_operator(a, node) || take_word(a, node)))
            return false;
    if (value_of(a, body)->kind != VALUE_CASES)
        return complain(a, body, "a condition is expected to be asserted");
    return true;
}

/* The query's cases and those of the assertion must hold together. */
static bool conjoin(assertion *a, size_t node, const node_value *v)
{
    vnnlib_query *q = a->r->q;
    node_value all = {VALUE_CASES, .cases = q->cases, .count = q->count, .capacity = q->count};
    bool works = multiply(a, node, &all, v->cases, v->count);
    q->cases = all.cases;
    q->count = all.count;
    return works;
}

bool read_assertion(reader *r, size_t node, size_t end)
{
    assertion a = {.r = r, .begin = node};
    size_t body = r->tree.node[r->tree.node[node].first].next;
    if (r->tree.node[node].items != 2)
        return sexp_error(&r->tree, node, r->e, "one condition is expected in an assert");
    a.value = mem_alloc(end - node, sizeof *a.value);
    mpq_inits(a.one, a.work, NULL);
    mpq_set_ui(a.one, 1, 1);
    bool works = evaluate(&a, body, end) && conjoin(&a, node, value_of(&a, body));
    for (size_t k = 0; k < end - node; k++)
        value_clear(&a.value[k]);
    free(a.value);
    mpq_clears(a.one, a.work, NULL);
    return works;
}
