# Shared by the end-to-end tests, which source it with the build folder as their first argument and run from the
# repository root. Every check prints "ok NAME" or "not ok NAME: why"; finish gives the script its exit status.
# shellcheck shell=bash
set -u
BUILD=${1:?usage: tests/end/NAME.sh BUILD}
BUILD=$(cd "$BUILD" && pwd)
ROOT=$(pwd)
supcert=$BUILD/supcert
checker=$BUILD/supcert-check
native_checker=$BUILD/supcert-check-native
t2p=$ROOT/tests/data/t2p
work=$(mktemp -d "${TMPDIR:-/tmp}/supcert-test.XXXXXX")
logs=$(mktemp -d "${TMPDIR:-/tmp}/supcert-logs.XXXXXX")
trap 'rm -rf "$work" "$logs"' EXIT
failures=0
export LC_ALL=C
# Whatever is drawn is the same every time; SUPCERT_SEED is another number, or "random".
seed=${SUPCERT_SEED:-1}
[ "$seed" != random ] || seed=$RANDOM
RANDOM=$seed
echo "# SUPCERT_SEED=$seed"
# A make that a test starts is no part of the make that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL
# Sanitizers must not use a status that the programs use themselves.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:exitcode=99" LSAN_OPTIONS="${LSAN_OPTIONS:-}:exitcode=99"
export TSAN_OPTIONS="${TSAN_OPTIONS:-}:exitcode=99"

pass() { echo "ok $1"; }
fail() {
    echo "not ok $1: $2"
    failures=$((failures + 1))
}
# skip NAME COUNT WHY: so many checks cannot be made on this machine. tests/run adds them to those that are made, and allows only skips
# that tests/expected names.
skip() { echo "skip $1 ($2 checks): $3"; }
finish() {
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}

# run COMMAND...: runs it and leaves $status, $logs/out and $logs/err.
run() {
    "$@" >"$logs/out" 2>"$logs/err" </dev/null
    status=$?
}

# verify NAME STATUS [out:REGEX | err:REGEX | silent | quiet | message]...: looks at the last run.
#   silent: nothing on stdout; quiet: nothing on stderr; message: one line on stderr, with a place or a program before the colon
verify() {
    local name=$1 wanted=$2 why=""
    shift 2
    [ "$status" -eq "$wanted" ] || why="exit status $status instead of $wanted: $(head -c 300 "$logs/err")"
    for check in "$@"; do
        [ -z "$why" ] || break
        case $check in
        out:*) grep -Eq -- "${check#out:}" "$logs/out" || why="stdout lacks '${check#out:}': $(head -c 300 "$logs/out")" ;;
        err:*) grep -Eq -- "${check#err:}" "$logs/err" || why="stderr lacks '${check#err:}': $(head -c 300 "$logs/err")" ;;
        silent) [ ! -s "$logs/out" ] || why="unexpected output: $(head -c 300 "$logs/out")" ;;
        quiet) [ ! -s "$logs/err" ] || why="unexpected message: $(head -c 300 "$logs/err")" ;;
        message)
            { [ "$(wc -l <"$logs/err")" -eq 1 ] && grep -Eq '^[^:]+:' "$logs/err"; } || why="not one message: $(head -c 300 "$logs/err")"
            ;;
        *) why="the test itself is wrong: $check" ;;
        esac
    done
    if [ -z "$why" ]; then pass "$name"; else fail "$name" "$why"; fi
}

# expect NAME STATUS CHECKS... -- COMMAND...
expect() {
    local name=$1 wanted=$2 checks=()
    shift 2
    while [ "$1" != -- ]; do
        checks+=("$1")
        shift
    done
    shift
    run "$@"
    verify "$name" "$wanted" "${checks[@]}"
}

# refuses NAME REGEX -- COMMAND...: status 2, nothing on stdout, one message that matches.
refuses() {
    local name=$1 regex=$2
    shift 3
    expect "$name" 2 silent message "err:$regex" -- "$@"
}

same() { # NAME FILE FILE
    if cmp -s "$2" "$3"; then pass "$1"; else fail "$1" "$2 and $3 differ"; fi
}

equal() { # NAME VALUE VALUE
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "'$2' instead of '$3'"; fi
}

