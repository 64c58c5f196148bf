#!/usr/bin/env bash
# JUnit reports of supcert check: what they say, and that they are XML whatever the files are called.
. tests/end/lib.sh

"$supcert" max abs.net third.net --box -1/2,3/4 -q -o one.cert
expect "passed" 0 "out:^verified" quiet -- "$supcert" check one.cert abs.net third.net --at-most 5/12 --junit passed.xml
expect "passed: report" 0 "out:tests=\"1\" failures=\"0\" errors=\"0\"" "out:<testcase classname=\"supcert check\" name=\"one.cert\" time=\"[0-9]+\.[0-9]{3}\">" \
    "out:<system-out>verified: max .f - g. is 5/12" -- cat passed.xml
expect "not implied" 1 "out:^verified, but" message -- "$supcert" check one.cert abs.net third.net --at-most 1/3 --junit failed.xml
expect "not implied: report" 0 "out:tests=\"1\" failures=\"1\" errors=\"0\"" "out:<failure message=\"one.cert: is verified, but does not imply what --at-most 1/3 asks: .f-g." -- cat failed.xml
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
expect "no such folder" 2 "out:^verified" "err:^absent/x: " message -- "$supcert" check one.cert abs.net third.net --junit absent/x
refuses "not for the checker" "unknown option --junit" -- "$checker" one.cert abs.net third.net --junit x.xml

odd=$'a<b>&"\'\x01\x1b\xff\xc3\xa4 ]]>\n.cert'
cp one.cert "$odd"
expect "odd name" 0 quiet -- "$supcert" check "$odd" abs.net third.net --junit odd.xml
run "$supcert" check "$odd" third.net abs.net --junit odder.xml
equal "odd name: rejected" "$status" 1
if command -v xmllint >/dev/null; then
    for file in *.xml; do expect "xmllint: $file" 0 quiet -- xmllint --noout "$file"; done
    equal "xmllint: odd name" "$(xmllint --xpath 'string(//testcase/@name)' odd.xml)" $'a<b>&"\'???\xc3\xa4 ]]>\n.cert'
else
    echo "skip xmllint: not installed"
fi
if python3 -c 'import xml.etree.ElementTree' 2>/dev/null; then
    cat >read.py <<'END'
import sys, xml.etree.ElementTree as tree
for name in sys.argv[1:]:
    suites = tree.parse(name).getroot()
    case = suites.find("testsuite/testcase")
    kinds = [child.tag for child in case]
    assert suites.tag == "testsuites" and suites.get("tests") == "1" and len(suites) == 1, name
    assert ("failure" in kinds) == (suites.get("failures") == "1"), name
    assert ("error" in kinds) == (suites.get("errors") == "1"), name
    for child in case:
        assert child.tag == "system-out" or child.get("message") == child.text, name
END
    expect "python reads them" 0 silent quiet -- python3 read.py passed.xml failed.xml rejected.xml error.xml json.xml odd.xml odder.xml
else
    echo "skip python: not installed"
fi
finish
