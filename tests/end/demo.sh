#!/usr/bin/env bash
# The demonstration tells its story to the end, from any folder.
. tests/end/lib.sh

expect "demo" 0 "out:  . exact: max .f - g. is 0.036108134993867738 " "out:  . verified: max .f - g. is 0.036108134993867738 " \
    "out:  . rejected" "out:Exit status 1: rejected" quiet -- "$ROOT/examples/first/run" "$BUILD"
finish
