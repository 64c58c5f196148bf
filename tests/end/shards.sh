#!/usr/bin/env bash
# Checking in parts: shards, their receipts, putting receipts together; what is missing or does not fit is noticed; bad usage.
. tests/end/lib.sh

pair="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
# shellcheck disable=SC2086
run "$supcert" max $pair --box -1/2,1/2 -o c.cert --json
cp "$logs/out" c.json
verify "the certificate" 0 quiet
upper=$(json c.json upper) leaves=$(json c.json leaves)

total=0
# shellcheck disable=SC2086
for k in 1 2 3; do
    program=$([ $k = 2 ] && echo "$supcert check" || echo "$checker")
    expect "shard $k" 0 "out:^carried out shard $k of 3 of a certificate that says: max" "out:this shard +[0-9]+ leaves; the claim is proved only together with all 3" quiet \
        -- $program c.cert $pair --shards 3 --shard $k --receipt $k.receipt --box -1/2,1/2
    own=$(sed -n 's/^  this shard *\([0-9]*\) leaves.*/\1/p' "$logs/out")
    total=$((total + own))
    [ "$own" -gt 0 ] || fail "shard $k has leaves" "none"
done
equal "the shards have all leaves between them" "$total" "$leaves"
equal "receipt: the certificate's digest" "$(sed -n 's/^certificate //p' 2.receipt)" "$(sha256sum c.cert | cut -d' ' -f1)"

# combine NAME STATUS CHECKS... -- RECEIPTS AND OPTIONS...
combine() {
    local name=$1 wanted=$2 checks=()
    shift 2
    while [ "$1" != -- ]; do
        checks+=("$1")
        shift
    done
    shift
    # shellcheck disable=SC2086
    {
        expect "$name" "$wanted" "${checks[@]}" -- "$checker" c.cert $pair --combine "$@"
        expect "$name: supcert check" "$wanted" "${checks[@]}" -- "$supcert" check c.cert $pair --combine "$@"
    }
}
combine "all shards" 0 "out:^verified: max" "out:shards +verified, by the receipts of all 3" "out:implies" quiet -- \
    1.receipt 2.receipt 3.receipt --box -1/2,1/2 --at-most "$upper"
combine "any order, one twice" 0 "out:^verified: max" quiet -- 3.receipt 1.receipt 2.receipt 1.receipt
combine "one is missing" 1 "out:^rejected: the receipts" "err:shard 2 of 3 has no receipt" message -- 1.receipt 3.receipt
combine "the last is missing" 1 "err:shard 3 of 3" message -- 1.receipt 2.receipt
combine "one alone, twice" 1 "err:shard 1 of 3" message -- 2.receipt 2.receipt
combine "a demand that is not implied" 1 "out:^not implied" "err:--at-most" message -- 1.receipt 2.receipt 3.receipt --at-most 0
combine "another box" 1 "out:^not implied" "err:another box" message -- 1.receipt 2.receipt 3.receipt --box 0,1

# Receipts of something else.
sed 's/^shard 2 of 3/shard 2 of 4/' 2.receipt >other.receipt
combine "another number of shards" 1 "err:^other.receipt: .*one of 4" message -- 1.receipt other.receipt 3.receipt
sed 's/^reading plain/reading nnet-normalise/' 2.receipt >other.receipt
combine "read in another way" 1 "err:^other.receipt: .*with --nnet-normalise" message -- 1.receipt other.receipt 3.receipt
# shellcheck disable=SC2086
run "$supcert" max $pair --box -1/2,1/2 -o other.cert --nodes 1 -q
# shellcheck disable=SC2086
expect "another certificate" 0 "out:^carried out shard 2 of 3" -- "$checker" other.cert $pair --shards 3 --shard 2 --receipt other.receipt
combine "of another certificate" 1 "err:^other.receipt: .*another certificate" message -- 1.receipt other.receipt 3.receipt
damage() { # NAME SED-SCRIPT REGEX
    sed "$2" 2.receipt >bad.receipt
    combine "damaged receipt: $1" 2 silent "err:^bad.receipt:$3" message -- 1.receipt bad.receipt 3.receipt
}
damage "version" '1s/1/2/' 1:
damage "digest" '2s/.$//' "2: SHA-256"
damage "reading" '3s/plain/aloud/' "3: "
damage "no such shard" '4s/2/4/' "4: there is no such shard"
damage "shard 0" '4s/2/0/' "4: there is no such shard"
damage "no number" '4s/2/two/' "4: "
damage "no end" '$d' "5: "
damage "more" '$a more' "5: text after"
combine "a receipt that is not there" 2 silent "err:^absent: " message -- 1.receipt absent

