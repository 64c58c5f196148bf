#!/usr/bin/env bash
# Formulas as references: known maxima, the story, misses, gaps, domain errors, errors of the text, huge and tiny values, batch, and
# certificates that have been tampered with; every certificate is checked by both checkers.
. tests/end/lib.sh

expect "story" 0 "out:^Largest error at these points:       0.0581" "out:  .   at least .* about 0.058334208" "out:  . verified: max .f - g. lies between" \
    "out:  .   implies      .f - g. is at most 0.0584" "out:  .   lower at     input 0: 1 .exact" "out:  . missed: max" quiet -- "$ROOT/examples/formula/run" "$BUILD"

# f: x/2 + max(x - 1/2, 0), which meets x^2 at 0, 1/2 and 1; zero: 0; plane: x1 - x2.
cat >chord.net <<'NET'
supcert-network 1
inputs 1
layer 1 reads 0
relu -1/2 : 1
layer 1 reads 0 1
linear 0 : 1/2 ; 1
end
NET
printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 0\nend\n' >zero.net
printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 1e-300\nend\n' >tiny.net
printf 'supcert-network 1\ninputs 2\nlayer 1 reads 0\nlinear 0 : 1 -1\nend\n' >plane.net

# known NAME VALUE NETWORK FORMULA BOX GAP: the bracket contains the value, which is known in closed form, and is as narrow as asked
known() {
    local gap=(--gap "$6")
    [ "$6" != relative ] || gap=(--relative-gap 1e-6)
    run "$supcert" max "$3" "expr:$4" --box "$5" "${gap[@]}" -o known.cert --json
    cp "$logs/out" known.json
    if [ "$status" -eq 0 ] && [ -n "$2" ] && awk -v value="$2" -v lower="$(json known.json decimal)" -v upper="$(json known.json upper_decimal)" -v gap="$6" \
        'BEGIN { rounding = 1e-14 * (value > 1 ? value : 1); exit !(lower <= value + rounding && upper >= value - rounding && (gap == "relative" ? upper - lower <= 1.01e-6 * lower : upper - lower <= gap * 1.01)) }'; then
        pass "$1"
    else
        fail "$1" "status $status, $(head -c 200 "$logs/err") $(json known.json decimal) … $(json known.json upper_decimal) for $2"
    fi
    expect "$1: certificate" 0 "out:^verified" quiet -- "$checker" known.cert "$3" "expr:$4" --box "$5"
    expect "$1: native checker" 0 "out:^verified" quiet -- "$native_checker" known.cert "$3" "expr:$4" --box "$5"
}
known "a parabola and its chords" 0.0625 chord.net 'x1^2' 0,1 1e-9
known "a parabola by a product" 0.0625 chord.net 'x1*x1' 0,1 1e-9
known "a sine" 1 zero.net 'sin(x1)' 0,2 1e-9
# sin(x) − x·sin(1) is largest where cos(x) = sin(1), at x = π/2 − 1
known "a sine and its chord" "$(awk 'BEGIN { pi = 4 * atan2(1, 1); printf "%.17g", cos(1) - (pi / 2 - 1) * sin(1) }')" zero.net 'sin(x1)-x1*sin(1)' 0,1 1e-9
known "an entropy" "$(awk 'BEGIN { printf "%.17g", exp(-1) }')" zero.net 'x1*log(x1)' 1/100,1 1e-9
known "a kink" 3 zero.net 'max(abs(x1)-1, min(x1, 3))' -4,3 1e-9
known "an affine formula" 1 plane.net '2*x1-2*x2' 0,1 1e-12
known "huge values" "$(awk 'BEGIN { printf "%.17g", exp(300) }')" zero.net 'exp(300*x1)' 0,1 relative
known "tiny values" 2.5e-301 tiny.net '1e-300*x1^2' 0,1 relative

# Gaps: a default for formulas, and none of 0.
expect "default gap" 0 "out:^bracket, as narrow as asked for" quiet -- "$supcert" max chord.net 'expr:x1^2'
expect "no gap of 0" 2 message "err:out of reach" silent -- "$supcert" max chord.net 'expr:x1^2' --gap 0
expect "few nodes" 3 "out:^bracket, not narrower" quiet -- "$supcert" max chord.net 'expr:sin(40*x1)' --gap 1e-9 --nodes 5 -o few.cert
expect "few nodes: certificate" 0 quiet -- "$native_checker" few.cert chord.net 'expr:sin(40*x1)' --box 0,1

# Decisions: within, and a miss, which is a point and says nothing about an upper bound.
expect "within" 0 "out:^within" quiet -- "$supcert" decide chord.net 'expr:x1^2' --tol 0.063 -o within.cert
expect "within: certificate" 0 quiet -- "$native_checker" within.cert chord.net 'expr:x1^2' --at-most 0.063 --box 0,1
expect "missed" 1 "out:^missed" quiet -- "$supcert" decide chord.net 'expr:x1^2' --tol 0.0624 -o missed.cert
equal "missed: no tree" "$(grep -c -e '^tree' -e '^upper none' missed.cert)" 1
expect "missed: certificate" 0 quiet -- "$native_checker" missed.cert chord.net 'expr:x1^2' --at-least 0.0624
expect "missed: no upper bound" 1 message -- "$native_checker" missed.cert chord.net 'expr:x1^2' --at-most 1000

