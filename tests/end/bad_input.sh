#!/usr/bin/env bash
# Bad input and bad output: one message, exit status 2, nothing left behind, nothing broken.
. tests/end/lib.sh

"$supcert" max abs.net third.net -q -o good.cert
onnx=$t2p/teacher_d2_s0.onnx

# Every command that reads a network refuses every file that is none.
: >empty
printf 'hello\n' >prose
head -c 60 abs.net >cut.net
head -c 10000 "$onnx" >cut.onnx
head -c 100 /dev/zero >zeros
printf '// a comment\n1,1,' >cut.nnet
sed 's/relu 0 : 1/relu 1\/0 : 1/' abs.net >zero.net
sed 's/relu 0 : 1/relu 0 : 1 2/' abs.net >wide.net
sed 's/relu 0 : 1/sigmoid 0 : 1/' abs.net >kind.net
sed 's/reads 1/reads 2/' abs.net >cyclic.net
mkdir folder
refuse_network() { # FILE REGEX
    refuses "max: $1" "$2" -- "$supcert" max "$1" third.net -o left.cert
    absent "max: $1: nothing left" left.cert
    refuses "max: $1 as the second" "$2" -- "$supcert" max third.net "$1"
    refuses "check: $1" "$2" -- "$supcert" check good.cert "$1" third.net
    refuses "supcert-check: $1" "$2" -- "$checker" good.cert "$1" third.net
    refuses "eval: $1" "$2" -- "$supcert" eval "$1" --at 1
    refuses "info: $1" "$2" -- "$supcert" info "$1"
    refuses "convert: $1" "$2" -- "$supcert" convert "$1" -o left.net
    absent "convert: $1: nothing left" left.net
}
refuse_network absent '^absent: cannot open'
refuse_network empty '^empty: is empty'
refuse_network folder '^folder: is a directory'
refuse_network prose '^prose: is no network file'
refuse_network zeros '^zeros: is no network file'
refuse_network cut.net '^cut.net:[0-9]+: '
refuse_network cut.onnx '^cut.onnx: '
refuse_network cut.nnet '^cut.nnet(:[0-9]+)?: '
refuse_network zero.net '^zero.net:4: .*zero denominator'
refuse_network wide.net '^wide.net:4: '
refuse_network kind.net '^kind.net:4: '
refuse_network cyclic.net '^cyclic.net:6: '
if [ "$(id -u)" -ne 0 ]; then
    cp abs.net secret.net && chmod 0 secret.net
    refuse_network secret.net 'Permission denied'
fi
refuses "native checker: ONNX" "only format that this program reads" -- "$native_checker" good.cert "$onnx" "$onnx"

# ONNX graphs that are wrong. One that is right comes first, to show that the writer of these files is.
float=1 half=10 integer=7
input=$(onnx_value 11 x $float 1)
output=$(onnx_value 12 y $float 1)
one=0000803f
weights() { onnx_weights w $float "$1" 1 1; }
onnx_file right.onnx "$(onnx_node MatMul 'x w' h)$(onnx_node Relu h y)$(weights $one)$input$output"
expect "onnx: right" 0 "out:^output 0: 3 .exact.$" quiet -- "$supcert" eval right.onnx --at 3
bad_onnx() { # NAME GRAPH REGEX
    onnx_file "$1.onnx" "$2"
    refuse_network "$1.onnx" "^$1.onnx: .*$3"
}
bad_onnx cyclic "$(onnx_node Add 'x b' a)$(onnx_node Relu a b)$(onnx_node Relu b y)$input$output" "cycle"
bad_onnx operator "$(onnx_node Sigmoid x y)$input$output" "Sigmoid"
bad_onnx infinite "$(onnx_node MatMul 'x w' y)$(weights 0000807f)$input$output" "(infinit|NaN|not finite)"
bad_onnx nan "$(onnx_node MatMul 'x w' y)$(weights 0000c07f)$input$output" "(infinit|NaN|not finite)"
bad_onnx half "$(onnx_node MatMul 'x w' y)$(onnx_weights w $half 003c 1 1)$input$output" "(float16|type)"
bad_onnx integer "$(onnx_node MatMul 'x w' y)$(onnx_weights w $integer 0100000000000000 1 1)$input$output" "(int64|type)"
bad_onnx shapes "$(onnx_node MatMul 'x w' y)$(onnx_weights w $float $one$one 2 1)$input$output" ""
bad_onnx short "$(onnx_node MatMul 'x w' y)$(onnx_weights w $float 0000 1 1)$input$output" ""
bad_onnx undefined "$(onnx_node MatMul 'x v' y)$input$output" "v"
bad_onnx twice "$(onnx_node Relu x y)$(onnx_node Abs x y)$input$output" ""
bad_onnx huge "$(onnx_node MatMul 'x w' y)$(onnx_field 5 "08ffffffff0f08ffffffff0f1001$(onnx_text 8 w)$(onnx_field 9 $one)")$input$output" ""
bad_onnx product "$(onnx_node Mul 'x x' y)$input$output" "Mul"
bad_onnx nothing "$input$output" "y"

