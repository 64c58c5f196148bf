#!/usr/bin/env bash
# VNN-LIB: answers that can be worked out by hand, in both versions of the language; strict against non-strict; the standard's output and
# exit status; certificates of both answers, checked, and refused where anything else is given; every construct that is not supported.
. tests/end/lib.sh

# old NAME ASSERTION...: a specification of version 1.0 about one input in [-1/2, 3/4] and one output.
old() {
    local name=$1
    shift
    {
        echo "; version 1.0"
        echo "(declare-const X_0 Real)"
        echo "(declare-const Y_0 Real)"
        echo "(assert (and (>= X_0 -0.5) (<= X_0 7.5e-1)))"
        printf '(assert %s)\n' "$@"
    } >"$name.vnnlib"
}

# new NAME TYPE ASSERTION...: of version 2.0, about f and g with tied inputs in the same interval.
new() {
    local name=$1 type=$2
    shift 2
    {
        echo "(vnnlib-version <2.0>)"
        for net in f g; do
            echo "(declare-network $net (declare-input X_$net $type [1]) (declare-output Y_$net $type [1,1])) ; $net"
        done
        echo "(assert (and (>= X_f[0] -0.5) (<= X_f[0] 0.75)))"
        echo "(assert (== X_f[0] X_g[0]))"
        printf '(assert %s)\n' "$@"
    } >"$name.vnnlib"
}

one="--network f=abs.net"
both="--network f=abs.net --network g=third.net"

# answers NAME STATUS ANSWER SPEC OPTIONS...: and the certificate is verified by all checkers.
answers() {
    local name=$1 wanted=$2 answer=$3 spec=$4
    shift 4
    run "$supcert" verify "$spec.vnnlib" "$@" -q -o "$spec.cert"
    verify "$name" "$wanted" "out:^$answer\$" quiet
    equal "$name: first line" "$(head -n 1 "$logs/out")" "$answer"
    cp "$logs/out" "$spec.out"
    for program in "$checker" "$native_checker" "$supcert check"; do
        # shellcheck disable=SC2086
        run $program "$spec.cert" "$spec.vnnlib" "$@"
        verify "$name: ${program##*/}" 0 "out:^verified: $answer\$" quiet
    done
}

