#!/usr/bin/env bash
# Searches that stop and go on: limits, checkpoints, kill -9, resuming, prompt ends, progress; budgets of 0 and contradictory options.
. tests/end/lib.sh

hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
question="$hard --box -1/2,1/2"
value=$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")

# field FILE WORD: the number behind the word in a checkpoint
field() { sed -n "s/^$2 //p" "$1" | head -1; }

# Stopped by a limit of nodes, again and again; each end is a proof.
# shellcheck disable=SC2086
{
    expect "first run" 3 "out:^bracket" "out:ended by --nodes" "out:checkpoint +s.ck .go on" quiet -- \
        "$supcert" max $question --nodes 60 --checkpoint s.ck -o s.cert
    expect "first run: certificate" 0 quiet -- "$checker" s.cert $hard
    equal "first run: nodes in the checkpoint" "$(field s.ck nodes)" 60
    expect "second run" 3 "out:^bracket" "out:search +16[0-3] nodes.*in runs before" quiet -- \
        "$supcert" max $question --nodes 100 --resume s.ck --checkpoint s.ck -o s.cert
    expect "second run: certificate" 0 quiet -- "$checker" s.cert $hard
    cp s.ck kept.ck
    cp s.cert kept.cert
    expect "ended while it goes on" 3 "out:^bracket" "out:certificate +stays as it is" quiet -- \
        "$supcert" max $question --time 0.0001 --resume s.ck --checkpoint s.ck -o s.cert
    same "ended while it goes on: certificate" kept.cert s.cert
    same "ended while it goes on: checkpoint" kept.ck s.ck
    run "$supcert" max $question --resume s.ck -o s.cert --json
    verify "to the end" 0 quiet
    cp "$logs/out" s.json
    equal "to the end: verdict" "$(json s.json verdict) $(json s.json ended_by)" "exact null"
    equal "to the end: value" "$(json s.json lower) $(json s.json upper)" "$value $value"
    expect "to the end: certificate" 0 quiet -- "$checker" s.cert $hard --box -1/2,1/2 --at-most "$value" --at-least "$value"
    [ "$(json s.json nodes)" -gt 160 ] || fail "nodes of all runs" "$(json s.json nodes)"
    same "a checkpoint that is read alone stays as it is" s.ck kept.ck

    # A checkpoint is no claim: other gaps and tolerances do.
    expect "go on with a gap" 0 "out:^bracket, as narrow" quiet -- "$supcert" max $question --resume kept.ck --gap 1/5 -o g.cert
    expect "go on with a gap: certificate" 0 quiet -- "$checker" g.cert $hard
    expect "go on with a decision" 0 "out:^within" quiet -- "$supcert" decide $question --resume kept.ck --tol "$value" -o d.cert
    expect "go on with a decision: certificate" 0 quiet -- "$checker" d.cert $hard --at-most "$value"
    expect "go on with a decision that is missed" 1 "out:^missed" quiet -- "$supcert" decide $question --resume kept.ck --tol 0 -o d.cert
    expect "go on with a decision that is missed: certificate" 0 quiet -- "$checker" d.cert $hard --at-least 1/1000

    # A search that is complete leaves its state, too; going on from it is quick, and may want less.
    expect "complete" 0 "out:^bracket, as narrow" quiet -- "$supcert" max $question --gap 1/10 --checkpoint e.ck
    expect "complete: to the end" 0 "out:^exact" quiet -- "$supcert" max $question --resume e.ck --checkpoint e.ck -o e.cert
    expect "complete: certificate" 0 quiet -- "$checker" e.cert $hard --at-most "$value"
    expect "complete: again" 0 "out:^exact" quiet -- "$supcert" max $question --resume e.ck --nodes 1 -o e.cert
    expect "complete: again: certificate" 0 quiet -- "$checker" e.cert $hard --at-most "$value"
}

# kill -9 loses no more than the last interval. A search that was over before it came is made once more.
for ((k = 0; k < 50; k++)); do
    rm -f k.ck k.cert
    # shellcheck disable=SC2086
    "$supcert" max $question --checkpoint k.ck --checkpoint-interval 0.1 -o k.cert --threads 1 >"$logs/out" 2>"$logs/err" &
    child=$!
    written_or_over() { [ -s k.ck ] || ended $child; }
    await written_or_over
    kill -9 $child 2>/dev/null
    wait $child 2>/dev/null
    status=$?
    [ "$status" -eq 137 ] && break
