#!/usr/bin/env bash
# Formulas in all the ways that networks have: domains, huge and tiny arguments, limits, checkpoints, shards, reports and JSON; every
# certificate is checked.
. tests/end/lib.sh
printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 0\nend\n' >zero.net
printf 'supcert-network 1\ninputs 2\nlayer 1 reads 0\nlinear 0 : 0 0\nend\n' >zero2.net

# Every operation that has a limit: named with its column, what its argument must be, and where in the box.
undefined() { # FORMULA BOX COLUMN REGEX
    refuses "not defined: $1" "^expr:1: column $3: .*$4" -- "$supcert" max zero.net "expr:$1" --box "$2"
}
undefined '1+1/(x1-1/2)' 0,1 4 "divisor of '/' is in \[0, 0\], but must not be 0, where x1 = 0.5$"
undefined '2/sin(x1)' 1,4 2 "divisor of '/' is in .* must not be 0.*, where x1 (=|in) "
undefined 'log(x1)' 0,1 1 "argument of 'log' is in \[0, 0\], but must be positive, where x1 = 0$"
undefined 'x1+log(x1-x1^2-1/8)' 0,1 4 "'log'.* must be positive.*, where x1 (=|in) "
undefined 'sqrt(x1-1/7)' 0,1 1 "'sqrt'.* must not be negative.*, where x1 (=|in) "
undefined 'asin(x1)' 0,1.001 1 "'asin'.* must be between -1 and 1.*, where x1 (=|in) "
undefined 'acos(x1)' -1.001,0 1 "'acos'.* must be between -1 and 1.*, where x1 (=|in) "
undefined 'tan(x1)' 1,2 1 "'tan' is too large or has a pole.*, where x1 (=|in) "
undefined 'x1^-1' -1,1 3 "'\^' is in \[0, 0\], but must not be 0, where x1 = 0$"
undefined 'x1^(-3)' 0,1 3 "'\^'.* must not be 0.*, where x1 (=|in) "
undefined 'x1^(1/3)' -1,1 3 "'\^'.* must not be negative.*, where x1 (=|in) "
undefined 'x1^(-1/2)' 0,1 3 "'\^'.* must be positive.*, where x1 (=|in) "
undefined 'exp(1e9*x1)' 0,1 1 "'exp' is too large.*, where x1 (=|in) "
undefined 'cosh(1e9*x1)' 0,1 1 "'cosh' is too large.*, where x1 (=|in) "
refuses "not defined: two inputs" "^expr:1: column 1: .*'log'.*, where x1 (=|in) .*, x2 (=|in) " -- "$supcert" max zero2.net 'expr:log(x1+x2)' --box -1,1
printf 'let a = x1;\n  sqrt(a - 1/2)\n' >half.txt
refuses "not defined: in a file" "^half.txt:2: column 3: " -- "$supcert" max zero.net @half.txt --box 0,1
refuses "witness: not defined there" "^expr:1: column 1: .*'log'.*, where x1 = 0$" -- "$supcert" witness zero.net 'expr:log(x1)' --at 0
expect "witness: defined elsewhere" 0 quiet -- "$supcert" witness zero.net 'expr:log(x1)' --at 1/2

# proves NAME FORMULA BOX OPTION...: max ends as asked, and both checkers agree
proves() {
    local name=$1 formula=$2 box=$3
    shift 3
    expect "$name" 0 "out:^bracket, as narrow" quiet -- "$supcert" max zero.net "expr:$formula" --box "$box" "$@" --nodes 100000 -o proves.cert
    for program in "$checker" "$native_checker"; do
        expect "$name: $(basename "$program")" 0 "out:^verified" quiet -- "$program" proves.cert zero.net "expr:$formula" --box "$box"
    done
}
# Defined, though the values on the whole box do not show it: splitting does.
proves "a divisor that splitting shows to be positive" '1/(x1*x1-x1+1)' 0,1 --gap 1e-6
proves "a logarithm that splitting shows to be defined" 'log(x1^2-x1+3/10)' 0,1 --gap 1e-6
# At the ends of domains.
proves "up to the ends of asin" 'asin(x1)' -1,1 --gap 1e-3
proves "up to the end of a root" 'x1^(5/3)' 0,1 --gap 1e-4
proves "a sharp entropy" 'x1*log(x1+1e-30)' 0,1 --gap 1e-3
# Huge and tiny arguments, values and boxes.
proves "a sine of astronomic arguments" 'sin(1e300*x1)' 0,1 --gap 1e-3
proves "a sine of one astronomic argument" 'sin(1e300)+x1' 0,1 --gap 1e-9
proves "an exponential that vanishes" 'exp(-1e9*x1)' 0,1 --gap 1e-3
proves "a saturated tanh" 'tanh(1e9*(x1-1/3))' 0,1 --gap 1e-3
proves "cancelling giants" '(1e9+x1)-1e9' 0,1 --gap 1e-5
proves "giants that cancel by rounding outward" 'sqrt(1e8+x1)-1e4' 0,1 --relative-gap 1e-2
proves "huge values" '1e300*x1^2' 0,1 --gap 1e290
proves "tiny values" '1e-300*sin(x1)' 0,1 --relative-gap 1e-3
proves "a tiny box" 'exp(x1)' 1,1.0000000000000000000000000001 --gap 1e-9
proves "a point" 'exp(x1)' 1/3,1/3 --gap 1e-12
proves "a far box" 'sin(x1)' 1e9,1000000001 --gap 1e-3