# --- one network: |x| on [-1/2, 3/4] has the values [0, 3/4] -------------------------------------------------
# shellcheck disable=SC2086
{
    old top '(>= Y_0 0.75)'
    answers "reached at a corner" 1 sat top $one
    equal "its assignment" "$(tr -d '\n' <top.out)" "sat((X_0 0.75) (Y_0 0.75))"
    old over '(> Y_0 0.75)'
    answers "not exceeded" 0 unsat over $one
    old above '(>= Y_0 0.7500000000000000000000000000001)'
    answers "a hair above" 0 unsat above $one
    old bottom '(<= Y_0 0)'
    answers "reached at a kink" 1 sat bottom $one
    equal "at the kink" "$(tr -d '\n' <bottom.out)" "sat((X_0 0) (Y_0 0))"
    old below '(< Y_0 0)'
    answers "nothing below" 0 unsat below $one
    old exactly '(= Y_0 0.25)' '(< X_0 0)'
    answers "an equation of an output" 1 sat exactly $one
    equal "its solution" "$(tr -d '\n' <exactly.out)" "sat((X_0 -0.25) (Y_0 0.25))"
    old between '(or (and (>= X_0 0.1) (<= Y_0 0.05)) (and (<= X_0 -0.1) (<= Y_0 0.0999)))'
    answers "boxes of their own" 0 unsat between $one
    old sides '(or (and (>= X_0 0.1) (<= Y_0 0.05)) (and (<= X_0 -0.1) (<= Y_0 0.2)))'
    answers "the second one holds" 1 sat sides $one
    old arithmetic '(<= (+ (* 2 Y_0) (- X_0) (* (+ 1 1) 0.5)) (- 1 (- 0.25)))'
    answers "arithmetic" 1 sat arithmetic $one
    old empty '(>= X_0 0.8)'
    answers "an empty box" 0 unsat empty $one
    old fixed '(= X_0 0.3)' '(< Y_0 0.3)'
    answers "an input without freedom" 0 unsat fixed $one
    old point '(= X_0 0.3)' '(<= Y_0 0.3)'
    answers "the only point" 1 sat point $one
    old strict '(> X_0 0.5)' '(<= Y_0 0.5)'
    answers "an open end" 0 unsat strict $one
    old closed '(>= X_0 0.5)' '(<= Y_0 0.5)'
    answers "the same end, closed" 1 sat closed $one
    # 10y > 5 and y <= 49/100: the second must weigh 16 to outweigh the first.
    old mixed '(> (* 10 Y_0) 5)' '(<= Y_0 0.49)'
    answers "strict and not strict" 0 unsat mixed $one
    equal "its penalty" "$(grep -c '^penalty 16$' mixed.cert) $(grep -c '^penalty' mixed.cert)" "1 1"
    lie() { # NAME REGEX SED-SCRIPT: the certificate of the answer, changed
        sed "$3" mixed.cert >lie.cert
        cmp -s mixed.cert lie.cert && fail "$1" "nothing was changed"
        expect "$1" 1 "out:^rejected" "err:^lie.cert:[0-9]*: $2" message -- "$checker" lie.cert mixed.vnnlib $one
    }
    lie "no penalty" "'penalty' expected" '/^penalty/d'
    lie "a penalty of 0" "the penalty must be positive" 's/^penalty .*/penalty 0/'
    lie "a penalty below 0" "the penalty must be positive" 's/^penalty .*/penalty -16/'
    lie "another penalty" "the certificate is about another network f" 's/^penalty .*/penalty 17/'
    lie "two penalties" "'supcert-certificate' expected" 's/^penalty .*/&\n&/'
    lie "more behind the penalty" "unexpected text" 's/^penalty .*/& 1/'
    lie "no more parts" "the specification has 1 parts" 's/^parts 1/parts 0/'
    lie "too many parts" "the specification has 1 parts" 's/^parts 1/parts 2/'
    lie "a bound above 0" "the part's bound does not exclude" 's/^upper .*/upper 1/'
    lie "another box" "the part's certificate is about another box" 's/^box .*/box -1\/2 1\/2/'
    sed 's/^box .*/box -7\/8 7\/8/' mixed.cert >larger.cert # what is proved of it is true, too
    expect "a larger box" 0 "out:^verified: unsat" quiet -- "$checker" larger.cert mixed.vnnlib $one
    old unmixed '(> Y_0 0.75)'
    answers "strict alone" 0 unsat unmixed $one
    sed 's/^parts 1/&\npenalty 1/' unmixed.cert >lie.cert
    expect "a penalty of one kind" 1 "out:^rejected" "err:'supcert-certificate' expected" -- "$checker" lie.cert unmixed.vnnlib $one
    # Products with the variable in any place, and several constants: 6y >= 4.5 is reached, more is not.
    for product in '(* Y_0 6)' '(* 2 Y_0 3)' '(* Y_0 2 3)' '(* 2 3 Y_0)' '(* (* Y_0 (+ 1 1)) 3)' '(* (- Y_0 0) (- 7 1))' '(- (* (+ Y_0 1) 6) 6)'; do
        old product "(>= $product 4.5)"
        answers "$product reaches 4.5" 1 sat product $one
        old product "(> $product 4.5)"
        answers "$product does not pass 4.5" 0 unsat product $one
        old product "(>= 4.4999 (- 9 $product))"
        answers "$product is not more than 4.5" 0 unsat product $one
    done
    old inputs '(>= X_0 0)'
    answers "nothing about outputs" 1 sat inputs $one
}

