#!/usr/bin/env bash
# JUnit reports of check, decide and batch, and of the checker: what they say, and that they are XML whatever the files are called.
. tests/end/lib.sh

"$supcert" max abs.net third.net --box -1/2,3/4 -q -o one.cert
expect "passed" 0 "out:^verified" quiet -- "$supcert" check one.cert abs.net third.net --at-most 5/12 --junit passed.xml
expect "passed: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"0\"" "out:<testcase classname=\"supcert check\" name=\"one.cert\" time=\"[0-9]+\.[0-9]{3}\">" \
    "out:<system-out>verified: max .f - g. is 5/12" -- cat passed.xml
expect "not implied" 1 "out:^not implied" message -- "$supcert" check one.cert abs.net third.net --at-most 1/3 --junit failed.xml
expect "not implied: report" 0 "out:tests=\"1\" failures=\"1\" errors=\"0\"" "out:<failure message=\"one.cert: does not imply what --at-most 1/3 asks: it says that .f-g." -- cat failed.xml
expect "rejected" 1 "out:^rejected" message -- "$supcert" check one.cert third.net abs.net --junit rejected.xml
expect "rejected: report" 0 "out:failures=\"1\"" "out:<failure message=\"one.cert:2: .*another network f" "out:<system-out>rejected" -- cat rejected.xml
refuses "bad input" "^absent: " -- "$supcert" check absent abs.net third.net --junit error.xml
expect "bad input: report" 0 "out:errors=\"1\"" "out:<error message=\"absent: cannot be opened" -- cat error.xml
refuses "bad usage leaves no report" "at-most: 'x'" -- "$supcert" check one.cert abs.net third.net --at-most x --junit none.xml
absent "bad usage leaves no report: file" none.xml
run "$supcert" check one.cert abs.net third.net --junit json.xml --json
equal "with json" "$status $(json "$logs/out" verdict) $(grep -c '<system-out>verified' json.xml)" "0 verified 1"
for file in one.cert abs.net third.net; do
    cp $file keep
    refuses "onto $file" "is a file that is being read" -- "$supcert" check one.cert abs.net third.net --junit $file
    same "onto $file: unharmed" keep $file
done
printf -- '-1/2 3/4\n' >the.box
refuses "onto the box" "is a file that is being read" -- "$supcert" check one.cert abs.net third.net --box-file the.box --junit ./the.box
refuses "no such folder" "^absent/x: " -- "$supcert" check one.cert abs.net third.net --junit absent/x
expect "the checker" 0 "out:^verified" quiet -- "$checker" one.cert abs.net third.net --at-most 5/12 --junit checker.xml
same "the checker: the same report" <(sed 's/ time="[^"]*"//' passed.xml) <(sed 's/ time="[^"]*"//; s/supcert-check/supcert check/' checker.xml)
expect "the native checker" 1 message -- "$native_checker" one.cert abs.net third.net --at-most 1/3 --junit native.xml
expect "the native checker: report" 0 "out:classname=\"supcert-check\" name=\"one.cert\"" "out:<failure message=\"one.cert: does not imply" -- cat native.xml
expect "a shard" 0 "out:^carried out shard 1 of 2" quiet -- "$checker" one.cert abs.net third.net --shards 2 --shard 1 --receipt 1.receipt --junit shard.xml
expect "a shard: report" 0 "out:name=\"one.cert, shard 1 of 2\"" -- cat shard.xml
refuses "onto the receipt" "^both: is to hold what both --receipt and --junit write" -- "$checker" one.cert abs.net third.net --shards 2 --shard 1 --receipt both --junit both
absent "onto the receipt: file" both

# decide: the maximum of |abs - 1/3| on [-1/2, 3/4] is 5/12, at 3/4.
decide() { "$supcert" decide abs.net third.net --box -1/2,3/4 "$@"; }
expect "within" 0 "out:^within" quiet -- decide --tol 5/12 --junit within.xml
expect "within: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"" "out:<testcase classname=\"supcert decide\" name=\"abs.net, third.net\"" \
    "out:<system-out>within: max .f - g. is 5/12" -- cat within.xml
equal "within: nothing is wrong" "$(grep -c '<failure\|<error' within.xml)" 0
expect "missed" 1 "out:^missed" quiet -- decide --tol 2/5 --junit missed.xml --output 0 -o missed.cert
expect "missed: report" 0 "out:failures=\"1\" errors=\"0\"" "out:name=\"abs.net, third.net, output 0\"" \
    "out:<failure message=\"missed: .f - g. reaches 5/12, about 0.41666666666666667 .rounded. at the point 0.75, output 0, and the tolerance is 2/5 = 0.4 .exact.\">" -- cat missed.xml
