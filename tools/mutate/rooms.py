"""The trusted rooms and the tests that concern each, in the order in which they are most likely to notice a mutant.

A test is a unit program of tests/unit, a script of tests/end, or `forge`: a short slice of the forging campaign."""

import fnmatch

FILES = [
    "src/kernel/*.c",
    "src/proof/*.c",
    "src/system/*.c",
    "src/number/*.c",
    "src/target/*.c",
    "src/vnnlib/query_check.c",
    "src/vnnlib/assertion.c",
    "src/vnnlib/pair.c",
    "src/vnnlib/problem.c",
    "src/cli/check_*.c",
    "src/cli/receipt.c",
]
# What only searches, or only reads and prints text.
LEFT_OUT = ["src/kernel/choice.c", "src/target/estimate.c", "src/target/print.c", "src/target/parser.c"]

CHECKER = "golden.sh check.sh"
TESTS = [
    ("src/kernel/relax.c", "test_relax test_coarse_kernel_truth test_coarse_choice test_kernel_truth test_prover forge test_signed test_enumerate"),
    ("src/kernel/forward.c", "test_forward test_coarse_kernel_truth test_coarse_prover test_coarse_choice test_kernel_truth test_prover forge test_target test_signed"),
    ("src/kernel/target.c", "test_coarse_kernel_truth test_target test_kernel_truth test_formula_search forge formula.sh"),
    (
        "src/kernel/*",
        "test_coarse_kernel_truth test_coarse_prover test_kernel_truth test_coarse_choice test_prover test_choice test_signed forge test_frame test_relax test_forward test_target test_shard test_visit test_enumerate test_relative test_vnnlib golden.sh",
    ),
    ("src/proof/class.c", "test_class test_complexity test_fooling fooling.sh fool.sh"),
    ("src/proof/fooling*", "test_fooling forge test_class test_fool fooling.sh check.sh"),
    ("src/proof/difference.c", "test_fooling forge test_fool"),
    ("src/proof/relative.c", "test_relative forge golden.sh relative.sh"),
    ("src/proof/shard.c", "test_shard forge test_signed shards.sh jobs.sh"),
    ("src/proof/demand.c", "test_demand test_fooling golden.sh check.sh relative.sh"),
    ("src/proof/*", "test_signed forge test_shard test_prover golden.sh test_relative test_enumerate check.sh bad_input.sh shards.sh junit.sh"),
    (
        "src/system/*",
        "test_frame test_scaling test_coarse_kernel_truth test_coarse_prover test_coarse_choice test_kernel_truth test_forward test_prover forge test_signed test_relax test_target test_enumerate test_relative golden.sh",
    ),
    (
        "src/number/*",
        "test_binary test_rational test_rounding test_directed test_kernel_truth test_native forge test_fooling test_enclosure test_onnx golden.sh usage.sh",
    ),
    (
        "src/target/*",
        "test_expression test_enclosure_kinks test_enclosure test_enclosure_sizes test_target test_formula_search test_kernel_truth forge golden.sh formula_kinks.sh formula.sh",
    ),
    ("src/vnnlib/*", "test_vnnlib vnnlib_hostile.sh forge golden.sh vnnlib.sh"),
    ("src/cli/check_fooling.c", "fooling.sh fool.sh check.sh"),
    ("src/cli/check_relative.c", "golden.sh relative.sh check.sh shards.sh"),
    ("src/cli/check_query.c", "golden.sh vnnlib.sh"),
    ("src/cli/check_jobs.c", "test_jobs jobs.sh shards.sh check.sh"),
    ("src/cli/receipt.c", "forge shards.sh jobs.sh"),
    ("src/cli/*", "golden.sh check.sh usage.sh shards.sh junit.sh relative.sh vnnlib.sh formula.sh fooling.sh bad_input.sh jobs.sh"),
]


def room_of(file):
    return file.split("/")[1]


def tests_of(file):
    for pattern, tests in TESTS:
        if fnmatch.fnmatch(file, pattern):
            return tests.split()
    raise KeyError(file)


def is_trusted(file):
    return any(fnmatch.fnmatch(file, pattern) for pattern in FILES) and file not in LEFT_OUT