# --- two networks: |x| - 1/3 is in [-1/3, 5/12] ----------------------------------------------------------------
# shellcheck disable=SC2086
{
    new within real '(or (>= (- Y_f[0,0] Y_g[0,0]) 0.42) (<= (- Y_f[0,0] Y_g[0,0]) -0.34))'
    answers "closer than 0.42" 0 unsat within $both
    new reached Real '(>= (- (* 12 Y_f[0,0]) (* 12 Y_g[0,0])) 5)'
    answers "5/12 is reached" 1 sat reached $both
    equal "its assignment" "$(tr '\n' ' ' <reached.out)" \
        "sat X_f Real [1] 0.75 Y_f Real [1,1] 0.75 X_g Real [1] 0.75 Y_g Real [1,1] 0.33333333333333333333 "
    new passed real '(> (- (* 12 Y_f[0,0]) (* 12 Y_g[0,0])) 5)'
    answers "and not passed" 0 unsat passed $both
    new unequal real '(!= Y_f[0,0] Y_g[0,0])' '(== X_f[0] 0.25)' '(> Y_f[0,0] Y_g[0,0])'
    answers "different, but on the other side" 0 unsat unequal $both
    new joint real '(and (>= Y_f[0,0] 0.7) (<= Y_f[0,0] 0.72) (< Y_g[0,0] Y_f[0,0]))'
    answers "several at once" 1 sat joint $both
    new contradiction real '(== X_f[0] (+ X_g[0] 0.1))'
    answers "contradictory ties" 0 unsat contradiction $both
    new folder real '(>= Y_f[0,0] 0.75)'
    run "$supcert" verify folder.vnnlib $both --serialise-assignments values
    verify "assignments" 1 "out:^sat$" "err:1 part, "
    equal "their files" "$(cat values/X_f values/Y_f values/X_g values/Y_g)" "$(tail -n +2 "$logs/out")"

    # Of one file: |x| against |z| with -z = x.
    sed 's/(declare-network g/(declare-network g (equal-to f)/; s/== X_f\[0\] X_g/== (- X_f[0]) X_g/' within.vnnlib >same.vnnlib
    answers "equal-to" 0 unsat same $one
    refuses "equal-to: superfluous" "equal to 'f'" -- "$supcert" verify same.vnnlib $both
    sed 's/(declare-network g/(declare-network g (isomorphic-to f)/' within.vnnlib >like.vnnlib
    refuses "isomorphic-to: another graph" "graphs of third.net and abs.net differ" -- "$supcert" verify like.vnnlib $both
    sed 's/1\/3/1/; s/relu 0 : 1/relu 0 : 2/' abs.net >steep.net
    run "$supcert" verify like.vnnlib --network f=abs.net --network g=steep.net -q
    verify "isomorphic-to" 1 "out:^sat$" quiet
}

# --- limits, types, questions ------------------------------------------------------------------------------------
hard="--network f=$t2p/student_d3_s1_n1000_w32.onnx --network g=$t2p/teacher_d3_s1.onnx"
{
    echo "(vnnlib-version <2.0>)"
    for net in f g; do echo "(declare-network $net (declare-input X_$net float64 [1,3]) (declare-output Y_$net float64 [1]))"; done
    for i in 0 1 2; do echo "(assert (and (>= X_f[0,$i] -0.5) (<= X_f[0,$i] 0.5)))(assert (== X_f[0,$i] X_g[0,$i]))"; done
    echo "(assert (> (* BELOW (- Y_f[0] Y_g[0])) ABOVE))"
} >template
expected=$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")
sed "s/BELOW/${expected#*/}/; s/ABOVE/${expected%/*}/" template >float.vnnlib
sed 's/float64/real/g' float.vnnlib >hard.vnnlib
# shellcheck disable=SC2086
{
    expect "a limit of nodes" 3 "out:^unknown$" "err:^supcert: no certificate is written" -- "$supcert" verify hard.vnnlib $hard --nodes 5 -o none.cert
    absent "no certificate without an answer" none.cert
    expect "a limit of time" 3 "out:^timed-out$" quiet -- "$supcert" verify hard.vnnlib $hard --timeout 1e-9 -q
    refuses "float64" "X_f is declared as float64, but what is proved is about real" -- "$supcert" verify float.vnnlib $hard
    expect "float64 as real" 3 "out:^unknown$" "err:the answer is about real arithmetic" -- "$supcert" verify float.vnnlib $hard --as-real --nodes 5
    sed 's/float64/float32/' float.vnnlib >single.vnnlib
    refuses "another type" "declared as float32, but .* computes with float64" -- "$supcert" verify single.vnnlib $hard --as-real
    sed 's/BELOW/1/; s/ABOVE/1000000/' template >easy.vnnlib
    run "$supcert" verify easy.vnnlib $hard --as-real -q -o easy.cert
    verify "far off" 0 "out:^unsat$" quiet
    refuses "the checker wants the same word" "add --as-real" -- "$checker" easy.cert easy.vnnlib $hard
    expect "and takes it" 0 "out:^verified: unsat$" -- "$checker" easy.cert easy.vnnlib $hard --as-real
}
expect "name" 0 "out:^supcert$" quiet -- "$supcert" --name
expect "versions" 0 "out:^1.0$" "out:^2.0$" quiet -- "$supcert" supports --vnnlib-versions
expect "operators" 0 "out:^Gemm$" "out:^Relu$" quiet -- "$supcert" supports --onnx-operators
expect "types" 0 "out:^real$" quiet -- "$supcert" supports --onnx-element-types
expect "operator sets" 0 "out:^7$" "out:^13$" quiet -- "$supcert" supports --onnx-opset-versions
refuses "no question" "one question is expected" -- "$supcert" supports
refuses "two questions" "one question is expected" -- "$supcert" supports --onnx-operators --vnnlib-versions

