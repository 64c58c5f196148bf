#!/usr/bin/env bash
# Disks that are full at every stage of a run: an answer that has been found is printed, whatever happens to its files. A limit on the
# size of files stands for the disk (a write beyond it fails), and where name spaces allow it small file systems that are really full.
. tests/end/lib.sh
export TMPDIR=$work/tmp
mkdir tmp out
pair="$t2p/student_d2_s0_n100_w32.onnx $t2p/teacher_d2_s0.onnx"
box="--box -1/2,1/2 --threads 1"
value=$(awk -F'\t' '$1 ~ /^student_d2_s0_n100_w32/ { print $2 }' "$t2p/expected.tsv")

# Streams are pipes, which have no such limit.
run_at() { # BYTES COMMAND...: $status, $logs/out and $logs/err
    local bytes=$1
    shift
    {
        {
            prlimit --fsize="$bytes" "$@" 2>&3 </dev/null
            echo $? >"$logs/status"
        } | cat >"$logs/out"
    } 3>&1 | cat >"$logs/err"
    status=$(cat "$logs/status")
}
nothing_left() { # NAME
    equal "$1: nothing is left" "$(find tmp out -type f)" ""
    rm -rf out/*
}

# --- the certificate, at every size ------------------------------------------------------------------------------
lost=0 tried=0
# shellcheck disable=SC2086
{
    "$supcert" max $pair $box -o whole.cert --json >whole.json || fail "whole" "no answer"
    size=$(stat -c %s whole.cert)
    for bytes in 1 100 1000 4096 $((size / 2)) $((size - 1)); do
        run_at $bytes "$supcert" max $pair $box -o out/cut.cert --json
        cp "$logs/out" cut.json
        tried=$((tried + 1))
        told="$status $(json cut.json verdict) $(json cut.json lower) $(json cut.json upper) $(json cut.json certificate)"
        [ "$told" = "2 exact $value $value null" ] || lost=$((lost + 1))
        equal "certificate at $bytes bytes: the answer" "$told" "2 exact $value $value null"
        equal "certificate at $bytes bytes: the message" "$(json cut.json unwritten)" "$(tail -n 1 "$logs/err")"
        nothing_left "certificate at $bytes bytes"
    done
    run_at "$size" "$supcert" max $pair $box -o out/whole.cert
    verify "certificate at its size" 0 "out:^exact" quiet
    same "certificate at its size: the same" whole.cert out/whole.cert
    rm out/whole.cert

    run_at 1000 "$supcert" max $pair $box -o out/cut.cert
    verify "text of the certificate" 2 "out:^exact" "out:^  certificate +none: it could not be written" "err:^supcert: temporary file: File too large; the search goes on" \
        "err:^supcert: temporary file: File too large .make room"
    run_at 300 "$supcert" decide $pair $box --tol 1/100 -o out/cut.cert
    verify "decide" 2 "out:^missed" "err:^(supcert: temporary|out/cut.cert)"
    run_at 300 "$supcert" decide $pair $box --tol 1 -o out/cut.cert --json --junit report.xml
    verify "decide: a report" 2 "out:\"within\"" "out:\"unwritten\": \"out/cut.cert: cannot write"
    run_at 500 "$supcert" decide $pair $box --tol 1 --relative -o out/cut.cert
    verify "decide, relative" 2 "out:^within" "out:^  certificate +none: it could not" "err:File too large|a write failed"
    nothing_left "decide"
    run_at 100 "$supcert" witness $pair --at 0,0 -o out/w.cert --json
    verify "witness" 2 "out:\"error\": \"[0-9]" "out:\"certificate\": null" message "err:^out/w.cert: cannot write"
    run_at 100 "$supcert" max $pair $box --witness out/w.json
    verify "file of a witness" 2 "out:^exact" message "err:^out/w.json: cannot write"
    printf '0,0\n1/2,1/2\n' >samples.csv
    run_at 100 "$supcert" fool --samples samples.csv --height 1 -o out --json
    verify "fool" 2 "out:\"difference\": \"2\"" "out:\"files\": \[\]" message "err:^out/u_plus.net: cannot write"
    run_at 100 "$supcert" convert "${pair% *}" -o out/c.net --json
    verify "convert" 2 "out:\"result\": null" "out:\"inputs\": 2" message "err:^out/c.net: cannot write"
    nothing_left "others"
}

# --- verify --------------------------------------------------------------------------------------------------
cp "$ROOT"/certs/golden/hat*.{net,vnnlib} "$ROOT"/certs/golden/line.net .
run_at 10 "$supcert" verify hat.vnnlib --network hat=hat.net --network line=line.net -o out/v --json
verify "verify, unsat" 2 "out:\"unsat\"" "out:\"certificate\": null" "err:File too large|a write failed"
run_at 10 "$supcert" verify hat_reached.vnnlib --network hat=hat.net --network line=line.net -o out/v
verify "verify, sat" 2 "out:^sat$" "out:^0.5$" "err:^out/v: cannot write"
TMPDIR=$work/absent expect "verify without a certificate needs no temporary file" 0 "out:^unsat$" -- \
    "$supcert" verify hat.vnnlib --network hat=hat.net --network line=line.net -q
nothing_left "verify"

# --- checkpoints ----------------------------------------------------------------------------------------------
hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
# shellcheck disable=SC2086
{
    "$supcert" max $hard --box -1/2,1/2 --nodes 20 --checkpoint old.ck -q
    run_at 3000 "$supcert" max $hard --box -1/2,1/2 --checkpoint old.ck --checkpoint-interval 0.1 --threads 1
    verify "checkpoint: the answer" 2 "out:^exact" "err:^(old.ck: cannot write|supcert: temporary file)" "err:make room"
    grep -q '^  checkpoint' "$logs/out" && fail "checkpoint: told as written" "$(cat "$logs/out")"
    expect "checkpoint: the old one is still there" 3 "out:^bracket" -- "$supcert" max $hard --box -1/2,1/2 --resume old.ck --nodes 1
}

# --- batch -----------------------------------------------------------------------------------------------------
printf 'name\tf\tg\tbox\na\t%s\t%s\t-1/2,1/2\nb\tabs.net\tthird.net\t0,1\n' "${pair% *}" "${pair#* }" >rows
run_at 7000 "$supcert" batch rows --certificates out --threads 1
verify "batch: a row keeps its answer" 2 "out:^a	2	exact	0.0361.*		[^	]*(File too large|a write failed)" "out:^b	3	exact	0.6666.*	out/b.cert" message "err:1 of 2 rows"
[ -s out/b.cert ] || fail "batch: the other certificate" "is not there"
rm -rf out/*
nothing_left "batch"
"$supcert" batch rows >&- 2>"$logs/err"
status=$?
: >"$logs/out"
verify "batch: nowhere to print" 2 message "err:standard output: Bad file descriptor .check where it goes"
"$supcert" max abs.net third.net >&- 2>"$logs/err"
status=$?
verify "max: nowhere to print" 2 message "err:standard output: Bad file descriptor"

# --- file systems that are full ----------------------------------------------------------------------------------
if unshare -rm true 2>/dev/null; then
    cat >inside <<'END_OF_SCRIPT'
mount -t tmpfs -o size=$3 tmpfs "$1" || exit 77
shift 3
exec "$@"
END_OF_SCRIPT
    # full_at FOLDER SIZE COMMAND...
    full_at() {
        unshare -rm bash inside "$1" x "$2" "${@:3}" >"$logs/out" 2>"$logs/err" </dev/null
        status=$?
    }
    # shellcheck disable=SC2086
    for kilobytes in 4 8; do
        full_at tmp ${kilobytes}k "$supcert" max $hard --box -1/2,1/2 --threads 1 -o out/f.cert --json
        verify "TMPDIR of $kilobytes kB: the answer" 2 "out:\"exact\"" "out:\"certificate\": null" "err:^supcert: temporary file: No space left on device"
        full_at out ${kilobytes}k "$supcert" max $hard --box -1/2,1/2 --threads 1 -o out/f.cert --json
        verify "certificate on $kilobytes kB: the answer" 2 "out:\"exact\"" "out:\"certificate\": null" message "err:^out/f.cert: cannot write: .*"
    done
    for k in 1 2 3 4 5 6; do printf 'r%s\t%s\t%s\t-1/2,1/2\n' $k "${pair% *}" "${pair#* }"; done >>rows
    full_at out 4k "$supcert" batch rows -o out/table --threads 1
    verify "batch: a table that cannot be written is printed" 2 "out:^b	3	exact	0.6666" "out:^r6	9	exact	0.0361" message "err:^out/table: cannot write"
else
    skip full-disks 5 "no name space of our own"
fi
echo "disks that were full for the certificate: $tried, answers lost: $lost"
finish