done
equal "kill -9: status" "$status" 137
[ -s k.ck ] || fail "kill -9: a checkpoint is there" "none"
if [ -e k.cert ]; then fail "kill -9: no certificate" "there is one"; else pass "kill -9: no certificate"; fi
# shellcheck disable=SC2086
{
    run "$supcert" max $question --resume k.ck -o k.cert --json
    verify "kill -9: to the end" 0 quiet
    cp "$logs/out" k.json
    equal "kill -9: value" "$(json k.json lower) $(json k.json upper)" "$value $value"
    expect "kill -9: certificate" 0 quiet -- "$checker" k.cert $hard --at-most "$value" --at-least "$value"
}

# A network so wide that setting it up takes longer than a prompt end allows (in a build with sanitizers).
wide() { # FILE SEED
    awk -v seed="$2" 'function w() { return int(2000 * rand() - 1000) / 4096 }
        BEGIN { srand(seed); n = 160; print "supcert-network 1\ninputs 3"
            for (layer = 1; layer <= 3; layer++) {
                print "layer " n " reads " (layer - 1)
                for (i = 0; i < n; i++) { line = "relu " w() " :"; for (k = 0; k < (layer == 1 ? 3 : n); k++) line = line " " w(); print line }
            }
            line = "layer 1 reads 3\nlinear 0 :"; for (k = 0; k < n; k++) line = line " " w(); print line "\nend" }' >"$1"
}
wide f.net 1
wide g.net 2
expect "wide: at once" 3 "out:^bracket" "out:ended by --time" quiet -- "$supcert" max f.net g.net --time 1e-9 -o w.cert --checkpoint w.ck
expect "wide: at once: certificate" 0 quiet -- "$native_checker" w.cert f.net g.net
expect "wide: goes on" 3 "out:^bracket" quiet -- "$supcert" max f.net g.net --nodes 1 --resume w.ck -o w.cert
expect "wide: goes on: certificate" 0 quiet -- "$native_checker" w.cert f.net g.net
env --default-signal=TERM "$supcert" max f.net g.net -o t.cert >"$logs/out" 2>"$logs/err" &
child=$!
await catches $child 15
kill -TERM $child
wait $child
status=$?
verify "wide: signal" 3 "out:^bracket" "out:ended by a signal" quiet
expect "wide: signal: certificate" 0 quiet -- "$native_checker" t.cert f.net g.net

# Memory: a limit that is passed at once, and one that is not reached.
# shellcheck disable=SC2086
{
    expect "little memory" 3 "out:^bracket" "out:ended by --memory" quiet -- "$supcert" max $question --memory 1 -o m.cert
    expect "little memory: certificate" 0 quiet -- "$checker" m.cert $hard
    run "$supcert" decide $question --tol "$value" --memory 1 --json
    cp "$logs/out" m.json
    equal "little memory: decide" "$status $(json m.json verdict) $(json m.json ended_by)" "3 undecided memory"
    expect "enough memory" 0 "out:^exact" quiet -- "$supcert" max $question --memory 16000
    TMPDIR=$work/absent expect "no room for temporary files" 2 silent message "err:absent/supcert.*TMPDIR" -- "$supcert" max $question -o m.cert
}