# --- certificates of something else ----------------------------------------------------------------------------
# shellcheck disable=SC2086
{
    expect "another specification" 1 "out:^rejected" "err:another specification, with SHA-256" -- "$checker" within.cert passed.vnnlib $both
    sed 's/0.42/0.41/' within.vnnlib >nearer.vnnlib
    sed "s/$(sha256sum within.vnnlib | cut -c1-64)/$(sha256sum nearer.vnnlib | cut -c1-64)/" within.cert >nearer.cert
    expect "a stronger specification" 1 "out:^rejected" "err:nearer.cert:[0-9]*: the certificate is about another network f" -- "$checker" nearer.cert nearer.vnnlib $both
    expect "another network" 1 "out:^rejected" "err:another network g" -- "$checker" within.cert within.vnnlib --network f=abs.net --network g=abs.net
    sed 's/^answer unsat$/answer sat/' within.cert >turned.cert
    expect "unsat as sat" 1 "out:^rejected" "err:turned.cert:6: 'input' expected" -- "$checker" turned.cert within.vnnlib $both
    sed 's/^input X_f .*/input X_f 1\/2/' reached.cert >moved.cert
    expect "a point that does not do" 1 "out:^rejected" "err:the assertions do not hold" -- "$checker" moved.cert reached.vnnlib $both
    head -c -4 within.cert >short.cert
    expect "cut off" 1 "out:^rejected" "err:short.cert" -- "$checker" short.cert within.vnnlib $both
    { cat within.cert; echo more; } >long.cert
    expect "text behind the end" 1 "out:^rejected" "err:text after the end" -- "$checker" long.cert within.vnnlib $both
    run "$supcert" max abs.net third.net --box -1/2,3/4 -o max.cert
    refuses "a certificate of another kind" "'supcert-query' expected" -- "$checker" max.cert within.vnnlib $both
    refuses "of this kind, without networks" "too few operands" -- "$checker" within.cert within.vnnlib
    expect "as one about a maximum" 2 silent "err:within.cert:1: 'supcert-certificate' expected" -- "$checker" within.cert abs.net third.net
    sed -n '/^supcert-certificate/,/^end/p' within.cert >section.cert
    expect "a signed section alone" 1 "out:^rejected" -- "$checker" section.cert abs.net third.net
    refuses "a demand" "at-most and --network do not go together" -- "$checker" within.cert within.vnnlib $both --at-most 1
    run "$supcert" check within.cert within.vnnlib $both --junit report.xml
    verify "JUnit" 0 "out:^verified: unsat" quiet
    equal "the report" "$(grep -c '<testcase' report.xml) $(grep -c '<failure' report.xml)" "1 0"
}

# --- what is wrong -------------------------------------------------------------------------------------------------
# wrong NAME REGEX ASSERTION: in version 2.0
wrong() {
    new wrong real "$3"
    # shellcheck disable=SC2086
    refuses "$1" "wrong.vnnlib:[0-9]*: .*$2" -- "$supcert" verify wrong.vnnlib $both
}
wrong "an unknown variable" "'Z\[0\]' is neither a number nor a variable" '(>= Z[0] 1)'
wrong "an index too large" "'X_f\[1\]' does not fit the shape of X_f, which is \[1\]" '(>= X_f[1] 1)'
wrong "an index too many" "'X_f\[0,0\]' does not fit" '(>= X_f[0,0] 1)'
wrong "no index" "'Y_f' does not fit" '(>= Y_f 1)'
wrong "a negative index" "'X_f\[-1\]' does not fit" '(>= X_f[-1] 1)'
wrong "a product" "product of two variables" '(>= (* X_f[0] Y_f[0,0]) 1)'
wrong "an operator" "'max': is no operator" '(>= (max X_f[0] 1) 1)'
wrong "an implication" "'=>': is no operator" '(=> (>= X_f[0] 1) (>= Y_f[0,0] 1))'
wrong "a sign of version 1.0" "'=': is no operator" '(= X_f[0] 1)'
wrong "a form as a condition" "a condition is expected" '(+ X_f[0] 1)'
wrong "a number as a condition" "a condition is expected" '1'
wrong "a condition as a form" "an arithmetic expression is expected" '(>= (>= X_f[0] 1) 1)'
for sign in '<' '<=' '>' '>=' '==' '!='; do
    wrong "three sides of $sign" "two sides are expected" "($sign 0 X_f[0] 1)"
    wrong "one side of $sign" "two sides are expected" "($sign X_f[0])"
