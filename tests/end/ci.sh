#!/usr/bin/env bash
# The miniature repository of examples/ci: the steps that stand in its workflows are carried out as they stand, with the built checker;
# the gate is open for what is committed, and closed for another model, a bound that is too small, and a part that is missing.
. tests/end/lib.sh

example=$ROOT/examples/ci
[ -f "$example/.gitlab-ci.yml" ] || fail "the example" "is not there"

# github_steps FILE JOB: what stands behind `run:` in a job, each step followed by a line %%
github_steps() {
    awk -v job="$2" '
        function indent(line) { match(line, /[^ ]/); return RSTART - 1 }
        block && NF && indent($0) <= depth { block = 0; print "%%" }
        block { sub(/^ */, ""); print; next }
        /^  [a-z]+:$/ { on = $1 == job ":" }
        on && /^ +run: \|$/ { block = 1; depth = indent($0); next }
        on && /^ +run: / { sub(/^ +run: /, ""); print; print "%%" }
        END { if (block) print "%%" }' "$1"
}
# gitlab_steps JOB: its script, after the before_script of all
gitlab_steps() {
    awk -v job="$1" '
        /^[a-z]+:/ { here = $1 }
        /^ +[a-z_]+:/ { list = $1 }
        /^ +- / && (here == "default:" && list == "before_script:" || here == job ":" && list == "script:") { sub(/^ +- /, ""); print; print "%%" }' \
        "$example/.gitlab-ci.yml"
}

# A fresh copy of the repository, in which supcert is this project and its build; apt-get and make do nothing but say so, make that it could.
mkdir tools
printf '#!/bin/sh\necho "apt-get $*"\n' >tools/apt-get
# shellcheck disable=SC2016
printf '#!/bin/sh\n[ "$1 $2" = "-C supcert" ] && shift 2 && exec %s -n -C "%s" "$@"\n' "$(command -v make)" "$ROOT" >tools/make
chmod +x tools/*
fresh() {
    rm -rf repository
    cp -r "$example" repository
    mkdir repository/supcert
    ln -s "$ROOT/tools" repository/supcert/tools
    ln -s "$BUILD" repository/supcert/build
}
# carry_out STEPS [NAME=VALUE]...: carries the steps out, one shell each, up to the first that fails; leaves its status, and what all said
carry_out() {
    local steps=$1 step="" line
    shift
    : >"$logs/out" && : >"$logs/err"
    status=0
    while IFS= read -r line; do
        if [ "$line" != %% ]; then
            step+=$line$'\n'
        elif [ $status -eq 0 ]; then
            (cd repository && env PATH="$work/tools:$PATH" "$@" bash -e -c "$step") >>"$logs/out" 2>>"$logs/err" </dev/null || status=$?
            step=""
        fi
    done <"$steps"
}

# What the parsers find, for each way to check the whole at once, or in parts
github_steps "$example/.github/workflows/certificate.yml" check >github.whole
github_steps "$example/.github/workflows/certificate-in-parts.yml" part >github.part
github_steps "$example/.github/workflows/certificate-in-parts.yml" whole >github.combine
gitlab_steps certificate >gitlab.whole
gitlab_steps part >gitlab.part
gitlab_steps whole >gitlab.combine
for file in github.whole github.part github.combine; do equal "$file: steps" "$(grep -c '^%%$' $file)" 3; done
for file in gitlab.whole gitlab.part gitlab.combine; do equal "$file: steps" "$(grep -c '^%%$' $file)" 4; done
for file in github.* gitlab.*; do equal "$file: checks" "$(grep -c '^supcert/build/supcert-check model.cert model.onnx reference.onnx ' "$file")" 1; done
equal "every run of the workflows is found" "$(cat github.* | grep -c '^%%$')" "$(cat "$example"/.github/workflows/*.yml | grep -c ' run: ')"
shards=$(sed -n 's/^ *shard: \[\(.*\)\]$/\1/p' "$example/.github/workflows/certificate-in-parts.yml" | tr -d ,)
equal "as many jobs as shards" "$(wc -w <<<"$shards") $(sed -n 's/^ *parallel: //p' "$example/.gitlab-ci.yml")" "$(sed -n 's/.*--shards \([0-9]*\) .*/\1 \1/p' github.part)"

# part WHERE K: the job of a matrix
part() {
    # shellcheck disable=SC2016
    sed "s/\${{ matrix.shard }}/$2/g" "$1.part" >steps
    equal "$1, part $2: nothing is left to fill in" "$(grep -c '{{' steps)" 0
    carry_out steps CI_NODE_INDEX="$2" CI_NODE_TOTAL="$(wc -w <<<"$shards")"
}

