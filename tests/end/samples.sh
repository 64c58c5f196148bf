#!/usr/bin/env bash
# Sample complexity on the command line: words, tables, JSON, the README's table, and every kind of bad input.
. tests/end/lib.sh

samples() { "$supcert" samples "$@"; }

expect "overview names samples" 0 "out:^  samples " -- "$supcert" --help
expect "help of samples" 0 "out:^usage: supcert samples --class \.\.\. \[options\]" "out:^exit status" quiet -- "$supcert" samples --help
for name in hole inner-hole empty-cell random-cell midpoints nothing; do
    expect "help explains $name" 0 "out:^  $name +" -- "$supcert" samples --help
    if grep -q "^| \`$name\` |" "$ROOT/README.md"; then pass "README explains $name"; else fail "README explains $name" "no row"; fi
done

# --- words ---------------------------------------------------------------------------------------------------
expect "words" 0 "out:^samples for an error of at most 1/10 = 0.1 .exact.$" "out:class    d = 1, q = inf, c = 1, B = 3, L = 3$" \
    "out:needed   at least 8, .*\[hole, bumps in 1 input\]$" "out:^           at least 2, .*\[random-cell, bumps in 1 input\]$" \
    "out:enough   at most 45, .*\[midpoints\]$" quiet -- "$supcert" samples --class inf,1,3,3 --dimension 1 --tolerance 0.1
expect "words, inverse" 0 "out:^the error after 4 " "out:left     at least 0.1875 .rounded down." "out:reached  at most 1.125 .rounded up." quiet -- \
    "$supcert" samples --class inf,1,3,3 --dimension 1 --samples 4
expect "no samples" 0 "out:left     at least 1.5 " "out:reached  nothing is known  .nothing.$" -- "$supcert" samples --class inf,1,3,3 --dimension 1 --samples 0
expect "shallow class" 0 "out:needed   nothing is claimed: there are bumps for L >= 3 only  .nothing.$" "out:enough   at most [0-9]+," -- \
    "$supcert" samples --class 2,1,9,2 --dimension 1 --tolerance 1/9
expect "narrow class" 0 "out:nothing is claimed: there are bumps for B >= 3 only" -- "$supcert" samples --class 2,1,2,3 --dimension 1 --tolerance 1/9
expect "large tolerance" 0 "out:nothing is claimed: no bump is known that exceeds the tolerance" -- "$supcert" samples --class 2,1,3,3 --dimension 1 --tolerance 9
expect "fewer inputs are read" 0 "out:needed .*\[hole, bumps in 2 inputs\]" -- "$supcert" samples --class 2,1,8,3 --dimension 5 --tolerance 0.001
expect "integral error" 0 "out:L\^p norm .* p = 3/2" "out:\[(inner-hole|empty-cell), bumps" -- \
    "$supcert" samples --class 2,1,8,3 --dimension 2 --tolerance 0.001 --error 3/2
expect "astronomical" 0 "out:needed   at least 10\^[0-9]{9}," "out:enough   at most 10\^[0-9]{9}," quiet -- \
    "$supcert" samples --class inf,1e10,1000,1000000 --dimension 50 --tolerance 1e-100000
expect "extreme numbers" 0 quiet -- "$supcert" samples --class 1e100000,1e-100000,1e18,1000000 --dimension 30 --tolerance 1e-100000 --error 1e100000

# --- tables --------------------------------------------------------------------------------------------------
samples --class 2,2,24 --layers 3..5 --dimension 1..2,4 --tolerance 0.1,1/100 --table >table.tsv
equal "rows of the table" "$(wc -l <table.tsv)" 19
equal "columns of the table" "$(awk -F'\t' '{print NF}' table.tsv | sort -u)" 9
equal "names of the columns" "$(head -n 1 table.tsv | tr '\t' ' ')" "d L tolerance needed by needed-chance by enough by"
equal "order of the rows" "$(cut -f1-3 table.tsv | sed -n '2,4p;8p;$p' | tr '\t\n' ' ;')" "1 3 1/10;1 3 1/100;1 4 1/10;2 3 1/10;4 5 1/100;"
run "$supcert" samples --class 2,2,24,4 --dimension 2 --tolerance 0.01 --json
cp "$logs/out" one.json
equal "table and JSON agree" "$(awk -F'\t' '$1 == 2 && $2 == 4 && $3 == "1/100" {print $4, $6, $8}' table.tsv)" \
    "$(json one.json rows 0 needed at_least) $(json one.json rows 0 needed_with_chance at_least) $(json one.json rows 0 enough at_most)"
equal "statement in JSON" "$(json one.json rows 0 needed statement) $(json one.json rows 0 needed inputs)" "hole 2"
samples --class inf,1,3,3 --dimension 1 --samples 0,1,45 --table >left.tsv
equal "inverse table" "$(tail -n +2 left.tsv | cut -f3,4,5,8,9 | tr '\t\n' ' ;')" "0 1.5 hole:1 - nothing;1 0.75 hole:1 4.5 midpoints;45 0.0166666 hole:1 0.1 midpoints;"
run "$supcert" samples --class inf,1,3,3 --dimension 1 --samples 0,1 --json
verify "inverse JSON" 0 quiet "out:\"at_most\": null" "out:\"samples\": \"1\""

