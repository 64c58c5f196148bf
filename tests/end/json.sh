#!/usr/bin/env bash
# JSON of every command, for every verdict, against the schemas of share/schema, by a validator of the tests' own: whatever is missing or
# unknown is a failure, and so is a schema that would not notice it.
. tests/end/lib.sh

schemas=$ROOT/share/schema
"${CC:-cc}" -std=c17 -Wall -Wextra -Wshadow -Wconversion -Werror -o "$logs/schema" "$ROOT/tests/end/json_schema.c" -ljansson || exit 1

# obeys NAME SCHEMA FILE
obeys() {
    run "$logs/schema" "$schemas/$2.json" --tight "$3"
    verify "$1: obeys $2.json" 0 silent quiet
}
: >told
# tells SCHEMA STATUS VERDICT COMMAND...: the verdict - stands for none.
number=0
tells() {
    local schema=$1 wanted=$2 verdict=$3 name found
    shift 3
    number=$((number + 1))
    name="$number, $schema, $verdict"
    run "$@"
    cp "$logs/out" "$number.json"
    equal "$name: status" "$status" "$wanted"
    found=$(json "$number.json" verdict 2>/dev/null || echo -)
    equal "$name: verdict" "$found" "$verdict"
    obeys "$name" "$schema" "$number.json"
    echo "$schema $verdict" >>told
}

# The maximum of |abs - 1/3| on [-1/2, 3/4] is 5/12; a pair that takes longer; a formula; a formula that is not defined everywhere.
pair="abs.net third.net --box -1/2,3/4"
hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx --box -1/2,1/2"
value=$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")
# shellcheck disable=SC2086
{
    tells max 0 exact "$supcert" max $pair --json -o max.cert
    tells max 3 bracket "$supcert" max $hard --json --nodes 40 --checkpoint state -o bracket.cert
    tells max 3 bracket "$supcert" max $hard --json --nodes 60 --resume state
    tells max 3 bracket "$supcert" max $hard --json --time 1e-9
    tells max 0 bracket "$supcert" max abs.net 'expr:sin(x1)' --box 0,1 --gap 0.01 --json --witness formula.json
    tells max 0 exact "$supcert" max two.net mixed.net --box -1,1 --output 1 --json --witness max-witness.json
    tells decide 0 within "$supcert" decide $pair --tol 5/12 --json
    tells decide 1 missed "$supcert" decide $pair --tol 0.4 --json --witness decide-witness.json
    tells decide 3 undecided "$supcert" decide $hard --tol "$value" --nodes 40 --json
    tells decide 0 within "$supcert" decide abs.net 'expr:sin(x1)' --box 0,1 --tol 1 --json
    tells decide 0 within "$supcert" decide $pair --tol 5/4 --relative --json -o relative.cert
    tells check 0 verified "$supcert" check relative.cert $pair --json
    tells decide 1 missed "$supcert" decide abs.net 'expr:1/3' --box 0,0 --tol 1/2 --relative --json
    tells decide 3 undecided "$supcert" decide $hard --tol 0.1688 --relative --nodes 40 --json
    printf 'supcert-network 1\ninputs 1\nlayer 1 reads\nlinear 0\nend\n' >zero.net
    tells decide 1 missed "$supcert" decide abs.net zero.net --tol 1/2 --relative --json -o relative.cert
    tells check 0 verified "$supcert" check relative.cert abs.net zero.net --json
    tells check 0 verified "$supcert" check max.cert $pair --json
    tells check 0 verified "$supcert" check bracket.cert $hard --json
    tells check 1 "not implied" "$supcert" check max.cert $pair --json --at-most 0.4
    tells check 1 rejected "$supcert" check max.cert third.net abs.net --json
    for part in 1 2; do tells check 0 "verified shard" "$supcert" check bracket.cert $hard --json --shards 2 --shard $part --receipt $part.receipt; done
    tells check 0 verified "$supcert" check bracket.cert $hard 1.receipt 2.receipt --combine --json
    tells check 1 rejected "$supcert" check bracket.cert $hard 1.receipt --combine --json
    tells witness 0 - "$supcert" witness $pair --at 1/3 --json
    tells witness 0 - "$supcert" witness two.net mixed.net --at -1,1/3 --json -o point.cert
    tells check 0 verified "$supcert" check point.cert two.net mixed.net --json
    tells witness 0 - "$supcert" witness abs.net 'expr:sqrt(x1-1/3)' --at 1/3 --json
    tells witness 0 - "$supcert" witness abs.net 'expr:sin(x1)' --at 1/3 --json
}
equal "a form where the formula is undefined is among them" "$(cat ./*.json | grep -c '"error": null')" 1
for file in max-witness decide-witness formula; do obeys "$file" witness $file.json; done

