#!/usr/bin/env bash
# ONNX files that runtimes read as other functions than a lenient reader does, or not at all: each is refused by every
# program, with its reason, and none gets a certificate. (tests/data/onnx; the unit tests vary them.)
. tests/end/lib.sh
onnx=$ROOT/tests/data/onnx
cd "$work" || exit 2

# A certificate of equality of the honest model with itself; only the file in its place differs.
honest() { "$supcert" max "$onnx/$1.onnx" "$onnx/$1.onnx" --box "$2" -o "$1.cert" --quiet >/dev/null || fail "certificate of $1" "none"; }
honest plain 0,1
honest relu2 -1,1
honest flat4 0,1

# lie NAME HONEST BOX REASON: the two files differ, at most by 1000; both programs say why they do not compare them.
lie() {
    refuses "max: $1" "$4" -- "$supcert" max "$onnx/$1.onnx" "$onnx/$2.onnx" --box="$3" -o lie.cert
    [ ! -e lie.cert ] && pass "max: $1 has no certificate" || fail "max: $1 has no certificate" "it has one"
    refuses "check: $1" "$4" -- "$supcert" check "$2.cert" "$onnx/$1.onnx" "$onnx/$2.onnx" --box="$3" --at-most 0
    refuses "supcert-check: $1" "$4" -- "$checker" "$2.cert" "$onnx/$1.onnx" "$onnx/$2.onnx" --box="$3" --at-most 0
    expect "supcert-check: $2" 0 "out:^verified" quiet -- "$checker" "$2.cert" "$onnx/$2.onnx" "$onnx/$2.onnx" --box="$3" --at-most 0
}
lie hidden_bias plain 0,1 "hidden_bias.onnx: NodeProto.input at byte 14, '.c', holds a byte 0"
lie hidden_function relu2 -1,1 "hidden_function.onnx: NodeProto.domain at byte 20, '.f', holds a byte 0"
lie intwrap flat4 0,1 "node 0 .Mul, output 'm'.: its result leaves the range of int64"

refused() { # NAME REASON
    refuses "info: $1" "$1.onnx: .*$2" -- "$supcert" info "$onnx/$1.onnx"
    refuses "supcert-check reads: $1" "$1.onnx: .*$2" -- "$checker" plain.cert "$onnx/$1.onnx" "$onnx/plain.onnx"
}
refused mask "the graph's output 'mask' is a second output of its operator"
refused mask2 "the graph's output 'mask' is a second output of its operator"
refused outshape "value 'y' is declared with shape .5,7., but the graph gives it .1,2."
refused outtype "value 'y' is declared with element type float64, but the graph gives it float32"
refused emptyraw "initialiser 'w': its data is stored as another type, or twice"
refused nul "NodeProto.op_type at byte 14, 'Relu.Neg', holds a byte 0"
refused op9999 "version 9999 of the ONNX operators, which is not known"
refused opsets2 "version of the ONNX operators twice, as 13 and 6 .'' and 'ai.onnx' are one domain"
refused localfn "brings its own definition of the operator 'Relu' and uses it"
refused clip_both "attribute 'max' is not supported .in version 13"
refused clip_attr13 "attribute 'max' is not supported .in version 13"
refused clip_inp6 "has 3 inputs .takes at most 1"
refused unsq13attr "attribute 'axes' is not supported .in version 13"
finish