# The README shows what the command prints.
line=$(grep -n '^    \$ supcert samples .* --table | column -t$' "$ROOT/README.md")
words=$(sed 's/^[0-9]*:    \$ supcert samples //; s/ | column -t$//' <<<"$line")
# shellcheck disable=SC2086
samples $words | tr '\t' ' ' >now.txt
tail -n "+$((${line%%:*} + 1))" "$ROOT/README.md" | sed '/^$/,$d; s/^ *//; s/  */ /g' >shown.txt
same "table of the README" now.txt shown.txt

# --- bad input -----------------------------------------------------------------------------------------------
bad() { # NAME REGEX OPTIONS...
    local name=$1 regex=$2
    shift 2
    refuses "$name" "$regex" -- "$supcert" samples "$@"
}
good=(--class 2,1,9,3 --dimension 2 --tolerance 0.1)
bad "no class" "no class is given" --dimension 2 --tolerance 1
bad "no dimension" "no dimension is given" --class 2,1,9,3 --tolerance 1
bad "no question" "neither --tolerance nor --samples" --class 2,1,9,3 --dimension 2
bad "two questions" "both given" "${good[@]}" --samples 3
bad "class of two numbers" "'2,1' is no class" --class 2,1 --dimension 2 --tolerance 1
bad "class without layers" "no number of layers" --class 2,1,9 --dimension 2 --tolerance 1
bad "class of five numbers" "too many numbers" --class 2,1,9,3,4 --dimension 2 --tolerance 1
bad "layers twice" "both tell the number of layers" "${good[@]}" --layers 3
bad "class of words" "'x': not a number" --class x,1,9,3 --dimension 2 --tolerance 1
bad "empty entry" "'': not a number" --class 2,,9,3 --dimension 2 --tolerance 1
bad "q below 1" "0.99 is out of range .write Q" --class 0.99,1,9,3 --dimension 2 --tolerance 1
bad "c of 0" "0 is out of range .write C" --class 2,0,9,3 --dimension 2 --tolerance 1
bad "infinite c" "'inf': not a number" --class 2,inf,9,3 --dimension 2 --tolerance 1
bad "B of 0" "0 is out of range .write B" --class 2,1,0,3 --dimension 2 --tolerance 1
bad "B of 3/2" "3/2 is out of range .write B" --class 2,1,3/2,3 --dimension 2 --tolerance 1
bad "large B" "1000000000000000001 is out of range" --class 2,1,1000000000000000001,3 --dimension 2 --tolerance 1
bad "L of 0" "0 is out of range .write L" --class 2,1,9,0 --dimension 2 --tolerance 1
bad "large L" "1000001 is out of range" --class 2,1,9,1000001 --dimension 2 --tolerance 1
bad "dimension 0" "dimension: 0 is out of range" --class 2,1,9,3 --dimension 0 --tolerance 1
bad "large dimension" "dimension: 100001 is out of range" --class 2,1,9,3 --dimension 100001 --tolerance 1
bad "tolerance 0" "tolerance: 0 is out of range .write a number above 0" --class 2,1,9,3 --dimension 2 --tolerance 0
bad "negative tolerance" "tolerance: -1/2 is out of range" --class 2,1,9,3 --dimension 2 --tolerance -1/2
bad "half a sample" "samples: 1/2 is out of range" --class 2,1,9,3 --dimension 2 --samples 1/2
bad "negative samples" "samples: -1 is out of range" --class 2,1,9,3 --dimension 2 --samples -1
bad "p below 1" "error: 1/2 is out of range .write uniform or" "${good[@]}" --error 1/2
bad "unknown error" "error: 'mean': not a number .write uniform or" "${good[@]}" --error mean
bad "list without table" "lists of numbers make a table" --class 2,1,9,3 --dimension 1..2 --tolerance 1
bad "falling range" "a range must go up" --class 2,1,9,3 --dimension 3..2 --tolerance 1 --table
bad "long range" "a range must go up, by fewer than 100000" --class 2,1,9,3 --dimension 2 --samples 0..100000 --table
bad "half a range" "'': not a number" --class 2,1,9,3 --dimension 3.. --tolerance 1 --table
bad "range of tolerances" "not a number" --class 2,1,9,3 --dimension 3 --tolerance 1..2 --table
bad "empty list" "'': not a number" --class 2,1,9,3 --dimension 1,,2 --tolerance 1 --table
bad "two forms" "table and --json are both given" "${good[@]}" --table --json
bad "operand" "too many operands" x "${good[@]}"
bad "unknown option" "unknown option --tolerence .did you mean --tolerance" "${good[@]}" --tolerence 1
if samples "${good[@]}" >/dev/full 2>"$logs/err"; then fail "full disk" "status 0"; else pass "full disk"; fi
finish