cat >spec.vnnlib <<'SPEC'
(vnnlib-version <2.0>)
(declare-network f (declare-input X real [1]) (declare-output Y real []))
(assert (and (>= X[0] -0.5) (<= X[0] 0.75) (>= Y 0.75)))
SPEC
sed 's/(>= Y/(> Y/' spec.vnnlib >strict.vnnlib
printf '(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (and (>= X_0 0) (<= X_0 1) (> Y_0 1)))\n' >old.vnnlib
tells verify 1 sat "$supcert" verify spec.vnnlib --network f=abs.net --json -o sat.cert
tells verify 0 unsat "$supcert" verify strict.vnnlib --network f=abs.net --json -o unsat.cert
tells verify 0 unsat "$supcert" verify old.vnnlib --network any=abs.net --json
tells verify 3 timed-out "$supcert" verify strict.vnnlib --network f=abs.net --json --timeout 1e-9
{
    echo "(vnnlib-version <2.0>)"
    for net in f g; do echo "(declare-network $net (declare-input X_$net real [3]) (declare-output Y_$net real []))"; done
    for i in 0 1 2; do echo "(assert (and (>= X_f[$i] -0.5) (<= X_f[$i] 0.5) (== X_f[$i] X_g[$i])))"; done
    echo "(assert (> (* ${value#*/} (- Y_f Y_g)) ${value%/*}))"
} >hard.vnnlib
tells verify 3 unknown "$supcert" verify hard.vnnlib --network "f=$(cut -d' ' -f1 <<<"$hard")" --network "g=$(cut -d' ' -f2 <<<"$hard")" --json --nodes 3
tells check 0 verified "$supcert" check sat.cert spec.vnnlib --network f=abs.net --json
tells check 0 verified "$supcert" check unsat.cert strict.vnnlib --network f=abs.net --json
tells check 1 rejected "$supcert" check unsat.cert spec.vnnlib --network f=abs.net --json
for question in onnx-operators onnx-element-types onnx-opset-versions vnnlib-versions; do
    tells supports 0 - "$supcert" supports --$question --json
done

tells eval 0 - "$supcert" eval two.net --at 1,2 --at 1/3,0 --json
tells info 0 - "$supcert" info two.net --json
tells info 0 - "$supcert" info "$t2p/teacher_d2_s0.onnx" --json
tells convert 0 - "$supcert" convert two.net -o two.copy --json
equal "convert: what was written" "$(json $number.json result sha256) $(json $number.json network file)" "$(sha256sum two.copy | cut -d' ' -f1) two.net"
tells convert 0 - "$supcert" convert abs.net -o abs.onnx --json
equal "convert: the format" "$(json $number.json format) $(json $number.json result neurons)" "onnx 3"
refuses "convert: two things on one stream" "add -o FILE" -- "$supcert" convert two.net --json

printf 'x,y\n0,7\n1/2,0.25\n' >one.csv
tells fool 0 "done" "$supcert" fool --samples one.csv --class inf,2,3,3 --at 1 --json
tells fool 0 "done" "$supcert" fool --samples one.csv --target abs.net --model third.net --height 1 --onnx -o fooled --json
tells check 0 verified "$supcert" check fooled/fooling.cert fooled/target.net abs.net --samples one.csv --model third.net --json
tells check 1 "not implied" "$supcert" check fooled/fooling.cert fooled/target.net abs.net --samples one.csv --at-least 9 --json
tells samples 0 - "$supcert" samples --class 2,2,24 --layers 2..4 --dimension 1,2 --tolerance 0.1,9 --json
tells samples 0 - "$supcert" samples --class inf,1,3,3 --dimension 1 --samples 0,4 --error 3/2 --json