# Networks that do not fit each other, and boxes that do not fit them.
refuses "shapes" "^two.net: has 2 inputs and 2 outputs, but abs.net has 1 and 1" -- "$supcert" max abs.net two.net
bad_box() { # NAME CONTENT REGEX
    printf '%b' "$2" >box
    refuses "box file: $1" "$3" -- "$supcert" max two.net mixed.net --box-file box
    refuses "box file: $1: check" "$3" -- "$supcert" check good.cert two.net mixed.net --box-file box
}
bad_box "upside down" '0 1\n1 0\n' '^box:2: the lower end is above the upper end'
bad_box "too short" '0 1\n' '^box:1: the box has 1 of 2 intervals'
bad_box "too long" '0 1\n0 1\n# three\n0 1\n' '^box:4: more lines than'
bad_box "one number" '0 1\n0\n' '^box:2: 1 of 2 values'
bad_box "three numbers" '0 1\n0 1 2\n' '^box:2: more than 2 values'
bad_box "no number" '0 1\n0 one\n' '^box:2: value 2: not a number'
bad_box "zero denominator" '1/0 1\n0 1\n' '^box:1: value 1: zero denominator'
bad_box "comma" '0,\n0 1\n' '^box:1: '
bad_box "empty" '' '^box.*0 of 2 intervals'
bad_box "zero byte" '0 1\\000\n0 1\n' '^box:1: '
refuses "box file: missing" "^absent: " -- "$supcert" max two.net mixed.net --box-file absent
refuses "box file: directory" "^folder: is a directory" -- "$supcert" max two.net mixed.net --box-file folder
refuses "box: both" "box and --box-file are both given" -- "$supcert" max two.net mixed.net --box 0,1 --box-file box
for box in 1,0 1 '1,' ',1' 0,1,2 a,b 0,1/0 ''; do
    refuses "box: '$box'" "^supcert: --box" -- "$supcert" max two.net mixed.net "--box=$box"
done

# Every option of every command: a value that is empty; for numbers, what is none; for limits, 0, which would be no time at all. (The
# numbers of samples are lists, see samples.sh.)
"$supcert" --completion-words >commands
limits=0
while read -r name; do
    while read -r option value; do
        [ -n "$value" ] || continue
        refuses "$name $option: empty" "^supcert: $option: the value is empty .$option " -- "$supcert" "$name" "$option="
        [[ $name != samples && $value =~ ^(S|N|Q|K|J|H|R|D|MIB)$ ]] || continue
        for text in nan -inf 1/0 '1 2'; do
            refuses "$name $option: '$text'" "^supcert: $option: '$text': " -- "$supcert" "$name" "$option=$text"
        done
        [[ $option =~ ^--(time|nodes|memory|timeout|checkpoint-interval)$ ]] || continue
        limits=$((limits + 1))
        for text in 0 -0 -1 0/7; do
            refuses "$name $option: $text" "^supcert: $option: $text is out of range .*[0-9]" -- "$supcert" "$name" "$option=$text"
        done
        [ "$option" = --checkpoint-interval ] || refuses "$name $option: what to do" "leave the option out for (no limit|what the machine leaves)\)" -- "$supcert" "$name" "$option=0"
    done < <("$supcert" "$name" --completion-words)
done <commands
[ "$limits" -ge 10 ] || fail "limits" "only $limits options are limits"
for option in --tol --gap --relative-gap; do
    for name in max decide; do
        "$supcert" $name --completion-words | grep -q -- "^$option " || continue
        refuses "$name $option: negative" "^supcert: $option: -1/1000 is out of range .at least 0" -- "$supcert" $name abs.net third.net "$option=-1/1000"
    done
done
refuses "nodes: too many" "nodes: 1e30 is out of range .1 to [0-9]+.$" -- "$supcert" max abs.net third.net --nodes 1e30
for name in max decide check witness eval info convert batch; do refuses "$name: an empty operand" "^supcert: operand 1 is empty" -- "$supcert" $name ''; done

# A formula where a network belongs.
for command in "max expr:x1 third.net" "witness expr:x1 third.net --at 1" "check good.cert expr:x1 third.net" "eval expr:x1 --at 1" "info expr:x1" "convert expr:x1"; do
    # shellcheck disable=SC2086
    refuses "formula: $command" "^expr:x1: is a formula, but a network is needed" -- "$supcert" $command