expect "missed, quietly" 1 silent quiet -- decide --tol 2/5 -q --junit quiet.xml
same "missed, quietly: the same report" <(grep '<failure' missed.xml) <(grep '<failure' quiet.xml)
run decide --tol 2/5 --json --junit json-missed.xml
equal "missed, json" "$status $(json "$logs/out" verdict) $(grep -c '<system-out>missed' json-missed.xml)" "1 missed 1"
hard="$t2p/student_d3_s1_n1000_w32.onnx $t2p/teacher_d3_s1.onnx"
value=$(awk -F'\t' '$1 ~ /^student_d3_s1_n1000_w32/ { print $2 }' "$t2p/expected.tsv")
# shellcheck disable=SC2086
expect "undecided" 3 "out:^undecided" quiet -- "$supcert" decide $hard --box -1/2,1/2 --tol "$value" --nodes 40 --junit undecided.xml
expect "undecided: report" 0 "out:failures=\"0\" errors=\"1\"" "out:<error message=\"undecided: max .f - g. is at least 0.088[0-9]+ and at most [0-9.]+ .rounded., and the tolerance is .*; the search was ended by nodes\">" -- cat undecided.xml
refuses "decide: bad input" "^absent: " -- "$supcert" decide absent third.net --tol 1 --junit bad.xml
expect "decide: bad input: report" 0 "out:errors=\"1\"" "out:<error message=\"absent: cannot open" -- cat bad.xml
refuses "decide: no tolerance" "no tolerance" -- decide --junit none-given.xml
expect "decide: no tolerance: report" 0 "out:<error message=\".*no tolerance is given" -- cat none-given.xml
refuses "decide: bad usage leaves no report" "tol: 'x'" -- decide --tol x --junit none.xml
absent "decide: bad usage leaves no report: file" none.xml
for option in -o --witness --checkpoint; do
    refuses "decide: onto $option" "^both: is to hold what both --[a-z]* and --junit write" -- decide --tol 1 $option both --junit both
    absent "decide: onto $option: file" both
done
cp abs.net keep
refuses "decide: onto a network" "is a file that is being read" -- decide --tol 1 --junit ./abs.net
same "decide: onto a network: unharmed" keep abs.net
printf 'x1\n' >the.formula
refuses "decide: onto a formula" "is a file that is being read" -- "$supcert" decide abs.net @the.formula --tol 1 --junit the.formula
refuses "decide: a report that cannot be written" "^absent/x: " -- decide --tol 1 --junit absent/x

# batch: a test case a row
printf '%s\n' name,f,g,box,tol,time 'corner,abs.net,third.net,"-1/2,3/4",,' 'kept,abs.net,third.net,"-1/2,3/4",5/12,' 'far,abs.net,third.net,"-1/2,3/4",2/5,' \
    'broken,absent,third.net,"0,1",1,' "slow,${hard/ /,},\"-1/2,1/2\",,0.001" 'short,abs.net' >all.csv
expect "batch" 2 message -- "$supcert" batch all.csv -o all.tsv --junit batch.xml
expect "batch: report" 0 "out:<testsuite name=\"supcert batch\" tests=\"6\" failures=\"1\" errors=\"3\"" "out:<testcase classname=\"supcert batch\" name=\"corner\"" \
    "out:<failure message=\"missed: .f - g. reaches 5/12, .* at the point 0.75, output 0" "out:<error message=\"absent: cannot open" "out:<error message=\"bracket: max .f - g. is at least .*ended by time" \
    "out:<error message=\"2 fields instead of 6" "out:&quot;lower&quot;: &quot;5/12&quot;" -- cat batch.xml
run "$supcert" batch all.csv --json --junit batch-json.xml
equal "batch: json too" "$status $(json "$logs/out" verdict) $(json "$logs/out" errors)" "2 error 2"
same "batch: json too: the same report" <(grep '<failure' batch.xml) <(grep '<failure' batch-json.xml)
refuses "batch: no table" "^absent: " -- "$supcert" batch absent --junit batch-none.xml
expect "batch: no table: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"1\"" "out:name=\"absent\"" "out:<error message=\"absent: cannot" -- cat batch-none.xml
expect "batch: no folder" 2 message -- "$supcert" batch all.csv --certificates abs.net/x --junit batch-folder.xml
expect "batch: no folder: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"1\"" "out:<error message=\"abs.net/x: cannot be made" -- cat batch-folder.xml
for file in all.csv abs.net; do
    cp $file keep
    refuses "batch: report onto $file" "^$file: is a file that " -- "$supcert" batch all.csv --junit $file
    refuses "batch: answers onto $file" "^$file: is a file that " -- "$supcert" batch all.csv -o $file
    same "batch: onto $file: unharmed" keep $file
