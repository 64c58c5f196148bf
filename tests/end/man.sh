#!/usr/bin/env bash
# Manual pages: every command and every long option of the programs is in them, and nothing else; they render without warnings; the
# formats are those of certs/. A new command is a new subsection of COMMANDS in man/supcert.1, which names each of its options.
. tests/end/lib.sh
page=$ROOT/man/supcert.1

# What the programs have, and what a part of a page names: long options without dashes, one a line, sorted
has() { "$@" --completion-words | sed 's/^--//; s/ .*//' | grep -v '^help$' | sort -u; }
names() { grep -o 'Fl -[a-z][a-z0-9-]*' | sed 's/Fl -//' | grep -v -x -e help -e version | sort -u; }
# subsection COMMAND: its part of the page
subsection() { sed -n "/^\.Sh COMMANDS$/,/^\.Sh EXIT STATUS$/p" "$page" | awk -v head=".Ss $1" '$0 == head { on = 1; next } /^\.S[sh]/ { on = 0 } on'; }
words() { tr '\n' ' ' | sed 's/ $//'; }
# compare NAME HAS NAMES: files of sorted words
compare() {
    local missing more
    missing=$(comm -23 "$2" "$3" | words)
    more=$(comm -13 "$2" "$3" | words)
    if [ -n "$missing" ]; then
        fail "$1" "missing in the page: $missing"
    elif [ -n "$more" ]; then
        fail "$1" "in the page, but not in the program: $more"
    else
        pass "$1"
    fi
}

"$supcert" --completion-words | sort >has.words
sed -n '/^\.Sh COMMANDS$/,/^\.Sh EXIT/s/^\.Ss //p' "$page" | sort >names.words
compare "supcert.1: commands" has.words names.words
while read -r name; do
    [ -n "$(subsection "$name")" ] || continue
    has "$supcert" "$name" >has.options
    subsection "$name" >part
    names <part >names.options
    # The page of the checker is where check sends the reader.
    compare "supcert.1: options of $name" has.options names.options
    if grep -q "^\.D1 Nm Cm $name " part; then pass "supcert.1: synopsis of $name"; else fail "supcert.1: synopsis of $name" "no line .D1 Nm Cm $name"; fi
done <has.words
# What is explained as common is an option of several commands.
sed -n '/^\.Sh COMMON OPTIONS$/,/^\.Sh COMMANDS$/p' "$page" | names >common
while read -r name; do has "$supcert" "$name"; done <has.words | sort | uniq -d >several
comm -23 common several >stale
equal "supcert.1: common options" "$(words <stale)" ""

has "$checker" >has.options
sed -n '/^\.Sh OPTIONS$/,/^\.Sh EXIT/p' "$ROOT/man/supcert-check.1" | names >names.options
compare "supcert-check.1: options" has.options names.options

# Formats: the version and the words of the specifications' syntax and tables are in the pages, too.
plain() { sed 's/\\-/-/g; s/\\&//g' "$1"; }
plain "$ROOT/man/supcert-certificate.5" >certificate
plain "$ROOT/man/supcert-network.5" >network
syntax() { sed -n '/^## Syntax/,/^## Rules\|^## Meaning/s/^    \([a-z-]* \{0,1\}[0-9]*\).*/\1/p' "$1" | sed 's/ *$//' | grep . | sort -u; }
steps() { sed -n '/^| step/,/^$/p' "$ROOT/certs/FORMAT.md" | sed '1,2d' | cut -d '|' -f 2 | grep -o '`[^`]*`' | tr -d '`' | cut -d ' ' -f 1 | sort -u; }
[ "$(steps | wc -l)" -ge 8 ] || fail "supcert-certificate.5: steps" "the specification's table was not found"
[ "$(syntax "$ROOT/certs/FORMAT.md" | wc -l)" -ge 8 ] || fail "supcert-certificate.5: words" "the specification's syntax was not found"
missing=$(syntax "$ROOT/certs/FORMAT.md" | while read -r word; do grep -q "^$word\b" certificate || echo "$word"; done | words)
equal "supcert-certificate.5: words" "$missing" ""
missing=$(steps | while read -r step; do grep -q "^\.It.* Li $(printf %s "$step" | sed 's/[.+]/\\&/g')\( \|$\)" certificate || echo "$step"; done | words)
equal "supcert-certificate.5: steps" "$missing" ""
missing=$(syntax "$ROOT/certs/NETWORK.md" | while read -r word; do grep -q "^$word\b" network || echo "$word"; done | words)
equal "supcert-network.5: words" "$missing" ""
sed -n '/^\.Sh EXAMPLES$/,/^\.Ed$/p' network | sed '1,/^\.Bd/d; /^\.Ed/d' >example.net
expect "supcert-network.5: the example" 0 "out:^output 0: 21/5 " quiet -- "$supcert" eval example.net --at 1,1

# References lead to pages that are there.
while read -r name; do
    if [ -f "$ROOT/man/$name" ]; then pass "reference to $name"; else fail "reference to $name" "no such page"; fi
done < <(sed -n 's/^\.Xr \([a-z-]*\) \([0-9]\).*/\1.\2/p' "$ROOT"/man/* | sort -u)

# renders TOOL CHECKS... -- COMMAND...: the command, given each page, has no warnings
renders() {
    local tool=$1 checks=() file
    shift
    while [ "$1" != -- ]; do
        checks+=("$1")
        shift
    done
    shift
    if ! command -v "$tool" >/dev/null; then
        skip "$tool" "$(find "$ROOT/man" -type f | wc -l)" "not installed"
        return
    fi
    for file in "$ROOT"/man/*; do expect "$tool: ${file##*/}" 0 quiet "${checks[@]}" -- "$@" "$file"; done
}
renders groff "out:^NAME" "out:^SEE ALSO" -- groff -mandoc -ww -P-cbou -Tascii
renders mandoc silent -- mandoc -T lint -W warning
finish