done
cp abs.net expr:x1
expect "a file whose name begins like a formula" 0 quiet -- "$supcert" info expr:x1

# Files that are read must not be written, and no file for two things.
printf '0 1\n' >the.box
printf 'x1\n' >the.formula
for name in max decide; do
    question="$name abs.net third.net"
    [ $name = max ] || question+=" --tol 1"
    for option in -o --witness --checkpoint; do
        for file in abs.net third.net the.box; do
            cp $file keep
            # shellcheck disable=SC2086
            refuses "$name $option onto $file" "^./$file: is a file that is being read" -- "$supcert" $question --box-file the.box $option ./$file
            same "$name $option onto $file: unharmed" keep $file
        done
        # shellcheck disable=SC2086
        refuses "$name $option onto a formula" "^the.formula: is a file that is being read" -- "$supcert" ${question/third.net/@the.formula} $option the.formula
        for other in -o --witness --checkpoint; do
            [ $option != $other ] || continue
            # shellcheck disable=SC2086
            refuses "$name $option and $other" "^both: is to hold what both --[a-z]* and --[a-z]* write .name two files" -- "$supcert" $question $option both $other both
            absent "$name $option and $other: file" both
        done
    done
done
refuses "witness -o onto the box" "^the.box: is a file that is being read" -- "$supcert" witness abs.net third.net --at 1 --box-file the.box -o the.box
refuses "receipt onto the box" "^the.box: is a file that is being read" -- "$checker" good.cert abs.net third.net --box-file the.box --shards 1 --shard 1 --receipt the.box
equal "the box is unharmed" "$(cat the.box)" "0 1"

# Options that contradict each other.
refuses "quiet and progress" "^supcert: --progress and --quiet are both given" -- "$supcert" max abs.net third.net -q --progress plain
expect "quiet and no progress" 0 silent quiet -- "$supcert" max abs.net third.net -q --progress off
refuses "quiet and verbose" "^supcert: --verbose and --quiet are both given" -- "$supcert" decide abs.net third.net --tol 1 -q -v
refuses "an interval of nothing" "checkpoint-interval without a checkpoint" -- "$supcert" max abs.net third.net --checkpoint-interval 1
refuses "tol for max" "^supcert: unknown option --tol" -- "$supcert" max abs.net third.net --tol 1
refuses "gap for decide" "^supcert: unknown option --gap" -- "$supcert" decide abs.net third.net --tol 1 --gap 1
refuses "two tolerances" "^supcert: --tol is given twice" -- "$supcert" decide abs.net third.net --tol 1 --tol 1
refuses "shards without shard" "^supcert: --shards and --shard go together" -- "$checker" good.cert abs.net third.net --shards 2
refuses "parts and the whole" "^supcert: --combine puts receipts together" -- "$checker" good.cert abs.net third.net --combine --shards 2 --shard 1

# Going on after a file has changed.
"$supcert" max abs.net third.net -q --checkpoint state
cp abs.net changed.net
sed -i 's/: -1$/: -2/' changed.net
refuses "resume: another network" "^state:2: the checkpoint is about another question: 'network f" -- "$supcert" max changed.net third.net --resume state
refuses "resume: a formula" "^state:3: the checkpoint is about another question: 'network g" -- "$supcert" max abs.net expr:1/3 --resume state
refuses "resume: another box" "^state:6: the checkpoint is about another question: 'box 0 1', not 'box 0 2'" -- "$supcert" decide abs.net third.net --tol 1 --box 0,2 --resume state
refuses "resume: no checkpoint" "^good.cert:1: is no checkpoint" -- "$supcert" max abs.net third.net --resume good.cert
refuses "resume: a directory" "^folder:1: cannot be read" -- "$supcert" max abs.net third.net --resume folder

# Output that cannot be written. /dev/full must be the device of that name, or the test proves nothing.
[ -c /dev/full ] || fail "/dev/full" "is no device here (restore it: mknod -m 666 /dev/full c 1 7)"
expect "max -o /dev/full: the answer" 2 "out:^exact" "out:certificate +none: it could not be written" message "err:^/dev/full: " -- \
    "$supcert" max abs.net third.net -o /dev/full
for target in /dev/full absent/x folder; do
    [ $target = /dev/full ] || refuses "max -o $target" "^$target: " -- "$supcert" max abs.net third.net -o $target
    refuses "convert -o $target" "^$target: " -- "$supcert" convert abs.net -o $target