done
refuses "batch: one file for both" "^both: is to hold what both --out and --junit write" -- "$supcert" batch all.csv -o both --junit both
refuses "batch: a report that cannot be written" "^absent/x: " -- "$supcert" batch all.csv -o late.tsv --junit absent/x
absent "batch: a report that cannot be written: nothing was done" late.tsv
expect "a full disk" 2 "out:^within" message "err:^/dev/full: cannot write" -- decide --tol 1 --junit /dev/full

# A report of an earlier run does not outlive a run that ends in any other way than well.
fresh() { # NAME MESSAGE COMMAND...: the report is green, then the command fails, and the report with it
    local name=$1 message=$2
    shift 2
    run "$checker" one.cert abs.net third.net --junit stale.xml
    [ "$status" = 0 ] && grep -q 'failures="0" errors="0"' stale.xml || fail "$name" "the report was not green"
    refuses "$name" "" -- "$@"
    expect "$name: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"1\"" "out:<error message=\".*$message" -- cat stale.xml
}
fresh "a misspelt option" "unknown option --at-mots" "$checker" one.cert abs.net third.net --at-mots 1 --junit stale.xml
fresh "a misspelt option behind" "unknown option --at-mots" "$checker" one.cert abs.net third.net --junit=stale.xml --at-mots 1
fresh "no number" "--at-most: 'x'" "$supcert" check one.cert abs.net third.net --at-most x --junit stale.xml
fresh "no operands" "missing operands" "$checker" --junit stale.xml
fresh "a report given twice" "--junit is given twice" "$checker" one.cert abs.net third.net --junit stale.xml --junit stale.xml
fresh "files not apart" "the run did not finish" "$checker" one.cert abs.net third.net --shards 2 --shard 1 --receipt stale.xml --junit stale.xml
fresh "decide: a misspelt option" "unknown option --tlo" "$supcert" decide abs.net third.net --tlo 1 --junit stale.xml
fresh "batch: a misspelt option" "unknown option --outt" "$supcert" batch all.csv --outt x --junit stale.xml
fresh "a misspelt command" "unknown command chekc" "$supcert" chekc one.cert abs.net third.net --junit stale.xml
fresh "a command without reports" "unknown option --junit" "$supcert" max abs.net third.net --junit stale.xml
run "$checker" one.cert abs.net third.net --junit stale.xml
expect "help and a report" 0 "out:^usage: " -- "$checker" one.cert abs.net third.net --junit stale.xml --help
expect "help and a report: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"1\"" -- cat stale.xml
run "$checker" one.cert abs.net third.net --junit stale.xml
run "$supcert" --junit stale.xml
expect "another command line" 0 "out:errors=\"0\"" -- cat stale.xml
run bash -c '"$0" one.cert abs.net third.net --junit stale.xml >/dev/full' "$checker"
verify "nothing is printed" 2 message "err:standard output"
expect "nothing is printed: report" 0 "out:errors=\"1\"" "out:standard output" -- cat stale.xml
run "$checker" one.cert abs.net third.net --junit stale.xml
mkfifo never
"$checker" never abs.net third.net --junit stale.xml >/dev/null 2>&1 </dev/null &
disown
exec 9>never # waits until the checker has opened it, too
kill -9 "$!"
exec 9>&-
rm never
expect "killed" 0 "out:errors=\"1\"" "out:did not finish" -- cat stale.xml

odd=$'a<b>&"\'\x01\x1b\xff\xc3\xa4 ]]>\n.cert'
cp one.cert "$odd"
expect "odd name" 0 quiet -- "$supcert" check "$odd" abs.net third.net --junit odd.xml
run "$supcert" check "$odd" third.net abs.net --junit odder.xml
equal "odd name: rejected" "$status" 1
if command -v xmllint >/dev/null; then
    for file in *.xml; do expect "xmllint: $file" 0 quiet -- xmllint --noout "$file"; done
    equal "xmllint: odd name" "$(xmllint --xpath 'string(//testcase/@name)' odd.xml)" $'a<b>&"\'???\xc3\xa4 ]]>\n.cert'
else
    skip xmllint "$(($(find . -maxdepth 1 -name "*.xml" | wc -l) + 1))" "not installed"
fi
if python3 -c 'import xml.etree.ElementTree' 2>/dev/null; then
    cat >read.py <<'END'
import sys, xml.etree.ElementTree as tree
for name in sys.argv[1:]:
    suites = tree.parse(name).getroot()
    cases = suites.findall("testsuite/testcase")
    kinds = [child.tag for case in cases for child in case]
    assert suites.tag == "testsuites" and int(suites.get("tests")) == len(cases) > 0 and len(suites) == 1, name
    assert kinds.count("failure") == int(suites.get("failures")), name
    assert kinds.count("error") == int(suites.get("errors")), name
    for case in cases:
        for child in case:
            assert child.tag == "system-out" or child.get("message") == child.text != "", name
END
    expect "python reads them" 0 silent quiet -- python3 read.py *.xml
else
    skip python 1 "not installed"
fi
finish
