#!/usr/bin/env bash
# Memory that runs out: every allocation of small runs fails in turn, alone and with all that follow it; limits of the process; the library.
. tests/end/lib.sh

# The plain build: sanitizers have an allocator of their own.
plain=$ROOT/build
if [ ! -x "$plain/supcert" ] || ! "${CC:-cc}" -O1 -shared -fPIC -o "$logs/fault.so" "$ROOT/tests/end/fault.c"; then
    skip memory 24 "no build without sanitizers beside $BUILD"
    finish
fi
export TMPDIR=$work/tmp
mkdir tmp out

# Without what differs from run to run.
settled() { grep -v '^  search ' "$1"; }

survives="" # the program must not end because of it
injected=0 answered=0 bracketed=0 refused=0
# attempt N ALL PROGRAM ARGUMENT...: sets why to what is wrong with the run, if anything is
attempt() {
    local n=$1 every=$2
    shift 2
    FAULT_NAME=$(basename "$1") FAULT_AT=$n FAULT_ALL=$every LD_PRELOAD=$logs/fault.so "$@" >"$logs/out" 2>"$logs/err" </dev/null
    status=$?
    injected=$((injected + 1)) why=""
    case $status in
    2) refused=$((refused + 1)); [ -z "$survives" ] || why="the process was ended: $(head -c 300 "$logs/err")"; [ "$(grep -vc 'the search goes on' "$logs/err")" -eq 1 ] || why="not one message: $(head -c 300 "$logs/err")" ;;
    3) bracketed=$((bracketed + 1)); grep -Eq '^(bracket|undecided|unknown)|	(bracket|undecided)	' "$logs/out" || why="no bracket: $(head -c 300 "$logs/out")" ;;
    "$right") answered=$((answered + 1)); settled "$logs/out" | cmp -s - "$logs/right" || why="another answer: $(head -c 300 "$logs/out")" ;;
    *) why="status $status: $(head -c 300 "$logs/err")" ;;
    esac
    if [ -z "$why" ] && [ -n "$(find tmp -type f; find . -name '*.tmp-*')" ]; then why="left behind: $(find tmp -type f; find . -name '*.tmp-*')"; fi
}

# fails_well NAME MOST PROGRAM ARGUMENT...: about MOST of the run's allocations fail, each alone and then with all after it; a campaign
# (SUPCERT_EFFORT) tries as many times more, and every one if that is large
fails_well() {
    local name=$1 most=$2 count step n every
    shift 2
    FAULT_NAME=$(basename "$1") FAULT_COUNT=$logs/count LD_PRELOAD=$logs/fault.so "$@" >"$logs/out" 2>"$logs/err" </dev/null
    right=$?
    settled "$logs/out" >"$logs/right"
    count=$(cat "$logs/count")
    step=$((count / (most * ${SUPCERT_EFFORT:-1}) + 1))
    [ "$count" -gt 20 ] && [ $right -ne 2 ] || { fail "$name" "$count allocations, status $right: $(cat "$logs/err")"; return; }
    for every in 0 1; do
        for ((n = 1 + RANDOM % step; n <= count; n += step)); do
            attempt $n $every "$@"
            [ -z "$why" ] || { fail "$name" "allocation $n of $count (all: $every): $why"; return; }
        done
    done
    pass "$name: $count allocations, every $step"
}

pair="$t2p/student_d2_s0_n100_w32.onnx $t2p/teacher_d2_s0.onnx --box -1/2,1/2"
# shellcheck disable=SC2086
{
    "$plain/supcert" max $pair -o right.cert -q
    fails_well "max" 30 "$plain/supcert" max abs.net third.net --box -1,1 -o out/max.cert --threads 1
    fails_well "max of ONNX" 37 "$plain/supcert" max $pair -o out/onnx.cert --threads 2
    fails_well "max of a formula" 25 "$plain/supcert" max abs.net 'expr:sin(3*x1)' --box -1,1 --gap 1/100 --threads 1
    fails_well "decide" 25 "$plain/supcert" decide abs.net third.net --box -1,1 --tol 1/2 --threads 1 --checkpoint out/c
    fails_well "decide, relative" 25 "$plain/supcert" decide abs.net third.net --box -1,1 --tol 3 --relative --threads 1 -o out/r
    fails_well "check" 25 "$plain/supcert" check right.cert $pair
    fails_well "supcert-check" 25 "$plain/supcert-check" right.cert $pair --jobs 1
    fails_well "witness" 25 "$plain/supcert" witness abs.net third.net --at 1/3 -o out/w --json
}
"$plain/supcert" convert abs.net -o onnx.onnx
cp "$ROOT"/certs/golden/hat*.{net,vnnlib} "$ROOT"/certs/golden/line.net .
fails_well "verify, sat" 25 "$plain/supcert" verify hat_reached.vnnlib --network hat=hat.net --network line=line.net -o out/v -q
fails_well "verify, unsat" 25 "$plain/supcert" verify hat.vnnlib --network hat=hat.net --network line=line.net -o out/v -q
printf 'f\tg\tbox\nabs.net\tthird.net\t-1,1\n' >rows
settled() { cut -f 1-7 "$1"; }
fails_well "batch" 15 "$plain/supcert" batch rows --certificates out/b --threads 1

# The library never ends its caller's process, and can be used as before.
settled() { cat "$1"; }
if "${CC:-cc}" -std=c17 -D_GNU_SOURCE -I"$ROOT/include" "$ROOT/tests/end/api_memory.c" -o api_memory "$plain/libsupcert.a" \
    -lglpk -lprotobuf-c -lnettle -lmpfi -lmpfr -lgmp -lm; then
    survives=yes
    fails_well "library" 60 ./api_memory abs.net third.net out/api.cert 2/3
    fails_well "library: ONNX" 15 ./api_memory onnx.onnx third.net out/api.cert 2/3
else
    fail "library" "the program cannot be built"
fi

# Limits of the process: a search that would need more ends with a bracket, whose certificate is valid.
settled() { cat "$1"; }
long="$t2p/student_d5_s0_n1000_w32.onnx $t2p/teacher_d5_s0.onnx"
# shellcheck disable=SC2086
for limit in "v 20000" "d 20000"; do
    (ulimit -$limit && exec "$plain/supcert" max $long --box -1,1 --threads 1 --time 60 -o out/limit.cert --json) >"$logs/out" 2>"$logs/err" </dev/null
    status=$?
    cp "$logs/out" limit.json
    verify "ulimit -$limit" 3 quiet
    equal "ulimit -$limit: what ended it" "$(json limit.json verdict) $(json limit.json ended_by)" "bracket memory"
    expect "ulimit -$limit: the certificate" 0 quiet -- "$plain/supcert-check" out/limit.cert $long
done
# Threads reserve no more than they use where address space is short: with more of it there is no less of an answer.
# shellcheck disable=SC2086
for limit in 30000 40000 50000 80000 150000; do
    run bash -c "ulimit -v $limit && exec $plain/supcert max $pair --threads 2"
    verify "ulimit -v $limit, two threads" 0 "out:^exact" quiet
done
echo "seed $seed; faults injected: $injected; answered all the same $answered, a bracket $bracketed, one message $refused"
finish