# What goes where: nothing on stderr without a terminal, events with -v, one narrow line on a terminal, which is gone at the end.
# shellcheck disable=SC2086
{
    expect "verbose" 0 "err:s, 0 nodes: better point: lower 0" "err:round: to prove" "out:^  time +root .*, ascent .*, bounds .*, writing .* s of processors" -- \
        "$supcert" max $question -v
    expect "progress off" 0 quiet -- "$supcert" max $question --progress off
    longer="$t2p/student_d5_s0_n1000_w32.onnx $t2p/teacher_d5_s0.onnx --box -1/2,1/2"
    live_lines() { tr '\r' '\n' <typescript | sed 's/\x1b\[K//g' | grep '^lower 0.*upper' >lines && [ "$(wc -l <lines)" -ge 3 ]; }
    : >typescript
    script -qefc "stty cols 40; echo \$\$ >shown; exec '$supcert' max ${longer//\//\\/} --progress live" typescript >/dev/null 2>&1 </dev/null &
    await live_lines
    kill -TERM "$(cat shown)"
    wait $!
    if [ -s lines ] && [ "$(awk '{ if (length($0) > most) most = length($0) } END { print most }' lines)" -lt 40 ]; then
        pass "a live line fits the terminal"
    else
        fail "a live line fits the terminal" "$(head -c 300 typescript)"
    fi
    run "$supcert" max $question --json
    cp "$logs/out" t.json
    for phase in root ascent resume bounds objectives programs exact splits walk writing; do
        json t.json time $phase >/dev/null || fail "json: time: $phase" "missing"
    done
    equal "json: no checkpoint, nothing earlier" "$(json t.json checkpoint) $(json t.json earlier_seconds)" "null 0.0"
}

# Checkpoints of something else, and files that are none.
# shellcheck disable=SC2086
{
    refuses "other network" "^kept.ck:2: .*another question: 'network f" -- "$supcert" max $t2p/teacher_d3_s1.onnx $t2p/teacher_d3_s1.onnx --box -1/2,1/2 --resume kept.ck
    refuses "networks the other way round" "^kept.ck:2: .*another question" -- "$supcert" max ${hard#* } ${hard% *} --box -1/2,1/2 --resume kept.ck
    refuses "other box" "^kept.ck:6: .*another question: 'box -1/2 1/2', not 'box 0 1'" -- "$supcert" max $hard --resume kept.ck
    refuses "one output" "^kept.ck:5: .*another question: 'outputs all', not 'outputs 0'" -- "$supcert" max $question --output 0 --resume kept.ck
    sed '1s/1/7/' kept.ck >other.ck
    refuses "other version" "^other.ck:1: is no checkpoint of this version" -- "$supcert" max $question --resume other.ck
    head -c 2000 kept.ck >short.ck
    refuses "cut off" "^short.ck:[0-9]+: " -- "$supcert" max $question --resume short.ck
    refuses "a certificate" "^s.cert:1: is no checkpoint" -- "$supcert" max $question --resume s.cert
    refuses "no file" "^absent: cannot be opened" -- "$supcert" max $question --resume absent
    same "nothing was written" kept.ck kept.ck

    refuses "no time" "time: 0 is out of range" -- "$supcert" max $question --time 0
    refuses "no nodes" "nodes: 0 is out of range" -- "$supcert" decide $question --tol 1 --nodes 0
    refuses "no memory" "memory: 0 is out of range" -- "$supcert" max $question --memory 0
    refuses "no interval" "checkpoint-interval: 0 is out of range" -- "$supcert" max $question --checkpoint c.ck --checkpoint-interval 0
    refuses "interval of nothing" "add --checkpoint" -- "$supcert" max $question --checkpoint-interval 5
    refuses "quiet and verbose" "both given" -- "$supcert" max $question -q -v
    refuses "checkpoint and certificate in one" "^c: .*name two files" -- "$supcert" max $question --checkpoint c -o c
    refuses "checkpoint and witness in one" "^c: .*name two files" -- "$supcert" max $question --checkpoint c --witness c
    refuses "certificate onto the checkpoint" "^kept.ck: .*being read" -- "$supcert" max $question --resume kept.ck -o kept.ck
    refuses "checkpoint onto a network" "^abs.net: .*being read" -- "$supcert" max abs.net third.net --checkpoint abs.net
    refuses "checkpoint that cannot be written" "^absent/c: cannot write" -- "$supcert" max abs.net third.net --checkpoint absent/c
    refuses "no time for a batch" "time: 0 is out of range" -- "$supcert" batch abs.net --time 0
    refuses "no time to fool" "time: 0 is out of range" -- "$supcert" fool --samples abs.net --time 0
}
absent "no half of a checkpoint is left" "c.ck"
printf 'f\tg\ttime\n%s\n' "abs.net	third.net	0" >rows
run "$supcert" batch rows
verify "a row without time" 2 "out:error.*--time: 0 is out of range"
finish
