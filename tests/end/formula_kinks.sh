#!/usr/bin/env bash
# Formulas with kinks in the middle of a box, or of its halves, that do not matter to the formula: units that are dead on the whole box. Honest
# brackets contain the maximum, which is known; a certificate of one leaf or two that claims less is rejected.
. tests/end/lib.sh

printf 'supcert-network 1\ninputs 1\nlayer 1 reads 0\nlinear 0 : 0\nend\n' >zero1.net
printf 'supcert-network 1\ninputs 2\nlayer 1 reads 0\nlinear 0 : 0 0\nend\n' >zero2.net

# forge NAME TREE CLAIM: the head of honest.cert with another claim and another tree
forge() {
    sed -n '/^upper/q; p' honest.cert >"$1"
    printf 'upper %s\nlower 0\nat 0%s\ntree\n%b\nend\n' "$3" "$(sed -n 's/^at [0-9]*//p' honest.cert | sed 's/ [^ ]*/ 0/g')" "$2" >>"$1"
}

# dead NAME INPUTS FORMULA MAXIMUM LESS: LESS is below the maximum, which is at a corner of the box
dead() {
    run "$supcert" max "zero$2.net" "expr:$3" --box=-1,1 --gap 1e-3 -o honest.cert --json
    cp "$logs/out" honest.json
    if [ "$status" -eq 0 ] && awk -v value="$4" -v lower="$(json honest.json decimal)" -v upper="$(json honest.json upper_decimal)" \
        'BEGIN { exit !(lower <= value * (1 + 1e-14) && upper >= value * (1 - 1e-14) && upper - lower <= 1.01e-3) }'; then
        pass "$1: bracket"
    else
        fail "$1: bracket" "status $status, $(head -c 200 "$logs/err") $(json honest.json decimal) … $(json honest.json upper_decimal) for $4"
    fi
    expect "$1: certificate" 0 "out:^verified" quiet -- "$native_checker" honest.cert "zero$2.net" "expr:$3" --box=-1,1
    for tree in . 'i< 1 0\n.\n.' 'i< 1 0\ni< 1 -1/2\n.\n.\ni< 1 1/2\n.\n.'; do
        forge true.cert "$tree" 1000000
        expect "$1: a true claim, $(grep -c '^i<' true.cert) splits" 0 "out:^verified" quiet -- "$native_checker" true.cert "zero$2.net" "expr:$3" --box=-1,1
        forge forged.cert "$tree" "$5"
        expect "$1: less, $(grep -c '^i<' forged.cert) splits" 1 message "out:^rejected" -- "$native_checker" forged.cert "zero$2.net" "expr:$3" --box=-1,1 --at-most "$5"
    done
}
dead "relu" 1 '1000*relu(-abs(x1))+1000*x1+x1^2' 1001 1
dead "relu, falling" 1 'x1^2-1000*x1-1000*relu(-abs(x1))' 1001 1
dead "max" 1 '1000*max(0, -abs(x1))+1000*x1+x1^2' 1001 1000
dead "max, the operands swapped" 1 '1000*max(-abs(x1), 0)+1000*x1+x1^2' 1001 1
dead "min" 1 '1000*min(0, abs(x1))-1000*x1+x1^2' 1001 1000
dead "min, the operands swapped" 1 '1000*min(abs(x1), 0)+1000*x1+x1^2' 1001 1
dead "max of what has no kink" 1 '1000*max(-abs(x1), x1^2)+1000*x1' 2000 1000
dead "min of what has no kink" 1 '1000*min(abs(x1), -x1^2)-1000*x1' 2000 1000
dead "an absolute value" 1 'abs(relu(-abs(x1)))-500*x1-500*abs(relu(-abs(x1)))+x1^2' 501 500
dead "a dead unit without biases" 1 '100*relu(-relu(x1)-relu(-x1))+100*x1+x1^2/8' 100.125 1
dead "a kink at a split point of the halves" 1 '1000*relu(-abs(x1-1/2))+1000*relu(-abs(x1+1/2))+1000*x1+x1^2' 1001 1000
dead "under a smooth function" 1 'exp(relu(-abs(x1)))*x1+1000*relu(-abs(x1))+exp(x1)' 3.718281828459045 1
dead "under a root" 1 '1000*relu(-abs(x1))-sqrt(relu(-abs(x1)))+1000*x1+x1^2' 1001 1000
dead "two inputs" 2 '1000*relu(-abs(x1)-abs(x2))+500*x1+500*x2+x1*x2' 1001 1
dead "two inputs, one of them at a kink" 2 '1000*relu(-abs(x1))*x2+500*x1+500*x2+500*x1*x2' 1500 1

# Random kinks at multiples of 1/8: u = Σ c_k relu(-|x - p_k|) + Σ d_k |x - q_k| + x^2 with d_k >= 0 is convex and positive, so largest at an end.
awk 'BEGIN {
    srand(15)
    for (n = 0; n < 6; n++) {
        text = ""; left = 1; right = 1
        for (k = 0; k < 4; k++) {
            text = text sprintf("%d*relu(-abs(x1-(%d)/8))+", 1 + int(999 * rand()), int(17 * rand()) - 8)
            d = 1 + int(9 * rand()); q = int(17 * rand()) - 8
            text = text sprintf("%d*abs(x1-(%d)/8)+", d, q)
            left += d * (1 + q / 8); right += d * (1 - q / 8)
        }
        printf "%s%s %s\n", text, "x1^2", left > right ? left : right
    }
}' >random
while read -r formula maximum; do
    run "$supcert" max zero1.net "expr:$formula" --box=-1,1 --gap 1e-3 -o random.cert --json
    cp "$logs/out" random.json
    equal "random kinks, $maximum: bracket" "$status $(awk -v value="$maximum" -v lower="$(json random.json decimal)" -v upper="$(json random.json upper_decimal)" \
        'BEGIN { print(lower <= value && upper >= value) }')" "0 1"
    expect "random kinks, $maximum: certificate" 0 "out:^verified" quiet -- "$native_checker" random.cert zero1.net "expr:$formula" --box=-1,1
done <random
finish
