#!/usr/bin/env bash
# Completion in bash: every command and every long option that the help names is offered, files where a file is wanted, nothing else.
. tests/end/lib.sh
. "$ROOT/share/completion/supcert.bash"

# offered WORD...: the completions of the last word, one a line
offered() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _supcert "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}"
}
# long_options COMMAND...: as its help lists them
long_options() { "$@" --help | sed -n '/^options:/,/^$/s/^  \(-., \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' | sort; }
commands() { "$supcert" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }

equal "commands" "$(offered "$supcert" "" | sort | tr '\n' ' ')" "$({ echo --help; echo --version; commands; } | sort | tr '\n' ' ')"
equal "a command begun" "$(offered "$supcert" wi)" witness
equal "program options" "$(offered "$supcert" --v)" --version
[ "$(commands | wc -l)" -ge 6 ] || fail "commands: as many as there are" "$(commands)"
for name in $(commands); do
    equal "options of $name" "$(offered "$supcert" "$name" -- | sort)" "$(long_options "$supcert" "$name")"
done
for program in "$checker" "$native_checker"; do
    equal "options of ${program##*/}" "$(offered "$program" -- | sort)" "$(long_options "$program")"
done
equal "an option begun" "$(offered "$supcert" max a b --box- | tr '\n' ' ')" "--box-file "
touch "with blank.net" "with blank.cert"
equal "operands are files" "$(offered "$supcert" max wit | sort | tr '\n' '|')" "with blank.cert|with blank.net|"
equal "operands of the checker" "$(offered "$checker" with\ blank.c)" "with blank.cert"
equal "first operand of the checker" "$(offered "$checker" ab)" "abs.net"
equal "a file for an option" "$(offered "$supcert" max a b --box-file two)" two.net
equal "a file after =" "$(offered "$supcert" max a b --box-file = tw)" two.net
equal "just after =" "$(offered "$supcert" max a b --box-file = | grep -c '\.net$')" "$(compgen -G '*.net' | wc -l)"
equal "no file for a number" "$(offered "$supcert" max a b --gap a)" ""
equal "after a switch" "$(offered "$supcert" max a b --json third)" third.net
equal "unknown command" "$(offered "$supcert" mxa --b)" ""
equal "absent program" "$(offered "$work/absent/supcert" max --b)" ""
equal "bash knows the function" "$(complete -p supcert supcert-check supcert-check-native | sort -u | wc -l)" 3
refuses "words and more" "unknown option --completion-words" -- "$supcert" max --completion-words x y
expect "words of an option" 0 "out:^--box L,U$" "out:^--json$" quiet -- "$supcert" max --completion-words
finish
