#!/usr/bin/env bash
# The benchmark's table, and the estimate by random points (skipped where there is no BLAS to build it with).
. tests/end/lib.sh

bench() { (cd "$ROOT" && SUPCERT_DATA=/nowhere SUPCERT_THREADS=1 SUPCERT_POINTS=$1 SUPCERT_RESULTS=$work/results.md tests/bench/run "$BUILD" 't2p d1_s1*'); }
run bench 0
verify "bench: a row" 0 "out:^\| t2p d1_s1_n100_w32 +\| exact +\| 0\.01287139347571[0-9]+ +\| " quiet
expect "bench: the table is kept" 0 "out:^\| t2p d1_s1_n100_w32 " -- cat results.md
equal "bench: columns of a table" "$(grep -c '^|' results.md) $(grep '^|' results.md | tr -cd '|\n' | sort -u | wc -l)" "3 1"
expect "bench: nothing is kept of a part" 0 "out:^t2p d1_s0_n1000_w512: skipped, no /nowhere" quiet -- \
    env -C "$ROOT" SUPCERT_DATA=/nowhere SUPCERT_POINTS=0 tests/bench/run "$BUILD" 't2p d1_s0_n1000_w512*'

# A rejected certificate is said, and is the exit status; nothing is kept.
mkdir fake
cp "$supcert" fake/supcert
printf '#!/bin/sh\nexit 1\n' >fake/supcert-check
chmod +x fake/supcert-check
rm -f results.md
expect "bench: a rejected certificate" 1 "out:\| rejected \|" "err:^t2p d1_s1_n100_w32: the certificate is rejected$" -- \
    env -C "$ROOT" SUPCERT_DATA=/nowhere SUPCERT_POINTS=0 SUPCERT_RESULTS="$work/results.md" tests/bench/run "$work/fake" 't2p d1_s1*'
if [ -e results.md ]; then fail "bench: a wrong table is not kept" "it is"; else pass "bench: a wrong table is not kept"; fi

printf '#include <cblas.h>\nint main(void) { openblas_set_num_threads(1); return 0; }\n' >blas.c
if ! "${CC:-cc}" blas.c -o blas -lopenblas 2>/dev/null; then
    skip estimate 13 "no OpenBLAS here"
    finish
fi
estimate=$BUILD/bench/estimate
sanitizers=""
if nm "$supcert" | grep -q __asan_init; then sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"; fi
run make -C "$ROOT" --no-print-directory BUILD="$BUILD" OPTIMISE=-O1 SANITISE="$sanitizers" "$BUILD/bench/estimate"
verify "estimate: builds" 0
# |x| - 1/3 on [-1/2, 3/4] has its maximum 5/12 = 0.41667 at the end 3/4
expect "estimate: close to the maximum" 0 "out:at least about 0.416[56]" "out:input 0: 0\.7499" "out:points +100000$" quiet -- \
    "$estimate" abs.net third.net --box -1/2,3/4 --points 100000
sed '/seconds\|threads/d' "$logs/out" >first
for threads in 1 3; do
    "$estimate" abs.net third.net --box -1/2,3/4 --points 100000 --threads $threads | sed '/seconds\|threads/d' >again
    same "estimate: the same with $threads threads" first again
done
"$estimate" abs.net third.net --box -1/2,3/4 --points 100000 --seed 2 | sed '/seconds\|threads/d' >again
if cmp -s first again; then fail "estimate: another seed" "the same points"; else pass "estimate: another seed"; fi
# One point, which is the whole box: the estimate is the value there.
expect "estimate: flat box" 0 "out:about 0.4166666667," -- "$estimate" abs.net third.net --box 3/4,3/4 --points 1
# two - mixed: output 0 is x - max(x, 0), at most 1; output 1 is 1/7 + x - 2y, at most 22/7
expect "estimate: one output" 0 "out:about (0\.99|1,)" -- "$estimate" two.net mixed.net --box -1,1 --output 0 --points 5000
expect "estimate: all outputs" 0 "out:about (3\.0|3\.1)" -- "$estimate" two.net mixed.net --box -1,1 --points 5000
# All kinds of layers: the estimate stays below the proven maximum, and near it.
expect "estimate: ONNX" 0 "out:about 0\.0128" -- "$estimate" "$t2p/student_d1_s1_n100_w32.onnx" "$t2p/teacher_d1_s1.onnx" --box -1/2,1/2 --points 20000
expect "estimate: a batch of one point" 0 -- "$estimate" "$t2p/student_d1_s1_n100_w32.onnx" "$t2p/teacher_d1_s1.onnx" --box -1/2,1/2 --points 513
refuses "estimate: no points" "points: 0 is out of range" -- "$estimate" abs.net third.net --points 0
refuses "estimate: other shapes" "shape" -- "$estimate" abs.net two.net
run bench 10000
verify "bench: with its estimate" 0 "out:^\| t2p d1_s1_n100_w32 .* 0\.01[0-9]+ +\| +[0-9.]+ \|$" quiet
finish