absent() { # NAME GLOB: no file of that name, or of a temporary name beside it
    local found
    found=$(compgen -G "$2*" || true)
    if [ -z "$found" ]; then pass "$1"; else fail "$1" "left behind: $found"; fi
}

# await COMMAND...: waits until it succeeds, for a minute at most
await() {
    local k
    for ((k = 0; k < 3000; k++)); do
        "$@" && return 0
        sleep 0.02
    done
    echo "# waited in vain: $*"
    return 1
}
# catches PROCESS NUMBER: whether the process handles that signal by now
catches() {
    local mask
    mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)
    [ -n "$mask" ] && [ $((0x${mask: -8} >> ($2 - 1) & 1)) -eq 1 ]
}
ended() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; } # PROCESS: it runs no more

# json FILE KEY...: the value in a JSON file; also the proof that the file is JSON and nothing else.
json() {
    [ -x "$logs/json" ] || "${CC:-cc}" -o "$logs/json" "$ROOT/tests/end/json_value.c" -ljansson
    "$logs/json" "$@"
}

# --- networks whose answers can be worked out by hand --------------------------------------------------------

cd "$work" || exit 1
cat >abs.net <<'END'
supcert-network 1
inputs 1
layer 2 reads 0
relu 0 : 1
relu 0 : -1
layer 1 reads 1
linear 0 : 1 1
end
END
cat >third.net <<'END'
supcert-network 1
inputs 1
layer 1 reads
linear 1/3
end
END
cat >two.net <<'END'
supcert-network 1
inputs 2
layer 2 reads 0
linear 0 : 1 0
linear 1/7 : 1 -1
end
END
cat >mixed.net <<'END'
supcert-network 1
inputs 2
layer 2 reads 0
relu 0 : 1 0
linear 0 : 0 1
end
END

# --- ONNX by hand: fields as hexadecimal text ------------------------------------------------------------------

onnx_number() { printf '%02x%02x' $(($1 << 3)) "$2"; } # FIELD VALUE, both small
onnx_field() {                                         # FIELD PAYLOAD, the payload in hexadecimal, below 16384 bytes
    local bytes=$((${#2} / 2))
    if [ $bytes -lt 128 ]; then
        printf '%02x%02x%s' $(($1 << 3 | 2)) $bytes "$2"
    else
        printf '%02x%02x%02x%s' $(($1 << 3 | 2)) $((bytes & 127 | 128)) $((bytes >> 7)) "$2"
    fi
}
onnx_text() { onnx_field "$1" "$(printf %s "$2" | od -An -v -tx1 | tr -d ' \n')"; }
# onnx_node OPERATOR INPUTS OUTPUTS
onnx_node() {
    local body="" word
    for word in $2; do body+=$(onnx_text 1 "$word"); done
    for word in $3; do body+=$(onnx_text 2 "$word"); done
    onnx_field 1 "$body$(onnx_text 4 "$1")"
}
# onnx_value FIELD NAME TYPE SIZE: a graph's input (11) or output (12) of shape [1, SIZE]
onnx_value() {
    local shape
    shape=$(onnx_field 2 "$(onnx_field 1 "$(onnx_number 1 1)")$(onnx_field 1 "$(onnx_number 1 "$4")")")
    onnx_field "$1" "$(onnx_text 1 "$2")$(onnx_field 2 "$(onnx_field 1 "$(onnx_number 1 "$3")$shape")")"
}
# onnx_weights NAME TYPE BYTES DIM...: an initialiser with raw data in hexadecimal
onnx_weights() {
    local body="" name=$1 type=$2 raw=$3
    shift 3
    for size in "$@"; do body+=$(onnx_number 1 "$size"); done
    onnx_field 5 "$body$(onnx_number 2 "$type")$(onnx_text 8 "$name")$(onnx_field 9 "$raw")"
}
# onnx_file FILE GRAPH
onnx_file() {
    local model
    model="$(onnx_number 1 7)$(onnx_field 7 "$2$(onnx_text 2 g)")$(onnx_field 8 "$(onnx_number 2 13)")"
    # shellcheck disable=SC2059
    printf "$(printf %s "$model" | sed 's/../\\x&/g')" >"$1"
}
