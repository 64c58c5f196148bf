#!/usr/bin/env bash
# supcert decide: within, missed and undecided, ties, limits, progress, bad usage; every certificate is checked for what it must imply.
. tests/end/lib.sh

# The maximum of |abs - 1/3| on [-1/2, 3/4] is 5/12.
pair="abs.net third.net --box -1/2,3/4"
# shellcheck disable=SC2086
{
    expect "within" 0 "out:^within: max" quiet -- "$supcert" decide $pair --tol 1/2 -o w.cert
    expect "within: certificate" 0 quiet -- "$native_checker" w.cert abs.net third.net --box -1/2,3/4 --at-most 1/2
    expect "a tie is within" 0 "out:^within: max" quiet -- "$supcert" decide $pair --tol 5/12 -o t.cert
    expect "a tie: certificate" 0 quiet -- "$native_checker" t.cert abs.net third.net --at-most 5/12
    expect "missed by little" 1 "out:^missed: max" quiet -- "$supcert" decide $pair --tol 416666666666/1000000000000 -o m.cert
    expect "missed: certificate" 0 quiet -- "$native_checker" m.cert abs.net third.net --at-least 416666666666/1000000000000
    expect "missed: no upper bound of the tolerance" 1 message -- "$native_checker" m.cert abs.net third.net --at-most 416666666666/1000000000000
    expect "tolerance 0 missed" 1 "out:^missed" quiet -- "$supcert" decide $pair --tol 0
    expect "tolerance 0 kept" 0 "out:^within" quiet -- "$supcert" decide abs.net abs.net --box -1,1 --tol 0
    expect "no tolerance" 2 message "err:--tol" silent -- "$supcert" decide $pair
    expect "negative tolerance" 2 message silent -- "$supcert" decide $pair --tol -1
    expect "tolerance that is no number" 2 message silent -- "$supcert" decide $pair --tol much
    expect "progress that is none" 2 message "err:live, plain or off" silent -- "$supcert" decide $pair --tol 1 --progress loud
    run "$supcert" decide $pair --tol 1/2 --json
    cp "$logs/out" d.json
    equal "json: command" "$(json d.json command)" decide
    equal "json: verdict" "$(json d.json verdict)" within
    equal "json: tolerance" "$(json d.json tolerance)" 1/2
    equal "json: threads" "$(json d.json threads)" 1
}

# A harder pair, and its maximum, in too few nodes.
hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
value=$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")
# shellcheck disable=SC2086
{
    expect "undecided" 3 "out:^undecided: max" quiet -- "$supcert" decide $hard --box -1/2,1/2 --tol "$value" --nodes 40 -o u.cert
    expect "undecided: certificate" 0 quiet -- "$checker" u.cert $hard --box -1/2,1/2
    expect "undecided: not at most" 1 message -- "$checker" u.cert $hard --box -1/2,1/2 --at-most "$value"
    expect "max within 40 nodes" 3 "out:^bracket" quiet -- "$supcert" max $hard --box -1/2,1/2 --nodes 40 -o b.cert
    expect "max within 40 nodes: certificate" 0 quiet -- "$checker" b.cert $hard --box -1/2,1/2
    expect "live progress" 3 "err:lower 0.*, upper .* nodes, .*/s" -- \
        "$supcert" max "$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx" --box -1/2,1/2 --nodes 8000 --progress live
    for threads in 1 2 3; do
        run "$supcert" max $hard --box -1/2,1/2 --threads $threads --json
        cp "$logs/out" h.json
        equal "$threads threads: lower" "$(json h.json lower)" "$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")"
        equal "$threads threads: upper" "$(json h.json upper)" "$(json h.json lower)"
    done
}

# Weights beyond the range of doubles: no limit may cost the upper bound.
cat >large.net <<'END'
supcert-network 1
inputs 2
layer 3 reads 0
relu 0 : 1e400 -1e400
relu -1e399 : 1e400 1e300
relu 1e398 : -1e400 1e400
layer 1 reads 1
linear 0 : 1 -1 1
end
END
printf 'supcert-network 1\ninputs 2\nlayer 1 reads 0\nlinear 0 : 1 1\nend\n' >sum.net
for limit in "--nodes 1" "--nodes 3" "--time 0.0001"; do
    # shellcheck disable=SC2086
    expect "beyond doubles: $limit" 3 quiet -- "$supcert" max large.net sum.net $limit -o l.cert
    expect "beyond doubles: $limit: certificate" 0 quiet -- "$native_checker" l.cert large.net sum.net --at-most 1e402
done
expect "beyond doubles: exact" 0 "out:^exact" quiet -- "$supcert" max large.net sum.net -o l.cert
expect "beyond doubles: exact: certificate" 0 quiet -- "$native_checker" l.cert large.net sum.net --at-most 1.01e400

# A bump of height 1e-340, which no double holds, around a point that sampling does not find: not 0, and not within 0.
{
    printf 'supcert-network 1\ninputs 6\nlayer 12 reads 0\n'
    k=0
    for p in 3137 7211 1873 6419 4457 8831; do
        row=(0 0 0 0 0 0) other=(0 0 0 0 0 0)
        row[k]=1 other[k]=-1 k=$((k + 1))
        echo "relu -0.$p : ${row[*]}"
        echo "relu 0.$p : ${other[*]}"
    done
    printf 'layer 1 reads 1\nrelu 1 :'
    printf ' -50%.0s' {1..12}
    printf '\nlayer 1 reads 2\nlinear 0 : 1e-340\nend\n'
} >bump.net
printf 'supcert-network 1\ninputs 6\nlayer 1 reads 0\nlinear 0 : 0 0 0 0 0 0\nend\n' >flat.net
for tolerance in 0 5e-341; do
    expect "below doubles: not within $tolerance" 3 "out:^undecided" -- "$supcert" decide bump.net flat.net --box 0,1 --tol $tolerance --nodes 2000
done
expect "below doubles: not exact" 3 "out:^bracket" -- "$supcert" max bump.net flat.net --box 0,1 --nodes 2000 -o bump.cert
expect "below doubles: certificate" 0 quiet -- "$native_checker" bump.cert bump.net flat.net --box 0,1
finish