# A lie is noticed by the shard that it belongs to, and the whole by none that combines.
line=$(grep -n '^o ' c.cert | tail -1 | cut -d: -f1)
sed "${line}s/^o.*/o +7/" c.cert >lie.cert
rejected=0
# shellcheck disable=SC2086
for k in 1 2 3; do
    run "$checker" lie.cert $pair --shards 3 --shard $k --receipt lie$k.receipt
    [ "$status" -eq 0 ] || rejected=$((rejected + 1))
    [ "$status" -eq 0 ] || verify "the lie's shard" 1 "out:^rejected" "err:^lie.cert:$line: " message
    [ "$status" -eq 0 ] || absent "no receipt of a shard that is rejected" "lie$k.receipt"
done
equal "one shard notices the lie" $rejected 1
# shellcheck disable=SC2086
expect "the others' receipts do not do" 1 "err:has no receipt" -- "$checker" lie.cert $pair lie?.receipt --combine
# The shape is everybody's.
sed '0,/^\.$/{/^\.$/d}' c.cert >short.cert
# shellcheck disable=SC2086
for k in 1 2 3; do expect "a tree that ends early: shard $k" 1 "out:^rejected" message -- "$checker" short.cert $pair --shards 3 --shard $k; done

# shellcheck disable=SC2086
{
    run "$supcert" check c.cert $pair --shards 3 --shard 2 --json
    cp "$logs/out" s.json
    equal "json: verdict" "$(json s.json verdict)" "verified shard"
    equal "json: shard" "$(json s.json shard) of $(json s.json shards)" "2 of 3"
    run "$supcert" check c.cert $pair 1.receipt 2.receipt 3.receipt --combine --json
    cp "$logs/out" s.json
    equal "json: combined" "$(json s.json verdict) $(json s.json shards) $(json s.json shard)" "verified 3 null"
    expect "more shards than leaves" 0 "out:this shard +0 leaves" quiet -- "$checker" c.cert $pair --shards 9999 --shard 1
    run bash -c 'cat c.cert | "$@"' - "$checker" /dev/stdin $pair --shards 2 --shard 1
    verify "a pipe" 2 silent message "err:cannot be read twice"

    refuses "a shard of nothing" "go together" -- "$checker" c.cert $pair --shard 1
    refuses "shards without a shard" "go together" -- "$checker" c.cert $pair --shards 2
    refuses "shard beyond the last" "3 is out of range .1 to 2" -- "$checker" c.cert $pair --shards 2 --shard 3
    refuses "shard 0" "out of range" -- "$checker" c.cert $pair --shards 2 --shard 0
    refuses "no shards" "out of range" -- "$checker" c.cert $pair --shards 0 --shard 1
    refuses "combine and check" "leave out" -- "$checker" c.cert $pair 1.receipt --combine --shards 3 --shard 1
    refuses "combine nothing" "no receipts" -- "$checker" c.cert $pair --combine
    refuses "too many operands" "too many operands" -- "$checker" c.cert $pair 1.receipt
    refuses "receipt onto an input" "^c.cert: is a file that is being read" -- "$checker" c.cert $pair --receipt c.cert
    refuses "receipt that cannot be written" "^absent/r: " -- "$checker" c.cert $pair --receipt absent/r
}
printf '0\n1/2\n' >samples.csv
"$supcert" fool --samples samples.csv --class inf,2,3,3 --at 1 -o twins >"$logs/out"
refuses "fooling certificates have no parts" "no parts, so --shards" -- "$checker" twins/fooling.cert twins/u_plus.net twins/u_minus.net \
    --samples samples.csv --shards 2 --shard 1
finish