# Limits: a bracket with its proof; a checkpoint, and on from it.
question=(zero.net 'expr:sin(40*x1)*x1' --box 0,3)
expect "nodes" 3 "out:^bracket, not narrower" "out:ended by --nodes" quiet -- "$supcert" max "${question[@]}" --gap 1e-9 --nodes 9 --checkpoint state -o nodes.cert
expect "nodes: certificate" 0 quiet -- "$native_checker" nodes.cert "${question[@]}"
expect "on from there" 0 "out:^bracket, as narrow" quiet -- "$supcert" max "${question[@]}" --gap 1e-9 --resume state -o whole.cert
expect "on from there: certificate" 0 quiet -- "$native_checker" whole.cert "${question[@]}" --at-most 2.946 --at-least 2.945
refuses "on with another formula" "^state:3: the checkpoint is about another question: 'formula g sin" -- "$supcert" max zero.net 'expr:sin(41*x1)*x1' --box 0,3 --gap 1e-9 --resume state
expect "time" 3 "out:^bracket, not narrower" "out:ended by --time" quiet -- "$supcert" max zero.net 'expr:sin(x1)' --box 0,3 --gap 1e-18 --time 0.2 -o time.cert
expect "time: certificate" 0 quiet -- "$native_checker" time.cert zero.net 'expr:sin(x1)' --box 0,3 --at-most 1.001
expect "undecided" 3 "out:^undecided" quiet -- "$supcert" decide "${question[@]}" --tol 2.946 --nodes 2

# Shards and reports.
for k in 1 2; do
    expect "shard $k" 0 "out:^carried out shard $k of 2" quiet -- "$checker" whole.cert "${question[@]}" --shards 2 --shard $k --receipt $k.receipt
done
expect "both shards" 0 "out:^verified: max" quiet -- "$native_checker" whole.cert "${question[@]}" 1.receipt 2.receipt --combine --at-most 2.946
expect "one shard" 1 "err:shard 2 of 2 has no receipt" message -- "$native_checker" whole.cert "${question[@]}" 1.receipt --combine
expect "shards of another formula" 1 "err:about another formula" message -- "$native_checker" whole.cert zero.net 'expr:sin(41*x1)*x1' 1.receipt 2.receipt --combine
expect "JUnit" 0 quiet -- "$checker" whole.cert "${question[@]}" --at-most 2.946 --junit passed.xml
expect "JUnit: passed" 0 "out:failures=\"0\" errors=\"0\"" "out:g +formula sin\(40\*x1\)\*x1" -- cat passed.xml
expect "JUnit: not implied" 1 message -- "$checker" whole.cert "${question[@]}" --at-most 2.9 --junit failed.xml
expect "JUnit: failed" 0 "out:failures=\"1\" errors=\"0\"" -- cat failed.xml

# JSON: the formula in the place of the second network; a miss has no upper bound.
run "$supcert" check whole.cert "${question[@]}" --json
cp "$logs/out" check.json
equal "JSON of check" "$status $(json check.json verdict)" "0 verified"
run "$supcert" decide "${question[@]}" --tol 2.9 --json -o missed.cert
cp "$logs/out" missed.json
equal "JSON of a miss" "$status $(json missed.json verdict) $(json missed.json upper)" "1 missed null"
equal "a miss is a point: no tree" "$(grep -c '^tree' missed.cert) $(sed -n 's/^upper //p' missed.cert) $(tail -n 1 missed.cert)" "0 none end"
finish
