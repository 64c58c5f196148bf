#!/bin/bash
# Specifications that ask for more than they are worth, or say other things than they seem to.
# shellcheck source=tests/end/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

cat >abs.net <<'NET'
supcert-network 1
inputs 1
layer 2 reads 0
relu 0 : 1
relu 0 : -1
layer 1 reads 1
linear 0 : 1 1
end
NET
one="(declare-const X_0 Real)(declare-const Y_0 Real)"

# boxes NUMBER: as many intervals of one input, on none of which |x| is as large as asserted.
boxes() {
    echo "$one (assert (or"
    seq "$1" | awk '{ printf "(and (>= X_0 %d) (<= X_0 %d.5) (>= Y_0 %d))\n", $1, $1, $1 + 1 }'
    echo "))"
}

boxes 300 >some.vnnlib
expect "300 boxes" 0 "out:^unsat$" -- "$supcert" verify some.vnnlib --network f=abs.net -q -o some.cert
expect "300 boxes: checked" 0 "out:^verified: unsat" quiet -- "$checker" some.cert some.vnnlib --network f=abs.net

# Each box is a part of its own; finding the part of a case must not take longer and longer.
boxes 20000 >many.vnnlib
expect "20,000 boxes in no time" 3 "out:^timed-out$" -- timeout 60 "$supcert" verify many.vnnlib --network f=abs.net --timeout 0.001 -q

# refused NAME FILE: within the time and memory of a short file.
refused() {
    expect "$1" 2 "err:$2:.*need far more memory than a file of this size justifies" message silent -- \
        timeout 60 "$supcert" verify "$2" --network f=abs.net --timeout 5
}
{
    echo "$one (assert (>= X_0 0)) (assert (<= X_0 1))"
    for k in $(seq 30); do echo "(assert (or (>= Y_0 $k) (<= Y_0 -$k)))"; done
} >cases.vnnlib
refused "cases that multiply out" cases.vnnlib
{
    echo "$one (assert (>= X_0 0)) (assert (<= X_0 1)) (assert (>= Y_0 (*"
    for _ in $(seq 400); do echo 1e999999; done
    echo ")))"
} >digits.vnnlib
refused "numbers of many digits" digits.vnnlib

# answer NAME TEXT: the certificate says more than its answer.
sed 's/^answer unsat$/answer unsat because it is said/' some.cert >said.cert
expect "an answer with a reason" 1 "err:said.cert:[0-9]*: " -- "$checker" said.cert some.vnnlib --network f=abs.net

# --- assertions without variables ----------------------------------------------------------------------------------

# constant NAME STATUS WORD CONDITION: beside bounds that can be met.
constant() {
    echo "$one (assert (>= X_0 0)) (assert (<= X_0 1)) (assert $4)" >constant.vnnlib
    expect "$1" "$2" "out:^$3$" -- "$supcert" verify constant.vnnlib --network f=abs.net -q -o constant.cert
    expect "$1: checked" 0 "out:^verified: $3" quiet -- "$checker" constant.cert constant.vnnlib --network f=abs.net
}
constant "false" 0 unsat "(>= 0 1)"
constant "true" 1 sat "(>= 1 1)"
constant "strictly false" 0 unsat "(> 1 1)"
constant "strictly true" 1 sat "(< 0 1)"
constant "an equation that is false" 0 unsat "(= 0 1)"
constant "an equation that is true" 1 sat "(= 1 1)"
constant "a difference that vanishes" 0 unsat "(> (- X_0 X_0) 0)"
constant "an equation of inputs that is false" 0 unsat "(= (- X_0 X_0) 1)"

# --- shapes ----------------------------------------------------------------------------------------------------

t=$t2p/teacher_d2_s0.onnx
# shaped INPUT OUTPUT: a specification of the network with two inputs, whose shapes are [1,2] and [1,1].
shaped() {
    printf '(vnnlib-version <2.0>)\n(declare-network f (declare-input X real %s) (declare-output Y real %s))\n' "$1" "$2"
    echo "(assert (and (>= X[$3] 0) (<= X[$3] 0) (>= X[$4] 0) (<= X[$4] 0) (>= Y[$5] -1000)))"
}
shaped '[2]' '[1]' 0 1 0 >flat.vnnlib
expect "dimensions of size 1 left out" 1 "out:^sat$" -- "$supcert" verify flat.vnnlib --network f="$t" -q
shaped '[1,2,1]' '[1,1]' 0,0,0 0,1,0 0,0 >longer.vnnlib
expect "dimensions of size 1 added" 1 "out:^sat$" -- "$supcert" verify longer.vnnlib --network f="$t" -q
# y = relu(x), both of shape [1,2,3].
tensor() { printf 'Z\027\n\001%s\022\022\n\020\010\001\022\014\n\002\010\001\n\002\010\002\n\002\010\003' "$1"; }
{
    printf '\010\010:C\n\014\n\001X\022\001Y"\004Relu\022\001g'
    tensor X
    tensor Y | sed 's/^Z/b/'
    printf 'B\002\020\015'
} >wide.onnx
expect "a network of six inputs" 0 "out:inputs  *6" -- "$supcert" info wide.onnx
printf '(vnnlib-version <2.0>)\n(declare-network f (declare-input X real [3,2,1]) (declare-output Y real [1,2,3]))\n(assert (>= Y[0,0,0] 0))\n' >turned.vnnlib
expect "another shape" 2 "err:turned.vnnlib:2: X is declared with shape \[3,2,1\], but in wide.onnx it has shape \[1,2,3\]" message -- \
    "$supcert" verify turned.vnnlib --network f=wide.onnx
printf '(vnnlib-version <2.0>)\n(declare-network f (declare-input X real [2,3]) (declare-output Y real [6]))\n(assert (>= Y[0] 0))\n' >row.vnnlib
expect "another shape of the output" 2 "err:row.vnnlib:2: Y is declared with shape \[6\], but in wide.onnx it has shape \[1,2,3\]" message -- \
    "$supcert" verify row.vnnlib --network f=wide.onnx

# --- what must not be written over -------------------------------------------------------------------------------

expect "a report over a network" 2 "err:abs.net: is a file that is being read" message -- \
    "$checker" some.cert some.vnnlib --network f=abs.net --junit abs.net
expect "two names of one new file" 2 "err:is to hold what both" message -- \
    "$checker" some.cert abs.net abs.net --receipt ./new --junit new

cp some.cert @some.cert && cp abs.net @abs.net
expect "a receipt over a network whose name begins with @" 2 "err:@abs.net: is a file that is being read" message -- \
    "$checker" some.cert @abs.net abs.net --receipt @abs.net
expect "a report over a certificate whose name begins with @" 2 "err:@some.cert: is a file that is being read" message -- \
    "$checker" @some.cert abs.net abs.net --junit @some.cert
finish