done
refuses "max: onto an input" "third.net: is a file that is being read" -- "$supcert" max abs.net third.net -o third.net
[ -c /dev/full ] || fail "/dev/full is still a device" "it was replaced"
full() { # NAME COMMAND...
    local name=$1
    shift
    "$@" >/dev/full 2>"$logs/err" </dev/null
    status=$?
    : >"$logs/out"
    verify "full: $name" 2 message "err:standard output"
}
full max "$supcert" max abs.net third.net
full "max --json" "$supcert" max abs.net third.net --json
full check "$supcert" check good.cert abs.net third.net
full supcert-check "$checker" good.cert abs.net third.net
full eval "$supcert" eval abs.net --at 1
full info "$supcert" info abs.net
full convert "$supcert" convert abs.net
full "convert to ONNX" "$supcert" convert abs.net --to onnx
full "convert --json" "$supcert" convert abs.net -o copy.net --json
full decide "$supcert" decide abs.net third.net --tol 1
full witness "$supcert" witness abs.net third.net --at 1
full "witness --csv" "$supcert" witness abs.net third.net --at 1 --csv
full samples "$supcert" samples --class 2,1,3,3 --dimension 1 --tolerance 0.1
printf '0\n1\n' >some.csv
full fool "$supcert" fool --samples some.csv --height 1
printf 'f,g\nabs.net,third.net\n' >table.csv
full batch "$supcert" batch table.csv
full "batch --json" "$supcert" batch table.csv --json
full help "$supcert" --help
full "help of max" "$supcert" max --help
full version "$supcert" --version
# A limit on the size of files stands for a disk that is full; the file that was there stays.
echo precious >kept.net
run bash -c 'ulimit -f 1; exec "$@"' - "$supcert" convert "$onnx" -o kept.net
verify "full disk" 2 silent message "err:^kept.net: cannot write"
equal "full disk: the old file stays" "$(cat kept.net)" precious
absent "full disk: nothing else is left" "kept.net?"
# Text files of every kind: a carriage return ends no line, so that no comment can hide what an editor shows behind it; nor is there a byte 0.
cat >line.vnnlib <<'END'
(vnnlib-version <2.0>)
(declare-network f (declare-input X real [1]) (declare-output Y real [1]))
(assert (>= X[0] 0.0))(assert (<= X[0] 1.0))
; only large outputs
(assert (>= Y[0] 2.0))
(assert (>= Y[0] 0.5))
END
printf '0 1 # the box\n' >whole.box
printf '1/2 # a point\n' >whole.points
printf 'f,g,box\nabs.net,third.net,"0,1"\n' >whole.csv
printf 'x1 # a formula\n' >whole.formula
printf '1\n2\n' >whole.samples
printf '// a comment\n1,1,1,1,\n1,1,\n0,\n0,\n1,\n0,0,\n1,1,\n1,\n0,\n' >whole.nnet
cp line.vnnlib whole.vnnlib
reads() { # FILE: the command that reads a file of this kind
    case $1 in
    *.box) run "$supcert" max abs.net third.net --box-file "$1" ;;
    *.points) run "$supcert" eval abs.net --points "$1" ;;
    *.csv) run "$supcert" batch "$1" ;;
    *.formula) run "$supcert" max abs.net "@$1" --box 0,1 ;;
    *.samples) run "$supcert" fool --samples "$1" --box 0,3 --height 1 -o fooled ;;
    *.nnet) run "$supcert" info "$1" ;;
    *.vnnlib) run "$supcert" verify "$1" --network f=abs.net ;;
    esac
}
for right in whole.*; do
    kind=${right#whole.}
    reads "$right"
    verify "$kind: right" 0
    sed 's/$/\r/' "$right" >crlf."$kind"
    reads crlf."$kind"
    verify "$kind: CR LF" 0
    { head -n 1 "$right" | tr '\n' '\r' && tail -n +2 "$right"; } >return."$kind"
    reads return."$kind"
    verify "$kind: a carriage return" 2 silent message "err:^return.$kind:1: a carriage return that ends no line"
    { head -c -1 "$right" && printf '\r'; } >last."$kind"
    reads last."$kind"
    verify "$kind: a carriage return at the end" 2 silent message "err:^last.$kind:[0-9]+: a carriage return that ends no line"
    { head -n 1 "$right" | head -c -1 && printf '\0\n' && tail -n +2 "$right"; } >zero."$kind"
    reads zero."$kind"
    verify "$kind: a byte 0" 2 silent message "err:^zero.$kind:1: a control character, byte 0"
    { head -n 1 "$right" | head -c -1 && printf '\f\n' && tail -n +2 "$right"; } >feed."$kind"
    reads feed."$kind"
    verify "$kind: a form feed" 2 silent message "err:^feed.$kind:1: a control character, byte 12"
done

finish
