/* The search tree: see tree.h. */
#include "search/tree.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/binary.h"

void tree_split_value(mpq_t value, const tree_split *split, const prover *p)
{
    mpq_set_ui(value, 0, 1);
    if (split->kind != TREE_INPUT)
        return;
    mpq_set_si(value, split->position, 1);
    binary_scale(value, value, p->sc.input_exponent[split->index] - p->sc.bits);
    mpq_add(value, value, p->sc.centre[split->index]);
}

tree_node *tree_new(tree_node *parent, double bound)
{
    static atomic_size_t last;
    tree_node *node = mem_alloc(1, sizeof *node);
    node->serial = ++last;
    node->parent = parent;
    node->depth = parent == NULL ? 0 : parent->depth + 1;
    node->bound = node->own = bound;
    node->before = HUGE_VAL;
    return node;
}

static void free_step_list(tree_step *step, size_t steps)
{
    for (size_t k = 0; k < steps; k++)
        free(step[k].text);
    free(step);
}

static void free_steps(tree_node *node)
{
    free_step_list(node->step, node->steps);
    node->step = NULL;
    node->steps = 0;
}

/* Without recursion: trees are deep. */
void tree_free(tree_node *node)
{
    while (node != NULL) {
        tree_node *next = node->child[0] != NULL ? node->child[0] : node->child[1];
        if (next != NULL) {
            node->child[next == node->child[1]] = NULL;
            node = next;
            continue;
        }
        next = node->parent;
        free_steps(node);
        free(node);
        node = next;
    }
}

tree_node *tree_first(const tree_node *node)
{
    return node->child[node->split.upper_first];
}

tree_node *tree_second(const tree_node *node)
{
    return node->child[!node->split.upper_first];
}

double tree_share_proved(const tree_node *root, double claim)
{
    double share = 0;
    for (const tree_node *node = root;;) {
        bool proved = node->bound <= claim;
        if (tree_is_split(node) && !proved) {
            node = node->child[0];
            continue;
        }
        if (proved)
            share += exp2(-(double)(node->depth - root->depth));
        while (node != root && node == node->parent->child[1])
            node = node->parent;
        if (node == root)
            return share;
        node = node->parent->child[1];
    }
}

/* The bounds of the ancestors of a node whose bound has changed. */
static void propagate(tree_node *node)
{
    for (tree_node *p = node->parent; p != NULL; p = p->parent) {
        double bound = fmin(fmax(p->child[0]->bound, p->child[1]->bound), fmin(p->own, p->before));
        if (bound == p->bound)
            return;
        p->bound = bound;
    }
}

static bool is_leaf(const tree_node *node)
{
    return node->kind == TREE_LEAF || node->kind == TREE_STUCK;
}

void tree_divide(tree_node *node, const tree_split *split, double bound, tree_step *step, size_t steps,
                 tree_text text)
{
    if (tree_is_split(node)) {
        node->text = text;
        free_step_list(step, steps);
        return;
    }
    double before = is_leaf(node) ? node->bound : HUGE_VAL, least = fmin(before, bound);
    tree_node *child[] = {tree_new(node, least), tree_new(node, least)}; /* while the node is what it was */
    node->before = before;
    node->earlier = node->text;
    node->text = text;
    node->step = step;
    node->steps = steps;
    node->split = *split;
    node->kind = split->kind;
    node->own = bound;
    node->bound = least;
    memcpy(node->child, child, sizeof child);
    propagate(node);
}

void tree_settle(tree_node *node, tree_kind kind, double bound, tree_text text)
{
    bool keeps = is_leaf(node) && node->bound < bound;
    node->kind = kind;
    if (keeps)
        return;
    node->own = node->bound = bound;
    node->text = text;
    node->leaves = 1;
    propagate(node);
}

static bool is_closed_leaf(const tree_node *node)
{
    return node->kind == TREE_LEAF && node->bound == TREE_CLOSED && !node->taken;
}

bool tree_text_follows(const tree_text *second, const tree_text *first)
{
    return second->store == first->store && second->begin == first->begin + (long)first->length;
}

/* An objective's step may have been proved for a larger claim than the one that the leaves below it keep to:
 * where these are empty, or prove it themselves. */
static bool has_closed_steps(const tree_node *node)
{
    for (size_t k = 0; k < node->steps; k++)
        if (node->step[k].bound != TREE_CLOSED)
            return false;
    return true;
}

void tree_collapse(tree_node *node)
{
    tree_node *first = tree_first(node), *second = tree_second(node);
    if (!has_closed_steps(node) || !is_closed_leaf(first) || !is_closed_leaf(second) ||
        !tree_text_follows(&first->text, &node->text) || !tree_text_follows(&second->text, &first->text))
        return;
    node->kind = TREE_LEAF;
    node->text.length += first->text.length + second->text.length;
    node->leaves = first->leaves + second->leaves;
    free_steps(node);
    free(first);
    free(second);
    node->child[0] = node->child[1] = NULL;
}
