/* A specification as a whole: see query.h. */
#include "vnnlib/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vnnlib/reader.h"

/* What a specification may fill, however short it is. */
#define LEAST_WORDS ((size_t)1 << 24)

void case_clear(vnnlib_case *c)
{
    free(c->atom);
    *c = (vnnlib_case){.atom = NULL};
}

void vnnlib_clear(vnnlib_query *q)
{
    for (size_t k = 0; k < q->networks; k++)
        free(q->network[k].name);
    for (size_t k = 0; k < q->tensors; k++) {
        free(q->tensor[k].name);
        free(q->tensor[k].type);
        free(q->tensor[k].shape);
        free(q->tensor[k].extent);
    }
    for (size_t k = 0; k < q->atoms; k++)
        linear_clear(&q->atom[k].form);
    for (size_t k = 0; k < q->count; k++)
        case_clear(&q->cases[k]);
    void *owned[] = {q->network, q->tensor, q->atom, q->cases};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    *q = (vnnlib_query){.file = NULL};
}

/* The node after a top-level list and all in it. */
static size_t end_of(const reader *r, size_t node)
{
    return r->tree.node[node].next == SEXP_NONE ? r->tree.count : r->tree.node[node].next;
}

static bool unexpected(reader *r, size_t node, const char *wanted)
{
    char *name = sexp_name(&r->tree, node);
    sexp_error(&r->tree, node, r->e, "%s is not supported here (%s)", name, wanted);
    free(name);
    return false;
}

/* (vnnlib-version <2.0>), where there is one: without it the specification is of version 1.0. */
static bool read_version(reader *r, size_t *node)
{
    const sexp_tree *tree = &r->tree;
    r->q->is_old = tree->count == 0 || !sexp_begins(tree, 0, "vnnlib-version");
    *node = 0;
    if (r->q->is_old)
        return true;
    size_t version = tree->node[tree->node[0].first].next;
    if (tree->node[0].items != 2 || (!sexp_is(tree, version, "<2.0>") && !sexp_is(tree, version, "<1.0>")))
        return unexpected(r, version == SEXP_NONE ? 0 : version, "versions are <2.0> and <1.0>");
    r->q->is_old = sexp_is(tree, version, "<1.0>");
    *node = end_of(r, 0);
    return true;
}

static bool read_declarations(reader *r, size_t *node)
{
    const char *word = r->q->is_old ? "declare-const" : "declare-network";
    for (; *node < r->tree.count && sexp_begins(&r->tree, *node, word); *node = end_of(r, *node))
        if (!(r->q->is_old ? read_constant(r, *node) : read_network(r, *node)))
            return false;
    if (r->q->is_old)
        return finish_constants(r);
    return r->q->networks > 0 ||
           error_set(r->e, r->q->file, 0, "no network is declared (begin with declare-network)");
}

static bool read_assertions(reader *r, size_t node)
{
    if (node == r->tree.count)
        return error_set(r->e, r->q->file, 0, "nothing is asserted (add an assert)");
    r->q->cases = mem_alloc(1, sizeof *r->q->cases);
    r->q->count = 1;
    for (size_t end; node < r->tree.count; node = end) {
        end = end_of(r, node);
        if (!sexp_begins(&r->tree, node, "assert"))
            return unexpected(r, node, "after the declarations come assertions");
        if (!read_assertion(r, node, end))
            return false;
    }
    return true;
}

bool vnnlib_read(vnnlib_query *q, const char *file, const char *text, size_t size, error *e)
{
    *q = (vnnlib_query){.file = file, .left = budget_of(LEAST_WORDS, size)};
    reader r = {.q = q, .e = e};
    size_t node;
    if (!sexp_read(&r.tree, file, text, size, e))
        return false;
    bool works = read_version(&r, &node) && read_declarations(&r, &node) && read_assertions(&r, node);
    sexp_clear(&r.tree);
    if (!works)
        vnnlib_clear(q);
    return works;
}

bool vnnlib_is_real(const vnnlib_query *q, size_t *tensor)
{
    for (*tensor = 0; *tensor < q->tensors; (*tensor)++) {
        const char *type = q->tensor[*tensor].type;
        if (strcmp(type, "real") != 0 && strcmp(type, "Real") != 0)
            return false;
    }
    return true;
}

const vnnlib_tensor *vnnlib_tensor_of(const vnnlib_query *q, size_t variable)
{
    size_t low = 0, high = q->tensors; /* the last tensor whose first variable is not after this one */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (q->tensor[middle].first <= variable)
            low = middle;
        else
            high = middle;
    }
    return &q->tensor[low];
}

char *vnnlib_variable_name(const vnnlib_query *q, size_t variable)
{
    const vnnlib_tensor *t = vnnlib_tensor_of(q, variable);
    char *name = mem_copy_string(t->name);
    size_t rest = variable - t->first, below = t->count;
    for (size_t k = 0; k < t->dimensions; k++) {
        below /= t->extent[k];
        char *longer = mem_printf("%s%c%zu%s", name, k == 0 ? '[' : ',', rest / below,
                                  k + 1 == t->dimensions ? "]" : "");
        free(name);
        name = longer;
        rest %= below;
    }
    return name;
}

static bool atom_holds(const vnnlib_atom *atom, mpq_t *value, mpq_t work)
{
    linear_value(work, &atom->form, value);
    int sign = mpq_sgn(work);
    return atom->relation == VNNLIB_EQUAL ? sign == 0
                                          : sign > 0 || (sign == 0 && atom->relation == VNNLIB_AT_LEAST);
}

static bool case_holds(const vnnlib_query *q, const vnnlib_case *c, mpq_t *value, mpq_t work)
{
    for (size_t k = 0; k < c->atoms; k++)
        if (!atom_holds(&q->atom[c->atom[k]], value, work))
            return false;
    return true;
}

bool vnnlib_holds(const vnnlib_query *q, mpq_t *value)
{
    mpq_t work;
    mpq_init(work);
    bool holds = false;
    for (size_t k = 0; k < q->count && !holds; k++)
        holds = case_holds(q, &q->cases[k], value, work);
    mpq_clear(work);
    return holds;
}
