#!/usr/bin/env bash
# Witnesses: supcert witness, and the points that supcert max finds; as text, JSON and CSV.
. tests/end/lib.sh

# |x| and 1/3: at 1/10, f - g = 1/10 - 1/3 = -7/30
expect "words" 0 "out:^witness: .f - g. is 7/30, about 0.23333333333333333 " "out:^  output +the only one, 0; at the point f < g$" \
    "out:^  at +input 0: 1/10 = 0.1 .exact.$" "out:^  output 0 +f.x. +=  ?1/10" "out: g.x. +=  ?1/3," "out: .f - g. =  ?7/30" \
    "out:^  float64 .* at 0.10000000000000001$" "out:^  float32 .* at 0.10000000149011612$" quiet -- "$supcert" witness abs.net third.net --at 1/10
# The nearest floats of 1/10 lie above it; a box that ends there asks for the ones below.
expect "rounding stays inside" 0 "out:^  float64 .* at 0.099999999999999992$" "out:^  float32 .* at 0.099999994039535522$" -- \
    "$supcert" witness abs.net third.net --at 0.1 --box 0,1/10
expect "no float inside" 0 "out:^  float64 .* at 0.10000000000000001$" "out:^ +outside the box: no float64 lies between the ends of input 0$" \
    "out:^ +outside the box: no float32 lies" quiet -- "$supcert" witness abs.net third.net --at 0.1 --box 0.1,0.1
# two: (x, 1/7 + x - y); mixed: (max(x, 0), y). At (-1, 1): errors 1 and |1/7 - 2 - 1| = 20/7
expect "all outputs" 0 "out:^witness: .* 20/7" "out:all, 0 to 1; the largest error is at output 1; at the point f < g$" "out:^  output 0 .*-1" \
    "out:.f - g. = +1 " -- "$supcert" witness two.net mixed.net --at -1,1
expect "one output" 0 "out:^witness: .f - g. is 1 .exact." "out:^  output +0 alone, of 0 to 1" -- "$supcert" witness two.net mixed.net --at -1,1 --output 0
expect "equal" 0 "out:^witness: .f - g. is 0 .exact." "out:at the point f = g$" -- "$supcert" witness abs.net abs.net --at 5

run "$supcert" witness two.net mixed.net --at -1,1/3 --json
cp "$logs/out" w.json
equal "json: largest" "$status $(json w.json command) $(json w.json output) $(json w.json sign) $(json w.json error)" "0 witness 1 -1 32/21"
equal "json: forms" "$(json w.json witnesses 0 form) $(json w.json witnesses 1 form) $(json w.json witnesses 2 form)" "exact float64 float32"
equal "json: errors" "$(json w.json witnesses 0 errors)$(json w.json witnesses 0 inside)" '["1","32/21"]true'
equal "json: float32 point" "$(json w.json witnesses 2 point)" '["-1","11184811/33554432"]'
equal "json: float32 decimals" "$(json w.json witnesses 2 decimals)" '["-1","0.3333333432674408"]'
printf -- '-1 -1\n1/3 1/3\n' >point.box
run "$supcert" witness two.net mixed.net --at -1,1/3 --json --box-file point.box --output 0
cp "$logs/out" w.json
equal "json: outside" "$(json w.json witnesses 1 inside) $(json w.json witnesses 1 outside_inputs) $(json w.json witnesses 0 outside_inputs)" "false [1] []"
equal "json: one output" "$(json w.json witnesses 1 first_output) $(json w.json witnesses 1 errors)" '0 ["1"]'

