#!/usr/bin/env bash
# supcert batch: verdicts, certificates, rows that are broken or run out of time, tables in both forms, bad tables.
. tests/end/lib.sh

tab() { printf '%b\n' "$@"; }
column() { awk -F'\t' -v name="$2" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == name) c = k; next } { print $c }' "$1" | paste -sd' '; }

tab 'name\tf\tg\tbox\ttol' 'corner\tabs.net\tthird.net\t-1/2,3/4\t' 'kept\tabs.net\tthird.net\t-1/2,3/4\t5/12' '' \
    'missed\tabs.net\tthird.net\t-1/2,3/4\t0.4' >good.tsv
expect "a row is missed" 1 quiet -- "$supcert" batch good.tsv -o good.out --certificates proofs
equal "verdicts" "$(column good.out verdict)" "exact within missed"
equal "names and lines" "$(column good.out name) $(column good.out line)" "corner kept missed 2 3 5"
equal "lower bounds" "$(column good.out lower)" "5/12 5/12 5/12"
expect "certificate of a maximum" 0 quiet -- "$native_checker" proofs/corner.cert abs.net third.net --at-most 5/12 --at-least 5/12
expect "certificate of a decision" 0 quiet -- "$native_checker" proofs/kept.cert abs.net third.net --at-most 5/12
expect "certificate of a miss" 0 quiet -- "$native_checker" proofs/missed.cert abs.net third.net --at-least 0.4

printf 'f,g,box,tol\r\nabs.net,third.net,"-1/2,3/4",1\r\n"abs.net" , abs.net,"-1,1",0\r\n' >good.csv
expect "comma-separated" 0 "out:^line2	2	within	0.41666" "out:^line3	3	within	0	0	0	0	" quiet -- "$supcert" batch good.csv

tab 'f\tg\tbox\ttol\tname' 'abs.net\tthird.net\t-1/2,3/4' 'nowhere.net\tthird.net\t0,1\t\tfile' 'abs.net\t\t0,1\t\tnone' 'abs.net\tthird.net\t1,0\t\tbox' \
    'abs.net\tthird.net\t0,1\t-1\ttol' 'abs.net\tthird.net\t0,1\t\ta/b' 'abs.net\tthird.net\t0,1\t\ttwice' 'abs.net\tthird.net\t0,1\t\ttwice' \
    'abs.net\tthird.net\t0,1\t1\tlast' >bad.tsv
expect "broken rows" 2 message "err:^bad.tsv: 7 of 9 rows" -- "$supcert" batch bad.tsv -o bad.out
equal "broken rows: verdicts" "$(column bad.out verdict)" "error error error error error error exact error within"
for message in "3 fields instead of 5" "nowhere.net: cannot open" "file of a network is missing" "lower end" "tol: " "no '/'" "line 8 has the same name"; do
    expect "broken rows: $message" 0 "out:$message" -- cat bad.out
done

# What is wrong is told in the row; what is right beside it is done all the same.
tab 'name\tf\tg\tbox\tbox_file\toutput\ttol\tgap\ttime' 'no time\tabs.net\tthird.net\t0,1\t\t\t\t\t0' 'negative\tabs.net\tthird.net\t0,1\t\t\t-1\t\t' \
    'both\tabs.net\tthird.net\t0,1\t\t\t1\t1\t' 'boxes\tabs.net\tthird.net\t0,1\tb\t\t\t\t' 'output\tabs.net\tthird.net\t0,1\t\t5\t1\t\t' \
    'no number\tabs.net\tthird.net\t0,1\t\t\tx\t\t' 'gap\tabs.net\tthird.net\t0,1\t\t\t\t-1\t' 'option\tabs.net\tthird.net\t--json\t\t\t\t\t' \
    'file\t-x\tthird.net\t0,1\t\t\t\t\t' 'formula\tabs.net\texpr:sin(\t0,1\t\t\t\t\t' 'time\tabs.net\tthird.net\t0,1\t\t\t\t\tx' \
    'right\tabs.net\tthird.net\t0,1\t\t\t1\t\t' 'line15\tabs.net\tthird.net\t0,1\t\t\t\t\t' '\tabs.net\tthird.net\t0,1\t\t\t\t\t' >odd.tsv
