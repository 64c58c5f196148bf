#!/usr/bin/env bash
# supcert max: exact answers on networks that can be worked out by hand, JSON, limits, signals; every certificate is checked.
. tests/end/lib.sh

# maximum NAME ANSWER ARGUMENTS...: the answer as a fraction; the certificate proves it to all three checkers.
maximum() {
    local name=$1 answer=$2 f=$3 g=$4 words="$*" output=""
    shift 2
    case $words in *--output*) output="--output ${words##*--output }" ;; esac
    run "$supcert" max "$@" -o m.cert --json
    verify "$name" 0 quiet
    cp "$logs/out" m.json
    equal "$name: verdict" "$(json m.json verdict)" exact
    equal "$name: lower" "$(json m.json lower)" "$answer"
    equal "$name: upper" "$(json m.json upper)" "$answer"
    for program in "$checker" "$native_checker" "$supcert check"; do
        # shellcheck disable=SC2086
        expect "$name: ${program##*/}" 0 "out:^verified" quiet -- $program m.cert "$f" "$g" $output --at-most "$answer" --at-least "$answer"
    done
}

maximum "corner" 5/12 abs.net third.net --box -1/2,3/4
maximum "kink" 1/3 abs.net third.net --box -1/2,1/2
maximum "tie of a kink and two corners" 1/3 abs.net third.net --box -2/3,2/3
maximum "unit cube" 2/3 abs.net third.net
maximum "point" 1/12 abs.net third.net --box 0.25,0.25
maximum "equal networks" 0 abs.net abs.net --box -1,1
maximum "several outputs" 22/7 two.net mixed.net --box -1,1
maximum "first output" 1 two.net mixed.net --box -1,1 --output 0
maximum "second output" 22/7 two.net mixed.net --box -1,1 --output 1
printf '# two intervals\n-1 1\n\n  0.5,  0x1p-1 # equal ends\n' >box
maximum "box file" 13/7 two.net mixed.net --box-file box
printf '1e-400 1e-400\n-1/3 1e-400' >box
maximum "tiny numbers" "$("$supcert" max two.net mixed.net --box-file box --json >t.json && json t.json lower)" two.net mixed.net --box-file box

run "$supcert" max two.net mixed.net --box -1,1 -o m.cert --json
cp "$logs/out" m.json
equal "json: command" "$(json m.json command)" max
equal "json: decimal" "$(json m.json decimal)" 3.1428571428571429
equal "json: output" "$(json m.json output)" 1
equal "json: sign" "$(json m.json sign)" 1
equal "json: point" "$(json m.json point)" '["1","-1"]'
equal "json: nodes" "$(json m.json nodes)" "$(json m.json leaves)"
equal "json: certificate" "$(json m.json certificate)" m.cert
equal "json: network" "$(json m.json networks 1 file)" mixed.net
equal "json: digest" "$(json m.json networks 1 sha256)" "$(sha256sum mixed.net | cut -d' ' -f1)"
equal "json: shape" "$(json m.json networks 0 inputs)$(json m.json networks 0 outputs)$(json m.json networks 0 neurons)" 222
if json m.json seconds >/dev/null; then pass "json: seconds"; else fail "json: seconds" "missing"; fi
run "$supcert" max mixed.net two.net --box -1,1 --json
cp "$logs/out" m.json
equal "json: other sign" "$(json m.json sign)" -1
equal "json: no certificate" "$(json m.json certificate)" null
expect "json: name that is no text" 0 'out:"a\?.cert"' -- "$supcert" max abs.net third.net --json -o "$(printf 'a\377.cert')"

expect "words: exact" 0 "out:^exact: max .f - g. is 5/12, about 0.41666666666666667 .rounded.$" "out:at the point f > g" \
    "out:input 0: 3/4 = 0.75 .exact.$" "out:certificate  none" quiet -- "$supcert" max abs.net third.net --box -1/2,3/4

# Limits: a bracket, its exit status, and its certificate.
hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx --box -1/2,1/2"
# shellcheck disable=SC2086
expect "time limit" 3 "out:^bracket" quiet -- "$supcert" max $hard --time 1e-3 -o b.cert
# shellcheck disable=SC2086
expect "time limit: certificate" 0 "out:^verified: max .f - g. lies between two bounds" -- "$checker" b.cert $hard
# shellcheck disable=SC2086
run "$supcert" max $hard --time 1e-3 --json
cp "$logs/out" m.json
equal "time limit: status and verdict agree" "$status $(json m.json verdict)" "3 bracket"
# shellcheck disable=SC2086
expect "gap" 0 quiet -- "$supcert" max $hard --gap 100 --json -o b.cert
cp "$logs/out" m.json
# shellcheck disable=SC2086
expect "gap: certificate" 0 "out:^verified" -- "$checker" b.cert $hard --at-most "$(json m.json upper)" --at-least "$(json m.json lower)"

# Signals: the first one ends the search with a valid certificate.
for signal in INT TERM HUP; do
    # Background commands of a script start with SIGINT ignored; env gives it back its default.
    # shellcheck disable=SC2086
    env --default-signal=$signal "$supcert" max "$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx" --box -1/2,1/2 -o s.cert -v \
        >"$logs/out" 2>"$logs/err" &
    child=$!
    await grep -q "better point" "$logs/err"
    kill -$signal $child
    wait $child
    status=$?
    verify "signal $signal" 3 "out:^bracket" "out:ended by a signal"
    equal "signal $signal: events only" "$(grep -cv 's, [0-9]* nodes: ' "$logs/err")" 0
    expect "signal $signal: certificate" 0 "out:^verified" -- "$checker" s.cert "$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx"
    absent "signal $signal: nothing else left" "s.cert?"
    rm -f s.cert
done
# A second signal at once may end the program before that; what it leaves is a whole certificate or none.
env --default-signal=TERM "$supcert" max "$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx" --box -1/2,1/2 -o s.cert -v >"$logs/out" 2>"$logs/err" &
child=$!
await grep -q "better point" "$logs/err"
kill -TERM $child
kill -TERM $child
wait $child
case $? in
3 | 143) pass "two signals" ;;
*) fail "two signals" "$(cat "$logs/err")" ;;
esac
absent "two signals: no half of a file" "s.cert?"
finish
