#!/usr/bin/env bash
# The golden certificates: written once, they must be accepted for ever, and only for the claim that they state.
. tests/end/lib.sh

golden=$ROOT/certs/golden
hat=("$golden/hat.cert" "$golden/hat.net" "$golden/line.net")
expect "hat" 0 "out:^verified: max .f - g. is 3/8 = 0.375" quiet -- "$native_checker" "${hat[@]}" --at-most 3/8 --at-least 3/8
expect "hat: not below" 1 message -- "$native_checker" "${hat[@]}" --at-most 37/100
expect "hat: other order" 1 message -- "$native_checker" "$golden/hat.cert" "$golden/line.net" "$golden/hat.net"
sed 's/^upper 3\/8$/upper 11\/32/' "$golden/hat.cert" >lower.cert
expect "hat: lower claim" 1 message -- "$native_checker" lower.cert "$golden/hat.net" "$golden/line.net"

for name in d1_s0_n100 d1_s1_n100 d2_s0_n100; do
    f=$t2p/student_${name}_w32.onnx g=$t2p/teacher_${name%_*}.onnx
    value=$(awk -F'\t' -v f="$(basename "$f")" 'index($1, f " ") == 1 { print $2 }' "$t2p/expected.tsv")
    expect "$name" 0 "out:^verified" quiet -- "$checker" "$golden/$name.cert" "$f" "$g" --box -1/2,1/2 --at-most "$value" --at-least "$value"
done
networks=(--network "hat=$golden/hat.net" --network "line=$golden/line.net")
expect "an answer: unsat" 0 "out:^verified: unsat" quiet -- "$native_checker" "$golden/hat.answer" "$golden/hat.vnnlib" "${networks[@]}"
expect "an answer: sat" 0 "out:^verified: sat" quiet -- "$native_checker" "$golden/hat_reached.answer" "$golden/hat_reached.vnnlib" "${networks[@]}"
expect "an answer to another question" 1 message -- "$native_checker" "$golden/hat.answer" "$golden/hat_reached.vnnlib" "${networks[@]}"
ratio=("$golden/ratio.cert" "$golden/hat.net" "$golden/line.net" --box 0,1)
expect "ratio" 0 "out:^verified: max .f - g. / max .g. is 3/2 = 1.5" quiet -- "$native_checker" "${ratio[@]}" --relative --at-most 3/2 --at-least 3/2
expect "ratio: not below" 1 message -- "$native_checker" "${ratio[@]}" --relative --at-most 149/100
expect "ratio: |f - g| itself" 0 quiet -- "$native_checker" "${ratio[@]}" --at-most 3/8 --at-least 3/8
mixture=("$golden/mixture.cert" "$ROOT/examples/formula/mixture.onnx" 'expr:log(sin(50*x1)+2)+sin(5*x1)' --box -1/2,1/2)
expect "mixture" 0 "out:^verified" quiet -- "$checker" "${mixture[@]}" --at-most 0.0585 --at-least 0.0583
expect "mixture: not below" 1 message -- "$checker" "${mixture[@]}" --at-most 0.0584
finish
