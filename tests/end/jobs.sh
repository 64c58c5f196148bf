#!/usr/bin/env bash
# Checking by several processes: the answer, the words and the place of a fault are those of one process; a process that is ended is noticed.
. tests/end/lib.sh

pair="$t2p/student_d2_s0_n100_w32.onnx $t2p/teacher_d2_s0.onnx"
# shellcheck disable=SC2086
run "$supcert" max $pair --box -1/2,1/2 -o c.cert -q
verify "the certificate" 0 quiet
lines=$(wc -l <c.cert)
leaves=$(grep -c '^\.$' c.cert)
[ "$leaves" -gt 100 ] && pass "many leaves" || fail "many leaves" "$leaves"

# by JOBS FILE PROGRAM...: what the checker says with so many processes, as $logs/JOBS.said
by() {
    local jobs=$1 file=$2
    shift 2
    # shellcheck disable=SC2086
    "$@" "$file" $pair --jobs "$jobs" >"$logs/$jobs.said" 2>&1
    echo "status $?" >>"$logs/$jobs.said"
}
by 1 c.cert "$checker"
grep -q '^status 0$' "$logs/1.said" && pass "one process" || fail "one process" "$(cat "$logs/1.said")"
for jobs in 2 3 8; do
    by $jobs c.cert "$checker"
    same "$jobs processes" "$logs/$jobs.said" "$logs/1.said"
done
by 2 c.cert "$supcert" check
same "supcert check" "$logs/2.said" "$logs/1.said"
# shellcheck disable=SC2086
{
    "$checker" c.cert $pair >"$logs/by itself.said" 2>&1
    echo "status $?" >>"$logs/by itself.said"
    same "as many as it thinks fit" "$logs/by itself.said" "$logs/1.said"
    run "$supcert" max third.net abs.net --box -1,1 -o small.cert -q
    expect "more processes than leaves" 0 "out:^verified" quiet -- "$checker" small.cert third.net abs.net --jobs 100000 --at-most 1
    run bash -c 'cat c.cert | "$@"' - "$checker" /dev/stdin $pair --jobs 3
    verify "a pipe is read once, by one" 0 "out:^verified" quiet
    run bash -c '"$@" <c.cert' - "$checker" /dev/stdin $pair --jobs 3
    verify "a redirected file" 0 "out:^verified" quiet
    refuses "no processes" "out of range" -- "$checker" c.cert $pair --jobs 0
    refuses "half a process" "jobs" -- "$checker" c.cert $pair --jobs 1/2
}

# shellcheck disable=SC2086
{
    expect "a receipt of the whole" 0 "out:^verified" quiet -- "$checker" c.cert $pair --jobs 3 --receipt whole.receipt
    equal "the receipt's digest" "$(sed -n 's/^certificate //p' whole.receipt)" "$(sha256sum c.cert | cut -d' ' -f1)"
    expect "the receipt does" 0 "out:^verified: max" quiet -- "$checker" c.cert $pair whole.receipt --combine
}

# Damage anywhere is told in the same words, of the first place where something does not hold.
differ="" rejected=0 places=0
for ((k = 1; k <= 24; k++)); do
    line=$((lines * k / 25 + 1))
    case $((k % 4)) in
    0) sed "${line}d" c.cert >bad.cert ;;                                                         # lacks a line
    1) sed "$line,\$s/^o .*/o +7/" c.cert >bad.cert ;;                                            # many steps that do not hold
    2) { sed "$line,\$s/^o .*/o +7/" c.cert | sed "$((lines - 5))s/.*/?/"; } >bad.cert ;;         # and a line that all of them trip over
    3) { head -n "$line" c.cert && sed -n "$line,\$p" c.cert; } >bad.cert ;;                      # has a line twice
    esac
    by 1 bad.cert "$checker"
    by 3 bad.cert "$checker"
    cmp -s "$logs/1.said" "$logs/3.said" || differ="$differ $k: $(tail -n 2 "$logs/3.said")"
    grep -q '^status 1$' "$logs/1.said" && rejected=$((rejected + 1))
    grep -q "^bad.cert:[0-9]*: " "$logs/1.said" && places=$((places + 1))
done
equal "damage is told in the same words" "$differ" ""
[ "$rejected" -ge 12 ] && [ "$places" -ge 12 ] && pass "the damage is noticed" || fail "the damage is noticed" "$rejected of 24"

# children PROCESS: those that have not ended
children() {
    local process
    for process in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do ended "$process" || echo "$process"; done
}

pair="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
# shellcheck disable=SC2086
"$supcert" max $pair --box -1/2,1/2 -o c.cert -q >"$logs/out"

# The other process is ended by force; this one says so, and that nothing is proved.
told=no
for ((k = 0; k < 20; k++)); do
    # shellcheck disable=SC2086
    "$checker" c.cert $pair --jobs 2 >"$logs/out" 2>"$logs/err" &
    parent=$! child=""
    while [ -z "$child" ] && kill -0 $parent 2>/dev/null; do child=$(children $parent | head -n 1); done
    [ -z "$child" ] || kill -9 "$child" 2>/dev/null
    wait $parent
    status=$?
    [ "$status" -eq 2 ] && told=yes && break
done
equal "a process that is ended is noticed" $told yes
verify "what is said then" 2 silent message "err:^c.cert: .*ended by itself, with signal 9"

# When this one is ended, so are the others.
# shellcheck disable=SC2086
"$checker" c.cert $pair --jobs 3 >"$logs/out" 2>&1 &
parent=$! children=""
while [ "$(echo "$children" | wc -w)" -lt 2 ] && kill -0 $parent 2>/dev/null; do children=$(children $parent); done
kill -9 $parent
wait $parent 2>/dev/null
left=""
for child in $children; do await ended "$child" || left="$left $child"; done
equal "no process is left behind" "$left" ""
finish