run "$supcert" witness two.net mixed.net --at -1,1/3 --csv
cp "$logs/out" w.csv
equal "csv: header" "$(head -n 1 w.csv)" "form,quantity,index,inside,decimal,fraction"
equal "csv: lines" "$(wc -l <w.csv) $(grep -c '^exact,' w.csv) $(cut -d , -f 1-3 w.csv | sort -u | wc -l)" "28 9 28"
equal "csv: fields" "$(tr -cd ',\n' <w.csv | sort -u)" ",,,,,"
equal "csv: largest" "$(grep '^exact,largest' w.csv)" "exact,largest,1,yes,1.5238095238095238,32/21"
equal "csv: float64" "$(grep '^float64,x,1' w.csv)" "float64,x,1,yes,0.33333333333333331,6004799503160661/18014398509481984"

# A rounded point given again has the same error, and is rounded to itself.
net=$t2p/student_d2_s0_n100_w32.onnx other=$t2p/teacher_d2_s0.onnx
run "$supcert" max "$net" "$other" --box -1/2,1/2 -o a.cert --witness a.json --json
cp "$logs/out" max.json
equal "max: status" "$status" 0
equal "max: the witness attains the maximum" "$(json max.json witnesses 0 error)" "$(json max.json lower)"
equal "max: its point" "$(json max.json witnesses 0 point)" "$(json max.json point)"
equal "max: the file has the same witnesses" "$(json a.json witnesses)" "$(json max.json witnesses)"
equal "max: the file" "$(json a.json command) $(json a.json networks 0 sha256)" "max $(sha256sum "$net" | cut -c 1-64)"
for k in 1 2; do
    point=$(json max.json witnesses $k point | tr -d '[]"')
    run "$supcert" witness "$net" "$other" --at="$point" --json
    equal "max: witness $k is replayed" "$(json "$logs/out" error) $(json "$logs/out" witnesses 0 error)" \
        "$(json max.json witnesses $k error) $(json "$logs/out" witnesses $k error)"
done
expect "max: words" 0 "out:^  float64 +.f - g. is 0.03610813499386[0-9]+ .rounded. at -0.183[0-9]+, -0.295[0-9]+$" "out:^  float32 +.f - g. is 0.036108134" \
    -- "$supcert" max "$net" "$other" --box -1/2,1/2 --witness a.txt
expect "max: text file" 0 "out:^witness: .f - g. is 0.0361081349938677" -- cat a.txt
run "$supcert" max two.net mixed.net --box -1,1 --witness b.csv -q
run "$supcert" witness two.net mixed.net --box -1,1 --at 1,-1 --csv
same "max: csv file" b.csv "$logs/out"
run "$supcert" decide two.net mixed.net --box -1,1 --tol 1 --witness d.json -q
equal "decide: the witness misses the tolerance" "$status $(json d.json command) $(json d.json output)" "1 decide 1"
expect "decide: words" 1 "out:^missed" "out:^  float32 +.f - g. is " -- "$supcert" decide two.net mixed.net --box -1,1 --tol 1

# Certificates: about the point alone, where the value is the maximum, or about a box, with the value as the lower bound.
expect "certificate of a point" 0 "out:^  certificate +p.cert$" quiet -- "$supcert" witness two.net mixed.net --at -1,1/3 -o p.cert
expect "certificate of a point: check" 0 "out:^verified: max .f - g. is 32/21," -- "$checker" p.cert two.net mixed.net --at-least 32/21 --at-most 32/21
for where in "-2,1" "-1,1/3"; do
    expect "certificate of the box $where" 0 silent quiet -- env -C "$work" sh -c "'$supcert' witness two.net mixed.net --at -1,1/3 --box $where -o b.cert >b.txt"
    expect "certificate of the box $where: check" 0 "out:^verified" "out:^  at least +32/21," "out:^  lower at +input 0: -1 " -- \
        "$checker" b.cert two.net mixed.net --box "$where" --at-least 32/21
    expect "certificate of the box $where: no more" 1 "err:at-least 1.53 asks" -- "$checker" b.cert two.net mixed.net --box "$where" --at-least 1.53
