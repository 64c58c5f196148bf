#!/usr/bin/env bash
# Command lines: help, versions, unknown words and their nearest neighbours, ranges, ways of writing options.
. tests/end/lib.sh

expect "overview" 0 "out:usage: supcert COMMAND" "out:exit status" quiet -- "$supcert" --help
for name in max check witness eval info convert; do
    run "$supcert" --help
    verify "overview names $name" 0 "out:^  $name "
    expect "help of $name" 0 "out:^usage: supcert $name " "out:^exit status" quiet -- "$supcert" $name --help
    expect "help of $name among operands" 0 "out:^usage: supcert $name " -- "$supcert" $name absent -h
    refuses "operands of $name" "missing operands .*supcert $name --help" -- "$supcert" $name
    refuses "nearest option of $name" "unknown option --nnet-normalize .did you mean --nnet-normalise\?" -- "$supcert" $name x --nnet-normalize
done
expect "help of the checker" 0 "out:^usage: supcert-check CERT F G" quiet -- "$checker" --help
for program in supcert supcert-check supcert-check-native; do
    expect "version of $program" 0 "out:^supcert(-check)? [0-9]+\.[0-9]+\.[0-9]+$" quiet -- "$BUILD/$program" --version
done
refuses "no command" "no command" -- "$supcert"
refuses "unknown command" "unknown command chek .did you mean check\?" -- "$supcert" chek
refuses "too many operands" "too many operands" -- "$supcert" info abs.net abs.net
refuses "json is not for the checker" "unknown option --json" -- "$checker" c f g --json

refuses "short option" "unknown option -z" -- "$supcert" max abs.net third.net -z
refuses "option without value" "box needs a value .--box L,U" -- "$supcert" max abs.net third.net --box
refuses "option for a value" "time needs a value" -- "$supcert" max abs.net third.net --time --json
refuses "switch with value" "json takes no value" -- "$supcert" max abs.net third.net --json=1
refuses "option twice" "gap is given twice" -- "$supcert" max abs.net third.net --gap 1 --gap 2
refuses "below the range" "gap: -1/2 is out of range .at least 0" -- "$supcert" max abs.net third.net --gap -1/2
refuses "above the range" "threads: 1025 is out of range .0 to 1024" -- "$supcert" max abs.net third.net --threads 1025
refuses "no whole number" "threads: 1/2 is no whole number" -- "$supcert" max abs.net third.net --threads 1/2
refuses "no number" "gap: 'abc': not a number" -- "$supcert" max abs.net third.net --gap abc
refuses "zero denominator" "gap: '1/0': zero denominator" -- "$supcert" max abs.net third.net --gap 1/0
refuses "exponent" "gap: '1e9999999': exponent" -- "$supcert" max abs.net third.net --gap 1e9999999
refuses "no limit" "time: 'inf'" -- "$supcert" max abs.net third.net --time inf
refuses "large time" "time: 1e10 is out of range .1e-9 to 1e9" -- "$supcert" max abs.net third.net --time 1e10
refuses "output out of range" "output: 1 is out of range .*0 to 0" -- "$supcert" max abs.net third.net --output 1
refuses "unprintable words" "unknown option --a.b" -- "$supcert" max abs.net third.net $'--a\033b'

expect "ends of ranges" 0 quiet -- "$supcert" max abs.net third.net --gap 0 --threads 1024 --time 1e9 --output 0
expect "equals sign" 0 "out:\[-1/2, 3/4\]" -- "$supcert" max abs.net third.net --box=-1/2,3/4
expect "separate negative value" 0 "out:\[-1/2, 3/4\]" -- "$supcert" max abs.net third.net --box -1/2,3/4
expect "options before operands" 0 "out:\[-1, 1\]" -- "$supcert" max --box -1,1 abs.net third.net
expect "attached value" 0 "out: one\.cert$" -- "$supcert" max abs.net third.net -oone.cert
cp abs.net -- -abs.net
expect "after two dashes" 0 quiet -- "$supcert" max --box -1,1 -- -abs.net third.net
expect "quiet" 0 silent quiet -- "$supcert" max -q abs.net third.net

expect "numbers of every kind" 0 "out:^point 2: 1/8$" "out:^point 3: 3/1000$" "out:^point 4: -1/2$" "out:^point 5: 2/3$" \
    "out:^point 6: 1/2$" -- "$supcert" eval abs.net --at 1 --at 0x1p-3 --at 3e-3 --at -.5 --at 4/6 --at +.5
finish