# A file, several outputs, a definition; witness; batch.
printf 'let a = x1 + x2; # the sum\n a; a - 2*x2\n' >two.txt
printf 'supcert-network 1\ninputs 2\nlayer 2 reads 0\nlinear 0 : 1 1\nlinear 1/8 : 1 -1\nend\n' >sums.net
expect "a file" 0 "out:g +formula let t1=x1\+x2; t1; t1-2\*x2|g +formula" quiet -- "$supcert" max sums.net @two.txt --gap 1e-6 -o file.cert
expect "a file: certificate" 0 quiet -- "$native_checker" file.cert sums.net @two.txt --at-least 0.1249 --at-most 0.1251 --box 0,1
expect "one output" 0 quiet -- "$supcert" max sums.net @two.txt --gap 1e-6 --output 0
expect "too few outputs" 2 message "err:output" silent -- "$supcert" max sums.net 'expr:x1'
expect "no such file" 2 message "err:none.txt" silent -- "$supcert" max sums.net @none.txt
expect "witness" 0 "out:\|f - g\| is 0.0625 " quiet -- "$supcert" witness chord.net 'expr:x1^2' --at 1/4 -o point.cert
expect "witness: certificate" 0 quiet -- "$native_checker" point.cert chord.net 'expr:x1^2' --at-least 0.0624999
printf 'name\tf\tg\tbox\tgap\nparabola\tchord.net\texpr:x1^2\t0,1\t1e-6\nbroken\tchord.net\texpr:log(x1)\t-1,1\t1e-6\n' >table.tsv
run "$supcert" batch table.tsv --certificates .
equal "batch: a row, and one that is broken" "$(grep -c '^parabola.*0.0625\|^broken.*error.*log' "$logs/out")" 2
expect "batch: certificate" 0 quiet -- "$native_checker" parabola.cert chord.net 'expr:x1^2' --at-most 0.06251 --box 0,1

# Where a formula is not defined: the operation and the place are named.
for bad in 'log(x1)|log.*must be positive.*where x1' '1/x1|divisor.*must not be 0, where x1 = 0' 'sqrt(x1-2)|sqrt.*must not be negative' 'asin(2*x1)|asin' 'x1^(1/2)|must not be negative' 'tan(2*x1)|tan.*pole'; do
    expect "not defined: ${bad%%|*}" 2 message "err:expr:1: column [0-9]+: .*${bad#*|}" silent -- "$supcert" max zero.net "expr:${bad%%|*}" --box -1,1
done
expect "defined up to its end" 0 quiet -- "$supcert" max zero.net 'expr:sqrt(x1)' --gap 1e-3
expect "defined by a hair" 0 quiet -- "$supcert" max zero.net 'expr:log(x1-1/3+1e-9)' --box 1/3,1 --gap 1e-3
for bad in 'sin(x1|never closed' 'x2|beyond the last input' 'foo(x1)|not defined' 'x1^x1|exponent' '2x1|stands where an operator' '|'; do
    expect "bad text: '${bad%%|*}'" 2 message "err:expr:1: column [0-9]+: .*${bad#*|}" silent -- "$supcert" max zero.net "expr:${bad%%|*}" --box 0,1
done

# Tampered: another formula, a smaller upper bound, a larger lower bound, a leaf or a split less, an upper bound that is none.
"$supcert" max chord.net 'expr:x1^2' --gap 1e-6 -o true.cert >/dev/null
expect "another formula" 1 message "err:another formula" -- "$native_checker" true.cert chord.net 'expr:x1^3'
expect "another spelling" 0 quiet -- "$native_checker" true.cert chord.net 'expr: (x1) ^ 2'
expect "a network in place of the formula" 1 message -- "$native_checker" true.cert chord.net zero.net
tamper() { # NAME SED
    sed "$2" true.cert >forged.cert
    if cmp -s true.cert forged.cert; then fail "tampered: $1" "nothing changed"; else expect "tampered: $1" 1 message -- "$native_checker" forged.cert chord.net 'expr:x1^2'; fi
}
tamper "upper" 's/^upper .*/upper 1\/17/'
tamper "lower" 's/^lower .*/lower 1\/15/'
tamper "point" 's/^at .*/at 0 1\/5/'
tamper "a leaf" '0,/^\.$/{/^\.$/d}'
tamper "a split" '0,/^i[<>]/{/^i[<>]/d}'
tamper "none" 's/^upper .*/upper none/'

# A second opinion on polynomials, where there is one: random ones, with coefficients that are multiples of 1/8, on [-1, 3/2].
if command -v sollya >/dev/null; then
    awk -v seed="$seed" 'BEGIN {
        srand(seed)
        for (n = 0; n < 6; n++) {
            text = "1/8"
            for (k = 1; k <= 2 + n; k++) text = text "+(" int(41 * rand()) - 20 ")/8*x1^" k
            print text
        }
    }' >polynomials
    {
        echo 'display=decimal!;'
        sed 's/x1/x/g; s/.*/print(sup(supnorm(&, 0, [-1;3\/2], absolute, 1b-40)));/' polynomials
        echo 'quit;'
    } >norms.sollya
    sollya <norms.sollya 2>/dev/null | grep -E '^[0-9.]+(e[-+]?[0-9]+)?$' >norms
    equal "sollya: as many answers as questions" "$(wc -l <norms)" 6
    while read -r polynomial && read -r norm <&3; do
        known "sollya: $polynomial" "$norm" zero.net "$polynomial" -1,3/2 relative
    done <polynomials 3<norms
else
    skip sollya 19 "not installed"
fi
finish