done
run "$supcert" witness two.net mixed.net --at -1,1/3 --output 0 --json -o o.cert
equal "certificate of an output" "$status $(json "$logs/out" certificate)" "0 o.cert"
expect "certificate of an output: check" 0 "out:^verified: max .f - g. is 1 .exact." -- "$checker" o.cert two.net mixed.net --output 0
expect "certificate: ONNX" 0 quiet -- "$supcert" witness "$net" "$other" --at 1/3,0.1 --box -1/2,1/2 -o n.cert
expect "certificate: ONNX: check" 0 "out:^  at least +0.00273705451320762" -- "$checker" n.cert "$net" "$other" --box -1/2,1/2 --at-least 0.0027
refuses "certificate: no such folder" "^absent/c: " -- "$supcert" witness two.net mixed.net --at 0,0 -o absent/c
refuses "certificate: onto a network" "is a file that is being read" -- "$supcert" witness two.net mixed.net --at 0,0 -o two.net

refuses "no point" "no point is given .write --at" -- "$supcert" witness abs.net third.net
refuses "short point" "at: 1 of 2 values .write 2 numbers" -- "$supcert" witness two.net mixed.net --at 1
refuses "long point" "at: more than 1 values" -- "$supcert" witness abs.net third.net --at 1,2
refuses "no number" "at: value 2: not a number" -- "$supcert" witness two.net mixed.net --at 1,nan
refuses "outside the box" "at: input 1 lies outside the box, \[0, 1\]" -- "$supcert" witness two.net mixed.net --at 1,2 --box 0,1
refuses "two formats" "json and --csv are both given" -- "$supcert" witness abs.net third.net --at 1 --json --csv
refuses "output out of range" "output: 2 is out of range" -- "$supcert" witness two.net mixed.net --at 1,2 --output 2
refuses "other shapes" "shape" -- "$supcert" witness abs.net mixed.net --at 1
refuses "missing network" "^absent: " -- "$supcert" witness abs.net absent --at 1
refuses "max: no such folder" "^absent/w: " -- "$supcert" max abs.net third.net --witness absent/w
refuses "max: one file for both" "^x: .*name two files" -- "$supcert" max abs.net third.net --witness x -o x
refuses "max: onto a network" "is a file that is being read" -- "$supcert" max abs.net third.net --witness ./abs.net
rm -f new.json
refuses "max: certificate that cannot be written" "^absent/c: " -- "$supcert" max abs.net third.net -o absent/c --witness new.json
absent "max: no witness is left of it" new.json
# Orders of f and g are stated where they are proved: the network is 2, and so is the square, of which an enclosure alone is known.
cat >const.net <<'END'
supcert-network 1
inputs 1
layer 1 reads
linear 2
end
END
order() { # FORMULA SIGN WORDS
    run "$supcert" witness const.net "expr:$1" --at 0 --json
    cp "$logs/out" order.json
    equal "order: $1" "$(json order.json sign) $(json order.json witnesses 0 sign)" "$2 $2"
    expect "order: $1: words" 0 "out:at the point $3\$" quiet -- "$supcert" witness const.net "expr:$1" --at 0
}
order "sqrt(2)^2" null "the order of f and g is not decided"
order "2" 0 "f = g"
order "sqrt(3)" 1 "f > g"
order "sqrt(5)" -1 "f < g"
run "$supcert" max const.net "expr:sqrt(2)^2+0*x1" --box 0,1 --gap 1/100 --json
cp "$logs/out" order.json
equal "order: max: nothing is stated that is not proved" "$(json order.json lower) $(json order.json sign)" "0 null"
expect "order: max: words" 0 "out:at the point the order of f and g is not decided" quiet -- "$supcert" max const.net "expr:sqrt(2)^2+0*x1" --box 0,1 --gap 1/100
expect "order: equal networks" 0 "out:at the point f = g" quiet -- "$supcert" max const.net const.net
run "$supcert" max const.net const.net --json
cp "$logs/out" order.json
equal "order: equal networks: the sign" "$(json order.json sign)" 0
finish