done
wrong "nothing to combine" "nothing to combine" '(and)'
wrong "an empty list" "an empty list" '()'
wrong "a fraction" "'1/3' is neither a number" '(>= X_f[0] 1/3)'
wrong "an exponent" "'1e3' is neither a number" '(>= X_f[0] 1e3)'
wrong "a bracket" "a closing parenthesis too many" '(>= X_f[0] 1))'
wrong "two conditions" "one condition is expected" '(>= X_f[0] 1) (>= X_f[0] 1)'
wrong "a byte" "a character that VNN-LIB does not know" $'(>= X_f[0] \303\244)'
wrong "a control character" "a control character, byte 1" $'(>= X_f[0] \x01)'
echo '(vnnlib-version <2.0>' >open.vnnlib
refuses "never closed" "open.vnnlib:1: the parenthesis .* is never closed" -- "$supcert" verify open.vnnlib
echo '(vnnlib-version <3.0>)' >version.vnnlib
refuses "another version" "'<3.0>' is not supported here" -- "$supcert" verify version.vnnlib
old hidden '(>= Y_0 1)'
sed 's/(declare-output Y_g/(declare-hidden H_g real [1] "node")(declare-output Y_g/' within.vnnlib >hidden.vnnlib
# shellcheck disable=SC2086
{
    refuses "declare-hidden" "declare-hidden is not supported" -- "$supcert" verify hidden.vnnlib $both
    sed 's/Y_f real \[1,1\]/Y_f real [996124067]/' within.vnnlib >large.vnnlib
    refuses "a size that no network has" "does not fit the shape of Y_f, which is .996124067." -- "$supcert" verify large.vnnlib $both
    sed 's/Y_f real \[1,1\]/Y_f real [288230376151711743]/' within.vnnlib >sum.vnnlib
    refuses "sizes that cannot be counted" "'Y_f' has no proper shape" -- "$supcert" verify sum.vnnlib $both
    sed 's/X_g real \[1\]/X_f real [1]/' within.vnnlib >twice.vnnlib
    refuses "a name twice" "'X_f' is declared twice" -- "$supcert" verify twice.vnnlib $both
    sed 's/X_g real \[1\]/X_g real [1,2]/; s/X_g\[0\]/X_g[0,0]/' within.vnnlib >wide.vnnlib
    refuses "more inputs than the network has" "wide.vnnlib:3: .*2 inputs and 1 outputs, but third.net has 1 and 1" -- "$supcert" verify wide.vnnlib $both
    sed 's/X_g real/X_g complex/' within.vnnlib >type.vnnlib
    refuses "a type" "type that is not known" -- "$supcert" verify type.vnnlib $both
    sed 's/(== X_f\[0\] X_g\[0\])/(>= X_g[0] X_f[0])/' within.vnnlib >loose.vnnlib
    refuses "an input without bounds" "input X_g\[0\] has no lower bound" -- "$supcert" verify loose.vnnlib $both
    refuses "a network is missing" "within.vnnlib:3: no file is given for network g" -- "$supcert" verify within.vnnlib $one
    refuses "one too many" "declares no network 'h'" -- "$supcert" verify within.vnnlib $both --network h=abs.net
    refuses "one twice" "a file for 'f' is given twice" -- "$supcert" verify within.vnnlib $both --network f=abs.net
    refuses "no name" "'abs.net' is not of the form NAME=FILE" -- "$supcert" verify within.vnnlib --network abs.net
    refuses "no file" "absent.net: cannot open" -- "$supcert" verify within.vnnlib --network f=absent.net
    refuses "no specification" "absent.vnnlib: cannot open" -- "$supcert" verify absent.vnnlib $both
    refuses "onto what is read" "is a file that is being read|would overwrite|being read" -- "$supcert" verify within.vnnlib $both -o within.vnnlib
    refuses "onto a network" "is a file that is being read" -- "$supcert" verify within.vnnlib $both -o abs.net
    refuses "no time" "timeout" -- "$supcert" verify within.vnnlib $both --timeout 0
    refuses "old: two networks" "given twice" -- "$supcert" verify top.vnnlib --network a=abs.net --network b=abs.net
}
printf '(declare-const X_0 Real)\n(declare-const Y_1 Real)\n(assert (>= X_0 1))\n' >gap.vnnlib
refuses "old: a gap in the names" "'Y_1' is declared where X_1 or Y_0 is expected" -- "$supcert" verify gap.vnnlib --network f=abs.net
echo '(assert (>= X_0 1))' >bare.vnnlib
refuses "old: nothing declared" "no inputs X_0" -- "$supcert" verify bare.vnnlib --network f=abs.net
: >nothing.vnnlib
refuses "an empty file" "nothing.vnnlib: no inputs" -- "$supcert" verify nothing.vnnlib --network f=abs.net

