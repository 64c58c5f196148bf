#!/usr/bin/env bash
# decide --relative: all verdicts, ties, references that are 0, formulas, limits, and what goes with what; every certificate is checked for
# what it must imply, and for what it must not.
. tests/end/lib.sh

# On [-1/2, 3/4]: max |abs - third| is 5/12, max |third| is 1/3, so the ratio is 5/4; max |third - abs| / max |abs| is 5/9.
pair="abs.net third.net --box -1/2,3/4"
# decides NAME STATUS VERDICT TOLERANCE ARGUMENTS...: decides and checks, natively; a demand of the tolerance must be implied by "within" alone.
decides() {
    local name=$1 wanted=$2 verdict=$3 tolerance=$4 gate=1
    shift 4
    [ "$verdict" = within ] && gate=0
    expect "$name" "$wanted" "out:^$verdict: max" quiet -- "$supcert" decide "$@" --tol "$tolerance" --relative -o rel.cert
    expect "$name: certificate" 0 "out:^verified: max .*g. " "out:verdict +$verdict: " quiet -- "$native_checker" rel.cert "$@"
    run "$native_checker" rel.cert "$@" --at-most "$tolerance" --relative
    equal "$name: gate" "$status" "$gate"
}
# shellcheck disable=SC2086
{
    decides "within" 0 within 1.3 $pair
    decides "a tie is within" 0 within 5/4 $pair
    expect "a tie: the ratio is proved" 0 "out:implies +max .f - g. is at most 1.25 times max .g." quiet -- "$checker" rel.cert $pair --at-most 1.25 --relative
    expect "a tie: not less" 1 message "err:at-most 1.249 --relative asks: max .f-g. / max .g. is at most 5/4" -- "$checker" rel.cert $pair --at-most 1.249 --relative
    expect "a tie: not negative" 1 message -- "$checker" rel.cert $pair --at-most -1 --relative
    expect "a tie: without --relative it is about |f - g|" 0 "out:implies +.f - g. is at most 5/12$" quiet -- "$checker" rel.cert $pair --at-most 5/12
    expect "a tie: |f - g| is not less" 1 message "err:.f-g. is at most 5/12" -- "$checker" rel.cert $pair --at-most 0.41
    # Its points: 3/4 of the difference, -1/2 of the reference, which is 1/3 everywhere.
    expect "a part of the box" 0 "out:demanded is .-1/2, 1/2." quiet -- "$checker" rel.cert abs.net third.net --box -1/2,1/2 --at-most 2 --relative
    expect "a part of the box: the point is outside" 1 message "err:another box" -- "$checker" rel.cert abs.net third.net --box -1/2,1/2 --at-least 1/2 --relative
    expect "a part of the box: the reference's point is outside" 1 message "err:another box" -- "$checker" rel.cert abs.net third.net --box 7/10,8/10 --at-most 2 --relative
    expect "a larger box" 1 message "err:another box" -- "$checker" rel.cert abs.net third.net --box -1/2,1 --at-most 2 --relative
    expect "a larger box, at least" 1 message "err:another box" -- "$checker" rel.cert abs.net third.net --box -1/2,1 --at-least 1/2 --relative
    expect "another box, and no bound" 1 message "err:another box" -- "$checker" rel.cert abs.net third.net --box -1/2,1/2
    sed '/^tree/{n;s/.*/no such step/}' rel.cert >broken.cert
    expect "what is asked comes first" 1 "out:^not implied" -- "$checker" broken.cert $pair --at-most 1.249 --relative
    expect "then the proof" 1 "out:^rejected" -- "$checker" broken.cert $pair --at-most 1.25 --relative
    expect "from a pipe" 1 "out:^not implied" -- "$checker" <(cat rel.cert) $pair --at-most 1.249 --relative
    expect "from a pipe, implied" 0 "out:^verified" -- "$checker" <(cat rel.cert) $pair --at-most 1.25 --relative
    expect "other networks" 1 "out:^rejected" message "err:rel.cert:5: .*another network f" -- "$checker" rel.cert third.net abs.net
    decides "missed by a hair" 1 missed 1249999999999999999999999999/1000000000000000000000000000 $pair
    expect "missed: at least" 0 "out:implies +max .f - g. is at least 1249999999999999999999999999/1000000000000000000000000000 times" quiet -- \
        "$checker" rel.cert $pair --at-least 1249999999999999999999999999/1000000000000000000000000000 --relative
    expect "missed: not more" 1 message "err:is at least" -- "$checker" rel.cert $pair --at-least 1.2500001 --relative
    decides "missed" 1 missed 1/2 $pair
    decides "tolerance 0" 1 missed 0 $pair
    decides "a large tolerance" 0 within 1e30 $pair
    decides "the other way round" 0 within 5/9 third.net abs.net --box -1/2,3/4
    decides "the other way round, missed" 1 missed 0.5555 third.net abs.net --box -1/2,3/4
}

