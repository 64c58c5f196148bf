#!/bin/bash
# The rooms of the source depend on each other in one direction, and what has to be trusted stays small.
# shellcheck source=tests/end/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT" || exit 1

# Each room, and those that it may include besides itself.
while IFS=: read -r room allowed; do
    used=$(grep -ho '^#include "[a-z]*/' "src/$room"/*.[ch] | sed 's/.*"//; s#/##' | sort -u)
    wrong=$(for other in $used; do case " $room $allowed " in *" $other "*) ;; *) echo "$other" ;; esac; done)
    if [ -n "$used" ] && [ -z "$wrong" ]; then pass "$room includes what is below it"; else fail "$room" "includes ${wrong:-nothing}"; fi
done <<'ROOMS'
base:
number:base
network:base number
system:base number network
kernel:base number network system
proof:base number network system kernel
target:base number kernel
vnnlib:base number network proof
import:base number network
search:base number network system kernel proof target
fool:base number network proof search
api:base number network proof import search
ROOMS

missing=$(for room in src/*/; do grep -q "^$(basename "$room"):" tests/end/rooms.sh || basename "$room"; done)
if [ "$missing" = cli ]; then pass "no room is left out but cli, which may include all"; else fail "rooms" "not listed: $missing"; fi

# at_most NAME LINES FILES...
at_most() {
    local name=$1 most=$2 lines
    shift 2
    lines=$(tools/lines "$@" | tail -n 1 | tr -dc '0-9')
    if [ "$lines" -gt 100 ] && [ "$lines" -le "$most" ]; then pass "$name: at most $most lines"; else fail "$name" "$lines lines of code (at most $most)"; fi
}

kernel=()
for file in src/kernel/*.[ch]; do
    case $file in */choice.[ch] | */target.[ch]) ;; *) kernel+=("$file") ;; esac
done
at_most "kernel" 1350 "${kernel[@]}"
at_most "checker" 650 src/proof/{line,steps,check}.[ch]

finish
