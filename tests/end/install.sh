#!/usr/bin/env bash
# Installing, using what was installed (the programs, and both libraries from a C program), and uninstalling.
. tests/end/lib.sh

prefix=$work/prefix
# The sanitized objects, where the build has them, are taken as they are.
install() { make -C "$ROOT" --no-print-directory BUILD="$BUILD" PREFIX="$prefix" "$@"; }
run install -o "$supcert" -o all install
verify "install" 0
for file in bin/supcert bin/supcert-check bin/supcert-check-native lib/libsupcert.a lib/libsupcert.so include/supcert.h \
    share/bash-completion/completions/supcert share/bash-completion/completions/supcert-check \
    share/man/man1/supcert.1 share/man/man1/supcert-check.1 share/man/man1/supcert-check-native.1 share/man/man5/supcert-certificate.5 \
    share/man/man5/supcert-network.5 share/man/man5/supcert-json.5 share/supcert/schema/max.json share/supcert/schema/common.json share/doc/supcert/FORMAT.md share/doc/supcert/NETWORK.md; do
    if [ -f "$prefix/$file" ]; then pass "install: $file"; else fail "install: $file" "missing"; fi
done
expect "installed program" 0 "out:^exact" quiet -- "$prefix/bin/supcert" max abs.net third.net

exported=$(nm -D --defined-only "$prefix/lib/libsupcert.so" | awk '{ print $3 }' | grep -v '^supcert_' | grep -v '^__\|^_[A-Z]' || true)
equal "the shared library exports its interface alone" "$exported" ""

sanitizers=""
if nm "$BUILD/supcert" | grep -q __asan_init; then sanitizers="-fsanitize=address,undefined"; fi
needed="-lglpk -lmpfi -lmpfr -lgmp -lnettle -lprotobuf-c -lm -pthread"
# shellcheck disable=SC2086
{
    run "${CC:-cc}" -std=c17 -Wall -Wextra -Werror -I"$prefix/include" "$ROOT/tests/end/api.c" -o static "$prefix/lib/libsupcert.a" $needed $sanitizers
    verify "static library: links" 0
    expect "static library: works" 0 "out:max .f - g. = 5/12" quiet -- ./static abs.net third.net static.cert
    run "${CC:-cc}" -std=c17 -Wall -Wextra -Werror -I"$prefix/include" "$ROOT/tests/end/api.c" -o shared -L"$prefix/lib" -Wl,-rpath,"$prefix/lib" -lsupcert $sanitizers
    verify "shared library: links" 0
    expect "shared library: works" 0 "out:max .f - g. = 5/12" quiet -- ./shared abs.net third.net shared.cert
}
same "both write the same certificate" static.cert shared.cert
printf '#include <supcert.h>\nint main() { return supcert_version() == 0; }\n' >plus.cc
if command -v "${CXX:-c++}" >/dev/null; then
    run "${CXX:-c++}" -Wall -Werror -fsyntax-only -I"$prefix/include" plus.cc
    verify "header in C++" 0
fi

run install uninstall
verify "uninstall" 0
equal "uninstall leaves nothing" "$(find "$prefix" ! -type d)" ""
finish
