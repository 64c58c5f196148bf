/* The search tree: bounds of split nodes and the share that is proved, against the leaves one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random.h"
#include "search/tree.h"

/* With a bound that may be worse than what was known, as one of a visit for another target may be. */
static void split(tree_node *node, double worse, rng *r)
{
    tree_split s = {.kind = TREE_INPUT, .upper_first = rng_below(r, 2)};
    tree_divide(node, &s, node->bound + worse, NULL, 0, (tree_text){0});
}

/* A leaf below `node`, at random. */
static tree_node *some_leaf(tree_node *node, rng *r)
{
    while (tree_is_split(node))
        node = node->child[rng_below(r, 2)];
    return node;
}

/* The bound, from those of the leaves and what inner nodes have proved by themselves, and the share of what
 * is at most `claim`. */
static double look(const tree_node *node, double claim, double weight, double *share)
{
    bool proved = node->bound <= claim;
    *share += proved ? weight : 0;
    if (!tree_is_split(node))
        return node->bound;
    double ignored = 0;
    double left = look(node->child[0], claim, weight / 2, proved ? &ignored : share);
    double right = look(node->child[1], claim, weight / 2, proved ? &ignored : share);
    assert_true(node->bound == fmin(fmax(left, right), fmin(node->own, node->before)));
    return node->bound;
}

static void check(const tree_node *root, double claim)
{
    double share = 0;
    look(root, claim, 1, &share);
    assert_true(tree_share_proved(root, claim) == share);
}

static void shares_are_those_of_the_leaves(void **state)
{
    (void)state;
    uint64_t seed = random_seed("shares_are_those_of_the_leaves");
    for (size_t k = 0; k < random_effort(200); k++) {
        rng r;
        rng_seed(&r, seed + k);
        tree_node *root = tree_new(NULL, 16);
        check(root, 15);
        check(root, 16);
        for (size_t step = rng_below(&r, 40); step > 0; step--) {
            tree_node *leaf = some_leaf(root, &r);
            double before = root->bound, leaf_before = leaf->bound;
            bool was_leaf = leaf->kind == TREE_LEAF;
            if (rng_below(&r, 2) == 0)
                split(leaf, (double)rng_below(&r, 3), &r);
            else
                tree_settle(leaf, TREE_LEAF, (double)rng_below(&r, 16), (tree_text){0});
            check(root, (double)rng_below(&r, 17));
            assert_true(!was_leaf || leaf->bound <= leaf_before);
            assert_true(root == leaf || root->bound <= before);
        }
        tree_free(root);
    }
}

/* As deep as a search may go, where the share of a leaf is next to nothing. */
static void deep_trees_have_shares(void **state)
{
    (void)state;
    rng r;
    rng_seed(&r, 1);
    tree_node *root = tree_new(NULL, 1), *node = root;
    for (size_t depth = 0; depth < 100000; depth++) {
        split(node, 0, &r);
        tree_settle(node->child[0], depth == 0 ? TREE_STUCK : TREE_LEAF, depth == 0 ? 1 : TREE_CLOSED,
                    (tree_text){0});
        node = node->child[1];
    }
    assert_true(tree_share_proved(root, 0) == 0.5); /* rounded: all but one leaf of a half */
    assert_true(tree_share_proved(root->child[1]->child[1], -INFINITY) == 1);
    tree_settle(root->child[0], TREE_LEAF, TREE_CLOSED, (tree_text){0});
    assert_true(tree_share_proved(root, 0) == 1);
    tree_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_are_those_of_the_leaves),
                                       cmocka_unit_test(deep_trees_have_shares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