# Nested a hundred thousand times, which nothing recurses into; and more cases than are allowed.
deep=$(printf '(and %.0s' $(seq 100000))'(>= Y_0 0.75)'$(printf ')%.0s' $(seq 100000))
old deep "$deep"
expect "nested deeply" 1 "out:^sat$" quiet -- "$supcert" verify deep.vnnlib --network f=abs.net -q
# shellcheck disable=SC2046
old many $(for k in $(seq 20); do echo "(or~(>=~Y_0~0.$k)~(<=~Y_0~0.$k))"; done)
sed -i 's/~/ /g' many.vnnlib
refuses "too many cases" "many.vnnlib:[0-9]*: the cases and numbers up to here need far more memory than a file of this size justifies" -- "$supcert" verify many.vnnlib --network f=abs.net

# --- the largest queries at hand ------------------------------------------------------------------------------------
acas=$ROOT/../shared/data/acas
if [ -f "$acas/ACASXU_run2a_1_7_batch_2000.onnx" ]; then
    {
        for i in 0 1 2 3 4; do echo "(declare-const X_$i Real)"; done
        for i in 0 1 2 3 4; do echo "(declare-const Y_$i Real)"; done
        echo "(assert (and (<= X_0 -0.298552812) (>= X_0 -0.303531156) (<= X_1 0.009549297) (>= X_1 -0.009549297) (<= X_2 0.5)))"
        echo "(assert (and (>= X_2 0.493380324) (<= X_3 0.5) (>= X_3 0.3) (<= X_4 0.5) (>= X_4 0.3)))"
        for j in 1 2 3 4; do echo "(assert (<= Y_0 Y_$j))"; done
    } >straight.vnnlib
    for net in 1_1:0:unsat 1_7:1:sat 1_8:1:sat; do
        IFS=: read -r which wanted answer <<<"$net"
        file=$acas/ACASXU_run2a_${which}_batch_2000.onnx
        run "$supcert" verify straight.vnnlib --network f="$file" -q -o straight.cert
        verify "moving straight at $which" "$wanted" "out:^$answer$" quiet
        run "$checker" straight.cert straight.vnnlib --network f="$file"
        verify "moving straight at $which: checked" 0 "out:^verified: $answer$" quiet
    done
else
    skip acas 6 "the networks are not at hand"
fi
# An answer can be demanded, and is looked at first.
expect "unsat" 0 quiet -- "$supcert" verify "$ROOT/certs/golden/hat.vnnlib" --network hat="$ROOT/certs/golden/hat.net" --network line="$ROOT/certs/golden/line.net" -o unsat.cert -q
golden="$ROOT/certs/golden/hat.vnnlib --network hat=$ROOT/certs/golden/hat.net --network line=$ROOT/certs/golden/line.net"
# shellcheck disable=SC2086
{
    expect "unsat demanded" 0 "out:^verified: unsat" quiet -- "$native_checker" unsat.cert $golden --answer unsat
    expect "sat demanded" 1 "out:^not implied" "err:^unsat.cert:5: the answer is not the one that is asked for" message -- "$native_checker" unsat.cert $golden --answer sat
    refuses "another word demanded" "--answer: 'unsatt' is no answer" -- "$native_checker" unsat.cert $golden --answer unsatt
    sed 's/^answer unsat$/answer unsat sat/' unsat.cert >lie.cert
    expect "a word after the answer" 1 "out:^rejected" "err:^lie.cert:5: unexpected text" -- "$native_checker" lie.cert $golden
    sed 's/^answer unsat$/answer sat sat/' unsat.cert >lie.cert
    expect "a word after sat" 1 "out:^rejected" "err:^lie.cert:5: " -- "$native_checker" lie.cert $golden
}
refuses "an answer demanded of a pair" "--answer is about specifications" -- "$native_checker" unsat.cert "$ROOT/certs/golden/hat.net" "$ROOT/certs/golden/line.net" --answer sat

finish