# References that are 0: only equality is within. Boxes of one point.
printf 'supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n' >zero.net
decides "zero reference" 1 missed 1000 abs.net zero.net --box -1,1
decides "zero reference, tolerance 0" 1 missed 0 abs.net zero.net --box -1,1
decides "both zero" 0 within 0 zero.net zero.net --box -1,1
decides "zero on the box alone" 0 within 0 abs.net zero.net --box 0,0
decides "equal" 0 within 0 abs.net abs.net --box -1,1
decides "one point" 0 within 2 abs.net third.net --box 1,1

# Several outputs: two = (x, 1/7 + x - y), mixed = (max(x,0), y). Over all outputs max |f - g| is 22/7 (output 1) and max |g| is 1; of output 0
# both are 1.
decides "all outputs" 0 within 22/7 two.net mixed.net --box -1,1
expect "all outputs: not one" 1 message "err:over all outputs, not those of output 0" -- "$checker" rel.cert two.net mixed.net --at-most 4 --relative --output 0
decides "one output" 0 within 1 two.net mixed.net --box -1,1 --output 0
expect "one output: not all" 1 message "err:of output 0 alone" -- "$checker" rel.cert two.net mixed.net --at-most 4 --relative
cp rel.cert zeroth.cert
decides "another output" 1 missed 3 two.net mixed.net --box -1,1 --output 1

# Parts that do not belong together: the second part of a certificate about another output, or another box, or another network.
part() { awk -v n="$2" '/^supcert-certificate/ { part++ } part == n' "$1"; }
"$supcert" decide two.net mixed.net --box -1/2,1 --output 1 --tol 4 --relative -q -o narrow.cert
for other in zeroth narrow; do
    { head -n 3 rel.cert && part rel.cert 1 && part $other.cert 2; } >spliced.cert
    expect "spliced: $other" 1 message "err:different boxes or outputs" -- "$native_checker" spliced.cert two.net mixed.net
done
"$supcert" decide mixed.net two.net --box -1,1 --output 1 --tol 3 --relative -q -o swapped.cert
{ head -n 3 rel.cert && part rel.cert 1 && part swapped.cert 2; } >spliced.cert
expect "spliced: another network" 1 message "err:another network f" -- "$native_checker" spliced.cert two.net mixed.net
{ head -n 3 rel.cert && part rel.cert 2 && part rel.cert 1; } >spliced.cert
expect "spliced: the other order" 1 message "err:another network" -- "$native_checker" spliced.cert two.net mixed.net
{ head -n 3 rel.cert && part rel.cert 1; } >spliced.cert
expect "a part is missing" 1 message -- "$native_checker" spliced.cert two.net mixed.net
{ cat rel.cert && echo end; } >spliced.cert
expect "text after the end" 1 message "err:text after the end" -- "$native_checker" spliced.cert two.net mixed.net
sed 's/^verdict missed$/verdict within/' rel.cert >spliced.cert
expect "another verdict" 1 message "err:does not follow" -- "$native_checker" spliced.cert two.net mixed.net
sed 's/^verdict missed$/verdict undecided/' rel.cert >spliced.cert
expect "a weaker verdict" 0 "out:verdict +undecided" quiet -- "$native_checker" spliced.cert two.net mixed.net
sed 's/^tolerance 3$/tolerance -3/' rel.cert >spliced.cert
expect "a negative tolerance" 1 message "err:spliced.cert:2: the tolerance is negative" -- "$native_checker" spliced.cert two.net mixed.net
part rel.cert 1 >spliced.cert
expect "the first part alone is a certificate" 0 quiet -- "$native_checker" spliced.cert two.net mixed.net --box -1,1 --at-least 3 --output 1
printf 'supcert-relative 2\n' >spliced.cert
expect "another version" 2 message -- "$native_checker" spliced.cert two.net mixed.net

# Formulas. A tie with one cannot be decided; the search ends when it has nothing better to offer.
formula=(abs.net "expr:sin(x1)" --box 0,1)
decides "formula: within" 0 within 0.2 "${formula[@]}"
decides "formula: missed" 1 missed 0.188 "${formula[@]}"
decides "formula: zero" 1 missed 3 abs.net "expr:0*x1"
decides "formula: equality with zero" 0 within 0 zero.net "expr:x1-x1"
decides "formula: tie" 3 undecided 1 zero.net "expr:sin(x1)"
expect "formula: not defined" 2 message "err:argument of 'log'" silent -- "$supcert" decide abs.net "expr:log(x1)" --tol 1 --relative

# Limits: an undecided comparison, with a valid certificate; the limits are those of all searches together.
hard=("$t2p/student_d3_s1_n1000_w32.onnx" "$t2p/teacher_d3_s1.onnx" --box -1/2,1/2)
for limit in "--nodes 1" "--nodes 300" "--time 1e-9"; do
    # shellcheck disable=SC2086
    expect "$limit" 3 "out:^undecided: max .*lies between" "out:ended by ${limit% *}" quiet -- \
        "$supcert" decide "${hard[@]}" --tol 0.1688 --relative $limit -o limit.cert
    expect "$limit: certificate" 0 "out:verdict +undecided" quiet -- "$checker" limit.cert "${hard[@]}"
