#!/usr/bin/env bash
# Signals: those that ask for an end get a proven bracket, those that end a program leave no temporary file; a batch that is stopped says
# which rows it has not done.
. tests/end/lib.sh
export TMPDIR=$work/tmp
mkdir tmp
pair="$t2p/student_d5_s0_n1000_w32.onnx $t2p/teacher_d5_s0.onnx"

# start COMMAND...: in the background, with the signals as a shell has them; until its output file is there
start() {
    env --default-signal=INT,TERM,HUP,QUIT,PIPE setsid "$@" >"$logs/out" 2>"$logs/err" </dev/null &
    child=$!
    until compgen -G 's.cert.tmp-*' >/dev/null || ! kill -0 $child 2>/dev/null; do sleep 0.01; done
}
nothing_left() { equal "$1: nothing is left" "$(find . -name '*.tmp-*'; find tmp -type f)" ""; }

# shellcheck disable=SC2086
for signal in INT TERM HUP; do
    start "$supcert" max $pair --box -1,1 -o s.cert --checkpoint s.ck
    kill -$signal $child
    wait $child
    status=$?
    verify "$signal" 3 "out:^bracket" "out:ended by a signal" quiet
    expect "$signal: certificate" 0 quiet -- "$checker" s.cert $pair
    nothing_left $signal
    rm -f s.cert s.ck
done
# shellcheck disable=SC2086
for signal in QUIT PIPE; do
    ulimit -c 0
    start "$supcert" max $pair --box -1,1 -o s.cert --checkpoint s.ck
    kill -$signal $child
    wait $child 2>/dev/null
    equal "$signal: status" $? $((128 + $(kill -l $signal)))
    nothing_left $signal
done
: >"$logs/out"

# The checker, too: a receipt is written aside.
# shellcheck disable=SC2086
"$supcert" max $pair --box -1,1 --nodes 1000 -o c.cert -q
for signal in INT TERM QUIT; do
    env --default-signal=INT,TERM,QUIT "$checker" c.cert $pair --receipt c.receipt --shards 1 --shard 1 >"$logs/out" 2>"$logs/err" </dev/null &
    child=$!
    until [ "$(readlink /proc/$child/exe)" = "$checker" ] || ! kill -0 $child 2>/dev/null; do sleep 0.01; done # not the shell any more
    kill -$signal $child
    wait $child 2>/dev/null
    equal "checker: $signal: status" $? $((128 + $(kill -l $signal)))
    nothing_left "checker: $signal"
done

# A batch: its first row is stopped with a bracket, the others are not run; also where a terminal tells all processes at once.
{
    printf 'name\tf\tg\tbox\n'
    printf 'a\t%s\t%s\t-1,1\nb\tabs.net\tthird.net\t0,1\nc\tabs.net\tthird.net\t0,1\n' "${pair% *}" "${pair#* }"
} >rows
for whom in "" "-"; do
    for signal in INT TERM; do
        rm -f s.cert
        mkdir -p certs
        env --default-signal=INT,TERM setsid "$supcert" batch rows --certificates certs >"$logs/out" 2>"$logs/err" </dev/null &
        child=$!
        until compgen -G 'certs/a.cert.tmp-*' >/dev/null || ! kill -0 $child 2>/dev/null; do sleep 0.01; done
        kill -$signal -- $whom$child
        wait $child
        status=$?
        verify "batch: $signal $whom" 3 "out:^a	2	bracket" "out:^b	3	not run" "out:^c	4	not run.*the batch was stopped" quiet
        expect "batch: $signal $whom: certificate" 0 quiet -- "$checker" certs/a.cert $pair
        nothing_left "batch: $signal $whom"
    done
done
finish