for where in github gitlab; do
    fresh
    carry_out $where.whole
    verify "$where: the gate is open" 0 "out:^verified: max .f - g. lies" "out:implies +.f - g. is at most 0.05" "out:^apt-get install" quiet
    equal "$where: the report" "$(grep -c '<testsuite .*tests="1" failures="0" errors="0"' repository/report.xml)" 1

    # Another model, and another reference
    cp "$example/reference.onnx" repository/model.onnx
    carry_out $where.whole
    verify "$where: another model" 1 "out:^rejected" "err:another network f"
    equal "$where: another model: the report" "$(grep -c '<failure message="model.cert:2: .*another network f' repository/report.xml)" 1
    fresh
    printf '\0' >>repository/reference.onnx
    carry_out $where.whole
    if [ "$status" -ne 0 ]; then pass "$where: another reference"; else fail "$where: another reference" "the gate is open"; fi
    fresh
    rm repository/model.cert
    carry_out $where.whole
    verify "$where: no certificate" 2 "err:^model.cert: cannot be opened"
    equal "$where: no certificate: the report" "$(grep -c '<error message="model.cert: cannot be opened' repository/report.xml)" 1
    fresh
    sed -i '$d' repository/model.cert
    carry_out $where.whole
    verify "$where: a certificate that is cut off" 1 "out:^rejected"
    fresh
    sed -i 's/^upper 1.20$/upper 1\/25/' repository/model.cert
    carry_out $where.whole
    verify "$where: a certificate that claims more" 1 "out:^rejected"

    # A bound that is too small, another box
    fresh
    sed 's/--at-most 0.05/--at-most 0.04/' $where.whole >smaller
    carry_out smaller
    verify "$where: too small a bound" 1 "out:^not implied" "err:does not imply what --at-most 0.04 asks"
    equal "$where: too small a bound: the report" "$(grep -c '<failure message="model.cert: does not imply' repository/report.xml)" 1
    sed 's/--box -1.2,1.2/--box -1,1/' $where.whole >larger
    carry_out larger
    verify "$where: a larger box" 1 "err:about another box"

    # In parts
    fresh
    for k in $shards; do
        part $where "$k"
        verify "$where, part $k" 0 "out:^carried out shard $k of 4" quiet
    done
    cp -r repository receipts
    carry_out $where.combine
    verify "$where: all parts" 0 "out:^verified: max" "out:implies +.f - g. is at most 0.05" quiet
    for k in 1 3; do
        rm -f repository/*.receipt && cp receipts/*.receipt repository && rm "repository/$k.receipt"
        carry_out $where.combine
        verify "$where: without part $k" 1 "out:^rejected" "err:shard $k of 4 has no receipt"
    done
    rm -f repository/*.receipt
    carry_out $where.combine
    verify "$where: without any part" 2 "err:[*].receipt"
    # A part of a certificate that is wrong fails, and receipts that are left over are no help.
    fresh
    cp "$example/reference.onnx" repository/model.onnx
    part $where 1
    verify "$where: a part with another model" 1 "out:^rejected"
    absent "$where: a part with another model: no receipt" repository/1.receipt
    cp receipts/*.receipt repository
    carry_out $where.combine
    verify "$where: receipts with another model" 1 "out:^rejected"
    fresh
    cp receipts/*.receipt repository
    echo '# changed' >>repository/model.cert
    carry_out $where.combine
    if [ "$status" -ne 0 ]; then pass "$where: receipts of another certificate"; else fail "$where: receipts of another certificate" "the gate is open"; fi
    rm -rf receipts
done

# The README: its gate is the one in the workflows; a new model is proved by its command, or is not, and the gate stays closed.
sed -n 's/^    \(supcert.*\)/\1/p' "$example/README.md" >commands
equal "README: commands" "$(wc -l <commands)" 2
for file in github.whole gitlab.whole; do equal "README: the gate of $file" "$(grep -cxF -f <(head -n 1 commands) $file)" 1; done
{
    sed -n 2p commands
    echo %%
} >renew
renew() { carry_out renew PATH="$BUILD:$PATH"; }
fresh
printf '\x32\x03new' >>repository/model.onnx # ONNX: the text that describes the model
carry_out github.whole
verify "a new model: closed" 1 "err:another network f"
renew
verify "a new model: proved" 0 "out:^within" quiet
carry_out github.whole
verify "a new model: open" 0 "out:^verified"
printf 'supcert-network 1\ninputs 2\nlayer 1 reads 0\nlinear 0 : 1 1\nend\n' >worse.net
expect "a worse model" 0 quiet -- "$supcert" convert worse.net -o repository/model.onnx
renew
verify "a worse model: missed" 1 "out:^missed" "out:float32 +.f - g. is" quiet
carry_out github.whole
verify "a worse model: closed" 1 "out:^not implied" "err:does not imply what --at-most 0.05 asks"

if python3 -c 'import yaml' 2>/dev/null; then
    for file in "$example"/.gitlab-ci.yml "$example"/.github/workflows/*.yml; do
        expect "YAML: ${file##*/}" 0 silent quiet -- python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$file"
    done
else
    skip YAML 3 "no parser is installed"
fi
finish
