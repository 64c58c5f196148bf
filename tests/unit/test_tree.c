/* The search tree: bounds of split nodes and the share that is proved, against the leaves one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random.h"
#include "search/tree.h"

static void split(tree_node *node, rng *r)
{
    tree_split s = {.kind = TREE_INPUT, .upper_first = rng_below(r, 2)};
    tree_divide(node, &s, node->bound, NULL, 0, (tree_text){0});
}

/* A leaf below `node`, at random. */
static tree_node *some_leaf(tree_node *node, rng *r)
{
    while (tree_is_split(node))
        node = node->child[rng_below(r, 2)];
    return node;
}

/* The largest bound of the leaves, and the share of those whose bound is at most `claim`. */
static double look(const tree_node *node, double claim, double weight, double *share)
{
    if (!tree_is_split(node)) {
        *share += node->bound <= claim ? weight : 0;
        return node->bound;
    }
    double left = look(node->child[0], claim, weight / 2, share);
    double right = look(node->child[1], claim, weight / 2, share);
    assert_true(node->bound == fmax(left, right));
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
            if (rng_below(&r, 2) == 0)
                split(leaf, &r);
            else
                tree_settle(leaf, TREE_LEAF, (double)rng_below(&r, 16), (tree_text){0});
            check(root, (double)rng_below(&r, 17));
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
        split(node, &r);
        tree_settle(node->child[0], TREE_LEAF, TREE_CLOSED, (tree_text){0});
        node = node->child[1];
    }
    assert_true(tree_share_proved(root, 0) == 1); /* rounded: all but one leaf */
    assert_true(tree_share_proved(root->child[1]->child[1], -INFINITY) == 1);
    tree_settle(root->child[0], TREE_STUCK, 1, (tree_text){0});
    assert_true(tree_share_proved(root, 0) == 0.5);
    tree_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_are_those_of_the_leaves),
                                       cmocka_unit_test(deep_trees_have_shares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