batch() { # VERDICT STATUS ROW...
    local verdict=$1 wanted=$2
    shift 2
    printf '%s\n' name,f,g,box,tol,time "$@" >table.csv
    tells batch "$wanted" "$verdict" "$supcert" batch table.csv --json
}
batch good 0 'a,abs.net,third.net,"0,1",,' 'b,abs.net,third.net,"0,1",1,'
batch missed 1 'a,abs.net,third.net,"0,1",0.1,' 'b,abs.net,third.net,"0,1",1,'
slow=$(cut -d' ' -f1,2 <<<"$hard" | tr ' ' ,)
batch undecided 3 "a,$slow,\"-1/2,1/2\",,1e-9" 'b,abs.net,third.net,"0,1",1,'
batch error 2 'a,absent,third.net,"0,1",1,' 'b,abs.net' 'c,abs.net,third.net,"0,1",,'
equal "batch: rows" "$(json $number.json rows 0 verdict) $(json $number.json rows 1 message) $(json $number.json rows 2 answer lower)" "error 2 fields instead of 6 2/3"
run "$supcert" batch table.csv --json -o batch.out
equal "batch -o: nothing else is said" "$status $(wc -c <"$logs/out")" "2 0"
cp batch.out batch-out.json
obeys "batch -o" batch batch-out.json

# All commands have --json, and all verdicts that the schemas name have been seen.
"$supcert" --completion-words | while read -r name; do
    "$supcert" "$name" --completion-words | grep -qx -- --json || echo "$name"
done >lacking
equal "commands without JSON" "$(tr '\n' ' ' <lacking)" ""
equal "commands without a schema" "$("$supcert" --completion-words | while read -r name; do [ -f "$schemas/$name.json" ] || echo "$name"; done | tr '\n' ' ')" ""
equal "commands that have not told" "$("$supcert" --completion-words | while read -r name; do grep -q "^$name " told || echo "$name"; done | tr '\n' ' ')" ""
# A schema lists verdicts behind the name, or in the line below it.
awk '/"verdict": / { print; below = /{$/; next } below { print; below = 0 }' "$schemas"/*.json | sed 's/.*"verdict": //; s/"description".*//; s/"reason".*//' |
    grep -o '"[a-z -]*"' | tr -d '"' | grep -vx 'enum\|const' | sort -u >verdicts
missing=$(while read -r verdict; do grep -q " $verdict$" told || grep -q "\"verdict\": \"$verdict\"" ./*.json || echo "$verdict"; done <verdicts)
[ "$(wc -l <verdicts)" -ge 13 ] || fail "verdicts" "the schemas' were not found: $(tr '\n' ' ' <verdicts)"
equal "verdicts that have not been told" "$missing" "not run"

# The manual page names every member, and nothing else.
for schema in "$schemas"/*.json; do "$logs/schema" "$schema" --names; done | sort -u >has
sed -n '/^\.Sh /,$p' "$ROOT/man/supcert-json.5" | sed -n 's/^\.It Va \(.*\)$/\1/p' | tr -d ',' | tr ' ' '\n' | grep . | sort -u >names
equal "manual: members" "$(comm -3 has names | tr -s '\t\n' '  ')" ""

# The validator itself: it refuses what is wrong, and schemas that it does not understand.
invalid() { # NAME REGEX SCHEMA FILE
    run "$logs/schema" "$schemas/$3.json" "$4"
    verify "invalid: $1" 1 silent "err:$2"
}
sed 's/"verdict": "exact"/"verdict": "about"/' 1.json >about.json
invalid "verdict" "/verdict: is none of the values" max about.json
sed 's|"5/12"|"10/24."|' 1.json >dot.json
invalid "fraction" "does not match" max dot.json
sed 's/"nodes": \([0-9]*\)/"nodes": -\1/' 1.json >negative.json
invalid "negative number" "/nodes: is too small" max negative.json
sed '/"seconds"/d' 1.json >lacking.json
invalid "member that is missing" "lacks seconds" max lacking.json
sed 's/"seconds"/"duration"/' 1.json >other.json
invalid "member of another name" "does not know: duration" max other.json
invalid "another command" "/command: is not the value" decide 1.json
mkdir odd
echo '{"minLength": 3}' >odd/odd.json
run "$logs/schema" odd/odd.json 1.json
verify "a keyword that is not known" 2 silent "err:keyword minLength"
echo '{"properties": {"command": {}}}' >odd/odd.json
run "$logs/schema" odd/odd.json --tight 1.json
verify "a schema that is not tight" 1 silent "err:would be valid without command" "err:would be valid with a member more"
finish
