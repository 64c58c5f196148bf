#!/usr/bin/env bash
# The shipped pairs of teachers and students: the maximum is the expected one, exactly; the certificate holds and is small.
. tests/end/lib.sh

while IFS=$'\t' read -r pair maximum point decimal; do
    case $pair in
    '#'*) continue ;;
    esac
    f=$t2p/${pair% *} g=$t2p/${pair#* } name=${pair%%.*}
    if [ ! -f "$f" ]; then
        echo "# $name is not shipped: skipped"
        continue
    fi
    expect "$name" 0 quiet -- "$supcert" max "$f" "$g" --box -1/2,1/2 -o "$name.cert" --json
    cp "$logs/out" m.json
    equal "$name: lower" "$(json m.json lower)" "$maximum"
    equal "$name: upper" "$(json m.json upper)" "$maximum"
    # The decimals of the list are doubles; one in the last place may differ from the correctly rounded decimal.
    equal "$name: decimal" "$(json m.json decimal | cut -c1-16)" "${decimal:0:16}"
    # Maximisers need not be unique, so the point is looked at through the values there.
    equal "$name: point" "$(json m.json point | tr -cd ,)" "$(printf %s "$point" | tr ' ' , | tr -cd ,)"
    expect "$name: certificate" 0 "out:^verified: max .f - g. is $(json m.json decimal) " quiet -- \
        "$checker" "$name.cert" "$f" "$g" --box -1/2,1/2 --at-most "$maximum" --at-least "$maximum"
    size=$(cat "$name.cert" | wc -c)
    if [ "$size" -lt 1048576 ]; then pass "$name: $size bytes"; else fail "$name: size" "$size bytes"; fi
done <"$t2p/expected.tsv"
finish
