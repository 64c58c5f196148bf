#!/usr/bin/env bash
# The story of the second target tells itself to the end, from any folder.
. tests/end/lib.sh

export SUPCERT_POINTS=1000000
expect "fooling" 0 "out:samples:   0\.0" "out:  . sample 3: [0-9]+" "out:  . exact: max .f - g. is 0.11438216790500303 " "out:  . second target: " "out:  . verified: two networks agree exactly on all 100 samples and are 1 " \
    "out:^0 of 1000000 random points notice" quiet -- "$ROOT/examples/fooling/run" "$BUILD"
finish
