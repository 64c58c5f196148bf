#!/usr/bin/env bash
# Fooling networks: twins, second targets, noise; their certificates, true and false; bad options and samples.
. tests/end/lib.sh

samples=$ROOT/examples/fooling/samples.csv
teacher=$t2p/teacher_d3_s0.onnx
student=$t2p/student_d3_s0_n100_w32.onnx
printf 'x;y\r\n0;7\r\n1/2;0.25\r\n1/2;0.25\r\n' >one.csv # the largest hole is at 1, with radius 1/2

expect "help" 0 "out:^usage: supcert fool " "out:^exit status" quiet -- "$supcert" fool --help
run "$supcert" --help
verify "overview names fool" 0 "out:^  fool "

# Twins by hand: d = 1, p = 1, r = 1/2, q = inf, c = 2: a = 4/3, s = 1, k = 1, w = 3, t = 2: h = 4/3·1/2·(2·3) = 4.
expect "twins by hand" 0 "out:^twins: .*agree exactly on all 3 samples and are 8 .exact. apart" "out:height 4 " "out:l1 radius 1/2 " quiet -- \
    "$supcert" fool --samples one.csv --class inf,2,3,3 --at 1 -o twins
expect "their values" 0 "out:^4 |output 0: 4 .exact" -- "$supcert" eval twins/u_plus.net --at 1
expect "zero at samples" 0 "out:output 0: 0 .exact" -- "$supcert" eval twins/u_minus.net --at 1/2
for program in "$checker" "$native_checker" "$supcert check"; do
    short=${program##*/}
    # shellcheck disable=SC2086
    {
        checking="$program twins/fooling.cert twins/u_plus.net twins/u_minus.net"
        expect "$short: twins" 0 "out:^verified: .* all 3 samples and are 8 " "out:class +both lie in H.*q = inf, c = 2, d = 1, B = 3, L = 3" "out:certificate's own" quiet -- \
            $checking --samples one.csv
        expect "$short: demands" 0 "out:implies .*somewhere at least 8" -- $checking --samples one.csv --box 0,1 --at-least 8
        expect "$short: too much" 1 "out:^not implied" "err:--at-least 9 asks" message -- $checking --samples one.csv --at-least 9
        expect "$short: nothing from above" 1 "out:^not implied" "err:bounds nothing from above" message -- $checking --samples one.csv --at-most 9
        expect "$short: other box" 1 "out:^not implied" "err:another box" message -- $checking --samples one.csv --box 0,1/2
        expect "$short: other lower end" 1 "err:another box" message -- $checking --samples one.csv --box 1/4,1
        expect "$short: no such output" 2 "err:output: 1 is out of range" -- $checking --samples one.csv --output 1
        expect "$short: no model" 1 "out:^not implied" "err:says nothing about a model" message -- $checking --samples one.csv --model twins/u_plus.net
        refuses "$short: model is missing" "miss-at-least is about a model" -- $checking --samples one.csv --miss-at-least 1
        refuses "$short: samples are missing" "is a fooling certificate .name its samples" -- $checking
        refuses "$short: no such samples" "^absent: cannot open" -- $checking --samples absent
        expect "$short: swapped networks" 1 "out:^rejected" "err:another first network" message -- $program twins/fooling.cert twins/u_minus.net twins/u_plus.net --samples one.csv
        printf '0\n1/2\n' >other.csv
        expect "$short: other samples" 1 "out:^rejected" "err:about other samples" message -- $checking --samples other.csv
        printf '0\n1/2\n1\n' >other.csv
        expect "$short: samples that notice" 1 "out:^rejected" "err:about other samples" message -- $checking --samples other.csv
        printf '0;1\n1/2\n' >ragged.csv
        refuses "$short: ragged samples" "^ragged.csv:2: fewer than 2 values" -- $checking --samples ragged.csv
    }
done
"$supcert" max abs.net third.net -q -o max.cert
refuses "samples are for fooling certificates" "is no fooling certificate" -- "$checker" max.cert abs.net third.net --samples one.csv

# Lies: each is rejected.
lie() { # NAME SED-SCRIPT REGEX
    sed "$2" twins/fooling.cert >lie.cert
    if cmp -s twins/fooling.cert lie.cert; then
        fail "lie: $1" "nothing was changed"
    else
        expect "lie: $1" 1 "out:^rejected" "err:^lie.cert.*$3" message -- "$checker" lie.cert twins/u_plus.net twins/u_minus.net --samples one.csv
    fi
}
lie "difference" 's/^difference 8/difference 9/' 'by another amount'
lie "point" 's/^at 0 1/at 0 3\/4/' 'by another amount'
lie "point outside" 's/^at 0 1/at 0 2/' 'outside the box'
lie "output" 's/^at 0 /at 1 /' 'no output 1'
lie "smaller c" 's/^class inf 2/class inf 1/' 'not in the class'
lie "smaller B" 's/ 3 3$/ 2 3/' 'allowed are 2'
lie "other L" 's/ 3 3$/ 3 4/' 'has 3 layers, not 4'
lie "q below 1" 's/^class inf/class 1\/2/' 'q is less than 1'
lie "inputs" 's/^inputs 1/inputs 2/' 'number of inputs'
lie "negative noise" 's/^noise 0/noise -1/' 'at least 0'
lie "no end" '$d' 'ends too early'
lie "more" '$a more' 'text after the end'
sed 's/^box 0 1/box 1\/4 1/' twins/fooling.cert >lie.cert
expect "lie: samples outside the box" 1 "out:^rejected" "err:^one.csv:2: the sample is outside the box" message -- "$checker" lie.cert twins/u_plus.net twins/u_minus.net --samples one.csv
# A sample inside the bump, in a certificate that names it.
printf '1/4\n3/4\n' >inside.csv
sed "s/^samples .*/samples 2 $(sha256sum inside.csv | cut -d' ' -f1)/" twins/fooling.cert >lie.cert
expect "lie: a sample notices" 1 "out:^rejected" "err:^inside.csv:2: the networks differ on this sample" message -- "$checker" lie.cert twins/u_plus.net twins/u_minus.net --samples inside.csv
sed -i 's/^noise 0/noise 2/' lie.cert
noisy="lie.cert twins/u_plus.net twins/u_minus.net --samples inside.csv"
# shellcheck disable=SC2086
{
    expect "noise covers it" 0 "out:^verified: .*twice the noise on all 2 samples" -- "$checker" $noisy --noise 2
    expect "more noise covers it" 0 "out:^verified" -- "$checker" $noisy --noise 2.5
    expect "less noise does not" 1 "out:^not implied" "err:a noise of 2 .exact., which is more than --noise allows" message -- "$checker" $noisy --noise 1.999
    expect "noise that nobody allowed" 1 "out:^not implied" "err:a noise of 2 .exact. .allow it with --noise" message -- "$checker" $noisy
    refuses "negative noise" "--noise: -1 is out of range" -- "$checker" $noisy --noise -1
}
sed -i 's/^noise 2/noise 1\/1000/' lie.cert
expect "noise that does not cover it" 1 "out:^rejected" "err:differ on this sample by more than twice the noise" -- "$checker" lie.cert twins/u_plus.net twins/u_minus.net --samples inside.csv --noise 1/1000

# Classes: that of the certificate must lie in the one that is demanded; it is q = inf, c = 2, B = 3, L = 3.
checking="twins/fooling.cert twins/u_plus.net twins/u_minus.net --samples one.csv"
# shellcheck disable=SC2086
{
    for class in inf,2,3,3 inf,3,3,3 inf,2,4,3 inf,2.5,1000,3; do
        expect "in the class $class" 0 "out:implies +both lie in the class $class" quiet -- "$checker" $checking --class $class
    done
    for class in inf,1.999,3,3 inf,2,2,3 inf,2,3,4 inf,2,3,2 5,2,3,3; do
        expect "not in the class $class" 1 "out:^not implied" "err:--class asks: its class is H.*q = inf, c = 2, d = 1, B = 3, L = 3" message -- "$checker" $checking --class $class
    done
    for class in 1/2,2,3,3 inf,0,3,3 inf,2,0,3 inf,2,3,0 inf,2,3 inf,2,3,3,3 inf,2,3,3, x,2,3,3 inf,2,3/2,3; do
        refuses "no class: $class" "--class: '$class': " -- "$checker" $checking --class $class
    done
    sed 's/^class .*/class none/' twins/fooling.cert >classless.cert
    expect "no class" 1 "out:^not implied" "err:names no class" -- "$checker" classless.cert ${checking#* } --class inf,2,3,3
    expect "a larger box" 0 "out:certificate's own|on the box" quiet -- "$checker" $checking --box -1,1
    sed 's/^difference 8/difference 9/' twins/fooling.cert >lie.cert
    expect "what is asked comes first" 1 "out:^not implied" "err:another box" -- "$checker" lie.cert ${checking#* } --box 0,1/2
    expect "then the rest" 1 "out:^rejected" -- "$checker" lie.cert ${checking#* } --box 0,1
    # A network and itself agree everywhere: that is no fooling.
    sed "s/^network v .*/network v $(sed -n 's/^network u //p' twins/fooling.cert)/; s/^difference .*/difference 0/" twins/fooling.cert >same.cert
    expect "no difference" 1 "out:^not implied" "err:equal at its point" -- "$checker" same.cert twins/u_plus.net twins/u_plus.net --samples one.csv
    expect "no difference, by request" 0 -- "$checker" same.cert twins/u_plus.net twins/u_plus.net --samples one.csv --at-least 0
    expect "the options of other kinds" 2 "err:no fooling certificate, so --noise" -- bash -c '"$0" max abs.net third.net -q -o c && "$1" c abs.net third.net --noise 1' "$supcert" "$checker"
}
# A certificate whose writer has chosen the noise: any two networks have one.
printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 100\nend\n' >u.net
printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 0\nend\n' >v.net
printf '0\n1\n' >s.txt
sha() { sha256sum "$1" | cut -d' ' -f1; }
printf '%s\n' 'supcert-fooling 1' "network u $(sha u.net)" "network v $(sha v.net)" 'model none' "samples 2 $(sha s.txt)" 'inputs 1' 'box 0 1' 'noise 50' 'class none' 'at 0 1' \
    'difference 100' end >noise.cert
expect "a noise of 50" 1 "out:^not implied" "err:a noise of 50" message -- "$checker" noise.cert u.net v.net --samples s.txt --at-least 100 --box 0,1
expect "a noise of 50, allowed" 0 "out:noise +50" quiet -- "$checker" noise.cert u.net v.net --samples s.txt --at-least 100 --box 0,1 --noise 50

# A second target for a shipped pair, with its model.
expect "second target" 0 "out:^second target: .*agree exactly on all 100 samples and are 1/2 " "out:^  model +0\.[5-9]" quiet -- \
    "$supcert" fool --samples "$samples" --box -1/2,1/2 --target "$teacher" --model "$student" --height 1/2 -o second
expect "its certificate" 0 "out:^verified" "out:implies .*model - f. is somewhere at least 1/2" quiet -- \
    "$checker" second/fooling.cert second/target.net "$teacher" --samples "$samples" --box -1/2,1/2 --at-least 1/2 --model "$student" --miss-at-least 1/2
expect "the model is not checked" 0 "out:not checked .name it with --model" -- "$checker" second/fooling.cert second/target.net "$teacher" --samples "$samples"
expect "another model" 1 "out:^rejected" "err:about another model" message -- "$checker" second/fooling.cert second/target.net "$teacher" --samples "$samples" --model "$teacher"
expect "the model misses by less than asked" 1 "out:^not implied" "err:--miss-at-least 1 asks" message -- \
    "$checker" second/fooling.cert second/target.net "$teacher" --samples "$samples" --model "$student" --miss-at-least 1
run "$supcert" check second/fooling.cert second/target.net "$teacher" --samples "$samples" --json --model "$student"
cp "$logs/out" c.json
equal "json of the checker" "$status $(json c.json verdict) $(json c.json kind) $(json c.json difference) $(json c.json class)" "0 verified fooling 1/2 null"
# The same in a class of the teacher's, and with a slope.
expect "in a class" 0 "out:both lie in H.*q = 2, c = 10, d = 3, B = 50, L = 5" quiet -- "$supcert" fool --samples "$samples" --box -1/2,1/2 --target "$teacher" --class 2,10,50,5 -o class
expect "its certificate in the class" 0 "out:^verified" "out:both lie in" quiet -- "$checker" class/fooling.cert class/target.net "$teacher" --samples "$samples"
"$supcert" convert "$teacher" -o teacher.net
expect "in a class, natively" 0 quiet -- "$supcert" fool --samples "$samples" --box -1/2,1/2 --target teacher.net --class 3/2,40,50,5 -o class
expect "checked natively" 0 "out:^verified" "out:both lie in .*q = 3/2" quiet -- "$native_checker" class/fooling.cert class/target.net teacher.net --samples "$samples"
run "$supcert" fool --samples "$samples" --box -1/2,1/2 --target "$teacher" --lipschitz 2 --noise 1e-3 --json
cp "$logs/out" f.json
equal "slope" "$status $(json f.json mode) $(json f.json bump slope) $(json f.json noise)" "0 target 2 1/1000"
run "$supcert" fool --samples one.csv --height 3 --at 1 --radius 1/8 --json
cp "$logs/out" f.json
equal "radius" "$status $(json f.json mode) $(json f.json bump radius) $(json f.json difference) $(json f.json hole distance)" "0 twins 1/8 6 1/2"
# ONNX copies denote the same functions.
expect "ONNX" 0 "out:net and .onnx" quiet -- "$supcert" fool --samples "$samples" --inputs 3 --box -1/2,1/2 --class 3/2,4,20,4 --onnx -o onnx
expect "ONNX is the same" 0 "out:^exact: max .f - g. is 0 " -- "$supcert" max onnx/u_plus.net onnx/u_plus.onnx --box -1/2,1/2
expect "ONNX cannot hold it" 2 "out:^second target" "out:^  files +none: not all" message "err:^onnx2/target.onnx: .*is not exactly a float64" -- "$supcert" fool --samples one.csv --target third.net --height 1 --onnx -o onnx2
absent "nothing is certified then" onnx2/fooling.cert

# Bad options.
expect "nothing written" 0 "out:none .write them with -o DIR" quiet -- "$supcert" fool --samples one.csv --height 1
refuses "no samples" "no samples are given" -- "$supcert" fool --height 1
refuses "no wish" "none of --class, --height and --lipschitz" -- "$supcert" fool --samples one.csv
refuses "two wishes" "more than one of" -- "$supcert" fool --samples one.csv --height 1 --lipschitz 1
refuses "class of three" "class: '1,2,3': not four values" -- "$supcert" fool --samples one.csv --class 1,2,3
refuses "class of five" "not four values" -- "$supcert" fool --samples one.csv --class 1,2,3,4,5
refuses "class with words" "class: 'a,2,3,4': not a number" -- "$supcert" fool --samples one.csv --class a,2,3,4
refuses "q below 1" "q is at least 1" -- "$supcert" fool --samples one.csv --class 1/2,2,3,4
refuses "too shallow" "L is at least 3" -- "$supcert" fool --samples one.csv --class 1,2,3,2
refuses "too narrow" "layer 1 has 2 neurons free, needed are 3" -- "$supcert" fool --samples one.csv --class 1,2,2,3
refuses "g is not in the class" "abs.net is not in the class: it has 2 layers" -- "$supcert" fool --samples one.csv --target abs.net --class 1,2,9,3
refuses "no height" "height: write a positive number" -- "$supcert" fool --samples one.csv --height 0
refuses "no radius" "radius: write a positive number" -- "$supcert" fool --samples one.csv --height 1 --radius 0
refuses "negative noise" "noise: -1 is out of range" -- "$supcert" fool --samples one.csv --height 1 --noise -1
refuses "centre outside" "at: input 0 is outside the box" -- "$supcert" fool --samples one.csv --height 1 --at 2
refuses "centre of two" "at: more than 1 values" -- "$supcert" fool --samples one.csv --height 1 --at 1,2
refuses "centre on a sample" "its centre is a sample" -- "$supcert" fool --samples one.csv --height 1 --at 1/2
refuses "model without target" "model has no meaning without --target" -- "$supcert" fool --samples one.csv --height 1 --model abs.net
refuses "model of another shape" "compare networks of one shape" -- "$supcert" fool --samples one.csv --height 1 --target abs.net --model two.net
refuses "inputs of the target" "inputs: the target has 1 inputs" -- "$supcert" fool --samples one.csv --height 1 --target abs.net --inputs 2
refuses "sample outside" "^one.csv:3: input 0 of the sample is outside the box" -- "$supcert" fool --samples one.csv --height 1 --box 0,1/4
refuses "no number" "^bad.csv:2: value 1: not a number" -- bash -c "printf '1\nx\n' >bad.csv; '$supcert' fool --samples bad.csv --height 1"
refuses "columns" "^one.csv:1: 2 values .write the 4 inputs" -- "$supcert" fool --samples one.csv --height 1 --inputs 4
refuses "folder is a file" "^one.csv: cannot be made a folder" -- "$supcert" fool --samples one.csv --height 1 -o one.csv
mkdir -p over && cp abs.net over/target.net
refuses "input is not overwritten" "is a file that is being read" -- "$supcert" fool --samples one.csv --height 1 --target over/target.net -o over
same "it is still there" over/target.net abs.net
finish
