#!/usr/bin/env bash
# Checking: what is verified, what is not implied, what is rejected, what is no certificate.
. tests/end/lib.sh

"$supcert" max abs.net third.net --box -1/2,3/4 -q -o one.cert
"$supcert" max two.net mixed.net --box -1,1 -q -o all.cert
"$supcert" max two.net mixed.net --box -1,1 --output 0 -q -o zero.cert
printf -- '-1/2 0.75\n' >box
sed '/^tree/q' one.cert >broken.cert
printf '%s\n' b nonsense . end >>broken.cert

for program in "$checker" "$native_checker" "$supcert check"; do
    short=${program##*/}
    # shellcheck disable=SC2086
    {
        expect "$short: box is printed" 0 "out:^verified: max .f - g. is 5/12" "out:\[-1/2, 3/4\] .the certificate's own" "out:5 nodes, 3 leaves|nodes" quiet -- $program one.cert abs.net third.net
        expect "$short: box demanded" 0 "out:\[-1/2, 3/4\]$" quiet -- $program one.cert abs.net third.net --box -0.5,3/4
        expect "$short: box file" 0 quiet -- $program one.cert abs.net third.net --box-file box
        expect "$short: other box" 1 "out:^not implied" "err:another box" message -- $program one.cert abs.net third.net --box -1/2,1/2
        expect "$short: at most" 0 "out:implies .*at most 5/12" -- $program one.cert abs.net third.net --at-most 5/12
        expect "$short: not at most" 1 "out:^not implied" "err:at-most 0.4166 asks" message -- $program one.cert abs.net third.net --at-most 0.4166
        expect "$short: at least" 0 "out:implies .*at least 0.25" -- $program one.cert abs.net third.net --at-least 0.25
        expect "$short: not at least" 1 "out:^not implied" "err:at-least 0.5 asks" message -- $program one.cert abs.net third.net --at-least 0.5
        expect "$short: all outputs" 0 "out:outputs +all, 0 to 1; the largest is output 1" -- $program all.cert two.net mixed.net
        expect "$short: one output" 0 "out:output +0 alone" -- $program zero.cert two.net mixed.net --output 0 --at-most 1 --at-least 1
        expect "$short: other output" 1 "err:about output 0, not 1" message -- $program zero.cert two.net mixed.net --output 1
        expect "$short: one output is not all" 1 "err:about output 0" message -- $program zero.cert two.net mixed.net --at-most 1
        expect "$short: one output is at least one" 0 -- $program zero.cert two.net mixed.net --at-least 1
        expect "$short: all outputs bound one" 0 -- $program all.cert two.net mixed.net --output 0 --at-most 22/7
        expect "$short: attained at another output" 1 "err:at-least" message -- $program all.cert two.net mixed.net --output 0 --at-least 1
        expect "$short: larger box of the certificate" 0 "out:demanded is .0, 1/2." "out:implies .*at most 1/2" quiet -- $program one.cert abs.net third.net --box 0,1/2 --at-most 1/2
        expect "$short: larger box demanded" 1 "out:^not implied" "err:--at-most 9 asks: its bound is about another box: .-1/2, 3/4." message -- $program one.cert abs.net third.net --box -1/2,7/8 --at-most 9
        expect "$short: other lower end demanded" 1 "err:its bound is about another box" message -- $program one.cert abs.net third.net --box -3/4,3/4 --at-most 9
        expect "$short: point in a smaller box" 0 "out:implies .*at least 5/12" -- $program one.cert abs.net third.net --box 3/4,3/4 --at-least 5/12
        expect "$short: point in another box" 0 "out:implies .*at least 5/12" -- $program one.cert abs.net third.net --box 1/2,7 --at-least 5/12
        expect "$short: point below the box" 1 "err:--at-least 0 asks: its point is outside of your box" message -- $program one.cert abs.net third.net --box 0.7500001,1 --at-least 0
        expect "$short: point above the box" 1 "err:its point is outside of your box" message -- $program one.cert abs.net third.net --box -1,0.7499999 --at-least 0
        expect "$short: both, one fails" 1 "err:--at-least" message -- $program one.cert abs.net third.net --box 0,1/2 --at-most 5/12 --at-least 1/3
        expect "$short: one output of all, no bound" 1 "out:^not implied" "err:about all outputs, not output 1 alone" message -- $program all.cert two.net mixed.net --output 1
        expect "$short: what is asked comes first" 1 "out:^not implied" "err:--at-most 0.4 asks" message -- $program broken.cert abs.net third.net --at-most 0.4
        expect "$short: what is asked comes first: box" 1 "out:^not implied" "err:another box" message -- $program broken.cert abs.net third.net --box 0,1
        expect "$short: then the proof" 1 "out:^rejected" "err:^broken.cert:1[0-9]: " message -- $program broken.cert abs.net third.net --at-most 5/12
        expect "$short: first, by several processes" 1 "out:^not implied" "err:--at-most 0.4 asks" message -- $program one.cert abs.net third.net --at-most 0.4 --jobs 3
        expect "$short: first, from a pipe" 1 "out:^not implied" "err:--at-most 0.4 asks" message -- $program <(cat one.cert) abs.net third.net --at-most 0.4
        expect "$short: other networks" 1 "out:^rejected" "err:^one.cert:2: .*another network f" message -- $program one.cert third.net abs.net
        refuses "$short: other shapes" "numbers? of|shape" -- $program one.cert two.net third.net
        refuses "$short: missing certificate" "^absent: " -- $program absent abs.net third.net
        refuses "$short: directory" "^\.: is a directory" -- $program . abs.net third.net
        refuses "$short: no certificate" "^abs.net:1: " -- $program abs.net abs.net third.net
        : >empty
        refuses "$short: empty certificate" "^empty" -- $program empty abs.net third.net
        refuses "$short: missing network" "^absent: " -- $program one.cert absent third.net
        refuses "$short: box of other shape" "box.*1 of 2|intervals" -- $program all.cert two.net mixed.net --box-file box
    }
done

# Lies: each must be rejected with the place.
lie() { # NAME SED-SCRIPT LINE
    sed "$2" one.cert >lie.cert
    if cmp -s one.cert lie.cert; then
        fail "lie: $1" "nothing was changed"
    else
        expect "lie: $1" 1 "out:^rejected" "err:^lie.cert:$3: " message -- "$checker" lie.cert abs.net third.net
    fi
}
lie "smaller maximum" 's/^upper 5\/12/upper 5\/13/' '[0-9]+'
lie "larger lower bound" 's/^lower 5\/12/lower 1\/2/' '[0-9]+'
lie "point outside" 's/^at 0 3\/4/at 0 5\/4/' 9
lie "larger box" 's/^box -1\/2 3\/4/box -1\/2 1/' '[0-9]+'
lie "box upside down" 's/^box -1\/2 3\/4/box 1 1\/2/' 6
lie "sloppy number" 's/^upper 5\/12/upper 10\/24/' 7
lie "unknown step" 's/^b$/z/' '[0-9]+'
lie "no end" '$d' '[0-9]+'
lie "more after the end" '$a more' '[0-9]+'
lie "an early end" '0,/^\.$/{/^\.$/d}' '[0-9]+'
head -c 150 one.cert >lie.cert
expect "truncated" 1 "out:^rejected" "err:^lie.cert:[0-9]+: " message -- "$checker" lie.cert abs.net third.net

# JSON, for all three verdicts.
run "$supcert" check one.cert abs.net third.net --json --at-most 1
cp "$logs/out" c.json
equal "json: verified" "$status $(json c.json verdict) $(json c.json reason)" "0 verified null"
equal "json: values" "$(json c.json lower) $(json c.json upper) $(json c.json decimal)" "5/12 5/12 0.41666666666666667"
equal "json: box" "$(json c.json box)" '[["-1/2","3/4"]]'
equal "json: point" "$(json c.json point)" '["3/4"]'
run "$supcert" check one.cert abs.net third.net --json --at-most 0
cp "$logs/out" c.json
equal "json: not implied" "$status $(json c.json verdict) $(json c.json reason)" "1 not implied does not imply what --at-most 0 asks: it says that |f-g| is at most 5/12, about 0.41666666666666667 (rounded)"
run "$supcert" check one.cert third.net abs.net --json
cp "$logs/out" c.json
equal "json: rejected" "$status $(json c.json verdict) $(json c.json line)" "1 rejected 2"
finish
