/* Names of statements: see claim.h. */
#include "fool/claim.h"

const char *claim_name(claim why)
{
    static const char *const names[] = {
        [CLAIM_NOTHING] = "nothing",         [CLAIM_HOLE] = "hole",
        [CLAIM_INNER_HOLE] = "inner-hole",   [CLAIM_EMPTY_CELL] = "empty-cell",
        [CLAIM_RANDOM_CELL] = "random-cell", [CLAIM_MIDPOINTS] = "midpoints",
    };
    return names[why];
}
