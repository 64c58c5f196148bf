/* What the fuzzing programs share. Each reads one kind of file from the fuzzer (libFuzzer), which looks for
 * inputs that crash it, take long or break what must hold. */
#ifndef SUPCERT_TESTS_FUZZ_H
#define SUPCERT_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

#endif