expect "odd rows" 2 message "err:^odd.tsv: 12 of 14 rows" -- "$supcert" batch odd.tsv -o odd.out
told() { equal "odd row: $1" "$(awk -F'\t' -v name="$1" '$1 == name { print $3 ": " $10 }' odd.out | head -n 1 | cut -c "1-${#2}")" "$2"; }
told "no time" "error: supcert: --time: 0 is out of range (1e-9 to 1e9; leave the option out for no limit)"
told negative "error: supcert: --tol: -1 is out of range (at least 0)"
told both "error: tol and gap are both given (a row is decided or maximised)"
told boxes "error: box and box_file are both given (give one)"
told output "error: supcert: --output: 5 is out of range (the networks have outputs 0 to 0)"
told "no number" "error: supcert: --tol: 'x': not a number"
told gap "error: supcert: --gap: -1 is out of range (at least 0)"
told option "error: supcert: --box needs a value"
told file "error: -x: cannot open"
told formula "error: expr:1: column 5: "
told time "error: supcert: --time: 'x': not a number"
told right "within: "
told line15 "exact: "
equal "a name that another row would have" "$(awk -F'\t' '$2 == 15 { print $1 " " $10 }' odd.out)" "line15 line 14 has the same name"
printf 'name,f,g\n"a\001b",abs.net,third.net\n' >control.csv
expect "a name with a control character" 2 "err:control.csv:2: a control character, byte 1" message -- "$supcert" batch control.csv

name=d3_s1_n1000
tab 'name\tf\tg\tbox\ttime' "slow\t$t2p/student_${name}_w32.onnx\t$t2p/teacher_${name%_*}.onnx\t-1/2,1/2\t0.001" 'quick\tabs.net\tthird.net\t0,1\t' >slow.tsv
expect "a row runs out of time" 3 quiet -- "$supcert" batch slow.tsv -o slow.out --certificates proofs
equal "out of time: verdicts" "$(column slow.out verdict)" "bracket exact"
expect "out of time: certificate" 0 quiet -- "$checker" proofs/slow.cert "$t2p/student_${name}_w32.onnx" "$t2p/teacher_${name%_*}.onnx"

refuses() { # NAME TABLE ERROR
    printf '%b' "$2" >refused.tsv
    expect "$1" 2 message "err:$3" silent -- "$supcert" batch refused.tsv
}
refuses "empty table" "" "holds no table"
refuses "unknown column" 'f\tg\tbocks\n' "refused.tsv:1: unknown column bocks .did you mean box"
refuses "column twice" 'f\tg\tf\n' "refused.tsv:1: column f appears twice"
refuses "no networks" 'name\tbox\n' "refused.tsv:1: columns f and g"
refuses "no rows" 'f\tg\n' "refused.tsv: holds no queries"
refuses "binary" 'f\tg\n\0' "is no text"
expect "no such table" 2 message silent -- "$supcert" batch nowhere.tsv
expect "folder that cannot be made" 2 message silent -- "$supcert" batch good.tsv --certificates abs.net/x
touch plain
expect "a file in place of a folder" 2 message "err:^plain: cannot be made a folder" silent -- "$supcert" batch good.tsv --certificates plain
expect "a folder that is there" 1 quiet -- "$supcert" batch good.tsv --certificates proofs

# Where the parent has SIGCHLD ignored, no child can be waited for: that is no good end.
printf 'name\tf\tg\ttol\tbox\nmissed\tabs.net\tthird.net\t0\t-1,1\n' >ignored.tsv
expect "a missed row" 1 -- "$supcert" batch ignored.tsv
expect "a missed row, with SIGCHLD ignored" 2 -- bash -c 'trap "" CHLD; exec "$0" batch ignored.tsv' "$supcert"

# The answers are told, whatever becomes of the file; and row by row, so that a killed batch leaves those that it had.
expect "a file that takes nothing" 2 "out:missed" "err:/dev/full: cannot write" -- "$supcert" batch ignored.tsv -o /dev/full
expect "a file that takes nothing: JSON" 2 "out:\"verdict\": \"missed\"" "err:/dev/full: cannot write" -- "$supcert" batch ignored.tsv -o /dev/full --json
{
    printf 'name\tf\tg\ttol\tbox\ttime\nquick\tabs.net\tthird.net\t0\t-1,1\t5\n'
    printf 'slow\t%s\t%s\t\t-1,1\t60\n' "$t2p/student_d5_s0_n1000_w32.onnx" "$t2p/teacher_d5_s0.onnx"
} >killed.tsv
"$supcert" batch killed.tsv -o killed.out &
killed=$!
await grep -qs '^quick' killed.out.tmp-$killed
kill -9 $killed
wait $killed 2>/dev/null
expect "what a killed batch had" 0 "out:^quick.*missed" -- cat "killed.out.tmp-$killed"
finish
