#!/usr/bin/env bash
# supcert eval, info and convert.
. tests/end/lib.sh

expect "eval" 0 "out:^output 0: 3/8 = 0.375 .exact.$" quiet -- "$supcert" eval abs.net --at -3/8
expect "eval: rounded" 0 "out:^output 1: 1/7, about 0.14285714285714286 .rounded.$" -- "$supcert" eval two.net --at 0,0
expect "eval: long fraction" 0 "out:rounded; exactly 10000000\.\.\..81 digits./30000000\.\.\..81 digits" -- \
    "$supcert" eval abs.net --at 100000000000000000000000000000000000000000000000000000000000000000000000000000001/300000000000000000000000000000000000000000000000000000000000000000000000000000001
printf '# points\n1,2\n\n-1/2 0.25 # blanks\n' >points
expect "eval: file" 0 "out:^point 1: 1, 2$" "out:^point 2: -1/2, 1/4$" -- "$supcert" eval mixed.net --points points
run "$supcert" eval mixed.net --points points --at 3,4 --json
cp "$logs/out" e.json
equal "eval: json order" "$(json e.json points 0 outputs)$(json e.json points 2 outputs)" '["3","4"]["0","1/4"]'
equal "eval: json decimals" "$(json e.json points 2 decimals)" '["0","0.25"]'
refuses "eval: no point" "no point is given" -- "$supcert" eval mixed.net
refuses "eval: short point" "at: 1 of 2 values .write 2 numbers" -- "$supcert" eval mixed.net --at 1
refuses "eval: long point" "at: more than 2 values" -- "$supcert" eval mixed.net --at 1,2,3
refuses "eval: no number" "at: value 2: not a number" -- "$supcert" eval mixed.net --at 1,x
refuses "eval: zero denominator" "at: value 1: zero denominator" -- "$supcert" eval mixed.net --at 1/0,1
printf '1,2\n3\n' >points
refuses "eval: short line" "^points:2: 1 of 2 values" -- "$supcert" eval mixed.net --points points
: >points
refuses "eval: empty file" "^points: holds no points" -- "$supcert" eval mixed.net --points points
refuses "eval: missing file" "^absent: " -- "$supcert" eval mixed.net --points absent

expect "info" 0 "out:sha256 +$(sha256sum mixed.net | cut -c1-64)$" "out:2: 1 ReLU, 1 linear" \
    "out:l2 +between 1.414213562373095 and 1.4142135623730951$" "out:layer 1: 2 neurons, 1 ReLU; reads the inputs" quiet -- "$supcert" info mixed.net
run "$supcert" info two.net --json
cp "$logs/out" i.json
equal "info: json norms" "$(json i.json layers 0 biases)" '{"l1":"1/7","l2":["0.14285714285714285","0.14285714285714286"],"linf":"1/7"}'
equal "info: json l1" "$(json i.json layers 0 weights l1)" 3
equal "info: json bits" "$(json i.json denominator_bits)" 3
equal "info: json shape" "$(json i.json network inputs)$(json i.json relus)" 20
expect "info: constant layer" 0 "out:reads nothing" -- "$supcert" info third.net

# Conversions: native text is written back byte for byte, and ONNX keeps the function.
expect "convert: native to stdout" 0 quiet -- "$supcert" convert abs.net
same "convert: canonical text comes back" "$logs/out" abs.net
expect "convert: native to a file" 0 silent quiet -- "$supcert" convert mixed.net -o copy.net
same "convert: the same text" copy.net mixed.net
expect "convert: to ONNX by suffix" 0 silent quiet -- "$supcert" convert mixed.net -o mixed.onnx
expect "convert: to ONNX by word" 0 silent quiet -- "$supcert" convert mixed.net --to onnx -o other
same "convert: suffix and word agree" mixed.onnx other
expect "convert: word before suffix" 0 silent quiet -- "$supcert" convert mixed.net --to native -o odd.onnx
same "convert: native under any name" odd.onnx mixed.net
expect "convert: ONNX is the same function" 0 "out:^exact: max .f - g. is 0 .exact.$" -- "$supcert" max mixed.onnx mixed.net --box -5,5
refuses "convert: no float64" "two.net: .*not exactly a float64" -- "$supcert" convert two.net -o two.onnx
absent "convert: nothing left of it" two.onnx
refuses "convert: unknown format" "unknown format pdf .native or onnx" -- "$supcert" convert two.net --to pdf
refuses "convert: onto itself" "is a file that is being read" -- "$supcert" convert two.net -o ./two.net
refuses "convert: folded division" "not exactly a float64" -- "$supcert" convert "$t2p/student_d2_s0_n100_w32.onnx" -o a.onnx
# points SIZE: random points of the cube [-1/2,1/2]^SIZE
points() {
    awk -v size="$1" -v seed="$RANDOM" 'BEGIN {
        srand(seed)
        for (n = 0; n < 20; n++)
            for (i = 1; i <= size; i++)
                printf "%.6f%s", rand() - 0.5, i < size ? "," : "\n"
    }'
}
for net in teacher_d2_s0 teacher_d3_s1; do
    size=${net#teacher_d}
    expect "convert: $net" 0 silent quiet -- "$supcert" convert "$t2p/$net.onnx" -o a.net
    expect "convert: $net back" 0 silent quiet -- "$supcert" convert a.net -o a.onnx
    points "${size%_*}" >points
    for file in "$t2p/$net.onnx" a.net a.onnx; do "$supcert" eval "$file" --points points >"values-${file##*/}"; done
    same "convert: $net has the same values" values-$net.onnx values-a.net
    same "convert: $net has the same values after a round trip" values-$net.onnx values-a.onnx
done
finish
