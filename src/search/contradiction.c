/* Points against bounds: see contradiction.h. The way down the tree follows the point at splits of inputs. On
 * which side of a sign's split it lies is not asked: there, both children must be refuted. */
#include "search/contradiction.h"

/* Nodes that are looked at, at most: splits of signs can make it many. */
#define BUDGET 10000

typedef struct inquiry {
    const search *s;
    const prover *p;
    mpq_t *point;
    mpq_srcptr value;
    mpq_t number; /* for bounds and places of splits */
    size_t budget;
} inquiry;

static bool is_above(inquiry *q, double bound)
{
    if (bound == HUGE_VAL)
        return false;
    if (bound == TREE_CLOSED)
        return mpq_cmp(q->value, q->s->final) > 0;
    mpq_set_d(q->number, bound);
    return mpq_cmp(q->value, q->number) > 0;
}

/* Whether what has been proved of the node itself is refuted. The bound of a split node does not count: it
 * leaves out the parts of its children that are proved for good, which may be above it. */
static bool is_refuted_itself(inquiry *q, const tree_node *node)
{
    if (tree_is_split(node))
        return is_above(q, node->own) || is_above(q, node->before);
    return is_above(q, node->bound);
}

static bool is_refuted(inquiry *q, const tree_node *node)
{
    if (q->budget == 0)
        return false;
    q->budget--;
    if (is_refuted_itself(q, node))
        return true;
    if (!tree_is_split(node))
        return false;
    if (node->kind == TREE_SIGN)
        return is_refuted(q, node->child[0]) && is_refuted(q, node->child[1]);
    tree_split_value(q->number, &node->split, q->p);
    int order = mpq_cmp(q->point[node->split.index], q->number);
    return (order <= 0 && is_refuted(q, node->child[0])) || (order >= 0 && is_refuted(q, node->child[1]));
}

bool contradiction_at(const search *s, const prover *p, mpq_t *point, const mpq_t value)
{
    inquiry q = {.s = s, .p = p, .point = point, .value = value, .budget = BUDGET};
    mpq_init(q.number);
    bool refuted = is_refuted(&q, s->root);
    mpq_clear(q.number);
    return refuted;
}