done
run "$supcert" decide "${hard[@]}" --tol 0.1688 --relative --nodes 300 --json
cp "$logs/out" nodes.json
[ "$(json nodes.json nodes)" -le 305 ] && pass "nodes: of all searches" || fail "nodes: of all searches" "$(json nodes.json nodes)"
slow=("$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx" --box -1/2,1/2)
expect "live progress tells what is searched" 0 "err:.f - g.: lower .*upper" -- "$supcert" decide "${slow[@]}" --tol 1/2 --relative --progress live
expect "verbose tells what is searched" 0 "err:nodes: .g.: better point" "err:nodes: .f - g.: better point" "out:time +root" -- \
    "$supcert" decide "${hard[@]}" --tol 1/2 --relative -v
expect "missed at once" 1 "out:^missed" quiet -- "$supcert" decide "${hard[@]}" --tol 0.00001 --relative -o far.cert
# A signal ends all searches, with a certificate.
"$supcert" decide "${slow[@]}" --tol 0.16 --relative -o stopped.cert -v >stopped.out 2>stopped.err &
await grep -q "better point" stopped.err
kill -TERM $!
wait $!
equal "a signal: status" $? 3
expect "a signal: verdict" 0 "out:^undecided" "out:ended by a signal" quiet -- cat stopped.out
expect "a signal: certificate" 0 "out:verdict +undecided" quiet -- "$checker" stopped.cert "${slow[@]}"

# JSON, and the point of a miss.
run "$supcert" decide abs.net third.net --box -1/2,3/4 --tol 5/4 --relative --json --witness point.csv
cp "$logs/out" tie.json
equal "json: ratio" "$(json tie.json relative lower) $(json tie.json relative upper) $(json tie.json relative upper_decimal)" "5/4 5/4 1.25"
equal "json: both maxima" "$(json tie.json lower) $(json tie.json relative reference upper)" "5/12 1/3"
equal "json: verdicts" "$(json tie.json verdict) $(json tie.json relative verdict) $(json tie.json relative tolerance)" "within within 5/4"
expect "the witness is that of |f - g|" 0 "out:^exact,error,0,.*,5/12$" quiet -- cat point.csv
run "$supcert" check far.cert "${hard[@]}" --json
cp "$logs/out" check.json
equal "check --json" "$(json check.json kind) $(json check.json relative verdict) $(json check.json relative tolerance)" "relative missed 1/100000"

# Batches.
printf '%b\n' 'name\tf\tg\tbox\ttol\trelative' 'a\tabs.net\tthird.net\t-1/2,3/4\t5/4\tyes' 'b\tabs.net\tthird.net\t-1/2,3/4\t1/2\tno' >table.tsv
expect "batch" 0 "out:^a	2	within	.*	1.25	1.25$" "out:^b	3	within	0.41.*		$" quiet -- "$supcert" batch table.tsv --certificates proofs
expect "batch: certificate" 0 quiet -- "$native_checker" proofs/a.cert abs.net third.net --at-most 5/4 --relative
printf '%b\n' 'name\tf\tg\ttol\trelative' 'a\tabs.net\tthird.net\t1\tmaybe' 'b\tabs.net\tthird.net\t\tyes' >table.tsv
expect "batch: broken rows" 2 message "out:^a.*relative: maybe is neither yes nor no" "out:^b.*needs a tol" -- "$supcert" batch table.tsv

# What does not go together.
plain=(abs.net third.net --box -1/2,3/4)
"$supcert" decide "${plain[@]}" --tol 1 -q -o plain.cert
"$supcert" decide "${plain[@]}" --tol 2 --relative -q -o rel.cert
refuses "no tolerance" "no tolerance is given" -- "$supcert" decide "${plain[@]}" --relative
refuses "negative tolerance" "tol" -- "$supcert" decide "${plain[@]}" --relative --tol -1
refuses "checkpoint" "--checkpoint has no meaning" -- "$supcert" decide "${plain[@]}" --relative --tol 1 --checkpoint state
refuses "resume" "--resume has no meaning" -- "$supcert" decide "${plain[@]}" --relative --tol 1 --resume state
refuses "max" "relative" -- "$supcert" max "${plain[@]}" --relative
refuses "a certificate of the other kind" "plain.cert:1: is no relative certificate" -- "$checker" plain.cert "${plain[@]}" --at-most 2 --relative
refuses "nothing is demanded" "add one of them" -- "$checker" rel.cert "${plain[@]}" --relative
refuses "parts" "is a relative certificate, which is checked as a whole" -- "$checker" rel.cert "${plain[@]}" --shards 2 --shard 1
refuses "a receipt" "so --receipt has no meaning" -- "$checker" rel.cert "${plain[@]}" --receipt r
refuses "samples" "so --samples has no meaning" -- "$checker" rel.cert "${plain[@]}" --samples abs.net
finish
